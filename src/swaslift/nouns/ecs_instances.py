"""``lift.ecs.instances``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from swaslift.models import EcsImage, EcsInstance
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.power import STARTED, STOPPED, due
from swaslift.nouns.tagged import Tagged
from swaslift.planning.arguments import tags_of


class EcsInstances(Tagged[EcsInstance]):
    """ECS instances."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "instance"
    field: ClassVar[str] = "instance"
    kind: ClassVar[str] = "instance"

    def list(
        self,
        region: Where = None,
        *,
        image: EcsImage | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Listing[EcsInstance]:
        """The instances of a region, fetched as you go (``DescribeInstances``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            image: those whose system disk was made from an image: its record (which names its region) or its id.
            tags: those that carry all of these.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        where, made_from = self._narrowed("image", image, region)
        carried = tags_of(tags)
        return self._each(
            where, lambda one: self._cloud.ecs.describe_instances(one, image_id=made_from, tags=carried)
        )

    def get(self, key: EcsInstance | str, region: Where = None) -> EcsInstance:
        """An instance by its id or unique name, or a record of it read anew (``DescribeInstances``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[EcsInstance]:
        return self._cloud.ecs.describe_instances(region_id)

    def start(self, instance: EcsInstance | str, region: Where = None) -> bool:
        """Start a Stopped instance (``StartInstance``); `get` shows how far it is. Twice is once.

        Returns:
            Whether anything was sent: False where it runs, or starts, already.

        Raises:
            InvalidArgument: there is no such instance, or it is in a state in which the service refuses.
            ApiError: the service refused.
            TransportError: no answer came, and it may have been started; ask again.
        """
        found = self._one(instance, region, certain=True)
        if not due(self.field, found.name, found.status, at="Stopped", towards=STARTED):
            return False
        self._cloud.ecs.start_instance(found.region_id, found.id)
        return True

    def stop(self, instance: EcsInstance | str, region: Where = None) -> bool:
        """Stop a Running instance (``StopInstance``, ``KeepCharging``). Twice is once.

        It goes on costing what it costs, and keeps its place and its public address.

        Returns:
            Whether anything was sent: False where it is stopped, or stops, already.

        Raises:
            InvalidArgument: there is no such instance, or it is in a state in which the service refuses.
            ApiError: the service refused.
            TransportError: no answer came, and it may have been stopped; ask again.
        """
        found = self._one(instance, region, certain=True)
        if not due(self.field, found.name, found.status, at="Running", towards=STOPPED):
            return False
        self._cloud.ecs.stop_instance(found.region_id, found.id)
        return True

    def reboot(self, instance: EcsInstance | str, region: Where = None) -> None:
        """Restart a Running instance (``RebootInstance``). Each call is a restart.

        Raises:
            InvalidArgument: there is no such instance, or it does not run.
            ApiError: the service refused.
            TransportError: no answer came, and it may have been restarted.
        """
        found = self._one(instance, region, certain=True)
        due(self.field, found.name, found.status, at="Running", towards=())
        self._cloud.ecs.reboot_instance(found.region_id, found.id)
