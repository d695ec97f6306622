"""The older Python SDK: everything in the query, signed with HMAC-SHA1, over plain HTTP."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.retry.backoff_strategy import NoDelayStrategy
from aliyunsdkcore.retry.retry_condition import DefaultConfigRetryCondition
from aliyunsdkcore.retry.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from swaslift.emulator import Emulator

REGION = "cn-hangzhou"
KEY, SECRET = "LTAIemulator0000", "emulator-secret"


class Older:
    """A client of one region; with ``retry`` it repeats what fails, as the SDK decides, but at once."""

    def __init__(
        self, cloud: Emulator, region: str = REGION, secret: str = SECRET, *, retry: bool = False
    ) -> None:
        host, port = cloud.endpoint.split(":")
        self._client = AcsClient(KEY, secret, region, auto_retry=False, port=int(port))
        if retry:
            self._client._retry_policy = RetryPolicy(DefaultConfigRetryCondition(), NoDelayStrategy())
        for product in ("Ecs", "SWAS-OPEN"):
            self._client.add_endpoint(region, product, host)

    def ask(self, kind: type, **given: Any) -> dict[str, Any]:
        """Send a request of the SDK's own class, filled by its own setters."""
        answer = json.loads(self._client.do_action_with_exception(_filled(kind, given)))
        assert isinstance(answer, dict)
        return answer

    def text(self, kind: type, accept: str | None = None, **given: Any) -> str:
        """The answer as it comes, in a format or, with None, without having chosen one."""
        request = _filled(kind, given)
        if accept is not None:
            request.set_accept_format(accept)
        with warnings.catch_warnings():
            # The only method that leaves the format alone is a deprecated one.
            warnings.simplefilter("ignore", DeprecationWarning)
            raw: bytes = self._client.do_action(request)
        return raw.decode()


def _filled(kind: type, given: dict[str, Any]) -> Any:
    request = kind()
    for name, value in given.items():
        getattr(request, f"set_{name}")(value)
    return request


def refusal(client: Older, kind: type, **given: Any) -> tuple[int, str]:
    """The HTTP status and code of the SDK's exception; fails if there is none."""
    try:
        answer = client.ask(kind, **given)
    except ServerException as refused:
        return refused.get_http_status(), refused.get_error_code()
    raise AssertionError(f"the call was not refused but answered {answer}")
