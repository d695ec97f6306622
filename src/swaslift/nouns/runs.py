"""``lift.runs``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from swaslift.consent import Consent
from swaslift.drivers.background import Background
from swaslift.drivers.carrier import Carrier
from swaslift.planning.accounts import HasCloud, introduce
from swaslift.planning.arguments import check_text
from swaslift.run import Run, RunList


class Runs:
    """The runs of this machine's journal."""

    def __init__(self, carrier: Carrier, background: Background) -> None:
        self._carrier = carrier
        self._background = background

    def list(self) -> Sequence[Run]:
        """All runs, the latest first. Reads the journal alone."""
        return RunList(Run(self._carrier, r.run_id, self._background) for r in self._carrier.journal.runs())

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
