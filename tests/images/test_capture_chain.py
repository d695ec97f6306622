"""``capture_image`` and ``delete_image`` as parts of a chain, planned before the image is there."""

from __future__ import annotations

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.lifecycle.deleting import DeletedImages
from swaslift.models import CustomImage
from tests.proof import assert_only_announced, everything


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
    assert any("delete the SWAS snapshot" in s.title for s in plan.steps)
    # What the run makes itself is its own to delete.
    assert plan.consents == ()
    done = plan.apply()
    assert_only_announced(cloud, plan.writes)
    assert [r.name for r in done.images] == ["rehearsal"]
    cloud.clock.advance(60)
    assert set(everything(cloud)) == set(before)
    sent = len(cloud.log.writes())
    assert lift.runs.get(plan.run_id).undo().left == ()
    assert len(cloud.log.writes()) == sent
