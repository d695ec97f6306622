"""Give a server a new system from an image, and keep what it held for another one."""

from __future__ import annotations

import swaslift

# Credentials, region and endpoint come from the environment.
lift = swaslift.Client()

# A custom image of another server, or one of the service's, as here. All that the server holds is erased.
plan = lift.reset_server.plan("wiki", "img-ubuntu-2204", key_pair="ops")
print(plan)  # reads only; it says how long the server is down, and what does not come back

done = plan.apply(consent=plan.consents)  # Consent.erase of this one server
print(done.server.name, done.server.status, "at", done.server.public_ip, "from", done.server.image_id)
for line in done.left:
    print("by hand:", line)

# What it held is in the snapshots. No undo rolls them back on it, but an image can be made of them.
image = lift.capture_image("wiki", "wiki-before", snapshots=done.snapshots)
print("for another server:", image.name, image.id)
lift.close()
