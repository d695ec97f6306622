"""The poller when several threads wait: what one sees is soon known to the others."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from swaslift.clock import NAP, VirtualClock
from swaslift.errors import ResourceFailed
from tests.waiting.shelf import Shelf


class Shared(VirtualClock):
    """A clock of one thread that runs as fast as the real one; at some moment another thread acts."""

    speed = 1.0

    def __init__(self, *, at: float = math.inf, act: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._at, self._act = at, act

    def sleep(self, seconds: float) -> None:
        """Sleep; what the other thread does in the meantime happens at its moment."""
        end = self.monotonic() + seconds
        if self.monotonic() <= self._at < end:
            super().sleep(self._at - self.monotonic())
            self._act()
        super().sleep(end - self.monotonic())


class Counting(VirtualClock):
    """A virtual clock that notes by how much it was moved."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Note it, and move."""
        self.sleeps.append(seconds)
        super().sleep(seconds)


def meeting(moment: float) -> Shelf:
    """A shelf where another thread begins to wait at a moment, and looks."""

    def act() -> None:
        # Its own wait is fresh, so that the kind is looked at now.
        shelf.poller.add([shelf.waiting("b", (0, "making"))])
        shelf.poller.look()

    shelf = Shelf(clock=Shared(at=moment, act=act))
    return shelf


def test_a_wait_that_another_threads_look_sees_over_goes_on_soon() -> None:
    shelf = meeting(10.5)
    shelf.poller.wait([shelf.waiting("a", (0, "making"), (5, "ready"))])
    assert shelf.clock.monotonic() <= 10.5 + NAP
    assert [(at, ids) for at, _, ids in shelf.looks] == [(0, ("a",)), (10.5, ("a", "b"))]


def test_an_error_that_another_threads_look_meets_is_known_soon() -> None:
    shelf = meeting(10.5)
    broken = shelf.waiting("a", (0, "making"), (5, "broken"))
    shelf.poller.wait([broken, shelf.waiting("c", (0, "making"))])
    assert isinstance(broken.error, ResourceFailed)
    assert shelf.clock.monotonic() <= 10.5 + NAP


def waited(clock: VirtualClock) -> list[float]:
    """When a thing that takes a while was looked at, by a wait on that clock."""
    shelf = Shelf(clock=clock)
    shelf.poller.wait([shelf.waiting("a", (0, "making"), (100, "ready"))])
    return shelf.times


def test_naps_make_no_look_more() -> None:
    assert waited(Shared()) == pytest.approx(waited(VirtualClock()), abs=0.2)


def test_a_virtual_clock_is_moved_once_a_look() -> None:
    clock = Counting()
    looks = waited(clock)
    assert len(clock.sleeps) == len(looks) - 1
    assert max(clock.sleeps) > 10 * NAP
