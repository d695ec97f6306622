"""``scale_out``: bought once, made ready side by side, and named where they fail."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from swaslift import Client, Consent, NewFirewallRule, Script
from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.swas.records import CommandReply
from swaslift.emulator.world import Timeline
from swaslift.errors import ConsentRequired, RunConflict, RunExists, RunPaused
from swaslift.lifecycle.scaled_out import ScaledOut
from swaslift.models import CustomImage
from swaslift.runs.events import Event
from tests.images.conftest import make_image
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_shown,
    assert_unharmed,
    everything,
    new_ids,
)
from tests.servers.conftest import LEAVE, PLAN, purchases
from tests.support import OTHER_ACCOUNT, client_of, client_of_other

RULES = [
    NewFirewallRule("8080", remark="the shop"),
    NewFirewallRule(443),
    NewFirewallRule("5000/5100", "UDP"),
]


def ports(lift: Client, server_id: str) -> set[tuple[str, str]]:
    return {(r.protocol, r.port) for r in lift.cloud.swas.list_firewall_rules("cn-hangzhou", server_id)}


def test_servers_are_bought_and_made_ready(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    before = everything(cloud)
    plan = lift.scale_out.plan(
        image, 3, PLAN, firewall_rules=RULES, tags={"tier": "web"}, command="systemctl start shop"
    )
    assert not cloud.log.attempted_writes(), "a plan only reads"
    done = plan.apply(consent=plan.consents)
    assert [s.status for s in done.ready] == ["Running"] * 3
    assert (done.failed, done.missing, done.left) == ((), 0, ())
    assert {(s.plan_id, s.image_id) for s in done.ready} == {(PLAN, image.id)}
    for built in done.servers:
        assert built.server
        assert built.server.tags.items() >= {"tier": "web", "swaslift-run": plan.run_id}.items()
        assert built.command
        assert (built.command.status, built.command.server_id) == ("Success", built.id)
        opened = {("TCP", "8080"), ("UDP", "5000/5100")}
        assert ports(lift, built.id) == opened | {("TCP", p) for p in ("22", "80", "443")}
    after = everything(cloud)
    assert purchases(cloud) == [3]
    assert_unharmed(before, after, but={image.id})
    assert_only_announced(cloud, plan.writes)
    assert plan.writes == {"CreateInstances", "TagResources", "CreateFirewallRules", "RunCommand"}
    report = lift.runs.get(plan.run_id).report
    assert_report_tells_all(before, after, report)
    assert {line.name for line in report.kept} == {s.name for s in done.ready}


def test_a_plan_numbers_the_servers_through(lift: Client, image: CustomImage) -> None:
    plan = lift.scale_out.plan(image, 22, PLAN, firewall_rules=RULES)
    told = re.findall(r"<new server (\d+)>", "".join(s.title for s in plan.steps if "open ports" in s.title))
    assert told == [str(n) for n in range(1, 23)]


def test_nothing_more_is_done_than_was_asked_for(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    plan = lift.scale_out.plan("golden", 1, PLAN)
    assert plan.writes == {"CreateInstances", "TagResources"}
    assert len(plan.apply(consent=plan.consents).ready) == 1
    assert {c.action for c in cloud.log.attempted_writes()} == plan.writes


def test_the_price_of_all_of_them_is_in_the_plan_and_is_what_is_paid(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    plan = lift.scale_out.plan(image, 3, PLAN, period_months=6, auto_renew=True)
    assert plan.cost
    assert (plan.cost.total, plan.cost.currency) == (3 * 6 * 65, "CNY")
    assert plan.consents == (Consent.charges(max_total=1170),)
    had = cloud.world.balance("1234567890123456")
    with pytest.raises(ConsentRequired):
        lift.scale_out(image, 3, PLAN, period_months=6, consent=[Consent.charges(max_total=1169)])
    with pytest.raises(ConsentRequired):
        lift.scale_out(image, 3, PLAN, period_months=6, consent=[Consent.charges(max_monthly=10_000)])
    assert not cloud.log.attempted_writes()
    plan.apply(consent=plan.consents)
    assert had - cloud.world.balance("1234567890123456") == 1170
    (sent,) = [c.params for c in cloud.log.writes() if c.action == "CreateInstances"]
    assert (sent["Period"], sent["AutoRenew"], sent["AutoRenewPeriod"]) == (6, True, 6)
    assert any("renew themselves" in r for r in plan.remarks)


def test_more_than_twenty_come_in_waves(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    before = everything(cloud)
    plan = lift.scale_out.plan(image, 23, PLAN)
    assert len([s for s in plan.steps if "CreateInstances" in s.writes]) == 2
    done = plan.apply(consent=plan.consents)
    assert purchases(cloud) == [20, 3]
    assert len(done.ready) == len({s.id for s in done.ready}) == 23
    assert_report_tells_all(before, everything(cloud), lift.runs.get(plan.run_id).report)
    looks = [c for c in cloud.log.of("ListInstances") if "InstanceIds" in c.params]
    assert len(looks) < 40, "all of them are waited for together"


@pytest.mark.parametrize("action", ["CreateInstances", "TagResources", "CreateFirewallRules", "RunCommand"])
def test_a_lost_answer_changes_nothing(
    cloud: Emulator, lift: Client, image: CustomImage, action: str
) -> None:
    cloud.faults.lose_answer(action)
    done = lift.scale_out(image, 2, PLAN, firewall_rules=RULES, command="true", consent=[LEAVE])
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]
    assert len([c for c in cloud.log.writes() if c.action == "RunCommand"]) == 2
    assert len([c for c in cloud.log.writes() if c.action == "CreateFirewallRules"]) == 2


def test_the_same_call_again_buys_nothing_more(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.scale_out(image, 2, PLAN, consent=[LEAVE])
    with pytest.raises(RunExists):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE])
    assert purchases(cloud) == [2]
    lift.scale_out(image, 1, PLAN, consent=[LEAVE], again=True)
    lift.scale_out(image, 1, "swas.s.c2m4s60b5", consent=[LEAVE])
    assert purchases(cloud) == [2, 1, 1]


def test_a_server_whose_command_fails_is_named_and_the_others_are_ready(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)

    def arrange(event: Event) -> None:
        if event.kind == "done" and event.name.startswith("tag-"):
            second = cloud.world.swas.servers[bought(cloud)[1]]
            second.replies.append(CommandReply("start", "no such unit\n", 5))

    lift.listen(arrange)
    plan = lift.scale_out.plan(image, 3, PLAN, command="systemctl start shop")
    done = plan.apply(consent=plan.consents)
    assert len(done.ready) == 2
    (failed,) = done.failed
    assert failed.server
    assert failed.server.status == "Running"
    assert "exit code 5" in failed.problem
    assert "no such unit" in failed.problem
    assert failed.command
    assert failed.command.exit_code == 5
    (line,) = done.left
    assert failed.id in line
    assert_shown(done, "2 of 3 servers are ready", "exit code 5", *(b.id for b in done.servers))
    assert_shown(failed, failed.server.name, failed.id, "not ready", "exit code 5")
    assert "no such unit" in failed._repr_html_()
    assert str(failed).count("\n") == 0
    report = lift.runs.get(plan.run_id).report
    assert report.left == done.left
    assert_report_tells_all(before, everything(cloud), report)


def test_a_server_that_is_locked_and_one_that_does_not_start_are_named(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    def arrange(event: Event) -> None:
        if event.kind == "done" and event.name.startswith("tag-"):
            locked, slow, _ = (cloud.world.swas.servers[i] for i in bought(cloud))
            locked.status = Timeline((cloud.clock.now(), "Disabled"))
            slow.status = Timeline((cloud.clock.now(), "Pending"))

    lift.listen(arrange)
    done = lift.scale_out(image, 3, PLAN, firewall_rules=RULES, command="true", consent=[LEAVE])
    assert len(done.ready) == 1
    problems = " ".join(b.problem for b in done.failed)
    assert "Disabled" in problems
    assert "not Running after 30 min" in problems
    assert len([c for c in cloud.log.writes() if c.action == "RunCommand"]) == 1


def test_a_rule_that_one_server_refuses_is_named(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("CreateFirewallRules", 403, "FirewallRuleLimitExceed")
    done = lift.scale_out(image, 2, PLAN, firewall_rules=RULES, consent=[LEAVE])
    assert (len(done.ready), len(done.failed)) == (1, 1)
    assert "FirewallRuleLimitExceed" in done.failed[0].problem


@pytest.mark.parametrize(
    ("code", "http"),
    [
        ("NotEnoughStock", 400),
        ("ExceedAccountQuota", 400),
        ("PaymentFailed", 403),
        ("InvalidParam", 403),
        ("InvalidPlanId.NotFound", 404),
    ],
)
def test_a_later_wave_that_is_refused_leaves_what_was_bought(
    cloud: Emulator, lift: Client, image: CustomImage, code: str, http: int
) -> None:
    before = everything(cloud)
    cloud.faults.fail("CreateInstances", http, code, after=1)
    plan = lift.scale_out.plan(image, 22, PLAN, command="true")
    done = plan.apply(consent=plan.consents)
    assert (len(done.ready), done.missing) == (20, 2)
    assert code in done.refusal
    assert any("2 of 22" in line for line in done.left)
    text = str(done)
    assert "20 of 20 servers are ready" in text
    assert f"not bought: 2 servers, {code}" in text
    assert [sum(b.id in line for line in text.splitlines()) for b in done.servers] == [1] * 20
    assert len(text) < 3000
    assert purchases(cloud) == [20]
    assert_report_tells_all(before, everything(cloud), lift.runs.get(plan.run_id).report)


def test_where_nothing_was_bought_a_refusal_pauses_and_a_resume_buys(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("CreateInstances", 400, "NotEnoughStock")
    with pytest.raises(RunPaused, match=r"NotEnoughStock.*another server plan or region"):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    assert purchases(cloud) == []
    with pytest.raises(RunConflict):
        lift.scale_out(image, 3, PLAN, consent=[LEAVE], run_id="night")
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]


def test_servers_are_built_from_an_image_that_was_received(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    with client_of_other(cloud) as other:
        (received,) = other.images.received()
        plan = other.scale_out.plan(received, 2, PLAN)
        assert any("belongs to account" in r for r in plan.remarks)
        assert len(plan.apply(consent=plan.consents).ready) == 2


def test_the_data_disk_of_the_image_comes_along(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("wiki", "wiki")
    plan = lift.scale_out.plan(image, 1, "swas.s.c2m2s40b4")
    assert any(c.field == "data_disk_size" and c.level == "warning" for c in plan.checks)
    (server,) = plan.apply(consent=plan.consents).ready
    assert [d.size for d in server.data_disks] == [60]
    larger = lift.scale_out(image, 1, "swas.s.c2m2s40b4", data_disk_size=100, consent=[LEAVE], again=True)
    assert [d.size for s in larger.ready for d in s.data_disks] == [100]


def test_windows_servers_run_their_command_in_powershell(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("legacy-win", "legacy")
    plan = lift.scale_out.plan(image, 1, "swas.s.c2m4s60b5", command="Get-Service")
    assert len(plan.apply(consent=plan.consents).ready) == 1
    (sent,) = cloud.log.of("RunCommand")
    assert sent.params["Type"] == "RunPowerShellScript"


def test_the_undo_closes_the_ports_and_says_what_stays_paid_until_when(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)
    done = lift.scale_out(
        image, 2, PLAN, firewall_rules=RULES, command="true", consent=[LEAVE], run_id="night", auto_renew=True
    )
    left = " ".join(lift.runs.get("night").undo().left)
    for built in done.servers:
        assert built.server
        assert built.server.expires_at
        assert f"{built.id} is paid until {built.server.expires_at:%Y-%m-%d}" in left
        assert ports(lift, built.id) == {("TCP", p) for p in ("22", "80", "443")}
    assert "cannot be given back" in left
    assert "renew themselves" in left
    assert "what a command did" in left
    after = everything(cloud)
    assert {s.id for s in done.ready} <= new_ids(before, after)
    assert_unharmed(before, after, but={image.id})
    assert_report_tells_all(before, after, lift.runs.get("night").report)


def test_it_goes_on_in_the_background(lift: Client, image: CustomImage) -> None:
    run = lift.scale_out.start(image, 2, PLAN, consent=[LEAVE])
    assert len(run.result(timeout=60).ready) == 2


def test_in_a_chain_the_image_need_not_be_there_yet(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def grow(server: str, count: int) -> Script[ScaledOut]:
        image = yield from lift.capture_image.part(server, name="golden")
        return (yield from lift.scale_out.part(image, count, PLAN))

    plan = grow.plan("shop", 2)
    assert plan.cost
    assert plan.cost.total == 130
    done = plan.apply(consent=plan.consents)
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]


@pytest.mark.parametrize(
    "quirks",
    [
        {"swas_letter_case": "other", "unknown_server": "not_found"},
        {"calls_per_minute": 10, "token_lifetime": 100.0},
    ],
)
def test_whatever_is_not_settled(quirks: dict[str, Any]) -> None:
    with (
        Emulator(speed=None, quirks=Quirks(**quirks), seed=7) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        image = make_image(cloud, lift, "golden")
        plan = lift.scale_out.plan(image, 3, PLAN, firewall_rules=RULES, command="true", tags={"a": ""})
        assert len(plan.apply(consent=plan.consents).ready) == 3
        assert purchases(cloud) == [3]


def bought(cloud: Emulator) -> list[str]:
    """Ids of the servers that a run has bought, as they were made."""
    return [s.server_id for s in cloud.world.swas.servers.values() if "swaslift-run" in s.tags]
