"""A script in another account: every effect of it goes there, those of its branches as well."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import ClientMissing
from swaslift.lifecycle.steps import DeleteImage
from swaslift.lifecycle.waits import image_usable
from swaslift.runs.effects import Ask, Do, Effect, Fork, Gate, Script, Until, ask, do, fork, gate, until
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.preview import foresee
from swaslift.runs.step import Ref
from tests.support import OTHER_ACCOUNT, client_of_other

IMAGE = Ref(kind="ecs.image", id="m-1", region_id="cn-hangzhou")


def branch(name: str) -> Script[str]:
    yield from do(DeleteImage(name=name, ref=IMAGE))
    return name


def script() -> Script[dict[str, str]]:
    yield from until(image_usable("usable", IMAGE, of=None))
    yield from gate("gate", "look there", lambda _cloud: [])
    seen = yield from ask("who", lambda cloud: cloud.account_id, record=str, foreseen="nobody")
    branches = yield from fork("both", {"one": branch("one"), "two": branch("two")})
    return {"seen": seen, **branches}


def effects(running: Script[Any], answers: list[Any]) -> list[Effect]:
    found = [next(running)]
    found += [running.send(answer) for answer in answers]
    return found


def test_each_effect_goes_to_the_other_account(cloud: Emulator, lift: Client) -> None:
    with client_of_other(cloud) as other:
        lift.cloud.introduce(other.cloud)
        wait, gated, asked, forked = effects(elsewhere(OTHER_ACCOUNT, script()), [(None,), None, "x"])
        assert isinstance(wait, Until)
        assert wait.waits[0].condition.account == OTHER_ACCOUNT
        assert wait.waits[0].title.endswith(f"usable in cn-hangzhou, in account {OTHER_ACCOUNT}")
        assert isinstance(gated, Gate)
        assert gated.title.endswith(f"in account {OTHER_ACCOUNT}")
        assert isinstance(asked, Ask)
        assert asked.query is not None
        assert asked.query(lift.cloud) == OTHER_ACCOUNT
        assert isinstance(forked, Fork)
        done = next(forked.branches["two"])
        assert isinstance(done, Do)
        assert done.step.account == OTHER_ACCOUNT


def test_what_is_in_no_other_account_stays_as_it_is() -> None:
    (wait,) = effects(elsewhere(None, script()), [])
    assert isinstance(wait, Until)
    assert wait.waits[0].condition.account is None


def test_a_plan_names_the_account_in_every_line() -> None:
    steps = foresee(lambda: elsewhere(OTHER_ACCOUNT, script()))
    assert [s.name for s in steps] == ["usable", "gate", "both/one/one", "both/two/two"]
    assert all(s.title.endswith(f", in account {OTHER_ACCOUNT}") for s in steps)


def test_a_client_that_was_not_handed_over_is_missed(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(ClientMissing, match=OTHER_ACCOUNT) as caught:
        lift.cloud.of(OTHER_ACCOUNT)
    assert "into=client" in caught.value.remedy
    assert lift.cloud.of(None) is lift.cloud.of("1234567890123456") is lift.cloud
