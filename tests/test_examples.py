"""The README's example and the scripts in examples/ run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from swaslift.emulator import Emulator
from tests.images.conftest import make_image
from tests.support import KEYS_OF_OTHER, client_of

GOLDEN = {"copy_to_region.py", "overview.py", "scale_out.py", "share_to_ecs.py", "share_with_account.py"}
"""Examples that work on a custom image of that name."""
ROOT = Path(__file__).resolve().parents[1]


def run(code: list[str], cloud: Emulator, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code],
        env={**os.environ, **cloud.environment()},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def readme_examples() -> list[str]:
    text = (ROOT / "README.md").read_text()
    found: list[str] = re.findall(
        r"<!-- example: runs in the tests -->\n```python\n(.*?)```", text, re.DOTALL
    )
    return found


def test_the_readme_example_runs_as_written(cloud: Emulator, tmp_path: Path) -> None:
    done = run(["-W", "error", "-c", readme_examples()[0]], cloud, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shop Running 203.0.113.10" in done.stdout
    assert "snapshot of the system disk" in done.stdout
    assert (tmp_path / "shop.html").stat().st_size > 5000


def test_the_life_of_an_image_in_the_readme_runs_as_written(cloud: Emulator, tmp_path: Path) -> None:
    (_, life) = readme_examples()
    done = run(["-W", "error", "-c", life], cloud, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shop-2026-11" in done.stdout
    assert cloud.state()["1234567890123456"]["swas"]["custom_images"] == {}


def test_the_export_lines_of_the_readme_are_the_emulators(cloud: Emulator) -> None:
    text = (ROOT / "README.md").read_text()
    shown = dict(re.findall(r"^export (\w+)=(.*)$", text, re.MULTILINE))
    real = cloud.environment()
    assert shown.keys() == {*real, "SWASLIFT_STATE_DIR"}
    apart = {"SWASLIFT_ENDPOINT_URL", "SWASLIFT_STATE_DIR"}
    assert {k: v for k, v in shown.items() if k not in apart} == {
        k: v for k, v in real.items() if k not in apart
    }


@pytest.mark.parametrize("script", sorted(p.name for p in (ROOT / "examples").glob("*.py")))
def test_each_example_runs(
    cloud: Emulator, tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS_OF_OTHER.items():
        monkeypatch.setenv(f"OTHER_{name.upper()}", value)
    if script in GOLDEN:
        with client_of(cloud, journal=tmp_path / "before.db") as lift:
            make_image(cloud, lift, "golden")
    done = run([str(ROOT / "examples" / script)], cloud, tmp_path)
    assert done.returncode == 0, done.stderr
    if script == "demo.py":
        assert (tmp_path / "demo" / "report.html").exists()


def test_every_page_that_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or (ROOT / link).exists(), link
