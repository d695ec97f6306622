"""What must not stand in a cassette: secrets, and a false word about where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from swaslift.emulator import inventory
from swaslift.errors import ConfigError
from swaslift.testing.files import Loaded, load
from swaslift.testing.scrubbing import ACCOUNT

_VALUE = r"[\"']?\s*[:=]\s*(?:-\s*)?[\"']?(?!\*{3}|null\b|[\"'\s])"
_SECRETS = {
    "an access key id": re.compile(r"\bLTAI[0-9A-Za-z]{8,}"),
    "a security token": re.compile(rf"\b(?:STS|CAIS)[.0-9A-Za-z]{{12,}}|(?i:security[-_]?token){_VALUE}"),
    "a signature": re.compile(rf"(?i)\b(?:authorization|signature(?:nonce)?|x-acs-signature[-a-z]*){_VALUE}"),
    "a signed header": re.compile(r"(?i)\bx-acs-(?:accesskey-id|date|content-sha256|credentials-provider)\b"),
    "an access key": re.compile(rf"(?i)\baccess_?key_?(?:id|secret){_VALUE}"),
    "a password": re.compile(rf"(?i)\b[\w.]*passw(?:or)?d{_VALUE}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}
_VENDOR = re.compile(r"(?:[a-z-]+\.)?(?:alibabacloud\.com|aliyun\.com)")
_SERVICES = re.compile(r"[a-z0-9.-]+\.aliyuncs\.com")


def scan(path: Path | str, *, emulated_accounts: Iterable[str] = ()) -> list[str]:
    """What is wrong with a cassette: secrets in it, no provenance, or a false one; empty if nothing is.

    A live cassette that holds an account or a name of the emulator's own inventory is false, and so is
    an emulator's with another account.

    Args:
        path: the cassette.
        emulated_accounts: account ids of an inventory of your own, beside those of the default one.
    """
    path = Path(path)
    text = path.read_text("utf-8")
    plain = unquote(text)
    found = [
        f"{what} in line {number}"
        for number, line in enumerate(plain.splitlines(), 1)
        for what, pattern in _SECRETS.items()
        if pattern.search(line)
    ]
    try:
        loaded = load(path)
    except ConfigError as error:
        return [*found, str(error)]
    return found + list(_untrue(loaded, plain, set(emulated_accounts)))


def _untrue(loaded: Loaded, text: str, more: set[str]) -> Iterable[str]:
    told = loaded.provenance
    if told.recorded > datetime.now(UTC).date():
        yield f"recorded on {told.recorded}, which is yet to come"
    hosts = {i.call.host for i in loaded.interactions}
    for host in sorted(h for h in hosts if not _SERVICES.fullmatch(h)):
        yield f"a call to {host}, which no account shows"
    own = {account["account_id"] for account in inventory.read(None)["accounts"]} | more
    accounts = {
        str(i.body.get("AccountId"))
        for i in loaded.interactions
        if i.call.action == "GetCallerIdentity" and i.status == 200
    }
    if told.provenance == "live":
        for mark in sorted(m for m in (*own, "emulator") if m in text):
            yield f"it says live, and holds {mark!r} of the emulator"
    elif told.provenance == "emulator":
        for account in sorted(accounts - own - {ACCOUNT}):
            yield f"it says emulator, and was recorded of account {account}"
    elif not _VENDOR.fullmatch(urlsplit(told.page or "").hostname or ""):
        yield f"it says vendor-doc-example, and names {told.page}, which is not the vendor's"
