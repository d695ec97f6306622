"""Several regions asked side by side: one that cannot be asked is named, and does not spoil the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

from swaslift.errors import ApiError, TransportError
from swaslift.models import Record

T = TypeVar("T")

SIDE_BY_SIDE = 8
"""Regions that are asked at once."""


class Unasked(Record):
    """What could not be asked of a region, and why."""

    product: Literal["swas", "ecs"]
    region_id: str
    problem: str

    def __str__(self) -> str:
        return f"{self.product.upper()} in {self.region_id} could not be asked: {self.problem}"


def attempted(
    product: Literal["swas", "ecs"], region_id: str, fetch: Callable[[], Iterable[T]]
) -> list[T] | Unasked:
    """What a region answers, or why it does not."""
    try:
        return list(fetch())
    except (ApiError, TransportError) as error:
        return Unasked(product=product, region_id=region_id, problem=str(error))


def side_by_side(regions: Iterable[str], fetch: Callable[[str], T]) -> list[T]:
    """What each region gives, in their order."""
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        return list(pool.map(fetch, regions))
