"""``lift.ecs``."""

from __future__ import annotations

from swaslift.cloud import Cloud
from swaslift.nouns.ecs_images import EcsImages
from swaslift.nouns.ecs_instances import EcsInstances


class EcsNouns:
    """What is in ECS: ``lift.ecs.instances``, ``lift.ecs.images``."""

    def __init__(self, cloud: Cloud) -> None:
        self.instances = EcsInstances(cloud)
        self.images = EcsImages(cloud)
