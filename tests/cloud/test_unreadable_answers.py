"""Whatever an answer holds, a call ends in a result or in an error that names action, field and value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud, sdk
from swaslift.cloud.parse import Fields, Unreadable
from swaslift.errors import ApiError, SwasliftError, UnreadableAnswer
from swaslift.models import Identity
from swaslift.models.base import Record
from tests.cloud.actions import used_actions
from tests.cloud.answers import CALLS, sample, spoiled
from tests.cloud.doors import REGION, door

IDS_ALONE = {
    *("DeleteCustomImage", "DeleteSnapshot", "DeleteFirewallRules", "DeleteImage", "DeleteInstance"),
    *("ModifyImageShareStatus", "ModifyImageSharePermission", "CancelCopyImage", "UpdateInstanceAttribute"),
    *("AddCustomImageShareAccount", "RemoveCustomImageShareAccount", "TagResources", "UntagResources"),
    *("StartInstance", "StopInstance", "RebootInstance", "ResetSystem", "ResetDisk"),
    "ModifyImageAttribute",
}
"""Actions of whose answers only the request id is read."""


def client() -> Cloud:
    made = door(
        endpoint_url="http://127.0.0.1:9", access_key_id="a", access_key_secret="b", clock=VirtualClock()
    )
    made.policy.attempts = 1
    made._identity._kept.append(Identity(account_id="1"))
    return made


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the service answers to every call: the last one of these."""
    bodies: list[Any] = [None]
    monkeypatch.setattr(sdk, "prepare", lambda *_: lambda: bodies[-1])
    return bodies


def called(cloud: Cloud, product: str, action: str) -> Any:
    return CALLS[product, action](cloud)


def test_every_action_that_the_library_calls_is_tried_here() -> None:
    assert {a for _, a in used_actions()} == {a for _, a in CALLS} | IDS_ALONE


@pytest.mark.parametrize(("product", "action"), sorted(CALLS))
def test_an_answer_as_documented_is_read_and_a_spoiled_one_is_read_or_named(
    answers: list[Any], product: str, action: str
) -> None:
    body = sample(product, action)
    answers.append(body)
    cloud = client()
    called(cloud, product, action)
    random = Random(f"{product} {action}")
    for _ in range(60):
        answers.append(spoiled(body, random))
        assert_read_or_named(action, lambda: called(cloud, product, action))


def assert_read_or_named(action: str, call: Callable[[], Any]) -> None:
    """A call gives records, or an error of ours that names what cannot be read."""
    failed: SwasliftError | None = None
    try:
        shown = call()
    except SwasliftError as error:
        failed = error
    if failed is None:
        for record in shown if isinstance(shown, list) else [shown]:
            if isinstance(record, Record):
                assert type(record).model_validate_json(record.model_dump_json()) == record
    elif isinstance(failed, UnreadableAnswer):
        assert failed.action == action
        assert f"{failed.field} is {failed.value or 'missing'}" in str(failed)
    else:
        assert isinstance(failed, ApiError)


@pytest.mark.parametrize(
    "body", [[], "text", 5, None, {}, {"RequestId": ""}, {"RequestId": {"a": 1}}], ids=str
)
def test_what_is_no_answer_of_the_service_is_never_read_as_an_empty_one(
    answers: list[Any], body: Any
) -> None:
    answers.append(body)
    cloud = client()
    for product, action in CALLS:
        with pytest.raises(UnreadableAnswer) as raised:
            called(cloud, product, action)
        assert raised.value.action == action


def test_an_error_that_comes_with_status_200_is_the_services_refusal(answers: list[Any]) -> None:
    answers.append({"RequestId": "R-9", "Code": "Forbidden.RAM", "Message": "not allowed", "HostId": "h"})
    cloud = client()
    for product, action in CALLS:
        with pytest.raises(ApiError) as raised:
            called(cloud, product, action)
        error = raised.value
        assert (error.code, error.http_status, error.request_id) == ("Forbidden.RAM", 200, "R-9")


@pytest.mark.parametrize(
    "spelled",
    [
        "2024-03-01T16:00Z",
        "2024-03-01T16:00:00Z",
        "2024-03-01T16:00:00.000Z",
        "2024-03-01T16:00:00.000+0000",
        "2024-03-01T16:00:00+00:00",
        "2024-03-02T00:00:00+08:00",
        "2024-03-02T00:00+0800",
        "2024-03-01 16:00:00.0",
        " 2024-03-01T16:00:00Z ",
    ],
)
def test_a_time_is_read_in_each_spelling_that_was_seen(spelled: str) -> None:
    assert Fields({"T": spelled}).when("T") == datetime(2024, 3, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled", ["soon", "2024", "2024-03-01", "20240301", 1709308800, True, {}, "٢٠٢٤-03-01T16:00Z"]
)
def test_a_time_that_cannot_be_read_is_named_and_never_taken_for_no_time(spelled: object) -> None:
    with pytest.raises(Unreadable) as raised:
        Fields({"T": spelled}, "Instances[0]").when("T")
    assert (raised.value.field, raised.value.value) == ("Instances[0].T", spelled)
    for absent in ({}, {"T": None}, {"T": ""}):
        assert Fields(absent).when("T") is None


def test_values_are_read_in_their_spellings_and_new_ones_are_kept() -> None:
    fields = Fields(
        {"a": "40", "b": 40.0, "c": "TRUE", "d": 7, "e": "accomplished", "f": "Archived", "g": "47%"}
    )
    assert (fields.number("a"), fields.number("b"), fields.flag("c"), fields.text("d")) == (40, 40, True, "7")
    assert fields.spelled("e", "Accomplished") == "Accomplished"
    assert fields.spelled("f", "Accomplished") == "Archived"
    assert fields.percent("g") == 47


def test_a_disk_of_a_new_kind_is_not_taken_for_a_system_disk(answers: list[Any]) -> None:
    body = sample("swas", "ListInstances")
    body["Instances"][0]["Disks"][0]["DiskType"] = "Cache"
    answers.append(body)
    (server,) = client().swas.list_instances(REGION)
    assert [d.kind for d in server.disks] == ["Cache"]
    with pytest.raises(SwasliftError, match="no system disk"):
        _ = server.system_disk


def test_an_odd_image_that_nobody_waits_for_hides_no_other(answers: list[Any]) -> None:
    body = sample("ecs", "DescribeImages")
    odd = {"ImageId": "m-odd", "Size": {"GiB": 40}}
    body["Images"]["Image"].append(odd)
    answers.append(body | {"TotalCount": 2})
    found = client().ecs.describe_images(REGION, only={"ImageId-1", "m-none"})
    assert [i.id for i in found] == ["ImageId-1"]
    with pytest.raises(UnreadableAnswer, match=r"Images.Image\[1\].Size is"):
        list(client().ecs.describe_images(REGION))
