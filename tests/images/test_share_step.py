"""What the step that shares an image tells: whether the image was shared by it."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.lifecycle.steps import ShareImage
from swaslift.models import CustomImage
from swaslift.runs.step import Mark, Ref


@pytest.mark.parametrize("again", [False, True])
def test_only_one_that_may_have_sent_it_counts_it_as_its_own(
    cloud: Emulator, lift: Client, image: CustomImage, again: bool
) -> None:
    ref = Ref(kind="swas.image", id=image.id, region_id=image.region_id)
    step, mark = ShareImage(name="share", image=ref), Mark("r", "share", 1, again=again)
    assert step.find(lift.cloud, mark) is None
    assert step.make(lift.cloud, mark) is True
    assert step.find(lift.cloud, mark) is again
    assert step.happened(lift.cloud, mark) is True
