"""RSA key pairs for the emulated ``CreateKeyPair``."""

from __future__ import annotations


def new_key_pair() -> tuple[str, str]:
    """A private key of 2048 bits (PEM, PKCS#8) and its public half (OpenSSH)."""
    # Few need a key pair, and this takes a while to load.
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return pem.decode(), public.decode()
