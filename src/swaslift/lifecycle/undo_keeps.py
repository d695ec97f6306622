"""What an undo leaves in place because something that stays was made from it.

A subscription, a bought server, a disk whose predecessor is gone: an undo cannot take them back, and their
disks can be re-initialised only while the image that they were made from is there, and is shared where ECS
made them from the share itself. So that image stays, with its snapshots; nothing else of the run does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from swaslift.lifecycle.steps import (
    BuyServers,
    CreateCustomImage,
    CreateSnapshot,
    ReplaceDisk,
    ResetSystem,
    RunInstance,
    RunInstances,
    ShareImage,
    TakeServers,
)
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import Step

_SEEN, _SHARE = "share-seen", "share"
"""How the wait for a shared image in ECS is called, and the step beside it that shares the image."""


@dataclass(frozen=True)
class Why:
    """Why something stays.

    Attributes:
        text: in words, for a line of a plan.
        lives: what lives on it, for the list of what is left.
        shared: whether it lives on the share with ECS.
        sure: whether that is known: the call that made it got an answer.
    """

    text: str
    lives: str
    shared: bool
    sure: bool


@dataclass(frozen=True)
class Keeps:
    """What is kept so far, as an undo goes back through the steps of a run.

    Attributes:
        names: ids of images of SWAS by those under which the run shared them with ECS.
        shares: ids of images that have to stay shared.
        things: ids of images and snapshots that stay.
        kept: what was met of it, by why it stays.
    """

    names: dict[str, str]
    shares: dict[str, Why] = field(default_factory=dict)
    things: dict[str, Why] = field(default_factory=dict)
    kept: dict[Why, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[EffectRow]) -> Keeps:
        """Nothing yet, for the effects of a run.

        ECS may show an image under another id than SWAS; which, the wait for it has found out.
        """
        shared = {r.name: r.request["image"]["id"] for r in rows if r.kind == ShareImage.kind}
        names = {image_id: image_id for image_id in shared.values()}
        for row in rows:
            head, _, tail = row.name.rpartition("/")
            beside = f"{head}/{_SHARE}" if head else _SHARE
            if tail == _SEEN and isinstance(row.outcome, dict) and beside in shared:
                names[row.outcome["id"]] = shared[beside]
        return cls(names)

    def note(self, step: Step[Any], outcome: Any, *, sure: bool = True) -> None:
        """Something was met that an undo leaves in place: what it was made from stays."""
        image_id, disk = _made_from(step, outcome)
        if not image_id:
            return
        if not disk:
            why = Why("a server that stays was made from the image", "a server", shared=False, sure=sure)
            _add(self.things, image_id, why)
        elif image_id in self.names:
            why = Why("a disk that stays was made from the shared image", "a disk", shared=True, sure=sure)
            _add(self.shares, self.names[image_id], why)
            _add(self.things, self.names[image_id], why)

    def why(self, step: Step[Any], outcome: Any, prior: JsonValue) -> Why | None:
        """Why a step is not taken back, if it is not; notes what is behind what it made."""
        if isinstance(step, ShareImage) and step.altered(prior):
            found, what = self.shares.get(step.image.id), f"the share of {step.image.id}"
        elif isinstance(step, CreateCustomImage | CreateSnapshot):
            found, what = self.things.get(outcome.id), str(outcome)
        else:
            return None
        if found is None:
            return None
        if isinstance(step, CreateCustomImage):
            for snapshot_id in filter(None, (step.system_snapshot_id, step.data_snapshot_id)):
                _add(self.things, snapshot_id, found)
        if found.sure:
            self.kept.setdefault(found, []).append(what)
        return found

    def left(self) -> list[str]:
        """What is kept, a sentence for each reason."""
        return [
            f"the {'shared ' if why.shared else ''}SWAS image and its snapshots are kept ({', '.join(what)}): "
            f"{why.lives} that stays was made from it"
            for why, what in self.kept.items()
        ]


def _add(found: dict[str, Why], thing: str, why: Why) -> None:
    """Note why a thing stays; what is sure is not doubted any more."""
    if thing not in found or (why.sure and not found[thing].sure):
        found[thing] = why


def _made_from(step: Step[Any], outcome: Any) -> tuple[str, bool]:
    """The image that what an undo leaves in place was made from, or none; and whether it is a disk of ECS."""
    match step:
        case RunInstance() | RunInstances() if step.bought:
            return step.image_id, True
        case ReplaceDisk(backup=None):
            return step.image_id, True
        case BuyServers() if outcome.servers or outcome.perhaps:
            return step.image_id, False
        case TakeServers() | ResetSystem():
            return step.image_id, False
    return "", False
