"""Starting and stopping: the timelines of an instance and of its Cloud Assistant agent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.world import World


def start(
    world: World,
    instance: Instance,
    now: datetime,
    *,
    after: float = 0.0,
    pending: float = 0.0,
    reboot: bool = False,
) -> None:
    """Let an instance boot, ``after`` seconds from now; a new one is ``Pending`` first."""
    durations = world.durations
    seconds = world.seconds(durations.instance_reboot if reboot else durations.instance_start)
    begins = after + pending
    changes = [(begins, "Starting"), (begins + seconds, "Running")]
    if pending:
        changes.insert(0, (after, "Pending"))
    instance.timeline.plan(now, *changes)
    instance.boots += 1
    instance.stopped_mode = "Not-applicable"
    instance.agent_at = None
    if not instance.silent and instance.traits.agent:
        delay = begins + seconds + world.seconds(durations.cloud_assistant_after_running)
        instance.agent_at = now + timedelta(seconds=delay)


def stop(world: World, instance: Instance, now: datetime, *, stopped_mode: str) -> None:
    """Let an instance stop."""
    seconds = world.seconds(world.durations.instance_stop)
    instance.timeline.plan(now, (0.0, "Stopping"), (seconds, "Stopped"))
    instance.stopped_mode = stopped_mode
    instance.agent_at = None
