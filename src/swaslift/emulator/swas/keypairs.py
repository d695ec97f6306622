"""SSH key pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.keys import new_key_pair
from swaslift.emulator.swas import describe, lookup
from swaslift.emulator.swas.records import KeyPair
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

KEY_PAIRS_PER_REGION = 10


def _mine(call: Call) -> list[KeyPair]:
    pairs = call.world.swas.key_pairs.values()
    return [p for p in pairs if (p.account_id, p.region_id) == (call.account_id, call.region_id)]


@SWAS.action("ListKeyPairs")
def list_key_pairs(call: Call) -> dict[str, Any]:
    """The key pairs of a region."""
    name = call.get("KeyPairName")
    rows, paging = lookup.page(call, [p for p in _mine(call) if name in {None, "", p.name}])
    return {"KeyPairs": [describe.key_pair(pair) for pair in rows], **paging}


@SWAS.action("CreateKeyPair")
def create_key_pair(call: Call) -> dict[str, Any]:
    """A new RSA key pair; the private half is told once."""
    _check(call)
    private, public = new_key_pair()
    _add(call, public)
    return {"KeyPairName": call.params["KeyPairName"], "PrivateKeyBody": private}


@SWAS.action("ImportKeyPair")
def import_key_pair(call: Call) -> dict[str, Any]:
    """Bring one's own public key."""
    _check(call)
    public = call.params["PublicKeyBody"].strip()
    if not public.startswith(("ssh-", "ecdsa-")) or len(public.split()) < 2:
        raise lookup.invalid(call, "PublicKeyBody is no public key in OpenSSH form.")
    _add(call, public)
    return {"KeyPairName": call.params["KeyPairName"]}


def _check(call: Call) -> None:
    name = call.params["KeyPairName"]
    if not lookup.named_well(lookup.KEY_PAIR_NAME, name):
        raise lookup.invalid(
            call, 'KeyPairName: 2 to 64 letters, digits, ":", "_" or "-", the first a letter.'
        )
    mine = _mine(call)
    if any(pair.name == name for pair in mine):
        raise call.error("KeyPairNameAlreadyExist", f"There is a key pair {name} already.")
    if len(mine) >= KEY_PAIRS_PER_REGION:
        raise lookup.invalid(call, f"A region has at most {KEY_PAIRS_PER_REGION} key pairs.")


def _add(call: Call, public_key: str) -> None:
    name = call.params["KeyPairName"]
    call.world.swas.key_pairs[call.account_id, call.region_id, name] = KeyPair(
        call.account_id, call.region_id, name, public_key, call.now
    )


def _pair(call: Call, name: str) -> KeyPair:
    found = call.world.swas.key_pairs.get((call.account_id, call.region_id, name))
    if found is None:
        raise lookup.invalid(call, f"There is no key pair {name}.")
    return found


def _outcomes(results: list[tuple[str, str, str]]) -> dict[str, Any]:
    rows = [
        {"Code": code or "200", "InstanceId": server_id, "Message": message, "Success": str(not code).lower()}
        for server_id, code, message in results
    ]
    return {"Results": rows, "TotalCount": len(rows), "FailCount": sum(bool(code) for _, code, _ in results)}


@SWAS.action("AttachKeyPair")
def attach_key_pair(call: Call) -> dict[str, Any]:
    """Bind a key pair to servers, in place of what each had; one failure does not stop the others."""
    pair = _pair(call, call.params["KeyPairName"])
    servers = [lookup.server(call, one) for one in call.params["InstanceIds"]]
    results = []
    for server in servers:
        if server.platform == "Windows":
            results.append((server.server_id, "InvalidParam", "Windows servers take no key pair."))
            continue
        if server.key_pair:
            _pair(call, server.key_pair).server_ids.remove(server.server_id)
        server.key_pair = pair.name
        pair.server_ids.append(server.server_id)
        results.append((server.server_id, "", "success"))
    return _outcomes(results)


@SWAS.action("DetachKeyPair")
def detach_key_pair(call: Call) -> dict[str, Any]:
    """Unbind a key pair from servers."""
    pair = _pair(call, call.params["KeyPairName"])
    servers = [lookup.server(call, one) for one in call.params["InstanceIds"]]
    for server in servers:
        if server.key_pair != pair.name:
            raise call.error(
                "InvalidParameter.KeypairNotAttachedInstance",
                f"The key pair {pair.name} is not bound to {server.server_id}.",
            )
    for server in servers:
        server.key_pair = ""
        pair.server_ids.remove(server.server_id)
    return _outcomes([(server.server_id, "", "success") for server in servers])


@SWAS.action("DeleteKeyPairs")
def delete_key_pairs(call: Call) -> dict[str, Any]:
    """Delete key pairs that are bound to no server, all or none."""
    pairs = [_pair(call, name) for name in call.params["KeyPairNames"]]
    for pair in pairs:
        if any(call.world.swas.server_exists(s, call.now) for s in pair.server_ids):
            raise call.error(
                "InvalidParameter.KeypairAlreadyAttachedInstance",
                f"{pair.name} is bound to {pair.server_ids}.",
            )
    for pair in pairs:
        call.world.swas.key_pairs.pop((pair.account_id, pair.region_id, pair.name), None)
    return {}
