"""The pages are built without a warning, and name every verb and noun, each with an example."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from swaslift import Client
from swaslift.verbs.verb import Verb

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(region="cn-hangzhou", access_key_id="x", access_key_secret="y")


def verbs(client: Client) -> list[str]:
    return sorted(n for n, v in vars(client).items() if isinstance(v, Verb))


def test_the_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "reference" / "verbs.html").read_text()
    assert "_cloud" not in page
    assert "Copy an image to other regions" in page


def test_every_verb_has_a_reference_entry_a_row_and_an_example(client: Client) -> None:
    reference = (REFERENCE / "verbs.md").read_text()
    operations = (ROOT / "docs" / "operations.md").read_text()
    examples = {p.name: p.read_text() for p in (ROOT / "examples").glob("*.py")}
    assert len(verbs(client)) == 13
    for verb in verbs(client):
        assert f".. autofunction:: swaslift.verbs.{verb}.{verb}\n" in reference, verb
        assert f"`{verb}(" in operations, verb
        assert any(f".{verb}(" in text or f".{verb}.p" in text for text in examples.values()), verb
    for name in examples:
        assert f"`{name}`" in operations, name


def test_every_noun_and_every_record_has_a_reference_entry() -> None:
    for page, package in (("nouns", "nouns"), ("records", "models")):
        text = (REFERENCE / f"{page}.md").read_text()
        for module in (ROOT / "src" / "swaslift" / package).glob("*.py"):
            if module.stem not in {"__init__", "noun"}:
                assert f".. automodule:: swaslift.{package}.{module.stem}\n" in text, module.stem
