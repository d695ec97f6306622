"""Faults on demand: what goes wrong next, and how often.

Two sorts. A *call fault* meets the next calls of an action (``"*"``: of any). A *resource fault*
meets the next resource of a kind that is made: it fails, never completes, has no stock, ...
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

ResourceKind = Literal["swas_snapshot", "swas_image", "ecs_image", "ecs_snapshot", "ecs_instance"]
RESOURCE_KINDS: tuple[ResourceKind, ...] = (
    "swas_snapshot",
    "swas_image",
    "ecs_image",
    "ecs_snapshot",
    "ecs_instance",
)
CallFaultKind = Literal["throttle", "fail", "lose_answer", "cut", "slow", "omit"]

_MOST = 10**9
_SLOWEST = 86_400.0
_LATEST_SHOWN = 366 * 86_400.0


@dataclass
class CallFault:
    """What the next calls of an action meet."""

    kind: CallFaultKind
    action: str
    times: int = 1
    after: int = 0
    region_id: str | None = None
    code: str = ""
    http: int = 0
    message: str = ""
    retry_after_ms: int | None = None
    seconds: float = 0.0
    lockout: bool = False

    def meets(self, action: str, region_id: str) -> bool:
        """Whether the fault meets this call; counts the calls it lets pass and those it meets."""
        if self.times < 1 or self.action not in {"*", action}:
            return False
        if self.region_id is not None and self.region_id != region_id:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass
class ResourceFault:
    """What the next resources of a kind meet."""

    kind: Literal["fail", "stall", "no_heartbeat"]
    resource: str
    times: int = 1
    region_id: str | None = None


@dataclass
class Faults:
    """The faults that wait to happen, in the order they were given."""

    calls: list[CallFault] = field(default_factory=list)
    resources: list[ResourceFault] = field(default_factory=list)
    stock_outs: set[tuple[str, str | None]] = field(default_factory=set)
    stocks: dict[str, int] = field(default_factory=dict)
    late_by: float = 0.0
    unreached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def throttle(
        self,
        action: str,
        times: int = 1,
        code: str = "Throttling.User",
        http: int = 400,
        retry_after_ms: int | None = None,
        *,
        lockout: bool = False,
        after: int = 0,
        region_id: str | None = None,
    ) -> None:
        """Answer that the rate is exceeded; ``lockout`` also blocks the rest of the clock minute."""
        self._add(
            CallFault(
                "throttle",
                action,
                times,
                after,
                region_id,
                code,
                http,
                "Request was denied due to user flow control.",
                retry_after_ms,
                lockout=lockout,
            )
        )

    def fail(
        self,
        action: str,
        http: int,
        code: str,
        message: str = "",
        times: int = 1,
        after: int = 0,
        *,
        region_id: str | None = None,
    ) -> None:
        """Answer an error instead of doing the work."""
        message = message or "An error that was asked for."
        self._add(CallFault("fail", action, times, after, region_id, code, http, message))

    def lose_answer(
        self, action: str, times: int = 1, *, after: int = 0, region_id: str | None = None
    ) -> None:
        """Do the work, then cut the connection without an answer."""
        self._add(CallFault("lose_answer", action, times, after, region_id))

    def cut(self, action: str, times: int = 1, *, after: int = 0, region_id: str | None = None) -> None:
        """Cut the connection without doing the work."""
        self._add(CallFault("cut", action, times, after, region_id))

    def omit(self, action: str, times: int = 1, *, after: int = 0, region_id: str | None = None) -> None:
        """Let a list leave out all that it found, as one of several replicas may that is behind."""
        self._add(CallFault("omit", action, times, after, region_id))

    def slow(
        self, action: str, seconds: float, times: int = 1, *, after: int = 0, region_id: str | None = None
    ) -> None:
        """Wait so many REAL seconds before the work is done."""
        self._add(CallFault("slow", action, times, after, region_id, seconds=seconds))

    def unreachable(self, region_id: str) -> None:
        """Let nothing reach a region, until cleared: each connection with its id is cut."""
        with self._lock:
            self.unreached.add(region_id)

    def fail_resource(self, kind: ResourceKind, times: int = 1, *, region_id: str | None = None) -> None:
        """Let the next resource of the kind end in its failure state; an ECS instance vanishes."""
        self._add_resource(ResourceFault("fail", _known(kind), times, region_id))

    def stall(self, kind: ResourceKind, times: int = 1, *, region_id: str | None = None) -> None:
        """Let the next resource of the kind never complete."""
        self._add_resource(ResourceFault("stall", _known(kind), times, region_id))

    def no_heartbeat(self, times: int = 1, *, region_id: str | None = None) -> None:
        """Let the next new ECS instance never send a Cloud Assistant heartbeat."""
        self._add_resource(ResourceFault("no_heartbeat", "instance", times, region_id))

    def no_stock(self, instance_type: str, zone: str | None = None) -> None:
        """Nothing of this instance type (or SWAS plan) is left, in one zone or anywhere, until cleared."""
        with self._lock:
            self.stock_outs.add((instance_type, zone))

    def few_in_stock(self, instance_type: str, left: int) -> None:
        """So many of this ECS instance type are left; what is run comes off, until cleared."""
        _within("left", left, 0, _MOST)
        with self._lock:
            self.stocks[instance_type] = left

    def late_visibility(self, seconds: float) -> None:
        """Let lists show new resources only so many seconds (of the clock) later than usual."""
        _within("seconds", seconds, 0, _LATEST_SHOWN)
        self.late_by = seconds

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self.calls.clear()
            self.resources.clear()
            self.stock_outs.clear()
            self.stocks.clear()
            self.unreached.clear()
            self.late_by = 0.0

    # What the emulator asks.

    def meeting(self, action: str, region_id: str) -> list[CallFault]:
        """The faults of this call: any number of slow ones, and the first of the others."""
        met: list[CallFault] = []
        with self._lock:
            if region_id in self.unreached:
                return [CallFault("cut", action)]
            for fault in self.calls:
                if fault.meets(action, region_id):
                    met.append(fault)
                    if fault.kind != "slow":
                        break
        return met

    def outcome(self, kind: ResourceKind, region_id: str) -> Literal["done", "fail", "stall"]:
        """How the resource that is being made will end; uses up one fault."""
        if self._take("fail", kind, region_id):
            return "fail"
        return "stall" if self._take("stall", kind, region_id) else "done"

    def take_no_heartbeat(self, region_id: str) -> bool:
        """Whether the instance that is being made stays silent; uses up one fault."""
        return self._take("no_heartbeat", "instance", region_id)

    def out_of_stock(self, instance_type: str, zone: str | None = None) -> bool:
        """Whether there is nothing of this type (in this zone)."""
        with self._lock:
            return (
                (instance_type, None) in self.stock_outs
                or (instance_type, zone) in self.stock_outs
                or self.stocks.get(instance_type) == 0
            )

    def in_stock(self, instance_type: str) -> int | None:
        """How many of a type are left, where that is limited."""
        with self._lock:
            return self.stocks.get(instance_type)

    def take_stock(self, instance_type: str, count: int) -> None:
        """So many of a type have been run."""
        with self._lock:
            if instance_type in self.stocks:
                self.stocks[instance_type] -= count

    def pending(self) -> dict[str, Any]:
        """What waits to happen, for people."""
        with self._lock:
            return {
                "calls": [asdict(f) for f in self.calls if f.times > 0],
                "resources": [asdict(f) for f in self.resources if f.times > 0],
                "no_stock": [{"instance_type": t, "zone": z} for t, z in sorted(self.stock_outs, key=str)],
                "few_in_stock": dict(self.stocks),
                "late_visibility": self.late_by,
                "unreachable": sorted(self.unreached),
            }

    def _add(self, fault: CallFault) -> None:
        _within("times", fault.times, 0, _MOST)
        _within("after", fault.after, 0, _MOST)
        _within("seconds", fault.seconds, 0, _SLOWEST)
        if fault.code:
            _within("http", fault.http, 400, 599)
        with self._lock:
            self.calls.append(fault)

    def _add_resource(self, fault: ResourceFault) -> None:
        _within("times", fault.times, 0, _MOST)
        with self._lock:
            self.resources.append(fault)

    def _take(self, fate: str, resource: str, region_id: str) -> bool:
        with self._lock:
            for fault in self.resources:
                if (fault.kind, fault.resource) != (fate, resource) or fault.times < 1:
                    continue
                if fault.region_id in {None, region_id}:
                    fault.times -= 1
                    return True
        return False


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} must be from {least} to {most}, not {value!r}")


def _known(kind: ResourceKind) -> ResourceKind:
    if kind not in RESOURCE_KINDS:
        raise ValueError(f"no resource kind {kind!r}; choose from {', '.join(RESOURCE_KINDS)}")
    return kind
