"""The SDK's ECS client, by action names and with the raw bodies of all answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

if TYPE_CHECKING:
    from swaslift.emulator import Emulator

REGION = "cn-hangzhou"
Bodies = dict[str, list[dict[str, Any]]]
_WITHOUT_REGION = {
    "AllocatePublicIpAddress",
    "AttachDisk",
    "CreateSnapshot",
    "DeleteInstance",
    "DeleteSnapshot",
    "DescribeInstanceAttribute",
    "DescribeInstanceTypes",
    "DescribeRegions",
    "DetachDisk",
    "ModifyInstanceAttribute",
    "ReInitDisk",
    "RebootInstance",
    "ReplaceSystemDisk",
    "StartInstance",
    "StopInstance",
}


class Guide(Client):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client; keeps the raw body of every answer."""

    def __init__(self, cloud: Emulator, key_id: str = "LTAIemulator0000") -> None:
        account = cloud.world.accounts[key_id]
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
        fields = ({} if action in _WITHOUT_REGION else {"RegionId": REGION}) | fields
        request = getattr(models, f"{action}Request")().from_map(fields)
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower().replace("v_switch", "vswitch")
        getattr(self, name)(request)
        return self.bodies[action][-1]
