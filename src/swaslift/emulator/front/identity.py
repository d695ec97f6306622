"""Who signed a request? Keys, signatures, timestamps, nonces and security tokens."""

from __future__ import annotations

import hashlib
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swaslift.emulator.front import signature
from swaslift.emulator.service import ServiceError

if TYPE_CHECKING:
    from swaslift.emulator.front.request import RawRequest
    from swaslift.emulator.world import Account, World

TOLERANCE = 15 * 60.0
"""Seconds by which a request's timestamp may differ from real time."""
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


class Gatekeeper:
    """Tells the identity behind a request, or refuses it with the documented error."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: dict[tuple[str, str], float] = {}

    def identify(self, raw: RawRequest, product: str) -> Account:
        """Verify one request; raises `ServiceError`."""
        if raw.uses_acs3:
            return self._acs3(raw, product)
        return self._rpc(raw, product)

    def _acs3(self, raw: RawRequest, product: str) -> Account:
        parsed = signature.parse_authorization(raw.header("authorization"))
        if parsed is None:
            raise _mismatch(product, f"The Authorization header is not of the form {signature.ALGORITHM}.")
        key_id, signed, given = parsed
        account = self._account(key_id)
        version = ["x-acs-version"] if raw.header("x-acs-version") else []
        absent = [name for name in (*signature.MUST_BE_SIGNED, *version) if name not in signed]
        if absent:
            raise _mismatch(product, f"The signature does not cover {', '.join(absent)}.")
        payload = raw.header("x-acs-content-sha256")
        if hashlib.sha256(raw.body).hexdigest() != payload:
            raise _mismatch(product, "x-acs-content-sha256 does not fit the body.")
        computed = signature.acs3(
            account.access_key_secret,
            method=raw.method,
            path=raw.path,
            query=raw.query,
            headers=raw.headers,
            signed=signed,
            payload_sha256=payload,
        )
        if not signature.same(given, computed):
            raise _mismatch(product, "Specified signature is not matched with our calculation.")
        self._fresh(key_id, raw.header("x-acs-date"), raw.header("x-acs-signature-nonce"))
        self._token(account, raw.header("x-acs-security-token"))
        return account

    def _rpc(self, raw: RawRequest, product: str) -> Account:
        flat = raw.flat
        flat["Timestamp"] = flat.get("Timestamp") or flat.get("TimeStamp", "")  # some clients spell it so
        for name in ("AccessKeyId", "Signature", "SignatureNonce", "Timestamp"):
            if not flat.get(name):
                raise ServiceError(
                    400,
                    "MissingParameter",
                    f'The input parameter "{name}" that is mandatory for processing this request is not '
                    "supplied.",
                )
        account = self._account(flat["AccessKeyId"])
        to_sign = signature.rpc_text(raw.method, (*raw.query, *raw.form))
        # The older SDK reads the text after the colon: if it signed the same, its secret is wrong.
        signed = f"server string to sign is:{to_sign}"
        if flat.get("SignatureMethod", "HMAC-SHA1") != "HMAC-SHA1" or flat.get("SignatureVersion") != "1.0":
            raise _mismatch(product, f"SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0. {signed}")
        if not signature.same(flat["Signature"], signature.rpc(account.access_key_secret, to_sign)):
            raise _mismatch(product, f"Specified signature is not matched with our calculation. {signed}")
        self._fresh(account.access_key_id, flat["Timestamp"], flat["SignatureNonce"])
        self._token(account, flat.get("SecurityToken", ""))
        return account

    def _account(self, key_id: str) -> Account:
        account = self._world.accounts.get(key_id)
        if account is None:
            raise ServiceError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        return account

    def _fresh(self, key_id: str, timestamp: str, nonce: str) -> None:
        now = time.time()
        at = _moment(timestamp)
        if abs(at - now) > TOLERANCE:
            raise ServiceError(
                400,
                "IllegalTimestamp",
                f"The timestamp {timestamp!r} is not within 15 minutes of the present time, "
                f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}.",
            )
        # The oldest come first; those whose timestamp would be refused anyway are forgotten.
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * TOLERANCE:
            del self._nonces[next(iter(self._nonces))]
        if (key_id, nonce) in self._nonces:
            raise ServiceError(400, "SignatureNonceUsed", "The signature nonce was used already.")
        self._nonces[key_id, nonce] = now

    def _token(self, account: Account, token: str) -> None:
        ends = account.token_expires_at
        if token != (account.security_token or "") or (ends is not None and self._world.clock.now() >= ends):
            raise ServiceError(
                400,
                "InvalidSecurityToken.Expired",
                "The security token is missing, expired or does not belong to the access key.",
            )


def _moment(text: str) -> float:
    """A timestamp with or without parts of a second; minus infinity if it is none."""
    if _TIMESTAMP.fullmatch(text) is None:
        return float("-inf")
    try:
        return datetime.fromisoformat(f"{text[:19]}+00:00").timestamp()
    except ValueError:
        return float("-inf")


def _mismatch(product: str, message: str) -> ServiceError:
    code = "IncompleteSignature" if product.lower() == "ecs" else "SignatureDoesNotMatch"
    return ServiceError(400, code, message)
