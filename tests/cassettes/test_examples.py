"""The door reads the sample answers of the vendor's documentation, as they stand there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from swaslift import Client
from swaslift.testing import replay
from tests.cassettes.stage import ROOT, files

REGION = "cn-hangzhou"


def identity(lift: Client) -> None:
    found = lift.cloud.identity
    assert found.account_id == "196813200012****"


def copied(lift: Client) -> None:
    made = lift.cloud.ecs.copy_image(
        REGION,
        "m-bp1h46wfpjsjastc****",
        to_region="cn-shanghai",
        name="YourImageName",
        tags={},
        token="123e4567-e89b-12d3-a456-426655440000",
    )
    assert made == "m-bp1h46wfpjsjastd****"


def images(lift: Client) -> None:
    # The page shows the first of 61.
    image = next(iter(lift.cloud.ecs.describe_images(REGION)))
    assert (image.id, image.name, image.account_id) == (
        "m-bp1g7004ksh0oeuc****",
        "Oracle_DTS",
        "196813200012****",
    )
    assert (image.status, image.usable, image.progress) == ("Available", None, 100)
    assert (image.owner_alias, image.os_type, image.architecture) == ("self", "windows", "x86_64")
    assert (image.size, image.is_copied, image.tags) == (60, False, {"DTS": "Oracle"})
    assert image.created_at == datetime(2019, 11, 15, 6, 7, 5, tzinfo=UTC)
    (disk,) = image.disks
    assert (disk.kind, disk.device, disk.size, disk.snapshot_id) == (
        "system",
        "/dev/xvda",
        60,
        "s-bp17ot2q7x72ggtw****",
    )


def snapshots(lift: Client) -> None:
    # The sample holds a token for a next page, which the page does not show.
    snapshot = next(iter(lift.cloud.ecs.describe_snapshots(REGION)))
    assert (snapshot.id, snapshot.name, snapshot.status) == (
        "s-bp67acfmxazb4p****",
        "testSnapshotName",
        "accomplished",
    )
    assert (snapshot.progress, snapshot.disk_id, snapshot.tags) == (100, "d-bp67acfmxazb4ph****", {})
    assert snapshot.created_at == datetime(2020, 8, 20, 14, 52, 28, tzinfo=UTC)


READINGS: dict[str, Callable[[Client], Any]] = {
    "CopyImage": copied,
    "DescribeImages": images,
    "DescribeSnapshots": snapshots,
    "GetCallerIdentity": identity,
}


def test_each_example_is_read() -> None:
    assert {p.stem for p in files("vendor-doc-example")} == READINGS.keys()


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("action", READINGS)
def test_the_door_reads_it(action: str) -> None:
    with replay(ROOT / "vendor-doc-example" / f"{action}.yaml") as tape:
        READINGS[action](tape.client())
