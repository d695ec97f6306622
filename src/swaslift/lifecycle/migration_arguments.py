"""The arguments of ``migrate_to_ecs``: looked at one by one, and kept as the journal compares them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from swaslift.errors import InvalidArgument
from swaslift.lifecycle.spec import DataDisks, Keep, Verify
from swaslift.models import Server
from swaslift.planning.arguments import check_choice, check_flag, check_text
from swaslift.targets import NewInstance, ReplaceSystemDisk, Target


def arguments_of(
    server: Server,
    target: Target,
    *,
    data_disks: DataDisks | None,
    keep: Iterable[Keep],
    verify: Verify,
    own_image: bool,
    image_name: str | None,
    into: str | None,
) -> dict[str, Any]:
    """The arguments as the journal keeps and compares them.

    Raises:
        InvalidArgument: one of them makes no sense; nothing was asked of the cloud for it.
    """
    if not isinstance(target, NewInstance | ReplaceSystemDisk):
        raise InvalidArgument(
            "target",
            target,
            f"not a target but {type(target).__name__}",
            "Give a NewInstance or a ReplaceSystemDisk",
        )
    if data_disks is not None:
        check_choice("data_disks", data_disks, get_args(DataDisks))
    check_choice("verify", verify, get_args(Verify))
    check_flag("own_image", own_image)
    check_text("image_name", image_name)
    if not own_image and target.region and target.region != server.region_id:
        raise InvalidArgument(
            "own_image", False, "a shared image cannot be used in another region", "Leave own_image on"
        )
    if not own_image and image_name:
        raise InvalidArgument("image_name", image_name, "there is no own image to name with own_image=False")
    if not own_image and into:
        raise InvalidArgument(
            "own_image", False, "another account needs an image of its own", "Leave own_image on"
        )
    return {
        "server": server.id,
        "region": server.region_id,
        "target": target.model_dump(mode="json"),
        "data_disks": data_disks,
        "keep": _kept(keep),
        "verify": verify,
        "own_image": own_image,
        "image_name": image_name,
        "into": into,
    }


def _kept(keep: Iterable[Keep]) -> list[Keep]:
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        raise InvalidArgument("keep", keep, "not a list", f"Give a list of {', '.join(get_args(Keep))}")
    kept = list(keep)
    for item in kept:
        check_choice("keep", item, get_args(Keep))
    return sorted(set(kept))
