"""Arguments that several verbs take, looked at before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from swaslift.errors import InvalidArgument
from swaslift.targets import Command


def command(field: str, given: Command | str | None) -> Command | None:
    """A command, as text or as a record.

    Raises:
        InvalidArgument: it is none.
    """
    if given is None or isinstance(given, Command):
        return given
    if not isinstance(given, str) or not given.strip():
        raise InvalidArgument(field, given, "not a command", "Give its text, or Command(text, timeout=...)")
    return Command(given)


def tags(given: Mapping[str, str] | None) -> dict[str, str]:
    """Tags by key.

    Raises:
        InvalidArgument: it is no mapping of texts.
    """
    found = {} if given is None else given
    if not isinstance(found, Mapping) or not all(isinstance(t, str) for pair in found.items() for t in pair):
        raise InvalidArgument("tags", given, "not a mapping of texts", 'Give tags={"key": "value"}')
    return dict(found)
