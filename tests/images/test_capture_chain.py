"""``capture_image`` and ``delete_image`` as parts of a chain, planned before the image is there."""

from __future__ import annotations

import pytest

from swaslift import Client, Consent, Script
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.lifecycle.deleting import DeletedImages
from swaslift.models import CustomImage
from tests.proof import everything


def test_a_whole_life_in_one_run(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def rehearse(server: str) -> Script[DeletedImages]:
        image: CustomImage = yield from lift.capture_image.part(server, "rehearsal")
        yield from lift.share_to_ecs.part(image)
        deleted: DeletedImages = yield from lift.delete_image.part(image, unshare=True, snapshots=True)
        return deleted

    before = everything(cloud)
    plan = rehearse.plan("shop")
    assert plan.writes >= {"CreateSnapshot", "CreateCustomImage", "DeleteCustomImage"}
    assert cloud.log.attempted_writes() == []
    # What is to be deleted has no id yet, so leave for it is asked for when it has.
    with pytest.raises(RunPaused, match="needs more leave"):
        plan.apply(consent=plan.consents)
    image = next(lift.images.list())
    leave = [Consent.erase(image.id), Consent.erase(image.system_snapshot_id)]
    done = lift.runs.resume(plan.run_id, consent=leave)
    assert isinstance(done, DeletedImages)
    assert [r.name for r in done.images] == ["rehearsal"]
    cloud.clock.advance(60)
    assert set(everything(cloud)) == set(before)
