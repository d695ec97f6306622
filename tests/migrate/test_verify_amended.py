"""``amend="running"`` and back: refused once the run is past the wait for an answer, as nothing could come of it."""

from __future__ import annotations

import pytest

from swaslift import Client, Script, named
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, RunPaused
from tests.support import new_instance

BOTH = [("cloud_assistant", "running"), ("running", "cloud_assistant")]


@pytest.mark.parametrize(("first", "then"), BOTH)
def test_past_the_wait_it_is_refused_and_the_run_goes_on(
    cloud: Emulator, lift: Client, first: str, then: str
) -> None:
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night", verify=first)  # type: ignore[arg-type]  # of two
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        plan.apply(consent=plan.consents)
    with pytest.raises(InvalidArgument, match="past that wait"):
        lift.runs.resume("night", amend=then)
    # What it does already may be said again, as by a script that is run anew.
    assert lift.runs.resume("night", amend=first).instance.status == "Running"


def test_an_answer_that_was_heard_stays_heard(cloud: Emulator, lift: Client) -> None:
    def stop(event: object) -> None:
        if (getattr(event, "kind", ""), getattr(event, "name", "")) == ("done", "answers"):
            raise KeyboardInterrupt

    lift.listen(stop)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(KeyboardInterrupt):
        plan.apply(consent=plan.consents)
    with pytest.raises(InvalidArgument, match="it has heard the instance"):
        lift.runs.resume("night", amend="running")
    assert lift.runs.resume("night").instance.status == "Running"


def test_a_wait_that_is_open_can_be_left_out(cloud: Emulator, lift: Client) -> None:
    def stop(event: object) -> None:
        if (getattr(event, "kind", ""), getattr(event, "name", "")) == ("waiting", "answers"):
            raise KeyboardInterrupt

    lift.listen(stop)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(KeyboardInterrupt):
        plan.apply(consent=plan.consents)
    assert lift.runs.resume("night", amend="running").instance.status == "Running"


def test_a_chain_takes_it_for_the_part_that_still_waits(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def both() -> Script[None]:
        yield from named("first", lift.migrate_to_ecs.part("shop", new_instance(), verify="running"))
        yield from named("second", lift.migrate_to_ecs.part("wiki", new_instance()))

    def silence(event: object) -> None:
        if (getattr(event, "kind", ""), getattr(event, "name", "")) == ("step", "second/migrate_to_ecs/run"):
            cloud.faults.no_heartbeat()

    lift.listen(silence)
    plan = both.plan(run_id="night")
    with pytest.raises(RunPaused, match="console output"):
        plan.apply(consent=plan.consents)
    lift.runs.resume("night", amend="running")
    assert lift.runs.get("night").status == "finished"
