"""How SWAS images that are shared with ECS look in ECS.

Nothing is stored here: the view is computed from the state of SWAS each time, so an image that is
no longer shared is gone from ECS in the same moment.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from swaslift.emulator.ecs.records import Image, ImagePart, Traits

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.swas.records import CustomImage
    from swaslift.emulator.world import World

OWNER_ID = "1095567654321234"
"""The account that ECS names as the owner of shared SWAS images: not the user's."""

_PLATFORMS = {
    "ubuntu": "Ubuntu",
    "debian": "Debian",
    "centos stream": "CentOS Stream",
    "centos": "CentOS",
    "alibaba cloud linux": "Aliyun",
    "aliyun": "Aliyun",
    "rocky": "Rocky Linux",
    "alma": "AlmaLinux",
    "windows": "Windows Server 2022",
}
_WITHOUT_NVME = ("centos 6", "centos 7", "centos-7", "windows server 2012", "windows server 2008", "debian 9")
"""Systems whose images come without the NVMe driver in their first stage."""


def shared_images(world: World, account_id: str, region_id: str, now: datetime) -> list[Image]:
    """The SWAS images of an account that ECS may use in a region."""
    return [
        _as_ecs_image(world, image)
        for image in world.swas.images_in_ecs(account_id, region_id, now)
        if image.status.at(now) == "1"
    ]


def ecs_image_id(world: World, swas_image_id: str) -> str:
    """The id under which ECS knows a shared SWAS image; always the same one for an image."""
    if world.quirks.swas_image_id_in_ecs == "same":
        return swas_image_id
    digest = hashlib.sha256(f"{world.seed} {swas_image_id}".encode()).hexdigest()
    return f"m-{digest[:20]}"


def _as_ecs_image(world: World, image: CustomImage) -> Image:
    lag = timedelta(seconds=world.quirks.visible_lag + world.faults.late_by)
    parts = [ImagePart("/dev/xvda", image.system_disk_size, "system", image.system_snapshot_id)]
    if image.data_disk_size:
        parts.append(ImagePart("/dev/xvdb", image.data_disk_size, "data", image.data_snapshot_id))
    return Image(
        id=ecs_image_id(world, image.image_id),
        account_id=OWNER_ID,
        region_id=image.region_id,
        created_at=image.created,
        visible_at=(image.shared_at or image.visible_at) + lag,
        name=image.name,
        description=image.description,
        traits=traits_of(world, image),
        parts=parts,
        swas_image_id=image.image_id,
    )


def traits_of(world: World, image: CustomImage) -> Traits:
    """What ECS finds out about the system in a SWAS image."""
    windows = image.platform.lower() == "windows"
    system = f"{image.source_image_name} {image.source_image_version}".strip() or image.platform
    low = system.lower()
    guess = next((name for key, name in _PLATFORMS.items() if key in low), "Others Linux")
    return Traits(
        os_name=f"{system} 64位",
        os_name_en=f"{system} 64 bit",
        os_type="windows" if windows else "linux",
        platform="Windows Server 2022" if windows else guess,
        nvme=not low.startswith(_WITHOUT_NVME),
        inherited_login=world.quirks.swas_login_inherited == "allowed",
    )
