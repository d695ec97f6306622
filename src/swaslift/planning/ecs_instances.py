"""An ECS instance: found before anything is done to it."""

from __future__ import annotations

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import EcsInstance
from swaslift.planning.arguments import region_of
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
    everyone = list(cloud.ecs.describe_instances(where))
    found = [i for i in everyone if key == i.id] or [i for i in everyone if key == i.name]
    if not found:
        names = ", ".join(f"{i.name} ({i.id})" for i in everyone[:8]) or "none"
        raise InvalidArgument(
            field,
            key,
            f"no such instance in {where}",
            f"Instances there: {names}. Another region: region=...",
        )
    if len(found) > 1:
        raise InvalidArgument(
            field,
            key,
            f"{len(found)} instances have this name",
            f"Give an id: {', '.join(i.id for i in found)}",
        )
    return found[0]
