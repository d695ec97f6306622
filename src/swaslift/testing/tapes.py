"""vcrpy's cassettes, recording and playing by this library's rules."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.request import Request

from swaslift.clock import Clock
from swaslift.testing.calls import Call
from swaslift.testing.files import Loaded, Serializer
from swaslift.testing.playback import Interaction, Playback
from swaslift.testing.provenance import Provenance
from swaslift.testing.scrubbing import Scrubber


class Player(Cassette):  # type: ignore[misc]  # vcrpy is not typed
    """Answers every request from a cassette, or not at all: nothing it is asked goes out."""

    def __init__(
        self, path: Path, loaded: Loaded, playback: Playback, scrubber: Scrubber, clock: Clock
    ) -> None:
        super().__init__(path, serializer=Serializer, record_mode=RecordMode.NONE)
        self._loaded_cassette = loaded
        self._playback = playback
        self._scrubber = scrubber
        self._clock = clock
        self._start = clock.monotonic()

    def can_play_response_for(self, request: Request) -> bool:  # noqa: ARG002  # see the class
        """Always, so that vcrpy never connects."""
        return True

    def play_response(self, request: Request) -> dict[str, Any]:
        """The answer that comes next; the clock moves to when it was heard.

        Raises:
            CassetteMismatch: there is none.
        """
        kept = self._scrubber.request(request)
        now = self._clock.monotonic() - self._start
        take, interaction = self._playback.answer(Call.of(kept.uri, kept.headers, kept.body), now)
        self._clock.sleep(interaction.at - now)
        return copy.deepcopy(dict(self._loaded_cassette.responses[take]))

    def _load(self) -> None:
        """It was read before."""

    def _save(self, force: bool = False) -> None:
        """It is never written."""


class Recorder(Cassette):  # type: ignore[misc]  # vcrpy is not typed
    """Sends every request, and keeps what a cassette is to hold of it.

    Args:
        path: the file; what it held is replaced as a whole.
        provenance: goes into the file.
        scrubber: takes out what must not.
        address: the address that a request has in the cassette, or None to leave it out.
        elapsed: seconds since the start, on the clock of what is recorded.
    """

    def __init__(
        self,
        path: Path,
        provenance: Provenance,
        scrubber: Scrubber,
        address: Callable[[Request], str | None],
        elapsed: Callable[[], float],
    ) -> None:
        super().__init__(path, serializer=Serializer, record_mode=RecordMode.ALL)
        self._scrubber = scrubber
        self._address = address
        self._elapsed = elapsed
        self._keeping = threading.Lock()
        self.data: list[tuple[Request, dict[str, Any]]] = []
        self._metadata = provenance.model_dump(mode="json", exclude_none=True)

    def can_play_response_for(self, request: Request) -> bool:  # noqa: ARG002  # see the class
        """Never."""
        return False

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """Keep one exchange, unless the same call was just answered the same."""
        uri = self._address(request)
        if uri is None:
            return
        kept = self._scrubber.request(Request(request.method, uri, request.body, dict(request.headers)))
        answer = self._scrubber.answer(copy.deepcopy(response)) | {"at": round(self._elapsed(), 3)}
        with self._keeping:
            if not self._says_nothing_new(kept, answer):
                self.data.append((kept, answer))
                self.dirty = True

    def _says_nothing_new(self, request: Request, answer: dict[str, Any]) -> bool:
        """Whether a poll saw what the same poll saw before, with no change sent since."""
        new = Interaction.of(Call.of(request.uri, request.headers, request.body), answer)
        for old_request, old_answer in reversed(self.data):
            old = Interaction.of(Call.of(old_request.uri, old_request.headers, old_request.body), old_answer)
            if not old.call.reads:
                return False
            if old.call == new.call:
                return new.call.reads and old.same_answer(new)
        return False

    def _load(self) -> None:
        """A recording starts empty."""

    def _save(self, force: bool = False) -> None:
        """Hide what was heard before it was known, and give the file the order that it has each time."""
        kept = [(self._scrubber.request(request), answer) for request, answer in self.data]
        self.data = [
            (request, self._scrubber.answer(answer, request_id=f"request-{number}"))
            for number, (request, answer) in enumerate(_in_order(kept), 1)
        ]
        super()._save(force)


def _in_order(kept: list[tuple[Request, dict[str, Any]]]) -> list[tuple[Request, dict[str, Any]]]:
    """Reads of one moment come in the order of their calls: those that threads made at once have no other."""
    found: list[tuple[tuple[int, float, str], tuple[Request, dict[str, Any]]]] = []
    changes = 0
    for request, answer in kept:
        call = Call.of(request.uri, request.headers, request.body)
        # Each change stands between two stretches of reads.
        changes += not call.reads
        found.append(((changes, answer["at"], str(call)), (request, answer)))
        changes += not call.reads
    return [pair for _, pair in sorted(found, key=lambda item: item[0])]
