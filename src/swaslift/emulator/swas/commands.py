"""Commands on servers, by Cloud Assistant.

No script is really run. What a server answers is told beforehand (`CommandReply`, in the
inventory ``command_replies``, or `Server.replies`); without a fitting reply a command succeeds and
prints nothing.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import lookup
from swaslift.emulator.swas.power import require_status
from swaslift.emulator.swas.records import CommandReply, Invocation, Server
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

LINUX_KINDS, WINDOWS_KINDS = ("RunShellScript",), ("RunBatScript", "RunPowerShellScript")
FIRST_STEP = 1.0
"""Seconds in which a command is ``Pending``."""


@SWAS.action("RunCommand")
def run_command(call: Call) -> dict[str, Any]:
    """Run a script on one Running server."""
    server = lookup.server(call)
    kind, timeout = call.params["Type"], call.get("Timeout", 60)
    if kind not in LINUX_KINDS + WINDOWS_KINDS:
        raise lookup.invalid(call, f"Type must be one of {', '.join(LINUX_KINDS + WINDOWS_KINDS)}.")
    if not 10 <= timeout <= 86400:
        raise lookup.invalid(call, f"Timeout must be from 10 to 86400 seconds, not {timeout}.")
    require_status(call, server, "Running")
    content = call.params["CommandContent"]
    if len(base64.b64encode(content.encode())) > 16 * 1024:
        raise lookup.invalid(call, "CommandContent must not be longer than 16 KB in Base64.")
    if call.get("EnableParameter"):
        for name, value in (call.get("Parameters") or {}).items():
            content = content.replace("{{" + name + "}}", str(value))
    invoke_id = call.world.new_id("t-")
    _invoke(call, invoke_id, server, call.params["Name"], content, kind, timeout, call.get("WorkingUser"))
    return {"InvokeId": invoke_id}


@SWAS.action("InvokeCommand")
def invoke_command(call: Call) -> dict[str, Any]:
    """Run a stored command on several Running servers."""
    command = call.world.swas.commands.get(call.params["CommandId"])
    if command is None or (command.account_id, command.region_id) != (call.account_id, call.region_id):
        raise lookup.invalid(call, f"There is no command {call.params['CommandId']}.")
    servers = [lookup.server(call, one) for one in lookup.ids(call, "InstanceIds", 50) or []]
    for server in servers:
        require_status(call, server, "Running")
    content = command.content
    for name, value in (call.get("Parameters") or {}).items():
        content = content.replace("{{" + name + "}}", str(value))
    invoke_id = call.world.new_id("t-")
    for server in servers:
        _invoke(call, invoke_id, server, command.name, content, command.kind, 60, call.get("Username"))
    return {"InvokeId": invoke_id}


def _invoke(
    call: Call,
    invoke_id: str,
    server: Server,
    name: str,
    content: str,
    kind: str,
    timeout: int,
    user: str | None,
) -> None:
    windows = server.platform == "Windows"
    reply = next((r for r in server.replies if r.contains in content), CommandReply(""))
    made = Invocation(
        invoke_id=invoke_id,
        account_id=call.account_id,
        region_id=call.region_id,
        server_id=server.server_id,
        name=name,
        kind=kind,
        user=user or ("system" if windows else "root"),
        content=content,
        created=call.now,
        started=call.now + timedelta(seconds=FIRST_STEP),
        status=Timeline((call.now, "Pending")),
        output=reply.output,
        exit_code=reply.exit_code,
    )
    if kind not in (WINDOWS_KINDS if windows else LINUX_KINDS):
        made.status = Timeline((call.now, "Invalid"))
        made.error_code = "CommandNotApplicable"
        made.error_info = f"{kind} does not run on {server.platform}."
    else:
        seconds = reply.seconds
        if seconds is None:
            seconds = call.world.seconds(call.world.durations.command)
        end = "Success" if reply.exit_code == 0 else "Failed"
        if seconds > timeout:
            seconds, end = float(timeout), "Timeout"
            made.error_code, made.error_info = "ExecutionTimeout", f"It took more than {timeout} s."
        elif end == "Failed":
            made.error_code = "ExitCodeNonzero"
            made.error_info = f"The exit code is {reply.exit_code}."
        made.status.plan(call.now, (FIRST_STEP, "Running"), (FIRST_STEP + seconds, end))
    call.world.swas.invocations[invoke_id, server.server_id] = made


@SWAS.action("DescribeInvocations")
def describe_invocations(call: Call) -> dict[str, Any]:
    """The commands that were run in one server, the newest first."""
    server = lookup.server(call)
    wanted = call.get("InvokeStatus")
    rows = []
    for found in reversed(call.world.swas.invocations.values()):
        status = found.status.at(call.now)
        if found.server_id != server.server_id or wanted not in {None, _record_status(status)}:
            continue
        rows.append(
            {
                "InvokeId": found.invoke_id,
                "CommandName": found.name,
                "CommandType": found.kind,
                "CommandContent": base64.b64encode(found.content.encode()).decode(),
                "CreationTime": lookup.at(found.created),
                "InvocationStatus": status,
                "InvokeStatus": _record_status(status),
            }
        )
    shown, fields = lookup.page(call, rows, most=50)
    return {"Invocations": list(shown), **fields}


@SWAS.action("DescribeInvocationResult")
def describe_invocation_result(call: Call) -> dict[str, Any]:
    """How one command on one server stands."""
    server = lookup.server(call)
    found = call.world.swas.invocations.get((call.params["InvokeId"], server.server_id))
    if found is None:
        raise lookup.invalid(call, f"The server has no invocation {call.params['InvokeId']}.")
    status = found.status.at(call.now)
    over = status not in {"Pending", "Running"}
    fields: dict[str, Any] = {
        "InstanceId": server.server_id,
        "InvokeId": found.invoke_id,
        "InvokeUser": found.user,
        "InvocationStatus": status,
        "InvokeRecordStatus": _record_status(status),
    }
    if status not in {"Pending", "Invalid"}:
        fields["StartTime"] = lookup.at(found.started)
    if over:
        fields["FinishedTime"] = lookup.at(found.status.last[0])
        fields["Output"] = base64.b64encode(found.output.encode()).decode()
        fields["ErrorCode"], fields["ErrorInfo"] = found.error_code, found.error_info
    if status in {"Success", "Failed"}:
        fields["ExitCode"] = found.exit_code
    return {"InvocationResult": fields}


def _record_status(status: str) -> str:
    if status in {"Pending", "Running"}:
        return "Running"
    return "Finished" if status == "Success" else "Failed"
