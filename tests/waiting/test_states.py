"""The tables of states, held against what the SDKs and the contracts document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_swas_open20200601 import models as swas_models

from swaslift.cloud.ecs_reads import IMAGE_STATUSES
from swaslift.models import ImageStatus
from swaslift.waiting import states, watches
from swaslift.waiting.conditions import Watch
from swaslift.waiting.states import States
from tests.cloud.actions import contract


def in_model(model: Any, field: str = "status") -> set[str]:
    """The values that the SDK's comment above a field lists, as ``*   Running: ...`` or ``- Running: ...``."""
    source = inspect.getsource(model.__init__)
    comment = re.search(rf"((?:^ *#.*\n)+) *self\.{field} = {field}$", source, re.MULTILINE)
    assert comment, model
    values = comment[1].partition("Valid values")[2]
    return set(re.findall(r"#\s+[*-]\s+(\w+)\s*(?:\(\w+\))?:", values)) - {"ALL", "All", "all"}


def in_parameter(product: str, action: str, name: str) -> set[str]:
    """The values that the contract lists for a parameter."""
    (found,) = (p for p in contract(product)["actions"][action]["params"] if p["name"] == name)
    listed = re.split(r"[,;(]", str(found["constraints"]))[0]
    return {v.strip() for v in listed.split("|")} - {"All", "all"}


def in_note(product: str, action: str, start: str) -> str:
    """A note of the contract."""
    (found,) = (n for n in contract(product)["actions"][action]["notes"] if n.startswith(start))
    return str(found)


DOCUMENTED: list[tuple[States, set[str]]] = [
    (states.SWAS_SERVER, in_model(swas_models.ListInstancesResponseBodyInstances)),
    (states.SWAS_SNAPSHOT, in_model(swas_models.ListSnapshotsResponseBodySnapshots)),
    (states.SWAS_IMAGE, in_model(swas_models.ListCustomImagesResponseBodyCustomImages)),
    (states.SWAS_IMAGE, set(re.findall(r"\d", in_note("swas", "ListCustomImages", "Status is")))),
    (states.ECS_IMAGE, in_model(ecs_models.DescribeImagesRequest)),
    (states.ECS_SNAPSHOT, in_model(ecs_models.DescribeSnapshotsRequest)),
    (states.ECS_SNAPSHOT, in_parameter("ecs", "DescribeSnapshots", "Status")),
    (states.ECS_DISK, in_model(ecs_models.DescribeDisksRequest)),
    (states.ECS_DISK, in_parameter("ecs", "DescribeDisks", "Status")),
    (states.ECS_INSTANCE, in_parameter("ecs", "DescribeInstances", "Status")),
    (
        states.COMMAND,
        set(in_note("swas", "DescribeInvocationResult", "InvocationStatus").split(": ")[1].split(" | "))
        | {"Scheduled"},  # of ECS alone
    ),
    (
        states.SWAS_COMMAND,
        set(in_note("swas", "DescribeInvocationResult", "InvocationStatus").split(": ")[1].split(" | ")),
    ),
]


def sets_of(table: States) -> Iterable[frozenset[str]]:
    return (table.pending, table.success, table.failure)


@pytest.mark.parametrize(("table", "documented"), DOCUMENTED, ids=lambda v: getattr(v, "resource", ""))
def test_each_table_holds_exactly_the_documented_states(table: States, documented: set[str]) -> None:
    assert len(documented) >= 3
    assert set().union(*sets_of(table)) == documented


def test_every_table_is_checked() -> None:
    assert {t.resource for t, _ in DOCUMENTED} == {t.resource for t in states.ALL}


@pytest.mark.parametrize("table", states.ALL, ids=lambda t: t.resource)
def test_no_state_means_two_things_and_there_is_a_way_to_succeed(table: States) -> None:
    assert table.success
    assert table.pending
    assert sum(len(s) for s in sets_of(table)) == len(set().union(*sets_of(table)))
    assert table.typical > 0


def test_image_lists_are_asked_for_every_state_that_is_waited_through() -> None:
    assert set(IMAGE_STATUSES.split(",")) == set().union(*sets_of(states.ECS_IMAGE))


def test_the_codes_of_custom_images_have_names() -> None:
    assert {s.value for s in ImageStatus} == set().union(*sets_of(states.SWAS_IMAGE))
    assert states.SWAS_IMAGE.success == {ImageStatus.AVAILABLE}
    assert states.SWAS_IMAGE.failure == {ImageStatus.UNAVAILABLE, ImageStatus.FAILED}


def test_every_watch_has_a_table_that_is_checked_here() -> None:
    # Neither an agent nor the clock is a resource with states of its own.
    others = (watches.HEARTBEATS, watches.MOMENTS)
    watched = [w for w in vars(watches).values() if isinstance(w, Watch) and w not in others]
    used = {w.states.resource for w in watched}
    assert used <= {t.resource for t in states.ALL}
    assert len(used) == 8
