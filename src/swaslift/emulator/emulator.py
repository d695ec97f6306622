"""The emulator as one object: start it, point the SDKs at it, move its clock, stop it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from swaslift.emulator import inventory as inventories
from swaslift.emulator.clock import EmulatorClock
from swaslift.emulator.durations import Durations
from swaslift.emulator.ecs import ECS
from swaslift.emulator.ecs.state import EcsState
from swaslift.emulator.front.calls import CallLog
from swaslift.emulator.front.control import Control
from swaslift.emulator.front.gate import Gate
from swaslift.emulator.front.server import HOST, Server
from swaslift.emulator.quirks import Quirks
from swaslift.emulator.sts import STS
from swaslift.emulator.swas import SWAS, console
from swaslift.emulator.swas.state import SwasState
from swaslift.emulator.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from swaslift.emulator.faults import Faults

STRICT_VARIABLE = "SWASLIFT_EMULATOR_STRICT"


class Emulator:
    """SWAS, ECS and STS on ``http://127.0.0.1:PORT``.

    Args:
        inventory: What exists at the start: a path to a JSON file, its content, or None for the
            inventory that comes with the package.
        speed: 1 for real time, above 1 for faster, None for a clock that moves only when advanced.
        start: The clock's first moment; None for now.
        seed: Fixes ids, addresses and the durations drawn.
        quirks: How the emulator behaves where no document settles it.
        durations: How long things take.
        port: The port; 0 for a free one.
        strict: Whether a parameter that no document has is refused; otherwise it is ignored, as gateways do.
            None: strict if the environment variable ``SWASLIFT_EMULATOR_STRICT`` is ``1``.

    Raises:
        InventoryError: The inventory makes no sense; the message names the key and the remedy.
    """

    def __init__(
        self,
        inventory: Path | str | Mapping[str, Any] | None = None,
        speed: float | None = 1.0,
        start: datetime | None = None,
        seed: int = 0,
        quirks: Quirks | None = None,
        durations: Durations | None = None,
        port: int = 0,
        *,
        strict: bool | None = None,
    ) -> None:
        started = (start or datetime.now(UTC)).replace(microsecond=0)
        self.clock = EmulatorClock(speed=speed, start=started)
        self.world = World(
            clock=self.clock, quirks=quirks or Quirks(), seed=seed, durations=durations or Durations()
        )
        self.world.swas = SwasState()
        self.world.ecs = EcsState()
        self.default_region = inventories.load(self.world, inventories.read(inventory))
        self.log = CallLog()
        self._port = port
        if strict is None:
            strict = os.environ.get(STRICT_VARIABLE) == "1"
        self._gate = Gate(self.world, [SWAS, ECS, STS], self.log, strict=strict)
        self._server: Server | None = None

    def start(self) -> Self:
        """Open the port; returns once calls are answered."""
        if self._server is None:
            server = Server(self._gate, Control(self).routes(), self._port)
            server.start()
            self._server = server
        return self

    def stop(self) -> None:
        """Close the port and join the thread; what the cloud holds stays readable."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def faults(self) -> Faults:
        """What is to go wrong next."""
        return self.world.faults

    @property
    def endpoint(self) -> str:
        """``127.0.0.1:PORT``, as the SDKs' ``Config(endpoint=...)`` wants it."""
        if self._server is None:
            raise RuntimeError("the emulator is not running: use `with Emulator() as cloud:` or start()")
        return f"{HOST}:{self._server.port}"

    @property
    def endpoint_url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://{self.endpoint}"

    def environment(self) -> dict[str, str]:
        """Environment variables that point a client at this emulator as its first account."""
        account = next(iter(self.world.accounts.values()))
        return {
            "SWASLIFT_ENDPOINT_URL": self.endpoint_url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
            "ALIBABA_CLOUD_REGION_ID": self.default_region,
        }

    def console_copy_image(self, image_id: str, region_id: str, name: str | None = None) -> str:
        """Do what a person does in the console: copy a SWAS image to another region; returns its id.

        Raises:
            ValueError: The console would not offer this; the text says why.
        """

        def copy() -> str:
            return console.copy_image(self.world, image_id, region_id, name)

        return copy() if self._server is None else self._server.run_on_loop(copy)

    def state(self) -> dict[str, Any]:
        """All resources: ``{account: {"swas" | "ecs": {kind: {id: description}}}}``, as JSON data.

        What merely passes (progress in percent) is left out, so that two dumps can be compared.
        """
        if self._server is None:
            return self.snapshot()
        return self._server.run_on_loop(self.snapshot)

    def snapshot(self) -> dict[str, Any]:
        """The dump behind `state`, for callers that are on the server's loop already."""
        now = self.clock.now()
        accounts = sorted({account.account_id for account in self.world.accounts.values()})
        return {
            account_id: {
                "swas": self.world.swas.dump(self.world, account_id, now),
                "ecs": self.world.ecs.dump(self.world, account_id, now),
            }
            for account_id in accounts
        }
