"""Launching and replacing as parts of a chain, where the image is not there yet when it is planned."""

from __future__ import annotations

import pytest

from swaslift import Client, Consent, Disk, NewInstance, Script
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from swaslift.lifecycle.launch import Launched
from swaslift.lifecycle.replace import Replaced
from tests.proof import assert_only_announced, assert_report_tells_all, everything, new_ids
from tests.support import new_instance

BASE, WEB, SGP = "m-emulator-base-hz", "i-emulator-web-old", "i-emulator-sgp"
ABROAD = "ap-southeast-1"


def abroad(**changes: object) -> NewInstance:
    return new_instance(
        region=ABROAD,
        vswitch_id="vsw-emulator-sgp-a",
        security_group_id="sg-emulator-sgp-web",
        system_disk=Disk("cloud_essd", size=40),
        **changes,
    )


def test_an_image_is_copied_and_launched_there(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def spread(target: NewInstance, count: int) -> Script[Launched]:
        copy = yield from lift.copy_to_region.part(BASE, ABROAD, name="abroad")
        launched: Launched = yield from lift.launch_instances.part(copy, target, count)
        return launched

    before = everything(cloud)
    plan = spread.plan(abroad(), 2)
    assert not plan.blockers
    assert plan.cost
    assert not cloud.log.attempted_writes()
    done = plan.apply(consent=plan.consents)
    assert [(i.region_id, i.status) for i in done.instances] == [(ABROAD, "Running")] * 2
    assert_only_announced(cloud, plan.writes)
    assert_report_tells_all(before, everything(cloud), lift.runs.get(plan.run_id).report)
    undo = lift.runs.get(plan.run_id).undo
    assert undo(consent=undo.plan().consents).left == ()
    cloud.clock.advance(120)
    assert new_ids(before, everything(cloud)) == set()


def test_what_stands_against_a_target_is_told_before_the_copy(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def spread(target: NewInstance) -> Script[Launched]:
        copy = yield from lift.copy_to_region.part(BASE, ABROAD, name="abroad")
        launched: Launched = yield from lift.launch_instances.part(copy, target)
        return launched

    with pytest.raises(PreflightError, match="Key pairs there"):
        spread(abroad(key_pair="none"), consent=[Consent.charges(max_monthly=9_999)])
    with pytest.raises(InvalidArgument, match="is to be used in cn-hangzhou"):
        spread.plan(new_instance(region="cn-hangzhou"))
    assert not cloud.log.attempted_writes()


def test_an_image_is_copied_and_replaces_a_system_there(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def renew(instance: str) -> Script[Replaced]:
        copy = yield from lift.copy_to_region.part(BASE, ABROAD, name="abroad")
        replaced: Replaced = yield from lift.replace_system_disk.part(instance, copy, region=ABROAD)
        return replaced

    plan = renew.plan(SGP)
    assert plan.consents == (Consent.erase(SGP),)
    done = plan.apply(consent=plan.consents)
    assert (done.instance.id, done.instance.status) == (SGP, "Running")
    assert done.disk.image_id == done.image.id
    assert_only_announced(cloud, plan.writes)
