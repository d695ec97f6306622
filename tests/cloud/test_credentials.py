"""Where keys are found, and what is said when they are not, or are wrong."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from swaslift.emulator import Emulator, inventory
from swaslift.errors import AuthError, ConfigError, CredentialsMissing, InvalidArgument
from tests.cloud.doors import door, settings
from tests.cloud.wires import Said, dead_port, foreign

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"


def keys(cloud: Emulator) -> tuple[str, str]:
    environment = cloud.environment()
    return environment[KEY_ID], environment[SECRET]


@pytest.fixture
def sts_cloud() -> Any:
    """An emulator whose first account has a temporary key."""
    held = inventory.default()
    held["accounts"][0]["security_token"] = "temporary-token-of-this-test"
    with Emulator(held, speed=None, seed=7) as running:
        yield running


def account_of(cloud: Emulator, **arguments: Any) -> str:
    """The account that a door with these settings, and no keys of its own, signs as."""
    bare = {"access_key_id": None, "access_key_secret": None}
    return door(cloud, **{**bare, **arguments}).account_id


def test_explicit_keys_sign(cloud: Emulator) -> None:
    key_id, secret = keys(cloud)
    assert account_of(cloud, access_key_id=key_id, access_key_secret=secret) == "1234567890123456"


def test_an_explicit_temporary_key_signs_with_its_token(sts_cloud: Emulator) -> None:
    key_id, secret = keys(sts_cloud)
    token = "temporary-token-of-this-test"
    found = account_of(sts_cloud, access_key_id=key_id, access_key_secret=secret, security_token=token)
    assert found == "1234567890123456"


def test_a_temporary_key_with_another_token_is_refused_with_advice(sts_cloud: Emulator) -> None:
    key_id, secret = keys(sts_cloud)
    with pytest.raises(AuthError, match="renew them") as refused:
        account_of(sts_cloud, access_key_id=key_id, access_key_secret=secret, security_token="old")
    assert refused.value.code == "InvalidSecurityToken.Expired"


def test_variables_that_are_set_after_the_sdk_was_loaded_are_seen(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door(cloud).account_id  # the SDK is loaded by now, without these variables
    key_id, secret = keys(cloud)
    monkeypatch.setenv(KEY_ID, key_id)
    monkeypatch.setenv(SECRET, secret)
    assert account_of(cloud) == "1234567890123456"


def test_a_token_in_the_environment_belongs_to_the_key_there(
    sts_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, secret = keys(sts_cloud)
    monkeypatch.setenv(KEY_ID, key_id)
    monkeypatch.setenv(SECRET, secret)
    monkeypatch.setenv(TOKEN, "temporary-token-of-this-test")
    assert account_of(sts_cloud) == "1234567890123456"


def test_explicit_keys_come_before_the_environment(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_ID, "somebody")
    monkeypatch.setenv(SECRET, "else")
    monkeypatch.setenv(TOKEN, "altogether")
    assert door(cloud).account_id == "1234567890123456"


def write_ini(home: Path, cloud: Emulator, profile: str = "default") -> None:
    key_id, secret = keys(cloud)
    (home / ".alibabacloud").mkdir()
    (home / ".alibabacloud" / "credentials.ini").write_text(
        f"[{profile}]\ntype = access_key\naccess_key_id = {key_id}\naccess_key_secret = {secret}\n"
    )


def write_cli(home: Path, **profile: str) -> None:
    (home / ".aliyun").mkdir()
    (home / ".aliyun" / "config.json").write_text(
        json.dumps({"current": "default", "profiles": [{"name": "default", **profile}]})
    )


def test_the_profile_file_of_the_sdk_is_read(cloud: Emulator, tmp_path: Path) -> None:
    write_ini(tmp_path, cloud)
    assert account_of(cloud) == "1234567890123456"


def test_a_profile_that_is_named_after_the_sdk_was_loaded_is_read(
    cloud: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door(cloud).account_id
    write_ini(tmp_path, cloud, profile="work")
    monkeypatch.setenv("ALIBABA_CLOUD_PROFILE", "work")
    assert account_of(cloud) == "1234567890123456"


def test_the_configuration_of_the_command_line_tool_is_read(cloud: Emulator, tmp_path: Path) -> None:
    key_id, secret = keys(cloud)
    write_cli(tmp_path, mode="AK", access_key_id=key_id, access_key_secret=secret)
    assert account_of(cloud) == "1234567890123456"


def test_a_temporary_key_of_the_command_line_tool_is_read(sts_cloud: Emulator, tmp_path: Path) -> None:
    key_id, secret = keys(sts_cloud)
    write_cli(
        tmp_path,
        mode="StsToken",
        access_key_id=key_id,
        access_key_secret=secret,
        sts_token="temporary-token-of-this-test",
    )
    assert account_of(sts_cloud) == "1234567890123456"


def test_without_any_keys_it_names_the_variables_and_files_that_were_tried(cloud: Emulator) -> None:
    with pytest.raises(CredentialsMissing) as missing:
        account_of(cloud)
    text = str(missing.value)
    for wanted in (
        f"{KEY_ID} (not set)",
        f"{SECRET} (not set)",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE (not set)",
        "~/.aliyun/config.json (no such file)",
        "~/.alibabacloud/credentials.ini (no such file)",
        "ALIBABA_CLOUD_CREDENTIALS_URI (not set)",
        "access_key_id=",
    ):
        assert wanted in text
    assert not cloud.log


def test_half_a_key_in_the_environment_is_told_apart_from_none(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_ID, "only-half")
    with pytest.raises(CredentialsMissing, match=rf"{KEY_ID} \(set\), {SECRET} \(not set\)"):
        account_of(cloud)


def test_keys_that_come_later_are_found_by_the_same_client(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door(cloud, access_key_id=None, access_key_secret=None)
    with pytest.raises(CredentialsMissing):
        _ = client.account_id
    for variable, value in zip((KEY_ID, SECRET), keys(cloud), strict=True):
        monkeypatch.setenv(variable, value)
    assert client.account_id == "1234567890123456"


def test_a_wrong_secret_is_told_by_every_product(cloud: Emulator) -> None:
    client = door(cloud, access_key_secret="wrong")
    for call in (
        lambda: client.account_id,
        client.swas.list_regions,
        client.ecs.describe_regions,
    ):
        with pytest.raises(AuthError, match="Check the access key secret") as refused:
            call()
        assert refused.value.http_status == 400
        assert not refused.value.retryable
    assert len(cloud.log) == 3


def test_an_unknown_key_is_told(cloud: Emulator) -> None:
    with pytest.raises(AuthError, match="deleted, disabled, or of another site") as refused:
        _ = door(cloud, access_key_id="LTAI5tNobodyHasThisKey00").account_id
    assert refused.value.code == "InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"access_key_id": "a"}, "access_key_secret"),
        ({"access_key_secret": "b"}, "access_key_id"),
        ({"security_token": "c"}, "security_token"),
        ({"access_key_id": "a\n", "access_key_secret": "b"}, "access_key_id"),
        ({"access_key_id": "a", "access_key_secret": "b b"}, "access_key_secret"),
        ({"access_key_id": "a", "access_key_secret": "b", "security_token": "c\r\n"}, "security_token"),
    ],
)
def test_keys_that_do_not_make_a_whole_are_refused_without_a_call(given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidArgument) as wrong:
        settings(**given)
    assert wrong.value.field == field
    assert wrong.value.value in {None, "***"}


def test_a_line_end_in_a_variable_is_told_by_the_variables_name(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_ID, "a")
    monkeypatch.setenv(SECRET, "quite-secret\n")
    with pytest.raises(ConfigError, match=SECRET) as wrong:
        account_of(cloud)
    assert "quite-secret" not in str(wrong.value)


def test_keys_that_can_no_longer_be_renewed_are_told_from_a_dead_endpoint(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = inventory.default()
    held["accounts"][0]["security_token"] = "token-from-the-uri"
    answer = {
        "Code": "Success",
        "AccessKeyId": held["accounts"][0]["access_key_id"],
        "AccessKeySecret": held["accounts"][0]["access_key_secret"],
        "SecurityToken": "token-from-the-uri",
        # Over by this machine's clock, so that they are renewed before each call.
        "Expiration": (datetime.now(UTC) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    said: Said
    with (
        Emulator(held, speed=None) as cloud,
        foreign(body=json.dumps(answer).encode(), content_type="application/json") as (url, said),
    ):
        monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", url)
        client = door(cloud, access_key_id=None, access_key_secret=None)
        assert client.account_id == "1234567890123456"
        said.body = b'{"Code": "Failed", "AccessKeySecret": "leaked", "SecurityToken": "as-well"}'
        with pytest.raises(CredentialsMissing, match="could not be renewed") as dry:
            client.swas.list_regions()
    assert len(cloud.log) == 1
    assert "site-packages/alibabacloud" not in "".join(traceback.format_exception(dry.value))
    seen = f"{dry.value!r}{caplog.text}"
    assert dry.value.passing
    assert "tried once, next try in" in seen
    assert "leaked" not in seen
    assert "as-well" not in seen


def test_a_dead_credentials_uri_names_the_variable(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", f"http://127.0.0.1:{dead_port()}/keys")
    with pytest.raises(CredentialsMissing, match=r"ALIBABA_CLOUD_CREDENTIALS_URI \(set\)"):
        account_of(cloud)
