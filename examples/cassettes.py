"""Tests without a cloud: record what a script does once, and play it as often as you like.

The recording is made of the emulator here; `emulator=None` would record the account of your credentials.
Playing needs no network, no credentials and no time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.testing import CassetteMismatch, record, replay, scan


def report(lift: Client) -> list[str]:
    """The script to be tested: what runs, and where."""
    return [f"{s.name} {s.public_ip}" for s in lift.servers.list() if s.status == "Running"]


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "report.yaml"

        with Emulator(speed=None) as cloud, record(path, about="running servers", emulator=cloud) as tape:
            recorded = report(tape.client())
        print(f"recorded {len(recorded)} running servers; secrets in the file: {scan(path) or 'none'}")

        with replay(path) as tape:
            same = report(tape.client()) == recorded
        print(f"played, and {'the same' if same else 'something else'} came out")

        # Code that asks for something else than it did is told so.
        try:
            with replay(path) as tape:
                report(tape.client())
                list(tape.client().images.list())
        except CassetteMismatch as mismatch:
            print(mismatch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
