"""Following an emulator's clock.

Where ``endpoint_url`` leads to swaslift's emulator, its clock may run faster than real time, or
only when it is told to. The client then lives at that clock, so that every wait, deadline and
budget scales with it.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from swaslift.clock import Clock, SystemClock
from swaslift.errors import ConnectError

_OPENER = build_opener(ProxyHandler({}))


def clock_of(endpoint_url: str | None) -> Clock:
    """The clock that belongs to an endpoint: the emulator's own, else the machine's.

    Raises:
        ConnectError: the endpoint cannot be reached.
    """
    if endpoint_url is None:
        return SystemClock()
    try:
        answer = _ask(endpoint_url, "/-/clock", None)
    except HTTPError:
        return SystemClock()  # some other service, which has no such page
    except (URLError, OSError) as error:
        raise ConnectError(
            f"endpoint_url {endpoint_url} cannot be reached ({error}). "
            "Is the emulator running? Start it with: swaslift emulator",
            action="connect",
            endpoint=endpoint_url,
        ) from None
    except ValueError:
        return SystemClock()
    if answer.get("emulator") != "swaslift":
        return SystemClock()
    return EmulatedClock(endpoint_url, answer)


def _ask(endpoint_url: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(endpoint_url.rstrip("/") + path, data=data)  # noqa: S310  # settings allow http(s) alone
    if data is not None:
        request.add_header("Content-Type", "application/json")
    with _OPENER.open(request, timeout=10) as response:
        answer = json.loads(response.read())
    return answer if isinstance(answer, dict) else {}


class EmulatedClock:
    """The emulator's time: scaled by its speed, or moved by whoever sleeps."""

    def __init__(self, endpoint_url: str, answer: dict[str, Any]) -> None:
        self._endpoint_url = endpoint_url
        self._speed: float | None = answer["speed"]
        self._origin = datetime.fromisoformat(answer["now"]).astimezone(UTC)
        self._start = self._origin
        self._mark = time.monotonic()

    def now(self) -> datetime:
        if self._speed is None:
            return datetime.fromisoformat(_ask(self._endpoint_url, "/-/clock", None)["now"])
        return self._start + timedelta(seconds=(time.monotonic() - self._mark) * self._speed)

    def monotonic(self) -> float:
        return (self.now() - self._origin).total_seconds()

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if self._speed is None:
            _ask(self._endpoint_url, "/-/clock/advance", {"seconds": seconds})
        else:
            time.sleep(seconds / self._speed)
