"""What a script answers on an emulated instance.

No script is ever run. A rule of the inventory (``command_replies``) decides first; beyond that the
emulator understands a few words and answers with exit code 0 and no output to all others.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swaslift.emulator import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.ecs.state import EcsState


@dataclass
class Outcome:
    """Output, exit code and duration (None: the usual one)."""

    output: str = ""
    exit_code: int = 0
    seconds: float | None = None
    documented: Mapping[str, Any] = field(default_factory=dict)
    """Further response fields of the result."""


def outcome(state: EcsState, instance: Instance, script: str) -> Outcome:
    """The answer of an instance to a script."""
    for reply in state.replies:
        if reply.contains in script:
            return Outcome(reply.output, reply.exit_code, reply.seconds, reply.documented)
    result = Outcome()
    for line in script.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = line.split()
        if words and not _word(result, instance, words):
            break
    return result


def _word(result: Outcome, instance: Instance, words: list[str]) -> bool:
    """One line; False ends the script."""
    name, *rest = words
    if name == "echo":
        result.output += " ".join(rest) + "\n"
    elif name == "hostname":
        result.output += instance.host_name + "\n"
    elif name == "uname":
        machine = {"arm64": "aarch64", "i386": "i686"}.get(instance.traits.architecture, "x86_64")
        result.output += (machine if rest == ["-m"] else "Linux") + "\n"
    elif name == "sleep" and rest and numbers.positive(rest[0]):
        result.seconds = (result.seconds or 0.0) + numbers.number(rest[0])
    elif name == "exit":
        result.exit_code = int(rest[0]) % 256 if rest and numbers.digits(rest[0]) else 0
        return False
    elif name in {"true", "false"}:
        result.exit_code = int(name == "false")
    return True
