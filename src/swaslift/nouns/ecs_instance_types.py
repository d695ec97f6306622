"""``lift.ecs.instance_types``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import EcsImage, InstanceType
from swaslift.planning.arguments import check_choice, check_number, check_text, region_of
from swaslift.planning.ecs_images import find_ecs_image
from swaslift.planning.source import check_region
from swaslift.wording import meant

Architecture = Literal["X86", "ARM"]


class InstanceTypes:
    """Sizes of ECS instances."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(
        self,
        region: str | None = None,
        *,
        zone_id: str | None = None,
        image: EcsImage | str | None = None,
        cpu: int | None = None,
        memory: float | None = None,
        architecture: Architecture | None = None,
    ) -> Iterator[InstanceType]:
        """Instance types that fit, fetched as you go (``DescribeInstanceTypes``).

        Without ``zone_id`` the list is the catalogue, whether the region sells a type or not.

        Args:
            region: one region; the client's by default.
            zone_id: those that the zone sells by the hour and has in stock now (``DescribeAvailableResource``).
            image: those that can boot an ECS image of the region (``DescribeImageSupportInstanceTypes``): a
                record, an id, or a unique name.
            cpu: so many cores at least.
            memory: so many GiB at least.
            architecture: ``X86`` or ``ARM``.

        Raises:
            InvalidArgument: there is no such image or region, or a filter is none.
            ApiError, TransportError: the service refused, or did not answer.
        """
        check_text("zone_id", zone_id)
        check_number("cpu", cpu, least=1, whole=True)
        check_number("memory", memory, least=0)
        if architecture is not None:
            check_choice("architecture", architecture, get_args(Architecture))
        where, ecs = self._where(region, image), self._cloud.ecs
        fitting: set[str] | None = None
        if zone_id is not None:
            fitting = {t for t, in_stock in ecs.available_instance_types(where, zone_id).items() if in_stock}
        if image is not None:
            found = find_ecs_image(self._cloud, image, where, "image")
            boots = ecs.describe_image_support_instance_types(where, found.id)
            fitting = set(boots) if fitting is None else fitting & boots
        types = ecs.all_instance_types(where, min_cpu=cpu, min_memory=memory, architecture=architecture)
        return (t for t in types if fitting is None or t.id in fitting)

    def get(self, instance_type: str, region: str | None = None) -> InstanceType:
        """An instance type by its id (``DescribeInstanceTypes``).

        Raises:
            InvalidArgument: there is none.
            ApiError, TransportError: the service refused, or did not answer.
        """
        check_text("instance_type", instance_type, needed=True)
        where = self._where(region)
        found = self._cloud.ecs.describe_instance_types(where, [instance_type])
        if not found:
            known = [t.id for t in self._cloud.ecs.all_instance_types(where)]
            remedy = meant(instance_type, known, "See lift.ecs.instance_types.list(cpu=..., memory=...)")
            raise InvalidArgument("instance_type", instance_type, "no such instance type", remedy)
        return found[0]

    def _where(self, region: str | None, given: object = None) -> str:
        where = region_of(self._cloud, region, given)
        if region is not None:
            check_region("region", where, self._cloud.ecs.describe_regions())
        return where
