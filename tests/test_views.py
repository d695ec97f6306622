"""How plans, reports and records are written: whole words, rounded numbers, states and times in words."""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk
from swaslift.cli.reports import sheet_of
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, RunPaused
from swaslift.models import CustomImage
from swaslift.planning.costs import Cost
from swaslift.planning.render import renderable as plan_renderable
from swaslift.planning.sheet import PLAIN_WIDTH, Sheet, Table, as_text, renderable, text_width
from swaslift.wording import counted, day, duration, minute, money, number
from tests.support import new_instance

WEB = "i-emulator-web-old"
AT = datetime(2026, 11, 1, 8, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (5340, "89 min"),
        (5399, "1 h 30 min"),
        (5400, "1 h 30 min"),
        (7200, "2 h"),
        (9000.0000001, "2 h 30 min"),
        (50 * 3600, "2 d 2 h"),
        (72 * 3600, "3 d"),
    ],
)
def test_durations_have_one_style(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_numbers_are_rounded_and_times_carry_their_zone() -> None:
    assert [number(n) for n in (510.99999999999994, 2.5, 40, 0.1 + 0.2, 1e6)] == [
        "511",
        "2.5",
        "40",
        "0.3",
        "1000000",
    ]
    assert counted(510.99999999999994, "minute") == "511 minutes"
    assert counted(2, "vSwitch") == "2 vSwitches"
    assert money(510.99999999999994, "CNY") == "511.00 CNY"
    assert (minute(AT), day(AT)) == ("2026-11-01 08:31 UTC", "2026-11-01 UTC")
    sum_of_both = Cost.together([Cost("CNY", monthly=0.1), Cost("CNY", monthly=0.2)])
    assert sum_of_both == Cost("CNY", monthly=0.3)
    assert Consent.together([Consent.charges(max_monthly=0.1)] * 3) == (Consent.charges(max_monthly=0.3),)


def test_text_is_as_wide_as_the_terminal_and_of_a_fixed_width_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "72")
    assert text_width() == PLAIN_WIDTH
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert text_width() == 72
    closed = io.StringIO()
    closed.close()
    for none in (None, closed):
        monkeypatch.setattr(sys, "stdout", none)
        assert text_width() == PLAIN_WIDTH


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_no_word_is_broken_at_any_width(lift: Client, width: int) -> None:
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk(WEB))
    wide = {
        "plan": plan_renderable(plan),
        "overview": renderable(lift.overview("cn-hangzhou").sheet()),
        "sheet": renderable(
            Sheet(
                "t",
                (Table("", ("name", "id"), (("\u670d\u52a1\u5668", "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"),)),),
            )
        ),
    }
    for name, what in wide.items():
        words = set(as_text(what, 400).split())
        text = as_text(what, width)
        labels = {word for word in text.split() if word.endswith(":")}
        assert set(text.split()) <= words | labels | {"happens:", "who", "has", "and", "uses"}, name
        longest = max(map(len, text.split()))
        assert max(map(len, text.splitlines())) <= max(width, longest + len("    what happens: ")), name


def test_a_finished_and_an_undone_run_speak_of_steps_and_restored_disks(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk(WEB), run_id="night")
    done = plan.apply(consent=plan.consents)
    gone = {line.id: line for line in done.report.gone}
    assert gone["d-emulator-web-old"].fate == "destroyed"
    done.run.undo(consent=done.run.undo.plan().consents)
    report = done.run.report
    (disk,) = [line for line in report.kept if line.what == "ECS system disk"]
    gone = {line.id: line for line in report.gone}
    assert gone["d-emulator-web-old"].how == f"restored: what it held is on {disk.id}"
    titles = [m.title for m in report.timeline]
    assert not [t for t in titles if "/" in t or re.match(r"^[a-z]+(-[a-z]+)+$", t)], titles
    shown = as_text(renderable(sheet_of(report)), 120)
    for page in (report.to_markdown(), report.to_html(), report._repr_html_(), shown, done.run.progress):
        assert "undo/" not in page
        assert "swas.image" not in page
        assert "destroyed" not in page
    for page in (report.to_markdown(), report.to_html(), shown):
        assert "Not taken back" in page
        assert "restored" in page
        assert "minutes" not in page
    saved = report.save(tmp_path / "new" / "folder" / "night.html")
    assert saved.read_text("utf-8") == report.to_html()
    (tmp_path / "file").touch()
    with pytest.raises(InvalidArgument, match="cannot be written there"):
        report.save(tmp_path / "file" / "night.html")


def test_a_record_is_told_in_words(lift: Client) -> None:
    image = CustomImage(
        account_id="1", region_id="cn-hangzhou", id="m-1", name="golden", status="1", created_at=AT
    )
    for shown in (str(image), image._repr_html_()):
        assert "available" in shown
        assert "2026-11-01 08:31:00 UTC" in shown
    assert "AVAILABLE" in repr(image)
    assert image.status == "1", "the data is as the service gave it"
    assert "None" not in repr(image)
    strange = image.model_copy(update={"status": "77"})
    assert "77" in str(strange)
    assert "77" in repr(strange)
    server = str(lift.servers.get("wiki"))
    assert "wiki-system (d-" in server
    assert "ServerDisk(" not in server


def test_an_image_that_fails_is_told_in_words(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail_resource("swas_image", times=9)
    with pytest.raises(RunPaused) as paused:
        lift.capture_image("shop", "golden", run_id="night")
    assert "failed: its state is failed" in paused.value.reason
    assert "SWAS custom image m-" in paused.value.reason


def test_a_plan_has_no_endless_decimals(lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(), run_id="words")
    assert "CNY a month" in str(plan)
    assert plan.duration.startswith("about ")
    assert " min" in plan.duration
    assert not re.search(r"\d\.\d{3,}", f"{plan} {plan.to_json()} {plan.cost} {plan._repr_html_()}")
