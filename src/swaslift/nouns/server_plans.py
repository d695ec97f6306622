"""``lift.server_plans``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, ServerPlan
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Noun, Where
from swaslift.planning.arguments import region_of
from swaslift.planning.custom_images import find_custom_image
from swaslift.planning.server_plans import check_plan


class ServerPlans(Noun[ServerPlan]):
    """What SWAS sells: the sizes of servers, with their prices for a month."""

    word: ClassVar[str] = "server plan"
    field: ClassVar[str] = "server_plan"

    def list(self, region: Where = None, *, image: CustomImage | str | None = None) -> Listing[ServerPlan]:
        """The plans that a region sells (``ListPlans``).

        Whether a plan is in stock, and how many servers the account may still buy, shows only when one is
        bought. Prices are list prices, without discounts.

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            image: those that servers can be built on from this custom image: its system, and the size of
                its system disk. It stands in one region, which is the one that is asked.

        Raises:
            InvalidArgument: SWAS is not offered in such a region, or there is no such image.
            ApiError, TransportError: the service refused, or did not answer.
        """
        if image is None:
            return self._each(region, self._cloud.swas.list_plans)
        if region == "*" or not isinstance(region, str | None):
            raise InvalidArgument("region", region, "an image is in one region", "Name that one")
        where = region_of(self._cloud, region, image)
        return Listing(self.word, self._fitting(find_custom_image(self._cloud, image, where)))

    def _fitting(self, image: CustomImage) -> Iterator[ServerPlan]:
        plans = list(self._cloud.swas.list_plans(image.region_id))
        return (plan for plan in plans if not check_plan(plans, plan, image))

    def get(self, key: str, region: Where = None) -> ServerPlan:
        """A plan by its id (``ListRegions``, ``ListPlans``).

        Raises:
            InvalidArgument: no such plan is sold there.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[ServerPlan]:
        return self._cloud.swas.list_plans(region_id)
