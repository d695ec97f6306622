"""Give an ECS instance a new system from an ECS image, and bring the old one back."""

from __future__ import annotations

import swaslift

# Credentials, region and endpoint come from the environment.
lift = swaslift.Client()

# The instance is stopped, its system disk backed up and replaced; data disks and addresses stay.
plan = lift.replace_system_disk.plan("web-old", "base-2026-05", size=60)
print(plan)  # reads only; it says how long the instance is down, and what is lost

done = plan.apply(consent=plan.consents)  # Consent.erase of this one instance
print(done.instance.name, done.instance.status, "on", done.disk.id, "of", done.disk.size, "GiB")
print("the old disk", done.old_disk_id, "is gone; its backup is", done.backup and done.backup.id)
for line in done.left:
    print("by hand:", line)

# The way back: the old system on another new disk, made from the backup.
undo = lift.runs.get(plan.run_id).undo
for line in undo(consent=undo.plan().consents).left:
    print(line)
lift.close()
