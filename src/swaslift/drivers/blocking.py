"""The blocking driver: carries one run in the thread that called."""

from __future__ import annotations

from typing import Any

from swaslift.runs.execution import Execution
from swaslift.waiting.poller import Poller


def carry(execution: Execution, poller: Poller) -> Any:
    """Carry a run until it is over, and return what its script returned.

    Raises:
        RunPaused: it stopped on the way.
        KeyboardInterrupt: Ctrl-C; the run is paused, and the message says how to go on.
    """
    while waits := execution.advance():
        try:
            poller.wait(waits, lambda: execution.ready)
        except KeyboardInterrupt:
            execution.interrupt()
        except Exception as error:
            execution.abort(error)
            raise
    return execution.result
