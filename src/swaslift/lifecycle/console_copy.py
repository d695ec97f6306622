"""A custom image copied to another region of SWAS by a person, in the console: no API does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from swaslift.cloud import Cloud
from swaslift.models import CustomImage
from swaslift.runs.effects import Script, Wait, ask, until
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.states import States

PATIENCE = 7 * 24 * 3600
"""Seconds that a person may take."""

_NOT_BEGUN = "not begun"
_STATES = States(
    "swas.image", frozenset({_NOT_BEGUN, "0", "4"}), frozenset({"1"}), frozenset({"2", "3"}), 900.0
)
_NONE: list[str] = []


def console_copy(image: CustomImage, to_region: str, name: str) -> Script[CustomImage]:
    """Say what to click, see the copy appear, and wait until it is available."""
    before = yield from ask(
        "images-before",
        lambda cloud: [i.id for i in cloud.swas.list_custom_images(to_region)],
        record=list[str],
        foreseen=_NONE,
    )
    copied = image.model_copy(
        update={"id": f"<copy in {to_region}>", "region_id": to_region, "name": name, "shared_to_ecs": False}
    )
    return (
        yield from until(
            Wait(
                "copied",
                _copied(to_region, name, frozenset(before), copied),
                CustomImage,
                copied,
                title=f"copy of {image.name} available in {to_region}",
                manual=(
                    f"In the Simple Application Server console, region {image.region_id}: Images > Custom Images, "
                    f"the row of {image.name} ({image.id}), Actions > Copy Image. Destination region {to_region}, "
                    f"name {name}. The run sees the copy appear, waits until it is available, and goes on."
                ),
                timeout=PATIENCE,
            )
        )
    )


def _copied(
    region_id: str, name: str, before: frozenset[str], awaited: CustomImage
) -> Condition[CustomImage]:
    def look(cloud: Cloud, region: str, _ids: Sequence[str]) -> Mapping[str, CustomImage]:
        for image in cloud.swas.list_custom_images(region, patient=False):
            if image.name == name and image.id not in before:
                return {name: image}
        return {name: awaited.model_copy(update={"status": _NOT_BEGUN})}

    watch = Watch(_STATES, look, lambda i: i.status, floor=15.0)
    return Condition(watch, region_id, name)
