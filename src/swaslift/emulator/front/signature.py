"""The two signature forms, computed for real.

ACS3-HMAC-SHA256 stands in the ``Authorization`` header; the older RPC form (HMAC-SHA1) is the
parameter ``Signature``. Signatures are checked on real time, whatever the emulator's clock says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALGORITHM = "ACS3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    rf"^{ALGORITHM}\s+Credential=(?P<key>[^,]+),\s*SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<sign>[0-9a-f]+)$"
)
MUST_BE_SIGNED = ("host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce")
"""Headers that an ACS3 signature has to cover."""


def encode(text: str) -> str:
    """Percent-encode as both forms want it: only letters, digits and ``-_.~`` stay."""
    return quote(text, safe="~")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """The parameters, encoded and sorted by name."""
    return "&".join(f"{encode(k)}={encode(v)}" for k, v in sorted(pairs))


def parse_authorization(value: str) -> tuple[str, list[str], str] | None:
    """Access key id, signed headers and signature of an ``Authorization`` header."""
    match = _AUTHORIZATION.match(value.strip())
    if match is None:
        return None
    return match["key"].strip(), match["headers"].strip().split(";"), match["sign"]


def acs3(
    secret: str,
    *,
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, list[str]],
    signed: list[str],
    payload_sha256: str,
) -> str:
    """The ACS3-HMAC-SHA256 signature of a request; ``headers`` has lower-case names."""
    lines = [f"{name}:{','.join(sorted(v.strip() for v in headers.get(name, [])))}\n" for name in signed]
    canonical = "\n".join(
        (method, path, canonical_query(query), "".join(lines), ";".join(signed), payload_sha256)
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(_bytes(canonical)).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    """Headers hold bytes beyond ASCII as surrogates: they are signed as they came."""
    return text.encode("utf-8", "surrogateescape")


def rpc_text(method: str, parameters: Iterable[tuple[str, str]]) -> str:
    """What the RPC form signs: the method and all parameters but ``Signature`` itself."""
    pairs = [(k, v) for k, v in parameters if k != "Signature"]
    return f"{method}&%2F&{encode(canonical_query(pairs))}"


def rpc(secret: str, to_sign: str) -> str:
    """The RPC signature of a text."""
    return base64.b64encode(hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()).decode()


def same(given: str, computed: str) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(given.encode(), computed.encode())
