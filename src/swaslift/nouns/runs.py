"""``lift.runs``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, get_args

from swaslift.consent import Consent
from swaslift.drivers.background import Background
from swaslift.drivers.carrier import Carrier
from swaslift.planning.accounts import HasCloud, introduce
from swaslift.planning.arguments import check_choice, check_number, check_text
from swaslift.run import Run, RunList, Status
from swaslift.runs.journal import UNFINISHED

PAGE = 100
"""Runs in a page, where no other number is given."""


def _statuses(status: Status | Collection[Status] | None) -> set[Status]:
    known = get_args(Status)
    if status is None:
        return set(known)
    several = isinstance(status, Collection) and not isinstance(status, str)
    given: list[Any] = list(status) if several else [status]
    for one in given:
        check_choice("status", one, known)
    return set(given)


class Runs:
    """The runs of this machine's journal."""

    def __init__(self, carrier: Carrier, background: Background) -> None:
        self._carrier = carrier
        self._background = background

    def list(
        self,
        *,
        status: Status | Collection[Status] | None = None,
        limit: int | None = PAGE,
        before: Run | str | None = None,
    ) -> Sequence[Run]:
        """A page of runs, the latest first. Reads the journal alone.

        ::

            page = lift.runs.list(status="paused")
            older = lift.runs.list(before=page[-1])

        Args:
            status: only runs with this status, or with one of several; all by default.
            limit: how many at most; None for all that there are.
            before: a run, or its id: the page begins with the one that was begun before it.

        Raises:
            InvalidArgument: an argument is wrong.
            RunNotFound: there is no run ``before``.
            JournalError: the journal cannot be read.
        """
        wanted = _statuses(status)
        if limit is not None:
            check_number("limit", limit, least=1, whole=True)
        last = before.id if isinstance(before, Run) else before
        if last is not None:
            check_text("before", last, needed=True)
        found = islice(self._found(wanted, last), limit)
        return RunList(Run(self._carrier, run_id, self._background) for run_id in found)

    def _found(self, wanted: set[Status], last: str | None) -> Iterator[str]:
        """Ids of runs with one of some statuses, read in pages."""
        journal = self._carrier.journal
        # What is recorded as running is paused where its process has ended: both have to be looked at.
        states = {*wanted, *(UNFINISHED if wanted & set(UNFINISHED) else ())}
        if len(states) == len(get_args(Status)):
            states = set()
        while page := journal.run_ids(states=states, before=last, limit=PAGE):
            last = page[-1]
            if wanted >= (states or wanted):
                yield from page
            else:
                yield from (i for i in page if journal.standing(i).state in wanted)

    def get(self, run_id: str) -> Run:
        """A run. Reads the journal alone.

        Raises:
            RunNotFound: there is none of that id.
            InvalidArgument: it is no id.
        """
        check_text("run_id", run_id, needed=True)
        self._carrier.journal.run(run_id)
        return Run(self._carrier, run_id, self._background)

    def resume(
        self,
        run_id: str,
        *,
        amend: Any = None,
        consent: Iterable[Consent] | Consent = (),
        into: HasCloud | None = None,
    ) -> Any:
        """Go on with a run that is paused, or whose process died, until it is over.

        Args:
            run_id: the run.
            amend: a target that replaces the recorded one in what has not started, another ``verify``,
                or the ids that settle whose servers are (`scale_out`). For a chain it goes to the one
                part that takes it, or to the part that is named: ``{"first/scale_out": [...]}``.
            consent: leave for what an amended target or a part of a chain costs beyond what was agreed to, all
                that the run spends counted. It stays with the run.
            into: a client of the other account, for a run that ends in one; clients are never stored.

        Returns:
            The verb's result; the run itself, where what went on was an undo.

        Raises:
            RunPaused: it stopped again.
            InvalidArgument, PreflightError: an argument is wrong, or it cannot be amended so.
            ConsentRequired: the amended target costs more than was agreed to.
            RunNotFound, RunExists, RunBusy: there is nothing to go on with, or somebody else does.
        """
        check_text("run_id", run_id, needed=True)
        introduce(self._carrier.cloud, into)
        self._carrier.carry(run_id, amend=amend, consent=consent)
        run = Run(self._carrier, run_id)
        return run.result() if run.status == "finished" else run
