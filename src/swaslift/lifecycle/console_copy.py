"""A custom image copied to another region of SWAS by a person, in the console: no API does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from swaslift.cloud import Cloud
from swaslift.models import CustomImage
from swaslift.runs.effects import Script, Wait, ask, until
from swaslift.runs.step import RUN_TAG
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.states import States

PATIENCE = 7 * 24 * 3600
"""Seconds that a person may take."""

COPIED = "copied"
"""The wait for the copy."""

_NOT_BEGUN = "not begun"
_STATES = States(
    "swas.image",
    frozenset({_NOT_BEGUN, "0", "4"}),
    frozenset({"1"}),
    frozenset({"2", "3"}),
    900.0,
    idle=frozenset({_NOT_BEGUN}),
)
_NONE: list[str] = []


class _Awaited(CustomImage):
    """Stands for a copy that is not there."""

    note: str = ""
    """What is there instead, perhaps."""


def console_copy(
    image: CustomImage, to_region: str, name: str, taken: Collection[str] = ()
) -> Script[CustomImage]:
    """Say what to click, see the copy appear, and wait until it is available.

    Args:
        image: what is copied.
        to_region: where to.
        name: what the copy is to be called.
        taken: ids of images, one of which is the copy if it is in that region; its name does not matter then.
    """
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
                COPIED,
                _copied(copied, frozenset(before), frozenset(taken)),
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


def _copied(wanted: CustomImage, before: frozenset[str], taken: frozenset[str]) -> Condition[CustomImage]:
    def look(cloud: Cloud, region: str, _ids: Sequence[str]) -> Mapping[str, CustomImage]:
        there = list(cloud.swas.list_custom_images(region, patient=False))
        fresh = [i for i in there if i.id not in before and may_be_copy(wanted, i)]
        named = [i for i in fresh if i.name == wanted.name and RUN_TAG not in i.tags]
        chosen = [i for i in there if i.id in taken] or named
        return {wanted.name: chosen[0] if chosen else _awaited(wanted, fresh)}

    watch = Watch(
        _STATES,
        look,
        lambda i: i.status,
        floor=15.0,
        note=lambda i: i.note if isinstance(i, _Awaited) else "",
    )
    return Condition(watch, wanted.region_id, wanted.name)


def _awaited(wanted: CustomImage, fresh: Sequence[CustomImage]) -> CustomImage:
    """The copy is not there; tells of images that may be it: under another name, or with the tags of a run.

    No field says which image another one was copied from: the size and the system must fit, and no
    run may have made it. Whether the console copies tags is not documented, so one of the right name is
    told of all the same.
    """
    beside = [i for i in fresh if RUN_TAG not in i.tags or i.name == wanted.name]
    note = ""
    if beside:
        names = ", ".join(map(_described, beside))
        note = (
            f"No image {wanted.name} has come about in {wanted.region_id}, but {names}. Is that the copy? "
            "Then stop the run (run.cancel(), or Ctrl-C), and go on with that image: "
            f"lift.runs.resume('{{run}}', amend={[beside[0].id]!r})."
        )
    return _Awaited.model_validate({**wanted.model_dump(), "status": _NOT_BEGUN, "note": note})


def _described(image: CustomImage) -> str:
    run = image.tags.get(RUN_TAG)
    return f"{image.name} ({image.id}{f', which carries the tags of run {run}' if run else ''})"


def may_be_copy(image: CustomImage, other: CustomImage) -> bool:
    """Whether an image can be a copy of another one, by what a copy keeps; sizes in GiB."""
    kept = ("system_disk_size", "data_disk_size", "os_type")
    return all(getattr(image, k) == getattr(other, k) for k in kept)
