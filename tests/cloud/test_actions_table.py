"""The page of all actions is up to date, and what the verbs use has no gap in door or emulator."""

from __future__ import annotations

from collections import Counter

import pytest

from swaslift.emulator.front.calls import is_write
from tests.cloud.actions import used_actions
from tests.cloud.actions_table import PAGE, changed_by_steps, rows, text

ROWS = {(row.product, row.action): row for row in rows()}
READS = {(product, action) for product, action in used_actions() if not is_write(action)}


def test_no_action_of_the_contracts_is_lost() -> None:
    counted = Counter(product for product, _ in ROWS)
    # The contracts may grow, as SWAS's did by DescribeInvocations; they may not shrink.
    assert counted >= Counter(swas=45, ecs=63, sts=1)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == text(), "docs/actions.md is out of date: run `make actions`"


@pytest.mark.parametrize(("product", "action"), sorted(changed_by_steps() | READS))
def test_what_the_verbs_use_is_sent_and_answered(product: str, action: str) -> None:
    row = ROWS[product, action]
    assert row.door, f"no method of the door sends {product} {action}"
    assert row.handler, f"the emulator does not answer {product} {action}"


def test_the_search_finds_what_steps_send() -> None:
    assert {("swas", "CreateSnapshot"), ("ecs", "DeleteImage"), ("ecs", "RunInstances")} <= changed_by_steps()
    assert ("swas", "CopyImage") not in changed_by_steps()


def test_a_row_tells_where_its_action_is() -> None:
    row = ROWS["swas", "ModifyImageShareStatus"]
    assert (row.step, row.handler) == (True, "swas.sharing.modify_image_share_status")
    assert row.door == ("modify_image_share_status",)
    assert row.cassettes >= 3
    sold = ROWS["ecs", "DescribeImages"]
    assert not sold.step
    assert sold.door == ("describe_images",)
