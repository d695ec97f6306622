"""STS 2015-04-01: who signs."""

from __future__ import annotations

from typing import Any

from swaslift.cloud.caller import Caller
from swaslift.models import Identity


def get_caller_identity(caller: Caller, region_id: str) -> Identity:
    """STS ``GetCallerIdentity``; needs no permission (document_detail/43767)."""
    return caller.read_as("sts", "GetCallerIdentity", region_id, {}, _identity)


def _identity(body: dict[str, Any]) -> Identity:
    return Identity(account_id=body["AccountId"])
