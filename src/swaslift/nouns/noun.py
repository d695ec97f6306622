"""What all nouns have in common: regions asked one after another or side by side, and one thing found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, Generic, Literal, TypeVar

from swaslift.cloud import Cloud
from swaslift.errors import ConnectError, InvalidArgument, InvalidRequestError, NotFoundError, SwasliftError
from swaslift.models import Resource
from swaslift.nouns.listing import Listing
from swaslift.planning.copies import regions_of
from swaslift.planning.lookup import unique
from swaslift.planning.regions import everywhere
from swaslift.planning.source import check_region

T = TypeVar("T")
S = TypeVar("S")

Where = str | list[str] | tuple[str, ...] | None
"""A region, several, ``"*"`` for all that the product is offered in; None is the client's own."""


class Noun(ABC, Generic[T]):
    """A kind of thing in the cloud."""

    product: ClassVar[Literal["swas", "ecs"]] = "swas"
    word: ClassVar[str]
    """What one of them is called."""
    field: ClassVar[str]
    """The argument that names one of them."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _token(self) -> str:
        return one_time_token(self._cloud)

    def _offered(self) -> list[str]:
        return (
            self._cloud.swas.list_regions() if self.product == "swas" else self._cloud.ecs.describe_regions()
        )

    @abstractmethod
    def _all(self, region_id: str) -> Iterator[T]:
        """Those of a region among which one is looked for."""

    def _each(self, region: Where, fetch: Callable[[str], Iterator[S]]) -> Listing[S]:
        """What there is in regions: in one as it is fetched, in several when all are read.

        One of several that cannot be asked is named in the result, and does not spoil it.
        """
        if region is None:
            return Listing(self.word, self._own(fetch))
        if region != "*" and len(regions_of(region)) == 1:
            return Listing(self.word, self._of_one(regions_of(region)[0], fetch))
        offered = self._offered()
        wanted = offered if region == "*" else regions_of(region)
        for one in wanted:
            check_region("region", one, offered)
        return Listing(self.word, *everywhere(self.product, wanted, fetch))

    def _own(self, fetch: Callable[[str], Iterator[S]]) -> Iterator[S]:
        """What there is in the client's region; one that does not exist gets the nearest."""
        region = self._cloud.settings.region
        try:
            yield from fetch(region)
        except (InvalidRequestError, NotFoundError, ConnectError) as error:
            # A region that does not exist is refused, or has no host; whether it is that, the list of all tells.
            try:
                offered = self._offered()
            except SwasliftError:
                raise error from None
            check_region("region", region, offered)
            raise

    def _of_one(self, region_id: str, fetch: Callable[[str], Iterator[S]]) -> Iterator[S]:
        check_region("region", region_id, self._offered())
        yield from fetch(region_id)

    def _narrowed(self, field: str, given: Resource | str | None, region: Where) -> tuple[Where, str | None]:
        """Where to look, and the id of what a list is narrowed to: a record names its own region.

        Raises:
            InvalidArgument: it is neither a record nor an id, or the record is of elsewhere.
        """
        if isinstance(given, Resource):
            return self._place(field, given, region), _key(given)
        if given is not None and not (isinstance(given, str) and given):
            raise InvalidArgument(field, given, f"not what a {self.word} has", "Give its id, or its record")
        return region, given

    def _place(self, field: str, record: Resource, region: Where) -> str:
        """The region of a record; another one that is given beside it is refused, like another account."""
        if record.account_id != self._cloud.account_id:
            raise InvalidArgument(
                field,
                _key(record),
                f"it was read in account {record.account_id}, the credentials belong to {self._cloud.account_id}",
            )
        if region not in (None, "*") and record.region_id not in regions_of(region):
            raise InvalidArgument("region", region, f"what is given is in {record.region_id}", "Leave it out")
        return record.region_id

    def _one(self, key: T | str, region: Where, *, certain: bool = False) -> T:
        """One thing, by record (read again in its own region), by id, or by unique name.

        Args:
            key: the record, id or name.
            region: where to look.
            certain: whether it is about to be changed; see `unique`.
        """
        if isinstance(key, Resource):
            region, key = self._place(self.field, key, region), _key(key)
        if not isinstance(key, str) or not key:
            remedy = "Give its id, its name, or a record that was read before"
            raise InvalidArgument(self.field, key, f"not a {self.word}", remedy)
        regions = self._cloud.settings.region if region is None else region
        found = self._each(regions, self._all)
        return unique(
            self.field,
            key,
            found,
            what=self.word,
            where="any region" if regions == "*" else ", ".join(regions_of(regions)),
            unasked=found.unasked,
            certain=certain,
        )


def _key(record: Resource) -> str:
    return str(getattr(record, "id", None) or getattr(record, "name", ""))


def one_time_token(cloud: Cloud) -> str:
    """A token for one change: what is sent again for want of an answer is carried out once."""
    return f"swaslift-{cloud.random.getrandbits(128):032x}"
