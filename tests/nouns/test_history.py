"""``lift.images.history``: where an image came from, who has it, what was copied, what blocks what."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Literal

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ApiError, InvalidArgument
from swaslift.lifecycle.copying import ImageCopies
from swaslift.models import CustomImage, EcsImage
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT, client_of, client_of_other, new_instance

FAR = "ap-southeast-1"
BASE = "m-emulator-base-hz"


def launch(lift: Client, image: EcsImage | str) -> str:
    plan = lift.launch_instances.plan(image, new_instance())
    return plan.apply(consent=plan.consents).instances[0].id


def test_an_image_of_a_run(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("shop", "captured", run_id="capture")
    cloud.clock.advance(60)
    before = len(cloud.log.attempted_writes())
    history = lift.images.history("captured")
    assert history.image == lift.images.get(image)
    assert history.server == lift.servers.get("shop")
    assert [s.id for s in history.snapshots] == [image.system_snapshot_id]
    assert (history.run_id, bool(history.step)) == ("capture", True)
    assert (history.seen_in_ecs, history.accounts, history.servers, history.instances) == ((), (), (), ())
    assert (history.copies, history.origin, history.unasked) == ((), None, ())
    assert history.against("delete") == ()
    (kept,) = history.obstacles
    assert (kept.act, kept.refused) == ("delete the snapshots", True)
    assert len(cloud.log.attempted_writes()) == before


def test_shares_and_users_and_what_they_block(lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    lift.share_with_account(image, OTHER_ACCOUNT)
    made = launch(lift, seen)
    history = lift.images.history(image)
    assert [i.id for i in history.seen_in_ecs] == [seen.id]
    assert [a.account_id for a in history.accounts] == [OTHER_ACCOUNT]
    assert [i.id for i in history.instances] == [made]
    deleting = history.against("delete")
    assert [o.refused for o in deleting] == [True, True]
    assert "shared with ECS" in deleting[0].why
    assert OTHER_ACCOUNT in deleting[1].why
    (lost,) = history.against("unshare from ECS")
    assert not lost.refused
    assert made in lost.why
    assert [o.refused for o in history.against("unshare from accounts")] == [False]


def test_the_other_account_sees_what_it_received(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    with client_of_other(cloud) as other:
        history = other.images.history("golden")
    assert history.image.id == image.id
    assert (history.server, history.snapshots, history.accounts) == (None, (), ())
    (blocked,) = history.against("delete")
    assert blocked.refused
    assert "1234567890123456" in blocked.why


@pytest.mark.parametrize("alias", ["others", "self"])
@pytest.mark.parametrize("shown", ["same", "different"])
def test_its_instances_are_found_however_ecs_lists_it(
    alias: Literal["others", "self"], shown: Literal["same", "different"]
) -> None:
    quirks = Quirks(swas_image_owner_alias=alias, swas_image_id_in_ecs=shown)
    with Emulator(speed=None, seed=7, quirks=quirks) as cloud, client_of(cloud, random=Random(7)) as lift:
        image = make_image(cloud, lift, "golden")
        made = launch(lift, lift.share_to_ecs(image))
        history = lift.images.history("golden")
    assert [i.id for i in history.instances] == [made]
    assert history.copies == ()


def test_servers_that_were_built_from_it(lift: Client, image: CustomImage) -> None:
    plan = lift.scale_out.plan(image, 1, "swas.s.c2m2s50b3")
    (built,) = (s.server for s in plan.apply(consent=plan.consents).servers)
    assert built is not None
    history = lift.images.history(image)
    assert [s.id for s in history.servers] == [built.id]
    (lost,) = history.against("delete")
    assert not lost.refused
    assert "reset" in lost.why


def test_copies_and_the_image_that_they_are_of(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copies = lift.copy_to_region(image, ["cn-hangzhou", FAR], run_id="spread")
    cloud.clock.advance(60)
    ids = {i.id for i in copies.ecs}
    history = lift.images.history(image)
    assert {c.image.id for c in history.copies} == ids
    assert {(c.run_id, c.known) for c in history.copies} == {("spread", True)}
    for copy in copies.ecs:
        theirs = lift.images.history(copy)
        assert theirs.origin is not None
        assert theirs.origin.id == image.id
        assert theirs.run_id == "spread"
        assert theirs.copies == ()
        assert {s.id for s in theirs.snapshots} == {d.snapshot_id for d in copy.disks}


def test_copies_of_an_ecs_image(cloud: Emulator, lift: Client) -> None:
    copy = lift.copy_to_region(BASE, FAR, run_id="far")
    cloud.clock.advance(60)
    assert [c.image.id for c in lift.images.history(BASE).copies] == [copy.id]
    origin = lift.images.history(copy).origin
    assert origin is not None
    assert origin.id == BASE


def test_without_the_journal_a_copy_is_known_by_its_run_or_by_name_and_size(
    cloud: Emulator, lift: Client, image: CustomImage, tmp_path: Path
) -> None:
    base = lift.ecs.images.get(BASE)
    lift.copy_to_region(image, FAR)
    lift.cloud.ecs.copy_image("cn-hangzhou", BASE, to_region=FAR, name=base.name, tags={}, token="t1")
    cloud.clock.advance(7200)
    lift.cloud.ecs.copy_image("cn-hangzhou", BASE, to_region=FAR, name="other", tags={}, token="t2")
    cloud.clock.advance(7200)
    with client_of(cloud, journal=tmp_path / "other.db") as elsewhere:
        assert elsewhere.images.history(image).copies == ()
        (likely,) = elsewhere.images.history(BASE).copies
    assert (likely.image.name, likely.known, likely.run_id) == (base.name, False, "")


def test_a_migration_leaves_an_own_image_that_is_known(lift: Client) -> None:
    target = new_instance()
    plan = lift.migrate_to_ecs.plan("shop", target)
    done = plan.apply(consent=plan.consents)
    history = lift.images.history(done.image)
    assert history.run_id == plan.run_id
    assert [i.id for i in history.instances] == [done.instance.id]
    (blocked, *_) = history.against("delete")
    assert blocked.refused
    assert done.instance.id in blocked.why
    # The custom image went with the end of the migration, so nothing tells what this one is a copy of.
    assert list(lift.images.list()) == []
    assert history.origin is None


def test_what_one_run_captured_and_copied_is_known_without_its_journal(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    @lift.chain
    def spread(server: str) -> Script[ImageCopies]:
        image = yield from lift.capture_image.part(server, name="captured")
        made: ImageCopies = yield from lift.copy_to_region.part(image, [FAR])
        return made

    copies = spread("shop")
    cloud.clock.advance(60)
    with client_of(cloud, journal=tmp_path / "other.db") as elsewhere:
        history = elsewhere.images.history("captured")
        assert [(c.image.id, c.known, c.run_id) for c in history.copies] == [
            (copies.ecs[0].id, True, history.run_id)
        ]
        assert elsewhere.images.history(copies.ecs[0]).origin == history.image


def test_an_ecs_image_that_is_shared(cloud: Emulator, lift: Client) -> None:
    lift.hand_over(BASE, OTHER_ACCOUNT)
    history = lift.images.history(BASE)
    assert [a.account_id for a in history.accounts] == [OTHER_ACCOUNT]
    (blocked,) = history.against("delete")
    assert blocked.refused
    (lost,) = history.against("unshare from accounts")
    assert not lost.refused
    with client_of_other(cloud) as other:
        theirs = other.images.history(BASE)
    assert re.search(r"^to +it is +why +what to do$", str(history), re.MULTILINE)
    assert (theirs.accounts, theirs.snapshots) == ((), ())
    assert "not the account's own" in theirs.against("delete")[0].why


def test_a_region_that_cannot_be_asked_for_copies_is_named(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("DescribeImages", 403, "Forbidden.RAM", region_id=FAR)
    history = lift.images.history(image)
    assert [(u.product, u.region_id) for u in history.unasked] == [("ecs", FAR)]
    assert f"ECS in {FAR} could not be asked" in str(history)
    cloud.faults.fail("ListSnapshots", 403, "Forbidden.RAM", region_id="cn-hangzhou")
    with pytest.raises(ApiError):
        lift.images.history(image)


def test_a_copy_that_the_console_made_names_no_server(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copied = cloud.console_copy_image(image.id, FAR, "by-hand")
    cloud.clock.advance(7200)
    history = lift.images.history(copied, region=FAR)
    assert (history.server, history.snapshots, history.obstacles) == (None, (), ())
    assert "of server" not in str(history)


def test_an_image_that_is_not_there(lift: Client) -> None:
    with pytest.raises(InvalidArgument):
        lift.images.history("nowhere")


def test_it_reads_well(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    lift.share_with_account(image, OTHER_ACCOUNT)
    made = launch(lift, seen)
    copy = lift.copy_to_region(image, FAR, run_id="far")
    cloud.clock.advance(60)
    history = lift.images.history(image)
    text, page = str(history), history._repr_html_()
    for shown in (
        "Custom image of SWAS golden in cn-hangzhou",
        image.id,
        image.server_id,
        image.source_image,
        made,
        f"account {OTHER_ACCOUNT}",
        copy.id,
        "run far",
        "refused",
        "at a loss",
    ):
        assert shown in text
        assert shown in page
    assert f"copy of    golden ({image.id})" in str(lift.images.history(copy))
    # A snapshot without a name has its id in the place of one.
    base = lift.images.history(BASE)
    (snapshot,) = base.snapshots
    assert f"snapshots  {snapshot.id}" in map(str.rstrip, str(base).splitlines())
