"""Compares records with the bodies that the SDK hands over, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from swaslift.cloud import Cloud
from swaslift.cloud.endpoints import Product
from swaslift.models.base import Resource
from tests.cloud.doors import REGION

Item = Mapping[str, Any]
Field = str | Callable[[Item], Any]
WHERE = {"product", "account_id", "region_id"}


def at(item: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does."""
    for part in path.split("."):
        if item is None:
            return None
        item = item[int(part)] if part.isdigit() else item.get(part)
    return item


def time(path: str) -> Field:
    """A time, with or without seconds."""

    def read(item: Item) -> datetime | None:
        text = at(item, path)
        form = "%Y-%m-%dT%H:%MZ" if text and len(text) == 17 else "%Y-%m-%dT%H:%M:%SZ"
        return datetime.strptime(text, form).replace(tzinfo=UTC) if text else None

    return read


def percent(path: str) -> Field:
    """A percentage with its sign."""
    return lambda item: int(at(item, path)[:-1])


def number(path: str) -> Field:
    """A number that is written as text in places."""
    return lambda item: int(at(item, path) or 0)


def pairs(path: str, key: str, value: str) -> Field:
    """A list of tags."""
    return lambda item: {t[key]: t[value] for t in at(item, path) or []}


def body(client: Cloud, product: Product, action: str, **params: Any) -> dict[str, Any]:
    """What the SDK hands over for a call."""
    return client.caller.read(product, action, REGION, {"RegionId": REGION, **params})


def compare(
    records: Iterable[BaseModel],
    items: Iterable[Item],
    fields: Mapping[str, Field],
    *,
    empty: Iterable[str] = (),
    where: bool = True,
) -> None:
    """Each record is what its item says, in every field; and every field is filled somewhere.

    Args:
        records: as the door gives them.
        items: as the service sent them, in the same order.
        fields: where each field stands; all fields of the record have to be here.
        empty: fields that the emulator's answers leave empty here.
        where: whether the record tells account and region.
    """
    listed, sent = list(records), list(items)
    assert len(listed) == len(sent) > 0
    assert set(fields) == set(type(listed[0]).model_fields) - (WHERE if where else set())
    filled = set(empty)
    for record, item in zip(listed, sent, strict=True):
        for name, field in fields.items():
            expected = at(item, field) if isinstance(field, str) else field(item)
            value = getattr(record, name)
            assert value == ("" if expected is None and value == "" else expected), name
            filled |= {name} if value or value is False else set()
        if where:
            assert isinstance(record, Resource)
            told = (record.account_id, record.region_id)
            assert told == ("1234567890123456", REGION)
    assert set(fields) - filled == set()
