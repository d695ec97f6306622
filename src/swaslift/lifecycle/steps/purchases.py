"""Buying SWAS servers: a change that spends money, cannot be taken back, and leaves no mark of its own.

``CreateInstances`` takes no tag and no name. Its token makes a repetition harmless for as long as the
service remembers it, and no document tells how long. So a purchase without an answer is sent again
with its token for `TOKEN_SECONDS`; after that, and wherever else there is doubt, it is looked whether
servers have come about since, and what was seen is the outcome: somebody has to say whose they are.
An age that nobody can tell is such a doubt.
Servers that were bought are tagged at once, so that even without the journal they are found.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from swaslift.cloud import Cloud
from swaslift.errors import ApiError, NotFoundError, OfferChanged, OutcomeUnknown
from swaslift.lifecycle.waits import server_seen
from swaslift.models import Server
from swaslift.runs.effects import Script, do, fork, until
from swaslift.runs.step import RUN_TAG, STEP_TAG, Mark, Ref, Step
from swaslift.wording import counted, day, money

TOKEN_SECONDS = 60.0
"""For how long a purchase without an answer is sent again, relying on its token."""

LOOKS = 12
LOOK_SECONDS = 5.0
"""Where nothing is seen of a purchase, it is looked this often and at this distance: lists lag."""

MOST = 20
"""Servers that one ``CreateInstances`` makes."""

_ANEW = (
    "undo the run, which ends it, and call again (again=True): its plan asks for leave to spend what it costs now; or "
    "resume it when that has come down"
)

_BUY, _TAG = "buy-", "tag-"


def purchase(key: str) -> str:
    """The name of the step that buys."""
    return f"{_BUY}{key}"


def tagging(key: str) -> str:
    """The name of the step that tags what was bought."""
    return f"{_TAG}{key}"


class Bought(BaseModel):
    """What a purchase came to.

    Attributes:
        servers: what was bought.
        perhaps: what has come about since a purchase that got no answer. Then ``servers`` is empty.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    servers: tuple[Ref, ...] = ()
    perhaps: tuple[Ref, ...] = ()


class BuyServers(Step[Bought]):
    """``CreateInstances``.

    Attributes:
        price: what one was to cost for a month when the run was agreed to, in ``currency``.
        before: ids of the servers that were there before.
        already: how many the run has bought before; a plan numbers the new ones on from there.
    """

    kind: ClassVar[str] = "swas.CreateInstances"
    outcome: ClassVar[Any] = Bought
    writes: ClassVar[tuple[str, ...]] = ("CreateInstances",)

    region_id: str
    image_id: str
    plan_id: str
    price: float
    currency: str
    count: int
    period_months: int
    auto_renew: bool = False
    data_disk_size: int = 0
    before: tuple[str, ...] = ()
    already: int = 0

    @property
    def title(self) -> str:
        number = "a server" if self.count == 1 else f"{self.count} servers"
        return f"buy {number} ({self.plan_id}) from the image {self.image_id}"

    @property
    def minutes(self) -> float:
        return 2

    @property
    def charged(self) -> str | None:
        return (
            f"{counted(self.count, 'subscription')} of {counted(self.period_months, 'month')}, paid at once"
        )

    @property
    def irreversible(self) -> str | None:
        return "no API of SWAS gives back the money"

    @property
    def bought(self) -> bool:
        return True

    def find(self, cloud: Cloud, mark: Mark) -> Bought | None:
        tagged = self._tagged(cloud, mark)
        for _ in range(LOOKS):
            if not tagged or len(tagged) == self.count:
                break
            # They are tagged by one call, but need not be listed all at once.
            cloud.clock.sleep(LOOK_SECONDS)
            tagged = self._tagged(cloud, mark)
        if tagged:
            return Bought(servers=tagged)
        late = self._late(cloud, mark)
        if not late and mark.attempt == 1:
            return None
        seen = self._since(cloud)
        for _ in range(LOOKS if late else 0):
            if seen:
                break
            cloud.clock.sleep(LOOK_SECONDS)
            seen = self._since(cloud)
        # Nothing has come about: it was not carried out, and may be sent.
        return Bought(perhaps=seen) if seen else None

    def _late(self, cloud: Cloud, mark: Mark) -> bool:
        """Whether it may have been sent before, and the token is too old, or of unknown age, to be relied on."""
        age = cloud.clock.age(mark.since)
        return mark.again and (age is None or age > TOKEN_SECONDS)

    def _tagged(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...]:
        head, _, key = mark.step.rpartition(_BUY)
        tags = {RUN_TAG: mark.run_id, STEP_TAG: f"{head}{tagging(key)}"}
        return tuple(server_ref(s) for s in cloud.swas.list_instances(self.region_id, tags=tags))

    def _since(self, cloud: Cloud) -> tuple[Ref, ...]:
        """Servers of the plan that were not there before, and that no run has tagged.

        The image is not asked for: no document says under which id a server names a custom image.
        """
        return tuple(
            server_ref(s)
            for s in cloud.swas.list_instances(self.region_id)
            if s.plan_id == self.plan_id and s.id not in self.before and RUN_TAG not in s.tags
        )

    def check_offer(self, cloud: Cloud) -> None:
        sold = next((p for p in cloud.swas.list_plans(self.region_id) if p.id == self.plan_id), None)
        nothing = f"Of {counted(self.count, 'server')} that were to be bought now, none was"
        if sold is None:
            raise OfferChanged(
                f"the plan {self.plan_id} is no longer sold in {self.region_id}. {nothing}",
                code="NotSold",
                remedy=_ANEW,
            )
        if sold.currency == self.currency and sold.price <= self.price:
            return
        number = self.count * self.period_months
        raise OfferChanged(
            f"the plan {self.plan_id} costs {money(sold.price, sold.currency)} a month, and "
            f"{money(self.price, self.currency)} when the run was agreed to: {counted(self.count, 'server')} for "
            f"{counted(self.period_months, 'month')} {money(sold.price * number, sold.currency)}, and not "
            f"{money(self.price * number, self.currency)}. {nothing}",
            code="PriceRisen",
            remedy=_ANEW,
        )

    def make(self, cloud: Cloud, mark: Mark) -> Bought:
        # The checks since `find` take time: throttled, or with the machine suspended.
        if self._late(cloud, mark) and (seen := self._since(cloud)):
            return Bought(perhaps=seen)
        try:
            made = cloud.swas.create_instances(
                self.region_id,
                self.image_id,
                self.plan_id,
                period_months=self.period_months,
                amount=self.count,
                data_disk_size=self.data_disk_size,
                auto_renew=self.auto_renew,
                auto_renew_months=self.period_months if self.auto_renew else None,
                token=mark.token,
                within=TOKEN_SECONDS,
            )
        except ApiError as error:
            if error.code != "IdempotentParameterMismatch":
                raise
            # The token is known, so something was bought with it: another one would buy once more.
            raise OutcomeUnknown(f"{self.title}: the token was used before ({error})") from error
        return Bought(servers=tuple(self._ref(i) for i in made))

    def _ref(self, server_id: str) -> Ref:
        return Ref(kind="swas.server", id=server_id, region_id=self.region_id)

    def foresee(self) -> Bought:
        numbers = range(self.already + 1, self.already + self.count + 1)
        return Bought(servers=tuple(self._ref(f"<new server {n}>") for n in numbers))

    def makes(self, outcome: Bought) -> tuple[Ref, ...]:
        return outcome.servers

    def undo_title(self, outcome: Bought, prior: JsonValue) -> str:
        del prior
        if outcome.perhaps:
            ids = ", ".join(ref.id for ref in outcome.perhaps)
            return f"stays: {ids}, which may be the run's; a server that was bought cannot be given back"
        return _cannot_be_given_back(outcome.servers)

    def undo(self, outcome: Bought, prior: JsonValue) -> Script[str | None]:
        del prior
        if outcome.perhaps:
            yield from do(TakeServers(name="perhaps", servers=outcome.perhaps))
            paid = yield from stays(outcome.perhaps, renews=self.auto_renew)
            return (
                f"{self.title}: no answer came, and servers have come about since; look in the console whether they "
                f"are the run's. If so: {paid}"
            )
        return (yield from stays(outcome.servers, renews=self.auto_renew))


class TakeServers(Step[tuple[Ref, ...]]):
    """Take servers for the run's own, because somebody said so. Changes nothing.

    Attributes:
        image_id: what they were built from; empty where that does not matter.
    """

    kind: ClassVar[str] = "swas.TakeServers"
    outcome: ClassVar[Any] = tuple[Ref, ...]

    servers: tuple[Ref, ...]
    image_id: str = ""

    @property
    def title(self) -> str:
        return f"take for the run's own: {', '.join(ref.id for ref in self.servers)}"

    def find(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...] | None:
        del cloud, mark
        return self.servers

    def make(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...]:
        del cloud, mark
        return self.servers

    def foresee(self) -> tuple[Ref, ...]:
        return self.servers

    def makes(self, outcome: tuple[Ref, ...]) -> tuple[Ref, ...]:
        return outcome

    def undo_title(self, outcome: tuple[Ref, ...], prior: JsonValue) -> str:
        del prior
        return _cannot_be_given_back(outcome)

    def undo(self, outcome: tuple[Ref, ...], prior: JsonValue) -> Script[str | None]:
        del prior
        return (yield from stays(outcome))


class TagServers(Step[bool]):
    """``TagResources`` of servers that were bought: the run's tags, by which they are found, and the user's.

    They stay when the run is undone, as the servers do.
    """

    kind: ClassVar[str] = "swas.TagServers"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("TagResources",)

    servers: tuple[Ref, ...]
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return "tag the server" if len(self.servers) == 1 else f"tag the {len(self.servers)} servers"

    @property
    def _where(self) -> str:
        return self.servers[0].region_id

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        wanted = {**self.tags, **mark.tags}.items()
        listed = cloud.swas.list_instances(self._where, ids=[ref.id for ref in self.servers])
        tagged = [s for s in listed if s.tags.items() >= wanted]
        return True if len(tagged) == len(self.servers) else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        for look in range(LOOKS):
            try:
                cloud.swas.tag_resources(
                    self._where,
                    "instance",
                    [ref.id for ref in self.servers],
                    {**self.tags, **mark.tags},
                    token=mark.token,
                )
            except NotFoundError:
                # What was bought a moment ago need not be known everywhere.
                if look == LOOKS - 1:
                    raise
                cloud.clock.sleep(LOOK_SECONDS)
            else:
                break
        return True

    def foresee(self) -> bool:
        return True

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome, prior
        return f"stays: the tags of {', '.join(ref.id for ref in self.servers)}"


def _cannot_be_given_back(servers: tuple[Ref, ...]) -> str:
    return f"stays: {', '.join(ref.id for ref in servers)}; a server that was bought cannot be given back"


def server_ref(server: Server) -> Ref:
    """A server, as steps name it."""
    return Ref(kind="swas.server", id=server.id, region_id=server.region_id, name=server.name)


def stays(servers: tuple[Ref, ...], *, renews: bool = False) -> Script[str | None]:
    """What an undo says of servers that were bought."""
    if not servers:
        return None
    there = yield from fork("bought", {ref.id: until(server_seen("seen", ref)) for ref in servers})
    ends = {i: f" until {day(s.expires_at)}" for i, s in there.items() if s and s.expires_at}
    paid = "; ".join(f"{ref.id} is paid{ends.get(ref.id, '')}" for ref in servers)
    then = "they renew themselves then: switch that off in the console" if renews else "do not renew them"
    return (
        f"servers that were bought cannot be given back by any API, and run on: {paid}. {then.capitalize()}"
    )
