"""The share that a migration makes: shared again where somebody withdrew it, left where somebody uses it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from tests.migrate.test_failures import executed
from tests.support import client_of, new_instance

HZ = "cn-hangzhou"


def paused(cloud: Emulator, lift: Client, action: str, after: int = 0) -> str:
    """A migration that paused as an action was refused; the id of its custom image."""
    cloud.faults.fail(action, 403, "Forbidden.RAM", after=after)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        plan.apply(consent=plan.consents)
    (image,) = lift.images.list()
    return image.id


def withdraw(lift: Client, image_id: str) -> None:
    lift.cloud.swas.modify_image_share_status(HZ, image_id, "UnShare", token="away")


@pytest.mark.parametrize(
    ("quirks", "action"),
    [(Quirks(), "CopyImage"), (Quirks(same_region_copy="encrypted_only"), "RunInstances")],
    ids=["copy", "instance"],
)
def test_what_somebody_withdrew_is_shared_again(quirks: Quirks, action: str) -> None:
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        # The dry run of the gate is the first RunInstances.
        image = paused(cloud, lift, action, after=action == "RunInstances")
        withdraw(lift, image)
        cloud.clock.advance(60)
        assert lift.runs.resume("night").instance.status == "Running"
        assert executed(cloud, "CreateCustomImage") == 1


def test_a_gate_says_how_to_share_it_again(cloud: Emulator, lift: Client) -> None:
    image = paused(cloud, lift, "DescribeImageSupportInstanceTypes")
    withdraw(lift, image)
    with pytest.raises(RunPaused, match=r"InvalidImageId\.NotFound") as caught:
        lift.runs.resume("night")
    assert "shared again with lift.share_to_ecs(image)" in caught.value.remedy
    lift.share_to_ecs(image)
    cloud.clock.advance(60)
    done = lift.runs.resume("night")
    assert done.instance.status == "Running"
    # That was a run of its own, and what it shared is left to whoever began it.
    assert lift.images.get(image).shared_to_ecs
    assert any("has shared it to stay so" in text for text in done.left)


def test_an_image_that_an_instance_came_to_use_is_kept(cloud: Emulator, lift: Client) -> None:
    image = paused(cloud, lift, "CopyImage")
    (seen,) = lift.cloud.ecs.describe_images(HZ, image_id=image)
    leave = [Consent.charges(max_monthly=1e6, max_total=1e6)]
    launched = lift.launch_instances(seen, new_instance(), run_id="beside", consent=leave).instances[0]
    done = lift.runs.resume("night")
    (left,) = (text for text in done.left if "stays shared" in text)
    assert f"instance {launched.name} ({launched.id}) was made from it" in left
    assert "kept, with its snapshots" in left
    assert lift.images.get(image).shared_to_ecs


def test_a_journal_from_before_that_was_asked_goes_on(cloud: Emulator, lift: Client) -> None:
    image = paused(cloud, lift, "DeleteCustomImage")
    with closing(sqlite3.connect(lift._carrier.journal.path)) as db, db:
        gone = db.execute("DELETE FROM effect WHERE run_id='night' AND name='share-needed'")
        assert gone.rowcount == 1
    done: Any = lift.runs.resume("night")
    assert done.instance.status == "Running"
    assert image not in {i.id for i in lift.images.list()}
