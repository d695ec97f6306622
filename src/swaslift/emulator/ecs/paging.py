"""The two ways of paging that ECS has: page numbers and tokens."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, TypeVar

from swaslift.emulator.ecs.rules import documented
from swaslift.emulator.numbers import integer

if TYPE_CHECKING:
    from swaslift.emulator.service import Call, ServiceError

T = TypeVar("T")


def by_number(call: Call, items: list[T], *, most: int, default: int = 10) -> tuple[list[T], dict[str, Any]]:
    """One page by ``PageNumber`` and ``PageSize``, and the fields that tell where we are."""
    number, size = call.get("PageNumber", 1), call.get("PageSize", default)
    if number < 1:
        raise _bad(call, "PageNumber")
    if not 1 <= size <= most:
        raise _bad(call, "PageSize")
    return [items[i] for i in call.world.shown(number, size, len(items))], {
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(items),
    }


def by_token(
    call: Call, items: list[T], *, most: int, least: int = 1, default: int = 10
) -> tuple[list[T], dict[str, Any]]:
    """One page by ``NextToken`` and ``MaxResults``; the last page has no token."""
    limit = min(max(call.get("MaxResults", default), least), most)
    start = _position(call, len(items))
    fields: dict[str, Any] = {"TotalCount": len(items)}
    if start + limit < len(items):
        fields["NextToken"] = token(start + limit)
    return items[start : start + limit], fields


def either(
    call: Call, items: list[T], *, most: int, least: int = 1, most_numbered: int | None = None
) -> tuple[list[T], dict[str, Any]]:
    """Tokens when the request speaks of them, page numbers otherwise."""
    if call.get("NextToken") is not None or call.get("MaxResults") is not None:
        return by_token(call, items, most=most, least=least)
    return by_number(call, items, most=most_numbered or most)


def token(position: int) -> str:
    """An opaque token for a position."""
    return base64.urlsafe_b64encode(f"caeba0bbb2be03f84eb48b699f0a4883.{position}".encode()).decode()


def _position(call: Call, total: int) -> int:
    text = call.get("NextToken")
    if not text:
        return 0
    try:
        _, _, position = base64.urlsafe_b64decode(text).decode().rpartition(".")
        return min(max(integer(position), 0), total)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _bad(call, "NextToken") from None


def _bad(call: Call, name: str) -> ServiceError:
    codes = (
        f"InvalidParam.{name}",
        f"InvalidParameter.{name}",
        f"Invalid.{name}",
        f"InValidParameter.{name}",
    )
    return documented(call, (*codes, "InvalidParameter"), f"The specified parameter {name} is not valid.")
