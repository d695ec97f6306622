"""Switching a server or an instance: what is so already is left alone, what the service refuses is not sent."""

from __future__ import annotations

from swaslift.errors import InvalidArgument


def due(field: str, name: str, status: str, *, at: str, towards: tuple[str, ...]) -> bool:
    """Whether a switch has to be sent.

    Args:
        field: the argument that named the server.
        name: its name, for messages.
        status: the state it is in.
        at: the state in which the service takes the call.
        towards: states in which nothing is left to do.

    Raises:
        InvalidArgument: it is in another state, in which the service refuses the call.
    """
    if status in towards:
        return False
    if status != at:
        raise InvalidArgument(field, name, f"it is {status}", f"Wait until it is {at}")
    return True


STARTED = ("Starting", "Running")
STOPPED = ("Stopping", "Stopped")
