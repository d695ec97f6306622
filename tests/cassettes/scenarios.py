"""What is recorded: one scenario a verb, and one for what mainly stops it.

A further one is an entry of `SCENARIOS`: the verb, its arguments, what has to be there before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from swaslift import Client, Disk, NewInstance
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, PreflightError, RunPaused, SwasliftError
from tests.cassettes import arranged
from tests.cassettes.names import Stage


def target(stage: Stage) -> NewInstance:
    """A new instance on the stage."""
    return NewInstance(
        instance_type=stage["instance_type"],
        vswitch_id=stage["vswitch_id"],
        security_group_id=stage["security_group_id"],
        system_disk=Disk(stage["disk_category"]),
        key_pair=stage["key_pair"],
    )


@dataclass(frozen=True)
class Scenario:
    """One cassette.

    Attributes:
        verb: the verb that is called.
        about: what happens, in one line.
        arguments: its arguments, by name.
        before: what the emulator holds or does wrong before; not recorded.
        fails: what it ends in; then only the emulator can be recorded.
        says: what that error says, among other things.
        needs: what a live account must hold before, for people; the cost is what its plan says.
    """

    verb: str
    about: str
    arguments: Callable[[Stage], dict[str, Any]]
    before: Callable[[Emulator, Client], None] = arranged.nothing
    fails: type[SwasliftError] | None = None
    says: str = ""
    needs: str = ""

    def plan(self, lift: Client, stage: Stage) -> Any:
        """What it would do."""
        return getattr(lift, self.verb).plan(**self.arguments(stage), run_id=stage["run_id"])

    def play(self, lift: Client, stage: Stage) -> Any:
        """Do it; its result, or the error that it is meant to end in."""
        if self.fails is None:
            plan = self.plan(lift, stage)
            return plan.apply(consent=plan.consents)
        try:
            consents = [] if self.fails is ConsentRequired else self.plan(lift, stage).consents
            getattr(lift, self.verb)(**self.arguments(stage), run_id=stage["run_id"], consent=consents)
        except self.fails as error:
            if self.says not in str(error):
                raise AssertionError(f"{self.verb} was to say {self.says!r}, and said: {error}") from error
            return error
        raise AssertionError(f"{self.verb} was to end in {self.fails.__name__}")


def _image(stage: Stage) -> dict[str, Any]:
    return {"image": stage["image"]}


def _migration(stage: Stage) -> dict[str, Any]:
    return {"server": stage["server"], "target": target(stage)}


def _capture(stage: Stage) -> dict[str, Any]:
    return {"server": stage["server"], "data_disks": "leave"}


def _deletion(stage: Stage) -> dict[str, Any]:
    return {"image": stage["spare_image"]}


def _account(stage: Stage) -> dict[str, Any]:
    return {"image": stage["image"], "account_id": stage["other_account"]}


def _copy(stage: Stage) -> dict[str, Any]:
    return {"image": stage["image"], "region": stage["to_region"]}


def _copy_of_a_name(stage: Stage) -> dict[str, Any]:
    return {**_copy(stage), "name": arranged.TAKEN}


def _launch(stage: Stage) -> dict[str, Any]:
    return {"ecs_image": stage["ecs_image"], "target": target(stage)}


def _replacement(stage: Stage) -> dict[str, Any]:
    return {"instance": stage["spare_instance"], "ecs_image": stage["ecs_image"]}


def _purchase(stage: Stage) -> dict[str, Any]:
    return {"image": stage["image"], "count": 1, "server_plan": stage["server_plan"]}


def _reset(stage: Stage) -> dict[str, Any]:
    return {"server": stage["spare_server"], "image": stage["stock_image"]}


def _handing_over(stage: Stage) -> dict[str, Any]:
    return {"ecs_image": stage["ecs_image"], "account_id": stage["other_account"]}


def _handing_over_encrypted(stage: Stage) -> dict[str, Any]:
    return {"ecs_image": arranged.TAKEN, "account_id": stage["other_account"]}


SCENARIOS: dict[str, Scenario] = {
    "share_to_ecs": Scenario(
        "share_to_ecs",
        "an image is shared with ECS and found there",
        _image,
        arranged.golden,
        needs="the image, not shared",
    ),
    "share_to_ecs.forbidden": Scenario(
        "share_to_ecs",
        "the account may not share: the run pauses",
        _image,
        arranged.not_allowed_to_share,
        RunPaused,
        says="ModifyImageShareStatus in cn-hangzhou answered 403 Forbidden.RAM",
    ),
    "unshare_from_ecs": Scenario(
        "unshare_from_ecs",
        "an image is no longer shared with ECS",
        _image,
        arranged.shared,
        needs="the image, shared",
    ),
    "unshare_from_ecs.in_use": Scenario(
        "unshare_from_ecs",
        "an instance was made from the share: leave is wanted",
        _image,
        arranged.in_use,
        ConsentRequired,
        says="from-the-share",
    ),
    "migrate_to_ecs": Scenario(
        "migrate_to_ecs", "a server moves to a new instance", _migration, needs="the server, running"
    ),
    "migrate_to_ecs.sold_out": Scenario(
        "migrate_to_ecs",
        "the instance type is sold out: refused",
        _migration,
        arranged.sold_out,
        PreflightError,
        says="it is sold out",
    ),
    "capture_image": Scenario(
        "capture_image",
        "a server's system disk becomes a custom image",
        _capture,
        needs="the server, running",
    ),
    "capture_image.quota_full": Scenario(
        "capture_image",
        "there are as many snapshots as there may be: refused",
        _capture,
        arranged.full_of_snapshots,
        PreflightError,
        says="3 of 3",
    ),
    "delete_image": Scenario(
        "delete_image", "an image is deleted", _deletion, arranged.spare, needs="an image that nobody wants"
    ),
    "delete_image.shared": Scenario(
        "delete_image",
        "the image is shared with ECS: refused",
        _deletion,
        arranged.spare_shared,
        PreflightError,
        says="it is shared with ECS",
    ),
    "share_with_account": Scenario(
        "share_with_account",
        "an image is shared with another account",
        _account,
        arranged.golden,
        needs="the image",
    ),
    "share_with_account.too_many": Scenario(
        "share_with_account",
        "ten accounts have the image, and no more can: refused",
        _account,
        arranged.with_ten_accounts,
        PreflightError,
        says="can be shared with 10 accounts, and is with 10",
    ),
    "unshare_with_account": Scenario(
        "unshare_with_account",
        "an image is withdrawn from another account",
        _account,
        arranged.with_account,
        needs="the image, shared with that account",
    ),
    "unshare_with_account.forbidden": Scenario(
        "unshare_with_account",
        "the account may not withdraw it: the run pauses",
        _account,
        arranged.not_allowed_to_withdraw,
        RunPaused,
        says="RemoveCustomImageShareAccount in cn-hangzhou answered 403 Forbidden.RAM",
    ),
    "copy_to_region": Scenario(
        "copy_to_region",
        "a custom image becomes an ECS image of another region",
        _copy,
        arranged.golden,
        needs="the image",
    ),
    "copy_to_region.name_taken": Scenario(
        "copy_to_region",
        "another image has that name in that region: refused",
        _copy_of_a_name,
        arranged.taken_there,
        PreflightError,
        says="has this name",
    ),
    "launch_instances": Scenario(
        "launch_instances", "an instance is run from an ECS image", _launch, needs="the ECS image"
    ),
    "launch_instances.sold_out": Scenario(
        "launch_instances",
        "the instance type is sold out: refused",
        _launch,
        arranged.sold_out,
        PreflightError,
        says="it is sold out",
    ),
    "replace_system_disk": Scenario(
        "replace_system_disk",
        "an instance gets a system disk of another image",
        _replacement,
        needs="an instance that may be erased, with a key pair; the ECS image",
    ),
    "replace_system_disk.sold_out": Scenario(
        "replace_system_disk",
        "no new disk is to be had: the run pauses behind the backup, the instance stopped",
        _replacement,
        arranged.no_disks,
        RunPaused,
        says="ReplaceSystemDisk in cn-hangzhou answered 403 OperationDenied.DiskNoStock",
    ),
    "scale_out": Scenario(
        "scale_out", "a server is bought, built from an image", _purchase, arranged.golden, needs="the image"
    ),
    "scale_out.sold_out": Scenario(
        "scale_out",
        "the server plan is sold out: the run pauses, and nothing is paid",
        _purchase,
        arranged.no_server_plan,
        RunPaused,
        says="CreateInstances in cn-hangzhou answered 400 NotEnoughStock",
    ),
    "reset_server": Scenario(
        "reset_server",
        "a server is installed anew from an image of the service",
        _reset,
        needs="a server that may be erased",
    ),
    "reset_server.not_supported": Scenario(
        "reset_server",
        "the service does not install the image on it: the run pauses behind the snapshots, the server stopped",
        _reset,
        arranged.image_not_installed,
        RunPaused,
        says="ResetSystem in cn-hangzhou answered 400 InvalidImageId.NotSupport",
    ),
    "hand_over": Scenario(
        "hand_over",
        "an ECS image is shared with another account",
        _handing_over,
        needs="the ECS image, not encrypted",
    ),
    "hand_over.service_key": Scenario(
        "hand_over",
        "the image is encrypted with the service key: refused",
        _handing_over_encrypted,
        arranged.with_the_service_key,
        PreflightError,
        says="encrypted with the service key",
    ),
}
