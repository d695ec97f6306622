"""A machine whose clock is wrong cannot sign: the error says what to do."""

from __future__ import annotations

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import AuthError
from tests.cloud.doors import door
from tests.cloud.test_sdk import in_python

# Nothing but the time is changed, before anything else is loaded.
WRONG_TIME = """
import datetime
class Off(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(minutes=cls.by)
real, datetime.datetime = datetime.datetime, Off
import alibabacloud_tea_openapi.utils
datetime.datetime = real
import swaslift, swaslift.errors
with swaslift.Client() as client:
    for Off.by in (-20, 20, -10, 10):
        for call in (client.cloud.swas.list_regions, client.cloud.ecs.describe_regions):
            try:
                call()
            except swaslift.errors.AuthError as error:
                print(Off.by, error.code, error.http_status, error.retryable, error)
            else:
                print(Off.by, "signed")
"""


def test_a_clock_that_is_off_is_told_with_the_command_that_sets_it(cloud: Emulator) -> None:
    lines = in_python(WRONG_TIME, **cloud.environment()).splitlines()
    for by, line in zip((-20, -20, 20, 20), lines, strict=False):
        assert line.startswith(f"{by} IllegalTimestamp 400 False ")
        assert "time of this machine is off" in line
        assert "timedatectl set-ntp true" in line
    # A few minutes are within what the services accept.
    assert lines[4:] == ["-10 signed", "-10 signed", "10 signed", "10 signed"]


def test_every_product_tells_it_alike(cloud: Emulator) -> None:
    client: Cloud = door(cloud)
    cloud.faults.fail("*", 400, "IllegalTimestamp", times=3)
    for call in (lambda: client.account_id, client.swas.list_regions, client.ecs.describe_regions):
        with pytest.raises(AuthError, match="Set the clock"):
            call()
    assert len(cloud.log) == 3  # it is not tried again: the clock would be as wrong
