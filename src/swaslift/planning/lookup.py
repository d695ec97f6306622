"""One thing among many: by its id, or by a name that no other has."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from swaslift.errors import InvalidArgument, LookupIncomplete
from swaslift.planning.regions import Unasked
from swaslift.wording import meant, plural

logger = logging.getLogger("swaslift.lookup")

T = TypeVar("T")

_SHOWN = 8


def unique(
    field: str,
    key: str,
    everything: Iterable[T],
    *,
    what: str,
    where: str,
    unasked: Sequence[Unasked] = (),
    certain: bool = False,
) -> T:
    """The thing of that id, else the only one of that name. Stops to read where the id is met.

    Args:
        field: the argument that the key was given for.
        key: an id or a name.
        everything: what there is.
        what: what one of them is called, e.g. ``custom image``.
        where: the region, or the regions.
        unasked: what of them could not be asked, so that it is missing in ``everything``.
        certain: whether it is about to be changed: then a name has to be known to be unique.

    Raises:
        InvalidArgument: there is none, or several of that name.
        LookupIncomplete: a region could not be asked, and it may be there, or another one of its name.
    """
    seen: list[T] = []
    for one in everything:
        if key == _id(one):
            return one
        seen.append(one)
    found = [one for one in seen if key == _name(one)]
    things = plural(what.rpartition(" ")[2])
    if not found and unasked:
        raise LookupIncomplete(
            field, key, f"no such {what} where the service answered", unasked, "Try again, or name its region"
        )
    if not found:
        names = ", ".join(map(shown, seen[:_SHOWN])) or "none"
        title = things if things[0].islower() and not things.islower() else things.capitalize()
        listing = f"{title} there: {names}." + ("" if what == "region" else " Another region: region=...")
        known = [text for one in seen for text in (_name(one), _id(one))]
        raise InvalidArgument(field, key, f"no such {what} in {where}", meant(key, known, listing))
    if len(found) > 1:
        ids = ", ".join(map(_id, found))
        raise InvalidArgument(field, key, f"{len(found)} {things} have this name", f"Give an id: {ids}")
    if unasked and certain:
        problem = f"{shown(found[0])} has this name, and whether another {what} has it too is not known"
        raise LookupIncomplete(field, key, problem, unasked, f"Give the id, {_id(found[0])!r}, or its region")
    for missing in unasked:
        logger.warning("%s: the only %s of this name where the service answered; %s", key, what, missing)
    return found[0]


def _id(one: Any) -> str:
    """Key pairs have a name alone."""
    return str(getattr(one, "id", None) or one.name)


def _name(one: Any) -> str:
    return str(getattr(one, "name", ""))


def shown(one: Any) -> str:
    """Its name and its id; the id alone where it has no name of its own."""
    return f"{one.name} ({one.id})" if _name(one) not in {"", _id(one)} else _id(one)
