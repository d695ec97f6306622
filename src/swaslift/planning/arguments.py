"""Arguments that many verbs take, looked at before the cloud is asked about them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models.base import Resource
from swaslift.targets import Command
from swaslift.wording import instead, number


def region_of(cloud: Cloud, region: object, given: object = None, *, field: str = "region") -> str:
    """The region that a call is about: named, that of a record, or the client's.

    Args:
        cloud: whose default it is.
        region: what was given for it; None where nothing was.
        given: what the verb works on; a record knows its region.
        field: the argument's name.

    Raises:
        InvalidArgument: it is no region, or another one than the record's.
    """
    if region is not None and not (isinstance(region, str) and region):
        raise InvalidArgument(
            field, region, "not a region", 'Give its id, e.g. "cn-hangzhou", or leave it out'
        )
    own = given.region_id if isinstance(given, Resource) else None
    if own is not None and region is not None and region != own:
        raise InvalidArgument(field, region, f"what is given is in {own}", "Leave it out")
    return region or own or cloud.settings.region


def check_text(field: str, value: object, *, needed: bool = False) -> None:
    """Refuse what is no text; None is as good as nothing given, where it is not needed.

    Raises:
        InvalidArgument: it is none, or empty.
    """
    if value is None and not needed:
        return
    if not isinstance(value, str) or not value:
        remedy = "Give a text" if needed else "Give a text, or leave it out"
        raise InvalidArgument(field, value, "not a text with something in it", remedy)


def check_number(
    field: str, value: object, *, least: int, most: float = math.inf, whole: bool = False
) -> None:
    """Refuse what is no number, or too small or too large; None is as good as nothing given.

    Raises:
        InvalidArgument: it is so.
    """
    kinds = int if whole else int | float
    if value is None or (isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most):
        return
    wanted = "a whole number" if whole else "a number"
    limits = f"{least} or more" if most == math.inf else f"between {least} and {number(most)}"
    raise InvalidArgument(field, value, f"not {wanted}, {limits}", "Give one, or leave it out")


def check_flag(field: str, value: object) -> None:
    """Refuse what is neither True nor False; a word like "no" would count as true.

    Raises:
        InvalidArgument: it is neither.
    """
    if not isinstance(value, bool):
        raise InvalidArgument(field, value, "neither True nor False", "Give True or False")


def check_choice(field: str, value: object, known: Sequence[str]) -> None:
    """Refuse what is not one of some words.

    Raises:
        InvalidArgument: it is none of them.
    """
    if value not in known:
        raise InvalidArgument(field, value, "unknown choice", instead(value, known))


def bound_arguments(
    name: str, signature: inspect.Signature, args: Sequence[object], kwargs: Mapping[str, object]
) -> inspect.BoundArguments:
    """The arguments of a call by name.

    Args:
        name: what is called.
        signature: what it takes.
        args: what was given by position.
        kwargs: what was given by name.

    Raises:
        InvalidArgument: one is unknown, missing, or given twice.
    """
    takes = signature.parameters
    for given in kwargs:
        if given not in takes:
            # What it was meant for is unknown; it may be a password.
            raise InvalidArgument(given, "***", f"{name} takes no such argument", instead(given, takes))
    try:
        bound = signature.bind_partial(*args, **kwargs)
    except TypeError as error:
        problem = f"{name} does not take them: {error}"
        raise InvalidArgument("arguments", len(args) + len(kwargs), problem, f"See help({name})") from None
    for parameter in takes.values():
        if parameter.default is parameter.empty and parameter.name not in bound.arguments:
            raise InvalidArgument(parameter.name, None, f"{name} needs it", f"Give {parameter.name}=...")
    return bound


def command_of(field: str, given: Command | str | None) -> Command | None:
    """A command, as text or as a record.

    Raises:
        InvalidArgument: it is none.
    """
    if given is None or isinstance(given, Command):
        return given
    if not isinstance(given, str) or not given.strip():
        raise InvalidArgument(field, given, "not a command", "Give its text, or Command(text, timeout=...)")
    return Command(given)


def tags_of(given: Mapping[str, str] | None, *, needed: bool = False) -> dict[str, str]:
    """Tags by key; None is as good as none given, where they are not needed.

    Raises:
        InvalidArgument: it is no mapping of texts.
    """
    found = {} if given is None and not needed else given
    if not isinstance(found, Mapping) or not all(isinstance(t, str) for pair in found.items() for t in pair):
        raise InvalidArgument("tags", given, "not a mapping of texts", 'Give tags={"key": "value"}')
    return dict(found)
