"""Elastic Compute Service, ECS 2014-05-26: one method per action.

Facts: https://www.alibabacloud.com/help/en/ecs/developer-reference/ (api-<action>). Sizes are GiB.
Every method raises `ApiError` and `TransportError` as `swaslift.errors` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from swaslift.cloud import faults
from swaslift.cloud.ecs_accounts import EcsAccounts
from swaslift.cloud.ecs_catalogue import EcsCatalogue
from swaslift.cloud.ecs_tags import EcsTags
from swaslift.cloud.parse import Fields, given, id_list, tag_list
from swaslift.errors import ApiError

DRY_RUN_PASSED = "DryRunOperation"


class Ecs(EcsAccounts, EcsCatalogue, EcsTags):
    """The actions of ECS: those that change something; the others are inherited."""

    def copy_image(
        self,
        region_id: str,
        image_id: str,
        *,
        to_region: str,
        name: str,
        description: str | None = None,
        encrypted: bool | None = None,
        kms_key_id: str | None = None,
        tags: Mapping[str, str],
        token: str,
    ) -> str:
        """``CopyImage``: start a copy; returns the new image's id in ``to_region``.

        Charged: the snapshots behind the copy, which survive ``DeleteImage``.
        """
        return self._caller.change_as(
            "ecs",
            "CopyImage",
            region_id,
            given(
                RegionId=region_id,
                ImageId=image_id,
                DestinationRegionId=to_region,
                DestinationImageName=name,
                DestinationDescription=description,
                Encrypted=encrypted,
                KMSKeyId=kms_key_id,
                Tag=tag_list(tags),
            ),
            lambda body: body.needed("ImageId"),
            token=token,
        )

    def dry_run_copy(
        self, region_id: str, image_id: str, *, to_region: str, encrypted: bool | None = None
    ) -> ApiError | None:
        """``CopyImage`` with ``DryRun``: None where it would pass, else why not."""
        request = given(
            RegionId=region_id,
            ImageId=image_id,
            DestinationRegionId=to_region,
            Encrypted=encrypted,
            DryRun=True,
        )
        return _refusal(lambda: self._caller.read("ecs", "CopyImage", region_id, request))

    def cancel_copy_image(self, region_id: str, image_id: str) -> None:
        """``CancelCopyImage`` of an unfinished copy, in its own region; it is deleted then."""
        self._caller.change("ecs", "CancelCopyImage", region_id, given(RegionId=region_id, ImageId=image_id))

    def create_image(
        self,
        region_id: str,
        name: str,
        *,
        instance_id: str | None = None,
        snapshot_id: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str],
        token: str,
    ) -> str:
        """``CreateImage`` from an instance, or from the snapshot of a system disk."""
        return self._caller.change_as(
            "ecs",
            "CreateImage",
            region_id,
            given(
                RegionId=region_id,
                InstanceId=instance_id,
                SnapshotId=snapshot_id,
                ImageName=name,
                Description=description,
                Tag=tag_list(tags),
            ),
            lambda body: body.needed("ImageId"),
            token=token,
        )

    def delete_image(self, region_id: str, image_id: str, *, force: bool = False) -> None:
        """``DeleteImage``: the image's snapshots stay, and stay billed."""
        self._caller.change(
            "ecs", "DeleteImage", region_id, given(RegionId=region_id, ImageId=image_id, Force=force)
        )

    def modify_image_attribute(
        self,
        region_id: str,
        image_id: str,
        *,
        nvme_support: str | None = None,
        boot_mode: str | None = None,
    ) -> None:
        """``ModifyImageAttribute`` of an own image: what it says of itself; what is left out stays."""
        self._caller.change(
            "ecs",
            "ModifyImageAttribute",
            region_id,
            given(
                RegionId=region_id,
                ImageId=image_id,
                BootMode=boot_mode,
                Features=given(NvmeSupport=nvme_support) or None,
            ),
        )

    def run_instances(self, region_id: str, request: Mapping[str, Any], *, token: str) -> tuple[str, ...]:
        """``RunInstances`` from a request as the API names it; returns the ids, of 1 to 100 instances.

        With ``MinAmount`` they can be fewer than ``Amount``, where the stock is short.
        """
        return self._caller.change_as(
            "ecs",
            "RunInstances",
            region_id,
            dict(request),
            lambda body: body.ids("InstanceIdSets", "InstanceIdSet"),
            token=token,
        )

    def dry_run_instances(self, region_id: str, request: Mapping[str, Any]) -> ApiError | None:
        """``RunInstances`` with ``DryRun``: None where it would pass, else why not."""
        request = {**request, "DryRun": True}
        return _refusal(lambda: self._caller.read("ecs", "RunInstances", region_id, request))

    def start_instance(self, region_id: str, instance_id: str) -> None:
        """``StartInstance``."""
        self._caller.change("ecs", "StartInstance", region_id, given(InstanceId=instance_id))

    def stop_instance(self, region_id: str, instance_id: str, *, economical: bool = False) -> None:
        """``StopInstance`` with ``StoppedMode=KeepCharging``, so that it can be started again.

        In economical mode (``StopCharging``) its resources and its public address are given back.
        """
        mode = "StopCharging" if economical else "KeepCharging"
        self._caller.change("ecs", "StopInstance", region_id, given(InstanceId=instance_id, StoppedMode=mode))

    def reboot_instance(self, region_id: str, instance_id: str) -> None:
        """``RebootInstance`` of a Running instance; it is Starting, then Running."""
        self._caller.change("ecs", "RebootInstance", region_id, given(InstanceId=instance_id))

    def delete_instance(self, region_id: str, instance_id: str) -> None:
        """``DeleteInstance`` with ``Force``: releases a pay-as-you-go instance, running or not."""
        self._caller.change("ecs", "DeleteInstance", region_id, given(InstanceId=instance_id, Force=True))

    def replace_system_disk(
        self,
        region_id: str,
        instance_id: str,
        image_id: str,
        *,
        size: int | None = None,
        password: str | None = None,
        key_pair: str | None = None,
        token: str,
    ) -> str:
        """``ReplaceSystemDisk`` of a Stopped instance; returns the new disk's id.

        The old disk is released with its data. There is no dry run.
        """
        return self._caller.change_as(
            "ecs",
            "ReplaceSystemDisk",
            region_id,
            given(
                InstanceId=instance_id,
                ImageId=image_id,
                SystemDisk=given(Size=size) or None,
                Password=password,
                KeyPairName=key_pair,
            ),
            lambda body: body.needed("DiskId"),
            token=token,
        )

    def create_snapshot(
        self, region_id: str, disk_id: str, name: str, *, tags: Mapping[str, str], token: str
    ) -> str:
        """``CreateSnapshot`` of a cloud disk; returns its id. Charged by size and time."""
        return self._caller.change_as(
            "ecs",
            "CreateSnapshot",
            region_id,
            given(DiskId=disk_id, SnapshotName=name, Tag=tag_list(tags)),
            lambda body: body.needed("SnapshotId"),
            token=token,
        )

    def delete_snapshot(self, region_id: str, snapshot_id: str) -> None:
        """``DeleteSnapshot``; an unknown one is ignored by the service."""
        self._caller.change("ecs", "DeleteSnapshot", region_id, given(SnapshotId=snapshot_id, Force=False))

    def attach_key_pair(self, region_id: str, instance_id: str, key_pair: str) -> None:
        """``AttachKeyPair``: takes effect when the instance starts; switches password login off."""
        self._caller.change_as(
            "ecs",
            "AttachKeyPair",
            region_id,
            given(RegionId=region_id, KeyPairName=key_pair, InstanceIds=id_list([instance_id])),
            _attached,
        )


def _attached(body: Fields) -> None:
    for result in body.items("Results", "Result"):
        if not result.flag("Success"):
            raise faults.ErrorBody(
                result.text("Code", "Failed"),
                f"the answer was 200, but the key pair was not attached: {result.text('Message')}",
                body.text("RequestId"),
            )


def _refusal(dry_run: Callable[[], object]) -> ApiError | None:
    """Why a dry run was refused; it changes nothing, so it may be repeated like a read.

    A pass is reported as an error with code ``DryRunOperation``, with status 400; only the code counts.
    """
    try:
        dry_run()
    except ApiError as error:
        return None if error.code == DRY_RUN_PASSED else error
    return None
