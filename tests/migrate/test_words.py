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


def test_a_plan_tells_conditions_by_the_numbers_of_its_rows(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    ((number, step),) = [(n, s) for n, s, _ in plan.rows if "refused" in (s.only_if or "")]
    cause, refused = next((n, s.name) for n, s, _ in plan.rows if f"if {s.name} is refused" == step.only_if)
    assert cause < number
    for page in (str(plan), plan._repr_html_()):
        assert f"if #{cause} is refused" in page
        assert f"if {refused} is refused" not in page
    # Scripts go by the names, which stay from plan to plan.
    assert f"if {refused} is refused" in [s["only_if"] for s in plan.to_json()["steps"]]
    two = lift.copy_to_region.plan(lift.capture_image("shop", name="golden"), "ap-southeast-1")
    assert "if #2 and #3 are refused" in str(two)


def test_a_plan_without_steps_has_no_table_and_wants_no_consent(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("shop", name="golden")
    blocked = lift.scale_out.plan(image, 1, "swas.s.c2m2s50b3", data_disk_size=7)
    assert blocked.blockers
    assert not blocked.steps
    assert blocked.consents
    for page in (str(blocked), blocked._repr_html_()):
        assert "what happens" not in page
        assert "consent" not in page.lower()
        assert "data_disk_size=" in page
    free = lift.share_to_ecs.plan(image)
    for page in (str(free), free._repr_html_()):
        assert "what happens" in page
        assert "none needed" in page


def test_words_fit_their_numbers(cloud: Emulator, lift: Client) -> None:
    assert "run an ecs.g7.large" in " ".join(str(lift.migrate_to_ecs.plan("shop", new_instance())).split())
    assert [counted(n, "image") for n in (0, 1, 2)] == ["0 images", "1 image", "2 images"]


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
    assert [line.fate for line in disks] == ["kept", "destroyed"]
    # What has no name is told by its id.
    assert disks[1].name == disks[1].id
    assert all(line.name for line in report.resources)
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
    assert all(re.match(r"\d\d:\d\d:\d\d UTC shown [a-z ]+(: .+)?$", line) for line in lines), lines
    assert any(line.endswith(" %") for line in lines)


def test_what_is_no_chain_is_named(lift: Client) -> None:
    def rather() -> None: ...

    with pytest.raises(InvalidArgument, match="function='rather': not a generator function"):
        lift.chain(rather)  # type: ignore[arg-type]  # what is refused


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 servers"), (1, "1 server"), (2, "2 servers"), (1.0, "1 server"), (2.5, "2.5 servers")],
)
def test_things_are_counted(number: float, text: str) -> None:
    assert counted(number, "server") == text
    assert listed("account", ["1", "2"]) == "accounts 1, 2"
    assert listed("account", ["1"]) == "account 1"
