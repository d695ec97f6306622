"""Which actions of the contracts the door sends, the emulator answers and a cassette holds.

``python -m tests.cloud.actions_table`` writes the table to ``docs/actions.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import swaslift.client  # so that every step is known
from swaslift.runs.step import STEP_KINDS
from swaslift.testing.files import load
from tests.cassettes.stage import files
from tests.cloud.actions import SERVICES, contract, uses

PAGE = Path(__file__).resolve().parents[2] / "docs" / "actions.md"
NAMES = {"swas": "SWAS-OPEN", "ecs": "ECS", "sts": "STS"}
_HEAD = """\
# Actions

Every action of the contracts: the method of `swaslift.cloud` that sends it, the function of `swaslift.emulator`
that answers it, and in how many cassettes it occurs (those recorded of the emulator, and those made of the vendor's
samples). *step* marks what a step of a verb may send to change something. `make actions` writes this page; a test
holds it against the sources.
"""


@dataclass(frozen=True)
class Row:
    """One action of a contract."""

    product: str
    action: str
    step: bool
    door: tuple[str, ...]
    handler: str
    cassettes: int


def changed_by_steps() -> set[tuple[str, str]]:
    """Product and action of everything that a step of a verb may send; its kind begins with the product."""
    return {
        (kind.split(".")[0], action)
        for kind, step in STEP_KINDS.items()
        if step.__module__.startswith(f"{swaslift.__name__}.")
        for action in (*step.writes, *step.discards)
    }


def rows() -> list[Row]:
    """One for each action that a contract has."""
    changes, taped = changed_by_steps(), _taped()
    found = []
    for product, service in SERVICES.items():
        for action in sorted(contract(product)["actions"]):
            door = sorted({u.method for u in uses() if (u.product, u.action) == (product, action)})
            handler = service.handlers.get(action)
            where = handler.__module__.removeprefix("swaslift.emulator.") if handler else ""
            found.append(
                Row(
                    product,
                    action,
                    (product, action) in changes,
                    tuple(door),
                    f"{where}.{handler.__name__}" if handler else "",
                    taped[contract(product)["version"], action],
                )
            )
    return found


def _taped() -> Counter[tuple[str, str]]:
    """In how many cassettes of this repository each action occurs, by API version and name."""
    return Counter(
        held
        for path in files("emulator", "vendor-doc-example")
        for held in {(i.call.version, i.call.action) for i in load(path).interactions}
    )


def text() -> str:
    """The page."""
    parts, table = [_HEAD], rows()
    for product, name in NAMES.items():
        own = [row for row in table if row.product == product]
        sent, answered, held = (
            sum(bool(getattr(row, part)) for row in own) for part in ("door", "handler", "cassettes")
        )
        parts.append(
            f"## {name} {contract(product)['version']}\n\n"
            f"Actions: {len(own)}; sent by the door: {sent}; answered by the emulator: {answered}; "
            f"in cassettes: {held}.\n\n"
            "| action | | door | emulator | cassettes |\n|---|---|---|---|---|\n"
            + "".join(_line(row) for row in own)
        )
    return "\n".join(parts)


def _line(row: Row) -> str:
    cells = [
        row.action,
        "step" if row.step else "",
        ", ".join(f"`{method}`" for method in row.door),
        f"`{row.handler}`" if row.handler else "",
        str(row.cassettes or ""),
    ]
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
