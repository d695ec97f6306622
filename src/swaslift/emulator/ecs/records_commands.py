"""Commands that run through Cloud Assistant, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swaslift.emulator.ecs.work import Work


@dataclass(kw_only=True)
class InvocationOn:
    """A command on one instance."""

    instance_id: str
    work: Work
    exit_code: int = 0
    output: str = ""
    error_code: str = ""
    error_info: str = ""
    timed_out: bool = False
    stopped_at: datetime | None = None
    documented: Mapping[str, Any] = field(default_factory=dict)
    """As of a record."""

    def status(self, now: datetime) -> str:
        """The documented state."""
        if self.error_code:
            return "Aborted"
        if self.stopped_at is not None:
            return "Cancelled" if self.stopped_at < self.work.starts_at else "Terminated"
        stage = self.work.stage(now)
        if stage in {"waiting", "running"}:
            return "Pending" if stage == "waiting" else "Running"
        if self.timed_out:
            return "Timeout"
        return "Success" if self.exit_code == 0 else "Failed"


@dataclass(kw_only=True)
class Invocation(Record):
    """One run of a command."""

    command_id: str
    username: str
    termination_mode: str
    content: str
    runs: list[InvocationOn]
