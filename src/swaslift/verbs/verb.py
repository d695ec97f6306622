"""A verb as a user calls it.

``verb(...)`` does it, ``verb.plan(...)`` shows it, ``verb.start(...)`` goes on in the background; all
three take the arguments of the one function that looks at them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Concatenate, Generic, ParamSpec, TypeVar

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.drivers.background import Background
from swaslift.drivers.carrier import Carrier
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import check_run_id, run_id_for
from swaslift.planning.arguments import bound_arguments, check_flag
from swaslift.planning.plan import Plan, consent_list, refuse_blockers
from swaslift.planning.preparation import Preparation, Request
from swaslift.planning.unfinished import Taken, check_unneeded, unfinished
from swaslift.run import Run
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import ASKED, LEFT, Include, Script, ask

P = ParamSpec("P")
R = TypeVar("R")


class Verb(Generic[P, R]):
    """One changing operation of a client.

    Args:
        ask: looks at the arguments; its name is the verb's, and its text the documentation.
        carrier: carries the runs.
        background: carries those that were started.
    """

    def __init__(
        self, ask: Callable[Concatenate[Cloud, P], Request[R]], carrier: Carrier, background: Background
    ) -> None:
        self._ask = ask
        self._carrier = carrier
        self._background = background
        self.__name__ = ask.__name__
        self.__doc__ = ask.__doc__
        signature = inspect.signature(ask)
        taken = list(signature.parameters.values())[1:]
        self.__signature__ = signature.replace(parameters=taken, return_annotation=inspect.Signature.empty)

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """What the call would do, cost and need. Only reads. Arguments as for the call itself.

        Raises:
            InvalidArgument: an argument is wrong.
            RunExists, RunConflict: the run of this id is over, or has other arguments.
            ConfigError, ApiError, TransportError: the cloud could not be asked.
        """
        return self._plan(self._look(*args, **kwargs))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it, and return when it is done. The same call again goes on with an unfinished run.

        Raises:
            InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
            RunExists, RunConflict, RunBusy: there is such a run already.
            RunPaused: it stopped on the way; the message says how to go on.
            ConfigError, ApiError, TransportError: the cloud could not be asked.
        """
        request = self._look(*args, **kwargs)
        plan = self._plan(request)
        if self._carrier.journal.find(plan.run_id) is None:
            plan.require(request.consent)
        return self._apply(plan)

    def start(self, *args: P.args, **kwargs: P.kwargs) -> Run:
        """Begin as the call does, and return at once; the client's one driver thread goes on.

        When the process ends the run stands in the journal as it was, and is resumed from there.

        Raises:
            InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
            RunExists, RunConflict, RunBusy: there is such a run already.
            ConfigError, ApiError, TransportError: the cloud could not be asked.
        """
        request = self._look(*args, **kwargs)
        plan = self._plan(request)
        if self._carrier.journal.find(plan.run_id) is None:
            plan.require(request.consent)
            self._carrier.create(plan)
        self._carrier.unfinished(plan.run_id, plan.verb, plan.arguments)
        self._background.submit(plan.run_id)
        return Run(self._carrier, plan.run_id, self._background)

    def part(self, *args: P.args, **kwargs: P.kwargs) -> Script[R]:
        """The verb as a part of a chain (`Client.chain`); arguments as for the call itself.

        Consent and the run are the chain's: so is the run of the `Migration` that a part returns.
        """
        verb = self.__name__
        definition = self._carrier.definitions[verb]
        if definition.composed:
            raise InvalidArgument(
                "part",
                verb,
                "it is a chain itself",
                "Use its function: yield from named(..., the_function(...))",
            )

        def prepare(run_id: str) -> Preparation:
            request = self._look(*args, **kwargs)
            for field in ("consent", "run_id", "again"):
                if getattr(request, field):
                    raise InvalidArgument(
                        field, getattr(request, field), "it is for the chain, not for a part"
                    )
            return self._prepare(request, run_id)

        run_id, spec = yield Include(f"{verb}{ASKED}", prepare, definition.spec)
        outcome = yield from prefixed(definition.script(spec), verb)
        no_lines: tuple[str, ...] = ()
        yield from ask(
            f"{verb}{LEFT}",
            lambda _cloud: definition.left(outcome),
            record=tuple[str, ...],
            foreseen=no_lines,
        )
        result: R = Run(self._carrier, run_id).shown(definition, spec, outcome)
        return result

    def _look(self, *args: P.args, **kwargs: P.kwargs) -> Request[R]:
        # What all verbs have in common is looked at here; what is each verb's own, in its function.
        bound_arguments(self.__name__, self.__signature__, args, kwargs)
        request = self._ask(self._carrier.cloud, *args, **kwargs)
        check_flag("again", request.again)
        if request.run_id is not None:
            check_run_id(request.run_id)
        return replace(request, consent=tuple(consent_list(request.consent)))

    def _plan(self, request: Request[R]) -> Plan[R]:
        verb, arguments = self.__name__, request.arguments
        run_id = self._run_id(request)
        existing = self._carrier.unfinished(run_id, verb, arguments)
        if existing is None:
            again = request.again or self._carrier.definitions[verb].repeats
            run_id = self._carrier.free_id(run_id, verb, arguments, again=again)
            existing = self._carrier.unfinished(run_id, verb, arguments)
        prepared = self._prepare(request, run_id)
        checks = prepared.checks
        if existing is not None:
            going = warning(
                "run_id", run_id, f"a run of this id is {existing.state}; the same call goes on with it"
            )
            # What stood in the way of a new run may be what this run has made.
            checks = (going, *(c for c in checks if c.level != "blocker"))
        return Plan(
            verb=verb,
            run_id=run_id,
            account_id=self._carrier.cloud.account_id,
            title=request.title,
            source=request.source,
            checks=checks,
            steps=prepared.steps,
            consents=prepared.consents,
            cost=prepared.cost,
            downtime=prepared.downtime,
            remarks=prepared.remarks,
            emulated=self._carrier.cloud.emulated,
            arguments=arguments,
            spec=prepared.spec.model_dump(mode="json") if prepared.spec else {},
            _apply=self._apply,
            takes=prepared.takes,
        )

    def _prepare(self, request: Request[R], run_id: str) -> Preparation:
        prepared = request.prepare(run_id)
        return replace(prepared, checks=(*prepared.checks, *self._needed(prepared.takes, run_id)))

    def _needed(self, takes: Sequence[Taken], run_id: str) -> list[Check]:
        """What other runs need of what this one takes away."""
        if not takes:
            return []
        # The cloud knows nothing of runs: what they need is in the journal alone.
        carrier = self._carrier
        going = unfinished(carrier.journal, emulated=carrier.cloud.emulated, but=run_id, about=takes)
        return check_unneeded(going, takes)

    def _run_id(self, request: Request[R]) -> str:
        cloud = self._carrier.cloud
        # A rehearsal on the emulator is another run than what it rehearses.
        account = f"{cloud.account_id} emulated" if cloud.emulated else cloud.account_id
        source = f"{request.source}\0{request.apart}" if request.apart else request.source
        return run_id_for(self.__name__, account, source, request.name, request.run_id)

    def _apply(self, plan: Plan[R]) -> R:
        if self._carrier.journal.find(plan.run_id) is None:
            # The plan may have been kept, and another run has come to need since what it takes away.
            refuse_blockers(plan.verb, self._needed(plan.takes, plan.run_id))
            self._carrier.create(plan)
        # A run of this id that has come about since the plan was made may be another one.
        self._carrier.unfinished(plan.run_id, plan.verb, plan.arguments)
        self._carrier.carry(plan.run_id)
        result: R = Run(self._carrier, plan.run_id).result()
        return result

    def __repr__(self) -> str:
        return f"<verb {self.__name__}{self.__signature__}>"
