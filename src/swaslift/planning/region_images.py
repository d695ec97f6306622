"""What one region holds of images, and of those who use them: a few calls, each of which may fail alone."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage, EcsInstance, Server, SharedAccount
from swaslift.planning.custom_images import as_ecs_sees_it
from swaslift.planning.regions import Unasked, attempted

T = TypeVar("T")


@dataclass
class RegionImages:
    """What one region holds; None is what could not be asked."""

    id: str
    custom: list[CustomImage] = field(default_factory=list)
    own: list[EcsImage] = field(default_factory=list)
    servers: list[Server] | None = None
    instances: list[EcsInstance] | None = None
    seen: dict[str, frozenset[str]] = field(default_factory=dict)
    """The ids under which ECS may know a custom image that is shared with it, by its id in SWAS."""
    shown: set[str] = field(default_factory=set)
    """Ids in ECS that are known to be custom images of SWAS."""
    accounts: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    """Accounts that have an image, by its id; nobody has one that is not here."""
    unasked: list[Unasked] = field(default_factory=list)

    def note(self, answer: list[T] | Unasked) -> list[T] | None:
        """An answer; None where there was none, which is kept in mind."""
        if isinstance(answer, Unasked):
            self.unasked.append(answer)
            return None
        return answer

    def servers_from(self, image: CustomImage) -> list[Server] | None:
        """The servers that were made from a custom image."""
        if self.servers is None:
            return None
        return [s for s in self.servers if s.image_id == image.id or s.id in image.used_by]

    def instances_from(self, ids: Container[str]) -> list[EcsInstance] | None:
        """The instances whose system disk was made from an image of one of these ids."""
        return None if self.instances is None else [i for i in self.instances if i.image_id in ids]


def read_region(cloud: Cloud, region_id: str, *, swas: bool, ecs: bool) -> RegionImages:
    """Read a region.

    Args:
        cloud: whom to ask.
        region_id: the region.
        swas: whether SWAS is offered there.
        ecs: whether ECS is.
    """
    region = RegionImages(region_id)
    if swas:
        _read_swas(cloud, region, ecs=ecs)
    if ecs:
        found = attempted("ecs", region_id, lambda: cloud.ecs.describe_images(region_id, owner="self"))
        # Under which owner ECS lists what SWAS shares is not documented.
        region.own = [i for i in region.note(found) or [] if i.id not in region.shown]
        for image in region.own:
            if image.shared_to_accounts is not False:
                _read_accounts(cloud, region, image)
    if region.own or region.seen:
        region.instances = region.note(
            attempted("ecs", region_id, lambda: cloud.ecs.describe_instances(region_id))
        )
    return region


def _read_swas(cloud: Cloud, region: RegionImages, *, ecs: bool) -> None:
    listed = attempted("swas", region.id, lambda: cloud.swas.list_custom_images(region.id))
    region.custom = region.note(listed) or []
    if region.custom:
        servers = attempted("swas", region.id, lambda: cloud.swas.list_instances(region.id))
        region.servers = region.note(servers)
    for image in region.custom:
        if image.received:
            continue
        if image.shared_to_accounts:
            _read_accounts(cloud, region, image)
        if image.shared_to_ecs and ecs:
            seen = region.note(attempted("ecs", region.id, partial(as_ecs_sees_it, cloud, image))) or []
            region.seen[image.id] = frozenset(i.id for i in seen) | {image.id}
            region.shown |= {i.id for i in certainly(seen)}


def certainly(seen: Sequence[EcsImage]) -> list[EcsImage]:
    """Of images that ECS lists by the name of a shared one, the one that it is; none where that is open."""
    shares = [i for i in seen if i.owner_alias != "self"] or [i for i in seen if not i.is_copied]
    return shares if len(shares) == 1 else []


def _read_accounts(cloud: Cloud, region: RegionImages, image: CustomImage | EcsImage) -> None:
    def fetch() -> Iterable[SharedAccount]:
        if isinstance(image, CustomImage):
            return cloud.swas.list_custom_image_share_accounts(region.id, image.id)
        return cloud.ecs.describe_image_share_permission(region.id, image.id)

    found = region.note(attempted(image.product, region.id, fetch))
    region.accounts[image.id] = None if found is None else tuple(a.account_id for a in found)
