"""Databases: of them only that they are there, since they count as servers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import lookup
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call


@SWAS.action("DescribeDatabaseInstances")
def describe_database_instances(call: Call) -> dict[str, Any]:
    """The databases of a region; only the inventory makes any."""
    wanted = lookup.ids(call, "DatabaseInstanceIds")
    found = [
        one
        for one in call.world.swas.databases_of(call.account_id, call.region_id)
        if wanted is None or one.database_id in wanted
    ]
    rows, paging = lookup.page(call, found)
    return {
        "DatabaseInstances": [
            {
                "BusinessStatus": "Normal",
                "DatabaseInstanceId": one.database_id,
                "DatabaseInstanceName": one.name,
                "DatabaseInstanceStatus": "Running",
                "ExpiredTime": lookup.at(one.expires),
                "PrivateConnection": f"{one.database_id}.mysql.example.com",
                "RegionId": one.region_id,
            }
            for one in rows
        ],
        **paging,
    }
