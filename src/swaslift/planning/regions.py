"""Several regions asked side by side: one that cannot be asked is named, and does not spoil the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.cloud.endpoints import region_of_host
from swaslift.errors import ApiError, TransportError
from swaslift.models import Record

T = TypeVar("T")

SIDE_BY_SIDE = 8
"""Regions that are asked at once."""


def check_endpoint(cloud: Cloud, region_id: str) -> list[Check]:
    """Whether what is bought would be made in a region: the service goes by the host that it is asked at."""
    url = cloud.settings.endpoint_url
    there = region_of_host(urlsplit(url).hostname or "") if url else None
    if there is None or there == region_id:
        return []
    problem = (
        f"it is the host of {there}: the service makes what is bought there, whatever region is asked for"
    )
    return [Check("endpoint_url", url, problem, f"Leave endpoint_url out, or buy in {there}")]


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


def everywhere(
    product: Literal["swas", "ecs"],
    regions: Sequence[str],
    fetch: Callable[[str], Iterable[T]],
    *,
    needed: bool = True,
) -> tuple[list[T], list[Unasked]]:
    """What regions answer, in their order, and those that could not be asked.

    Args:
        product: which product is asked.
        regions: where.
        fetch: asks one region.
        needed: whether at least one of them has to answer.

    Raises:
        ApiError, TransportError: none of them did; the error of the first.
    """

    def one(region_id: str) -> list[T] | ApiError | TransportError:
        try:
            return list(fetch(region_id))
        except (ApiError, TransportError) as error:
            return error

    answers = side_by_side(regions, one)
    failed = [a for a in answers if not isinstance(a, list)]
    if needed and failed and len(failed) == len(answers):
        raise failed[0]
    unasked = [
        Unasked(product=product, region_id=region_id, problem=str(answer))
        for region_id, answer in zip(regions, answers, strict=True)
        if not isinstance(answer, list)
    ]
    return [item for answer in answers if isinstance(answer, list) for item in answer], unasked


def side_by_side(regions: Iterable[str], fetch: Callable[[str], T]) -> list[T]:
    """What each region gives, in their order."""
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        return list(pool.map(fetch, regions))
