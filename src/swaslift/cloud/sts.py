"""STS 2015-04-01: who signs."""

from __future__ import annotations

from swaslift.cloud.caller import Caller
from swaslift.models import Identity


def get_caller_identity(caller: Caller, region_id: str) -> Identity:
    """STS ``GetCallerIdentity``; needs no permission (document_detail/43767)."""
    body = caller.read("sts", "GetCallerIdentity", region_id, {})
    return Identity(
        account_id=body["AccountId"], arn=body.get("Arn", ""), identity_type=body.get("IdentityType", "")
    )
