"""Cloud Assistant: whether the agent of an instance is alive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.paging import either
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call

_HEARTBEAT_SECONDS = 60


@ECS.action("DescribeCloudAssistantStatus")
def describe_cloud_assistant_status(call: Call) -> dict[str, Any]:
    """Whether agents have called lately; never those of instances that do not run."""
    find.region(call)
    state, ids = find.ecs(call), call.get("InstanceId")
    if ids and len(ids) > 100:
        raise call.error("InstanceIds.ExceedLimit", "At most 100 instance ids can be given.")
    wanted = (call.get("OSType") or "").lower()
    instances = state.instances.of(call.account_id, call.region_id, call.now)
    if ids:
        unknown = set(ids) - {i.id for i in instances}
        if unknown:
            raise call.error("InvalidInstance.NotFound", f"The instance {min(unknown)} does not exist.")
        instances = [i for i in instances if i.id in ids]
    found = [i for i in instances if wanted in {"", i.traits.os_type}]
    page, fields = either(call, found, most=50) if not ids else (found, {"TotalCount": len(found)})
    bodies = [_status(state, i, call.now) for i in page]
    return {"InstanceCloudAssistantStatusSet": {"InstanceCloudAssistantStatus": bodies}, **fields}


def _status(state: EcsState, instance: Instance, now: datetime) -> dict[str, Any]:
    alive = instance.agent_alive(now)
    body: dict[str, Any] = {
        "ActiveTaskCount": 0,
        "CloudAssistantStatus": "true" if alive else "false",
        "InstanceId": instance.id,
        "InvocationCount": instance.commands,
        "OSType": "Windows" if instance.traits.windows else "Linux",
        "SupportSessionManager": alive,
    }
    if alive and instance.agent_at is not None:
        beats = int((now - instance.agent_at).total_seconds()) // _HEARTBEAT_SECONDS
        last = instance.agent_at + timedelta(seconds=beats * _HEARTBEAT_SECONDS)
        runs = [r for v in state.invocations for r in v.runs if r.instance_id == instance.id]
        body |= {
            "ActiveTaskCount": sum(r.status(now) in {"Pending", "Running"} for r in runs),
            "CloudAssistantVersion": "2.1.0.0" if instance.traits.windows else "2.2.3.1018",
            "LastHeartbeatTime": to_second(last),
        }
    if instance.last_command_at is not None:
        body["LastInvokedTime"] = to_second(instance.last_command_at)
    return body
