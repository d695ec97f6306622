"""One call of one API action, with the policy, the translation of errors and the trace around it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from swaslift.cloud import faults, sdk
from swaslift.cloud.credentials import refuses_keys
from swaslift.cloud.dated import HEARD
from swaslift.cloud.endpoints import Product
from swaslift.cloud.parse import Fields, Unreadable, given
from swaslift.cloud.policy import CallPolicy
from swaslift.errors import AuthError, NotFoundError, ServerError, TransportError
from swaslift.redaction import remember_call

logger = logging.getLogger("swaslift.cloud")

T = TypeVar("T")

Answer = Callable[[Fields], T]
"""Takes what a call is made for out of its answer."""

ROUNDS = 3
"""How often a list that stays short of its total is read from its beginning."""
BARREN = 3
"""Numbered pages in a row without anything new after which a round ends, if the total puts its end before them."""
BARREN_BY_TOKEN = 50
"""The same of pages that each name a next one."""
MOST_PAGES = 10_000


def _id(record: object) -> object:
    """What a record is told by: its id, or its name where it has none."""
    return getattr(record, "id", None) or getattr(record, "name", record)


@dataclass(frozen=True)
class Exchange:
    """What an observer is told around each HTTP exchange; parameters are left out on purpose."""

    phase: Literal["before", "after"]
    product: Product
    action: str
    region_id: str
    error: Exception | None = None


Observer = Callable[[Exchange], None]


class Caller:
    """Sends calls. Thread-safe."""

    def __init__(
        self, clients: sdk.SdkClients, policy: CallPolicy, dated: Callable[[str | None], None]
    ) -> None:
        self._clients = clients
        self._policy = policy
        self._dated = dated
        self.observers: list[Observer] = []

    def read(
        self, product: Product, action: str, region_id: str, params: dict[str, Any], *, patient: bool = True
    ) -> dict[str, Any]:
        """A call that changes nothing, and its whole answer."""
        return self.read_as(product, action, region_id, params, _whole, patient=patient)

    def read_as(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Answer[T],
        *,
        patient: bool = True,
    ) -> T:
        """A call that changes nothing, and what it is made for.

        Raises:
            UnreadableAnswer: ``answer`` cannot read it.
        """
        call = _Call(product, action, region_id, changes=False)
        return self._carry(call, params, answer, repeatable=True, patient=patient)

    def read_anywhere(
        self,
        product: Product,
        action: str,
        regions: Sequence[str],
        params: dict[str, Any],
        answer: Answer[T],
    ) -> T:
        """A call that each region answers alike, sent to the first host that answers.

        Raises:
            TransportError: none of them does; the error of the first.
        """
        hosts = {self._clients.client(product, r).url: r for r in reversed(regions)}
        failed: list[TransportError] = []
        for region_id in reversed(hosts.values()):
            try:
                return self.read_as(product, action, region_id, params, answer)
            except TransportError as error:
                failed.append(error)
        raise failed[0]

    def change(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        *,
        token: str | None = None,
    ) -> dict[str, Any]:
        """A call that changes something; ``token`` where the action takes a ``ClientToken``."""
        return self.change_as(product, action, region_id, params, _whole, token=token)

    def change_as(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Answer[T],
        *,
        token: str | None = None,
        within: float | None = None,
    ) -> T:
        """A call that changes something, and what its answer tells, e.g. the id of what was made.

        ``within``: see `CallPolicy.run`.

        Raises:
            UnreadableAnswer: ``answer`` cannot read it, so that it is not known what was done.
        """
        call = _Call(product, action, region_id, changes=True)
        params = params if token is None else {**params, "ClientToken": token}
        return self._carry(call, params, answer, repeatable=token is not None, within=within)

    def _carry(
        self,
        call: _Call,
        params: dict[str, Any],
        answer: Answer[T],
        *,
        repeatable: bool,
        patient: bool = True,
        within: float | None = None,
    ) -> T:
        remember_call(params)
        client = self._clients.client(call.product, call.region_id)
        send = sdk.prepare(client.client, call.product, call.action, params)

        def exchange() -> T:
            return self._exchange(send, answer, call, client.url)

        return self._policy.run(
            lambda: self._with_renewed_keys(exchange, call),
            repeatable=repeatable,
            patient=patient,
            within=within,
            name=(call.action, call.region_id),
        )

    def _with_renewed_keys(self, exchange: Callable[[], T], call: _Call) -> T:
        """Make an exchange, and once more where the keys were refused and others are found."""
        try:
            return exchange()
        except AuthError as error:
            if not refuses_keys(error) or not self._clients.signer.renewed():
                raise
            logger.info(
                "%s in %s: the keys were refused (%s), others were found",
                call.action,
                call.region_id,
                error.code,
            )
        return exchange()

    def _exchange(self, send: sdk.Send, answer: Answer[T], call: _Call, url: str) -> T:
        product, action, region_id = call.product, call.action, call.region_id
        HEARD.set(self._dated)
        self._tell(Exchange("before", product, action, region_id))
        request_id: str | None = None
        try:
            body = _checked(send())
            request_id = body.text("RequestId")
            found = answer(body)
        except Exception as error:  # noqa: BLE001  # whatever the SDK makes of an answer is translated
            failed = faults.translate(
                error,
                action=action,
                region_id=region_id,
                url=url,
                changes=call.changes,
                request_id=request_id,
            )
        else:
            logger.debug("%s %s in %s: ok", product, action, region_id)
            self._tell(Exchange("after", product, action, region_id))
            return found
        logger.debug("%s %s in %s: %s", product, action, region_id, failed)
        self._tell(Exchange("after", product, action, region_id, failed))
        # Raised out here, so that the SDK's error, which holds the signed request, is not its context.
        raise failed.with_traceback(None)

    def _tell(self, exchange: Exchange) -> None:
        for observer in self.observers:
            observer(exchange)

    def pages(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        path: Sequence[str],
        record: Answer[T],
        *,
        key: Callable[[T], object] = _id,
        size: int | None = 100,
        at_most: int | None = None,
        by_token: bool = False,
        patient: bool = True,
    ) -> Iterator[T]:
        """The records of all pages, fetched as they are asked for; each once, whatever the pages repeat.

        A list ends when there are as many records as its ``TotalCount`` says and its last page is read: a page
        can be short or empty before. The total can change while pages are read; the last one counts. Where there
        is none, a short page is the last, or one without ``NextToken``. A list that stays short is read again
        from its beginning, and is an error when it is short in each of `ROUNDS` rounds.

        Args:
            product: see `read`.
            action: see `read`.
            region_id: see `read`.
            params: see `read`.
            path: where the list is in a page.
            record: makes a record of an item.
            key: what tells one record from another.
            size: items a page; None where the action pages by token and takes no size.
            at_most: how many there can be, where ids were asked for.
            by_token: the action pages by ``NextToken``.
            patient: see `CallPolicy.run`.

        Raises:
            UnreadableAnswer: an item cannot be read, or the list stays short of its total.
        """
        seen: set[object] = set()

        def fetch(turn: dict[str, Any]) -> _Page[T]:
            return self.read_as(
                product,
                action,
                region_id,
                {**params, **turn},
                lambda body: _page(body, path, record),
                patient=patient,
            )

        for _ in range(ROUNDS):
            turn = _Turn(size, by_token=by_token)
            while turn.more:
                page = fetch(turn.params())
                fresh = {key(item): item for item in page.items if key(item) not in seen}
                seen.update(fresh)
                yield from fresh.values()
                if at_most is not None and len(seen) >= at_most:
                    return
                turn.after(page, len(fresh), len(seen))
            if turn.complete:
                return
        raise faults.unreadable(
            turn.problem(len(seen)),
            action=action,
            region_id=region_id,
            url=self._clients.client(product, region_id).url,
            request_id=None,
            changes=False,
        )


@dataclass(frozen=True)
class _Call:
    product: Product
    action: str
    region_id: str
    changes: bool


@dataclass(frozen=True)
class _Page(Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int | None
    size: int | None
    token: str


def _page(body: Fields, path: Sequence[str], record: Answer[T]) -> _Page[T]:
    """A page; the list may be missing where the total says that it is empty."""
    total = body.whole_number("TotalCount")
    items = body.items(*path, needed=total != 0)
    return _Page([record(i) for i in items], total, body.whole_number("PageSize"), body.text("NextToken"))


class _Turn:
    """Where one round of a list stands: the next page's number or token."""

    def __init__(self, size: int | None, *, by_token: bool) -> None:
        self._size = size
        self._by_token = by_token
        self._read = 0
        self._token = ""
        self._used: set[str] = set()
        self._barren = 0
        self._total: int | None = None
        self.more = True
        self.complete = False

    def params(self) -> dict[str, Any]:
        """The parameters that ask for the next page."""
        if self._by_token:
            return given(MaxResults=self._size, NextToken=self._token or None)
        return {"PageNumber": self._read + 1, "PageSize": self._size}

    def after(self, page: _Page[Any], fresh: int, seen: int) -> None:
        """Take notice of a page.

        Args:
            page: the page.
            fresh: how many of its items were not seen before.
            seen: how many different items were seen so far.
        """
        self._read += 1
        self._total = page.total
        self._barren = 0 if fresh else self._barren + 1
        if self._by_token:
            self._by_its_token(page, seen)
        else:
            self._by_its_number(page, fresh, seen)
        self.more = self.more and not self.complete and self._read < MOST_PAGES

    def _by_its_token(self, page: _Page[Any], seen: int) -> None:
        self._used.add(self._token)
        # A token that was used before leads back, not on: only the total tells that nothing is missing.
        leads_on = bool(page.token) and page.token not in self._used
        reached = seen >= page.total if page.total is not None else not page.token
        self.complete = not leads_on and reached
        self.more = leads_on and self._barren < BARREN_BY_TOKEN
        self._token = page.token

    def _by_its_number(self, page: _Page[Any], fresh: int, seen: int) -> None:
        asked = self._size or max(len(page.items), 1)
        size = min(asked, page.size) if page.size and page.size > 0 else asked
        enough = page.total is None or seen >= page.total
        self.complete = enough and (len(page.items) < size or not fresh)
        past_its_end = page.total is None or self._read * size >= page.total
        self.more = self._barren < BARREN or not past_its_end

    def problem(self, seen: int) -> Unreadable:
        """Why the list cannot be read to its end."""
        if self._token:
            return Unreadable("NextToken", self._token, "a token that leads on to more items")
        expected = f"as many items; {seen} came in each of {ROUNDS} rounds"
        return Unreadable("TotalCount", self._total, expected)


def _checked(body: object) -> Fields:
    """The answer to a call.

    Without a request id it is not an answer of the service. With status 200 it can be an error's, too.
    """
    if not isinstance(body, dict) or not body.get("RequestId"):
        raise faults.NotTheService("without a request id")
    code, message = body.get("Code"), body.get("Message")
    if isinstance(code, str) and isinstance(message, str) and code.lower() not in _FINE:
        raise faults.ErrorBody(code, message, str(body["RequestId"]))
    return Fields(body)


_FINE = frozenset({"", "200", "ok", "success"})


def _whole(body: Fields) -> dict[str, Any]:
    return body.whole


MOST_IDS = 100
"""Ids that a call takes (DescribeInstances, DescribeDisks, DescribeSnapshots, and the lists of SWAS)."""


def by_ids(
    fetch: Callable[[Sequence[str] | None], Iterator[T]], ids: Sequence[str] | None, *, fails: bool = False
) -> Iterator[T]:
    """The items with these ids, without those that are not there; None asks for all.

    Some actions are documented to answer 404 where one of many ids is unknown; then the ids are
    asked for by halves.

    Args:
        fetch: asks for ids.
        ids: the ids.
        fails: the action may also answer 500 ``InternalError`` to an unknown id. An id to which it does so again
            and again, while others are answered, is not there. Where none is answered, that is open.

    Raises:
        ServerError: the service failed; the hint says when that may mean that an id is unknown.
    """
    if ids is None:
        yield from fetch(None)
        return
    search = _Search(fetch, fails=fails, several=len(ids) > 1)
    for first in range(0, len(ids), MOST_IDS):
        search.by_halves(ids[first : first + MOST_IDS])
    if search.failed and not search.found:
        raise perhaps_unknown(search.failed[0])
    yield from search.found


@dataclass
class _Search(Generic[T]):
    """The search for several ids, some of which may be unknown."""

    fetch: Callable[[Sequence[str] | None], Iterator[T]]
    fails: bool
    several: bool
    found: list[T] = field(default_factory=list)
    failed: list[ServerError] = field(default_factory=list)
    """Of single ids, those that failed each time."""

    def by_halves(self, ids: Sequence[str]) -> None:
        """Ask for ids, and where one of them is unknown for each half of them."""
        if not ids or (self.failed[2:] and not self.found):
            return  # nothing, or a service that fails as a whole
        try:
            self.found += self.fetch(ids)
        except NotFoundError:
            if len(ids) == 1:
                return
        except ServerError as error:
            if not self.fails or error.code != _INTERNAL:
                raise
            if len(ids) == 1:
                self._again(ids, error)
                return
        else:
            return
        half = len(ids) // 2
        self.by_halves(ids[:half])
        self.by_halves(ids[half:])

    def _again(self, ids: Sequence[str], error: ServerError) -> None:
        """Ask for one id again: one failure is no proof, and several are one only while others are answered."""
        for _ in range(_FAILURES - 1 if self.several else 0):
            try:
                self.found += self.fetch(ids)
            except ServerError as again:
                error = again
            else:
                return
        self.failed.append(error)


_INTERNAL = "InternalError"
_FAILURES = 3
"""How often one id has to fail."""


def perhaps_unknown(error: ServerError) -> ServerError:
    """The same error, which says that the id may be unknown."""
    return ServerError(
        error.service_message,
        action=error.action,
        code=error.code,
        http_status=error.http_status,
        request_id=error.request_id,
        region_id=error.region_id,
        retryable=error.retryable,
        hint="The service failed. It is also said to answer so to the id of a server that does not exist, or not in "
        "this region: check the id in the console. Otherwise try again later.",
    )
