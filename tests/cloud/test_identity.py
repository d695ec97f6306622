"""Who signs: asked of STS, once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from swaslift.cloud.together import Once
from swaslift.emulator import Emulator
from swaslift.errors import AuthError
from tests.cloud.doors import REGION, door


def test_the_identity_is_what_sts_says(cloud: Emulator) -> None:
    identity = door(cloud).identity
    assert identity.account_id == "1234567890123456"
    assert [(c.service, c.action, c.http) for c in cloud.log] == [("sts", "GetCallerIdentity", 200)]


def test_sts_is_asked_once_however_many_threads_and_records_want_to_know(cloud: Emulator) -> None:
    client = door(cloud)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = set(pool.map(lambda _: client.identity.account_id, range(8)))
    assert all(s.account_id in found for s in client.swas.list_instances(REGION))
    assert len(cloud.log.of("GetCallerIdentity")) == 1


def test_a_value_that_is_fetched_once_is_fetched_once_by_threads_that_come_together() -> None:
    fetched: list[int] = []
    both = threading.Barrier(2)

    def fetch() -> int:
        fetched.append(1)
        time.sleep(0.05)  # long enough for the other thread to come
        return len(fetched)

    once = Once(fetch)

    def ask() -> int:
        both.wait(5)
        return once.get()

    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = [pool.submit(ask), pool.submit(ask)]
        assert [a.result(5) for a in answers] == [1, 1]
    assert fetched == [1]


def test_a_failed_question_is_asked_again_the_next_time(cloud: Emulator) -> None:
    client = door(cloud)
    cloud.faults.fail("GetCallerIdentity", 403, "Forbidden.RAM")
    with pytest.raises(AuthError):
        _ = client.identity
    assert client.identity.account_id == "1234567890123456"
