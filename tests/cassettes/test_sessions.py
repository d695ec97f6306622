"""Recording and replaying: what gets into a file, what does not, and what does not fit it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Disk, NewInstance, Secret
from swaslift.emulator import Emulator
from swaslift.errors import ConfigError, InvalidArgument, RunPaused
from swaslift.models import CustomImage
from swaslift.testing import CassetteMismatch, record, replay, scan
from swaslift.testing.files import load
from tests.images.conftest import make_image
from tests.support import KEY_PAIR, SECURITY_GROUP, VSWITCH

ABOUT = "something happens to an image"


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    return make_image(cloud, lift, "golden")


@pytest.fixture
def shared(cloud: Emulator, image: CustomImage, tmp_path: Path) -> Path:
    """A cassette of an image that is shared."""
    path = tmp_path / "shared.yaml"
    with record(path, about=ABOUT, emulator=cloud) as tape:
        tape.client().share_to_ecs(image.id)
    return path


def actions(path: Path) -> list[str]:
    return [i.call.action for i in load(path).interactions]


def test_the_hosts_are_those_of_a_real_account(shared: Path) -> None:
    assert {i.call.host for i in load(shared).interactions} == {
        "swas.cn-hangzhou.aliyuncs.com",
        "ecs-cn-hangzhou.aliyuncs.com",
        "sts.aliyuncs.com",
    }
    assert "127.0.0.1" not in shared.read_text()
    assert "/-/" not in shared.read_text()


def test_nothing_of_the_signature_is_kept(cloud: Emulator, shared: Path) -> None:
    text = shared.read_text()
    assert scan(shared) == []
    for secret in cloud.environment().values():
        assert secret == "cn-hangzhou" or secret not in text
    assert {name for q in load(shared).requests for name in q.headers} == {"x-acs-action", "x-acs-version"}


def test_ids_and_tokens_that_come_from_a_derived_run_id_are_the_same(
    shared: Path, image: CustomImage, shut: None
) -> None:
    with replay(shared) as tape:
        assert tape.client().share_to_ecs(image.id).id == image.id


def test_a_replay_says_of_an_emulator_that_it_was_one(shared: Path, image: CustomImage) -> None:
    with replay(shared) as tape:
        lift = tape.client()
        assert lift.cloud.emulated
        lift.share_to_ecs(image.id)


def test_a_call_that_is_not_in_it_fails_and_is_named(shared: Path, shut: None) -> None:
    told = r"(?s)shared.yaml .*Not in it.*no recorded call is ListInstances"
    with pytest.raises(CassetteMismatch, match=told), replay(shared) as tape:
        list(tape.client().servers.list())


def test_it_fails_even_where_the_code_between_swallows_that(shared: Path, shut: None) -> None:
    told = r"(?s)Not in it.*ListInstances.*In it, but not asked for.*Modify"
    with pytest.raises(CassetteMismatch, match=told), replay(shared) as tape, suppress(Exception):
        list(tape.client().servers.list())


def test_a_record_that_nobody_asked_for_fails_and_is_named(
    shared: Path, image: CustomImage, shut: None
) -> None:
    told = r"(?s)not asked for:.*- interaction \d+: ModifyImageShareStatus"
    with pytest.raises(CassetteMismatch, match=told), replay(shared) as tape:
        tape.client().share_to_ecs.plan(image.id)


def test_an_error_of_the_test_itself_is_not_hidden(shared: Path, shut: None) -> None:
    with pytest.raises(ZeroDivisionError), replay(shared):
        _ = 1 / 0


def test_a_recording_that_fails_leaves_the_file_as_it_was(cloud: Emulator, shared: Path) -> None:
    before = shared.read_text()
    with pytest.raises(ZeroDivisionError), record(shared, about=ABOUT, emulator=cloud) as tape:
        _ = len(list(tape.client().servers.list())) / 0
    assert shared.read_text() == before


def test_a_recording_replaces_the_file_as_a_whole(cloud: Emulator, shared: Path) -> None:
    with record(shared, about=ABOUT, emulator=cloud) as tape:
        list(tape.client().servers.list())
    assert set(actions(shared)) == {"ListInstances", "GetCallerIdentity"}


def test_a_failure_is_recorded_and_replayed(cloud: Emulator, image: CustomImage, tmp_path: Path) -> None:
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    path = tmp_path / "refused.yaml"
    with record(path, about=ABOUT, emulator=cloud) as tape, pytest.raises(RunPaused):
        tape.client().share_to_ecs(image.id)
    with replay(path) as tape, pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        tape.client().share_to_ecs(image.id)


def test_polls_that_see_the_same_are_kept_once(cloud: Emulator, lift: Client, tmp_path: Path) -> None:
    path = tmp_path / "polls.yaml"
    server = next(iter(lift.servers.list())).id
    with record(path, about=ABOUT, emulator=cloud) as tape:
        swas = tape.client().cloud.swas
        for _ in range(5):
            assert len(list(swas.list_instances("cn-hangzhou", ids=[server]))) == 1
    assert actions(path).count("ListInstances") == 1
    with replay(path) as tape:
        swas = tape.client().cloud.swas
        for _ in range(9):
            assert len(list(swas.list_instances("cn-hangzhou", ids=[server]))) == 1


def test_a_password_is_not_kept_and_any_other_one_plays(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "password.yaml"

    def dry_run(lift: Client) -> None:
        target = NewInstance(
            instance_type="ecs.g7.large",
            vswitch_id=VSWITCH,
            security_group_id=SECURITY_GROUP,
            system_disk=Disk("cloud_essd"),
            password=Secret.env("ECS_PASSWORD"),
        )
        lift.migrate_to_ecs.plan("wiki", target)
        request = {
            "RegionId": "cn-hangzhou",
            "ImageId": "m-unknown",
            "InstanceType": target.instance_type,
            "VSwitchId": target.vswitch_id,
            "SecurityGroupId": target.security_group_id,
            "Password": target.password.resolve() if target.password else "",
            "Amount": 1,
        }
        assert lift.cloud.ecs.dry_run_instances("cn-hangzhou", request) is not None

    monkeypatch.setenv("ECS_PASSWORD", "Sesame-0pen!")
    with record(path, about=ABOUT, emulator=cloud) as tape:
        dry_run(tape.client())
    assert "RunInstances" in actions(path)
    assert "Sesame" not in path.read_text()
    assert scan(path) == []
    monkeypatch.setenv("ECS_PASSWORD", "An0ther-one!")
    with replay(path) as tape:
        dry_run(tape.client())


def test_the_account_is_hidden_where_that_is_wanted(
    cloud: Emulator, image: CustomImage, tmp_path: Path
) -> None:
    path = tmp_path / "hidden.yaml"
    with record(path, about=ABOUT, emulator=cloud, hide_account=True) as tape:
        # Its id is heard in a list before anybody has asked whose account it is.
        lift = tape.client()
        lift.cloud.caller.read("swas", "ListCustomImages", "cn-hangzhou", {"RegionId": "cn-hangzhou"})
        lift.share_to_ecs(image.id, run_id="share")
    assert "1234567890123456" not in path.read_text()
    assert scan(path) == []
    with replay(path) as tape:
        lift = tape.client()
        lift.cloud.caller.read("swas", "ListCustomImages", "cn-hangzhou", {"RegionId": "cn-hangzhou"})
        lift.share_to_ecs(image.id, run_id="share")
        assert lift.cloud.account_id == "1000000000000001"


def test_a_text_is_hidden_on_both_sides(cloud: Emulator, tmp_path: Path) -> None:
    path, hide = tmp_path / "hidden.yaml", {KEY_PAIR: "somebody"}
    with record(path, about=ABOUT, emulator=cloud, hide=hide) as tape:
        assert len(list(tape.client().cloud.ecs.describe_key_pairs("cn-hangzhou", name=KEY_PAIR))) == 1
    assert KEY_PAIR not in path.read_text().replace("/-/", "").split("interactions:")[1]
    with replay(path, hide=hide) as tape:
        (pair,) = tape.client().cloud.ecs.describe_key_pairs("cn-hangzhou", name=KEY_PAIR)
    assert pair.name == "somebody"


def test_a_live_recording_of_another_host_is_refused(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "live.yaml"
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    told = r"must be of Alibaba Cloud; this went to 127\.0\.0\.1"
    with pytest.raises(ConfigError, match=told), record(path, about=ABOUT, emulator=None) as tape:
        list(tape.client().servers.list())
    assert not path.exists()


def test_a_recording_wants_a_region(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="needs a region"),
        record(tmp_path / "x.yaml", about=ABOUT, emulator=None),
    ):
        pass


@pytest.mark.parametrize("about", ["x", "", " " * 12, None, 5])
def test_a_recording_says_what_happens_in_it(cloud: Emulator, tmp_path: Path, about: Any) -> None:
    path = tmp_path / "x.yaml"
    with pytest.raises(InvalidArgument, match="10 characters or more") as told:
        record(path, about=about, emulator=cloud).__enter__()
    assert (told.value.field, told.value.value) == ("about", about)
    assert not path.exists()


def test_a_cassette_that_is_not_there(tmp_path: Path) -> None:
    told = r"none\.yaml is not there"
    with pytest.raises(ConfigError, match=told), replay(tmp_path / "none.yaml"):
        pass


def test_a_proxy_and_an_endpoint_of_the_surroundings_do_not_matter(
    shared: Path, image: CustomImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SWASLIFT_ENDPOINT_URL", "http://127.0.0.1:9")
    with replay(shared) as tape:
        tape.client().share_to_ecs(image.id)


def test_a_tape_without_a_journal_of_the_users_leaves_none(
    cloud: Emulator, image: CustomImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state-of-user"
    monkeypatch.setenv("SWASLIFT_STATE_DIR", str(state))
    with record(tmp_path / "x.yaml", about=ABOUT, emulator=cloud) as tape:
        tape.client().share_to_ecs(image.id)
    assert not list(state.glob("**/*")) if state.exists() else True
