"""Commands in servers, by Cloud Assistant."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator

from swaslift.models.base import Resource
from swaslift.redaction import hide

CommandKind = Literal["RunShellScript", "RunBatScript", "RunPowerShellScript"]


class Invocation(Resource):
    """A command that was sent to a server."""

    id: str
    server_id: str
    name: str = ""
    kind: str = ""
    """RunShellScript, RunBatScript or RunPowerShellScript."""
    content: str = ""
    status: str = ""
    """See `InvocationResult`."""


class InvocationResult(Resource):
    """How a command in a server stands."""

    id: str
    server_id: str
    status: str = ""
    """Pending, Running or Stopping; then Success, Failed (the exit code is not 0), Timeout, Error,
    Invalid, Aborted, Cancelled or Terminated."""
    output: Annotated[str, AfterValidator(hide)] = ""
    """What it wrote; a secret that this process knows is masked."""
    exit_code: int | None = None
    """None until the command has ended by itself."""
    error_code: str = ""
    error_info: str = ""
    user: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
