"""Credentials: explicit keys, else the environment, else the SDK's default chain."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path
from typing import Any

from swaslift.cloud.masking import mask
from swaslift.cloud.settings import Keys
from swaslift.errors import ConfigError, CredentialsMissing, InvalidArgument
from swaslift.process import ProcessLock

_VARIABLES = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
_OIDC_VARIABLES = (
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
)
_LOCK = ProcessLock()


class Signer:
    """What the SDK asks for a key before each call; keeps secrets out of what goes wrong."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def get_credential(self) -> Any:
        """The key to sign with; temporary ones are renewed by the SDK.

        Raises:
            CredentialsMissing: they could not be renewed.
        """
        try:
            return self._source.get_credential()
        except Exception as error:  # noqa: BLE001  # each provider raises types of its own
            problem = f"the credentials could not be renewed: {_said(error)}"
        # Outside of the handler, so that the SDK's error does not hang on as the context.
        raise CredentialsMissing(f"{problem}\n{_what_was_tried()}")

    def __repr__(self) -> str:
        return "Signer(***)"


def keys_of_environment() -> Keys | None:
    """The key in the environment now.

    The SDK reads these variables once, on import, so a later change in a notebook would go
    unseen; the door reads them itself.
    """
    key_id, secret, token = (os.environ.get(v) for v in _VARIABLES)
    if not key_id or not secret:
        return None
    try:
        return Keys(key_id, secret, token or None)
    except InvalidArgument as error:
        variable = _VARIABLES[("access_key_id", "access_key_secret", "security_token").index(error.field)]
        problem = f"the environment variable {variable}: {error.problem}. {error.remedy}"
    raise ConfigError(problem)


def signer(keys: Keys | None) -> Signer:
    """Who signs: explicit keys, else those of the environment, else the SDK's default chain.

    Raises:
        CredentialsMissing: nothing in the chain has credentials.
    """
    from alibabacloud_credentials.client import Client
    from alibabacloud_credentials.models import Config

    keys = keys or keys_of_environment()
    if keys is not None:
        return Signer(
            Client(
                Config(
                    type="sts" if keys.security_token else "access_key",
                    access_key_id=keys.access_key_id,
                    access_key_secret=keys.access_key_secret,
                    security_token=keys.security_token,
                )
            )
        )
    with _LOCK:
        _reread_environment()
        chain = Client()
    try:
        chain.get_credential()
    except Exception as error:  # noqa: BLE001  # each provider of the chain raises types of its own
        problem = f"{_what_was_tried()}\n  ({_said(error)})"
    else:
        return Signer(chain)
    raise CredentialsMissing(f"no credentials were found. {problem}")


def _reread_environment() -> None:
    """Let the chain see the environment as it is: the SDK looks at it once, on import.

    That is the profile's name, the files' places, the OIDC and the URI variables, and the home.
    """
    from alibabacloud_credentials.utils import auth_constant, auth_util

    importlib.reload(auth_util)
    auth_constant.HOME = auth_util.get_home()


def _said(error: Exception) -> str:
    # Some providers quote the answer that was to hold the keys.
    return mask(re.sub(r"(?s)\{.*?\}", "{...}", str(error)))[:1000]


def _what_was_tried() -> str:
    def state(variable: str) -> str:
        return f"{variable} ({'set' if os.environ.get(variable) else 'not set'})"

    profile = os.environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE") or "~/.alibabacloud/credentials.ini"
    files = ", ".join(
        f"{f} ({'exists' if Path(f).expanduser().exists() else 'no such file'})"
        for f in ("~/.aliyun/config.json", profile)
    )
    return (
        "Tried:\n"
        f"  - environment: {', '.join(map(state, _VARIABLES[:2]))}\n"
        f"  - OIDC role: {', '.join(map(state, _OIDC_VARIABLES))}\n"
        f"  - files: {files}; profile {os.environ.get('ALIBABA_CLOUD_PROFILE') or 'default'}\n"
        f"  - the RAM role of this ECS instance, and {state('ALIBABA_CLOUD_CREDENTIALS_URI')}\n"
        "Set the two environment variables, run `aliyun configure`, or pass access_key_id= and "
        "access_key_secret=."
    )
