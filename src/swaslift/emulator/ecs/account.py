"""Quotas of the account, and asynchronous tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.documented import QUOTA
from swaslift.emulator.ecs.paging import by_number
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second

if TYPE_CHECKING:
    from swaslift.emulator.ecs.state import TaskRecord
    from swaslift.emulator.service import Call


@ECS.action("DescribeAccountAttributes")
def describe_account_attributes(call: Call) -> dict[str, Any]:
    """Quotas and privileges; the used vCPUs are counted, the rest comes from the inventory."""
    find.region(call)
    state = find.ecs(call)
    used = sum(
        state.catalog.types[i.type_id].cpu
        for i in state.instances.of(call.account_id, call.region_id, call.now)
        if i.charge_type == "PostPaid"
    )
    zones = state.catalog.zone_ids(call.region_id)
    items: dict[str, list[dict[str, Any]]] = {
        name: [QUOTA.put({"Value": value}, state.documented_attributes.get(name, {})) for value in values]
        for name, values in state.attributes.items()
        if name != "max-images"
    }
    items["used-postpaid-instance-vcpu-count"] = [{"Value": str(used)}]
    items["supported-postpaid-instance-types"] = [
        {
            "InstanceChargeType": "PostPaid",
            "InstanceType": t.id,
            "Value": t.id,
            "ZoneId": zone,
        }
        for t in state.catalog.types.values()
        for zone in zones
        if zone in t.zones and call.get("ZoneId") in {None, zone}
    ]
    wanted = call.get("AttributeName")
    return {
        "AccountAttributeItems": {
            "AccountAttributeItem": [
                {"AttributeName": name, "AttributeValues": {"ValueItem": values}}
                for name, values in items.items()
                if not wanted or name in wanted
            ]
        }
    }


def _tasks(call: Call) -> list[TaskRecord]:
    return [
        t for t in find.ecs(call).tasks if t.account_id == call.account_id and t.region_id == call.region_id
    ]


@ECS.action("DescribeTasks")
def describe_tasks(call: Call) -> dict[str, Any]:
    """Tasks of image import and export; copies and creations of images are none."""
    find.region(call)
    ids = [t for t in str(call.get("TaskIds") or "").split(",") if t]
    since, until = _moment(call.get("StartTime")), _moment(call.get("EndTime"))
    found = [
        t
        for t in _tasks(call)
        if (not ids or t.id in ids)
        and call.get("TaskAction") in {None, t.action}
        and call.get("TaskStatus") in {None, t.status}
        and (not call.get("ResourceIds") or t.resource_id in call.get("ResourceIds"))
        and (since is None or t.created_at >= since)
        and (until is None or t.created_at <= until)
    ]
    page, fields = by_number(call, found, most=100)
    return {"RegionId": call.region_id, "TaskSet": {"Task": [_body(t) for t in page]}, **fields}


def _body(task: TaskRecord) -> dict[str, Any]:
    return {
        "CreationTime": to_second(task.created_at),
        "FinishedTime": to_second(task.finished_at),
        "ResourceId": task.resource_id,
        "SupportCancel": "false",
        "TaskAction": task.action,
        "TaskId": task.id,
        "TaskStatus": task.status,
    }


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


@ECS.action("DescribeTaskAttribute")
def describe_task_attribute(call: Call) -> dict[str, Any]:
    """One task of image import or export."""
    find.region(call)
    task = next((t for t in _tasks(call) if t.id == call.get("TaskId")), None)
    if task is None:
        raise call.error("InvalidTaskId.NotFound", f"The task {call.get('TaskId')} does not exist.")
    done = task.status == "Finished"
    progress = {
        "ErrorCode": "" if done else "InternalError",
        "ErrorMsg": "" if done else "The task failed.",
        "OperationStatus": "Success" if done else "Failed",
        "RelatedItemSet": {"RelatedItem": [{"Name": "ImageId", "Value": task.resource_id}]},
    }
    body = _body(task)
    del body["ResourceId"]
    return body | {
        "FailedCount": 0 if done else 1,
        "OperationProgressSet": {"OperationProgress": [progress]},
        "RegionId": task.region_id,
        "SuccessCount": 1 if done else 0,
        "TaskProcess": "100%",
        "TotalCount": 1,
    }
