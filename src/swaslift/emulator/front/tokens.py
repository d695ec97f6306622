"""Client tokens: the same request twice is done once."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swaslift.emulator.world import World

Key = tuple[str, str, str, str, str]
"""Account, region, service, action, token."""


class TokenMismatch(Exception):  # named by what is wrong; the gate words the answer
    """The token was used before, with other parameters."""


@dataclass(frozen=True)
class _Done:
    params: dict[str, Any]
    body: dict[str, Any]
    until: datetime


class Tokens:
    """The answers of successful calls, kept as long as their tokens live."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done: dict[Key, _Done] = {}

    def earlier(self, key: Key, params: dict[str, Any]) -> dict[str, Any] | None:
        """The body that an earlier call with the token was answered; raises `TokenMismatch`."""
        done = self._done.get(key)
        if done is None:
            return None
        if self._world.clock.now() >= done.until:
            del self._done[key]
            return None
        if done.params != _relevant(params):
            raise TokenMismatch
        return copy.deepcopy(done.body)

    def keep(self, key: Key, params: dict[str, Any], body: dict[str, Any]) -> None:
        """Remember a success."""
        until = self._world.clock.now() + timedelta(seconds=self._world.quirks.token_lifetime)
        self._done[key] = _Done(_relevant(params), copy.deepcopy(body), until)


def _relevant(params: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy({k: v for k, v in params.items() if k != "ClientToken"})
