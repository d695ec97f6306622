"""What the pages show runs as it is written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from tests.emulator import wire
from tests.images.conftest import make_image

pytest_plugins = ["pytester"]

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_tests_of_the_page_about_tests(pytester: pytest.Pytester) -> None:
    page = (DOCS / "testing.md").read_text()
    files = dict(re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", page, re.DOTALL))
    assert {"conftest.py", "test_nightly.py"} < files.keys()
    for name, text in files.items():
        (pytester.path / name).write_text(text)
    commands = re.findall(r"^\$ pytest(.*)$", page, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        told = pytester.runpytest_subprocess("-p", "no:cacheprovider", *shlex.split(command))
        told.assert_outcomes(passed=3)
    assert [p.name for p in (pytester.path / "cassettes").iterdir()] == ["nightly.yaml"]


def test_a_run_is_watched_as_the_page_about_runs_shows(cloud: Emulator, lift: Client) -> None:
    page = (DOCS / "runs.md").read_text()
    (code,) = re.findall(r"<!-- example: runs in the tests -->\n```python\n(.*?)```", page, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **cloud.environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "* finished" in done.stdout
    assert lift.images.get("shop-watched").status


def test_the_emulator_takes_what_its_page_sends(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    page = (DOCS / "emulator.md").read_text()
    sent = [shlex.split(line) for line in re.findall(r"^\$ curl (.*)$", page, re.MULTILINE)]
    assert len(sent) > 8
    for words in sent:
        data = words[1].replace("m-...", image.id).encode() if words[0] == "-d" else b""
        path = urlsplit(words[-1].replace("$SWASLIFT_ENDPOINT_URL", cloud.endpoint_url)).path
        reply = wire.send(cloud, "POST" if data else "GET", path, data)
        assert reply.http == 200, (words, reply.json)
    cloud.clock.advance(7200)
    assert lift.images.get("shop-2026-11", region="ap-southeast-1").id != image.id
