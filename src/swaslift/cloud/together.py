"""One call for all threads that want its result at the same time. No lock is held while it is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from swaslift.process import ProcessOwned

T = TypeVar("T")


class _Interrupted(Exception):
    """The thread that made the call was stopped; another one has to make it."""


class Together(ProcessOwned, Generic[T]):
    """Calls a function once for all threads that come while the call is under way.

    They share its result or its error. Who comes later has it called again.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        super().__init__()

    def _renew(self) -> None:
        # In a forked child no call is under way: the thread that makes it is in the parent.
        self._lock = threading.Lock()
        self._under_way: Future[T] | None = None

    def get(self) -> T:
        """The result."""
        while True:
            with self._lock:
                result = self._under_way
                if result is None:
                    mine = self._under_way = Future()
            if result is None:
                return self._make(mine)
            try:
                return result.result()
            except _Interrupted:
                continue

    def _make(self, result: Future[T]) -> T:
        try:
            value = self._call()
        except BaseException as error:
            self._done()
            result.set_exception(error if isinstance(error, Exception) else _Interrupted())
            raise
        self._done()
        result.set_result(value)
        return value

    def _done(self) -> None:
        with self._lock:
            self._under_way = None


class Once(Generic[T]):
    """A value that is fetched once, whichever thread asks first. A failure is not kept."""

    def __init__(self, fetch: Callable[[], T]) -> None:
        self._fetch = Together(self._fetched)
        self._source = fetch
        self._kept: list[T] = []

    @property
    def known(self) -> bool:
        """Whether it was fetched."""
        return bool(self._kept)

    def get(self) -> T:
        """The value."""
        return self._kept[0] if self._kept else self._fetch.get()

    def _fetched(self) -> T:
        # Another thread may have fetched it since this one looked.
        if not self._kept:
            self._kept.append(self._source())
        return self._kept[0]
