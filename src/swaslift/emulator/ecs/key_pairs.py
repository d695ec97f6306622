"""SSH key pairs."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.paging import by_number
from swaslift.emulator.ecs.records_network import KeyPair
from swaslift.emulator.ecs.rules import check_name, check_tags, has_tags, tag_body
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_minute
from swaslift.emulator.keys import new_key_pair
from swaslift.emulator.patterns import like

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.service import Call

_MOST = 500
_MOST_INSTANCES = 50
_KINDS = ("rsa", "dsa", "ssh-rsa", "ssh-dss", "ecdsa")


def _add(call: Call, public_key: str, fingerprint: str) -> KeyPair:
    name = call.get("KeyPairName")
    return find.ecs(call).key_pairs.add(
        KeyPair(
            id=call.world.new_id("ssh-"),
            account_id=call.account_id,
            region_id=call.region_id,
            created_at=call.now,
            visible_at=call.world.visible_at(call.now),
            tags=call.tags,
            resource_group_id=call.get("ResourceGroupId") or "",
            name=name,
            fingerprint=fingerprint,
            public_key=public_key,
        )
    )


def _check_new(call: Call) -> None:
    find.region(call)
    state = find.ecs(call)
    check_name(call, "KeyPairName", "InvalidKeyPairName.Malformed")
    check_tags(call)
    name = call.get("KeyPairName")
    if state.key_pair(name, call.account_id, call.region_id, call.now) is not None:
        raise call.error("KeyPair.AlreadyExist", f"The key pair {name} already exists.")
    if len(state.key_pairs.of(call.account_id, call.region_id, call.now)) >= _MOST:
        raise call.error("QuotaExceed.KeyPair", "The key pair quota is exceeded.")


def _fingerprint(public_key: str) -> str | None:
    """The MD5 fingerprint of a public key in OpenSSH form; None where it is none."""
    kind, _, rest = public_key.partition(" ")
    try:
        raw = base64.b64decode(rest.split(" ")[0], validate=True)
    except (binascii.Error, ValueError):
        return None
    if not raw or not kind.startswith(_KINDS):
        return None
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


@ECS.action("ImportKeyPair")
def import_key_pair(call: Call) -> dict[str, Any]:
    """Register a public key."""
    _check_new(call)
    public = call.get("PublicKeyBody").strip()
    fingerprint = _fingerprint(public)
    if fingerprint is None:
        raise call.error("InvalidPublicKeyBody.Malformed", "The format of the public key is not supported.")
    pair = _add(call, public, fingerprint)
    return {"KeyPairFingerPrint": pair.fingerprint, "KeyPairName": pair.name}


@ECS.action("CreateKeyPair")
def create_key_pair(call: Call) -> dict[str, Any]:
    """The private key is told once."""
    _check_new(call)
    private, public = new_key_pair()
    pair = _add(call, public, _fingerprint(public) or "")
    return {
        "KeyPairFingerPrint": pair.fingerprint,
        "KeyPairId": pair.id,
        "KeyPairName": pair.name,
        "PrivateKeyBody": private,
    }


@ECS.action("DescribeKeyPairs")
def describe_key_pairs(call: Call) -> dict[str, Any]:
    """Key pairs of the region."""
    find.region(call)
    name, public = call.get("KeyPairName"), bool(call.get("IncludePublicKey"))
    found = [
        k
        for k in find.ecs(call).key_pairs.listed(call.account_id, call.region_id, call.now)
        if (not name or like(name, k.name))
        and call.get("KeyPairFingerPrint") in {None, k.fingerprint}
        and call.get("ResourceGroupId") in {None, k.resource_group_id}
        and has_tags(k.tags, call)
    ]
    page, fields = by_number(call, found, most=50)
    return {"KeyPairs": {"KeyPair": [key_pair_body(k, public=public) for k in page]}, **fields}


def key_pair_body(pair: KeyPair, *, public: bool = False) -> dict[str, Any]:
    """An entry of ``DescribeKeyPairs``."""
    body: dict[str, Any] = {
        "CreationTime": to_minute(pair.created_at),
        "KeyPairFingerPrint": pair.fingerprint,
        "KeyPairName": pair.name,
        "ResourceGroupId": pair.resource_group_id,
        "Tags": tag_body(pair.tags),
    }
    return body | ({"PublicKey": pair.public_key} if public else {})


@ECS.action("AttachKeyPair")
def attach_key_pair(call: Call) -> dict[str, Any]:
    """Bind a key pair to instances; password login ends."""

    def attach(instance: Instance) -> None:
        instance.key_pair, instance.has_password = call.get("KeyPairName"), False

    return _each(call, attach)


@ECS.action("DetachKeyPair")
def detach_key_pair(call: Call) -> dict[str, Any]:
    """Take a key pair off instances."""

    def detach(instance: Instance) -> None:
        if instance.key_pair == call.get("KeyPairName"):
            instance.key_pair = ""

    return _each(call, detach)


def _each(call: Call, change: Any) -> dict[str, Any]:
    """Part of the instances can fail: each has its own result, and all numbers are texts."""
    state, name = find.ecs(call), call.get("KeyPairName")
    ids = find.json_list(call, "InstanceIds") or []
    if not ids:
        raise call.error("InvalidInstanceIds.ValueNotSupported", "InstanceIds must be a JSON array of ids.")
    if len(ids) > _MOST_INSTANCES:
        raise call.error("InstanceKeyPairLimitExceeded", "At most 50 instances can be given.")
    if state.key_pair(name, call.account_id, call.region_id, call.now) is None:
        raise call.error("InvalidKeyPairName.NotFound", f"The key pair {name} does not exist.")
    found = {i: state.instances.find(i, call.account_id, call.now) for i in ids}
    if any(i is not None and i.traits.windows for i in found.values()):
        raise call.error("DependencyViolation.WindowsInstance", "Windows instances have no key pairs.")
    results = []
    for instance_id, instance in found.items():
        ok = instance is not None and instance.region_id == call.region_id and not instance.locks
        if instance is not None and ok:
            change(instance)
        code = (
            "200" if ok else ("InvalidInstanceId.NotFound" if instance is None else "IncorrectInstanceStatus")
        )
        results.append(
            {
                "Code": code,
                "InstanceId": instance_id,
                "Message": "successful" if ok else "The instance does not exist or is locked.",
                "Success": "true" if ok else "false",
            }
        )
    failed = sum(r["Success"] == "false" for r in results)
    return {
        "FailCount": str(failed),
        "KeyPairName": name,
        "Results": {"Result": results},
        "TotalCount": str(len(results)),
    }
