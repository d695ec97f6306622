"""The rate limit: so many calls of one action in one account, region and clock minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.world import World

Key = tuple[str, str, str]
"""Account, region, action."""


class Limits:
    """Counts calls per minute of the emulator's clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._counts: dict[Key, tuple[datetime, int]] = {}
        self._locked: dict[Key, datetime] = {}

    def exceeded(self, key: Key) -> bool:
        """Count one call; True when it is one too many, as is every further one of the minute."""
        minute = self._minute()
        since, count = self._counts.get(key, (minute, 0))
        count = count + 1 if since == minute else 1
        self._counts[key] = (minute, count)
        return count > self._world.quirks.calls_per_minute or self._locked.get(key) == minute

    def lock(self, key: Key) -> None:
        """Block the rest of this minute."""
        self._locked[key] = self._minute()

    def _minute(self) -> datetime:
        return self._world.clock.now().replace(second=0, microsecond=0)
