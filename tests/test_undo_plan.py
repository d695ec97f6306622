"""The plan of an undo: what will be done for each step, and what stays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Consent, NewFirewallRule, ReplaceSystemDisk
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.run import UndoPlan
from tests.images.conftest import make_image
from tests.proof import everything, new_ids
from tests.support import OTHER_ACCOUNT, client_of, new_instance

WEB, OLD, BASE = "i-emulator-web-old", "d-emulator-web-old", "m-emulator-base-hz"
LEAVE = Consent.erase(WEB)
IMAGE_GOES = r"delete the ECS image m-\w+ in cn-hangzhou and the snapshots behind it; .* uses stays"
REMOVED = [
    r"nothing to do: share the image m-\w+ with ECS \(SWAS custom image m-\w+ is deleted\)",
    r"nothing to do: custom image of the server shop \(the run has removed it\)",
    r"nothing to do: snapshot of the system disk d-\w+ \(the run has removed it\)",
]
UNSHARED = r"nothing to do: stop sharing the image m-\w+ with ECS \(SWAS custom image m-\w+ is deleted\)"
LINES: dict[str, tuple[Any, dict[str, Any], list[str], list[str]]] = {
    "all but the instance and its image is gone": (
        new_instance(),
        {},
        [UNSHARED, r"release the ECS instance i-\w+", IMAGE_GOES, *REMOVED],
        ["DeleteInstance", "DeleteImage", "DeleteSnapshot"],
    ),
    "everything was kept": (
        new_instance(),
        {"keep": ["share"]},
        [
            r"release the ECS instance i-\w+",
            IMAGE_GOES,
            r"stop sharing the image m-\w+ with ECS",
            r"delete the SWAS image m-\w+",
            r"delete the SWAS snapshot s-\w+, unless another image was made from it",
        ],
        [
            "DeleteInstance",
            "DeleteImage",
            "DeleteSnapshot",
            "ModifyImageShareStatus",
            "DeleteCustomImage",
            "DeleteSnapshot",
        ],
    ),
    "a replaced disk": (
        ReplaceSystemDisk(WEB),
        {},
        [
            UNSHARED,
            rf"nothing to do: start the instance {WEB} \(it ran before\)",
            f"nothing to do: attach the key pair ops to {WEB}",
            rf"stop {WEB}, and replace its system disk once more, by one of 40 GiB from the backup s-\w+; .* stays",
            r"stays: the backup s-\w+, which the old system can be restored from",
            f"start the instance {WEB} again",
            IMAGE_GOES,
            *REMOVED,
        ],
        [
            "CreateImage",
            "StopInstance",
            "ReplaceSystemDisk",
            "AttachKeyPair",
            "StartInstance",
            "DeleteImage",
            "DeleteSnapshot",
        ],
    ),
    "a replaced disk without a backup": (
        ReplaceSystemDisk("i-emulator-idle", backup=False),
        {},
        [
            UNSHARED,
            "stop the instance i-emulator-idle again",
            "nothing to do: attach the key pair ops to i-emulator-idle",
            "stays: the old system disk d-emulator-idle is gone and was not backed up",
            r"nothing to do: stop the instance i-emulator-idle .* \(it was Stopped before\)",
            IMAGE_GOES,
            *REMOVED,
        ],
        ["StopInstance"],
    ),
    "a subscription that runs from the shared image": (
        new_instance(billing="PrePaid"),
        {"own_image": False},
        [
            r"stays: ECS instance i-\w+ is a subscription and cannot be released .*",
            r"stays: share the image m-\w+ with ECS; a disk that stays was made from the shared image",
            r"stays: custom image of the server shop; a disk that stays .*",
            r"stays: snapshot of the system disk d-\w+; a disk that stays .*",
        ],
        [],
    ),
}
"""A target, what is asked for besides, the lines of the plan, and the changes that the undo makes."""


def assert_lines(undo: UndoPlan, patterns: list[str]) -> None:
    assert len(undo.steps) == len(patterns), undo
    for line, pattern in zip(undo.steps, patterns, strict=True):
        assert re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}"


@pytest.mark.parametrize("case", LINES)
def test_each_step_has_a_line_of_what_becomes_of_it(cloud: Emulator, lift: Client, case: str) -> None:
    target, more, lines, changes = LINES[case]
    plan = lift.migrate_to_ecs.plan("shop", target, **more)
    done = plan.apply(consent=plan.consents)
    undo = done.run.undo.plan()
    assert_lines(undo, lines)
    cloud.log.clear()
    done.run.undo(consent=undo.consents)
    assert [c.action for c in cloud.log.writes()] == changes


def test_a_call_without_an_answer_is_told_with_an_if(cloud: Emulator, lift: Client) -> None:
    cloud.faults.cut("CreateCustomImage", 50)
    with pytest.raises(RunPaused):
        lift.capture_image("shop", "golden", run_id="night")
    assert_lines(
        lift.runs.get("night").undo.plan(),
        [
            r"if its call, which got no answer, came through: delete the SWAS image <image of shop>",
            r"delete the SWAS snapshot s-\w+, unless another image was made from it",
        ],
    )


def test_a_share_that_was_there_before_stays(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    lift.share_to_ecs(image, run_id="first")
    lift.share_to_ecs(image, run_id="second")
    lift.unshare_from_ecs(image, run_id="third")
    lift.share_with_account(image, OTHER_ACCOUNT, run_id="fourth")
    found = {run: lift.runs.get(run).undo.plan().steps for run in ("first", "second", "third", "fourth")}
    assert found == {
        "first": (f"stop sharing the image {image.id} with ECS",),
        "second": (f"stays: the image {image.id} is shared with ECS, as it was before",),
        "third": (f"share the image {image.id} with ECS again",),
        "fourth": (f"stop sharing the image {image.id} with account {OTHER_ACCOUNT}",),
    }


def test_what_is_undone_is_not_listed_again(cloud: Emulator, lift: Client) -> None:
    lift.share_to_ecs(make_image(cloud, lift, "golden"), run_id="first")
    undo = lift.runs.get("first").undo
    assert not undo.plan().undone
    undo()
    plan = undo.plan()
    assert (plan.undone, plan.steps, plan.consents) == (True, (), ())
    for page in (str(plan), plan._repr_html_()):
        assert "the run is undone already" in page
        assert "stop sharing" not in page


def test_what_was_deleted_does_not_come_back(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    lift.share_to_ecs(image)
    lift.delete_image(image, unshare=True, consent=[Consent.erase(image.id)], run_id="gone")
    assert lift.runs.get("gone").undo.plan().steps == (
        f"stays: SWAS custom image {image.id} is deleted and does not come back",
        f"nothing to do: stop sharing the image {image.id} with ECS (SWAS custom image {image.id} is deleted)",
    )


def test_the_backup_of_a_disk_that_was_not_replaced_goes(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    assert_lines(
        undo.plan(),
        [rf"delete the backup s-\w+: the disk {OLD} was not replaced", f"start the instance {WEB} again"],
    )
    assert undo().left == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_a_backup_that_is_still_being_made_is_waited_for(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail("DescribeSnapshots", 403, "Forbidden.RAM", after=1)
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    cloud.faults.clear()
    assert lift.runs.get("night").undo().left == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_the_backup_stays_where_a_replacement_got_no_answer(cloud: Emulator, lift: Client) -> None:
    cloud.faults.cut("ReplaceSystemDisk", 50)
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    assert_lines(
        undo.plan(),
        [
            rf"if its call, which got no answer, came through: stop {WEB}, and replace its system disk once more, .*",
            r"stays: the backup s-\w+, which the old system can be restored from",
            f"start the instance {WEB} again",
        ],
    )
    (line,) = undo(consent=[LEAVE]).left
    assert re.fullmatch(r"the backup ECS snapshot s-\w+ is kept: .*", line)


def test_the_backup_stays_where_a_run_of_a_lost_journal_replaced_the_disk(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    cloud.faults.fail("StartInstance", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    cloud.log.clear()
    cloud.faults.fail("DescribeSnapshots", 403, "Forbidden.RAM", after=1)
    with client_of(cloud, journal=tmp_path / "another.db") as later:
        with pytest.raises(RunPaused):
            later.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
        assert cloud.log.attempted_writes() == [], "stopped and backed up it is already"
        cloud.faults.clear()
        (line,) = later.runs.get("night").undo().left
    assert re.fullmatch(r"the backup ECS snapshot s-\w+ is kept: .*", line)
    snapshots = lift.cloud.ecs.describe_snapshots("cn-hangzhou")
    assert [s.disk_id for s in snapshots if s.disk_id == OLD] == [OLD]


def test_a_reset_server_keeps_its_snapshots_and_is_stopped_again(cloud: Emulator, lift: Client) -> None:
    shop = lift.servers.get("shop")
    leave = Consent.erase(shop.id)
    reset = lift.reset_server(shop, "img-debian-12", consent=[leave], run_id="night")
    (held,) = [s.id for s in reset.snapshots]
    gone = rf"stays: the old system of the server {shop.id} does not come back on it; {held} holds it"
    assert_lines(
        lift.runs.get("night").undo.plan(),
        [
            gone,
            f"stays: {held}, which holds what the run destroyed",
            rf"start the server {shop.id}, unless it runs again",
        ],
    )
    cloud.log.clear()
    lift.runs.get("night").undo()
    assert cloud.log.attempted_writes() == []


def test_servers_that_were_bought_stay_and_their_ports_are_closed(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    plan = lift.scale_out.plan(image, 1, "swas.s.c2m2s50b3", firewall_rules=[NewFirewallRule("8080")])
    (server,) = plan.apply(consent=plan.consents).ready
    assert_lines(
        lift.runs.get(plan.run_id).undo.plan(),
        [
            rf"remove the firewall rules \w+ of the server {server.id}",
            rf"stays: the tags of {server.id}",
            rf"stays: {server.id}; a server that was bought cannot be given back",
        ],
    )
