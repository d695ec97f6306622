"""Cloud Assistant and the console: whether and how an instance answers."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import BASE, CENTOS, IDLE, SGP, WEB, WIN, Ecs

SHELL = {"Type": "RunShellScript"}


def _agent(ecs: Ecs, instance: str) -> dict[str, Any]:
    found = ecs.do("DescribeCloudAssistantStatus", InstanceId=[instance])
    return dict(found["InstanceCloudAssistantStatusSet"]["InstanceCloudAssistantStatus"][0])


def _say(ecs: Ecs, script: str, instance: str = WEB, wait: float = 120, **fields: Any) -> dict[str, Any]:
    """Run a script, wait, and return its result."""
    run = {"CommandContent": script, "InstanceId": [instance]} | SHELL | fields
    invoked = ecs.do("RunCommand", **run)["InvokeId"]
    ecs.wait(wait)
    found = ecs.do("DescribeInvocationResults", InvokeId=invoked, ContentEncoding="PlainText")
    return dict(found["Invocation"]["InvocationResults"]["InvocationResult"][0])


def _console(ecs: Ecs, instance: str) -> str:
    body = ecs.do("GetInstanceConsoleOutput", InstanceId=instance, RemoveSymbols=True)
    return base64.b64decode(body["ConsoleOutput"]).decode()


# The heartbeat.


def test_the_agent_calls_some_time_after_running(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.run()
    record = ecs.record("instances", instance)
    running = record.timeline.reached("Running")
    ecs.wait((running - cloud.clock.now()).total_seconds())
    assert ecs.status(instance) == "Running"
    assert _agent(ecs, instance)["CloudAssistantStatus"] == "false"
    ecs.wait((record.agent_at - cloud.clock.now()).total_seconds())
    alive = _agent(ecs, instance)
    assert (alive["CloudAssistantStatus"], alive["OSType"]) == ("true", "Linux")
    ecs.wait(600)
    assert _agent(ecs, instance)["LastHeartbeatTime"] > alive["LastHeartbeatTime"]


def test_a_stopped_instance_has_no_agent_and_a_restarted_one_gets_it_back(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert _agent(ecs, IDLE)["CloudAssistantStatus"] == "false"
    ecs.do("StartInstance", InstanceId=IDLE)
    assert _agent(ecs, IDLE)["CloudAssistantStatus"] == "false"
    ecs.wait(300)
    assert _agent(ecs, IDLE)["CloudAssistantStatus"] == "true"


def test_an_instance_without_heartbeat_runs_and_its_console_says_why(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.no_heartbeat()
    silent, fine = ecs.run(), ecs.run()
    ecs.wait(100_000)
    assert ecs.status(silent) == "Running"
    assert _agent(ecs, silent)["CloudAssistantStatus"] == "false"
    assert _agent(ecs, fine)["CloudAssistantStatus"] == "true"
    assert "Kernel panic" in _console(ecs, silent)
    assert "Kernel panic" not in _console(ecs, fine)


def test_a_replaced_system_may_stay_silent_and_the_next_one_may_not(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.no_heartbeat()
    for image, alive in ((BASE, "false"), (CENTOS, "true")):
        ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=image)
        ecs.wait(60)
        ecs.do("StartInstance", InstanceId=IDLE)
        ecs.wait(300)
        assert _agent(ecs, IDLE)["CloudAssistantStatus"] == alive
        ecs.do("StopInstance", InstanceId=IDLE)
        ecs.wait(60)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"InstanceId": ["i-unknown"]}, (404, "InvalidInstance.NotFound")),
        ({"InstanceId": [SGP]}, (404, "InvalidInstance.NotFound")),
        ({"InstanceId": [f"i-{n}" for n in range(101)]}, (403, "InstanceIds.ExceedLimit")),
        ({"PageNumber": 0}, (400, "InvalidParam.PageNumber")),
        ({"PageSize": 51}, (400, "InvalidParam.PageSize")),
        ({"NextToken": "x"}, (400, "InvalidParameter.NextToken")),
    ],
)
def test_a_wrong_question_for_agents_is_refused(
    cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert Ecs(cloud).refused("DescribeCloudAssistantStatus", **query) == refusal


# Commands.


@pytest.mark.parametrize(
    ("script", "status", "code", "output"),
    [
        ("echo hello world", "Success", 0, "hello world\n"),
        ("# nothing\necho one\n\necho two", "Success", 0, "one\ntwo\n"),
        ("echo before\nexit 3\necho after", "Failed", 3, "before\n"),
        ("false", "Failed", 1, ""),
        ("true", "Success", 0, ""),
        ("uname -m", "Success", 0, "x86_64\n"),
        ("some-unknown-tool --flag", "Success", 0, ""),
    ],
)
def test_a_few_words_are_understood(
    cloud: Emulator, script: str, status: str, code: int, output: str
) -> None:
    result = _say(Ecs(cloud), script)
    assert (result["InvocationStatus"], result["ExitCode"], result["Output"]) == (status, code, output)


def test_the_host_name_is_the_one_of_the_instance(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert _say(ecs, "hostname")["Output"].strip() == ecs.instance(WEB)["HostName"]


def test_the_inventory_can_say_what_scripts_answer() -> None:
    data = default()
    data["ecs"]["command_replies"] = [{"contains": "systemctl", "output": "degraded\n", "exit_code": 1}]
    with Emulator(data, speed=None, start=START) as cloud:
        result = _say(Ecs(cloud), "systemctl is-system-running")
        assert (result["ExitCode"], result["Output"]) == (1, "degraded\n")


def test_a_command_goes_through_its_states(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    states = []
    order = {"CommandContent": "sleep 20", "InstanceId": [WEB]} | SHELL
    invoked = ecs.do("RunCommand", **order)["InvokeId"]
    for pause in (0, 5, 60):
        ecs.wait(pause)
        found = ecs.do("DescribeInvocationResults", InvokeId=invoked)["Invocation"]
        result = found["InvocationResults"]["InvocationResult"][0]
        states.append((result["InvocationStatus"], result["InvokeRecordStatus"], "ExitCode" in result))
    assert states == [
        ("Pending", "Running", False),
        ("Running", "Running", False),
        ("Success", "Finished", True),
    ]


def test_output_is_base64_unless_plain_text_is_asked_for(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    invoked = _say(ecs, "echo hi")["InvokeId"]
    found = ecs.do("DescribeInvocationResults", InvokeId=invoked)["Invocation"]["InvocationResults"]
    assert base64.b64decode(found["InvocationResult"][0]["Output"]) == b"hi\n"


def test_a_script_that_takes_too_long_times_out(cloud: Emulator) -> None:
    result = _say(Ecs(cloud), "sleep 100", Timeout=30)
    assert (result["InvocationStatus"], result["ErrorCode"]) == ("Timeout", "ExecutionTimeout")


@pytest.mark.parametrize(("instance", "code"), [(IDLE, "InstanceNotRunning"), ("silent", "ClientNotRunning")])
def test_a_command_that_cannot_be_sent_is_aborted(cloud: Emulator, instance: str, code: str) -> None:
    ecs = Ecs(cloud)
    if instance == "silent":
        cloud.faults.no_heartbeat()
        instance = ecs.running()
    result = _say(ecs, "echo hi", instance)
    assert (result["InvocationStatus"], result["ErrorCode"], result["Output"]) == ("Aborted", code, "")


def test_parameters_are_put_into_the_script(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    result = _say(ecs, "echo {{name}}", EnableParameter=True, Parameters={"name": "shop"})
    assert result["Output"] == "shop\n"
    assert (
        _say(ecs, base64.b64encode(b"echo coded").decode(), ContentEncoding="Base64")["Output"] == "coded\n"
    )


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"Type": "RunPython"}, (404, "InvalidCmdType.NotFound")),
        ({"RepeatMode": "Always"}, (404, "InvalidRepeatMode.NotFound")),
        ({"CommandContent": "!", "ContentEncoding": "Base64"}, (400, "CmdContent.DecodeError")),
        ({"CommandContent": "x" * 24_000}, (403, "CmdContent.ExceedLimit")),
        ({"CommandContent": "x" * 14_000, "KeepCommand": True}, (403, "CmdContent.ExceedLimit")),
        ({"Name": "x" * 129}, (403, "CmdName.ExceedLimit")),
        ({"Timeout": 100_000}, (403, "InvalidTimeout.ExceedLimit")),
        ({"Parameters": {"a": "b"}}, (400, "Parameter.Disabled")),
        ({"Parameters": {"a": "b"}, "EnableParameter": True}, (400, "Parameter.NotMatched")),
        ({"InstanceId": []}, (400, "MissingParam.InstanceId")),
        ({"InstanceId": [f"i-{n}" for n in range(101)]}, (403, "InstanceIds.ExceedLimit")),
        ({"InstanceId": [WEB, "i-unknown"]}, (404, "InvalidInstance.NotFound")),
        ({"Type": "RunPowerShellScript"}, (400, "InvalidInstance.NotMatch")),
        ({"Tag": [{"Key": "acs:a", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
    ],
)
def test_a_wrong_command_is_refused(cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    good = {"CommandContent": "true", "InstanceId": [WEB]} | SHELL
    assert Ecs(cloud).refused("RunCommand", **(good | order)) == refusal


def test_instances_can_be_named_by_their_tags(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    tag = [{"Key": "role", "Value": "web"}]
    result = _say(ecs, "true", InstanceId=None, ResourceTag=tag)
    assert result["InstanceId"] == WEB


def test_stopping_cancels_what_waits_and_ends_what_runs(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"CommandContent": "sleep 50", "InstanceId": [WEB]} | SHELL
    for pause, expected in ((0.0, "Cancelled"), (5.0, "Terminated")):
        invoked = ecs.do("RunCommand", **order)["InvokeId"]
        ecs.wait(pause)
        ecs.do("StopInvocation", InvokeId=invoked, InstanceId=[WEB])
        found = ecs.do("DescribeInvocationResults", InvokeId=invoked)["Invocation"]["InvocationResults"]
        result = found["InvocationResult"][0]
        assert (result["InvocationStatus"], result["InvokeRecordStatus"]) == (expected, "Stopped")
    assert ecs.refused("StopInvocation", InvokeId="t-unknown") == (404, "InvalidInvokeId.NotFound")
    stranger = {"InvokeId": invoked, "InstanceId": [IDLE]}
    assert ecs.refused("StopInvocation", **stranger) == (404, "InvalidInstanceId.NotFound")
    crowd = {"InvokeId": invoked, "InstanceId": [f"i-{n}" for n in range(51)]}
    assert ecs.refused("StopInvocation", **crowd) == (403, "InstanceIds.ExceedLimit")


def test_results_are_found_by_instance_state_and_tag(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    _say(ecs, "exit 1", Tag=[{"Key": "run", "Value": "7"}])
    for query in (
        {"InvokeRecordStatus": "Failed"},
        {"InstanceId": WEB},
        {"Tag": [{"Key": "run", "Value": "7"}]},
    ):
        assert ecs.do("DescribeInvocationResults", **query)["Invocation"]["TotalCount"] == 1
    assert ecs.do("DescribeInvocationResults", InstanceId=IDLE)["Invocation"]["TotalCount"] == 0


# The console.


def test_the_boot_text_fits_the_instance(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    text = _console(ecs, WEB)
    seen = ecs.instance(WEB)
    assert "Allowing 2 CPUs" in text
    assert "capacity 40 GiB" in text
    assert seen["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0] in text
    assert text.endswith(f"{seen['HostName']} login: ")


def test_a_type_with_nvme_disks_shows_them_in_its_boot_text(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert "nvme0n1" in _console(ecs, ecs.running(InstanceType="ecs.g8i.large"))


def test_the_time_of_the_boot_text_is_that_of_beijing(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.running()
    assert (
        ecs.do("GetInstanceConsoleOutput", InstanceId=instance)["LastUpdateTime"][:16] == "2026-11-01 16:00"
    )


def test_console_and_picture_have_their_refusals(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    windows = ecs.running(ImageId=WIN)
    assert ecs.refused("GetInstanceConsoleOutput", InstanceId=windows) == (405, "NotSupported")
    assert ecs.do("GetInstanceScreenshot", InstanceId=windows)["Screenshot"]
    assert ecs.refused("GetInstanceScreenshot", InstanceId=windows) == (429, "Throttling")
    ecs.wait(10)
    assert (
        base64.b64decode(ecs.do("GetInstanceScreenshot", InstanceId=windows)["Screenshot"])[:2] == b"\xff\xd8"
    )
    pending = ecs.run()
    assert ecs.refused("GetInstanceConsoleOutput", InstanceId=pending) == (405, "IncorrectInstanceStatus")
    assert ecs.refused("GetInstanceScreenshot", InstanceId=IDLE) == (405, "IncorrectInstanceStatus")
    for action in ("GetInstanceConsoleOutput", "GetInstanceScreenshot"):
        assert ecs.refused(action, InstanceId=SGP) == (404, "InvalidInstanceId.NotFound")
