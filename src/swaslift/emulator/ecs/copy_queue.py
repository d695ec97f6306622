"""The places for running image copies: five in a region, the rest wait their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swaslift.emulator.ecs.work import NEVER

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.ecs.state import EcsState

SLOTS = 5


def queue(state: EcsState, account_id: str, slot_region_id: str, now: datetime) -> list[Image]:
    """The copies of an account that hold or want a place of a region, in the order of the requests."""
    copies = [
        image
        for image in state.images
        if image.account_id == account_id
        and image.exists(now)
        and image.copy is not None
        and image.copy.slot_region_id == slot_region_id
        and image.work is not None
        and image.work.stage(now) in {"waiting", "running"}
    ]
    return sorted(copies, key=lambda i: i.seq)


def schedule(state: EcsState, account_id: str, slot_region_id: str, now: datetime) -> None:
    """Give every waiting copy the moment at which a place becomes free for it.

    To be called whenever the queue changes: the moments then hold until the next change, so that
    nobody has to watch the queue.
    """
    copies = queue(state, account_id, slot_region_id, now)
    running = [c for c in copies if c.work is not None and c.work.stage(now) == "running"]
    free_at = sorted(c.work.ends_at for c in running if c.work is not None)
    free_at = [now] * (SLOTS - len(free_at)) + free_at
    for copy in copies:
        if copy in running or copy.work is None:
            continue
        copy.work.starts_at = min(max(free_at.pop(0), now), NEVER)
        free_at = sorted([*free_at, copy.work.ends_at])
        for part in copy.parts:
            snapshot = state.snapshots.get(part.snapshot_id)
            if snapshot is not None:
                snapshot.work.starts_at = copy.work.starts_at
