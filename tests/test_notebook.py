"""What a notebook shows, executed by a real kernel: each thing once, as text and as HTML that restyles nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.runs.report import Report
from tests.support import KEY_PAIR, SECURITY_GROUP, VSWITCH

BEGIN = """
import os
from swaslift import Client, Disk, NewInstance
from swaslift.errors import ConsentRequired
lift = Client()
target = NewInstance(
    instance_type="ecs.g7.large", vswitch_id={vswitch!r}, security_group_id={group!r}, key_pair={key!r}
)
plan = lift.migrate_to_ecs.plan("shop", target, run_id="night")
"""

SHOWN = {
    "plan": "Migrate server shop to a new ecs.g7.large",
    "done := plan.apply(consent=plan.consents)": "Migration night",
    "done.run": "Run night finished",
    "done.report": "## What exists now",
    "lift.runs.list()": "night",
    "done.run.undo.plan()": "Undo of run night",
    "lift.servers.get('wiki')": "wiki",
    "lift.overview('cn-hangzhou')": "images of account",
}
"""What is looked at, and what stands in its text."""

TEXTS = """
try:
    lift.migrate_to_ecs("wiki", target, run_id="other")
except ConsentRequired as error:
    refused = str(error)
texts = [str(plan), repr(plan), f"{plan}", str(done.report), str(done.run), str(lift.runs.list()), refused]
assert all(len(t) > 20 for t in texts), [len(t) for t in texts]
assert "what happens" in refused
"""


@pytest.fixture
def cells(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The cells of a notebook, after they were executed."""
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    begin = BEGIN.format(vswitch=VSWITCH, group=SECURITY_GROUP, key=KEY_PAIR)
    sources = [begin, *(f"({word})" for word in SHOWN), TEXTS]
    blank: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    found: list[Any] = [{**blank, "id": f"cell-{n}", "source": source} for n, source in enumerate(sources)]
    book: Any = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": found}
    book = nbformat.reads(json.dumps(book), as_version=4)  # type: ignore[no-untyped-call]  # it has no types
    # The kernel's own settings lie in the home directory, which is the test's.
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    executed: list[Any] = book.cells
    return executed


def test_a_notebook_shows_each_thing_once(cells: list[Any]) -> None:
    begin, *shown, texts = cells
    assert not begin.outputs
    assert not texts.outputs, "text is made without printing"
    for cell, expected in zip(shown, SHOWN.values(), strict=True):
        (output,) = cell.outputs
        assert output.output_type == "execute_result"
        assert expected in output.data["text/plain"]
        page = output.data["text/html"]
        # A notebook's own colours are inherited, and no rule reaches beyond what is shown.
        for rule in re.findall(r"([^{}]+)\{", "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))):
            for selector in re.sub(r"/\*.*?\*/", "", rule, flags=re.DOTALL).split(","):
                assert selector.strip().startswith((".swaslift.report", "@")), selector
        assert "<html" not in page
        assert "prefers-color-scheme" not in page
        assert not re.search(r"[^-]color: (?!#fff; background|inherit|#fff\b)", page)


def test_the_page_of_a_report_stands_alone(lift: Client) -> None:
    lift.capture_image("shop", "golden", run_id="night")
    report: Report = lift.runs.get("night").report
    page = report.to_html()
    assert page.startswith("<!doctype html>")
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page
