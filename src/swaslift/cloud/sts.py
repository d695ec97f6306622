"""STS 2015-04-01: who signs."""

from __future__ import annotations

from swaslift.cloud.caller import Caller
from swaslift.cloud.parse import Fields
from swaslift.models import Identity


def get_caller_identity(caller: Caller, region_id: str, *, patient: bool = True) -> Identity:
    """STS ``GetCallerIdentity``; needs no permission (document_detail/43767)."""
    return caller.read_as("sts", "GetCallerIdentity", region_id, {}, _identity, patient=patient)


def _identity(body: Fields) -> Identity:
    return Identity(account_id=body.needed("AccountId"))
