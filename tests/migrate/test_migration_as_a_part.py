"""A migration as a part of a chain."""

from __future__ import annotations

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from tests.proof import assert_only_announced, assert_report_tells_all, assert_unharmed, everything, new_ids
from tests.support import OTHER_ACCOUNT, new_instance


@pytest.mark.parametrize("fails_at", [None, "CreateSnapshot", "ModifyImageSharePermission"])
def test_a_server_moves_and_its_image_goes_to_another_account(
    cloud: Emulator, lift: Client, fails_at: str | None
) -> None:
    @lift.chain
    def leave(server: str) -> Script[str]:
        migration = yield from lift.migrate_to_ecs.part(server, new_instance())
        yield from lift.hand_over.part(migration.image, OTHER_ACCOUNT)
        assert migration.run.id == "night"
        return migration.instance.id

    before = everything(cloud)
    plan = leave.plan("shop", run_id="night")
    assert not plan.blockers
    assert not cloud.log.attempted_writes()
    if fails_at:
        cloud.faults.fail(fails_at, 403, "Forbidden.RAM")
        with pytest.raises(RunPaused):
            plan.apply(consent=plan.consents)
        cloud.faults.clear()
        instance = lift.runs.resume("night")
    else:
        instance = plan.apply(consent=plan.consents)
    assert lift.ecs.instances.get(instance).status == "Running"
    assert_only_announced(cloud, plan.writes)
    cloud.clock.advance(60)
    after = everything(cloud)
    assert_unharmed(before, after)
    assert_report_tells_all(before, after, lift.runs.get("night").report)
    undo = lift.runs.get("night").undo
    assert undo(consent=undo.plan().consents).left == ()
    cloud.clock.advance(120)
    assert new_ids(before, everything(cloud)) == set()
