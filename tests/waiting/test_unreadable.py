"""A wait whose polls are answered with what cannot be read goes on, says so, and can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.runs.events import Event
from tests.cloud.answers import Body, spoiling

SPOILED: list[tuple[str, str, Callable[[Body], Any]]] = [
    ("ListSnapshots", "Snapshots[0].Tags[0].Key", lambda b: _first(b, "Snapshots", Tags=[{"TagKey": "a"}])),
    ("ListSnapshots", "Snapshots[0].Progress", lambda b: _first(b, "Snapshots", Progress="soon")),
    (
        "ListSnapshots",
        "Snapshots[0].CreationTime",
        lambda b: _first(b, "Snapshots", CreationTime="yesterday"),
    ),
    ("ListSnapshots", "Snapshots", lambda b: {k: v for k, v in b.items() if k != "Snapshots"}),
    ("ListSnapshots", "Snapshots", lambda b: b | {"Snapshots": "none"}),
    (
        "ListCustomImages",
        "CustomImages[0].RequiredSystemDiskSize",
        (lambda b: _first(b, "CustomImages", RequiredSystemDiskSize={"GiB": 40})),
    ),
    ("ListCustomImages", "body", lambda _: []),
]


def _first(body: Body, path: str, **fields: Any) -> Body:
    if body[path]:
        body[path][0] |= fields
    return body


WAITS = {"ListSnapshots": 1, "ListCustomImages": 2}
"""Which wait of a capture polls with an action."""


@contextmanager
def spoiled_polls(
    lift: Client, action: str, change: Callable[[Body], Any], polls: range
) -> Iterator[list[Event]]:
    """Change answers to polls of an action, counted from 0 when its wait begins; what listeners hear meanwhile."""
    heard: list[Event] = []
    began: list[int] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if event.kind == "waiting" and sum(e.kind == "waiting" for e in heard) == WAITS[action]:
            began.append(spoiler.count)

    lift.listen(listen)
    with spoiling(action, change, lambda n: bool(began) and n - began[0] in polls) as spoiler:
        yield heard


@pytest.mark.parametrize(("action", "field", "change"), SPOILED)
def test_polls_that_cannot_be_read_delay_a_wait_and_do_not_end_it(
    lift: Client, action: str, field: str, change: Callable[[Body], Any]
) -> None:
    with spoiled_polls(lift, action, change, range(2, 4)) as heard:
        image = lift.capture_image("shop", "shop-read")
    assert image.status == "1"
    assert any(field in event.text for event in heard)


@pytest.mark.parametrize(("action", "field", "change"), [SPOILED[0], SPOILED[3], SPOILED[5]])
def test_what_lasts_pauses_the_run_with_its_reason_and_the_run_can_be_resumed(
    cloud: Emulator, lift: Client, action: str, field: str, change: Callable[[Body], Any]
) -> None:
    with spoiled_polls(lift, action, change, range(2, 10**6)), pytest.raises(RunPaused) as paused:
        lift.capture_image("shop", "shop-read")
    assert action in paused.value.reason
    assert field in paused.value.reason
    assert "if they are its own, update swaslift" in paused.value.remedy
    (run,) = lift.runs.list()
    assert run.status == "paused"
    assert lift.runs.resume(run.id).name == "shop-read"
    assert len(cloud.log.writes()) == 2
