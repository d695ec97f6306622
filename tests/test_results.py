"""What verbs return is looked at in a notebook as a table, and in a terminal as a line each."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from swaslift import Client, Run, client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.lifecycle.migrate_to_ecs import Migrated
from swaslift.lifecycle.scaled_out import BuiltServer, ScaledOut
from swaslift.lifecycle.undo import Undone
from swaslift.models import CustomImage, ServerPlan
from swaslift.run import Migration, UndoPlan
from tests.images.conftest import make_image

OUTCOMES = {d.outcome for d in client.DEFINITIONS} - {Migrated} | {
    Migration,
    Undone,
    UndoPlan,
    Run,
    BuiltServer,
}
"""All that a user is handed; of a migration it is a `Migration`."""


@pytest.mark.parametrize("outcome", sorted(OUTCOMES, key=str))
def test_every_result_has_a_view(outcome: type[Any]) -> None:
    assert callable(outcome._repr_html_)
    if issubclass(outcome, BaseModel):
        assert outcome.model_config.get("frozen")


def test_many_servers_are_a_line_each_and_no_text_of_theirs_is_markup(lift: Client) -> None:
    shop = lift.servers.get("shop").model_copy(update={"name": "<script>x</script>"})
    story = "its <b>command</b> failed\n\nwith\nmuch\nevidence"
    built = [
        BuiltServer(id=f"{n:032}", server=shop, ready=n % 2 == 0, problem=story if n % 2 else "")
        for n in range(20)
    ]
    image = CustomImage(account_id="1", region_id="cn-hangzhou", id="m-1", name="golden", status="1")
    plan = next(lift.server_plans.list())
    done = ScaledOut(servers=tuple(built), image=image, server_plan=plan, left=("a long line",) * 20)
    text, page = repr(done), done._repr_html_()
    assert isinstance(plan, ServerPlan)
    assert len(text) < 4000
    lines = text.splitlines()
    assert [sum(b.id in line for line in lines) for b in built] == [1] * 20
    assert sum("not ready" in line for line in lines) == 11  # and what is to be done about them
    assert "10 of 20 servers are ready; made from golden (m-1) in cn-hangzhou" in lines[0]
    assert "evidence" not in text
    assert page.count("<tr>") == 21
    assert "<script>" not in page
    assert "<b>command" not in page
    assert len(repr(built).splitlines()) == 1
    assert "evidence" in built[1]._repr_html_()


def test_a_run_shows_how_it_stands_and_what_to_do(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.share_to_ecs(image, run_id="night")
    run, asked = lift.runs.get("night"), len(cloud.log)
    page = run._repr_html_()
    for word in ("run night", "paused", run.progress, "Forbidden.RAM", "what to do", "RAM permission"):
        assert word in page
    assert len(cloud.log) == asked, "it is read from the journal alone"
    lift.runs.resume("night")
    assert "finished" in run._repr_html_()
    assert "what to do" not in run._repr_html_()
