"""What a server can be installed with: one method per action."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import swas_records as records
from swaslift.cloud.parse import Fields, given
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import ServerKeyPair, StockImage


class SwasOffers(SwasReads):
    """Images of the service, and key pairs."""

    def list_images(self, region_id: str) -> list[StockImage]:
        """``ListImages``: the system and app images of a region; see `list_custom_images` for the others."""
        where = self._where(region_id)

        def images(body: Fields) -> list[StockImage]:
            return [records.stock_image(i, **where) for i in body.items("Images", needed=True)]

        found = self._caller.read_as("swas", "ListImages", region_id, given(RegionId=region_id), images)
        return [image for image in found if image.kind != "custom"]

    def list_key_pairs(self, region_id: str, *, name: str | None = None) -> Iterator[ServerKeyPair]:
        """``ListKeyPairs``: the key pairs that SWAS knows in a region; those of ECS are others."""
        where = self._where(region_id)
        yield from self._list(
            "ListKeyPairs",
            region_id,
            "KeyPairs",
            lambda item: records.key_pair(item, **where),
            KeyPairName=name,
        )
