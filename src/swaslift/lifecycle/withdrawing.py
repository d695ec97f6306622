"""The share of an image with ECS at the end of a run: withdrawn if the run made it, and nobody else needs it.

Who else needs it is asked of the journal (other runs, other parts of the run) and of ECS (instances that
were made from it, copies that another machine may be making of it). A run that leaves it for others hands
it on to them: the last of them withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.steps import ShareImage, UnshareImage
from swaslift.models import EcsImage
from swaslift.planning.unfinished import Going, unfinished
from swaslift.runs.effects import Records, Script, consult, do, say
from swaslift.runs.history import ASIDE, made_by
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.runs.step import RUN_TAG, Ref

_ASKED = "share-needed"
_UNSHARE = "unshare"
_ON_PURPOSE = "share_to_ecs"
"""The verb that shares to stay."""


class Withdrawal(BaseModel):
    """Whether a share is withdrawn.

    Attributes:
        own: whether it is the run's to withdraw.
        why: why it stays all the same, a reason each.
        left_to: ids of runs that need it, and withdraw it in their turn.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    own: bool = True
    why: tuple[str, ...] = ()
    left_to: tuple[str, ...] = ()


_NOT_OURS = Withdrawal(own=False, why=("it was shared before the run",))


def withdraw_share(image: Ref, seen: EcsImage, *, was_shared: bool = False) -> Script[str | None]:
    """Stop sharing an image with ECS, if that is the run's to do; else why it stays shared.

    Args:
        image: the custom image.
        seen: the image as ECS sees it.
        was_shared: whether the plan found it shared.
    """
    found = yield from consult(
        _ASKED,
        lambda records: _weigh(records, image, seen),
        record=Withdrawal,
        foreseen=_NOT_OURS if was_shared else Withdrawal(),
        before=_UNSHARE,
    )
    if found.own and not found.why:
        yield from do(UnshareImage(name=_UNSHARE, image=image))
        return None
    later = f" Later: lift.unshare_from_ecs({image.id!r})." if found.own else ""
    text = f"The image {image.name} ({image.id}) stays shared with ECS: {'; '.join(found.why)}.{later}"
    yield from say("share-stays", text)
    return text


@dataclass(frozen=True)
class _Share:
    """A share of the image, in one part of a run.

    Attributes:
        run: which.
        part: the path of the part in the run; empty where it is the whole.
        changed: whether the image was not shared before.
        at: when it was shared.
        withdrawn: whether the part has withdrawn it.
        answer: what it has found out about withdrawing it.
    """

    run: RunRow
    part: str
    changed: bool
    at: datetime
    withdrawn: bool
    answer: Withdrawal | None

    @property
    def over(self) -> bool:
        """Whether the part has no more need of it."""
        return self.withdrawn or self.answer is not None

    @property
    def on_purpose(self) -> bool:
        """Whether it was shared to stay so."""
        return (self.part.rpartition("/")[2] or self.run.verb) == _ON_PURPOSE


def _weigh(records: Records, image: Ref, seen: EcsImage) -> Withdrawal:
    journal, run_id = records.journal, records.run_id
    emulated = records.cloud.emulated
    changed = [i for i, _ in journal.effects_on_images([image.id], (ShareImage.kind, UnshareImage.kind))]
    found = (journal.find(i) for i in {run_id, *changed})
    runs = [r for r in found if r is not None and bool(r.plan.get("emulated")) == emulated]
    runs.sort(key=lambda r: (r.created_at, r.run_id), reverse=True)
    effects = {r.run_id: journal.readable_effects(r.run_id) for r in runs}
    shares = [s for r in runs for s in _shares(r, effects[r.run_id], image)]
    ours = [s for s in shares if s.run.run_id == run_id]
    others = [s for s in shares if s.run.run_id != run_id]
    handed = any(s.answer is not None and s.answer.own and run_id in s.answer.left_to for s in others)
    own = handed or any(s.changed and not s.withdrawn for s in ours) or image.id in made_by(effects[run_id])
    if not own:
        return _NOT_OURS
    going = [
        g
        for g in unfinished(journal, emulated=emulated, but=run_id, about=[image])
        if g.needs(image) and not _through(g, others)
    ]
    why = [f"run {g.row.run_id!r} ({g.row.verb}), which {g.stands}, needs it" for g in going]
    why += [
        f"{s.part} in the same run shares it as well"
        for s in ours
        if s.part != _part(records.name) and not s.over
    ]
    ended = [e.ended_at for rows in effects.values() for e in rows if _withdraws(e, image) and e.ended_at]
    # What had to be shared anew, somebody had withdrawn in the console.
    ended += [s.at for s in shares if s.changed]
    why += [
        f"run {s.run.run_id!r} has shared it to stay so"
        for s in others
        if s.on_purpose and s.run.state == "finished" and not any(at > s.at for at in ended)
    ]
    since = max((s.at for s in shares if s.changed), default=None)
    why += _in_ecs(records, image, seen, since=since)
    return Withdrawal(why=tuple(why), left_to=tuple(g.row.run_id for g in going))


def _through(run: Going, others: list[_Share]) -> bool:
    """Whether a run that is not over has used the share, and has no more need of it."""
    shares = [s for s in others if s.run.run_id == run.row.run_id]
    return run.row.part == "do" and bool(shares) and all(s.over for s in shares)


def _part(name: str) -> str:
    """The path of the part in which an effect stands, also one that was put in before another."""
    return name.split(ASIDE, maxsplit=1)[0].rpartition("/")[0]


def _shares(run: RunRow, effects: list[EffectRow], image: Ref) -> Iterator[_Share]:
    rows = [e for e in effects if e.part == "do" and (e.state != "failed" or e.outcome is not None)]
    for row in rows:
        if row.kind != ShareImage.kind or row.request["image"]["id"] != image.id:
            continue
        beside = [e for e in rows if e.state == "done" and _part(e.name) == _part(row.name)]
        answer = next((e.outcome for e in beside if e.name.rpartition("/")[2] == _ASKED), None)
        was = isinstance(row.prior, dict) and row.prior.get("shared")
        yield _Share(
            run=run,
            part=_part(row.name),
            changed=row.outcome is True and not was,
            at=row.ended_at or row.began_at,
            withdrawn=any(_withdraws(e, image) for e in beside),
            answer=Withdrawal.model_validate(answer) if answer is not None else None,
        )


def _withdraws(row: EffectRow, image: Ref) -> bool:
    done = row.kind == UnshareImage.kind and row.state == "done"
    return done and bool(row.request["image"]["id"] == image.id)


def _in_ecs(records: Records, image: Ref, seen: EcsImage, since: datetime | None) -> list[str]:
    """What ECS shows of others: the runs of this journal were asked about there.

    Instances that are older than the share were left without one before, by somebody's will. Where the share's age
    cannot be told, all count.
    """
    ecs = records.cloud.ecs
    instances = list(ecs.describe_instances(image.region_id, image_id=seen.id))
    since = None if records.cloud.clock.age(since) is None else since
    why = [
        f"instance {i.name} ({i.id}) was made from it"
        for i in instances
        # The service tells the minute alone.
        if since is None or i.created_at is None or i.created_at + timedelta(minutes=1) > since
    ]
    why += [
        f"the copy {i.name} ({i.id}) is under way, and may be one of it"
        for i in ecs.describe_images(image.region_id, owner="self")
        if i.is_copied
        and i.status in {"Creating", "Waiting"}
        and not _known(records, i.tags.get(RUN_TAG))
        and (not seen.size or not i.size or i.size == seen.size)
    ]
    return why


def _known(records: Records, run_id: str | None) -> bool:
    """Whether a run is one of this journal, and of this cloud."""
    row = records.journal.find(run_id) if run_id else None
    return row is not None and bool(row.plan.get("emulated")) == records.cloud.emulated
