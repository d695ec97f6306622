"""SWAS: the power of servers and commands in them, through the door."""

from __future__ import annotations

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from swaslift.errors import ConflictError, InvalidRequestError
from swaslift.models import Server
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, body, compare, time

INVOCATION: dict[str, Field] = {
    "id": "InvokeId",
    "name": "CommandName",
    "kind": "CommandType",
    "status": "InvocationStatus",
}
RESULT: dict[str, Field] = {
    "id": "InvokeId",
    "server_id": "InstanceId",
    "status": "InvocationStatus",
    "exit_code": "ExitCode",
    "error_code": "ErrorCode",
    "error_info": "ErrorInfo",
    "user": "InvokeUser",
    "started_at": time("StartTime"),
    "finished_at": time("FinishedTime"),
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def server(client: Cloud, name: str = "shop") -> Server:
    return next(client.swas.list_instances(REGION, name=name))


def test_a_server_is_stopped_started_and_restarted(cloud: Emulator, client: Cloud) -> None:
    shop = server(client)
    client.swas.stop_instance(REGION, shop.id, token="t1")
    assert server(client).status == "Stopping"
    client.clock.sleep(600)
    assert server(client).status == "Stopped"
    client.swas.start_instance(REGION, shop.id, token="t2")
    assert server(client).status == "Starting"
    client.clock.sleep(600)
    client.swas.reboot_instance(REGION, shop.id, token="t3")
    assert server(client).status == "Starting"
    client.clock.sleep(600)
    assert server(client).status == "Running"
    sent = [(c.action, c.params) for c in cloud.log.writes()]
    assert sent == [
        (action, {"RegionId": REGION, "InstanceId": shop.id, "ClientToken": token})
        for action, token in (("StopInstance", "t1"), ("StartInstance", "t2"), ("RebootInstance", "t3"))
    ]


def test_another_state_is_refused(client: Cloud) -> None:
    shop = server(client)
    with pytest.raises(ConflictError, match="Running"):
        client.swas.start_instance(REGION, shop.id, token="t1")
    client.swas.stop_instance(REGION, shop.id, token="t2")
    for again in (client.swas.stop_instance, client.swas.reboot_instance):
        with pytest.raises(ConflictError):
            again(REGION, shop.id, token="t3")


def test_commands_and_what_came_of_them() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["command_replies"] = [
        {"contains": "good", "output": "häkchen\n"},
        {"contains": "bad", "output": "oops\n", "exit_code": 3},
    ]
    with Emulator(inventory, speed=None, seed=7) as cloud:
        client = door(cloud)
        shop = server(client)
        good = client.swas.run_command(REGION, shop.id, "first", "good")
        bad = client.swas.run_command(
            REGION,
            shop.id,
            "second",
            "bad {{what}}",
            kind="RunShellScript",
            timeout=30,
            working_dir="/tmp",
            working_user="admin",
            parameters={"what": "luck"},
        )
        before = client.swas.describe_invocation_result(REGION, shop.id, good)
        assert (before.status, before.exit_code, before.output) == ("Pending", None, "")
        client.clock.sleep(60)
        items = body(client, "swas", "DescribeInvocations", InstanceId=shop.id)["Invocations"]
        records = list(client.swas.describe_invocations(REGION, shop.id))
        plain = [r.model_copy(update={"server_id": "", "content": ""}) for r in records]
        without = {"server_id": lambda _: "", "content": lambda _: ""}
        compare(plain, items, {**INVOCATION, **without}, empty=without)
        assert {r.name: r.content for r in records} == {"first": "good", "second": "bad luck"}
        assert {r.server_id for r in records} == {shop.id}
        results = [client.swas.describe_invocation_result(REGION, shop.id, i) for i in (good, bad)]
        raw = [
            body(client, "swas", "DescribeInvocationResult", InstanceId=shop.id, InvokeId=i)
            for i in (good, bad)
        ]
        shown = [r["InvocationResult"] for r in raw]
        assert [r.output for r in results] == ["häkchen\n", "oops\n"]
        plain_results = [r.model_copy(update={"output": ""}) for r in results]
        compare(plain_results, shown, {**RESULT, "output": lambda _: ""}, empty=["output"])
        sent = [c.params for c in cloud.log.writes()]
        assert sent[0] == {
            "RegionId": REGION,
            "InstanceId": shop.id,
            "Name": "first",
            "Type": "RunShellScript",
            "CommandContent": "good",
            "Timeout": 60,
        }
        assert (sent[1]["WorkingDir"], sent[1]["WorkingUser"], sent[1]["Timeout"]) == ("/tmp", "admin", 30)


def test_all_commands_are_listed_however_many(client: Cloud) -> None:
    shop = server(client)
    made = [client.swas.run_command(REGION, shop.id, f"c-{i}", "true") for i in range(51)]
    assert {i.id for i in client.swas.describe_invocations(REGION, shop.id)} == set(made)


def test_a_command_that_the_service_does_not_take(client: Cloud) -> None:
    shop = server(client)
    with pytest.raises(InvalidRequestError):
        client.swas.run_command(REGION, shop.id, "short", "true", timeout=5)
    client.swas.stop_instance(REGION, shop.id, token="t")
    with pytest.raises(ConflictError):
        client.swas.run_command(REGION, shop.id, "down", "true")
