"""A scripted tour of every SWAS action, through the SDK's own typed client.

`tour` returns the raw bodies of all answers by action, in the order in which they came. It moves the
emulator's clock, so it needs a virtual one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alibabacloud_swas_open20200601 import models
from alibabacloud_swas_open20200601.client import Client
from alibabacloud_tea_openapi.models import Config

from swaslift.emulator.inventory import default

if TYPE_CHECKING:
    from swaslift.emulator import Emulator

REGION = "cn-hangzhou"
SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"
WIKI = "1b2c3d4e5f6a47889b0c1d2e3f4a5b61"
BATCH = "4e5f6a7b8c9d4bbb9e0f1a2b3c4d5e64"
PARTNER = 6543210987654321
Bodies = dict[str, list[dict[str, Any]]]


class Guide(Client):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client; keeps the raw body of every answer."""

    def __init__(self, cloud: Emulator) -> None:
        account = cloud.world.accounts["LTAIemulator0000"]
        super().__init__(
            Config(
                access_key_id=account.access_key_id,
                access_key_secret=account.access_key_secret,
                endpoint=cloud.endpoint,
                protocol="http",
                region_id=REGION,
            )
        )
        self.bodies: Bodies = {}

    def call_api(self, params: Any, request: Any, runtime: Any) -> Any:
        answer = super().call_api(params, request, runtime)
        self.bodies.setdefault(params.action, []).append(answer["body"])
        return answer

    def ask(self, action: str, **fields: Any) -> dict[str, Any]:
        """Call an action with fields as the wire names them, through the SDK's request model."""
        fields = ({} if action == "ListRegions" else {"RegionId": REGION}) | fields
        request = getattr(models, f"{action}Request")().from_map(fields)
        getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower())(request)
        return self.bodies[action][-1]


def inventory() -> dict[str, Any]:
    """The default one, with a server of a bundle and one that answers a command."""
    data = default()
    shop = data["swas"]["servers"][0]
    shop["combination_of"] = "bundle-1"
    data["swas"]["databases"] = [{"id": "db-1", "region_id": REGION, "name": "orders"}]
    shop["command_replies"] = [{"contains": "false", "output": "no\n", "exit_code": 1}]
    return data


def tour(cloud: Emulator) -> Bodies:
    """Every action at least once."""
    guide = Guide(cloud)
    _look_around(guide)
    image, snapshot = _make_an_image(cloud, guide)
    _share_it(guide, image)
    _buy_from_it(cloud, guide, image)
    _tags(guide, image, snapshot)
    _firewall(guide)
    _keys(guide)
    _commands(cloud, guide)
    _reset_and_clean_up(cloud, guide, image, snapshot)
    return guide.bodies


def _look_around(guide: Guide) -> None:
    guide.ask("ListRegions", AcceptLanguage="en-US")
    guide.ask("ListPlans")
    guide.ask("ListImages", ImageType="system")
    guide.ask("ListInstances", PageSize=100)
    guide.ask("ListInstanceStatus", InstanceIds=f'["{SHOP}"]')
    guide.ask("ListDisks", InstanceId=WIKI)
    guide.ask("ListInstancePlansModification", InstanceId=SHOP)


def _make_an_image(cloud: Emulator, guide: Guide) -> tuple[str, str]:
    taken = []
    for disk_id in cloud.world.swas.servers[WIKI].disk_ids:
        name = f"wiki-{cloud.world.swas.disks[disk_id].kind}"
        tag = [{"Key": "run", "Value": "tour"}]
        taken.append(guide.ask("CreateSnapshot", DiskId=disk_id, SnapshotName=name, Tag=tag)["SnapshotId"])
    cloud.clock.advance(1800)
    cloud.world.swas.snapshots[taken[0]].remark = "of the console"
    guide.ask("ListSnapshots", InstanceId=WIKI)
    image = guide.ask(
        "CreateCustomImage",
        InstanceId=WIKI,
        ImageName="wiki-golden",
        Description="the wiki as it was",
        SystemSnapshotId=taken[0],
        DataSnapshotId=taken[1],
        Tag=[{"Key": "run", "Value": "tour"}],
    )["ImageId"]
    cloud.clock.advance(900)
    guide.ask("ListCustomImages", ImageIds=f'["{image}"]')
    return image, taken[0]


def _share_it(guide: Guide, image: str) -> None:
    guide.ask("ModifyImageShareStatus", ImageId=image, Operation="Share")
    guide.ask("AddCustomImageShareAccount", ImageId=image, Account=[PARTNER])
    guide.ask("ListCustomImageShareAccounts", ImageId=image)
    guide.ask("ListCustomImages", ImageNames='["wiki-golden"]')
    guide.ask("RemoveCustomImageShareAccount", ImageId=image, Account=[PARTNER])
    guide.ask("ModifyImageShareStatus", ImageId=image, Operation="UnShare")


def _buy_from_it(cloud: Emulator, guide: Guide, image: str) -> None:
    bought = guide.ask(
        "CreateInstances",
        ImageId=image,
        PlanId="swas.s.c2m2s50b3",
        Period=1,
        DataDiskSize=60,
        AutoRenew=True,
        AutoRenewPeriod=1,
        ClientToken="tour-buy",
    )["InstanceIds"][0]
    cloud.clock.advance(120)
    guide.ask("ListInstances", InstanceIds=f'["{bought}"]')
    guide.ask("ListCustomImages", ImageIds=f'["{image}"]')
    guide.ask("UpdateInstanceAttribute", InstanceId=bought, InstanceName="wiki-2", Password="Rehearsal-1")
    guide.ask("RebootInstance", InstanceId=bought)
    cloud.clock.advance(120)
    guide.ask("UpgradeInstance", InstanceId=bought, PlanId="swas.s.c2m4s60b5")
    cloud.clock.advance(300)
    guide.ask("StopInstance", InstanceId=bought)
    cloud.clock.advance(60)
    guide.ask("StartInstance", InstanceId=bought)
    cloud.clock.advance(120)


def _tags(guide: Guide, image: str, snapshot: str) -> None:
    disk = guide.bodies["ListDisks"][0]["Disks"][0]["DiskId"]
    guide.ask("TagResources", ResourceType="disk", ResourceId=[disk], Tag=[{"Key": "run", "Value": "tour"}])
    guide.ask("ListDisks", Tag=[{"Key": "run", "Value": "tour"}])
    guide.ask("ListInstances", InstanceName="wiki")
    guide.ask("ListTagResources", ResourceType="customimage", ResourceId=[image])
    many = [{"Key": f"k{n}", "Value": str(n)} for n in range(20)]
    guide.ask("TagResources", ResourceType="instance", ResourceId=[WIKI], Tag=many[:19])
    guide.ask("TagResources", ResourceType="instance", ResourceId=[BATCH], Tag=many)
    guide.ask("TagResources", ResourceType="instance", ResourceId=[SHOP], Tag=many[:18])
    guide.ask("ListTagResources", ResourceType="instance")
    guide.ask("UntagResources", ResourceType="instance", ResourceId=[BATCH], All=True)
    guide.ask("UntagResources", ResourceType="snapshot", ResourceId=[snapshot], TagKey=["run"])


def _firewall(guide: Guide) -> None:
    one = guide.ask("CreateFirewallRule", InstanceId=SHOP, RuleProtocol="UDP", Port="53", Remark="dns")[
        "FirewallId"
    ]
    several = guide.ask(
        "CreateFirewallRules",
        InstanceId=SHOP,
        FirewallRules=[
            {
                "RuleProtocol": "TCP",
                "Port": "8080/8090",
                "SourceCidrIp": "198.51.100.0/24",
                "Remark": "office",
            },
            {"RuleProtocol": "TCP+UDP", "Port": "5000"},
        ],
        Tag=[{"Key": "run", "Value": "tour"}],
    )["FirewallRuleIds"]
    guide.ask("ListFirewallRules", InstanceId=SHOP, PageSize=100)
    guide.ask("DeleteFirewallRule", InstanceId=SHOP, RuleId=one)
    guide.ask("DeleteFirewallRules", InstanceId=SHOP, RuleIds=several)


def _keys(guide: Guide) -> None:
    guide.ask("CreateKeyPair", KeyPairName="tour")
    guide.ask("ImportKeyPair", KeyPairName="brought", PublicKeyBody="ssh-ed25519 AAAAC3Nza tour@example.com")
    guide.ask("AttachKeyPair", KeyPairName="tour", InstanceIds=[SHOP])
    guide.ask("DescribeDatabaseInstances", PageSize=50)
    guide.ask("ListKeyPairs", PageSize=50)
    guide.ask("DetachKeyPair", KeyPairName="tour", InstanceIds=[SHOP])
    guide.ask("DeleteKeyPairs", KeyPairNames=["tour", "brought"])


def _commands(cloud: Emulator, guide: Guide) -> None:
    script = {"InstanceId": SHOP, "Type": "RunShellScript", "Name": "check"}
    ran = guide.ask(
        "RunCommand", CommandContent="false {{why}}", EnableParameter=True, Parameters={"why": "x"}, **script
    )
    invoked = guide.ask(
        "InvokeCommand", CommandId="c-emulator-disk-use", Parameters={"path": "/"}, InstanceIds=f'["{SHOP}"]'
    )
    cloud.clock.advance(30)
    guide.ask("DescribeInvocations", InstanceId=SHOP)
    for answer in (ran, invoked):
        guide.ask("DescribeInvocationResult", InstanceId=SHOP, InvokeId=answer["InvokeId"])


def _reset_and_clean_up(cloud: Emulator, guide: Guide, image: str, snapshot: str) -> None:
    disk = cloud.world.swas.snapshots[snapshot].disk_id
    guide.ask("StopInstance", InstanceId=WIKI)
    cloud.clock.advance(60)
    guide.ask("ResetDisk", DiskId=disk, SnapshotId=snapshot)
    guide.ask("ListSnapshots", SnapshotIds=f'["{snapshot}"]')
    cloud.clock.advance(60)
    guide.ask("ResetSystem", InstanceId=WIKI, ImageId="img-debian-12")
    cloud.clock.advance(600)
    guide.ask("DeleteCustomImage", ImageId=image)
    rest = [s.snapshot_id for s in cloud.world.swas.snapshots.values()]
    guide.ask("DeleteSnapshot", SnapshotId=rest.pop())
    made = guide.ask("CreateCustomImage", InstanceId=WIKI, ImageName="wiki-silver", SystemSnapshotId=rest[0])[
        "ImageId"
    ]
    cloud.clock.advance(900)
    guide.ask("DeleteCustomImages", ImageIds=f'["{made}"]')
    guide.ask("DeleteSnapshots", SnapshotIds=f'["{rest[0]}"]')
