"""The traps of the installed SDKs, each pinned: when one is gone, or moves, a test here says so."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from swaslift.cloud import sdk
from swaslift.emulator import Emulator
from swaslift.version import version
from tests.cloud.doors import REGION, door


def in_python(code: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ALIBABA_CLOUD_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# What one call of a client in a fresh process does, with a look at the loggers before and after.
FIRST_CALL = """
import logging, sys
def seen():
    found = {n: g for n, g in logging.root.manager.loggerDict.items() if isinstance(g, logging.Logger)}
    noisy = [n for n, g in found.items() if any(type(h) is logging.StreamHandler for h in g.handlers)]
    return noisy, logging.root.handlers[:], logging.root.level, logging.getLogger("darabonba-core").level
%s
before = seen()
import swaslift
with swaslift.Client() as client:
    client.cloud.account_id
    client.cloud.swas.list_regions()
after = seen()
assert "darabonba" in sys.modules
assert before == after, (before, after)
print(after)
"""


def test_the_first_call_leaves_all_loggers_as_they_were(cloud: Emulator) -> None:
    shown = in_python(FIRST_CALL % "", **cloud.environment())
    assert shown == "([], [], 30, 0)"


def test_handlers_that_were_there_before_stay(cloud: Emulator) -> None:
    own = (
        "own = logging.StreamHandler(sys.stdout); sdk = logging.getLogger('darabonba-core');"
        "sdk.addHandler(own); sdk.setLevel(35)"
    )
    shown = in_python(FIRST_CALL % own, **cloud.environment())
    assert shown == "(['darabonba-core'], [], 30, 35)"


def test_the_default_chain_leaves_all_loggers_as_they_were(cloud: Emulator, tmp_path: Any) -> None:
    given = cloud.environment()
    (tmp_path / ".alibabacloud").mkdir()
    (tmp_path / ".alibabacloud" / "credentials.ini").write_text(
        f"[default]\ntype = access_key\naccess_key_id = {given.pop('ALIBABA_CLOUD_ACCESS_KEY_ID')}\n"
        f"access_key_secret = {given.pop('ALIBABA_CLOUD_ACCESS_KEY_SECRET')}\n"
    )
    shown = in_python(
        FIRST_CALL % "", **given, HOME=str(tmp_path), ALIBABA_CLOUD_ECS_METADATA_DISABLED="true"
    )
    assert shown == "([], [], 30, 0)"


def test_left_alone_the_sdk_adds_handlers_that_print() -> None:
    """The trap itself: when this fails, `sdk._restore` is no longer needed."""
    code = (
        "import logging, alibabacloud_credentials.client, darabonba.core;"
        "print(sorted(n for n, g in logging.root.manager.loggerDict.items()"
        " if getattr(g, 'handlers', None) and type(g.handlers[0]) is logging.StreamHandler))"
    )
    assert in_python(code) == "['alibabacloud-tea', 'credentials', 'darabonba-core']"


def test_an_sdk_that_does_not_load_is_told_with_what_to_install() -> None:
    code = (
        "import sys; sys.modules['Tea'] = None\n"
        "import swaslift\n"
        "try:\n"
        "    swaslift.Client(region='cn-hangzhou', endpoint_url='http://127.0.0.1:9').cloud.account_id\n"
        "except swaslift.errors.ConfigError as error:\n"
        "    print(error)\n"
    )
    code = code.replace("import swaslift\n", "import swaslift, swaslift.errors\n")
    assert "pip install --force-reinstall" in in_python(code)


def test_the_sdk_drops_unknown_parameters_silently_so_they_are_refused_here(cloud: Emulator) -> None:
    from alibabacloud_ecs20140526 import models

    assert models.StopInstanceRequest().from_map({"NoSuchThing": 1}).to_map() == {}
    with pytest.raises(TypeError, match="NoSuchThing"):
        door(cloud).ecs.dry_run_instances(REGION, {"RegionId": REGION, "NoSuchThing": 1})
    nested = {"RegionId": REGION, "SystemDisk": {"Size": 40, "Sise": 50}}
    with pytest.raises(TypeError, match="SystemDisk"):
        door(cloud).ecs.dry_run_instances(REGION, nested)
    assert not cloud.log


def test_every_action_finds_its_method_whatever_the_sdks_spelling(cloud: Emulator) -> None:
    kind: Any = type(sdk.SdkClients(door(cloud).settings).client("ecs", REGION).client)
    assert sdk._method_name(kind, "DescribeVSwitches") == "describe_vswitches_with_options"
    with pytest.raises(TypeError, match="no method for NoSuchAction"):
        sdk._method_name(kind, "NoSuchAction")


def test_the_sdk_tries_a_call_once(cloud: Emulator) -> None:
    client = door(cloud)
    client.policy.attempts = 1
    cloud.faults.fail("ListRegions", 500, "InternalError", times=9)
    with pytest.raises(Exception, match="InternalError"):
        client.swas.list_regions()
    assert len(cloud.log.of("ListRegions")) == 1


def test_calls_say_who_sends_them(cloud: Emulator) -> None:
    client = sdk.SdkClients(door(cloud).settings).client("swas", REGION).client
    assert client._user_agent == f"swaslift/{version()}"
