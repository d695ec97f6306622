"""The services' rule for commands in servers."""

from __future__ import annotations

import base64

from swaslift.checks import Check
from swaslift.targets import Command

LARGEST = 16 * 1024
"""Bytes of a command in Base64."""


def check_command(field: str, command: Command | None) -> list[Check]:
    """Whether Cloud Assistant takes a command."""
    if command is None or len(base64.b64encode(command.content.encode())) <= LARGEST:
        return []
    return [
        Check(field, command.content[:60], "the command is too long", "16 KB in Base64: about 12,000 bytes")
    ]
