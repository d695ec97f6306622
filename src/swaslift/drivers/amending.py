"""Amendments: what a run rests on is changed where it has not started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.runs.effects import ASKED
from swaslift.runs.journal import Hold
from swaslift.runs.rows import EffectRow, RunRow


@dataclass
class Amending:
    """One change to one run.

    Attributes:
        row: the run.
        hold: the right to write about it.
        cloud: to read with.
        definitions: verbs by their names.
        change: what the user gave. For a chain it goes to the one part that takes it, or by a mapping
            to the part that is named.
        agreed: leave that there is: the run's, and what was given with the change.
    """

    row: RunRow
    hold: Hold
    cloud: Cloud
    definitions: Mapping[str, Definition[Any, Any]]
    change: Any
    agreed: Sequence[Consent]

    def apply(self) -> None:
        """Write the change down, once all is clear.

        Raises:
            InvalidArgument, PreflightError: it cannot be changed so.
            ConsentRequired: it costs more than was agreed to.
        """
        definition = self.definitions[self.row.verb]
        if definition.composed:
            self._amend_part()
            return
        amendment = self._tried(definition, self.row.spec, self.change, "")
        self._require(amendment.consents)
        self._ask_anew(amendment, "")
        self._take_anew(amendment, "")
        self.hold.set_spec(
            amendment.spec.model_dump(mode="json"),
            {**self.row.arguments, **amendment.arguments},
            now=self.cloud.clock.now(),
            event=f"amended: {', '.join(amendment.arguments) or 'what was in doubt'}",
        )

    def _amend_part(self) -> None:
        name, amendment = self._the_part()
        row = self._parts[name]
        kept = _consents(row)
        if amendment.consents:
            # What it costs now takes the place of what it cost before.
            kept = [*(c for c in kept if c.kind != "charges"), *amendment.consents]
        others = (c for n, e in self._parts.items() if n != name for c in _consents(e))
        self._require(Consent.together((*others, *kept)))
        self._ask_anew(amendment, f"{name}/")
        self._take_anew(amendment, f"{name}/")
        outcome = {
            "spec": amendment.spec.model_dump(mode="json"),
            "consents": [c.model_dump(mode="json") for c in kept],
        }
        now = self.cloud.clock.now()
        self.hold.end(row.name, outcome, attempt=row.attempt, now=now)
        self.hold.event("amended", f"amended: {', '.join((name, *amendment.arguments))}", now=now)

    @cached_property
    def _effects(self) -> list[EffectRow]:
        return self.hold.journal.effects(self.row.run_id)

    @cached_property
    def _parts(self) -> dict[str, EffectRow]:
        """The parts that have begun."""
        there = (e for e in self._effects if e.kind == "part" and e.state == "done")
        return {e.name.removesuffix(ASKED): e for e in there}

    def _the_part(self) -> tuple[str, Amendment[Any]]:
        """The part that the change is for, and what becomes of it."""
        if isinstance(self.change, Mapping):
            if len(self.change) != 1 or not self.change.keys() <= self._parts.keys():
                raise self._refused(
                    f"the parts that have begun: {', '.join(self._parts) or 'none'}",
                    "Give one of them: amend={part: change}",
                )
            ((name, wanted),) = self.change.items()
            return name, self._tried_part(name, wanted)
        takes: list[tuple[str, Amendment[Any]]] = []
        refused = []
        for name in self._parts:
            try:
                takes.append((name, self._tried_part(name, self.change)))
            except (InvalidArgument, PreflightError) as error:
                refused.append(f"{name}: {error.problem if isinstance(error, InvalidArgument) else error}")
        # What says again what a part does already is meant for another one, where that takes it.
        takes = [(n, a) for n, a in takes if self._changes(n, a)] or takes
        if len(takes) > 1:
            names = ", ".join(name for name, _ in takes)
            raise self._refused(f"it may be for each of {names}", "Give amend={part: change}")
        if not takes:
            raise self._refused("; ".join(refused) or "no part has begun", "Resume it as it is, or undo it")
        return takes[0]

    def _changes(self, name: str, amendment: Amendment[Any]) -> bool:
        return bool(amendment.spec.model_dump(mode="json") != self._parts[name].outcome["spec"])

    def _tried_part(self, name: str, change: Any) -> Amendment[Any]:
        definition = self.definitions[name.rsplit("/", 1)[-1]]
        return self._tried(definition, self._parts[name].outcome["spec"], change, f"{name}/")

    def _tried(self, definition: Definition[Any, Any], spec: Any, change: Any, prefix: str) -> Amendment[Any]:
        ours = [e for e in self._effects if e.state != "failed" and e.name.startswith(prefix)]
        begun = {e.name.removeprefix(prefix): e.state for e in ours}
        return definition.amend(definition.spec.model_validate(spec), change, self.cloud, begun)

    def _refused(self, problem: str, remedy: str) -> InvalidArgument:
        return InvalidArgument("amend", self.change, problem, remedy)

    def _require(self, needed: Iterable[Consent]) -> None:
        missing = Consent.uncovered(needed, self.agreed)
        if any(c.unpriced for c in missing):
            unpriced = Check(
                "cost",
                str(self.change),
                "the price could not be asked, so it cannot be weighed against the leave that was given",
                "Resume with the same amendment again; to go on without a price, give leave to spend without a "
                'limit as well: consent=Consent(kind="charges")',
            )
            raise PreflightError(f"the amendment of run {self.row.run_id!r}", (unpriced,))
        if missing:
            change = f"amendment of run {self.row.run_id!r}: {self.change!r}"
            raise ConsentRequired(change, missing, self.agreed, self.row.plan.get("currency", ""))

    def _ask_anew(self, amendment: Amendment[Any], prefix: str) -> None:
        """What a gate let through was the target before; it is asked anew."""
        for effect in self._effects if amendment.asks_anew else ():
            if effect.kind == "gate" and effect.state == "done" and effect.name.startswith(prefix):
                now = self.cloud.clock.now()
                self.hold.fail(effect.name, "amended since", attempt=effect.attempt, now=now)

    def _take_anew(self, amendment: Amendment[Any], prefix: str) -> None:
        """Waits that brought the wrong thing are open again, unless a chain has gone on with it."""
        met = [
            e for e in self._effects if e.state == "done" and e.name.removeprefix(prefix) in amendment.anew
        ]
        for effect in met if prefix else ():
            later = [e.name for e in self._effects if e.seq > effect.seq and not e.name.startswith(prefix)]
            if later:
                raise self._refused(
                    f"{effect.outcome['id']} was taken already, and the run has gone on since ({later[0]})",
                    "Undo the run, and begin another",
                )
        for effect in met:
            now = self.cloud.clock.now()
            self.hold.fail(effect.name, "amended since", attempt=effect.attempt, now=now)


def _consents(part: EffectRow) -> list[Consent]:
    return [Consent.model_validate(c) for c in part.outcome["consents"]]
