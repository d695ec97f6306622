"""The fixtures of `swaslift.testing.fixtures`, in a test run of a user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from swaslift.emulator import Emulator
from swaslift.testing import record

pytest_plugins = ["pytester"]

CONFTEST = """
pytest_plugins = ["swaslift.testing.fixtures"]
"""

TEST = """
def test_servers(swaslift_cassette):
    with swaslift_cassette("servers", about="the servers are listed") as tape:
        assert "shop" in [s.name for s in tape.client().servers.list()]
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_it=TEST)
    return pytester


def cassette(run: pytest.Pytester) -> Path:
    return run.path / "cassettes" / "servers.yaml"


def test_a_cassette_is_recorded_and_then_played(run: pytest.Pytester) -> None:
    run.runpytest_subprocess("-p", "no:cacheprovider", "--swaslift-record=emulator").assert_outcomes(passed=1)
    assert "provenance: emulator" in cassette(run).read_text()
    written = cassette(run).read_text()
    run.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert cassette(run).read_text() == written


def test_without_a_cassette_the_test_fails_and_says_what_to_do(run: pytest.Pytester) -> None:
    outcome = run.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*servers.yaml is not there. Record it first*"])


def test_a_test_that_asks_for_something_else_fails(run: pytest.Pytester, cloud: Emulator) -> None:
    with record(cassette(run), about="the servers are listed", emulator=cloud) as tape:
        list(tape.client().servers.list())
    run.makepyfile(test_it=TEST.replace("servers.list()", "images.list()"))
    outcome = run.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*no recorded call is ListCustomImages*"])


def test_an_emulator_and_held_time(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_it="""
        import time
        from swaslift import Client

        def test_emulator(swaslift_emulator, monkeypatch):
            for name, value in swaslift_emulator.environment().items():
                monkeypatch.setenv(name, value)
            with Client() as lift:
                assert lift.servers.get("shop").status == "Running"

        def test_clock(swaslift_clock):
            began, wall = swaslift_clock.now(), time.monotonic()
            swaslift_clock.sleep(86400)
            assert (swaslift_clock.now() - began).total_seconds() == 86400
            assert time.monotonic() - wall < 60
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
