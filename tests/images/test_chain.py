"""Chains: verbs of a user's own, made of the library's; one plan, one run, one undo."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from swaslift import Client, Consent, Script, fork, named
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunError, RunPaused
from swaslift.lifecycle.copying import ImageCopies
from swaslift.models import CustomImage, EcsImage
from swaslift.verbs.verb import Verb
from tests.proof import assert_unharmed, everything

SGP, FRA, HZ = "ap-southeast-1", "eu-central-1", "cn-hangzhou"


def define(lift: Client) -> Verb[..., dict[str, EcsImage]]:
    @lift.chain
    def publish(image: str, regions: list[str], name: str = "published") -> Script[dict[str, EcsImage]]:
        """Make an own image here, and copy it to each region side by side."""
        own = yield from lift.copy_to_region.part(image, HZ, name=f"{name}-home")
        there = {r: lift.copy_to_region.part(own, r, name=name) for r in regions}
        copies: dict[str, EcsImage] = yield from fork("there", there)
        return copies

    return publish


@pytest.fixture
def publish(lift: Client, image: CustomImage) -> Verb[..., dict[str, EcsImage]]:
    """The chain, with an image to publish."""
    return define(lift)


def test_a_chain_is_a_verb_like_any_other(publish: Verb[..., Any]) -> None:
    assert publish.__name__ == "publish"
    assert publish.__doc__ is not None
    assert "side by side" in publish.__doc__
    names = list(inspect.signature(publish).parameters)
    assert names == ["image", "regions", "name", "consent", "run_id", "again"]


def test_its_plan_shows_every_step_before_anything_happens(cloud: Emulator, publish: Verb[..., Any]) -> None:
    before = everything(cloud)
    plan = publish.plan("golden", [SGP, FRA])
    names = [s.name for s in plan.steps]
    assert "copy_to_region/copy-here" in names
    assert f"there/{SGP}/copy_to_region/copy-{SGP}" in names
    assert f"there/{FRA}/copy_to_region/copy-{FRA}" in names
    assert plan.writes >= {"CopyImage", "ModifyImageShareStatus"}
    assert everything(cloud) == before


def test_it_is_one_run_with_a_typed_result(
    cloud: Emulator, lift: Client, publish: Verb[..., dict[str, EcsImage]]
) -> None:
    copies = publish("golden", [SGP, FRA], run_id="chain")
    assert {r: (i.region_id, i.name) for r, i in copies.items()} == {
        SGP: (SGP, "published"),
        FRA: (FRA, "published"),
    }
    assert isinstance(copies[SGP], EcsImage)
    assert [r.id for r in lift.runs.list()] == ["chain"]
    report = lift.runs.get("chain").report.to_markdown()
    assert copies[SGP].id in report


def test_its_report_tells_once_what_its_parts_leave_to_do(
    cloud: Emulator, lift: Client, publish: Verb[..., Any]
) -> None:
    publish("golden", [SGP, FRA], run_id="chain")
    lift.copy_to_region("golden", SGP, name="another", run_id="alone")
    alone, chain = (lift.runs.get(i).report for i in ("alone", "chain"))
    assert alone.left
    assert chain.left == alone.left
    assert "Left to do by hand" in chain.to_markdown()
    lift.runs.get("chain").undo()
    assert not set(alone.left) & set(lift.runs.get("chain").report.left)


def test_the_same_call_joins_what_is_not_finished(
    cloud: Emulator, lift: Client, publish: Verb[..., Any]
) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", after=1)
    with pytest.raises(RunPaused, match=r"QuotaExceed\.Image"):
        publish("golden", [SGP, FRA])
    copies = publish("golden", [SGP, FRA])
    assert set(copies) == {SGP, FRA}
    assert len([c for c in cloud.log.writes() if c.action == "CopyImage"]) == 3


def test_its_undo_takes_everything_back(cloud: Emulator, lift: Client, publish: Verb[..., Any]) -> None:
    before = everything(cloud)
    publish("golden", [SGP], run_id="chain")
    lift.runs.get("chain").undo()
    assert_unharmed(before, everything(cloud))
    assert set(everything(cloud)) == set(before)


def test_what_a_later_part_would_be_refused_stands_in_the_plan(
    cloud: Emulator, lift: Client, publish: Verb[..., Any]
) -> None:
    begun = len(cloud.log.writes())
    with pytest.raises(PreflightError, match="copy_to_region: name"):
        publish("golden", [SGP], name="7up")
    with pytest.raises(InvalidArgument, match="not offered"):
        publish("golden", ["mars-1"])
    assert len(cloud.log.writes()) == begun


def test_what_turns_up_only_later_pauses_it(cloud: Emulator, lift: Client, publish: Verb[..., Any]) -> None:
    plan = publish.plan("golden", [SGP], run_id="chain")
    # Somebody takes the name while nobody looks.
    lift.copy_to_region("golden", SGP, name="published", run_id="other")
    with pytest.raises(RunPaused, match="has this name"):
        plan.apply()
    theirs = next(iter(lift.cloud.ecs.describe_images(SGP, name="published", owner="self")))
    lift.cloud.ecs.delete_image(SGP, theirs.id)
    cloud.clock.advance(60)
    resumed = lift.runs.resume("chain")
    assert isinstance(resumed, dict)
    assert resumed[SGP].name == "published"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("golden",), "regions"), (("golden", "sgp"), "regions"), (("golden", [SGP], 7), "name")],
)
def test_wrong_arguments_are_refused(publish: Verb[..., Any], arguments: Any, field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        publish(*arguments)
    assert caught.value.field == field


def test_a_client_that_does_not_know_the_chain_says_so(
    cloud: Emulator, lift: Client, publish: Verb[..., Any]
) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image")
    with pytest.raises(RunPaused):
        publish("golden", [SGP], run_id="chain")
    del lift._carrier.definitions["publish"]
    with pytest.raises(RunError, match=r"lift\.chain"):
        lift.runs.resume("chain")
    define(lift)
    assert isinstance(lift.runs.resume("chain"), dict)


def test_consent_and_run_id_are_the_chains(lift: Client, image: CustomImage) -> None:
    @lift.chain
    def wrong(image: str) -> Script[ImageCopies]:
        copies: ImageCopies = yield from lift.copy_to_region.part(image, [SGP], run_id="mine")
        return copies

    with pytest.raises(InvalidArgument, match="for the chain"):
        wrong.plan("golden")


def test_a_verb_that_is_used_twice_gets_names(lift: Client, image: CustomImage) -> None:
    @lift.chain
    def twice(image: str) -> Script[list[str]]:
        first = yield from named("first", lift.copy_to_region.part(image, SGP))
        second = yield from named("second", lift.copy_to_region.part(first, FRA))
        return [first.id, second.id]

    made = twice("golden")
    assert len(set(made)) == 2

    @lift.chain
    def clash(image: str) -> Script[list[str]]:
        first = yield from lift.copy_to_region.part(image, SGP)
        second = yield from lift.copy_to_region.part(first, FRA)
        return [first.id, second.id]

    with pytest.raises(InvalidArgument, match="named"):
        clash.plan("golden")


def test_what_is_no_chain_is_refused(lift: Client) -> None:
    with pytest.raises(InvalidArgument, match="not a generator function"):
        lift.chain(lambda: None)  # type: ignore[arg-type,return-value]  # what is refused

    def share_to_ecs() -> Script[None]:
        yield from ()

    with pytest.raises(InvalidArgument, match="a verb has this name"):
        lift.chain(share_to_ecs)

    def mine(consent: str) -> Script[None]:
        yield from ()

    with pytest.raises(InvalidArgument, match="every verb's own"):
        lift.chain(mine)


def test_a_chain_is_no_part_of_a_chain(lift: Client, publish: Verb[..., Any]) -> None:
    @lift.chain
    def outer() -> Script[Any]:
        return (yield from publish.part("golden", [SGP]))

    with pytest.raises(InvalidArgument, match="a chain itself"):
        outer.plan()


def test_leave_to_spend_adds_up() -> None:
    together = Consent.together(
        [Consent.charges(max_monthly=40), Consent.erase("i-1"), Consent.charges(max_monthly=50, max_total=7)]
    )
    assert set(together) == {Consent.charges(max_monthly=90, max_total=7), Consent.erase("i-1")}
