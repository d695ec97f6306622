"""A warm process that forks one child for each act.

Loading the SDKs takes a second; a fork takes milliseconds. So a point costs what its run costs. The
process has one thread when it forks, and it tells by each child's exit status whether it was killed.
Started as ``python -m tests.crash.forge``, it takes lists of acts on its input, one line each, and
answers with how they ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import swaslift
from swaslift.cloud import sdk
from tests.crash.child import Act, Ended, perform

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 120
"""Seconds of real time after which a child that hangs is ended."""


class Forge:
    """The warm process, as the tests hold it."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.forge"],
            cwd=ROOT,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(Path(swaslift.__file__).parents[1]),
                "HOME": str(home),
                "SWASLIFT_STATE_DIR": str(home),
                "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def perform(self, *acts: Act) -> list[Ended]:
        """Carry acts out, each in a child of its own, all at once; how they ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([a.model_dump() for a in acts]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the warm process ended with {self._process.wait()}")
        return [Ended.model_validate(e) for e in json.loads(line)]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Meeting:
    """Two pipes: one says that the first child stands still, the other that the others are through."""

    def __init__(self) -> None:
        self._arrived, self._arrive = os.pipe()
        self._through, self._busy = os.pipe()

    def first(self) -> None:
        """To be the child that stands still."""
        os.close(self._busy)

    def stand_still(self) -> None:
        os.write(self._arrive, b".")
        os.close(self._arrive)
        os.read(self._through, 1)  # ends when the last of the others has ended

    def second(self) -> None:
        """Wait for the first one; its end counts as well."""
        os.close(self._arrive)
        os.read(self._arrived, 1)

    def leave(self) -> None:
        for end in (self._arrived, self._arrive, self._through, self._busy):
            os.close(end)


def _forge(acts: Sequence[Act]) -> list[Ended]:
    meeting = _Meeting()
    children = [_fork(act, meeting) for act in acts]
    meeting.leave()
    ended = []
    for pid, answer in children:
        with os.fdopen(answer, encoding="utf-8") as said:
            text = said.read()
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            ended.append(Ended(end="killed" if number == signal.SIGKILL else signal.Signals(number).name))
        else:
            ended.append(Ended.model_validate_json(text))
    return ended


def _fork(act: Act, meeting: _Meeting) -> tuple[int, int]:
    answer, say = os.pipe()
    pid = os.fork()
    if pid:
        os.close(say)
        return pid, answer
    try:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.alarm(LIMIT)
        meeting.second() if act.second else meeting.first()
        ended = perform(act, meeting.stand_still)
        with os.fdopen(say, "w", encoding="utf-8") as out:
            out.write(ended.model_dump_json())
    except BaseException:  # noqa: BLE001  # the child must not come back into the loop of its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _serve() -> None:
    sdk._modules()
    for line in sys.stdin:
        ended = _forge([Act.model_validate(a) for a in json.loads(line)])
        sys.stdout.write(json.dumps([e.model_dump(mode="json") for e in ended]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # whoever asked is gone
        _serve()
