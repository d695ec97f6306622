"""Shares with other accounts: what is sent, and what comes back, in SWAS and in ECS."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import NotFoundError
from swaslift.models import CustomImage
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import at, body, compare, time
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT as OTHER
from tests.support import client_of, client_of_other

THIRD = "1111222233334444"
ECS_IMAGE = "m-emulator-base-hz"


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


@pytest.fixture
def golden(cloud: Emulator) -> CustomImage:
    with client_of(cloud) as lift:
        return make_image(cloud, lift, "golden")


def test_a_custom_image_is_shared_listed_and_withdrawn(
    cloud: Emulator, client: Cloud, golden: CustomImage
) -> None:
    client.swas.add_custom_image_share_account(REGION, golden.id, [OTHER, THIRD], token="t1")
    assert cloud.log[-1].params == {
        "RegionId": REGION,
        "ImageId": golden.id,
        "Account": [int(OTHER), int(THIRD)],
        "ClientToken": "t1",
    }
    raw = body(client, "swas", "ListCustomImageShareAccounts", ImageId=golden.id)["ImageShareUsers"]
    fields = {
        "account_id": lambda i: str(i["UserId"]),
        "shared_at": lambda i: datetime.strptime(i["SharedTime"], "%Y-%m-%d %H:%M:%S.0").replace(tzinfo=UTC),
    }
    compare(client.swas.list_custom_image_share_accounts(REGION, golden.id), raw, fields, where=False)
    client.swas.remove_custom_image_share_account(REGION, golden.id, [THIRD], token="t2")
    assert cloud.log[-1].params["Account"] == [int(THIRD)]
    left = client.swas.list_custom_image_share_accounts(REGION, golden.id)
    assert [a.account_id for a in left] == [OTHER]


def test_the_receiver_sees_whose_image_it_is(cloud: Emulator, client: Cloud, golden: CustomImage) -> None:
    client.swas.add_custom_image_share_account(REGION, golden.id, [OTHER], token="t1")
    with client_of_other(cloud) as other:
        (seen,) = other.cloud.swas.list_custom_images(REGION, shared=True)
        assert (seen.owner_id, seen.account_id, seen.received) == (golden.account_id, OTHER, True)
        assert list(other.cloud.swas.list_custom_images(REGION, shared=False)) == []
    (mine,) = client.swas.list_custom_images(REGION, shared=True)
    assert (mine.owner_id, mine.received, mine.shared_to_accounts) == (mine.account_id, False, True)


def test_an_ecs_image_is_shared_listed_and_withdrawn(cloud: Emulator, client: Cloud) -> None:
    client.ecs.modify_image_share_permission(REGION, ECS_IMAGE, add=[OTHER, THIRD])
    assert cloud.log[-1].params == {
        "RegionId": REGION,
        "ImageId": ECS_IMAGE,
        "AddAccount": [OTHER, THIRD],
    }
    raw = body(client, "ecs", "DescribeImageSharePermission", ImageId=ECS_IMAGE)
    fields = {"account_id": "AliyunId", "shared_at": time("SharedTime")}
    compare(
        client.ecs.describe_image_share_permission(REGION, ECS_IMAGE),
        at(raw, "Accounts.Account"),
        fields,
        where=False,
    )
    client.ecs.modify_image_share_permission(REGION, ECS_IMAGE, remove=[OTHER])
    assert cloud.log[-1].params == {"RegionId": REGION, "ImageId": ECS_IMAGE, "RemoveAccount": [OTHER]}
    assert [a.account_id for a in client.ecs.describe_image_share_permission(REGION, ECS_IMAGE)] == [THIRD]


def test_shares_of_an_image_that_is_not_there(client: Cloud) -> None:
    with pytest.raises(NotFoundError):
        list(client.swas.list_custom_image_share_accounts(REGION, "m-none"))
    with pytest.raises(NotFoundError):
        list(client.ecs.describe_image_share_permission(REGION, "m-none"))


def test_the_keys_behind_encrypted_snapshots(client: Cloud) -> None:
    made = client.ecs.copy_image(
        REGION,
        ECS_IMAGE,
        to_region=REGION,
        name="secret",
        encrypted=True,
        kms_key_id="key-of-mine",
        tags={},
        token="t",
    )
    client.clock.sleep(4 * 3600)
    (image,) = client.ecs.describe_images(REGION, image_id=made)
    (plain,) = client.ecs.describe_images(REGION, image_id=ECS_IMAGE)
    snapshots = [image.disks[0].snapshot_id, plain.disks[0].snapshot_id]
    assert client.ecs.kms_keys(REGION, snapshots) == {snapshots[0]: "key-of-mine", snapshots[1]: ""}
