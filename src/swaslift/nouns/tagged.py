"""Nouns whose things carry tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from swaslift.cloud.ecs_tags import EcsTaggedKind
from swaslift.cloud.swas_tags import TaggedKind
from swaslift.errors import InvalidArgument
from swaslift.models import Resource
from swaslift.nouns.noun import Noun, Where
from swaslift.planning.tags import OWN_PREFIX, check_tags

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
        for check in check_tags("tags", tags, longest=_LONGEST[self.product]):
            raise InvalidArgument(check.field, check.value, check.problem, check.remedy)
        if not tags:
            return
        found = self.get(item, region)
        if self.product == "swas":
            kind = cast("TaggedKind", self.kind)
            token = self._token()
            self._cloud.swas.tag_resources(found.region_id, kind, [_id(found)], tags, token=token)
        else:
            self._cloud.ecs.tag_resources(
                found.region_id, cast("EcsTaggedKind", self.kind), [_id(found)], tags
            )

    def untag(self, item: T | str, keys: Iterable[str], region: Where = None) -> None:
        """Remove tags by key (``UntagResources``); a key that is not there is no error.

        Args:
            item: a record, an id, or a unique name.
            keys: at most 20; those of this library stay, since runs find by them what they made.
            region: where to look; the client's by default.

        Raises:
            InvalidArgument: there is no such thing, or a key is this library's own.
            ApiError, TransportError: the service refused, or did not answer.
        """
        removed = [keys] if isinstance(keys, str) else list(keys)
        for key in removed:
            if key.startswith(OWN_PREFIX):
                raise InvalidArgument("keys", key, "runs find by such tags what they made", "Leave it out")
        if not removed:
            return
        found = self.get(item, region)
        if self.product == "swas":
            kind = cast("TaggedKind", self.kind)
            token = self._token()
            self._cloud.swas.untag_resources(found.region_id, kind, [_id(found)], removed, token=token)
        else:
            self._cloud.ecs.untag_resources(
                found.region_id, cast("EcsTaggedKind", self.kind), [_id(found)], removed
            )


def _id(record: Any) -> str:
    return str(record.id)
