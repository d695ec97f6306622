"""A small verb for the tests of the core: its cloud is a folder, its resources are files.

``fill`` asks how many boxes to make, makes each, waits until it has settled, turns a switch and waits
for a person. What it made survives the process, as in a real cloud.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue

from swaslift.checks import Check
from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud, Settings
from swaslift.cloud.together import Once
from swaslift.drivers.carrier import Carrier
from swaslift.errors import SwasliftError
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.planning.plan import Plan
from swaslift.runs.effects import Script, Wait, ask, attempt, do, gate, say, until
from swaslift.runs.journal import Journal
from swaslift.runs.preview import foresee
from swaslift.runs.step import Mark, Ref, Refused, Step
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.states import States

ROOT: Path = Path()
"""The folder; set by `open_shelf`."""

FAULTS: dict[str, list[SwasliftError | str]] = {}
"""By step: what its next calls raise, or ``"lost"``: it is done, and then the answer is lost."""

CALLS: list[str] = []
"""What was sent, in order."""


def _file(kind: str, name: str) -> Path:
    return ROOT / f"{kind}-{name}.json"


def _strike(step: str) -> str | None:
    queue = FAULTS.get(step)
    if not queue:
        return None
    fault = queue.pop(0)
    if isinstance(fault, str):
        return fault
    raise fault


def lost(step: str) -> SwasliftError:
    """The error of an answer that got lost."""
    from swaslift.errors import NoAnswerError

    return NoAnswerError("no answer", action=step, endpoint="shelf")


class MakeBox(Step[Ref]):
    """Put a box on the shelf."""

    kind: ClassVar[str] = "shelf.MakeBox"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("MakeBox",)
    base: str
    colour: str = "red"

    @property
    def title(self) -> str:
        return f"make the {self.colour} box {self.base}"

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        for path in sorted(ROOT.glob("box-*.json")):
            box = json.loads(path.read_text())
            if mark.carried_by(box["tags"]):
                return Ref(kind="shelf.box", id=box["id"], region_id="here", name=box["name"])
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        strike = _strike(self.name)
        CALLS.append(f"make {self.name} {mark.attempt}")
        box = {
            "id": f"{self.base}-{mark.attempt}",
            "name": mark.label(self.base, 50),
            "tags": mark.tags,
            "token": mark.token,
            "colour": self.colour,
            "state": "settling",
        }
        path = _file("box", str(box["id"]))
        # The service, not the client, refuses a second one with the same token.
        if not path.exists():
            path.write_text(json.dumps(box))
            with (ROOT / "made.log").open("a") as log:
                log.write(f"{box['id']}\n")
        if strike == "lost":
            raise lost(self.name)
        return Ref(kind="shelf.box", id=str(box["id"]), region_id="here", name=str(box["name"]))

    def foresee(self) -> Ref:
        return Ref(kind="shelf.box", id=f"<{self.base}>", region_id="here")

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        yield from do(RemoveBox(name="remove", box=outcome.id))
        return None


class RemoveBox(Step[bool]):
    """Take a box off the shelf."""

    kind: ClassVar[str] = "shelf.RemoveBox"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("RemoveBox",)
    box: str

    @property
    def title(self) -> str:
        return f"remove the box {self.box}"

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        return None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        _strike(self.name)
        CALLS.append(f"remove {self.box}")
        _file("box", self.box).unlink(missing_ok=True)
        return True

    def foresee(self) -> bool:
        return True


class TurnSwitch(Step[str]):
    """Turn the switch on the wall; the undo turns it to where it was."""

    kind: ClassVar[str] = "shelf.TurnSwitch"
    outcome: ClassVar[Any] = str
    writes: ClassVar[tuple[str, ...]] = ("TurnSwitch",)
    to: str

    @property
    def title(self) -> str:
        return f"turn the switch {self.to}"

    @staticmethod
    def now() -> str:
        path = ROOT / "switch"
        return path.read_text() if path.exists() else "off"

    def prior(self, cloud: Cloud) -> JsonValue:
        return self.now()

    def find(self, cloud: Cloud, mark: Mark) -> str | None:
        return self.to if self.now() == self.to else None

    def make(self, cloud: Cloud, mark: Mark) -> str:
        strike = _strike(self.name)
        CALLS.append(f"turn {self.to}")
        (ROOT / "switch").write_text(self.to)
        if strike == "lost":
            raise lost(self.name)
        return self.to

    def foresee(self) -> str:
        return self.to

    def undo(self, outcome: str, prior: JsonValue) -> Script[str | None]:
        if prior != self.to:
            yield from do(TurnSwitch(name="turn", to=str(prior)))
        return None


SETTLING = States("shelf.box", frozenset({"settling"}), frozenset({"settled"}), frozenset({"broken"}), 60)


def _look(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, str]:
    """A box settles by being looked at twice, unless a file says otherwise."""
    found = {}
    for box_id in ids:
        path = _file("box", box_id)
        if not path.exists():
            continue
        box = json.loads(path.read_text())
        found[box_id] = box["state"]
        fate = ROOT / f"fate-{box_id}"
        box["state"] = fate.read_text() if fate.exists() else "settled"
        path.write_text(json.dumps(box))
    return found


BOXES: Watch[str] = Watch(SETTLING, _look, lambda state: state, floor=1.0)


def _delivered(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, str]:
    state = "delivered" if (ROOT / "delivered").exists() else "awaited"
    return dict.fromkeys(ids, state)


PARCELS: Watch[str] = Watch(
    States("shelf.parcel", frozenset({"awaited"}), frozenset({"delivered"}), frozenset(), 60), _delivered, str
)


class FillSpec(BaseModel):
    model_config = ConfigDict(frozen=True)

    colour: str = "red"
    by_hand: bool = False
    extra_step: bool = False


class Filled(BaseModel):
    boxes: tuple[str, ...]
    colour: str


def fill(spec: FillSpec) -> Script[Filled]:
    """The verb."""
    count = yield from ask("count", lambda cloud: int((ROOT / "count").read_text()), record=int, foreseen=2)
    made = []
    for i in range(count):
        box = yield from do(MakeBox(name=f"box-{i}", base=f"b{i}", colour=spec.colour))
        yield from until(
            Wait(
                f"box-{i}-settled",
                Condition(BOXES, "here", box.id),
                str,
                "settled",
                of=f"box-{i}",
                timeout=600,
            )
        )
        made.append(box.id)
    if spec.extra_step:
        yield from do(TurnSwitch(name="extra", to="extra"))
    yield from gate("gate", "is the door open", lambda cloud: _door(spec))
    lid = yield from attempt(MakeBox(name="lid", base="lid"), "Lid.NotAllowed")
    if isinstance(lid, Refused):
        yield from say("no-lid", f"no lid: {lid.code}")
        yield from do(MakeBox(name="cloth", base="cloth"))
    if spec.by_hand:
        yield from until(
            Wait(
                "parcel",
                Condition(PARCELS, "here", "parcel"),
                str,
                "delivered",
                manual="Put the parcel on the doorstep.",
                timeout=3600,
            )
        )
    yield from do(TurnSwitch(name="switch", to="on"))
    return Filled(boxes=tuple(made), colour=spec.colour)


def _door(spec: FillSpec) -> list[Check]:
    if (ROOT / "closed").exists() and spec.colour != "blue":
        return [Check("colour", spec.colour, "the door is closed for it", "Choose blue")]
    return []


class Fill(Definition[FillSpec, Filled]):
    name = "fill"
    spec = FillSpec
    outcome = Filled

    def __init__(self, script: Callable[[FillSpec], Script[Filled]] = fill) -> None:
        self._script = script

    def script(self, spec: FillSpec) -> Script[Filled]:
        return self._script(spec)

    def amend(self, spec: FillSpec, change: Any, cloud: Cloud, begun: Collection[str]) -> Amendment[FillSpec]:
        return Amendment(spec.model_copy(update={"colour": change}), {"colour": change})

    def facts(self, spec: FillSpec, outcome: Filled | None) -> list[tuple[str, str]]:
        return [("Colour", spec.colour)]

    def left(self, outcome: Filled) -> tuple[str, ...]:
        return ()


class Bench:
    """A carrier with the verb, on a folder and a virtual clock."""

    def __init__(
        self,
        root: Path,
        *,
        after_write: Callable[[], None] | None = None,
        script: Callable[[FillSpec], Script[Filled]] = fill,
    ) -> None:
        global ROOT  # noqa: PLW0603  # the folder plays the cloud, and there is one
        ROOT = root
        FAULTS.clear()
        CALLS.clear()
        if not (root / "count").exists():
            (root / "count").write_text("2")
        settings = Settings.resolve(
            region="here",
            endpoint_url=None,
            access_key_id=None,
            access_key_secret=None,
            security_token=None,
            connect_timeout=1,
            read_timeout=1,
        )
        self.cloud = Cloud(settings, clock=VirtualClock())
        # The folder has no STS: the account is known, and nothing is asked.
        self.cloud._identity = Once(_identity)
        self.journal = Journal(root / "journal.db", after_write=after_write)
        self.carrier = Carrier(self.cloud, self.journal, {"fill": Fill(script)})
        self.events: list[str] = []
        self.carrier.listeners.append(lambda e: self.events.append(f"{e.kind} {e.name}".strip()))

    def begin(self, run_id: str = "r", spec: FillSpec | None = None) -> None:
        """Write a run down."""
        spec = spec or FillSpec()
        steps = foresee(lambda: fill(spec))
        plan: Plan[Any] = Plan(
            verb="fill",
            run_id=run_id,
            account_id="1",
            title="Fill the shelf",
            source="shelf",
            checks=(),
            steps=tuple(steps),
            consents=(),
            cost=None,
            downtime="none",
            remarks=(),
            emulated=False,
            arguments=spec.model_dump(mode="json"),
            spec=spec.model_dump(mode="json"),
            _apply=lambda plan: None,
        )
        self.carrier.create(plan)

    def carry(self, run_id: str = "r", **rest: Any) -> Filled:
        """Carry a run until it is over."""
        return Filled.model_validate(self.carrier.carry(run_id, **rest).model_dump())

    def states(self, run_id: str = "r") -> dict[str, tuple[int, str]]:
        """The latest attempt of each effect and its state."""
        return {e.name: (e.attempt, e.state) for e in self.journal.effects(run_id)}

    @property
    def boxes(self) -> list[str]:
        """What stands on the shelf."""
        return sorted(p.stem.removeprefix("box-") for p in ROOT.glob("box-*.json"))

    @property
    def ever_made(self) -> list[str]:
        """Every box that was ever put up, with repetitions."""
        log = ROOT / "made.log"
        return log.read_text().split() if log.exists() else []

    @property
    def switch(self) -> str:
        return TurnSwitch.now()

    def close(self) -> None:
        self.journal.close()


def _identity() -> Any:
    from swaslift.models import Identity

    return Identity(account_id="1")
