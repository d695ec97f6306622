"""Who signed this call?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.sts.service import STS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call


@STS.action("GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, Any]:
    """The identity behind the access key: the account itself, a RAM user or an assumed role."""
    who = call.identity
    answer = {"AccountId": who.account_id, "IdentityType": who.identity_type}
    if who.identity_type == "AssumedRoleUser":
        role, _, session = who.name.partition("/")
        session = session or "session"
        return answer | {
            "Arn": f"acs:ram::{who.account_id}:assumed-role/{role}/{session}",
            "PrincipalId": f"{who.principal_id}:{session}",
            "RoleId": who.principal_id,
        }
    if who.identity_type == "RAMUser":
        return answer | {
            "Arn": f"acs:ram::{who.account_id}:user/{who.name}",
            "PrincipalId": who.principal_id,
            "UserId": who.principal_id,
        }
    return answer | {
        "Arn": f"acs:ram::{who.account_id}:root",
        "PrincipalId": who.account_id,
        "UserId": who.account_id,
    }
