"""What importing the library and making a client costs: no SDK is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("alibabacloud", "Tea", "darabonba", "requests", "urllib3", "aiohttp")


def modules_after(code: str, tmp_path: Path) -> list[str]:
    """The heavy modules that a fresh interpreter holds after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SWASLIFT_STATE_DIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    return [m for m in json.loads(done.stdout) if m.startswith(HEAVY)]


def test_the_package_and_its_clients_load_no_sdk(tmp_path: Path) -> None:
    code = (
        "import swaslift; swaslift.Client(region='cn-hangzhou').close();"
        " swaslift.Client(region='cn-hangzhou', endpoint_url='http://127.0.0.1:9',"
        " access_key_id='a', access_key_secret='b')"
    )
    assert modules_after(code, tmp_path) == []


def test_the_looking_glass_works(tmp_path: Path) -> None:
    """The same look does see the SDK once it is loaded."""
    assert "darabonba.core" in modules_after("import darabonba.core", tmp_path)
