"""The age of a snapshot that a reset relies on, with a clock of the machine that is wrong by hours."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from tests.clocks import WrongClock
from tests.resets.test_reset import LEAVE, UBUNTU, done_by
from tests.support import client_of


@pytest.mark.parametrize(("passed", "off", "taken"), [(4, -5, 4), (4, 0, 4), (0, 5, 2), (0, -5, 2)])
def test_a_snapshot_is_taken_again_by_its_age_and_not_by_the_clock(
    cloud: Emulator, lift: Client, passed: int, off: int, taken: int
) -> None:
    cloud.faults.fail("ResetSystem", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match="Forbidden"):
        lift.reset_server("wiki", UBUNTU, consent=[LEAVE], run_id="night")
    cloud.clock.advance(passed * 3600)
    with client_of(cloud, clock=WrongClock(cloud.endpoint_url, off * 3600)) as other:
        assert other.runs.resume("night").server.status == "Running"
    assert (done_by(cloud, "CreateSnapshot"), done_by(cloud, "ResetSystem")) == (taken, 1)
