"""What is recorded: one scenario a verb, and one for what mainly stops it.

A further one is a line at the end of `SCENARIOS`: the verb, its arguments, what has to be there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swaslift import Client, Disk, NewInstance
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, PreflightError, RunPaused, SwasliftError
from tests.images.conftest import make_image
from tests.support import KEY_PAIR, SECURITY_GROUP, VSWITCH

Stage = Mapping[str, str]
"""Names and ids that the scenarios use; a live recording brings its own (see `tests.cassettes.live`)."""

EMULATED: Stage = {
    "server": "wiki",
    "image": "golden",
    "instance_type": "ecs.g7.large",
    "disk_category": "cloud_essd",
    "vswitch_id": VSWITCH,
    "security_group_id": SECURITY_GROUP,
    "key_pair": KEY_PAIR,
}


def target(stage: Stage) -> NewInstance:
    """A new instance on the stage."""
    return NewInstance(
        instance_type=stage["instance_type"],
        vswitch_id=stage["vswitch_id"],
        security_group_id=stage["security_group_id"],
        system_disk=Disk(stage["disk_category"]),
        key_pair=stage["key_pair"],
    )


def _nothing(_cloud: Emulator, _lift: Client) -> None:
    """Nothing has to be there."""


@dataclass(frozen=True)
class Scenario:
    """One cassette.

    Attributes:
        verb: the verb that is called.
        about: what happens, in one line.
        arguments: its arguments, by name.
        before: what the emulator holds or does wrong before; not recorded.
        fails: what it ends in; then no consent is given, and only the emulator can be recorded.
        needs: what a live account must hold before, for people; the cost is what its plan says.
    """

    verb: str
    about: str
    arguments: Callable[[Stage], dict[str, Any]]
    before: Callable[[Emulator, Client], None] = _nothing
    fails: type[SwasliftError] | None = None
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
            return error
        raise AssertionError(f"{self.verb} was to end in {self.fails.__name__}")


def _golden(cloud: Emulator, lift: Client) -> None:
    make_image(cloud, lift, EMULATED["image"])


def _shared(cloud: Emulator, lift: Client) -> None:
    _golden(cloud, lift)
    lift.share_to_ecs(EMULATED["image"])
    cloud.clock.advance(60)


def _in_use(cloud: Emulator, lift: Client) -> None:
    _golden(cloud, lift)
    seen = lift.share_to_ecs(EMULATED["image"])
    request = {
        "RegionId": "cn-hangzhou",
        "ImageId": seen.id,
        "InstanceType": EMULATED["instance_type"],
        "VSwitchId": VSWITCH,
        "SecurityGroupId": SECURITY_GROUP,
        "InstanceName": "from-the-share",
        "SystemDisk": {"Category": "cloud_essd", "Size": "60"},
        "KeyPairName": KEY_PAIR,
        "Amount": 1,
    }
    lift.cloud.ecs.run_instances("cn-hangzhou", request, token="run")
    cloud.clock.advance(60)


def _not_allowed_to_share(cloud: Emulator, lift: Client) -> None:
    _golden(cloud, lift)
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")


def _sold_out(cloud: Emulator, _lift: Client) -> None:
    cloud.faults.no_stock(EMULATED["instance_type"])


def _image(stage: Stage) -> dict[str, Any]:
    return {"image": stage["image"]}


def _migration(stage: Stage) -> dict[str, Any]:
    return {"server": stage["server"], "target": target(stage)}


SCENARIOS: dict[str, Scenario] = {
    "share_to_ecs": Scenario(
        "share_to_ecs",
        "an image is shared with ECS and found there",
        _image,
        _golden,
        needs="the image, not shared",
    ),
    "share_to_ecs.forbidden": Scenario(
        "share_to_ecs", "the account may not share: the run pauses", _image, _not_allowed_to_share, RunPaused
    ),
    "unshare_from_ecs": Scenario(
        "unshare_from_ecs",
        "an image is no longer shared with ECS",
        _image,
        _shared,
        needs="the image, shared",
    ),
    "unshare_from_ecs.in_use": Scenario(
        "unshare_from_ecs",
        "an instance was made from the share: leave is wanted",
        _image,
        _in_use,
        ConsentRequired,
    ),
    "migrate_to_ecs": Scenario(
        "migrate_to_ecs", "a server moves to a new instance", _migration, needs="the server, running"
    ),
    "migrate_to_ecs.sold_out": Scenario(
        "migrate_to_ecs", "the instance type is sold out: refused", _migration, _sold_out, PreflightError
    ),
}
