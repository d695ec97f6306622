"""What the journal holds, typed again: it may be damaged, or written by another version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from swaslift.errors import JournalError
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS, adapter


def checked(row: EffectRow) -> EffectRow:
    """An effect, with what does not fit its kind noted as damage.

    A kind that is not known here, such as one of another version, is left to whoever needs it.
    """
    kind = STEP_KINDS.get(row.kind)
    if row.damage or (kind is None and row.kind != "wait"):
        return row
    column = "request"
    try:
        if kind is None:
            _ = row.about
        else:
            kind.model_validate(row.request)
            column = "outcome"
            if row.outcome is not None:
                kind.decode(row.outcome)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "its content"
        return replace(row, damage=(f"{column}: {where} does not fit {row.kind}",))
    except (ValueError, TypeError, LookupError) as error:
        return replace(row, damage=(f"{column}: {error}",))
    return row


def restored(kind: Any, value: Any, what: str) -> Any:
    """A recorded value, typed again.

    Args:
        kind: its type.
        value: plain data.
        what: how it is called in an error.

    Raises:
        JournalError: it does not fit the type.
    """
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise JournalError(
            f"{what} cannot be read from the journal{f' ({where} does not fit)' if where else ''}",
            "Put an intact copy of the journal back, or use the version of swaslift that began the run",
        ) from None
