"""What a plan says of an existing instance whose system disk is replaced."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.lifecycle.spec import ExistingTarget
from swaslift.planning.downtime import time_down
from swaslift.runs.effects import PlannedStep


def downtime_of(target: ExistingTarget, steps: Sequence[PlannedStep]) -> str:
    """How long the instance is down, by the steps of the plan."""
    instance = target.instance.id
    if target.economical:
        return (
            f"none: the instance {instance} is stopped already, in economical mode. It is started once with its old "
            "disk, stopped, and started from the new disk"
        )
    if target.instance.status == "Stopped":
        return f"none: the instance {instance} is stopped already; it is started from the new disk"
    how = "the backup snapshot and the replacement" if target.how.backup else "the replacement"
    return (
        f"the instance {instance} is down from its stop until it has started from the new disk: {how}, "
        f"{time_down(steps, 'stop-target', 'start-target')}"
    )


def what_stays(target: ExistingTarget) -> list[str]:
    """What of the instance stays as it is, and what does not."""
    named = ", ".join(target.instance.security_group_ids)
    groups = f"its security groups ({named})" if named else "its security groups"
    if not target.economical:
        remarks = [f"The data disks of the instance, its addresses and {groups} stay as they are."]
    else:
        remarks = [
            f"The data disks of the instance, its private address and {groups} stay as they are.",
            (
                "The instance is stopped in economical mode: its public address was released by that, and it gets "
                "another one when it starts. An elastic IP address stays. DNS records and allow lists may have to "
                "change."
            ),
            (
                "It is started before its disk is replaced, so that a lack of stock shows while the old system is "
                "still there. The old system boots once by that, with its scheduled jobs and services."
            ),
        ]
    if target.instance.status == "Stopped":
        remarks.append("The instance is stopped now, and will run afterwards.")
    return remarks
