"""The real SDK clients, pointed at an emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_swas_open20200601.client import Client as SwasClient
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from swaslift.emulator import Emulator

REGION = "cn-hangzhou"
VERSIONS = {"swas": "2020-06-01", "ecs": "2014-05-26", "sts": "2015-04-01"}


class Refused(NamedTuple):
    """What a refusal says."""

    http: int
    code: str


class Sdk:
    """Clients of one identity; ``rpc=True`` signs in the older form."""

    def __init__(
        self, cloud: Emulator, key_id: str = "LTAIemulator0000", *, rpc: bool = False, **changes: Any
    ) -> None:
        account = cloud.world.accounts[key_id]
        settings = {
            "access_key_id": account.access_key_id,
            "access_key_secret": account.access_key_secret,
            "security_token": account.security_token,
            "endpoint": cloud.endpoint,
            "protocol": "http",
            "region_id": REGION,
            "signature_algorithm": "v2" if rpc else None,
        }
        self.config = Config(**(settings | changes))
        self.swas = SwasClient(self.config)
        self.ecs = EcsClient(self.config)
        self._any = OpenApiClient(self.config)

    def call(self, action: str, service: str = "swas", method: str = "POST", **query: Any) -> dict[str, Any]:
        """Any action with any parameters; ``Tag__1__Key`` stands for ``Tag.1.Key``."""
        params = Params(
            action=action,
            version=VERSIONS.get(service, service),
            protocol="HTTPS",
            pathname="/",
            method=method,
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        flat = {name.replace("__", "."): str(value) for name, value in query.items()}
        answer = self._any.call_api(params, OpenApiRequest(query=flat), RuntimeOptions())
        body: dict[str, Any] = answer["body"]
        return body


def refusal(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Refused:
    """The HTTP status and code with which a call is refused; fails if it is not."""
    try:
        answer = work(*args, **kwargs)
    except Exception as error:  # noqa: BLE001  # the SDK raises classes of several packages
        return Refused(getattr(error, "status_code", 0), getattr(error, "code", str(error)))
    raise AssertionError(f"the call was not refused but answered {answer}")
