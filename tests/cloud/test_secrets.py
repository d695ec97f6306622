"""Keys, tokens and passwords are in no text that anybody sees."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from swaslift import Client
from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud
from swaslift.cloud.masking import LOGGERS, mask
from swaslift.emulator import Emulator
from swaslift.errors import ConnectError, InvalidArgument, NoAnswerError, SwasliftError
from tests.cloud.doors import REGION, door, settings
from tests.cloud.wires import dead_port, foreign

KEY_ID = "LTAI5tKeyOfTheSecretsTest"
SECRET = "secret-of-the-secrets-test"
TOKEN = "token-of-the-secrets-test"
PASSWORD = "Pass-Word.of%this&test1"
QUOTED = "Pass-Word.of%25this%26test1"
HIDDEN = (KEY_ID, SECRET, TOKEN, PASSWORD, QUOTED)
KEYS: dict[str, Any] = {"access_key_id": KEY_ID, "access_key_secret": SECRET, "security_token": TOKEN}


def replace_disk(client: Cloud) -> Any:
    """A call whose parameters hold a password."""
    return client.ecs.replace_system_disk(REGION, "i-1", "m-1", password=PASSWORD, token="t" * 20)


def told(error: BaseException) -> str:
    """All that a person gets to see of an error, and what its chain would show."""
    texts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    link: BaseException | None = error
    while link is not None:
        texts += traceback.format_exception(link)
        texts.append(repr(link))
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


def refused_signature(cloud: Emulator) -> None:
    """What the service answers to a wrong signature: all that it signed."""
    cloud.faults.fail(
        "*",
        400,
        "SignatureDoesNotMatch",
        f"Specified signature is not matched with our calculation. server CanonicalRequest is [POST\n/\n"
        f"Password={QUOTED}&RegionId={REGION}\nx-acs-accesskey-id:{KEY_ID}\nx-acs-security-token:{TOKEN}\n]",
        times=9,
    )


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


Trouble = Callable[[Emulator], dict[str, Any]]


def known(cloud: Emulator) -> dict[str, Any]:
    """The emulator takes the key, so that calls go further."""
    account = next(iter(cloud.world.accounts.values()))
    object.__setattr__(account, "access_key_id", KEY_ID)
    object.__setattr__(account, "access_key_secret", SECRET)
    object.__setattr__(account, "security_token", TOKEN)
    cloud.world.accounts[KEY_ID] = account
    return {}


def unknown_key(_cloud: Emulator) -> dict[str, Any]:
    return {}


def bad_signature(cloud: Emulator) -> dict[str, Any]:
    known(cloud)
    refused_signature(cloud)
    return {}


def refused_parameter(cloud: Emulator) -> dict[str, Any]:
    known(cloud)
    cloud.faults.fail("*", 400, "InvalidPassword.Malformed", f"Password={PASSWORD} is too simple", times=9)
    return {}


def lost(cloud: Emulator) -> dict[str, Any]:
    known(cloud)
    cloud.faults.cut("*", times=99)
    return {}


def dead(_cloud: Emulator) -> dict[str, Any]:
    return {"endpoint_url": f"http://127.0.0.1:{dead_port()}"}


@pytest.mark.parametrize("trouble", [unknown_key, bad_signature, refused_parameter, lost, dead])
def test_no_failure_shows_a_secret_in_text_traceback_or_log(
    cloud: Emulator, everything_logged: pytest.LogCaptureFixture, trouble: Trouble
) -> None:
    client = door(cloud, **KEYS, **trouble(cloud))
    with pytest.raises(SwasliftError) as failed:
        replace_disk(client)
    shown = told(failed.value) + everything_logged.text
    assert [h for h in HIDDEN if h in shown] == []


def test_no_foreign_answer_shows_a_secret(
    cloud: Emulator, everything_logged: pytest.LogCaptureFixture
) -> None:
    with foreign(status=502) as (url, _), pytest.raises(NoAnswerError) as failed:
        replace_disk(door(cloud, **KEYS, endpoint_url=url, clock=VirtualClock()))
    shown = told(failed.value) + everything_logged.text
    assert [h for h in HIDDEN if h in shown] == []


def test_a_dead_proxy_shows_no_secret(
    everything_logged: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://somebody:{SECRET}@127.0.0.1:{dead_port()}")
    client = door(**KEYS, endpoint_url="http://swas.example:8080")
    client.policy.attempts = 1
    with pytest.raises(ConnectError, match="the proxy") as failed:
        replace_disk(client)
    shown = told(failed.value) + everything_logged.text
    assert [h for h in HIDDEN if h in shown] == []


def test_a_call_that_succeeds_logs_no_secret(
    cloud: Emulator, everything_logged: pytest.LogCaptureFixture
) -> None:
    known(cloud)
    client = door(cloud, **KEYS)
    request = {
        "RegionId": REGION,
        "InstanceType": "ecs.g7.large",
        "ImageId": "m-none",
        "SecurityGroupId": "sg-emulator-hz-web",
        "VSwitchId": "vsw-emulator-hz-i",
        "Password": PASSWORD,
    }
    client.ecs.dry_run_instances(REGION, request)
    assert client.account_id
    shown = everything_logged.text
    assert "Password=***" in shown  # the URL was logged, and masked
    assert [h for h in HIDDEN if h in shown] == []


def test_the_sdks_own_debug_output_is_masked(
    cloud: Emulator, everything_logged: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    known(cloud)
    with pytest.raises(SwasliftError):
        replace_disk(door(cloud, **KEYS))
    shown = everything_logged.text
    assert "x-acs-security-token : ***" in shown
    assert [h for h in HIDDEN if h in shown] == []


def test_masking_leaves_other_records_and_the_loggers_levels_alone(caplog: pytest.LogCaptureFixture) -> None:
    for name in LOGGERS:
        logger = logging.getLogger(name)
        with caplog.at_level(logging.DEBUG, logger=name):
            logger.debug("%s said %d things", "somebody", 3)
    assert [r.getMessage() for r in caplog.records] == ["somebody said 3 things"] * len(LOGGERS)
    assert all(r.args == ("somebody", 3) for r in caplog.records)


@pytest.mark.parametrize(
    "text", ["ClientToken=abc123", "Signature does not match", "RegionId=cn-hangzhou&a=b"]
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert mask(text) == text


def test_representations_show_no_secret(cloud: Emulator) -> None:
    given = settings(cloud, **KEYS)
    with Client(region=REGION, endpoint_url=cloud.endpoint_url, **KEYS) as client:
        shown = "".join(map(repr, (given, given.keys, client, vars(client.cloud), client.cloud)))
    assert [h for h in HIDDEN if h in shown] == []


def test_a_parameter_that_the_sdk_would_drop_is_named_without_its_value(cloud: Emulator) -> None:
    with pytest.raises(TypeError, match="Pasword") as wrong:
        door(cloud).ecs.dry_run_instances(REGION, {"RegionId": REGION, "Pasword": PASSWORD})
    assert PASSWORD not in told(wrong.value)


def test_an_endpoint_with_a_password_in_it_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidArgument) as wrong:
        settings(endpoint_url=f"http://user:{SECRET}@127.0.0.1:1")
    assert SECRET not in told(wrong.value)
