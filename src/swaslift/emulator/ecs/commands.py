"""Commands that run through Cloud Assistant."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.documented import RESULT
from swaslift.emulator.ecs.paging import either
from swaslift.emulator.ecs.records_commands import Invocation, InvocationOn
from swaslift.emulator.ecs.rules import check_tags, has_tags, tag_body
from swaslift.emulator.ecs.scripts import outcome
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second
from swaslift.emulator.ecs.work import Work
from swaslift.emulator.service import not_implemented

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.service import Call

_KINDS = {"RunShellScript": "linux", "RunBatScript": "windows", "RunPowerShellScript": "windows"}
_REPEATS = {"Once", "Period", "NextRebootOnly", "EveryReboot", "DryRun"}
_LONGEST_OUTPUT = 24 * 1024
_LONGEST_TIMEOUT = 86_400


@ECS.action("RunCommand")
def run_command(call: Call) -> dict[str, Any]:
    """Send a script; one unsuitable instance fails the whole call."""
    find.region(call)
    script = _content(call)
    instances = _targets(call)
    check_tags(call)
    world, now = call.world, call.now
    command_id, invoke_id = world.new_id("c-"), world.new_id("t-")
    runs = [_start(call, instance, script) for instance in instances]
    find.ecs(call).invocations.add(
        Invocation(
            id=invoke_id,
            account_id=call.account_id,
            region_id=call.region_id,
            created_at=now,
            visible_at=now,
            tags=call.tags,
            resource_group_id=call.get("ResourceGroupId") or "",
            command_id=command_id,
            username=call.get("Username") or ("System" if instances[0].traits.windows else "root"),
            termination_mode=call.get("TerminationMode") or "ProcessTree",
            content=script,
            runs=runs,
        )
    )
    return {"CommandId": command_id, "InvokeId": invoke_id}


def _content(call: Call) -> str:
    if call.get("Type") not in _KINDS:
        raise call.error("InvalidCmdType.NotFound", "The specified Type does not exist.")
    if call.get("RepeatMode") not in {None, *_REPEATS}:
        raise call.error("InvalidRepeatMode.NotFound", "The specified RepeatMode does not exist.")
    if call.get("RepeatMode") not in {None, "Once"}:
        raise not_implemented("The emulator runs a command once: leave RepeatMode out.")
    text = call.get("CommandContent")
    if call.get("ContentEncoding") == "Base64":
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            raise call.error("CmdContent.DecodeError", "CommandContent is not valid Base64.") from None
    limit = 18 if call.get("KeepCommand") else 24
    if len(base64.b64encode(text.encode())) > limit * 1024:
        raise call.error("CmdContent.ExceedLimit", f"CommandContent is larger than {limit} KB.")
    if len(call.get("Name") or "") > 128:
        raise call.error("CmdName.ExceedLimit", "The name of the command is too long.")
    if not 1 <= call.get("Timeout", 60) <= _LONGEST_TIMEOUT:
        raise call.error("InvalidTimeout.ExceedLimit", "The specified Timeout is not valid.")
    return _filled(call, str(text))


def _filled(call: Call, text: str) -> str:
    """The script with its ``{{parameters}}`` put in."""
    parameters = call.get("Parameters") or {}
    if parameters and not call.get("EnableParameter"):
        raise call.error("Parameter.Disabled", "Parameters needs EnableParameter=true.")
    for name, value in parameters.items():
        if "{{" + name + "}}" not in text.replace(" ", ""):
            raise call.error("Parameter.NotMatched", f"The command declares no parameter {name}.")
        text = text.replace("{{" + name + "}}", str(value))
    return text


def _targets(call: Call) -> list[Instance]:
    state, ids, wanted = find.ecs(call), call.get("InstanceId") or [], call.get("ResourceTag") or []
    if not ids and wanted:
        pairs = {(t.get("Key"), t.get("Value") or "") for t in wanted}
        everywhere = state.instances.of(call.account_id, call.region_id, call.now)
        ids = [i.id for i in everywhere if pairs <= set(i.tags.items())]
    if not ids:
        raise call.error("MissingParam.InstanceId", "The parameter InstanceId is required.")
    if len(ids) > 100:
        raise call.error("InstanceIds.ExceedLimit", "At most 100 instance ids can be given.")
    found = []
    for instance_id in ids:
        instance = state.instances.find(instance_id, call.account_id, call.now)
        if instance is None or instance.region_id != call.region_id:
            raise call.error("InvalidInstance.NotFound", f"The instance {instance_id} does not exist.")
        if instance.traits.os_type != _KINDS[call.get("Type")]:
            raise call.error("InvalidInstance.NotMatch", "The command type does not fit the system.")
        found.append(instance)
    return found


def _start(call: Call, instance: Instance, script: str) -> InvocationOn:
    world, now = call.world, call.now
    instance.commands += 1
    instance.last_command_at = now
    pickup = world.seconds(world.durations.command_pickup)
    run = InvocationOn(instance_id=instance.id, work=Work(now + timedelta(seconds=pickup), 0.0))
    if instance.status(now) != "Running":
        run.error_code, run.error_info = "InstanceNotRunning", "The instance is not running."
    elif not instance.agent_alive(now):
        run.error_code, run.error_info = "ClientNotRunning", "The Cloud Assistant agent is not running."
    else:
        said = outcome(find.ecs(call), instance, script)
        usual = world.seconds(world.durations.command)
        seconds = usual if said.seconds is None else said.seconds
        limit = call.get("Timeout", 60)
        run.timed_out = seconds > limit
        run.documented = said.documented
        run.work.seconds = min(seconds, limit)
        run.exit_code, run.output = said.exit_code, "" if run.timed_out else said.output
    return run


@ECS.action("StopInvocation")
def stop_invocation(call: Call) -> dict[str, Any]:
    """Pending runs are cancelled, running ones end terminated."""
    find.region(call)
    invocation = find.ecs(call).invocations.find(call.get("InvokeId"), call.account_id, call.now)
    if invocation is None or invocation.region_id != call.region_id:
        raise call.error("InvalidInvokeId.NotFound", "The invocation does not exist.")
    ids = call.get("InstanceId")
    if ids and len(ids) > 50:
        raise call.error("InstanceIds.ExceedLimit", "At most 50 instance ids can be given.")
    if ids and not set(ids) <= {r.instance_id for r in invocation.runs}:
        raise call.error("InvalidInstanceId.NotFound", "An instance is not part of the invocation.")
    for run in invocation.runs:
        if (not ids or run.instance_id in ids) and run.status(call.now) in {"Pending", "Running"}:
            run.stopped_at = call.now
    return {}


def record_status(invocation: Invocation, now: datetime) -> str:
    """The state of the whole invocation."""
    each = {r.status(now) for r in invocation.runs}
    if each & {"Pending", "Running"}:
        return "Running"
    if each <= {"Success"}:
        return "Finished"
    if each & {"Cancelled", "Terminated"}:
        return "Stopped"
    return "PartialFailed" if "Success" in each else "Failed"


@ECS.action("DescribeInvocationResults")
def describe_invocation_results(call: Call) -> dict[str, Any]:
    """Output and exit code per instance."""
    find.region(call)
    wanted = call.get("InvokeRecordStatus")
    found = [
        (invocation, run)
        for invocation in find.ecs(call).invocations.of(call.account_id, call.region_id, call.now)
        if call.get("InvokeId") in {None, invocation.id}
        and call.get("CommandId") in {None, invocation.command_id}
        and wanted in {None, record_status(invocation, call.now)}
        and call.get("ResourceGroupId") in {None, invocation.resource_group_id}
        and has_tags(invocation.tags, call)
        for run in invocation.runs
        if call.get("InstanceId") in {None, run.instance_id}
    ]
    page, fields = either(call, found, most=50)
    plain = call.get("ContentEncoding") == "PlainText"
    results = [_result(invocation, run, call.now, plain=plain) for invocation, run in page]
    return {"Invocation": {"InvocationResults": {"InvocationResult": results}, **fields}}


def _result(invocation: Invocation, run: InvocationOn, now: datetime, *, plain: bool) -> dict[str, Any]:
    status = run.status(now)
    raw = run.output.encode() if status in {"Success", "Failed"} else b""
    kept = raw[:_LONGEST_OUTPUT]
    body: dict[str, Any] = {
        "CommandId": invocation.command_id,
        "Dropped": len(raw) - len(kept),
        "ErrorCode": run.error_code
        or {"Failed": "ExitCodeNonzero", "Timeout": "ExecutionTimeout"}.get(status, ""),
        "ErrorInfo": run.error_info,
        "InstanceId": run.instance_id,
        "InvocationStatus": status,
        "InvokeId": invocation.id,
        "InvokeRecordStatus": record_status(invocation, now),
        "Launcher": "",
        "Output": kept.decode("utf-8", "ignore") if plain else base64.b64encode(kept).decode(),
        "Repeats": 0 if status == "Pending" else 1,
        "Tags": tag_body(invocation.tags),
        "TerminationMode": invocation.termination_mode,
        "Username": invocation.username,
    }
    if status in {"Success", "Failed"}:
        body["ExitCode"] = run.exit_code
    if status not in {"Pending", "Aborted", "Cancelled"}:
        body["StartTime"] = to_second(run.work.starts_at)
    if status in {"Success", "Failed", "Timeout"}:
        body["FinishedTime"] = to_second(run.work.ends_at)
    if run.stopped_at is not None:
        body["StopTime"] = to_second(run.stopped_at)
    return RESULT.put(body, run.documented)
