"""The report of a run: what happened when, what exists because of it, what it costs from now on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from swaslift.errors import InvalidArgument, names_the_way
from swaslift.models.kinds import kind_name
from swaslift.runs.downtime import downtimes
from swaslift.runs.effects import LEFT
from swaslift.runs.history import made_by_hand, title_of
from swaslift.runs.markup import whole
from swaslift.runs.rows import CENSUS, EffectRow, EventRow, RunRow
from swaslift.runs.step import STEP_KINDS, Ref
from swaslift.wording import duration

_BILLED = {
    "swas.server": "a subscription, paid until it expires",
    "ecs.image": "the snapshots behind it, by size and time",
    "ecs.snapshot": "by size and time",
    "ecs.instance": "the instance, its disks and traffic",
    "ecs.disk": "with its instance",
}
_FREE = "free of charge"

Fate = Literal["kept", "removed", "destroyed", "restored"]


class Census(BaseModel):
    """Where the journal and the cloud disagree at the end of an undo: ids of resources of the run.

    Attributes:
        missing: those that the run has not removed and that are not there any more.
        listed: those that it has removed and that are still listed.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    missing: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


class Moment(BaseModel):
    """A line of the timeline; times are UTC, ``seconds`` is how long it took."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    title: str
    kind: str
    began_at: datetime
    seconds: float | None
    state: str
    error: str | None = None

    @property
    def how(self) -> str:
        """Its state in words; an intent is what has no outcome yet."""
        return "not finished" if self.state == "intent" else self.state


class Line(BaseModel):
    """A resource that the run made, removed, destroyed, or destroyed and restored.

    Attributes:
        restored_as: where what it held is now, once an undo has restored it.
        parts: ids that belong to it: snapshots behind an image, disks of an instance.
        billed: what it costs from now on; empty once it is gone.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    what: str
    id: str
    account_id: str = ""
    region_id: str
    name: str
    fate: Fate
    billed: str = ""
    parts: tuple[str, ...] = ()
    restored_as: str = ""

    @property
    def how(self) -> str:
        """In what way it is gone; empty for what exists."""
        ways: dict[Fate, str] = {
            "kept": "",
            "removed": "made by this run, and removed again",
            "destroyed": "destroyed, as consented",
            "restored": f"restored: what it held is on {self.restored_as}",
        }
        return ways[self.fate]


class Report(BaseModel):
    """The report of a run, as data, Markdown or HTML."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    run_id: str
    verb: str
    title: str
    state: str
    reason: str | None
    remedy: str | None
    account_id: str
    version: str
    began_at: datetime
    ended_at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    timeline: tuple[Moment, ...]
    resources: tuple[Line, ...]
    events: tuple[tuple[datetime, str, str], ...]
    left: tuple[str, ...] = ()
    cost: str | None = None
    emulated: bool = False
    undoing: bool = False
    needs: str = ""

    @property
    def told(self) -> str:
        """Why it is paused, without the evidence."""
        return (self.reason or "").partition("\n\n")[0]

    @property
    def evidence(self) -> str:
        """What was shown with that: console output, as it is."""
        return (self.reason or "").partition("\n\n")[2]

    @property
    def resumed_as_is(self) -> bool:
        """Whether the plain resume is the way on, since the remedy names no other."""
        return not names_the_way(self.remedy or "")

    @property
    def kept(self) -> tuple[Line, ...]:
        """What exists because of the run."""
        return tuple(r for r in self.resources if r.fate == "kept")

    @property
    def gone(self) -> tuple[Line, ...]:
        """What the run removed again, what it destroyed, and what of that was restored elsewhere."""
        return tuple(r for r in self.resources if r.fate != "kept")

    @property
    def left_title(self) -> str:
        """What stands above that which is left."""
        return "Not taken back" if self.state == "undone" else "Left to do by hand"

    @property
    def took(self) -> float:
        """Seconds that the run took, pauses included."""
        return (self.ended_at - self.began_at).total_seconds()

    @property
    def minutes(self) -> float:
        """How long the run took, pauses included."""
        return self.took / 60

    @property
    def longest(self) -> float:
        """Seconds of the longest wait; the bars of the HTML page are drawn to it."""
        return max((m.seconds or 0 for m in self.timeline if m.kind == "wait"), default=0)

    def to_markdown(self) -> str:
        """The report as Markdown."""
        return _render("report.md.j2", self)

    def to_html(self) -> str:
        """The report as one HTML page that needs nothing else."""
        return _render("report.html.j2", self)

    def save(self, path: str | Path) -> Path:
        """Write the report to a file: ``.html``, ``.md`` or ``.json`` by its ending; missing folders are created.

        Raises:
            InvalidArgument: the ending is another, or the file cannot be written.
        """
        target = Path(path)
        makers: dict[str, Callable[[], str]] = {
            ".html": self.to_html,
            ".md": self.to_markdown,
            ".json": lambda: self.model_dump_json(indent=2),
        }
        if target.suffix not in makers:
            raise InvalidArgument("path", str(path), "unknown kind of report", "Use .html, .md or .json")
        text = makers[target.suffix]()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            problem = f"the report cannot be written there ({error.strerror or error})"
            raise InvalidArgument(
                "path", str(path), problem, "Give a file in a folder that is yours"
            ) from None
        return target

    def __str__(self) -> str:
        return self.to_markdown()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """What a notebook shows: the same without a page around it, in the notebook's own colours."""
        return _render("report.fragment.html.j2", self)


def _render(template: str, report: Report) -> str:
    from jinja2 import Environment, PackageLoader, select_autoescape

    templates: Any = Environment(
        loader=PackageLoader("swaslift.runs", "templates"),
        autoescape=select_autoescape(["html.j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["duration"] = lambda seconds: "" if seconds is None else duration(seconds)
    templates.filters["at"] = lambda t: f"{t:%Y-%m-%d %H:%M:%S}"
    templates.filters["when"] = lambda t: f"{t:%Y-%m-%d %H:%M:%S} UTC"
    templates.filters["whole"] = whole
    templates.filters["cell"] = lambda s: str(s).replace("|", "\\|").replace("\n", "<br>")
    page: str = templates.get_template(template).render(r=report)
    return page


def build_report(
    row: RunRow,
    effects: Sequence[EffectRow],
    events: Sequence[EventRow],
    *,
    facts: Sequence[tuple[str, str]] = (),
    left: Sequence[str] = (),
) -> Report:
    """Make the report of a run from its journal."""
    titles = {s["name"]: s["title"] for s in row.plan.get("steps", [])}
    return Report(
        run_id=row.run_id,
        verb=row.verb,
        title=row.plan.get("title", row.verb),
        state=row.state,
        reason=row.reason,
        remedy=row.remedy,
        account_id=row.account_id,
        version=row.version,
        began_at=row.created_at,
        # Of a process that was killed the journal's last effects are all that there is.
        ended_at=max([row.created_at, row.updated_at, *(e.ended_at or e.began_at for e in effects)]),
        facts=(*facts, *(("Downtime", d.fact) for d in downtimes(effects))),
        timeline=tuple(_moment(e, titles) for e in effects if e.kind not in {"ask", "fork"}),
        resources=tuple(_restored(_resources(effects, row.account_id), effects)),
        events=tuple((e.at, e.kind, e.text.split("\n")[0]) for e in events),
        left=(*left, *_left_by_parts(row, effects)),
        cost=row.plan.get("cost"),
        emulated=bool(row.plan.get("emulated")),
        undoing=row.part == "undo",
        needs=row.needs,
    )


def _left_by_parts(row: RunRow, effects: Sequence[EffectRow]) -> list[str]:
    """What the parts of a chain that is finished have left to do by hand; said by several, told once."""
    if row.state != "finished":
        return []
    told = [e.outcome for e in effects if e.kind == "ask" and e.name.endswith(LEFT)]
    return list(dict.fromkeys(str(line) for lines in told if isinstance(lines, list) for line in lines))


def _moment(effect: EffectRow, titles: dict[str, str]) -> Moment:
    ended, refusal = effect.ended_at, _mapping(effect.outcome).get("refused")
    return Moment(
        name=effect.name,
        title=title_of(effect, titles),
        kind="change" if effect.kind in STEP_KINDS else effect.kind,
        began_at=effect.began_at,
        seconds=max((ended - effect.began_at).total_seconds(), 0.0) if ended else None,
        state="refused" if refusal else effect.state,
        error=effect.error or (refusal and f"{refusal['code']}"),
    )


@dataclass(frozen=True)
class Owned:
    """A resource that a run made or destroyed.

    Attributes:
        ref: the resource.
        account_id: where it is.
        fate: what became of it, as the journal has it.
    """

    ref: Ref
    account_id: str
    fate: Fate


def resources(effects: Sequence[EffectRow], own: str) -> list[Owned]:
    """What a run made or destroyed, and what became of it.

    Args:
        effects: what the run did.
        own: the account of the run.
    """
    removed: set[str] = set()
    made: dict[str, Ref] = {}
    destroyed: dict[str, Ref] = {}
    account: dict[str, str] = {}
    outcomes = {e.name: e.outcome for e in effects}
    for effect in effects:
        if (by_hand := made_by_hand(effect)) is not None:
            made[by_hand.id] = by_hand
            account[by_hand.id] = own
        if effect.kind not in STEP_KINDS:
            continue
        # What was cut off before its outcome was written, an undo may have found.
        outcome = effect.outcome or outcomes.get(effect.found_in_undo)
        if outcome is None:
            continue
        step = STEP_KINDS[effect.kind].model_validate(effect.request)
        if "refused" in _mapping(outcome):
            if (stays := step.removes()) is not None and stays.kind == "ecs.snapshot":
                # The service made it behind an image of the run; the image is gone, and it is not.
                made.setdefault(stays.id, stays)
                account.setdefault(stays.id, step.account or own)
            continue
        refs, removes, destroys = step.makes(step.decode(outcome)), step.removes(), step.destroys()
        made |= {ref.id: ref for ref in refs}
        account |= {r.id: step.account or own for r in (*refs, destroys) if r}
        if removes and effect.state == "done":
            removed.add(removes.id)
        # Adopted without the journal, the new disk was taken for the old one.
        if destroys and destroys.id not in {ref.id for ref in refs}:
            # A disk that the run itself made and replaced again is its own.
            if destroys.id in made:
                removed.add(destroys.id)
            else:
                destroyed[destroys.id] = destroys

    counted = Census.model_validate(outcomes.get(CENSUS) or {})
    removed = (removed | set(counted.missing)) - set(counted.listed)
    found = [Owned(ref, account[ref.id], "removed" if ref.id in removed else "kept") for ref in made.values()]
    return found + [Owned(ref, account[ref.id], "destroyed") for ref in destroyed.values()]


def _resources(effects: Sequence[EffectRow], own: str) -> list[Line]:
    parts, names = _parts(effects), _names(effects)
    lines = []
    for one in resources(effects, own):
        # Not every call takes a name, and a deletion knows the id alone.
        ref = one.ref.model_copy(update={"name": one.ref.name or names.get(one.ref.id) or one.ref.id})
        lines.append(_line(ref, one.account_id, one.fate, parts.get((one.account_id, ref.id), ())))
    return lines


def _restored(lines: Iterable[Line], effects: Sequence[EffectRow]) -> Iterator[Line]:
    """The same lines; what was destroyed, and an undo has put back on another disk, is restored."""
    steps = [(e, STEP_KINDS[e.kind].model_validate(e.request)) for e in effects if e.kind in STEP_KINDS]
    replacing = [(e, step, old) for e, step in steps if (old := step.destroys()) is not None]
    now: dict[str, str] = {}
    for effect, _, old in replacing:
        for back, step, _ in replacing:
            # An undo that replaces what the step has put there has put back what was there before.
            undoes = back.name.startswith(f"{effect.undone_as}/") and back.state == "done"
            if undoes and "refused" not in _mapping(back.outcome):
                now[old.id] = ", ".join(ref.id for ref in step.makes(step.decode(back.outcome)))
    for line in lines:
        restored = line.fate == "destroyed" and line.id in now
        yield line.model_copy(update={"fate": "restored", "restored_as": now[line.id]}) if restored else line


def _line(ref: Ref, account_id: str, fate: Fate, parts: Sequence[str]) -> Line:
    return Line(
        what=kind_name(ref.kind),
        id=ref.id,
        account_id=account_id,
        region_id=ref.region_id,
        name=ref.name,
        fate=fate,
        billed=_BILLED.get(ref.kind, _FREE) if fate == "kept" else "",
        # A shared SWAS image may carry the same id in ECS; the snapshots ECS shows there are not the user's.
        parts=tuple(parts)
        if fate != "destroyed" and ref.kind in {"ecs.image", "ecs.instance", "swas.server"}
        else (),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(effects: Sequence[EffectRow]) -> dict[str, str]:
    """The names of resources by id, as the last reads of them showed."""
    found: dict[str, str] = {}
    for effect in effects:
        for record in effect.outcome if isinstance(effect.outcome, list) else [effect.outcome]:
            data = _mapping(record)
            if isinstance(data.get("id"), str) and data.get("name"):
                found[data["id"]] = data["name"]
    return found


def _parts(effects: Sequence[EffectRow]) -> dict[tuple[str, str], list[str]]:
    """What belongs to a resource of an account, as the last reads of it showed."""
    found: dict[tuple[str, str], list[str]] = {}
    for effect in effects:
        for record in effect.outcome if isinstance(effect.outcome, list) else [effect.outcome]:
            data = _mapping(record)
            if data.get("product") == "swas" and data.get("disks"):
                found[data["account_id"], data["id"]] = [d["id"] for d in data["disks"]]
            elif effect.kind == "wait" and data.get("disks"):
                ids = [d.get("snapshot_id") for d in data["disks"]]
                found[data["account_id"], data["id"]] = [i for i in ids if i]
            elif effect.kind == "ask" and data.get("instance_id"):
                disks = found.setdefault((data["account_id"], data["instance_id"]), [])
                if data["id"] not in disks:
                    disks.append(data["id"])
    return found
