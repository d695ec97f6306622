"""What belongs to one process, and what becomes of it in a child of ``fork()``.

A child inherits the memory of its parent but not its threads, and its sockets, locks and database connections are
shared with it: answers are read by the wrong process, and a lock that another thread held stays locked for ever.
So whatever holds such things is a `ProcessOwned`, and makes them again in each child. ``multiprocessing``,
gunicorn and pytest-forked fork; ``subprocess`` and the start method "spawn" do not.
"""

from __future__ import annotations

import os
import threading
import weakref
from types import TracebackType

_OWNERS: dict[int, weakref.ref[ProcessOwned]] = {}


class ProcessOwned:
    """Base of whatever holds locks, connections, threads or leases."""

    def __init__(self) -> None:
        self._renew()
        key = id(self)
        _OWNERS[key] = weakref.ref(self, lambda _gone: _OWNERS.pop(key, None))

    def _renew(self) -> None:
        """Make what belongs to this process: when the object is made, and in each forked child.

        In a child other threads do not exist, and what they held must not be used, closed or released.
        """
        raise NotImplementedError

    def _before_fork(self) -> None:
        """Bring what a child would inherit into a state in which that does no harm."""

    def _after_fork(self) -> None:
        """Go on in the parent."""


class ProcessLock(ProcessOwned):
    """A lock that a forked child finds open, whoever held it in the parent. The same thread may take it twice."""

    def _renew(self) -> None:
        self._lock = threading.RLock()

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it; whether it was had."""
        return self._lock.acquire(blocking=blocking)

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


def _owners() -> list[ProcessOwned]:
    """All that live. The copy is made in one step: other threads make and drop objects meanwhile."""
    return [owner for ref in list(_OWNERS.values()) if (owner := ref()) is not None]


def _before() -> None:
    _fork_lock.acquire()
    _forking[:] = _owners()
    for owner in _forking:
        owner._before_fork()  # noqa: SLF001  # of the base class here


def _in_parent() -> None:
    for owner in _forking:
        owner._after_fork()  # noqa: SLF001  # as above
    _forking.clear()
    _fork_lock.release()


def _in_child() -> None:
    global _fork_lock  # noqa: PLW0603  # another thread may wait for the parent's
    _fork_lock = threading.RLock()
    _forking.clear()
    for owner in _owners():
        owner._renew()  # noqa: SLF001  # as above


_fork_lock = threading.RLock()
_forking: list[ProcessOwned] = []
"""Those that were prepared for the fork under way."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
