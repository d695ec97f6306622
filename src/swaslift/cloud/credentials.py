"""Credentials: explicit keys, else the environment, else the SDK's default chain."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from swaslift.cloud.settings import Keys
from swaslift.errors import CredentialsMissing

_VARIABLES = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)


def keys_of_environment() -> Keys | None:
    """The key in the environment now.

    The SDK reads these variables once, on import, so a later change in a notebook would go
    unseen; the door reads them itself.
    """
    key_id, secret, token = (os.environ.get(v) for v in _VARIABLES)
    return Keys(key_id, secret, token) if key_id and secret else None


def provider(keys: Keys | None) -> Any:
    """A credential client of the SDK.

    Raises:
        CredentialsMissing: nothing in the chain has credentials.
    """
    from alibabacloud_credentials.client import Client
    from alibabacloud_credentials.models import Config

    keys = keys or keys_of_environment()
    if keys is not None:
        return Client(
            Config(
                type="sts" if keys.security_token else "access_key",
                access_key_id=keys.access_key_id,
                access_key_secret=keys.access_key_secret,
                security_token=keys.security_token,
            )
        )
    client = Client()
    try:
        client.get_credential()
    except Exception as error:  # noqa: BLE001  # each provider of the chain raises types of its own
        raise CredentialsMissing(_what_was_tried(error)) from None
    return client


def _what_was_tried(error: Exception) -> str:
    env = ", ".join(f"{v} ({'set' if os.environ.get(v) else 'not set'})" for v in _VARIABLES[:2])
    profile = os.environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE") or "~/.alibabacloud/credentials.ini"
    files = ", ".join(
        f"{f} ({'exists' if Path(f).expanduser().exists() else 'no such file'})"
        for f in ("~/.aliyun/config.json", profile)
    )
    return (
        "no credentials were found. Tried:\n"
        f"  - environment: {env}\n"
        "  - OIDC role: ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN\n"
        f"  - files: {files}\n"
        "  - the RAM role of this ECS instance, ALIBABA_CLOUD_CREDENTIALS_URI\n"
        "Set the two environment variables, run `aliyun configure`, or pass access_key_id= and "
        f"access_key_secret=.\n  ({error})"
    )
