"""What every migration has to prove: nobody was harmed, nothing was hidden, nothing was left over."""

from __future__ import annotations

from collections.abc import Collection
from html import unescape
from typing import Any

from swaslift import Report
from swaslift.emulator import Emulator

State = dict[tuple[str, str, str, str], Any]

MADE = {"snapshots", "custom_images", "images", "instances", "disks", "servers"}
"""Kinds of resources that a migration can bring about."""

COUNTERS = {
    "vswitches": {"AvailableIpAddressCount"},
    "security_groups": {"AvailableInstanceAmount", "EcsCount"},
    "images": {"Usage"},
    "snapshots": {"Usage"},
}
"""Fields that count what others do, or whether they do it."""


def everything(cloud: Emulator) -> State:
    """All resources of all accounts, by account, product, kind and id."""
    return {
        (account, product, kind, key): {
            name: value for name, value in record.items() if name not in COUNTERS.get(kind, ())
        }
        for account, products in cloud.state().items()
        for product, kinds in products.items()
        for kind, records in kinds.items()
        for key, record in records.items()
        # What SWAS shares is seen in ECS, and is one resource all the same.
        if not key.endswith("(shared by SWAS)")
    }


def assert_unharmed(before: State, after: State, *, but: Collection[str] = ()) -> None:
    """What was there is there, and as it was; ``but``: ids that the user gave up."""
    for key, record in before.items():
        if key[3] in but:
            continue
        assert key in after, f"{key} is gone"
        assert after[key] == record, f"{key} was changed"


def new_ids(before: State, after: State) -> set[str]:
    """Ids of resources that were not there before."""
    return {key[3] for key in after if key not in before and key[2] in MADE}


def assert_report_tells_all(before: State, after: State, report: Report) -> None:
    """What remains is exactly what the report says, and what it calls gone is gone."""
    told = {line.id for line in report.kept} | {part for line in report.kept for part in line.parts}
    there = {key[3] for key in after}
    new, claimed = new_ids(before, after), told - {key[3] for key in before}
    assert new == claimed, (sorted(k for k in after if k[3] in new - claimed), claimed - new)
    assert told <= there
    assert not {line.id for line in report.gone} & there


def assert_shown(result: Any, *words: str) -> None:
    """A result is looked at as a few lines, in a terminal and in a notebook, and the words stand in both."""
    text, page = repr(result), unescape(result._repr_html_())
    assert len(text.splitlines()) <= 20
    assert "account_id=" not in text, "what a record holds stands in its fields"
    for word in words:
        assert word in " ".join(text.split()), word
        assert word in page, word
    assert page.count("<table") == page.count("</table>")


def assert_only_announced(cloud: Emulator, announced: Collection[str]) -> None:
    """No write was sent that the plan did not list."""
    assert {call.action for call in cloud.log.attempted_writes()} <= set(announced)
