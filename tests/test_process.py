"""A client behind ``fork()``: connections, locks and runs belong to one process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunBusy
from swaslift.runs.events import Event
from swaslift.runs.journal import Journal
from tests.support import client_of

LIMIT = 60
"""Seconds of real time after which a child that hangs is ended."""
SERVERS = ("shop", "wiki", "batch")


def fork(work: Callable[[], object]) -> int:
    """Begin something in a child; its process id."""
    child = os.fork()
    if child:
        return child
    signal.alarm(LIMIT)
    try:
        work()
    except BaseException:  # noqa: BLE001  # the child must not come back into pytest
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int:
    """The exit code of a child, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ask(lift: Client, name: str, times: int = 30) -> None:
    """Ask for one server many times; each answer has to be about that server."""
    for _ in range(times):
        assert lift.servers.get(name).name == name


def test_parent_and_children_that_call_at_once_get_their_own_answers(lift: Client) -> None:
    ask(lift, "shop", 2)
    children = [fork(partial(ask, lift, name)) for name in SERVERS]
    ask(lift, "legacy-win")
    assert [ended(child) for child in children] == [0, 0, 0]


def test_processes_of_multiprocessing_get_their_own_answers(lift: Client) -> None:
    ask(lift, "shop", 2)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=ask, args=(lift, name)) for name in SERVERS]
    for worker in workers:
        worker.start()
    ask(lift, "legacy-win")
    for worker in workers:
        worker.join(LIMIT)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]


def test_each_process_carries_runs_of_its_own_in_one_journal(cloud: Emulator, lift: Client) -> None:
    lift.runs.list()
    children = [fork(partial(lift.capture_image, name, f"{name}-golden", run_id=name)) for name in SERVERS]
    lift.capture_image("legacy-win", "legacy-golden", run_id="legacy-win")
    assert [ended(child) for child in children] == [0, 0, 0]
    assert {run.id: run.status for run in lift.runs.list()} == dict.fromkeys(
        (*SERVERS, "legacy-win"), "finished"
    )
    assert len([c for c in cloud.log.writes() if c.action == "CreateCustomImage"]) == 4


def test_a_run_that_the_parent_carries_stays_with_the_parent(cloud: Emulator, lift: Client) -> None:
    """Its child sees it running, and can neither go on with it, nor cancel it, nor let go of it."""
    children: list[int] = []

    def look() -> None:
        run = lift.runs.get("night")
        assert run.status == "running"
        for change in (lambda: lift.runs.resume("night"), run.cancel, run.undo):
            with pytest.raises(RunBusy):
                change()
        lift.close()

    def listen(event: Event) -> None:
        if event.kind == "waiting" and not children:
            children.append(fork(look))
            assert ended(children[0]) == 0
            assert lift.runs.get("night").status == "running"
            with client_of(cloud) as other, pytest.raises(RunBusy):
                other.runs.resume("night")

    lift.listen(listen)
    lift.capture_image.start("shop", "golden", run_id="night").result(LIMIT)
    assert children
    assert lift.runs.get("night").status == "finished"


def test_a_child_that_comes_back_into_the_run_stops(cloud: Emulator, lift: Client) -> None:
    """A listener forks in the middle of a step, and returns in both processes."""
    parent, children = os.getpid(), []

    def listen(event: Event) -> None:
        if event.kind == "step" and os.getpid() == parent:
            children.append(os.fork())

    lift.listen(listen)
    try:
        lift.capture_image("shop", "golden", run_id="night")
    except RunBusy:
        os._exit(0 if os.getpid() != parent else 1)
    except BaseException:
        if os.getpid() != parent:
            os._exit(2)
        raise
    if os.getpid() != parent:
        os._exit(3)
    assert len(children) == 2
    assert [ended(child) for child in children] == [0, 0]
    writes = [c.action for c in cloud.log.attempted_writes()]
    assert sorted(writes) == ["CreateCustomImage", "CreateSnapshot"]


def test_a_lock_that_another_thread_holds_does_not_hang_a_child(lift: Client) -> None:
    ask(lift, "shop", 1)
    locks = (lift.cloud.caller._clients._lock, lift._carrier.poller._changed, lift._background._changed)
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with locks[0], locks[1], locks[2]:
            taken.set()
            over.wait(LIMIT)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(LIMIT)
    child = fork(lambda: lift.capture_image.start("wiki", "golden", run_id="night").result(LIMIT))
    code = ended(child)
    over.set()
    thread.join()
    assert code == 0


def test_a_journal_is_forked_between_writes(lift: Client) -> None:
    """A thread writes all the time; a child that is forked meanwhile has a journal that is whole."""
    journal, over = lift._journal, threading.Event()
    lift.capture_image("shop", "golden", run_id="night")
    hold = journal.hold("night")

    def write() -> None:
        while not over.is_set():
            hold.event("note", "once more", now=lift.cloud.clock.now())

    thread = threading.Thread(target=write)
    thread.start()
    codes = [ended(fork(lambda: lift.runs.get("night").report)) for _ in range(5)]
    over.set()
    thread.join()
    hold.release()
    assert codes == [0] * 5


def test_a_run_is_free_when_its_process_is_killed_and_a_child_of_it_lives(
    lift: Client, tmp_path: Path
) -> None:
    lift.capture_image("shop", "golden", run_id="night")
    reader, writer = os.pipe()

    def hold_and_fork() -> None:
        journal = Journal(lift._journal.path)
        journal.hold("night")
        grandchild = fork(lambda: time.sleep(LIMIT))
        os.write(writer, str(grandchild).encode())
        os.kill(os.getpid(), signal.SIGKILL)

    assert ended(fork(hold_and_fork)) == -signal.SIGKILL
    grandchild = int(os.read(reader, 20))
    try:
        lift._journal.hold("night").release()
    finally:
        os.kill(grandchild, signal.SIGKILL)
        os.close(reader)
        os.close(writer)


def test_children_do_not_send_at_the_same_moments(cloud: Emulator) -> None:
    with client_of(cloud) as lift:
        reader, writer = os.pipe()
        for _ in range(2):
            assert ended(fork(lambda: os.write(writer, f"{lift.cloud.random.random()} ".encode()))) == 0
        first, second = os.read(reader, 200).split()
        assert first != second
    with client_of(cloud, random=Random(7)) as lift:
        fork_random = lift.cloud.random
        assert fork_random.random() == Random(7).random()


def test_a_fork_in_the_middle_of_a_write_leaves_the_write_whole(lift: Client) -> None:
    lift.capture_image("shop", "golden", run_id="night")
    journal = lift._journal
    with journal._write() as database:
        database.execute("UPDATE run SET version='forked' WHERE run_id='night'")
        assert ended(fork(lambda: lift.runs.get("night").report)) == 0
    assert journal.run("night").version == "forked"
