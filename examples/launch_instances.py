"""Run three ECS instances from an ECS image, and wait until each of them answers."""

from __future__ import annotations

import swaslift
from swaslift import Disk, NewInstance

# Credentials, region and endpoint come from the environment.
lift = swaslift.Client()

web = NewInstance(
    instance_type="ecs.g7.large",
    vswitch_id="vsw-emulator-hz-i",
    security_group_id="sg-emulator-hz-web",
    system_disk=Disk("cloud_essd"),
    key_pair="ops",
    name="web-",  # they are called web-001, web-002, web-003
)

# An image by its id or unique name; two will do where no third one is in stock.
plan = lift.launch_instances.plan("base-2026-05", web, count=3, min_count=2)
print(plan)  # reads only: checks, steps, the cost of all of them

launched = plan.apply(consent=plan.consents)
for instance in launched.instances:
    silent = " (runs, and does not answer)" if instance.id in launched.silent else ""
    print(instance.name, instance.id, instance.private_ip, instance.status + silent)
for lost in launched.lost:
    print("did not come up:", lost.id, lost.reason)

# The way back releases them, with what was written on them.
undo = lift.runs.get(plan.run_id).undo
print(undo.plan())
undo(consent=undo.plan().consents)
lift.close()
