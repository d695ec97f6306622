"""SSH key pairs of SWAS: one method per action."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import swas_records as records
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import ServerKeyPair


class SwasKeyPairs(SwasReads):
    """Key pairs; those of ECS are others."""

    def list_key_pairs(self, region_id: str, *, name: str | None = None) -> Iterator[ServerKeyPair]:
        """``ListKeyPairs``, pages of 50: how many fit is not documented, 10 are allowed a region."""
        for item in self._list("ListKeyPairs", region_id, "KeyPairs", KeyPairName=name, size=50):
            yield records.key_pair(item, **self._where(region_id))
