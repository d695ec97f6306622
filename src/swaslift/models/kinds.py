"""Kinds of resources as people read them."""

from __future__ import annotations

from swaslift.models import custom_images

_NAMES = {
    "swas.server": "SWAS server",
    "swas.snapshot": "SWAS snapshot",
    "swas.image": "SWAS custom image",
    "swas.command": "command in a server",
    "ecs.image": "ECS image",
    "ecs.snapshot": "ECS snapshot",
    "ecs.instance": "ECS instance",
    "ecs.disk": "ECS system disk",
    "ecs.command": "command in an instance",
    "ecs.cloud_assistant": "Cloud Assistant of instance",
}


def kind_name(kind: str) -> str:
    """What a kind of resource is called: ``SWAS custom image`` for ``swas.image``."""
    return _NAMES.get(kind, kind)


def state_name(kind: str, state: str) -> str:
    """A state in a word: ``available`` for the code ``1`` of a custom image of SWAS; others as they are."""
    return custom_images.state_name(state) if kind == "swas.image" else state
