"""``lift.overview``: every image once, who has and uses it, and what could be deleted."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Literal

import pytest

from swaslift import Client
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ApiError, InvalidArgument, RunPaused
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.overview import Overview, OverviewRow
from tests.images.conftest import make_image, paused_before_the_image
from tests.support import OTHER_ACCOUNT, client_of, client_of_other, new_instance

FAR = "ap-southeast-1"
BASE = "m-emulator-base-hz"


def row(overview: Overview, image: str) -> OverviewRow:
    """The row of an image, by id or name."""
    (found,) = (r for r in overview.rows if image in {r.image.id, r.image.name})
    return found


def launch(lift: Client, image: EcsImage | str) -> str:
    plan = lift.launch_instances.plan(image, new_instance())
    return plan.apply(consent=plan.consents).instances[0].id


def test_an_image_that_nobody_needs(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    before = len(cloud.log.attempted_writes())
    overview = lift.overview()
    golden = row(overview, image.id)
    assert golden.image == image
    assert (golden.state, golden.size, golden.age_days) == ("available", 40, 0)
    assert (golden.users, golden.accounts, golden.shared_to_ecs) == ((), (), False)
    assert golden.source == "server shop"
    assert golden.deletion == "free"
    base = row(overview, BASE)
    assert (base.state, base.size, base.deletion) == ("Available", 40, "free")
    assert base.age_days == (overview.read_at - base.image.created_at).days if base.image.created_at else 0
    assert overview.deletable == overview.rows == (golden, base)
    assert set(overview.regions) == {r.id for r in lift.regions.list()}
    assert overview.unasked == ()
    assert len(cloud.log.attempted_writes()) == before


def test_a_shared_image_and_those_who_have_it(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    lift.share_with_account(image, OTHER_ACCOUNT)
    made = launch(lift, seen)
    golden = row(lift.overview(), image.id)
    assert golden.shared_to_ecs
    assert golden.accounts == (OTHER_ACCOUNT,)
    assert [(u.product, u.id, u.status) for u in golden.users] == [("ecs", made, "Running")]
    assert golden.deletion == "blocked"
    assert "withdraw it first" in golden.why
    assert "re-initialised" in golden.why
    # The other account sees it as received.
    with client_of_other(cloud) as other:
        received = row(other.overview(), image.id)
    assert (received.deletion, received.source) == ("blocked", "account 1234567890123456")


@pytest.mark.parametrize("alias", ["others", "self"])
@pytest.mark.parametrize("shown", ["same", "different"])
def test_a_shared_image_is_one_row_however_ecs_lists_it(
    alias: Literal["others", "self"], shown: Literal["same", "different"]
) -> None:
    quirks = Quirks(swas_image_owner_alias=alias, swas_image_id_in_ecs=shown)
    with Emulator(speed=None, seed=7, quirks=quirks) as cloud, client_of(cloud, random=Random(7)) as lift:
        image = make_image(cloud, lift, "golden")
        made = launch(lift, lift.share_to_ecs(image))
        overview = lift.overview("cn-hangzhou")
        assert [r.image.id for r in overview.rows] == [image.id, BASE]
        assert [u.id for u in row(overview, image.id).users] == [made]


def test_servers_that_were_built_from_an_image(lift: Client, image: CustomImage) -> None:
    plan = lift.scale_out.plan(image, 1, "swas.s.c2m2s50b3")
    (server,) = (s.server for s in plan.apply(consent=plan.consents).servers)
    assert server is not None
    golden = row(lift.overview(), image.id)
    assert [(u.product, u.id) for u in golden.users] == [("swas", server.id)]
    assert golden.deletion == "loss"
    assert "reset" in golden.why


def test_copies_in_other_regions_and_their_users(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copy = lift.copy_to_region(image, FAR, run_id="copy")
    lift.hand_over(copy, OTHER_ACCOUNT)
    cloud.clock.advance(60)
    far = row(lift.overview([FAR]), copy.id)
    assert (far.run_id, far.source, far.accounts) == ("copy", "a copy", (OTHER_ACCOUNT,))
    assert far.deletion == "blocked"
    assert OTHER_ACCOUNT in far.why
    used = launch(lift, BASE)
    base = row(lift.overview("cn-hangzhou"), BASE)
    assert [u.id for u in base.users] == [used]
    assert base.deletion == "blocked"
    assert "system disk" in base.why


def test_images_that_are_being_made_and_those_that_failed(cloud: Emulator, lift: Client) -> None:
    making = make_image(cloud, lift, "making", wait=False)
    assert row(lift.overview(), making.id).deletion == "blocked"
    assert row(lift.overview(), making.id).state == "creating"
    cloud.faults.fail_resource("swas_image")
    made = make_image(cloud, lift, "failed")
    failed = row(lift.overview(), made.id)
    assert (failed.state, failed.deletion) == ("failed", "free")
    assert "failed" in failed.why


def test_a_copy_under_way_may_be_of_any_image_of_its_size(cloud: Emulator, lift: Client) -> None:
    lift.cloud.ecs.copy_image("cn-hangzhou", BASE, to_region=FAR, name="far", tags={}, token="t")
    cloud.clock.advance(60)
    overview = lift.overview()
    assert row(overview, "far").deletion == "blocked"
    assert row(overview, BASE).deletion == "blocked"
    assert "far" in row(overview, BASE).why
    cloud.clock.advance(7200)
    assert {r.deletion for r in lift.overview().rows} == {"free"}


def test_what_a_paused_run_needs_is_not_free(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, FAR, run_id="copy")
    lift.cloud.swas.modify_image_share_status("cn-hangzhou", image.id, "UnShare", token="t")
    golden = row(lift.overview(), image.id)
    assert golden.deletion == "blocked"
    assert golden.why == "run 'copy' (copy_to_region), which is paused, needs it"
    lift.runs.get("copy").undo()
    assert row(lift.overview(), image.id).deletion == "free"


def test_what_a_paused_chain_names_may_be_needed(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    paused_before_the_image(cloud, lift)
    overview = lift.overview()
    golden = row(overview, image.id)
    assert golden.deletion == "unknown"
    assert "'late' (late), which is paused, may need it" in golden.why
    assert golden not in overview.deletable
    lift.runs.get("late").undo()
    assert row(lift.overview(), image.id).deletion == "free"


def test_the_source_as_it_is_called_now(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.servers.rename("shop", "store")
    assert row(lift.overview(), image.id).source == "server store"
    copied = cloud.console_copy_image(image.id, FAR, "by-hand")
    cloud.clock.advance(7200)
    assert row(lift.overview(FAR), copied).source == ""


@pytest.mark.parametrize(
    ("action", "product", "missing"),
    [("ListCustomImages", "swas", "golden"), ("DescribeImages", "ecs", BASE)],
)
def test_a_region_that_fails_is_named_and_does_not_spoil_the_rest(
    cloud: Emulator, lift: Client, image: CustomImage, action: str, product: str, missing: str
) -> None:
    copy = lift.copy_to_region(image, FAR)
    cloud.clock.advance(60)
    everything = {r.image.name for r in lift.overview().rows} | {BASE}
    assert {"golden", copy.name} <= everything
    cloud.faults.fail(action, 403, "Forbidden.RAM", region_id="cn-hangzhou")
    overview = lift.overview()
    assert [(u.product, u.region_id) for u in overview.unasked] == [(product, "cn-hangzhou")]
    assert "Forbidden.RAM" in overview.unasked[0].problem
    left = {r.image.name for r in overview.rows} | {r.image.id for r in overview.rows}
    assert missing not in left
    assert copy.name in left
    assert f"{product.upper()} in cn-hangzhou could not be asked" in str(overview)


@pytest.mark.parametrize(
    ("action", "name"),
    [("ListInstances", "golden"), ("DescribeInstances", BASE), ("DescribeImageSharePermission", "handed")],
)
@pytest.mark.usefixtures("image")
def test_who_uses_an_image_is_not_guessed(cloud: Emulator, lift: Client, action: str, name: str) -> None:
    made = lift.cloud.ecs.create_image(
        "cn-hangzhou", "handed", instance_id="i-emulator-idle", tags={}, token="t"
    )
    cloud.clock.advance(7200)
    lift.cloud.ecs.modify_image_share_permission("cn-hangzhou", made, add=[OTHER_ACCOUNT])
    cloud.faults.fail(action, 403, "Forbidden.RAM", region_id="cn-hangzhou")
    overview = lift.overview()
    assert len(overview.unasked) == 1
    assert row(overview, name).deletion == ("blocked" if name == "handed" else "unknown")
    assert row(overview, name) not in overview.deletable


def test_regions_that_cannot_be_listed_are_an_error(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("DescribeRegions", 403, "Forbidden.RAM")
    with pytest.raises(ApiError):
        lift.overview()


def test_wrong_regions_are_refused(lift: Client) -> None:
    with pytest.raises(InvalidArgument, match="cn-nowhere"):
        lift.overview(["cn-hangzhou", "cn-nowhere"])
    with pytest.raises(InvalidArgument):
        lift.overview([])


def test_it_is_a_table_in_a_terminal_and_in_a_notebook(lift: Client, image: CustomImage) -> None:
    lift.images.tag(image, {"a": "b"})
    overview = lift.overview()
    text, page = str(overview), overview._repr_html_()
    assert repr(overview) == text
    for shown in ("2 images of account 1234567890123456", image.id, BASE, "server shop", "nobody", "yes:"):
        assert shown in text
        assert shown in page
    assert max(map(len, text.splitlines())) <= 120
    assert "1 day old" not in text
    far = lift.overview(["cn-hangzhou"])
    assert str(far).startswith("2 images of account 1234567890123456 in 1 region, ")
    # A browser would break a region and an id at its hyphens.
    assert re.search(
        rf'white-space: pre;[^>]*>(<span style="display: inline-block">)?{image.region_id}', page
    )
    hostile = overview.rows[0].model_copy(update={"why": "<script>"})
    assert "<script>" not in overview.model_copy(update={"rows": (hostile,)})._repr_html_()


def test_an_account_without_images(cloud: Emulator, tmp_path: Path) -> None:
    with client_of(cloud, journal=tmp_path / "j.db") as lift:
        overview = lift.overview("cn-shanghai")
    assert overview.rows == ()
    assert "0 images" in str(overview)
    assert {c.action for c in cloud.log} <= {
        "GetCallerIdentity",
        "ListRegions",
        "DescribeRegions",
        "ListCustomImages",
        "DescribeImages",
    }
