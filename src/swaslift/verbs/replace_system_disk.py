"""``lift.replace_system_disk``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.replace import Replaced, arguments_of, prepare
from swaslift.lifecycle.spec import Verify
from swaslift.models import CustomImage, EcsImage, EcsInstance
from swaslift.planning.arguments import check_choice
from swaslift.planning.ecs_images import find_ecs_image
from swaslift.planning.ecs_instances import find_instance
from swaslift.planning.names import stem
from swaslift.planning.preparation import Request
from swaslift.secret import Secret
from swaslift.targets import ReplaceSystemDisk


def replace_system_disk(
    _cloud: Cloud,
    instance: EcsInstance | str,
    ecs_image: EcsImage | CustomImage | str,
    *,
    region: str | None = None,
    size: int | None = None,
    key_pair: str | None = None,
    password: Secret | None = None,
    backup: bool = True,
    verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[Replaced]:
    """Put a new system disk, made from an ECS image, into an existing ECS instance.

    **The data of the old system disk is lost**, save for its backup. The instance is stopped (it stays
    charged), the old disk is backed up by a snapshot, replaced, the key pair is attached again, and the
    instance is started. Its data disks, addresses and security groups stay. An undo brings the old system
    back on a new disk, through an image made from the backup; without a backup there is none, and where
    somebody has put in another disk since, it is left.

    Right before the replacement the instance is looked at once more. Where somebody has started it since the
    backup, the run pauses, and a resume stops it and takes the backup anew, in place of the old one.

    Sizes are GiB. API actions that change something: StopInstance, CreateSnapshot, ReplaceSystemDisk,
    AttachKeyPair, StartInstance; DeleteSnapshot for what failed or is taken anew. Rests on
    https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-replacesystemdisk

    Args:
        instance: an `EcsInstance`, an id, or a unique name.
        ecs_image: an `EcsImage`, an id, or a unique name, in the instance's region: an own image, one
            that is shared with the account, or one of the system. It must hold no data disk. A
            `CustomImage` of SWAS has to be shared or copied first.
        region: the instance's region; by default that of the record, and else the client's.
        size: GiB of the new system disk, not below the old one nor the image; by default the larger of
            the two.
        key_pair: the key pair to attach afterwards; by default the one that was attached.
        password: a reference to a new password.
        backup: take a snapshot of the old system disk first.
        verify: wait until the Cloud Assistant agent answers, or until the instance is Running.
        consent: leave to erase the old system disk (`Consent.erase` of the instance), and to spend where
            the new one is larger.
        run_id: an id for the run; by default one derived from account, verb and instance.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    check_choice("verify", verify, get_args(Verify))
    found = find_instance(_cloud, instance, region)
    how = ReplaceSystemDisk(
        found.id, region=found.region_id, size=size, key_pair=key_pair, password=password, backup=backup
    )
    image = find_ecs_image(_cloud, ecs_image, found.region_id)
    return Request(
        title=f"Replace the system disk of {found.name} ({found.id}) by one from the image {image.name}",
        source=found.id,
        name=found.name or found.id,
        arguments={
            "instance": found.id,
            "region": found.region_id,
            "image": image.id,
            **arguments_of(how),
            "verify": verify,
        },
        prepare=lambda _run_id: prepare(_cloud, how, image, base=stem(found.name or found.id), verify=verify),
        consent=consent,
        run_id=run_id,
        again=again,
    )
