"""``swaslift emulator``: the stage to rehearse on."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import threading
from pathlib import Path

import click

from swaslift.emulator import Emulator, InventoryError
from swaslift.runs.journal import STATE_VARIABLE


@click.command("emulator")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8970, show_default=True, help="0 takes a free one."
)
@click.option(
    "--inventory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What exists at the start, as JSON; a default one comes with it.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds of the emulated cloud that pass in a real one.",
)
@click.option("--virtual", is_flag=True, help="Time passes only when a client waits.")
@click.option("--strict", is_flag=True, help="Refuse parameters that no document has; gateways ignore them.")
def emulator(port: int, inventory: Path | None, speed: float, *, virtual: bool, strict: bool) -> None:
    """Serve SWAS, ECS and STS on loopback, for rehearsals and tests.

    Nothing here is the live cloud: no account, no cost, no network beyond 127.0.0.1. Run the printed lines
    in the shell that is to use it; a new directory for the journal is among them, since what an earlier
    emulator held is gone.
    """
    try:
        # Without the option the environment decides.
        cloud = Emulator(inventory, speed=None if virtual else speed, port=port, strict=strict or None)
        cloud.start()
    except InventoryError as error:
        raise click.ClickException(f"{inventory}: {error}") from None
    except OSError as error:
        raise click.ClickException(
            f"port {port} cannot be used ({error}); take another with --port"
        ) from None
    pace = "virtual time" if virtual else f"{speed:g} times real time"
    click.echo(f"# emulator of SWAS, ECS and STS at {cloud.endpoint_url}, {pace}; stop it with Ctrl-C")
    # Another emulator has other servers with the same ids: a journal of this one must not be found there.
    state = tempfile.mkdtemp(prefix="swaslift-emulator-")
    for name, value in {**cloud.environment(), STATE_VARIABLE: state}.items():
        click.echo(f"export {name}={value}")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    cloud.stop()
    # What holds runs stays: their reports can still be read.
    with contextlib.suppress(OSError):
        Path(state).rmdir()
