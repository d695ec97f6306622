"""A command to be run in a server."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from swaslift.targets import Argument


class Command(Argument):
    """A script for a server's shell: ``Command("systemctl stop mysqld", timeout=120)``.

    It is run by Cloud Assistant: in Linux as a shell script, in Windows by PowerShell. Journal and
    service keep its text, so it must hold no password.

    Attributes:
        content: the script, at most 12,000 bytes.
        timeout: seconds, 10 to 86400, after which it is ended by force and counts as failed.
        user: who runs it; ``root`` by default, in Windows ``system``.
        directory: where; the home of root by default, in Windows the system's own directory.
    """

    content: str = Field(min_length=1)
    timeout: int = Field(default=60, ge=10, le=86400)
    user: str | None = None
    directory: str | None = None

    def __init__(self, content: Any, timeout: Any = 60, **rest: Any) -> None:
        super().__init__(content=content, timeout=timeout, **rest)
