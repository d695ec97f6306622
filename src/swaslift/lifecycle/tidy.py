"""What a migration removes at its end: only what it made itself, and only when the target answers."""

from __future__ import annotations

from collections.abc import Collection

from swaslift.lifecycle.capture import Captured
from swaslift.lifecycle.own_image import Owned
from swaslift.lifecycle.spec import Keep
from swaslift.lifecycle.steps import (
    DeleteCustomImage,
    DeleteSnapshot,
)
from swaslift.lifecycle.steps.images import delete_image
from swaslift.lifecycle.withdrawing import withdraw_share
from swaslift.models import EcsImage
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import Script, do, say


def tidy(
    keep: Collection[Keep], captured: Captured, shared: EcsImage, owned: Owned | None
) -> Script[tuple[str, ...]]:
    """Unshare, then delete the SWAS image, its snapshots, and copies that were only a way across.

    Where somebody else needs the share by now, image and snapshots are kept; the lines say so, and which copy
    could not be deleted.

    Without an own image that the instance was made from, the share stays: unsharing would block
    re-initialising the instance's disks, and a deleted image cannot be shared again.
    """
    if owned is None:
        return ()
    left: list[str] = []
    if "share" not in keep:
        stays = yield from withdraw_share(captured.image, shared)
        if stays is not None:
            left.append(f"{stays} It is kept, with its snapshots, which count in the quota.")
        elif "swas_image" not in keep:
            yield from do(DeleteCustomImage(name="delete-image", ref=captured.image))
            if "swas_snapshots" not in keep:
                for i, snapshot in enumerate(captured.snapshots):
                    yield from do(DeleteSnapshot(name=f"delete-snapshot-{i + 1}", ref=snapshot))
    if owned.intermediate_ref is not None and owned.intermediate is not None and "copies" not in keep:
        copy = delete_image(owned.intermediate_ref, owned.intermediate)
        kept = yield from prefixed(copy, "delete-copy")
        if kept:
            yield from say("copy-kept", kept)
            left.append(still_billed(kept))
    return tuple(left)


def still_billed(kept: str) -> str:
    """What is left to do about a copy that was only a way there, and that tidying could not delete."""
    return f"Of a copy that was only a way there: {kept}. It is billed until it is deleted."
