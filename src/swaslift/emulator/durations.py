"""How long things take in the emulated cloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Durations:
    """Medians in seconds of the emulator's clock; `World.seconds` draws around them."""

    swas_snapshot: float = 600.0
    swas_image: float = 300.0
    swas_pending: float = 10.0
    """``Pending`` of a server that was just bought."""
    swas_start: float = 40.0
    swas_stop: float = 20.0
    swas_reboot: float = 60.0
    swas_reset: float = 180.0
    swas_upgrade: float = 120.0
    swas_reset_disk: float = 30.0
    command: float = 5.0
    """One Cloud Assistant command."""
    command_pickup: float = 1.0
    """From ``RunCommand`` of ECS until the agent starts the script."""

    image_copy: float = 900.0
    cross_region_copy: float = 1500.0
    ecs_snapshot: float = 300.0
    ecs_image: float = 300.0
    instance_pending: float = 5.0
    instance_start: float = 30.0
    instance_stop: float = 20.0
    replace_disk: float = 20.0
    cloud_assistant_after_running: float = 25.0
    """From ``Running`` to the first Cloud Assistant heartbeat of an ECS instance."""
    instance_reboot: float = 60.0
    image_from_snapshot: float = 60.0
    disk_attach: float = 10.0
    disk_detach: float = 60.0
    disk_reinit: float = 30.0
    disk_create: float = 5.0
    network_ready: float = 2.0
    """Until a new VPC or vSwitch is ``Available``."""
