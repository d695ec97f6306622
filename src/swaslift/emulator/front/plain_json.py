"""JSON from outside, without what cannot be answered again as JSON or XML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def loads(text: str | bytes, *, number: Callable[[str], Any] | None = None) -> Any:
    """Parse a JSON text; ``number`` parses its numbers.

    Raises:
        ValueError: No JSON, NaN or an infinity, half of a surrogate pair, or nested too deeply.
    """
    try:
        value = json.loads(text, parse_int=number, parse_float=number, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a JSON number")
