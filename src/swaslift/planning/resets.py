"""Whether a server can be installed anew from an image, and what is lost by that.

Rests on https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-resetsystem
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import ConfigError, InvalidArgument
from swaslift.models import CustomImage, ImageStatus, Server, StockImage
from swaslift.planning.custom_images import check_available, check_own, find_custom_image, matching
from swaslift.planning.landing import in_mainland, password_problem
from swaslift.secret import Secret
from swaslift.wording import meant

WINDOWS_NEEDS = 40
"""GiB that the system disk of a Windows server has to exceed, for a new server; of a reset nothing is said."""
_BUSY = frozenset({"Pending", "Starting", "Resetting"})


class ServerImage(BaseModel):
    """What a server is installed from.

    Attributes:
        custom: the record of a custom image, own or received; None for one of the service's.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    name: str
    os_type: str
    custom: CustomImage | None = None

    @property
    def data_disk_size(self) -> int:
        """GiB of the data disk that it holds; 0 for none."""
        return self.custom.data_disk_size if self.custom else 0


def find_server_image(cloud: Cloud, image: CustomImage | StockImage | str, region_id: str) -> ServerImage:
    """An image for a server of a region: custom or the service's own, by record, id or unique name.

    Raises:
        InvalidArgument: there is none, or several of that name, or it is in another region.
    """
    if isinstance(image, CustomImage | StockImage) and image.region_id != region_id:
        raise InvalidArgument(
            "image",
            image.id,
            f"it is in {image.region_id}, and the server in {region_id}",
            f'Copy it first: copy_to_region(image, "{region_id}", product="swas")'
            if isinstance(image, CustomImage)
            else f"Give its id, and it is looked up in {region_id}",
        )
    if isinstance(image, CustomImage):
        return _of_custom(find_custom_image(cloud, image, region_id))
    key = image.id if isinstance(image, StockImage) else image
    if not isinstance(key, str) or not key:
        raise InvalidArgument("image", image, "not an image", "Give its id, its name, or a record of it")
    custom = matching(key, cloud.swas.list_custom_images(region_id))
    stock = cloud.swas.list_images(region_id)
    found = [
        *map(_of_custom, custom),
        *(ServerImage(id=i.id, name=i.name, os_type=i.os_type) for i in stock if key in {i.id, i.name}),
    ]
    # An id belongs to one image, whatever others are called.
    found = [i for i in found if i.id == key] or found
    if not found:
        mine = list(cloud.swas.list_custom_images(region_id))
        own = ", ".join(f"{i.name} ({i.id})" for i in mine[:8]) or "none"
        there = ", ".join(i.id for i in stock[:8])
        raise InvalidArgument(
            "image",
            key,
            f"no such image in {region_id}",
            meant(
                key,
                [*(text for i in mine for text in (i.name, i.id)), *(i.id for i in stock)],
                f"Custom images there: {own}. Images of the service: {there}",
            ),
        )
    if len(found) > 1:
        ids = ", ".join(i.id for i in found)
        raise InvalidArgument("image", key, f"{len(found)} images have this name", f"Give an id: {ids}")
    return found[0]


def _of_custom(image: CustomImage) -> ServerImage:
    return ServerImage(id=image.id, name=image.name, os_type=image.os_type, custom=image)


def check_server(cloud: Cloud, server: Server) -> list[Check]:
    """Whether a server can be reset as it is now, and what goes on with it meanwhile."""
    field, name = "server", server.name
    if not any(d.kind == "system" for d in server.disks):
        return [Check(field, name, "the service lists no system disk for it", "Look at it in the console")]
    if server.business_status != "Normal":
        problem = f"its business status is {server.business_status}"
        return [Check(field, name, problem, "Renew it, or settle what the account owes")]
    if server.status == "Disabled":
        return [Check(field, name, f"it is disabled ({server.disable_reason})", "Lift the lock first")]
    if server.status not in {"Running", "Stopped"}:
        return [Check(field, name, f"it is {server.status}", "Wait until it is Running or Stopped")]
    return [*_check_origin(cloud, server), *_check_uses(cloud, server)]


def _check_origin(cloud: Cloud, server: Server) -> list[Check]:
    """A server that was made from an image with a data disk takes no reset at all."""
    if not server.data_disks:
        return []
    made_from = next(iter(matching(server.image_id, cloud.swas.list_custom_images(server.region_id))), None)
    if made_from is not None and (made_from.data_disk_size or made_from.data_snapshot_id):
        problem = (
            f"it was made from the image {made_from.name}, which holds a data disk, and such a server "
            "cannot be reset"
        )
        return [Check("server", server.name, problem, "Build a new server from the image instead")]
    if made_from is None and all(i.id != server.image_id for i in cloud.swas.list_images(server.region_id)):
        problem = (
            f"the image {server.image_id} that it was made from is not listed any more; if it held a data disk, the "
            "service refuses the reset, and the run pauses before anything is erased"
        )
        return [warning("server", server.name, problem)]
    return []


def _check_uses(cloud: Cloud, server: Server) -> list[Check]:
    """What is being made of the server: the service says not to reset it meanwhile."""
    checks = []
    servers = list(cloud.swas.list_instances(server.region_id))
    for image in cloud.swas.list_custom_images(server.region_id):
        if image.server_id != server.id or image.received:
            continue
        if image.status in {ImageStatus.CREATING, ImageStatus.COPYING}:
            problem = f"the image {image.name} ({image.id}) is being made of it"
            checks.append(Check("server", server.name, problem, "Wait until the image is available"))
        for made in servers:
            if made.image_id == image.id and made.status in _BUSY and made.id != server.id:
                problem = f"the server {made.name} ({made.id}) is being made from its image {image.name}"
                checks.append(Check("server", server.name, problem, "Wait until that server is Running"))
    return checks


def check_snapshots(cloud: Cloud, server: Server, own: set[str]) -> list[Check]:
    """What becomes of a server's snapshots; ``own``: those that the run itself has made."""
    disks = {d.id for d in server.disks}
    there = [s for s in cloud.swas.list_snapshots(server.region_id) if s.disk_id in disks and s.id not in own]
    running = [s for s in there if s.status == "Progressing"]
    if running:
        problem = f"snapshot {running[0].id} of it is in progress"
        return [Check("server", server.name, problem, "Wait until it is done")]
    if not there:
        return []
    ids = ", ".join(s.id for s in there)
    problem = f"its snapshots ({ids}) stay, but its disks can then no longer be rolled back to them"
    return [warning("server", server.name, problem, "Make an image of what you may need: capture_image")]


def check_image(server: Server, image: ServerImage) -> list[Check]:
    """Whether an image fits a server."""
    checks, custom = [], image.custom
    if custom is not None:
        checks += check_own(custom)
        checks += check_available(custom) if not custom.foreseen else []
        if custom.server_id == server.id:
            problem = "it was made of this very server, and the service refuses such an image"
            remedy = (
                "Build another server from it; or roll a disk back to a snapshot taken since the last reset"
            )
            checks.append(Check("image", image.id, problem, remedy))
        size = server.system_disk.size
        if custom.system_disk_size > size:
            problem = (
                f"its system disk has {custom.system_disk_size} GiB, that of {server.name} only {size} GiB"
            )
            checks.append(Check("image", image.id, problem, "Upgrade the server first, or use another image"))
        data = max((d.size for d in server.data_disks), default=0)
        if image.data_disk_size > data:
            has = f"a data disk of {data} GiB" if data else "no data disk"
            problem = (
                f"it holds a data disk of {image.data_disk_size} GiB, and the server {server.name} has {has}"
            )
            checks.append(Check("image", image.id, problem, "Use an image of a system disk alone"))
    return checks + _check_platform(server, image)


def _check_platform(server: Server, image: ServerImage) -> list[Check]:
    checks = []
    if server.os_type and image.os_type and server.os_type.lower() != image.os_type.lower():
        problem = f"the server runs {server.os_type}, the image {image.os_type}"
        if in_mainland(server.region_id):
            checks.append(warning("image", image.id, problem))
        else:
            problem += "; outside the Chinese mainland a reset cannot change between them"
            checks.append(Check("image", image.id, problem, f"Use an image of {server.os_type}"))
    size = server.system_disk.size
    if image.os_type.lower() == "windows" and size <= WINDOWS_NEEDS:
        problem = (
            f"a new Windows server needs a system disk above {WINDOWS_NEEDS} GiB, and this one has {size}; the service "
            "may refuse, and then the run pauses before anything is erased"
        )
        checks.append(warning("image", image.id, problem))
    return checks


def check_login(
    cloud: Cloud, image: ServerImage, region_id: str, key_pair: str | None, password: Secret | None
) -> list[Check]:
    """Whether the server can be logged in to as wished."""
    checks, windows = [], image.os_type.lower() == "windows"
    if key_pair is not None and windows:
        checks.append(
            Check("key_pair", key_pair, "Windows takes no key pair", "Give password=Secret.env(...)")
        )
    elif key_pair is not None and not any(cloud.swas.list_key_pairs(region_id, name=key_pair)):
        names = [k.name for k in cloud.swas.list_key_pairs(region_id)]
        there = ", ".join(names) or "none; import one first"
        problem = f"SWAS has no such key pair in {region_id}"
        checks.append(
            Check("key_pair", key_pair, problem, meant(key_pair, names, f"Key pairs there: {there}"))
        )
    if password is not None:
        try:
            wrong = password_problem(password.resolve(), windows=windows)
        except ConfigError as error:
            wrong = str(error)
        if wrong:
            checks.append(Check("password", password.reference, wrong, "Set a password that fits"))
    return checks
