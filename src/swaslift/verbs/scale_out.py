"""``lift.scale_out``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.scaled_out import ScaledOut
from swaslift.lifecycle.scaling import WantedServers, prepare
from swaslift.models import CustomImage, ServerPlan
from swaslift.planning.arguments import check_flag, command_of, region_of, tags_of
from swaslift.planning.custom_images import find_custom_image
from swaslift.planning.preparation import Request
from swaslift.targets import Command, NewFirewallRule

PERIODS = (1, 3, 6, 12, 24, 36)


def scale_out(
    _cloud: Cloud,
    image: CustomImage | str,
    count: int,
    server_plan: ServerPlan | str,
    *,
    period_months: int = 1,
    auto_renew: bool = False,
    data_disk_size: int | None = None,
    firewall_rules: Iterable[NewFirewallRule] = (),
    tags: Mapping[str, str] | None = None,
    command: Command | str | None = None,
    server_quota: int = 50,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[ScaledOut]:
    """Buy servers built from a custom image, wait until they run, and make each ready.

    **The servers are paid at once, and no API of SWAS gives the money back**; an undo closes the ports again and says
    until when the servers are paid. Up to 20 are bought by one call, more in several. Then ports are opened
    and a command is run on each, side by side. The result names every server, ready or not: one that does
    not come up, and one whose command fails, stops no other. Where a later call is refused (stock, quota,
    balance), what was bought before is made ready, and the result says how many are missing.

    A purchase whose answer is lost is sent again with its token, for a minute. After that, if servers have
    come about meanwhile, the run pauses (the cause is an `OutcomeUnknown` that lists them), and buys no more
    until it is resumed with ``amend=[...]``: the ids of those that are the run's, or none. It does the same
    where servers of this image and plan were made in the last day that no run has tagged, since the journal
    of an earlier call may be lost. Every server that is bought is tagged at once.

    API actions that change something: CreateInstances, TagResources; CreateFirewallRules and RunCommand where
    asked for. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-createinstances
    and https://www.alibabacloud.com/help/en/simple-application-server/user-guide/create-a-server-from-a-custom-image

    Args:
        image: a `CustomImage`, an id, or a unique name: an own one, or one that another account shares.
        count: how many servers.
        server_plan: a `ServerPlan` or its id: the size. Its system disk must not be smaller than the image's.
        period_months: how long they are paid for: 1, 3, 6, 12, 24 or 36 months.
        auto_renew: whether they renew themselves for the same time, and are paid again.
        data_disk_size: GiB of each data disk, 0 for none, in steps of 20; by default what the image needs.
        firewall_rules: ports to open beside those of every new server (22, 80 and 443).
        tags: of each server, at most 17.
        command: run in each when it runs; as text it has 60 seconds. It may be sent before everything in the
            server has started.
        server_quota: servers that the account may have in the region; the vendor raises it on request.
        region: the image's region; the client's by default.
        consent: leave to spend; ``plan.consents`` lists what is needed.
        run_id: an id for the run; by default one derived from account, verb, image and plan.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    _check_number("count", count, 1)
    _check_number("server_quota", server_quota, 1)
    if isinstance(period_months, bool) or period_months not in PERIODS:
        raise InvalidArgument(
            "period_months", period_months, "no period that is sold", "Give 1, 3, 6, 12, 24 or 36"
        )
    check_flag("auto_renew", auto_renew)
    if data_disk_size is not None:
        _check_number("data_disk_size", data_disk_size, 0)
    plan_id = server_plan.id if isinstance(server_plan, ServerPlan) else server_plan
    if not isinstance(plan_id, str) or not plan_id:
        raise InvalidArgument("server_plan", server_plan, "not a plan", "Give its id, or a ServerPlan record")
    found = find_custom_image(_cloud, image, _region(_cloud, image, region))
    wanted = WantedServers(
        count=count,
        server_plan=plan_id,
        period_months=period_months,
        auto_renew=auto_renew,
        data_disk_size=data_disk_size,
        rules=_rules(firewall_rules),
        tags=tags_of(tags),
        command=command_of("command", command),
        server_quota=server_quota,
    )
    number = "a server" if count == 1 else f"{count} servers"
    return Request(
        title=f"Buy {number} ({plan_id}) from the image {found.name} in {found.region_id}",
        source=found.id,
        name=found.name,
        apart=plan_id,
        arguments=wanted.arguments(found),
        prepare=lambda run: prepare(_cloud, found, wanted, run),
        consent=consent,
        run_id=run_id,
        again=again,
    )


def _check_number(field: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgument(field, value, "not a whole number", f"Give {least} or more")
    if value < least:
        raise InvalidArgument(field, value, "out of range", f"Give {least} or more")


def _region(cloud: Cloud, image: CustomImage | str, region: str | None) -> str:
    if isinstance(image, CustomImage) and isinstance(region, str) and region not in {"", image.region_id}:
        raise InvalidArgument(
            "region",
            region,
            f"the image is in {image.region_id}, and servers are built where their image is",
            'Leave it out; or have the image copied there first: copy_to_region(..., product="swas")',
        )
    return region_of(cloud, region, image)


def _rules(given: Iterable[NewFirewallRule]) -> tuple[NewFirewallRule, ...]:
    if isinstance(given, str | NewFirewallRule) or not isinstance(given, Iterable):
        raise InvalidArgument(
            "firewall_rules", given, "no list of rules", 'Give [NewFirewallRule("8080"), ...]'
        )
    rules = list(given)
    seen = set()
    for rule in rules:
        if not isinstance(rule, NewFirewallRule):
            raise InvalidArgument("firewall_rules", rule, "not a rule", 'Give NewFirewallRule("8080")')
        key = (rule.protocol, rule.port, rule.source)
        if key in seen:
            raise InvalidArgument("firewall_rules", rule, "it is there twice", "Leave one of them out")
        seen.add(key)
    return tuple(rules)
