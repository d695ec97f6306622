"""Nouns whose things carry tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, TypeVar, cast

from swaslift.cloud.ecs_tags import EcsTaggedKind
from swaslift.cloud.swas_tags import TaggedKind
from swaslift.errors import InvalidArgument
from swaslift.models import Resource
from swaslift.nouns.noun import Noun, Where
from swaslift.planning.arguments import tags_of
from swaslift.planning.tags import MOST, OWN_PREFIX, check_tags

T = TypeVar("T", bound=Resource)

_LONGEST = {"swas": 64, "ecs": 128}
"""Characters of a key and of a value (TagResources of either product)."""


class Tagged(Noun[T], ABC):
    """A kind of thing that carries tags."""

    kind: ClassVar[str]
    """``ResourceType`` of the tag actions."""

    @abstractmethod
    def get(self, key: Any, region: Where = None) -> T:
        """One of them."""

    def tag(self, item: T | str, tags: Mapping[str, str], region: Where = None) -> None:
        """Set tags (``TagResources``); a key that is there gets the new value. Twice is once.

        Args:
            item: a record, an id, or a unique name.
            tags: at most 17, beside the three of a run.
            region: where to look; the client's by default.

        Raises:
            InvalidArgument: there is no such thing, or the service does not take the tags.
            ApiError, TransportError: the service refused, or did not answer.
        """
        wanted = tags_to_set(tags, product=self.product)
        if not wanted:
            return
        found = self._one(item, region, certain=True)
        if self.product == "swas":
            kind = cast("TaggedKind", self.kind)
            token = self._token()
            self._cloud.swas.tag_resources(found.region_id, kind, [_id(found)], wanted, token=token)
        else:
            self._cloud.ecs.tag_resources(
                found.region_id, cast("EcsTaggedKind", self.kind), [_id(found)], wanted
            )

    def untag(self, item: T | str, keys: Iterable[str], region: Where = None) -> None:
        """Remove tags by key (``UntagResources``); a key that is not there is no error.

        Args:
            item: a record, an id, or a unique name.
            keys: at most 20; those of this library stay, since runs find by them what they made.
            region: where to look; the client's by default.

        Raises:
            InvalidArgument: there is no such thing, a key is none or this library's own, or there are too many.
            ApiError, TransportError: the service refused, or did not answer.
        """
        removed = _keys(keys)
        if not removed:
            return
        found = self._one(item, region, certain=True)
        if self.product == "swas":
            kind = cast("TaggedKind", self.kind)
            token = self._token()
            self._cloud.swas.untag_resources(found.region_id, kind, [_id(found)], removed, token=token)
        else:
            self._cloud.ecs.untag_resources(
                found.region_id, cast("EcsTaggedKind", self.kind), [_id(found)], removed
            )


def tags_to_set(tags: Mapping[str, str] | None, *, product: Literal["swas", "ecs"]) -> dict[str, str]:
    """Tags that the service takes.

    Raises:
        InvalidArgument: it does not.
    """
    wanted = tags_of(tags, needed=True)
    for check in check_tags("tags", wanted, longest=_LONGEST[product]):
        raise InvalidArgument(check.field, check.value, check.problem, check.remedy)
    return wanted


def _keys(given: Iterable[str]) -> list[str]:
    """Keys of tags to remove."""
    if not isinstance(given, Iterable):
        raise InvalidArgument("keys", given, "not a list of keys", 'Give ["key", ...]')
    keys = [given] if isinstance(given, str) else list(given)
    for key in keys:
        if not isinstance(key, str) or not key:
            raise InvalidArgument("keys", key, "not the key of a tag", "Give a text with something in it")
        if key.startswith(OWN_PREFIX):
            raise InvalidArgument("keys", key, "runs find by such tags what they made", "Leave it out")
    if len(keys) > MOST:
        raise InvalidArgument(
            "keys", len(keys), f"the service removes at most {MOST} at once", "Remove them in several calls"
        )
    return keys


def _id(record: Any) -> str:
    return str(record.id)
