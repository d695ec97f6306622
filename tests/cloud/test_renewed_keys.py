"""Keys that are renewed while a client is in use: from every source, and without a word of the SDK."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from swaslift.cloud import credentials
from swaslift.cloud.credentials import AGAIN_AFTER, Signer
from swaslift.cloud.settings import Keys
from swaslift.emulator import Emulator, inventory
from swaslift.errors import AuthError, ConfigError, CredentialsMissing
from tests.cloud.doors import door
from tests.cloud.wires import Said, foreign

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"
ROLE = {"ram_role_arn": "acs:ram::1:role/r", "access_key_id": "LTAI0", "access_key_secret": "s"}


def cli(home: Path, **profile: Any) -> None:
    """The profile of the command line tool."""
    (home / ".aliyun").mkdir(exist_ok=True)
    text = json.dumps({"current": "default", "profiles": [{"name": "default", **profile}]})
    (home / ".aliyun" / "config.json").write_text(text)


def ini(home: Path, **section: Any) -> None:
    """The profile file of the SDKs."""
    (home / ".alibabacloud").mkdir(exist_ok=True)
    lines = "".join(f"{k} = {v}\n" for k, v in section.items())
    (home / ".alibabacloud" / "credentials.ini").write_text(f"[default]\n{lines}")


def environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"ALIBABA_CLOUD_{name}", value)


def signs_with(signer: Signer) -> str:
    return str(signer.get_credential().access_key_id)


# -- static keys -----------------------------------------------------------------------------------


def test_keys_that_are_renewed_in_the_environment_sign_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, ACCESS_KEY_ID="one", ACCESS_KEY_SECRET="s", SECURITY_TOKEN="t1")
    signer = Signer(None)
    assert signs_with(signer) == "one"
    environment(monkeypatch, ACCESS_KEY_ID="two", SECURITY_TOKEN="t2")
    renewed = signer.get_credential()
    assert (renewed.access_key_id, renewed.security_token) == ("two", "t2")


@pytest.mark.parametrize(
    "write",
    [
        lambda home, key: cli(home, mode="AK", access_key_id=key, access_key_secret="s"),
        lambda home, key: cli(home, mode="StsToken", access_key_id=key, access_key_secret="s", sts_token="t"),
        lambda home, key: ini(home, type="access_key", access_key_id=key, access_key_secret="s"),
    ],
    ids=["cli", "cli-sts", "ini"],
)
def test_keys_that_are_renewed_in_a_profile_file_sign_the_next_call(
    write: Callable[[Path, str], None], tmp_path: Path
) -> None:
    write(tmp_path, "one")
    signer = Signer(None)
    assert signs_with(signer) == "one"
    write(tmp_path, "the-second")
    assert signs_with(signer) == "the-second"


def test_a_profile_file_that_is_being_written_does_not_disturb(tmp_path: Path) -> None:
    cli(tmp_path, mode="AK", access_key_id="one", access_key_secret="s")
    signer = Signer(None)
    assert signs_with(signer) == "one"
    (tmp_path / ".aliyun" / "config.json").write_text('{"current": "def')
    assert signs_with(signer) == "one"


def test_explicit_keys_are_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer(Keys("given", "s"))
    assert signs_with(signer) == "given"
    environment(monkeypatch, ACCESS_KEY_ID="other", ACCESS_KEY_SECRET="s")
    assert not signer.renewed()
    assert signs_with(signer) == "given"


# -- temporary keys --------------------------------------------------------------------------------

SOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "uri": ("URLCredentialsProvider", {"environment": {"CREDENTIALS_URI": "http://127.0.0.1:9/k"}}),
    "oidc": (
        "OIDCRoleArnCredentialsProvider",
        {"environment": {"OIDC_TOKEN_FILE": "/t", "ROLE_ARN": "a", "OIDC_PROVIDER_ARN": "b"}},
    ),
    "instance": (
        "EcsRamRoleCredentialsProvider",
        {"environment": {"ECS_METADATA_DISABLED": "false", "ECS_METADATA": "role"}},
    ),
    "cli-role": ("RamRoleArnCredentialsProvider", {"cli": {"mode": "RamRoleArn", **ROLE}}),
    "cli-instance": (
        "EcsRamRoleCredentialsProvider",
        {
            "environment": {"ECS_METADATA_DISABLED": "false"},
            "cli": {"mode": "EcsRamRole", "ram_role_name": "role"},
        },
    ),
    "cli-oidc": (
        "OIDCRoleArnCredentialsProvider",
        {"cli": {"mode": "OIDC", "ram_role_arn": "a", "oidc_provider_arn": "b", "oidc_token_file": "/t"}},
    ),
    "cli-sso": (
        "CloudSSOCredentialsProvider",
        {
            "cli": {
                "mode": "CloudSSO",
                "cloud_sso_sign_in_url": "https://sso",
                "cloud_sso_account_id": "1",
                "cloud_sso_access_config": "c",
                "access_token": "t",
                "cloud_sso_access_token_expire": 4_000_000_000,
            }
        },
    ),
    "cli-oauth": (
        "OAuthCredentialsProvider",
        {"cli": {"mode": "OAuth", "oauth_access_token": "t", "oauth_refresh_token": "r"}},
    ),
    "cli-command": ("ExternalCredentialsProvider", {"cli": {"mode": "External", "process_command": "true"}}),
    "ini-role": (
        "RamRoleArnCredentialsProvider",
        {"ini": {"type": "ram_role_arn", "role_arn": "a", "access_key_id": "k", "access_key_secret": "s"}},
    ),
    "ini-oidc": (
        "OIDCRoleArnCredentialsProvider",
        {
            "ini": {
                "type": "oidc_role_arn",
                "role_arn": "a",
                "oidc_provider_arn": "b",
                "oidc_token_file_path": "/t",
            }
        },
    ),
    "ini-instance": (
        "EcsRamRoleCredentialsProvider",
        {
            "environment": {"ECS_METADATA_DISABLED": "false"},
            "ini": {"type": "ecs_ram_role", "role_name": "role"},
        },
    ),
    "ini-key-pair": (
        "RsaKeyPairCredentialsProvider",
        {"ini": {"type": "rsa_key_pair", "public_key_id": "p", "private_key_file": __file__}},
    ),
}
"""The provider of the SDK that is used, and what is set up for it."""


class Source:
    """What a provider is given by its source, in place of a call."""

    def __init__(self) -> None:
        self.number = 0
        self.lives = timedelta(minutes=10)
        self.down = False

    def __call__(self) -> Any:
        from alibabacloud_credentials.provider.refreshable import Credentials, RefreshResult

        if self.down:
            raise OSError("no route")
        self.number += 1
        return RefreshResult(
            value=Credentials(
                access_key_id=f"key-{self.number}",
                access_key_secret="s",
                security_token="t",
                expiration=int((datetime.now(UTC) + self.lives).timestamp()),
            )
        )


class Time:
    """The machine's clock, moved by a test."""

    def __init__(self) -> None:
        self.moved = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.moved)

    def monotonic(self) -> float:
        return time.monotonic() + self.moved


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    moved = Time()
    monkeypatch.setattr(credentials, "_REAL", moved)
    return moved


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_is_asked_again_in_time_and_its_failures_pass(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Time,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from alibabacloud_credentials import provider as sdk
    from alibabacloud_credentials.provider import cli_profile

    provider, given = SOURCES[name]
    environment(monkeypatch, **given.get("environment", {}))
    for write, profile in ((cli, given.get("cli")), (ini, given.get("ini"))):
        if profile:
            write(tmp_path, **profile)
    source, threads = Source(), threading.active_count()
    kind = getattr(sdk, provider, None) or getattr(cli_profile, provider)
    monkeypatch.setattr(kind, "_refresh_credentials", lambda _provider: source())
    signer = Signer(None)
    assert signs_with(signer) == "key-1"
    assert signs_with(signer) == "key-1"
    source.down = True
    clock.moved += AGAIN_AFTER
    assert signs_with(signer) == "key-1", "they are good for minutes"
    assert len(caplog.messages) == 1
    assert "are used meanwhile" in caplog.messages[0]
    assert not caplog.records[0].exc_info
    clock.moved += 600
    with pytest.raises(CredentialsMissing) as missing:
        signs_with(signer)
    assert missing.value.passing
    source.down, source.lives = False, timedelta(minutes=30)
    assert signs_with(signer) == "key-2"
    assert signer.renewed(), "the keys are refused, and the source has others"
    assert signs_with(signer) == "key-3"
    assert capsys.readouterr().err == ""
    assert threading.active_count() == threads


def test_nobody_waits_for_a_renewal_while_the_keys_at_hand_are_good(
    monkeypatch: pytest.MonkeyPatch, clock: Time
) -> None:
    from alibabacloud_credentials import provider as sdk

    source, asked, answer = Source(), threading.Event(), threading.Event()

    def slow(_provider: Any) -> Any:
        if source.number:
            asked.set()
            answer.wait(30)
        return source()

    monkeypatch.setattr(sdk.URLCredentialsProvider, "_refresh_credentials", slow)
    environment(monkeypatch, CREDENTIALS_URI="http://127.0.0.1:9/k")
    signer, first = Signer(None), list[str]()
    assert signs_with(signer) == "key-1"
    clock.moved += AGAIN_AFTER
    renewing = threading.Thread(target=lambda: first.append(signs_with(signer)))
    renewing.start()
    assert asked.wait(30)
    assert signs_with(signer) == "key-1"
    answer.set()
    renewing.join(30)
    assert first == ["key-2"]


# -- keys that the service refuses -----------------------------------------------------------------


def from_uri(token: str, minutes: int = 60) -> bytes:
    """What a credentials URI answers: the key of the emulator's first account, with a token."""
    account = inventory.default()["accounts"][0]
    over = datetime.now(UTC) + timedelta(minutes=minutes)
    return json.dumps(
        {
            "Code": "Success",
            "AccessKeyId": account["access_key_id"],
            "AccessKeySecret": account["access_key_secret"],
            "SecurityToken": token,
            "Expiration": over.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    ).encode()


def with_token(token: str) -> dict[str, Any]:
    held = inventory.default()
    held["accounts"][0]["security_token"] = token
    return held


def test_refused_keys_are_looked_up_again_once_and_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    said: Said
    bodies = [from_uri("old"), from_uri("new")]
    with (
        Emulator(with_token("new"), speed=None) as cloud,
        foreign(bodies=bodies, body=from_uri("new"), content_type="application/json") as (url, said),
    ):
        monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", url)
        client = door(cloud, access_key_id=None, access_key_secret=None)
        assert client.account_id == "1234567890123456"
        assert [c.http for c in cloud.log] == [400, 200]
        assert len(said.requests) == 2


def test_refused_keys_that_nobody_has_renewed_are_reported_after_one_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: Said
    with (
        Emulator(with_token("new"), speed=None) as cloud,
        foreign(body=from_uri("old"), content_type="application/json") as (url, said),
    ):
        monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", url)
        client = door(cloud, access_key_id=None, access_key_secret=None)
        with pytest.raises(AuthError, match="renew them"):
            _ = client.account_id
        assert len(cloud.log) == 1
        assert len(said.requests) == 2


def test_a_source_that_fails_at_the_first_call_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [b"{}", b"no json"]
    with (
        Emulator(with_token("new"), speed=None) as cloud,
        foreign(bodies=bodies, body=from_uri("new"), content_type="application/json") as (url, _),
    ):
        monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", url)
        client = door(cloud, access_key_id=None, access_key_secret=None)
        assert client.account_id == "1234567890123456"


def test_keys_of_another_account_are_not_used(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = inventory.default()["accounts"][:2]
    environment(
        monkeypatch, ACCESS_KEY_ID=first["access_key_id"], ACCESS_KEY_SECRET=first["access_key_secret"]
    )
    client = door(cloud, access_key_id=None, access_key_secret=None)
    assert client.account_id == "1234567890123456"
    environment(
        monkeypatch, ACCESS_KEY_ID=second["access_key_id"], ACCESS_KEY_SECRET=second["access_key_secret"]
    )
    with pytest.raises(ConfigError, match="belong to account 6543210987654321, and this client works in"):
        client.swas.list_regions()
    assert not cloud.log.of("ListRegions")
