"""Recording a cassette, and playing it: the clients in between behave as they always do."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from vcr.request import Request

from swaslift.client import Client
from swaslift.clock import Clock, VirtualClock
from swaslift.cloud import Settings
from swaslift.cloud.caller import Exchange, Observer
from swaslift.cloud.emulated import clock_of
from swaslift.cloud.endpoints import Product
from swaslift.cloud.sdk import SdkClients
from swaslift.cloud.settings import ENDPOINT_VARIABLE, Keys
from swaslift.emulator import Emulator
from swaslift.errors import ConfigError
from swaslift.redaction import MASK
from swaslift.testing.calls import Call
from swaslift.testing.files import load
from swaslift.testing.playback import CassetteMismatch, Playback
from swaslift.testing.provenance import Provenance, check_about
from swaslift.testing.scrubbing import Scrubber
from swaslift.testing.tapes import Player, Recorder

_PRODUCTS: dict[str, Product] = {"2020-06-01": "swas", "2014-05-26": "ecs", "2015-04-01": "sts"}
_SERVICES = re.compile(r"[a-z0-9.-]+\.aliyuncs\.com")


class Tape:
    """A cassette that runs: make clients with `client`, and use them as ever.

    Attributes:
        provenance: where the cassette comes from.
        replaying: whether answers come from it, rather than going into it.
        clock: the time that its clients live at.
    """

    def __init__(
        self,
        provenance: Provenance,
        clock: Clock,
        make: Callable[..., Client],
        *observers: Observer,
        replaying: bool,
    ) -> None:
        self.provenance = provenance
        self.clock = clock
        self.replaying = replaying
        self._make = make
        self._observers: tuple[Observer, ...] = (_OneAtATime(), *observers)
        self._open = ExitStack()

    @property
    def stage(self) -> dict[str, str]:
        """Ids and names that stood for something when it was recorded; see `Provenance.stage`."""
        return self.provenance.stage

    def client(self, region: str | None = None, **arguments: Any) -> Client:
        """A client whose calls go into the cassette, or are answered from it. The tape closes it.

        Args:
            region: the default region; the cassette's otherwise.
            arguments: as for `swaslift.Client`. Keys count only while recording, and the journal is by
                default one that goes away with the tape.
        """
        if "journal" not in arguments:
            # The file and what SQLite lays beside it go together.
            arguments["journal"] = Path(self._open.enter_context(TemporaryDirectory())) / "journal.db"
        made = self._make(region=region or self.provenance.region, **arguments)
        self._open.callback(made.close)
        for observer in self._observers:
            made.cloud.observe(observer)
        # Runs get their ids from the account and from whether it is emulated; a cassette keeps both.
        vars(made.cloud)["emulated"] = self.provenance.provenance == "emulator"
        return made

    def close(self) -> None:
        """Close the clients."""
        self._open.close()


@contextmanager
def replay(path: Path | str, *, hide: Mapping[str, str] | None = None) -> Iterator[Tape]:
    """Answer everything from a cassette; no connection is made, and no time passes but the clients' own.

    Args:
        path: the cassette.
        hide: as it was recorded with, where the test names the real texts.

    Raises:
        ConfigError: there is no such cassette.
        CassetteMismatch: at the end, where something was sent that is not in it (also if the code in
            between swallowed that), or where something in it was not asked for.
    """
    loaded = load(Path(path))
    clock = VirtualClock(loaded.provenance.started)
    playback = Playback(loaded.interactions)

    def make(**arguments: Any) -> Client:
        keys = {"access_key_id": "replayed", "access_key_secret": MASK, "security_token": None}
        with mock.patch.dict(os.environ):
            os.environ.pop(ENDPOINT_VARIABLE, None)
            return Client(**{"clock": clock, "random": _steady(), **arguments, **keys, "endpoint_url": None})

    tape = Tape(loaded.provenance, clock, make, replaying=True)
    # No proxy of the surroundings may stand between the SDK and the cassette.
    direct = mock.patch.dict(os.environ, {"NO_PROXY": "*", "no_proxy": "*"})
    player = Player.use(
        path=loaded.path, loaded=loaded, playback=playback, scrubber=Scrubber(hide), clock=clock
    )
    with direct, player:
        try:
            yield tape
        except BaseException as error:
            if playback.unmatched:
                raise CassetteMismatch(_told(loaded.path, playback.unmatched, [])) from error
            raise
        finally:
            tape.close()
    if playback.unmatched or playback.unused():
        raise CassetteMismatch(_told(loaded.path, playback.unmatched, playback.unused()))


@contextmanager
def record(
    path: Path | str,
    *,
    about: str,
    emulator: Emulator | None,
    region: str | None = None,
    stage: Mapping[str, str] | None = None,
    hide: Mapping[str, str] | None = None,
    hide_account: bool = False,
) -> Iterator[Tape]:
    """Write a cassette of what the clients in between do, unless they raise.

    Access keys, signatures, tokens and passwords never get into the file. A live recording also has
    addresses of the documentation range in the place of public ones. Where the account is hidden, give
    runs an id of their own (``run_id=``): one that is derived from the account would not be found again.

    Args:
        path: the file; replaced as a whole.
        about: what happens in it, in one line of 10 characters at least.
        emulator: what is recorded; None for the live cloud, with your credentials and your money.
        region: the clients' default region; the emulator's own, else ``ALIBABA_CLOUD_REGION_ID``.
        stage: ids and names to keep in the file; see `Provenance.stage`.
        hide: texts, and what is to stand for them.
        hide_account: put a made-up id in the place of the account's own.

    Raises:
        InvalidArgument: ``about`` does not say what happens.
        ConfigError: it would not be what it says: a live recording of another host, or no region.
    """
    check_about(about)
    region = region or (emulator.default_region if emulator else os.environ.get("ALIBABA_CLOUD_REGION_ID"))
    if not region:
        raise ConfigError("a recording needs a region: give region= or set ALIBABA_CLOUD_REGION_ID")
    clock = clock_of(emulator.endpoint_url if emulator else None)
    # Of an emulator's client, asking for the time is a call; this one is made while another is under way.
    now = emulator.clock.now if emulator else clock.now
    started = now()
    provenance = Provenance(
        provenance="emulator" if emulator else "live",
        about=about,
        recorded=datetime.now(UTC).date(),
        region=region,
        started=started,
        stage=dict(stage or {}),
    )
    hosts = _Hosts(region)

    def make(**arguments: Any) -> Client:
        if emulator is not None:
            keys = emulator.environment()
            arguments = {
                "endpoint_url": emulator.endpoint_url,
                "access_key_id": keys["ALIBABA_CLOUD_ACCESS_KEY_ID"],
                "access_key_secret": keys["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
                **arguments,
            }
        return Client(**{"random": _steady(), **arguments})

    def elapsed() -> float:
        return (now() - started).total_seconds()

    tape = Tape(provenance, clock, make, hosts.note, replaying=False)
    recorder = Recorder.use(
        path=Path(path),
        provenance=provenance,
        scrubber=Scrubber(hide, account=hide_account, addresses=emulator is None),
        address=hosts.of_emulated if emulator else _live_address,
        elapsed=elapsed,
        record_on_exception=False,
    )
    with recorder:
        try:
            yield tape
        finally:
            tape.close()


class _OneAtATime:
    """Keeps calls from being sent at once.

    While vcrpy makes a connection it takes its patches away, for all threads: a call of another thread
    would go by the cassette, and out.
    """

    def __init__(self) -> None:
        self._turn = threading.RLock()

    def __call__(self, exchange: Exchange) -> None:
        if exchange.phase == "before":
            self._turn.acquire()
        else:
            self._turn.release()


class _Hosts:
    """The hosts that a real account's calls go to, for calls that went to an emulator."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._clients = SdkClients(Settings(region, Keys("recorded", MASK)))

    def note(self, exchange: Exchange) -> None:
        """Not every call names its region; the door does, before it is sent."""
        if exchange.phase == "before":
            self._region = exchange.region_id

    def of_emulated(self, request: Request) -> str | None:
        """The real address of a call; None for what is no call, as the emulator's own pages."""
        parts = urlsplit(request.uri)
        product = _PRODUCTS.get(Call.of(request.uri, request.headers, request.body).version)
        if product is None or parts.path.startswith("/-/"):
            return None
        url = self._clients.client(product, self._region).url
        return f"{url}{parts.path}?{parts.query}"


def _steady() -> Random:
    """Jitter that is the same each time."""
    return Random(0)  # noqa: S311  # no secret


def _live_address(request: Request) -> str | None:
    host = urlsplit(request.uri).hostname or ""
    if not _SERVICES.fullmatch(host):
        raise ConfigError(f"a live recording must be of Alibaba Cloud; this went to {host}")
    return str(request.uri)


def _told(path: Path, unmatched: list[str], unused: list[str]) -> str:
    lines = [f"{path} does not fit what was sent."]
    for title, found in (("Not in it:", unmatched), ("In it, but not asked for:", unused)):
        if found:
            # One unanswered call is often tried many times.
            lines += [title, *(f"  - {line}" for line in dict.fromkeys(found))]
    return "\n".join(lines)
