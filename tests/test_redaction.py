"""Secrets are masked by their values, whatever a service says about them, and are never passed in."""

from __future__ import annotations

import base64
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from swaslift import Client, ReplaceSystemDisk, Secret, redaction
from swaslift.emulator import Emulator
from swaslift.errors import ConfigError, InvalidArgument, RunPaused, SwasliftError
from swaslift.models import InvocationResult
from swaslift.redaction import hide, mask, remember, remember_call
from tests.cloud.doors import REGION, door

PLAIN = 'Sup3r&plain"Pw'


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test remembers is forgotten behind it."""
    monkeypatch.setattr(redaction, "_known", {})
    monkeypatch.setattr(redaction, "_patterns", {})


def told(error: BaseException) -> str:
    chain = "".join(traceback.format_exception(error))
    return "\n".join((chain, repr(error), repr(vars(error))))


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda v: quote(v, safe=""),
        lambda v: quote(quote(v, safe=""), safe=""),
        lambda v: json.dumps({"said": v}),
        html.escape,
        lambda v: base64.b64encode(v.encode()).decode(),
        lambda v: f"x{v}y",
    ],
)
def test_a_known_secret_is_masked_in_every_form(form: Callable[[str], str]) -> None:
    remember(PLAIN)
    text = f"The password {form(PLAIN)} is too simple."
    assert PLAIN not in mask(text)
    assert form(PLAIN) not in mask(text)
    assert "***" in mask(text)
    assert mask(text).endswith(" is too simple.")


@pytest.mark.parametrize("value", ["", "a", "Pa1", None, 5])
def test_what_is_too_short_masks_nothing(value: object) -> None:
    remember(value)
    assert mask("a Pa1 is a Parameter, 5") == "a Pa1 is a Parameter, 5"


def test_a_short_secret_is_masked_as_a_word_and_not_inside_of_one() -> None:
    remember("pass1")
    assert hide("the password 'pass1' of bypass12 is passed") == "the password '***' of bypass12 is passed"


def test_a_short_secret_masks_no_word_of_ours() -> None:
    remember("secret")
    assert "the access key secret" in str(ConfigError("check the access key secret"))


def test_the_longer_of_two_secrets_is_masked_as_a_whole() -> None:
    remember("correct-horse")
    remember("correct-horse-battery")
    assert hide("it is correct-horse-battery, not correct-horse") == "it is ***, not ***"


def test_old_values_are_forgotten_at_last() -> None:
    for number in range(redaction.MOST + 1):
        remember(f"token-{number:06}")
    assert hide("token-000000 token-000001") == "token-000000 ***"


def test_a_script_is_masked_in_what_is_said_about_its_own_call() -> None:
    script = "#!/bin/sh\nmysql --user=root -pHunter2Hunter2 shop\n"
    remember_call({"CommandContent": script, "Tag": [{"Key": "a"}]})
    said = f"The content {script} or mysql --user=root -pHunter2Hunter2 shop is refused"
    assert "Hunter2" not in mask(said)
    remember_call({"RegionId": REGION})
    assert "Hunter2" in mask("Hunter2Hunter2"), "other texts are as they are"


@pytest.mark.parametrize("reference", [PLAIN, "", "env:", "call:", "vault:x", f"env:{PLAIN}", None, b"x", 5])
def test_a_secret_that_is_no_reference_is_refused_and_not_shown(reference: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"Secret\.env") as refused:
        Secret(reference)
    assert PLAIN not in told(refused.value).replace(f'"{PLAIN}"', "")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Secret.env(PLAIN),
        lambda: Secret.call(PLAIN),  # type: ignore[arg-type]  # what a user may do
        lambda: ReplaceSystemDisk("i-1", password=PLAIN),
        lambda: ReplaceSystemDisk("i-1", password=PLAIN.encode()),
        lambda: ReplaceSystemDisk("i-1", password={"secret": PLAIN}),
        lambda: ReplaceSystemDisk.model_validate({"instance": "i-1", "password": PLAIN}),
    ],
)
def test_a_plain_secret_is_refused_wherever_it_is_given(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="reference") as refused:
        make()
    assert "Sup3r" not in f"{refused.value} {refused.value!r} {vars(refused.value)}"


def test_a_mapping_with_a_password_is_not_shown_by_the_error_that_names_it() -> None:
    error = InvalidArgument("target", {"password": "Sup3r-plain"}, "not a target")
    assert "Sup3r" not in f"{error} {error!r} {vars(error)}"


def test_a_reference_shows_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", PLAIN)
    secret = Secret.env("PASSWORD")
    assert secret.resolve() == PLAIN
    target = ReplaceSystemDisk("i-1", password=secret)
    shown = f"{secret} {secret!r} {[secret]} {target!r} {target.model_dump()} {target.model_dump_json()}"
    assert PLAIN not in shown
    assert PLAIN.encode() not in pickle.dumps(target)
    assert pickle.loads(pickle.dumps(secret)) == secret


def raises() -> str:
    raise RuntimeError(f"the vault refused {PLAIN}")


@pytest.mark.parametrize(
    ("function", "problem"), [(raises, "RuntimeError"), (lambda: 5, "int"), (str, "str")]
)
def test_a_function_without_a_secret_is_our_error(function: Any, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as failed:
        Secret.call(function, label="vault").resolve()
    assert PLAIN not in told(failed.value)
    assert failed.value.__context__ is None


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_password_that_a_service_quotes_in_prose_is_nowhere(
    cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch, all_logs: pytest.LogCaptureFixture
) -> None:
    """Not in the error, its chain, the log, the journal's file, the report, events and progress."""
    password = "Str0ng-enough.1"
    monkeypatch.setenv("PASSWORD", password)
    cloud.faults.fail("ResetSystem", 403, "InvalidPassword", f"We do not like {password}, nor {password}x.")
    heard: list[str] = []
    lift.listen(lambda event: heard.append(f"{event} {event!r}"))
    plan = lift.reset_server.plan("wiki", "img-ubuntu-2204", password=Secret.env("PASSWORD"), run_id="night")
    with pytest.raises(RunPaused, match=r"We do not like \*\*\*") as paused:
        plan.apply(consent=plan.consents)
    run = lift.runs.get("night")
    shown = [told(paused.value), told(paused.value.__cause__ or paused.value), *heard, all_logs.text]
    shown += [run.report.to_markdown(), run.report.to_html(), run.report.model_dump_json(), run.progress]
    shown += [repr(run), repr(plan), plan._repr_html_(), json.dumps(plan.to_json())]
    assert [s for s in shown if password in s] == []
    folder = Path(lift._journal.path).parent
    assert [f for f in folder.iterdir() if f.is_file() and password.encode() in f.read_bytes()] == []


@pytest.mark.parametrize("key", ["access_key_secret", "security_token"])
def test_keys_and_tokens_that_a_service_quotes_are_masked(cloud: Emulator, key: str) -> None:
    keys = {
        "access_key_id": "somebody",
        "access_key_secret": "secret-of-somebody",
        "security_token": "token-of-it",
    }
    cloud.faults.fail("*", 400, "Odd", f"Why did you send {keys[key]}?", times=9)
    with pytest.raises(SwasliftError) as failed:
        door(cloud, **keys).swas.list_regions()
    assert keys[key] not in told(failed.value)


def test_a_command_that_prints_a_secret_is_recorded_without_it() -> None:
    remember(PLAIN)
    ran = InvocationResult(
        product="swas", account_id="1", region_id=REGION, id="i", server_id="s", output=f"it is {PLAIN}"
    )
    assert ran.output == "it is ***"
