"""A cassette's calls, sent to the emulator: what it answers now, beside what is recorded.

Ids may differ: the first time one is heard, it stands for the recorded one from then on. Of a live
cassette the resources are others, so only the shape of its answers is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from darabonba.exceptions import DaraException

from swaslift.emulator import Emulator
from swaslift.testing.files import Loaded
from tests.cassettes.names import EMULATED
from tests.emulator.sdk import Sdk

_ASIDE = {"RequestId", "Message", "Recommend", "HostId"}
"""Ids of single answers, and texts for people."""
_NAMING = re.compile(r"(Id|Ids|Token|SerialNumber|IpAddress|HostName|Fingerprint)$")


def differences(loaded: Loaded, cloud: Emulator) -> Iterator[str]:
    """What the emulator answers otherwise, one line each."""
    live = loaded.provenance.provenance == "live"
    names = {theirs: EMULATED[k] for k, theirs in loaded.provenance.stage.items() if k in EMULATED}
    sdk = Sdk(cloud)
    start = cloud.clock.now()
    for number, recorded in enumerate(loaded.interactions, 1):
        passed = (cloud.clock.now() - start).total_seconds()
        cloud.clock.advance(max(0.0, recorded.at - passed))
        sent = {name: _translated(value, names) for name, value in recorded.call.parameters}
        status, body = answer(sdk, recorded.call.action, recorded.call.version, sent)
        where = f"interaction {number}, {recorded.call.action}"
        if status != recorded.status:
            yield f"{where}: HTTP {recorded.status} was recorded, and now {status} {body.get('Code', '')}"
            continue
        for line in compared(recorded.body, body, names, shape_only=live):
            yield f"{where}: {line}"


def answer(sdk: Sdk, action: str, version: str, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body that the emulator answers."""
    try:
        return 200, sdk.call(action, version, **sent)
    except DaraException as error:
        return getattr(error, "status_code", 0), {"Code": error.code}


def _translated(text: str, names: Mapping[str, str]) -> str:
    for recorded in sorted(names, key=len, reverse=True):
        text = text.replace(recorded, names[recorded])
    return text


def compared(
    recorded: Any, now: Any, names: dict[str, str], where: str = "", *, shape_only: bool = False
) -> Iterator[str]:
    """What differs between two answers; ids that are heard for the first time are learnt."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        if now.keys() == {"Code"} and "Code" in recorded:
            recorded = {"Code": recorded["Code"]}  # all that the SDK tells of an error
        for key in sorted((recorded.keys() | now.keys()) - _ASIDE):
            if key not in recorded or key not in now:
                yield f"{where}.{key} is only {'recorded' if key in recorded else 'answered now'}"
            else:
                yield from compared(recorded[key], now[key], names, f"{where}.{key}", shape_only=shape_only)
    elif isinstance(recorded, list) and isinstance(now, list):
        if len(recorded) != len(now) and not shape_only:
            yield f"{where}: {len(recorded)} were recorded, and now there are {len(now)}"
        for n, (one, other) in enumerate(zip(recorded, now, strict=False)):
            yield from compared(one, other, names, f"{where}[{n}]", shape_only=shape_only)
    elif type(recorded) is not type(now):
        yield f"{where}: a {type(recorded).__name__} was recorded, and now it is a {type(now).__name__}"
    elif not _same(recorded, now, names, where) and not shape_only:
        yield f"{where}: {recorded!r} was recorded, and now it is {now!r}"


def _same(recorded: Any, now: Any, names: dict[str, str], where: str) -> bool:
    if isinstance(recorded, str) and _NAMING.search(re.sub(r"\[\d+\]$", "", where)):
        return bool(names.setdefault(recorded, now) == now)
    return bool(recorded == now)
