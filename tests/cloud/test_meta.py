"""The door, the contracts and the emulator fit together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swaslift.cloud.ecs import Ecs
from swaslift.cloud.swas import Swas
from swaslift.emulator.front.calls import is_write
from tests.cloud.actions import ROOM, SERVICES, Use, contract, product_of, used_actions, uses


def test_the_search_finds_what_the_door_sends() -> None:
    found = used_actions()
    assert len(found) > 30
    for known in (("sts", "GetCallerIdentity"), ("swas", "ListDisks"), ("ecs", "RunInstances")):
        assert known in found
    # Nothing that looks like an action escapes the search.
    names = {a for product in SERVICES for a in contract(product)["actions"]}
    written = {
        text
        for path in ROOM.glob("*.py")
        if product_of(path)
        for text in re.findall(r'"(\w+)"', path.read_text())
        if text in names
    }
    assert written - {a for _, a in found} == set()


@pytest.mark.parametrize(("product", "action"), used_actions())
def test_every_action_is_in_a_contract_and_served_by_the_emulator(product: str, action: str) -> None:
    assert action in contract(product)["actions"]
    assert action in SERVICES[product].handlers


@pytest.mark.parametrize("use", uses(), ids=lambda u: f"{u.action} {u.where}")
def test_tokens_fit_the_contract(use: Use) -> None:
    changes = use.how in {"change", "change_as"}
    dry = use.how == "read" and use.method.startswith("dry_run_")
    assert changes == (is_write(use.action) and not dry)
    if changes:
        assert use.token == contract(use.product)["actions"][use.action]["client_token"]
    else:
        assert not use.token


@pytest.mark.parametrize("group", [Swas, Ecs])
def test_every_method_of_the_door_is_called_in_a_test_of_what_it_gives(group: type) -> None:
    tests = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*_*s.py"))
    methods = {n for n in dir(group) if not n.startswith("_")}
    assert {n for n in methods if f".{n}(" not in tests} == set()
