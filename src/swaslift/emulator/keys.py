"""RSA key pairs for the emulated ``CreateKeyPair``, with the standard library alone.

They are for rehearsals: nothing real is to be protected with them.
"""

from __future__ import annotations

import base64
import secrets
from math import gcd

_EXPONENT = 65537
_SMALL_PRIMES = [p for p in range(3, 2000, 2) if all(p % d for d in range(3, int(p**0.5) + 1, 2))]
_RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
"""AlgorithmIdentifier rsaEncryption."""


def new_key_pair(bits: int = 2048) -> tuple[str, str]:
    """A private key (PEM, PKCS#8) and its public half (OpenSSH)."""
    while True:
        p, q = _prime(bits // 2), _prime(bits // 2)
        n, phi = p * q, (p - 1) * (q - 1)
        if p != q and n.bit_length() == bits and gcd(_EXPONENT, phi) == 1:
            break
    d = pow(_EXPONENT, -1, phi)
    numbers = (0, n, _EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    pkcs1 = _der(0x30, b"".join(_integer(i) for i in numbers))
    pkcs8 = _der(0x30, _integer(0) + _RSA_ALGORITHM + _der(0x04, pkcs1))
    text = base64.encodebytes(pkcs8).decode().replace("\n", "")
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    pem = "\n".join(("-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""))
    blob = b"".join(_ssh(part) for part in (b"ssh-rsa", _unsigned(_EXPONENT), _unsigned(n)))
    return pem, f"ssh-rsa {base64.b64encode(blob).decode()}"


def _prime(bits: int) -> int:
    top = 0b11 << (bits - 2)
    while True:
        candidate = secrets.randbits(bits) | top | 1
        if all(candidate % p for p in _SMALL_PRIMES) and _probably_prime(candidate):
            return candidate


def _probably_prime(n: int, rounds: int = 12) -> bool:
    """Miller and Rabin's test."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(rounds):
        x = pow(secrets.randbelow(n - 3) + 2, odd, n)
        if x in {1, n - 1}:
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _unsigned(value: int) -> bytes:
    """Big-endian with a leading zero where the first bit would be taken for a sign."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _integer(value: int) -> bytes:
    return _der(0x02, _unsigned(value))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _ssh(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part
