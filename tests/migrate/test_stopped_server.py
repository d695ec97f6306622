"""A server that is stopped is not said to run."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from tests.support import new_instance


@pytest.mark.parametrize(("server", "stopped"), [("batch", True), ("shop", False)])
def test_what_is_said_of_the_server_fits_its_state(
    cloud: Emulator, lift: Client, server: str, stopped: bool
) -> None:
    assert (lift.servers.get(server).status == "Stopped") is stopped
    plan = lift.migrate_to_ecs.plan(server, new_instance())
    said = " ".join((plan.downtime, *plan.remarks))
    for words in ("the server still runs", "while the server runs", "the server is never stopped"):
        assert (words in said) is not stopped
    assert ("The server is stopped" in said) is stopped
    left = " ".join(plan.apply(consent=plan.consents).left)
    assert ("still runs as before" in left) is not stopped
    assert ("Do not start it beside that" in left) is stopped
