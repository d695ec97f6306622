"""What plans and reports are made of: names that people know, and each line of them told apart."""

from __future__ import annotations

import re

import pytest

from swaslift import Client, ReplaceSystemDisk
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument
from swaslift.runs.events import Event
from swaslift.wording import counted, listed
from tests.support import new_instance

HEX = re.compile(r"\b[0-9a-f]{32}\b")
WEB = "i-emulator-web-old"


def test_a_plan_names_the_server_and_the_images(cloud: Emulator, lift: Client) -> None:
    for server, target in (("shop", new_instance()), ("shop", ReplaceSystemDisk(WEB))):
        plan = lift.migrate_to_ecs.plan(server, target)
        assert not [s.title for s in plan.steps if HEX.search(s.title)]
        assert "custom image of the server shop" in str(plan)
    stopped = lift.capture_image.plan("wiki", stop_source=True)
    titles = [s.title for s in stopped.steps]
    assert {"stop the server wiki", "start the server wiki again"} < set(titles)
    assert not [t for t in titles if HEX.search(t)]


def test_the_last_steps_are_said_to_remove_only_what_the_run_made(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    remarked = [s.name for s in plan.steps if s.remark]
    assert remarked == ["unshare", "delete-image", "delete-snapshot-1"]
    for page in (" ".join(str(plan).split()), plan._repr_html_()):
        assert page.count("only what the run itself made") == 3
    image = lift.capture_image("shop", name="golden")
    lift.share_to_ecs(image)
    assert not [s.name for s in lift.unshare_from_ecs.plan(image).steps if s.remark], "the user's own"


def test_the_cells_of_a_plan_in_a_notebook_stand_apart(cloud: Emulator, lift: Client) -> None:
    page = lift.migrate_to_ecs.plan("shop", new_instance())._repr_html_()
    cells = re.findall(r"<t[dh]\b[^>]*>", page)
    assert cells
    assert all("padding" in cell for cell in cells)


def test_the_report_of_a_replacement_tells_its_lines_apart(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk(WEB))
    done = plan.apply(consent=plan.consents)
    report = done.report
    titles = [m.title for m in report.timeline]
    assert len(titles) == len(set(titles)), titles
    assert {"instance stopped", "replacement over", "custom image of the server shop"} < set(titles)
    assert "ECS image shop usable in cn-hangzhou" in titles
    disks = [line for line in report.resources if line.what == "ECS system disk"]
    assert [(line.fate, line.name) for line in disks] == [("kept", ""), ("destroyed", "")]
    backup = next(line.id for line in report.kept if line.what == "ECS snapshot")
    assert any(backup in line and "delete it when you are sure" in line for line in report.left)
    assert dict(report.facts)["Downtime"].startswith(f"{WEB} for ")


def test_no_two_of_the_default_inventory_have_one_address(cloud: Emulator, lift: Client) -> None:
    addresses = [s.public_ip for s in lift.servers.list()]
    addresses += [i.public_ip for i in lift.ecs.instances.list() if i.public_ip]
    assert len(addresses) == len(set(addresses))


def test_snapshots_that_go_on_side_by_side_are_counted_once(lift: Client) -> None:
    one, both = (
        lift.migrate_to_ecs.plan("wiki", new_instance(), data_disks=which, run_id=which).minutes
        for which in ("leave", "include")
    )
    assert one == both


def test_a_report_and_an_event_can_be_printed(lift: Client) -> None:
    heard: list[Event] = []
    lift.listen(heard.append)
    lift.capture_image("shop", "shown", run_id="shown")
    report = lift.runs.get("shown").report
    assert str(report) == report.to_markdown()
    lines = [str(event) for event in heard]
    assert not any("\n" in line for line in lines)
    assert all(re.match(r"\d\d:\d\d:\d\d shown [a-z ]+(: .+)?$", line) for line in lines), lines
    assert any(line.endswith(" %") for line in lines)


def test_what_is_no_chain_is_named(lift: Client) -> None:
    def rather() -> None: ...

    with pytest.raises(InvalidArgument, match="function='rather': not a generator function"):
        lift.chain(rather)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 servers"), (1, "1 server"), (2, "2 servers"), (1.0, "1 server"), (2.5, "2.5 servers")],
)
def test_things_are_counted(number: float, text: str) -> None:
    assert counted(number, "server") == text
    assert listed("account", ["1", "2"]) == "accounts 1, 2"
    assert listed("account", ["1"]) == "account 1"
