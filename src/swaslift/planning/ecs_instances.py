"""An ECS instance: found before anything is done to it."""

from __future__ import annotations

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import EcsInstance
from swaslift.planning.arguments import region_of
from swaslift.planning.lookup import unique
from swaslift.planning.source import check_region


def find_instance(cloud: Cloud, instance: EcsInstance | str, region_id: str | None) -> EcsInstance:
    """An instance by record, id or unique name, read anew.

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    field, where = "instance", region_of(cloud, region_id, instance)
    if isinstance(instance, EcsInstance):
        key = instance.id
        if instance.account_id != cloud.account_id:
            raise InvalidArgument(
                field,
                key,
                f"it belongs to account {instance.account_id}, the credentials to {cloud.account_id}",
            )
    elif isinstance(instance, str) and instance:
        key = instance
    else:
        raise InvalidArgument(
            field, instance, "not an ECS instance", "Give its id, its name, or an EcsInstance record"
        )
    check_region("region", where, cloud.ecs.describe_regions())
    return unique(field, key, cloud.ecs.describe_instances(where), what="instance", where=where)
