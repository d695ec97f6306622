"""Following an emulator's clock.

Where ``endpoint_url`` leads to swaslift's emulator, its clock may run faster than real time, or
only when it is told to. The client then lives at that clock, so that every wait, deadline and
budget scales with it.
"""

from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from swaslift.clock import Clock, SystemClock
from swaslift.cloud.endpoints import is_loopback
from swaslift.errors import ConnectError
from swaslift.process import ProcessOwned

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

_TIMEOUT = 10.0


def clock_of(endpoint_url: str | None) -> Clock:
    """The clock that belongs to an endpoint: the emulator's own, else the machine's.

    An emulator answers on loopback alone, so no other host is asked.

    Raises:
        ConnectError: the endpoint cannot be reached.
    """
    host = urlsplit(endpoint_url or "").hostname or ""
    if endpoint_url is None or not is_loopback(host):
        return SystemClock()
    line = _Line(endpoint_url)
    status, answer = line.ask("GET", "/-/clock")
    if status != 200 or answer.get("emulator") != "swaslift":
        return SystemClock()  # some other service, which has no such page
    return EmulatedClock(line, answer)


class _Line(ProcessOwned):
    """A connection to an emulator's control pages that is kept open. Thread-safe."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        super().__init__()

    def _renew(self) -> None:
        from urllib3 import connection_from_url  # noqa: PLC0415  # it loads with the SDK, not before

        self._pool: HTTPConnectionPool = connection_from_url(
            self._endpoint_url, maxsize=8, timeout=_TIMEOUT, retries=False
        )

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """One exchange: status, and the JSON object answered, empty where it was none."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # as above

        try:
            answer = self._pool.request(method, path, json=body)
        except HTTPError as error:
            problem = type(error).__name__
        else:
            try:
                value = json.loads(answer.data)
            except ValueError:
                value = None
            return answer.status, value if isinstance(value, dict) else {}
        raise ConnectError(
            f"endpoint_url {self._endpoint_url} cannot be reached ({problem}). "
            "Is the emulator running? Start it with: swaslift emulator",
            action="connect",
            endpoint=self._endpoint_url,
        )


class EmulatedClock:
    """The emulator's time: scaled by its speed, or moved by whoever sleeps.

    While the emulator cannot be reached, time goes on by itself, so that waits for it come to their end.
    """

    def __init__(self, line: _Line, answer: dict[str, Any]) -> None:
        self._line = line
        self._speed: float | None = answer["speed"]
        self._start = self._last = self._told(answer)
        self._mark = time.monotonic()

    @property
    def speed(self) -> float:
        """Seconds that pass here in one real second; infinite where only sleeping moves the time."""
        return math.inf if self._speed is None else self._speed

    def now(self) -> datetime:
        """The emulator's time of day, in UTC."""
        if self._speed is None:
            # Others may move it, too, so it is asked each time.
            with suppress(ConnectError):
                self._last = max(self._last, self._told(self._control("GET", "/-/clock")))
            return self._last
        return self._start + timedelta(seconds=(time.monotonic() - self._mark) * self._speed)

    def monotonic(self) -> float:
        """Seconds since this clock was made; an emulator's time never goes back."""
        return (self.now() - self._start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let the emulator's time pass: wait for it, or move it."""
        if seconds <= 0:
            return
        if self._speed is None:
            try:
                self._control("POST", "/-/clock/advance", {"seconds": seconds})
            except ConnectError:
                self._last += timedelta(seconds=seconds)
        else:
            time.sleep(seconds / self._speed)

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        status, answer = self._line.ask(method, path, body)
        if status != 200:
            raise ConnectError(
                f"the emulator's clock answered {status}: {answer.get('error', '')}",
                action="clock",
                endpoint=path,
            )
        return answer

    @staticmethod
    def _told(answer: dict[str, Any]) -> datetime:
        return datetime.fromisoformat(answer["now"]).astimezone(UTC)
