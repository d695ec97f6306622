"""Credentials: explicit keys, else the environment, else the SDK's default chain.

Keys are looked up for each call, so renewed ones are used by the same client: those of the environment at
once, those of a profile file when the file changes, temporary ones before they expire. When the service
refuses the keys, they are looked up again, once for each call.

A renewal that fails while the keys at hand are good delays nothing: they are used until they expire. The
SDK's own cache is not used: it holds a lock over its calls, and logs each failure with a traceback.

Other keys are used only for the account that the client began with.
"""

from __future__ import annotations

import configparser
import importlib
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from swaslift.clock import SystemClock
from swaslift.cloud.masking import mask
from swaslift.cloud.settings import Keys
from swaslift.cloud.together import Together
from swaslift.errors import AuthError, ConfigError, CredentialsMissing, InvalidArgument, SwasliftError
from swaslift.process import ProcessLock

logger = logging.getLogger("swaslift.cloud")

AHEAD = timedelta(minutes=15)
"""Temporary keys are renewed so long before they expire, as the SDK does."""
AGAIN_AFTER = 30.0
"""Seconds between two tries to renew keys that are still good."""

_KEY_VARIABLES = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
_OIDC_VARIABLES = (
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
)
_SOURCE_VARIABLES = (
    *_OIDC_VARIABLES,
    "ALIBABA_CLOUD_ROLE_SESSION_NAME",
    "ALIBABA_CLOUD_PROFILE",
    "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "ALIBABA_CLOUD_CREDENTIALS_URI",
    "ALIBABA_CLOUD_ECS_METADATA",
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
    "ALIBABA_CLOUD_IMDSV1_DISABLED",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
    "ALIBABA_CLOUD_STS_REGION",
    "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",
    "HOME",
    "HOMEPATH",
    "HOMEDRIVE",
)
_REFUSED = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
        "Forbidden.AccessKeyDisabled",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidSignature",
        "MissingSecurityToken",
    }
)
"""Codes that keys get which were rotated, disabled or deleted, besides all of ``InvalidSecurityToken``."""

_SDK_LOCK = ProcessLock()
_REAL = SystemClock()
"""Keys expire by real time, whatever clock a client lives at."""


def refuses_keys(error: SwasliftError) -> bool:
    """Whether the service refused the keys themselves, so that renewed ones may help."""
    return isinstance(error, AuthError) and (
        error.code in _REFUSED or error.code.startswith("InvalidSecurityToken")
    )


class Signer:
    """What the SDK asks for a key before each call; keeps secrets out of what goes wrong. Thread-safe.

    Args:
        keys: explicit keys; None for those of the environment or of the SDK's default chain.
        whose: tells the account that keys belong to.
    """

    def __init__(self, keys: Keys | None, whose: Callable[[Keys], str] | None = None) -> None:
        self._given = keys
        self._whose = whose
        self._chain = _Chain()
        self._account = ""
        self._of_account: set[str] = set()
        self._used = threading.local()

    def get_credential(self) -> Any:
        """The key to sign with.

        Raises:
            CredentialsMissing: there are none, or they could not be renewed.
            ConfigError: the ones that are found now belong to another account.
        """
        from alibabacloud_credentials.models import CredentialModel

        keys = self._given or keys_of_environment() or self._chain.keys()
        self._check_account(keys)
        self._used.keys = keys
        return CredentialModel(
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret,
            security_token=keys.security_token,
            type="sts" if keys.security_token else "access_key",
        )

    def renewed(self) -> bool:
        """Look for other keys than those that this thread used last; whether there are some.

        Raises:
            CredentialsMissing: their source could not be asked.
        """
        used: Keys | None = getattr(self._used, "keys", None)
        if self._given is not None or used is None:
            return False
        try:
            found = keys_of_environment() or self._chain.keys()
            if found == used:
                found = keys_of_environment() or self._chain.keys(refused=used)
        except CredentialsMissing as error:
            if error.passing:
                raise
            return False
        return found != used

    def belongs_to(self, account_id: str) -> None:
        """The keys that this thread used last are of this account; others are used only for the same one."""
        self._of_account.add(self._used.keys.access_key_id)
        self._account = account_id

    def _check_account(self, keys: Keys) -> None:
        known = not self._account or keys.access_key_id in self._of_account
        if known or self._given is not None or self._whose is None:
            return
        account = self._whose(keys)
        if account != self._account:
            raise ConfigError(
                f"the credentials that are found now belong to account {account}, and this client works in "
                f"account {self._account}. Nothing was sent with them. Set the credentials of account "
                f"{self._account} again, or make another client for account {account}"
            )
        self._of_account.add(keys.access_key_id)

    def __repr__(self) -> str:
        return "Signer(***)"


def keys_of_environment() -> Keys | None:
    """The key in the environment now.

    The SDK reads these variables once, on import, so a later change in a notebook would go
    unseen; the door reads them itself.
    """
    key_id, secret, token = (os.environ.get(v) for v in _KEY_VARIABLES)
    if not key_id or not secret:
        return None
    try:
        return Keys(key_id, secret, token or None)
    except InvalidArgument as error:
        variable = _KEY_VARIABLES[("access_key_id", "access_key_secret", "security_token").index(error.field)]
        problem = f"the environment variable {variable}: {error.problem}. {error.remedy}"
    raise ConfigError(problem)


@dataclass(frozen=True, repr=False)
class _Held:
    """Keys at hand.

    Attributes:
        keys: the keys.
        provider: where they came from.
        expires: when they end; None where that is not known.
        found: what the surroundings were: see `_surroundings`.
    """

    keys: Keys
    provider: Any
    expires: datetime | None
    found: tuple[Any, ...]

    def good(self, *, ahead: timedelta = timedelta(0)) -> bool:
        """Whether they do not expire within a time."""
        return self.expires is None or _REAL.now() + ahead < self.expires


class _Chain:
    """The keys of the first provider of the SDK's default chain that has some, renewed in time."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._tried = 0.0
        self._failing = False
        self._problem = ""
        self._renewal = Together(self._renew)
        self._trying = ProcessLock()

    def keys(self, *, refused: Keys | None = None) -> Keys:
        """The keys to sign with.

        Args:
            refused: keys that the service has refused: they are looked up again, unless others are at hand.

        Raises:
            CredentialsMissing: there are none.
        """
        held = self._held
        if held is None or not held.good() or held.keys == refused:
            return self._renewal.get().keys
        if held.good(ahead=AHEAD) and held.found == _surroundings():
            return held.keys
        # The keys at hand are good: one thread at a time tries to renew them, and nobody waits for it.
        changed = held.found != _surroundings() and not self._failing
        if not changed and _REAL.monotonic() - self._tried < AGAIN_AFTER:
            return held.keys
        if not self._trying.acquire(blocking=False):
            return held.keys
        try:
            return self._renewal.get().keys
        except CredentialsMissing as error:
            if not error.passing:
                raise
            self._go_on(held)
            return held.keys
        finally:
            self._trying.release()

    def _go_on(self, held: _Held) -> None:
        until = "" if held.expires is None else f" until {held.expires:%Y-%m-%d %H:%M:%S} UTC"
        level = logging.DEBUG if self._failing else logging.WARNING
        logger.log(level, "%s; those at hand are good%s, and are used meanwhile", self._problem, until)
        self._failing = True

    def _renew(self) -> _Held:
        """Ask the provider that the keys came from, or all of the chain where the surroundings have changed."""
        held, surroundings = self._held, _surroundings()
        self._tried = _REAL.monotonic()
        if held is not None and held.found == surroundings:
            providers, problems = [held.provider], _Problems()
        else:
            providers, problems = _providers()
        failed = "no credentials were found" if held is None else "the credentials could not be renewed"
        for provider in providers:
            try:
                found = _ask(provider)
            except InvalidArgument as error:
                problems.say(type(provider).__name__, error)
                continue
            except Exception as error:  # noqa: BLE001  # each provider raises types of its own
                problems.note(provider, error)
                continue
            if self._failing:
                logger.info("the credentials were renewed")
                self._failing = False
            # Some providers write what they were given into the profile, so the files are looked at afterwards.
            self._held = _Held(*found, _surroundings())
            return self._held
        # What has given keys before is there, and may give some again.
        passing = problems.passing or (held is not None and held.found == surroundings)
        self._problem = ": ".join(filter(None, (failed, str(problems))))
        raise CredentialsMissing(f"{self._problem}. {_what_was_tried()}", passing=passing)


class _Problems:
    """What was wrong with the providers."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self.passing = False

    def note(self, provider: object, error: Exception) -> None:
        """A provider that is set up gave no keys."""
        if not getattr(provider, "perhaps", False):
            self.passing = True
        self.say(type(provider).__name__, error)

    def say(self, what: str, error: Exception) -> None:
        """A provider cannot be used."""
        # Some providers quote the answer that was to hold the keys.
        said = mask(re.sub(r"(?s)\{.*?\}", "{...}", str(error)))[:500]
        self._said.append(f"{what}: {said}")

    def __str__(self) -> str:
        return "; ".join(self._said)


def _ask(provider: Any) -> tuple[Keys, Any, datetime | None]:
    """The keys of a provider, the provider, and when they expire."""
    found = provider.get_credentials()
    keys = Keys(found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or None)
    expires = found.get_expiration()
    return keys, provider, datetime.fromtimestamp(expires, UTC) if expires else None


def _providers() -> tuple[list[Any], _Problems]:
    """The providers of the SDK's default chain that are set up, in its order. Makes no call."""
    from alibabacloud_credentials import provider as sdk
    from alibabacloud_credentials.utils import auth_util

    problems = _Problems()
    found: list[Any] = []
    with _SDK_LOCK:
        _reread_environment()
        makers: list[tuple[str, Callable[[], Any]]] = []
        if auth_util.enable_oidc_credential:
            makers.append(("OIDC", sdk.OIDCRoleArnCredentialsProvider))
        makers += [("~/.aliyun/config.json", _of_cli), ("credentials.ini", _of_ini)]
        if auth_util.environment_ecs_metadata_disabled.lower() != "true":
            makers.append(("ECS metadata", _of_instance))
        if auth_util.environment_credentials_uri:
            makers.append(("ALIBABA_CLOUD_CREDENTIALS_URI", sdk.URLCredentialsProvider))
        for name, make in makers:
            try:
                provider = make()
            except (OSError, json.JSONDecodeError, configparser.Error) as error:
                # A file may be read while it is written.
                problems.passing = True
                problems.say(name, error)
            except Exception as error:  # noqa: BLE001  # each provider raises types of its own
                problems.say(name, error)
            else:
                if provider is not None:
                    found.append(_uncached(provider))
    return found, problems


def _of_cli() -> Any:
    """The provider of the profile of the command line tool; None without a profile."""
    factory = _factories()[0]()
    path = Path(factory._profile_file)  # noqa: SLF001  # the SDK tells the file to nobody
    from alibabacloud_credentials.utils import auth_util

    if auth_util.environment_cli_profile_disabled.lower() == "true" or not path.is_file():
        return None
    config = json.loads(path.read_text("utf-8"))
    name = factory._profile_name or config.get("current")  # noqa: SLF001  # likewise
    return factory._get_credentials_provider(config, name)  # noqa: SLF001  # the one that keeps the expiry


def _of_ini() -> Any:
    """The provider of the profile in ``credentials.ini``; None without a profile."""
    from alibabacloud_credentials.provider import profile

    factory = _factories()[1]()
    path, name = factory._profile_file, factory._profile_name  # noqa: SLF001  # as above
    if not Path(path).is_file():
        return None
    section = profile._load_ini(path).get(name)  # noqa: SLF001  # the SDK reads comments in its own way
    return None if section is None else factory._get_credentials_provider(section)  # noqa: SLF001  # as above


def _of_instance() -> Any:
    """The provider of the role of this instance, without the thread that the SDK would start for it."""
    return _instance_role(None)


def _instance_role(role: str | None) -> Any:
    from alibabacloud_credentials.provider import EcsRamRoleCredentialsProvider
    from alibabacloud_credentials.utils import auth_util

    provider: Any = EcsRamRoleCredentialsProvider(role_name=role, async_update_enabled=False)
    # Where no role is named, this may be no instance at all.
    provider.perhaps = not (role or auth_util.environment_ecs_metadata)
    return provider


@cache
def _factories() -> tuple[Any, Any]:
    """The SDK's readers of the two profile files; a role of the instance is without a thread of its own."""
    from alibabacloud_credentials import provider as sdk

    class Cli(sdk.CLIProfileCredentialsProvider):  # type: ignore[misc]  # the SDK has no types
        def _get_credentials_provider(self, config: Any, profile_name: Any) -> Any:
            profiles = config.get("profiles") or []
            profile: Any = next((p for p in profiles if p.get("name") == profile_name), {})
            if profile.get("mode") == "EcsRamRole":
                return _instance_role(profile.get("ram_role_name"))
            return super()._get_credentials_provider(config, profile_name)

    class Ini(sdk.ProfileCredentialsProvider):  # type: ignore[misc]  # likewise
        def _get_credentials_provider(self, section: Any) -> Any:
            if section.get("type") == "ecs_ram_role":
                return _instance_role(section.get("role_name"))
            return super()._get_credentials_provider(section)

    return Cli, Ini


class _Uncached:
    """In the place of the SDK's cache: asks at once, in this thread."""

    def __init__(self, refresh: Callable[[], Any]) -> None:
        self._refresh = refresh

    def _sync_call(self) -> Any:
        return self._refresh().value()


def _uncached(provider: Any) -> Any:
    """The provider, and those behind it, without the SDK's cache."""
    for one in _behind(provider):
        if hasattr(one, "_credentials_cache"):
            one._credentials_cache = _Uncached(one._refresh_credentials)  # noqa: SLF001  # the only seam
    return provider


def _behind(provider: Any) -> Iterator[Any]:
    while provider is not None:
        yield provider
        provider = getattr(provider, "_credentials_provider", None)


def _surroundings() -> tuple[Any, ...]:
    """What the chain depends on: variables, and the state of the profile files."""
    home = Path(os.environ.get("HOME") or os.environ.get("HOMEPATH") or "~").expanduser()
    ini = os.environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE") or home / ".alibabacloud" / "credentials.ini"
    files = (home / ".aliyun" / "config.json", Path(ini))
    return (*(os.environ.get(v) for v in _SOURCE_VARIABLES), *map(_state, files))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _reread_environment() -> None:
    """Let the chain see the environment as it is: the SDK looks at it once, on import.

    That is the profile's name, the files' places, the OIDC and the URI variables, and the home.
    """
    from alibabacloud_credentials.utils import auth_constant, auth_util

    importlib.reload(auth_util)
    auth_constant.HOME = auth_util.get_home()


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
        f"  - environment: {', '.join(map(state, _KEY_VARIABLES[:2]))}\n"
        f"  - OIDC role: {', '.join(map(state, _OIDC_VARIABLES))}\n"
        f"  - files: {files}; profile {os.environ.get('ALIBABA_CLOUD_PROFILE') or 'default'}\n"
        f"  - the RAM role of this ECS instance, and {state('ALIBABA_CLOUD_CREDENTIALS_URI')}\n"
        "Set the two environment variables, run `aliyun configure`, or pass access_key_id= and "
        "access_key_secret=."
    )
