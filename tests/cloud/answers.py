"""Answers of every action that the library calls, as the contracts describe them, and what can go wrong in them."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from swaslift.cloud import Cloud, sdk
from swaslift.cloud.sts import get_caller_identity
from tests.cloud.actions import contract

Body = dict[str, Any]
Path = tuple[str | int, ...]
R = "cn-hangzhou"

CALLS: dict[tuple[str, str], Callable[[Cloud], Any]] = {
    ("sts", "GetCallerIdentity"): lambda c: get_caller_identity(c.caller, R),
    ("swas", "ListInstances"): lambda c: list(c.swas.list_instances(R)),
    ("swas", "ListDisks"): lambda c: list(c.swas.list_disks(R)),
    ("swas", "ListSnapshots"): lambda c: list(c.swas.list_snapshots(R)),
    ("swas", "DescribeDatabaseInstances"): lambda c: c.swas.count_databases(R),
    ("swas", "ListCustomImages"): lambda c: list(c.swas.list_custom_images(R)),
    ("swas", "ListRegions"): lambda c: c.swas.list_regions(),
    ("swas", "ListImages"): lambda c: c.swas.list_images(R),
    ("swas", "ListKeyPairs"): lambda c: list(c.swas.list_key_pairs(R)),
    ("swas", "ListPlans"): lambda c: list(c.swas.list_plans(R)),
    ("swas", "ListFirewallRules"): lambda c: list(c.swas.list_firewall_rules(R, "s")),
    ("swas", "ListTagResources"): lambda c: c.swas.list_tag_resources(R, "instance"),
    ("swas", "ListCustomImageShareAccounts"): lambda c: list(c.swas.list_custom_image_share_accounts(R, "m")),
    ("swas", "DescribeInvocations"): lambda c: list(c.swas.describe_invocations(R, "s")),
    ("swas", "DescribeInvocationResult"): lambda c: c.swas.describe_invocation_result(R, "s", "t"),
    ("swas", "CreateSnapshot"): lambda c: c.swas.create_snapshot(R, "d", "n", tags={}, token="t"),
    ("swas", "CreateCustomImage"): lambda c: c.swas.create_custom_image(R, "s", "n", "p", tags={}, token="t"),
    ("swas", "CreateInstances"): lambda c: c.swas.create_instances(R, "m", "p", period_months=1, token="t"),
    ("swas", "CreateFirewallRules"): lambda c: c.swas.create_firewall_rules(R, "s", [], token="t"),
    ("swas", "RunCommand"): lambda c: c.swas.run_command(R, "s", "n", "true"),
    ("ecs", "DescribeRegions"): lambda c: c.ecs.describe_regions(),
    ("ecs", "DescribeImages"): lambda c: list(c.ecs.describe_images(R)),
    ("ecs", "DescribeImageSupportInstanceTypes"): (
        lambda c: c.ecs.describe_image_support_instance_types(R, "m")
    ),
    ("ecs", "DescribeImageSharePermission"): lambda c: list(c.ecs.describe_image_share_permission(R, "m")),
    ("ecs", "DescribeInstances"): lambda c: list(c.ecs.describe_instances(R)),
    ("ecs", "DescribeDisks"): lambda c: list(c.ecs.describe_disks(R)),
    ("ecs", "DescribeSnapshots"): lambda c: (
        list(c.ecs.describe_snapshots(R)),
        c.ecs.kms_keys(R, ["s", "t"]),
    ),
    ("ecs", "DescribeVSwitches"): lambda c: list(c.ecs.describe_vswitches(R)),
    ("ecs", "DescribeSecurityGroups"): lambda c: list(c.ecs.describe_security_groups(R)),
    ("ecs", "DescribeKeyPairs"): lambda c: list(c.ecs.describe_key_pairs(R)),
    ("ecs", "DescribeInstanceTypes"): (
        lambda c: (c.ecs.describe_instance_types(R, ["t"]), list(c.ecs.all_instance_types(R)))
    ),
    ("ecs", "DescribeAvailableResource"): (
        lambda c: (c.ecs.available_instance_types(R, "z"), c.ecs.available_system_disks(R, "z", "t"))
    ),
    ("ecs", "DescribePrice"): lambda c: c.ecs.describe_disk_price(R, category="cloud_essd", size=40),
    ("ecs", "DescribeCloudAssistantStatus"): lambda c: c.ecs.cloud_assistant_alive(R, ["i"]),
    ("ecs", "GetInstanceConsoleOutput"): lambda c: c.ecs.get_instance_console_output(R, "i"),
    ("ecs", "CopyImage"): lambda c: c.ecs.copy_image(R, "m", to_region=R, name="n", tags={}, token="t"),
    ("ecs", "CreateImage"): lambda c: c.ecs.create_image(R, "n", tags={}, token="t"),
    ("ecs", "CreateSnapshot"): lambda c: c.ecs.create_snapshot(R, "d", "n", tags={}, token="t"),
    ("ecs", "RunInstances"): lambda c: c.ecs.run_instances(R, {}, token="t"),
    ("ecs", "ReplaceSystemDisk"): lambda c: c.ecs.replace_system_disk(R, "i", "m", token="t"),
    ("ecs", "AttachKeyPair"): lambda c: c.ecs.attach_key_pair(R, "i", "k"),
}
"""Every call whose answer tells something, by product and action."""


SPELLED = {
    "CloudAssistantStatus": "true",
    "Encrypted": "false",
    "IsSelfShared": "true",
    "OriginPrice": "60.0",
    "Progress": "47%",
    "Size": "40",
    "Status": "Running",
    "Success": "true",
    "SupportPlatform": '["Linux"]',
}
"""Fields that the contract calls text and that hold something else."""


def sample(product: str, action: str) -> Body:
    """An answer with every field that the contract names."""
    response = contract(product)["actions"][action]["response"]
    body: Body = {"RequestId": "R-1", **{k: _filled(k, v) for k, v in response.items()}}
    return body | {"TotalCount": 1, "PageSize": 100, "NextToken": ""}


def _filled(name: str, kind: Any) -> Any:
    if isinstance(kind, dict):
        return {k: _filled(k, v) for k, v in kind.items()}
    if isinstance(kind, list):
        return [_filled(name, kind[0])]
    if kind in {"integer", "number", "float", "double", "long"}:
        return 40
    if kind == "boolean":
        return True
    if name.endswith("Time"):
        return "2026-11-01T08:00:00Z"
    return SPELLED.get(name, f"{name}-1")


ODD: tuple[Any, ...] = (
    *(None, "", "odd", "½", "٣", "0x1f", "1_000", "NaN", "Infinity", "1e400", "-", "null", "[", "{}", "a\0b"),
    *(0, 1, -1, 47, 10**30, 1.5, float("nan"), float("inf"), True, False),
    *([], [None], ["odd"], [[]], [{}], {}, {"odd": 1}, {"": None}),
    *("2026-13-01T00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2024-03-01T16:00:00+0800"),
    *("100", "101%", "40.0", "true", "TRUE", 2**63, "9" * 5000),
)


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every place in an answer."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*here, key)
        yield from paths(inner, (*here, key))


def spoiled(body: Body, random: Random) -> Body:
    """The answer with one place dropped, replaced, doubled or nested otherwise."""
    changed = copy.deepcopy(body)
    *way, last = random.choice(list(paths(changed)))
    parent: Any = changed
    for step in way:
        parent = parent[step]
    match random.randrange(6):
        case 0:
            del parent[last]
        case 1:
            parent[last] = [parent[last]]
        case 2:
            parent[last] = {"Inner": parent[last]}
        case 3:
            parent[last] = str(parent[last])
        case _:
            parent[last] = copy.deepcopy(random.choice(ODD))
    return changed


@dataclass
class Spoiler:
    """Changes answers of one action on their way from the service to the library."""

    action: str
    change: Callable[[Body], Any]
    at: Callable[[int], bool]
    count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_on(self, action: str, body: Body) -> Any:
        """The answer, changed where it is due."""
        if action != self.action:
            return body
        with self._lock:
            self.count += 1
            due = self.at(self.count)
        return self.change(copy.deepcopy(body)) if due else body


@contextmanager
def spoiling(action: str, change: Callable[[Body], Any], at: Callable[[int], bool]) -> Iterator[Spoiler]:
    """Change those answers of an action, counted from 1, that are to be."""
    spoiler, prepare = Spoiler(action, change, at), sdk.prepare

    def changed(client: Any, product: Any, name: str, params: Any) -> sdk.Send:
        send = prepare(client, product, name, params)
        return lambda: spoiler.pass_on(name, send())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdk, "prepare", changed)
        yield spoiler
