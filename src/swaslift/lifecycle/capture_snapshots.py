"""Snapshots to make an image of: given ones, and ones that an earlier capture left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.capture import Taken
from swaslift.lifecycle.capture_image import VERB, VERB_TAG
from swaslift.models import CustomImage, Server, ServerDisk, Snapshot
from swaslift.runs.step import RUN_TAG, Ref

FIELD = "snapshots"


def snapshot_ids(snapshots: Iterable[Snapshot | str]) -> list[str]:
    """The ids of given snapshots, each once.

    Raises:
        InvalidArgument: something among them is no snapshot.
    """
    if isinstance(snapshots, str | bytes | Snapshot) or not isinstance(snapshots, Iterable):
        raise InvalidArgument(FIELD, snapshots, "not a list of snapshots", "Give Snapshot records or ids")
    ids = []
    for one in snapshots:
        key = one.id if isinstance(one, Snapshot) else one
        if not isinstance(key, str) or not key:
            raise InvalidArgument(FIELD, one, "not a snapshot", "Give a Snapshot record or an id")
        ids.append(key)
    return list(dict.fromkeys(ids))


def check_given(
    cloud: Cloud, server: Server, ids: Sequence[str], data_disks: Literal["include", "leave"] | None
) -> tuple[Taken | None, list[Check]]:
    """Given snapshots: of this server, of one system disk and at most one data disk, accomplished."""
    there = list(cloud.swas.list_snapshots(server.region_id))
    disks = {d.id: d for d in server.disks}
    mine = [s for s in there if s.disk_id in disks]
    usable = ", ".join(f"{s.id} ({disks[s.disk_id].kind})" for s in mine if s.status == "Accomplished")
    remedy = f"Snapshots of this server that can be used: {usable or 'none'}"
    checks, found = [], []
    for key in ids:
        snapshot = next((s for s in there if s.id == key), None)
        if snapshot is None:
            problem = f"there is no such snapshot in {server.region_id}"
        elif snapshot.disk_id not in disks:
            problem = f"it is not of server {server.name}"
        elif snapshot.status != "Accomplished":
            problem = f"it is {snapshot.status} ({snapshot.progress} %), not Accomplished"
        else:
            found.append(snapshot)
            continue
        checks.append(Check(FIELD, key, problem, remedy))
    if checks:
        return None, checks
    system = [s for s in found if disks[s.disk_id].kind == "system"]
    data = [s for s in found if disks[s.disk_id].kind == "data"]
    shown = ", ".join(ids) or "none"
    if len(system) != 1:
        problem = f"an image is made of one snapshot of the system disk, and there are {len(system)}"
        checks.append(Check(FIELD, shown, problem, remedy))
    if len(data) > 1:
        problem = f"an image holds one data disk, and there are snapshots of {len(data)}"
        checks.append(Check(FIELD, shown, problem, remedy))
    if (data_disks == "include" and not data) or (data_disks == "leave" and data):
        holds = "one" if data else "none"
        problem = f"of a data disk there is {holds} among the snapshots"
        checks.append(
            Check("data_disks", data_disks, problem, "Leave it out: the snapshots say what the image holds")
        )
    if checks:
        return None, checks
    return Taken(system=ref_to(system[0]), data=ref_to(data[0]) if data else None), []


def ref_to(snapshot: Snapshot) -> Ref:
    """A snapshot, as steps name it."""
    return Ref(kind="swas.snapshot", id=snapshot.id, region_id=snapshot.region_id, name=snapshot.name)


def adopt(
    disks: Sequence[ServerDisk],
    snapshots: Sequence[Snapshot],
    images: Sequence[CustomImage],
    check: Callable[[int, set[str]], list[Check]],
) -> tuple[dict[str, Ref], list[Check]]:
    """Which snapshots of earlier captures are used instead of fresh ones, and the checks then.

    One that is in progress always is: the disk takes no other. One that is accomplished holds what was
    then, so it is used only where the caller gives it (``snapshots=``); where the quota is full, the
    blocker names it.

    Args:
        disks: those to be imaged.
        snapshots: what the region holds beside what this run made.
        images: likewise.
        check: the quotas, for so many fresh snapshots beside those adopted.
    """
    bound = {i.system_snapshot_id for i in images} | {i.data_snapshot_id for i in images}
    left = [s for s in snapshots if s.tags.get(VERB_TAG) == VERB and s.id not in bound]
    adopted = {
        disk.id: s for disk in disks for s in left if s.disk_id == disk.id and s.status == "Progressing"
    }
    checks = [
        _use_instead(c, [s for s in left if s.status == "Accomplished"])
        for c in check(len(disks) - len(adopted), {s.id for s in adopted.values()})
    ]
    told = [
        warning(
            FIELD,
            s.id,
            f"the snapshot that run {s.tags.get(RUN_TAG)} began at {s.created_at:%Y-%m-%d %H:%M} UTC and made no image "
            "of is still in progress, and is used: what was written since it began is not in the image",
            "Wait until it is accomplished and delete it, to have a fresh one taken",
        )
        for s in adopted.values()
    ]
    return {disk_id: ref_to(s) for disk_id, s in adopted.items()}, [*told, *checks]


def _use_instead(check: Check, spare: Sequence[Snapshot]) -> Check:
    """The quota's blocker, with snapshots that no image was made of among its remedies."""
    if check.level != "blocker" or not check.field.startswith("quota.snapshots") or not spare:
        return check
    ids = ", ".join(s.id for s in spare)
    return replace(check, remedy=f"{check.remedy}. Or use those that no image was made of: snapshots=[{ids}]")
