"""The end of an undo: what the journal says is there is held against what the cloud shows."""

from __future__ import annotations

from typing import Any

from swaslift.cloud import Cloud
from swaslift.runs.effects import Records, Script, consult
from swaslift.runs.report import Census, Owned, resources
from swaslift.runs.rows import CENSUS
from swaslift.waiting import watches
from swaslift.waiting.conditions import Watch

_WATCHES: dict[str, Watch[Any]] = {
    w.states.resource: w
    for w in (
        watches.SERVERS,
        watches.SWAS_SNAPSHOTS,
        watches.SWAS_IMAGES,
        watches.ECS_IMAGES,
        watches.ECS_SNAPSHOTS,
        watches.DISKS,
        watches.INSTANCES,
    )
}

TRIES = 12
SECONDS = 5.0
"""How often and at which distance a disagreement is looked at again: lists lag."""


def census() -> Script[list[str]]:
    """Ask which of the run's resources are there; what is not as the journal has it, a sentence each."""

    def look(records: Records) -> Census:
        cloud = records.cloud
        known = resources(records.journal.effects(records.run_id), cloud.account_id)
        known = [one for one in known if one.fate != "destroyed" and one.ref.kind in _WATCHES]
        found = _compare(cloud, known)
        for _ in range(TRIES):
            if found == Census():
                break
            cloud.clock.sleep(SECONDS)
            found = _compare(cloud, known)
        return found

    found = yield from consult(CENSUS, look, record=Census, foreseen=Census())
    return [
        *(f"{i} is not there any more: the run did not remove it, somebody else did" for i in found.missing),
        *(f"{i} is still listed, although it was removed: check it in the console" for i in found.listed),
    ]


def _compare(cloud: Cloud, known: list[Owned]) -> Census:
    there: set[str] = set()
    places = dict.fromkeys((one.account_id, one.ref.kind, one.ref.region_id) for one in known)
    for account, kind, region_id in places:
        ids = [
            o.ref.id
            for o in known
            if (o.account_id, o.ref.kind, o.ref.region_id) == (account, kind, region_id)
        ]
        there |= _WATCHES[kind].read(cloud.of(account), region_id, ids).keys()
    return Census(
        missing=tuple(o.ref.id for o in known if o.fate == "kept" and o.ref.id not in there),
        listed=tuple(o.ref.id for o in known if o.fate == "removed" and o.ref.id in there),
    )
