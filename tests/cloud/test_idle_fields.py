"""Every field of a record that is read from the cloud is used, or shown to whoever asked for the record."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import swaslift
from swaslift import models
from swaslift.models.base import Record

ROOT = Path(swaslift.__file__).parent
APART = {"emulator", "testing", "models", "cloud"}
"""Where a field is declared, filled or recorded; reading it there uses it for nothing."""

SHOWN = {
    "EcsDisk": {"name", "kind", "instance_id", "zone_id"},  # lift.ecs.disks, and the result of a migration
    "EcsImage": {"description"},  # lift.ecs.images
    "EcsInstance": {"vpc_id", "vswitch_id", "tags"},  # lift.ecs.instances
    "FirewallRule": {"server_id"},  # lift.firewall_rules
    "InvocationResult": {"id", "server_id", "user", "started_at", "finished_at"},  # results of commands
    "Region": {"swas", "ecs"},  # lift.regions
    "ServerDisk": {"name", "server_id", "category", "device", "status"},  # lift.disks
    "ServerKeyPair": {"public_key", "server_ids", "created_at"},  # lift.key_pairs
    "ServerPlan": {"kind", "region_id"},  # lift.server_plans
}
"""Fields that nothing decides by: whoever lists these resources asks for them, and sees them in the record.

Found by the types of what is read, not by the names alone; what a plan can use is used there instead.
"""

IDENTITY = {"product", "account_id", "region_id"}
"""Where a resource is: every record says it."""

RECORDS = [
    found
    for name in models.__all__
    if isinstance(found := getattr(models, name), type) and issubclass(found, Record)
]


@cache
def read() -> frozenset[str]:
    """Names of attributes that are read anywhere but where records are made."""
    files = (p for p in ROOT.rglob("*.py") if not APART & set(p.relative_to(ROOT).parts))
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.__name__)
def test_no_field_is_read_from_the_cloud_for_nothing(record: type[Record]) -> None:
    idle = set(record.model_fields) - read() - IDENTITY - SHOWN.get(record.__name__, set())
    assert idle == set(), "use it in a plan or a check, show it in a table, or do not read it"


def test_what_is_shown_is_there() -> None:
    for name, fields in SHOWN.items():
        assert fields <= set(getattr(models, name).model_fields), name
