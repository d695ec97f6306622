"""Which recorded answer comes next: polls follow states, changes are answered once."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.testing.calls import Call
from swaslift.testing.playback import CassetteMismatch, Interaction, Playback

HOST = "swas.cn-hangzhou.aliyuncs.com"


def call(action: str, **parameters: str) -> Call:
    return Call(HOST, action, "2020-06-01", tuple(sorted(parameters.items())), "")


def heard(what: Call, body: dict[str, Any], at: float = 0.0, status: int = 200) -> Interaction:
    return Interaction(what, status, body, at)


def state(progress: int, at: float = 0.0) -> Interaction:
    return heard(LOOK, {"SnapshotId": "s-1", "Progress": progress, "RequestId": str(at)}, at)


LOOK = call("ListSnapshots", SnapshotIds='["s-1"]')
MAKE = call("CreateSnapshot", DiskId="d-1")
SHARE = call("ModifyImageShareStatus", ImageId="m-1")
IMAGE = call("ListCustomImages", ImageIds='["m-1"]')


def progress(playback: Playback, now: float = 0.0) -> int:
    found: int = playback.answer(LOOK, now)[1].body["Progress"]
    return found


def test_a_poll_sees_each_state_and_then_the_last_one_again() -> None:
    playback = Playback([state(10, 1), state(50, 2), state(50, 3), state(100, 4)])
    assert [progress(playback) for _ in range(5)] == [10, 50, 100, 100, 100]
    assert playback.unused() == []


def test_a_late_poll_passes_over_what_it_would_have_missed() -> None:
    playback = Playback([state(p, p) for p in (10, 20, 30, 90, 100)])
    assert progress(playback, 0) == 10
    assert progress(playback, 95) == 90
    assert progress(playback, 96) == 100
    assert playback.unused() == []


def test_an_answer_from_after_a_change_waits_for_it() -> None:
    before, after = heard(IMAGE, {"ImageId": "m-1", "Share": 0}), heard(IMAGE, {"ImageId": "m-1", "Share": 1})
    playback = Playback([before, heard(SHARE, {}), after])
    assert [playback.answer(IMAGE)[1].body["Share"] for _ in range(3)] == [0, 0, 0]
    playback.answer(SHARE)
    assert playback.answer(IMAGE)[1].body["Share"] == 1


def test_an_answer_from_before_a_change_is_over_with_it() -> None:
    looks = [heard(IMAGE, {"ImageId": "m-1", "Share": s}) for s in (0, 5, 1)]
    playback = Playback([*looks[:2], heard(SHARE, {}), looks[2]])
    playback.answer(IMAGE)
    playback.answer(SHARE)
    assert playback.answer(IMAGE)[1].body["Share"] == 1


def test_a_change_names_the_resources_that_are_numbered_among_its_parameters() -> None:
    """``ResourceId.1`` of TagResources is an id like any other."""
    shown = call("ListInstances", InstanceIds='["s-1"]')
    tagged = call("TagResources", **{"ResourceId.1": "s-1"})
    playback = Playback([heard(shown, {"Tags": []}), heard(tagged, {}), heard(shown, {"Tags": ["run"]})])
    assert [playback.answer(shown, 60.0)[0] for _ in range(2)] == [0, 0]
    playback.answer(tagged)
    assert playback.answer(shown)[0] == 2


def test_a_change_to_something_else_holds_nothing_up() -> None:
    playback = Playback([heard(SHARE, {}), state(10), state(100)])
    assert [progress(playback), progress(playback)] == [10, 100]


def test_an_answer_that_was_recorded_only_after_a_change_does_not_come_before_it() -> None:
    playback = Playback([heard(MAKE, {"SnapshotId": "s-1"}), state(10)])
    with pytest.raises(CassetteMismatch, match=r"only after CreateSnapshot .* which was not sent yet"):
        playback.answer(LOOK)


def test_a_change_gets_each_answer_once() -> None:
    playback = Playback([heard(MAKE, {"Code": "Busy"}, status=403), heard(MAKE, {"SnapshotId": "s-1"})])
    assert [playback.answer(MAKE)[1].status, playback.answer(MAKE)[1].status] == [403, 200]
    with pytest.raises(CassetteMismatch, match="more often than the 2 times"):
        playback.answer(MAKE)


def test_the_same_refusal_twice_is_two_records_of_a_change() -> None:
    playback = Playback([heard(MAKE, {"Code": "Busy"}, status=403)] * 2)
    playback.answer(MAKE)
    assert len(playback.unused()) == 1


def test_a_dry_run_is_a_read() -> None:
    dry = call("RunInstances", DryRun="true", ImageId="m-1")
    playback = Playback(
        [heard(dry, {"Code": "DryRunOperation"}, status=400), heard(IMAGE, {"ImageId": "m-1"})]
    )
    playback.answer(IMAGE)
    assert [playback.answer(dry)[1].status for _ in range(2)] == [400, 400]


def test_an_unknown_call_is_told_with_the_nearest_one() -> None:
    playback = Playback([state(10)])
    with pytest.raises(CassetteMismatch, match=r"SnapshotIds: '\[\"s-2\"\]', recorded '\[\"s-1\"\]'"):
        playback.answer(call("ListSnapshots", SnapshotIds='["s-2"]'))
    assert len(playback.unmatched) == 1


def test_what_was_not_asked_for_is_told() -> None:
    playback = Playback([state(10), heard(IMAGE, {})])
    progress(playback)
    assert playback.unused() == [f"interaction 2: {IMAGE}"]


@pytest.mark.parametrize(
    "other",
    [
        call("ListDisks", SnapshotIds='["s-1"]'),
        call("ListSnapshots", SnapshotIds='["s-2"]'),
        Call(HOST, "ListSnapshots", "2014-05-26", LOOK.parameters, ""),
        Call("swas.cn-beijing.aliyuncs.com", "ListSnapshots", "2020-06-01", LOOK.parameters, ""),
        Call(HOST, "ListSnapshots", "2020-06-01", LOOK.parameters, "{}"),
    ],
    ids=["action", "query", "version", "host", "body"],
)
def test_each_part_of_a_call_counts(other: Call) -> None:
    with pytest.raises(CassetteMismatch):
        Playback([state(10)]).answer(other)


HEADERS = {"x-acs-action": "StopInstance", "x-acs-version": "2014-05-26"}


def test_who_signs_and_when_does_not_count() -> None:
    plain = Call.of("https://ecs.aliyuncs.com/?InstanceId=i-1", HEADERS, None)
    signed = {
        **HEADERS,
        "Authorization": "ACS3-HMAC-SHA256 x",
        "x-acs-date": "now",
        "x-acs-signature-nonce": "1",
    }
    assert Call.of("https://ecs.aliyuncs.com/?InstanceId=i-1", signed, b"") == plain
    older = "Action=StopInstance&Version=2014-05-26&InstanceId=i-1&Timestamp=now&SignatureNonce=7&Signature=y"
    assert Call.of(f"https://ecs.aliyuncs.com/?{older}", {}, None) == plain
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert Call.of("https://ecs.aliyuncs.com/", form, older.encode()) == plain


def test_the_moment_in_a_token_does_not_count_and_the_rest_of_it_does() -> None:
    def sent(token: str) -> Call:
        return Call.of(f"https://ecs.aliyuncs.com/?ClientToken={token}", HEADERS, None)

    assert sent("swaslift-0af3-261101080000") == sent("swaslift-0af3-271231235959")
    assert sent("swaslift-0af3-261101080000") != sent("swaslift-0af4-261101080000")
    assert sent("swaslift-0af3") != sent("swaslift-0af4")


def test_the_order_of_keys_in_a_body_does_not_count() -> None:
    one, other = (
        Call.of("https://ecs.aliyuncs.com/", HEADERS, body)
        for body in (b'{"a":1,"b":2}', b'{"b": 2, "a": 1}')
    )
    assert one == other
