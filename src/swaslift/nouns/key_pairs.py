"""``lift.key_pairs``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from swaslift.models import ServerKeyPair
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Noun, Where


class KeyPairs(Noun[ServerKeyPair]):
    """SSH key pairs of SWAS; those of ECS are others (``lift.ecs.key_pairs``)."""

    word: ClassVar[str] = "key pair"
    field: ClassVar[str] = "key_pair"

    def list(self, region: Where = None) -> Listing[ServerKeyPair]:
        """The key pairs of a region, and the servers they are bound to (``ListKeyPairs``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, self._cloud.swas.list_key_pairs)

    def get(self, key: ServerKeyPair | str, region: Where = None) -> ServerKeyPair:
        """A key pair by its name, or a record of it read anew (``ListKeyPairs``).

        Raises:
            InvalidArgument: there is none.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[ServerKeyPair]:
        return self._cloud.swas.list_key_pairs(region_id)
