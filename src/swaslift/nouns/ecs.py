"""``lift.ecs``."""

from __future__ import annotations

from swaslift.cloud import Cloud
from swaslift.nouns.ecs_disks import EcsDisks
from swaslift.nouns.ecs_images import EcsImages
from swaslift.nouns.ecs_instance_types import InstanceTypes
from swaslift.nouns.ecs_instances import EcsInstances
from swaslift.nouns.ecs_network import EcsKeyPairs, SecurityGroups, VSwitches
from swaslift.nouns.ecs_snapshots import EcsSnapshots


class EcsNouns:
    """What is in ECS: ``lift.ecs.instances``, ``lift.ecs.images``, ``lift.ecs.disks`` ..."""

    def __init__(self, cloud: Cloud) -> None:
        self.instances = EcsInstances(cloud)
        self.images = EcsImages(cloud)
        self.disks = EcsDisks(cloud)
        self.snapshots = EcsSnapshots(cloud)
        self.security_groups = SecurityGroups(cloud)
        self.vswitches = VSwitches(cloud)
        self.instance_types = InstanceTypes(cloud)
        self.key_pairs = EcsKeyPairs(cloud)
