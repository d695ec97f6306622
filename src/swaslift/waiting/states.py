"""What the states of each resource mean, as data.

From the SDKs' field documentation and the services' pages. A state that is in none of the sets
keeps the wait going and is reported: services grow new states, and a new one is no failure
(terraform-provider-alicloud#3314).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class States:
    """The states of one kind of resource.

    Attributes:
        resource: the kind, e.g. ``swas.snapshot``.
        pending: on the way, or passed through: what waits to be started is Stopped before.
        success: where a creation ends.
        failure: where it ends badly, and does not change by itself.
        typical: seconds that reaching success usually takes; it only paces the first looks.
        idle: those of the pending ones in which nothing has begun yet: how long they last cannot be told.
    """

    resource: str
    pending: frozenset[str]
    success: frozenset[str]
    failure: frozenset[str]
    typical: float
    idle: frozenset[str] = frozenset()


def _states(resource: str, *, pending: str, success: str, failure: str = "", typical: float) -> States:
    return States(
        resource,
        frozenset(pending.split()),
        frozenset(success.split()),
        frozenset(failure.split()),
        typical,
    )


SWAS_SERVER = _states(
    "swas.server",
    pending="Pending Starting Stopping Stopped Resetting Upgrading",
    success="Running",
    failure="Disabled",
    typical=60,
)
SWAS_SNAPSHOT = _states(
    "swas.snapshot", pending="Progressing", success="Accomplished", failure="Failed", typical=900
)
# Codes: 0 copying, 1 available, 2 unavailable, 3 creation failed, 4 creating.
SWAS_IMAGE = _states("swas.image", pending="0 4", success="1", failure="2 3", typical=300)
ECS_IMAGE = _states(
    "ecs.image",
    pending="Creating Waiting",
    success="Available",
    failure="CreateFailed UnAvailable Deprecated",
    typical=900,
)
ECS_SNAPSHOT = _states(
    "ecs.snapshot", pending="progressing", success="accomplished", failure="failed", typical=300
)
ECS_DISK = _states(
    "ecs.disk", pending="Creating ReIniting Attaching Detaching Available", success="In_use", typical=30
)
ECS_INSTANCE = _states(
    "ecs.instance", pending="Pending Starting Stopping Stopped", success="Running", typical=60
)
COMMAND = _states(
    "ecs.command",
    pending="Pending Scheduled Running Stopping",
    success="Success",
    failure="Failed Error Timeout Aborted Invalid Cancelled Terminated",
    typical=10,
)

SWAS_COMMAND = _states(
    "swas.command",
    pending="Pending Running Stopping",
    success="Success",
    failure="Failed Error Timeout Aborted Invalid Cancelled Terminated",
    typical=10,
)

ALL = (
    SWAS_SERVER,
    SWAS_SNAPSHOT,
    SWAS_IMAGE,
    ECS_IMAGE,
    ECS_SNAPSHOT,
    ECS_DISK,
    ECS_INSTANCE,
    COMMAND,
    SWAS_COMMAND,
)
