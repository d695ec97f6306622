"""The SDK for Node takes an image through its life, in both signature forms, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.life import AVAILABLE, WRITES

if TYPE_CHECKING:
    from swaslift.emulator import Emulator

HERE = Path(__file__).parent / "node"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not at hand"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "@alicloud").is_dir(),
        reason="the SDK for Node is not installed: `make tests` installs it where npm is at hand",
    ),
]


def _node(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), "--require", "./loopback.js", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environment},
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _round(cloud: Emulator, form: str) -> dict[str, Any]:
    done = _node("round.js", cloud.endpoint, form, **cloud.environment())
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize("form", ["acs3", "v2"])
def test_an_image_is_made_shared_copied_and_deleted(cloud: Emulator, form: str) -> None:
    before = cloud.state()
    seen = _round(cloud, form)

    assert "shop" in seen["servers"]
    assert (seen["snapshot"], seen["sameSnapshot"]) == ("accomplished", True)
    assert (seen["custom"]["status"], seen["custom"]["description"]) == (AVAILABLE, "a b+c*~/ü 中&=%")
    assert (seen["shared"]["imageOwnerAlias"], seen["shared"]["imageName"]) == ("others", "golden")
    begun, copy = seen["copy"]
    assert (begun["status"], copy["status"], copy["imageOwnerAlias"]) == ("Creating", "Available", "self")
    assert copy["tags"]["tag"] == [{"tagKey": "of", "tagValue": "golden"}]
    begun, far = seen["far"]
    assert (begun["status"], far["status"], far["usage"]) == ("Creating", "Available", "none")

    assert seen["otherOrder"] == ["ClientError", 400, "IdempotentParameterMismatch"]
    assert seen["inShare"] == ["ClientError", 400, "CustomImageInShare"]
    assert seen["straightAway"] == ["ClientError", 403, "OperationDenied.SameRegionOnly"]
    assert seen["tooSoon"] == [["ClientError", 403, "SnapshotCreatedImage"]] * 2
    assert seen["strangers"] == [
        ["ClientError", 400, "SignatureDoesNotMatch"],
        ["ClientError", 400, "IncompleteSignature"],
    ]
    # What is refused at the door is logged as it came, so it shows how it was signed.
    assert ("Signature" in cloud.log[-1].params) == (form == "v2")

    assert cloud.state() == before
    assert [call.action for call in cloud.log.writes()] == WRITES


def test_node_reaches_nothing_beyond_loopback() -> None:
    done = _node("--eval", 'require("node:net").connect(80, "192.0.2.1")')
    assert done.returncode != 0
    assert "a test tried to reach 192.0.2.1, beyond loopback" in done.stderr
