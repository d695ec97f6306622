"""What the actions of a product have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from swaslift.cloud.caller import Caller

ASK_FOR_REGIONS = ("cn-hangzhou", "cn-shanghai", "ap-southeast-1")
"""Any regional host lists all regions; the next one is asked when one cannot be reached."""


class Actions:
    """Actions of one product, sent for one account.

    Args:
        caller: sends them.
        account_id: whose credentials they are sent with; asked when a record needs it.
    """

    _product: ClassVar[str]

    def __init__(self, caller: Caller, account_id: Callable[[], str]) -> None:
        self._caller = caller
        self._account_id = account_id

    def _where(self, region_id: str) -> dict[str, Any]:
        """What every record knows of where it is from."""
        return {"product": self._product, "account_id": self._account_id(), "region_id": region_id}
