"""The emulator answers in the shape of the vendor's samples, but for exceptions with a reason each."""

from __future__ import annotations

from pathlib import Path

import pytest

from swaslift.emulator import Emulator
from swaslift.testing.files import load
from tests.cassettes import arranged
from tests.cassettes.samples import EMULATOR, EXCEPTIONS, VENDOR, compared, differences
from tests.cassettes.stage import cloud_with, files

SAMPLES = files("vendor-doc-example")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_the_emulator_answers_in_the_shape_of_the_sample(path: Path) -> None:
    with cloud_with(arranged.image_and_snapshot) as cloud:
        found = set(differences(load(path), cloud))
    # Both ways: an exception that explains nothing any more has to go.
    assert found == {e for e in EXCEPTIONS if e[0] in {i.call.action for i in load(path).interactions}}


def test_each_exception_is_of_an_action_that_has_a_sample() -> None:
    assert {e[0] for e in EXCEPTIONS} <= {i.call.action for p in SAMPLES for i in load(p).interactions}


def test_an_answer_that_is_refused_is_noticed(cloud: Emulator) -> None:
    (path,) = [p for p in SAMPLES if p.stem == "GetCallerIdentity"]
    cloud.faults.fail("GetCallerIdentity", 403, "Forbidden.RAM")
    assert list(differences(load(path), cloud)) == [
        ("GetCallerIdentity", "HTTP status", "200 in the sample, 403 in the emulator's answer")
    ]


def test_fields_and_types_are_compared_and_values_are_not() -> None:
    sample = {"Images": {"Image": [{"ImageId": "m-1", "Size": 40}]}, "TotalCount": 1}
    assert (
        list(compared(sample, {"Images": {"Image": [{"ImageId": "m-2", "Size": 60}]}, "TotalCount": 7})) == []
    )
    now = {
        "Images": {
            "Image": [{"ImageId": "m-2", "Size": "60"}, {"ImageId": "m-3", "Size": 60, "Usable": True}]
        }
    }
    assert list(compared(sample, now)) == [
        ("Images.Image[].Size", "int in the sample, int or str in the emulator's answer"),
        ("Images.Image[].Usable", EMULATOR),
        ("TotalCount", VENDOR),
    ]
