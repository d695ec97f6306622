"""The verb ``scale_out``: servers are bought from a custom image, and made ready side by side.

Money is spent first, in calls of 20 servers at most; then each server is waited for on its own, its
ports are opened and its command is run. What fails at one server is named in the result and stops no
other. Where it is in doubt whether servers were bought, nothing more is bought until somebody has said
whose they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count as count_from

from pydantic import BaseModel, ConfigDict, Field

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import OutcomeUnknown
from swaslift.lifecycle.scaled_out import BuiltServer, ScaledOut
from swaslift.lifecycle.server_commands import failed, run_until_delivered
from swaslift.lifecycle.steps import BuyServers, OpenPorts, TagServers, TakeServers
from swaslift.lifecycle.steps.purchases import LOOK_SECONDS, LOOKS, MOST, purchase, tagging
from swaslift.models import CustomImage, Server, ServerPlan
from swaslift.planning.regions import check_endpoint
from swaslift.runs.effects import Failed, Script, Wait, ask, attempt, do, fork_tolerant, gate, until
from swaslift.runs.step import RUN_TAG, Ref, Refused
from swaslift.targets import Command, NewFirewallRule
from swaslift.waiting import watches
from swaslift.wording import counted, duration, minute

LATELY = 24 * 3600.0
"""Servers of the image and the plan that are younger, and that no run has tagged, may be what an earlier
call bought whose journal is lost."""

UP_SECONDS = 1800.0
"""How long a new server is waited for."""

CUT_SHORT = (
    "ExceedAccountQuota",
    "InvalidImageId.NotFound",
    "InvalidInstance.UnPaidOrder",
    "InvalidParam",
    "InvalidPlanId.NotFound",
    "NotEnoughStock",
    "NotSold",
    "PaymentFailed",
    "PlatformNotMatch",
    "PriceRisen",
)
"""Refusals of a purchase after which what was bought before is made ready, and is a result, too.

All that can come of a call whose like was taken a moment ago. Refusals of the caller are not among them:
nothing could be made ready either.
"""

_NOBODY: list[str] = []
_NONE: list[Server] = []


class Settled(BaseModel):
    """Whose servers are that were in doubt, as somebody has said.

    Attributes:
        ours: ids of those that the run has bought.
        others: ids of those that it has not.
        passed: what of the run was done or under way then: for that it comes too late.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    passed: frozenset[str] = frozenset()


class ScaleOutSpec(BaseModel):
    """What is bought.

    Attributes:
        image: what the servers are built from, in their region.
        plan: their size, and what one costs for a month.
        count: how many.
        period_months: how long they are paid for.
        auto_renew: whether they renew themselves for the same time.
        data_disk_size: GiB of the data disk of each; 0 for none.
        rules: ports to be opened on each.
        tags: of each.
        command: run in each.
        settled: what was said of servers that were in doubt.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: CustomImage
    plan: ServerPlan
    count: int
    period_months: int = 1
    auto_renew: bool = False
    data_disk_size: int = 0
    rules: tuple[NewFirewallRule, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)
    command: Command | None = None
    settled: tuple[Settled, ...] = ()

    @property
    def region_id(self) -> str:
        """Where."""
        return self.image.region_id

    @property
    def windows(self) -> bool:
        """Whether the image is Windows."""
        return self.image.os_type.lower() == "windows"

    def ours(self, gate_name: str, known: Collection[str]) -> list[str]:
        """Servers that somebody has said are the run's, before a gate was passed, beside those it knows."""
        said = [i for s in self.settled if gate_name not in s.passed for i in s.ours]
        return [i for i in dict.fromkeys(said) if i not in known]

    @property
    def waves(self) -> list[int]:
        """How many servers each purchase is for."""
        full, rest = divmod(self.count, MOST)
        return [MOST] * full + ([rest] if rest else [])


def scale_out(spec: ScaleOutSpec) -> Script[ScaledOut]:
    """The script of the verb."""
    bought: list[Ref] = []
    refusal: Refused | None = None
    for number, count in enumerate(spec.waves, 1):
        got, refusal = yield from _buy(spec, number, count, bought)
        bought += got
        if refusal is not None:
            break
    numbered = {str(number): ref for number, ref in enumerate(bought, 1)}
    came = yield from fork_tolerant(
        "servers", {number: _gets_ready(spec, ref) for number, ref in numbered.items()}
    )
    ids = [ref.id for ref in bought]
    there = yield from ask(
        "built",
        lambda c: list(c.swas.list_instances(spec.region_id, ids=ids)),
        record=list[Server],
        foreseen=_NONE,
    )
    listed = {s.id: s for s in there}
    servers = tuple(_built(ref, listed.get(ref.id), came[number]) for number, ref in numbered.items())
    missing = max(spec.count - len(servers), 0)
    said = f"{refusal.code}: {refusal.message}" if refusal else ""
    return ScaledOut(
        servers=servers,
        image=spec.image,
        server_plan=spec.plan,
        missing=missing,
        refusal=said,
        left=tuple(_left(spec, servers, missing, said)),
    )


def _buy(
    spec: ScaleOutSpec, number: int, count: int, before: Sequence[Ref]
) -> Script[tuple[list[Ref], Refused | None]]:
    """One purchase, with what it takes to be sure of it; what was bought, and a refusal if it was cut short."""
    got: list[Ref] = []
    perhaps: tuple[Ref, ...] = ()
    for turn in count_from(1):
        key = str(number) if turn == 1 else f"{number}-{turn}"
        known = frozenset(ref.id for ref in (*before, *got))
        title = "see whether an earlier try may have bought servers"
        yield from gate(clear(key), title, _in_doubt(spec, known, {ref.id for ref in perhaps}))
        ours = spec.ours(clear(key), known)[: count - len(got)]
        if ours:
            refs = tuple(Ref(kind="swas.server", id=i, region_id=spec.region_id) for i in ours)
            take = TakeServers(name=f"take-{key}", servers=refs, image_id=spec.image.id)
            got += yield from do(take)
            yield from do(TagServers(name=f"taken-{key}", servers=refs, tags=spec.tags))
            perhaps = ()
        else:
            there = yield from ask(f"before-{key}", _ids(spec), record=list[str], foreseen=_NOBODY)
            step = _purchase(spec, key, count - len(got), there, already=len(before) + len(got))
            # Where something was bought already, a refusal is a result; else the run pauses.
            bought = yield from attempt(step, *(CUT_SHORT if before or got else ()))
            if isinstance(bought, Refused):
                return got, bought
            if bought.servers:
                title = f"see whether the servers are in {spec.region_id}"
                yield from gate(f"region-{key}", title, _made_there(spec, bought.servers))
                yield from do(TagServers(name=tagging(key), servers=bought.servers, tags=spec.tags))
            got += bought.servers
            perhaps = bought.perhaps
        if len(got) >= count:
            break
    return got, None


def _purchase(spec: ScaleOutSpec, key: str, count: int, there: Sequence[str], *, already: int) -> BuyServers:
    return BuyServers(
        name=purchase(key),
        region_id=spec.region_id,
        image_id=spec.image.id,
        plan_id=spec.plan.id,
        price=spec.plan.price,
        currency=spec.plan.currency,
        count=count,
        period_months=spec.period_months,
        auto_renew=spec.auto_renew,
        data_disk_size=spec.data_disk_size,
        before=tuple(there),
        already=already,
    )


def _ids(spec: ScaleOutSpec) -> Callable[[Cloud], list[str]]:
    return lambda cloud: [s.id for s in cloud.swas.list_instances(spec.region_id)]


def clear(key: str) -> str:
    """The name of the gate before a purchase."""
    return f"clear-{key}"


def doubtful(cloud: Cloud, spec: ScaleOutSpec, perhaps: Collection[str] = ()) -> list[Server]:
    """Servers that an earlier try may have bought: no run has tagged them, and nobody said whose they are.

    Args:
        cloud: to read with.
        spec: what is bought.
        perhaps: ids of servers that have come about since a purchase without an answer. Beside them
            count the young ones of the same image and plan: the journal of an earlier call may be lost.
    """
    image = next(iter(cloud.swas.list_custom_images(spec.region_id, ids=[spec.image.id])), None)
    made = image.used_by if image else ()
    said = {i for s in spec.settled for i in (*s.ours, *s.others)}

    def like_ours(server: Server) -> bool:
        age = cloud.clock.age(server.created_at)
        young = age is None or age < LATELY
        built = server.image_id == spec.image.id or server.id in made
        return young and built and server.plan_id == spec.plan.id

    return [
        s
        for s in cloud.swas.list_instances(spec.region_id)
        if RUN_TAG not in s.tags and s.id not in said and (s.id in perhaps or like_ours(s))
    ]


def _in_doubt(
    spec: ScaleOutSpec, known: Collection[str], perhaps: Collection[str]
) -> Callable[[Cloud], Sequence[Check]]:
    def look(cloud: Cloud) -> Sequence[Check]:
        if elsewhere := check_endpoint(cloud, spec.region_id):
            return elsewhere
        found = [s for s in doubtful(cloud, spec, perhaps) if s.id not in known]
        if not found:
            return ()
        ids = [s.id for s in found]
        why = (
            "a purchase got no answer in time" if perhaps else "they were made lately, and no run knows them"
        )
        raise OutcomeUnknown(
            f"servers that this run may have bought already: {'; '.join(map(described, found))}. Nothing more "
            f"is bought before it is clear whose they are: {why}",
            ids,
            f"look at them in the console; then lift.runs.resume(id, amend={ids!r}) with those that are the run's, "
            "or amend=[] where none is; in a terminal swaslift resume with --ours SERVER for each, or --none-ours",
        )

    return look


def _made_there(spec: ScaleOutSpec, servers: Sequence[Ref]) -> Callable[[Cloud], Sequence[Check]]:
    """Whether servers were made in the region that was asked for: the service goes by its endpoint instead."""
    ids = [ref.id for ref in servers]

    def look(cloud: Cloud) -> Sequence[Check]:
        found: list[Server] = []
        for attempts_left in reversed(range(LOOKS)):
            found = list(cloud.swas.list_instances(spec.region_id, ids=ids))
            if len(found) == len(ids) or not attempts_left:
                break
            cloud.clock.sleep(LOOK_SECONDS)  # a list lags behind a purchase
        wrong = [s for s in found if s.region_id != spec.region_id]
        if not wrong:
            return ()
        where = ", ".join(sorted({s.region_id for s in wrong}))
        problem = (
            f"bought in {where}, though {spec.region_id} was asked for: the service goes by the host that it is asked "
            "at. Nothing more is bought"
        )
        remedy = (
            f"Check endpoint_url and what answers at it; undo the run, which ends it. The servers stay, and are paid "
            f"for, in {where}"
        )
        return [Check("region", ", ".join(s.id for s in wrong), problem, remedy)]

    return look


def described(server: Server) -> str:
    """A server that is in doubt, in words."""
    made = f", made {minute(server.created_at)}" if server.created_at else ""
    return f"{server.name or 'a server'} ({server.id}{made})"


# -- one server ------------------------------------------------------------------------------------


def _gets_ready(spec: ScaleOutSpec, ref: Ref) -> Script[BuiltServer]:
    up = yield from until(_up(ref))
    if up.status != "Running":
        return BuiltServer(id=ref.id, ready=False, problem=f"it was not Running after {duration(UP_SECONDS)}")
    if spec.rules:
        yield from do(OpenPorts(name="ports", region_id=ref.region_id, server_id=ref.id, rules=spec.rules))
    if spec.command is None:
        return BuiltServer(id=ref.id, ready=True)
    result = yield from run_until_delivered(
        ref.region_id, ref.id, spec.command, windows=spec.windows, purpose="when it runs"
    )
    ended = failed(result, "in it")
    return BuiltServer(id=ref.id, ready=ended is None, problem=ended.reason if ended else "", command=result)


def _up(ref: Ref) -> Wait[Server]:
    def shows(status: str) -> Server:
        return Server(account_id="", region_id=ref.region_id, id=ref.id, name=ref.name, status=status)

    condition = watches.server_running(ref.region_id, ref.id)
    return Wait(
        "running",
        condition,
        Server,
        shows("Running"),
        title="server running",
        timeout=UP_SECONDS,
        if_late=shows("Pending"),
    )


def _built(ref: Ref, server: Server | None, came: BuiltServer | Failed) -> BuiltServer:
    if isinstance(came, Failed):
        came = BuiltServer(id=ref.id, ready=False, problem=came.reason)
    return came.model_copy(update={"server": server})


def _left(spec: ScaleOutSpec, servers: Sequence[BuiltServer], missing: int, refusal: str) -> list[str]:
    left = [
        f"The server {b.id} was bought and is not ready: {b.problem}. It is paid for; see to it, and to what is "
        "still to be done on it, by hand."
        for b in servers
        if not b.ready
    ]
    if missing:
        left.append(
            f"{missing} of {counted(spec.count, 'server')} not bought ({refusal}). Nothing was paid for them; "
            f"call again with count={missing} and again=True."
        )
    return left
