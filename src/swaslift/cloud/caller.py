"""One call of one API action, with the policy, the translation of errors and the trace around it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from swaslift.cloud import faults, sdk
from swaslift.cloud.credentials import refuses_keys
from swaslift.cloud.endpoints import Product
from swaslift.cloud.parse import given, number
from swaslift.cloud.policy import CallPolicy
from swaslift.errors import AuthError, NotFoundError

logger = logging.getLogger("swaslift.cloud")

T = TypeVar("T")


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

    def __init__(self, clients: sdk.SdkClients, policy: CallPolicy) -> None:
        self._clients = clients
        self._policy = policy
        self.observers: list[Observer] = []

    def read(
        self, product: Product, action: str, region_id: str, params: dict[str, Any], *, patient: bool = True
    ) -> dict[str, Any]:
        """A call that changes nothing."""
        return self._carry(product, action, region_id, params, _whole, repeatable=True, patient=patient)

    def read_as(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Callable[[dict[str, Any]], T],
        *,
        patient: bool = True,
    ) -> T:
        """A call that changes nothing, and what it is made for; an answer without that is none."""
        return self._carry(product, action, region_id, params, answer, repeatable=True, patient=patient)

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
        repeatable = token is not None
        return self._carry(
            product, action, region_id, _with_token(params, token), _whole, repeatable=repeatable
        )

    def create(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Callable[[dict[str, Any]], Any],
        *,
        token: str,
    ) -> str:
        """A call that makes something, and the id of that; an answer without an id is none."""
        params = _with_token(params, token)
        return self._carry(
            product, action, region_id, params, lambda body: _id(answer(body)), repeatable=True
        )

    def create_several(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Callable[[dict[str, Any]], list[Any]],
        *,
        token: str,
        within: float | None = None,
    ) -> tuple[str, ...]:
        """A call that makes several things, and their ids; an answer without any is none.

        ``within``: see `CallPolicy.run`.
        """

        def ids(body: dict[str, Any]) -> tuple[str, ...]:
            return tuple(_id(one) for one in answer(body) or [None])

        params = _with_token(params, token)
        return self._carry(product, action, region_id, params, ids, repeatable=True, within=within)

    def _carry(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        answer: Callable[[dict[str, Any]], T],
        *,
        repeatable: bool,
        patient: bool = True,
        within: float | None = None,
    ) -> T:
        client = self._clients.client(product, region_id)
        send = sdk.prepare(client.client, product, action, params)

        def exchange() -> T:
            return self._exchange(send, answer, product, action, region_id, client.url)

        return self._policy.run(
            lambda: self._with_renewed_keys(exchange, action, region_id),
            repeatable=repeatable,
            patient=patient,
            within=within,
            name=(action, region_id),
        )

    def _with_renewed_keys(self, exchange: Callable[[], T], action: str, region_id: str) -> T:
        """Make an exchange, and once more where the keys were refused and others are found."""
        try:
            return exchange()
        except AuthError as error:
            if not refuses_keys(error) or not self._clients.signer.renewed():
                raise
            logger.info(
                "%s in %s: the keys were refused (%s), others were found", action, region_id, error.code
            )
        return exchange()

    def _exchange(
        self,
        send: sdk.Send,
        answer: Callable[[dict[str, Any]], T],
        product: Product,
        action: str,
        region_id: str,
        url: str,
    ) -> T:
        self._tell(Exchange("before", product, action, region_id))
        try:
            found = _read(send(), answer)
        except Exception as error:  # noqa: BLE001  # whatever the SDK makes of an answer is translated
            failed = faults.translate(error, action=action, region_id=region_id, url=url)
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
        items: Callable[[dict[str, Any]], list[dict[str, Any]]],
        *,
        size: int | None = 100,
        at_most: int | None = None,
        by_token: bool = False,
        patient: bool = True,
    ) -> Iterator[dict[str, Any]]:
        """The items of all pages, fetched as they are asked for.

        Of numbered pages, one shorter than its size is the last: a total that changes while paging,
        or comes as a string (``ListCustomImages``), cannot end the list early or make it endless. The
        size is the one that the service says it used.

        Args:
            product: see `read`.
            action: see `read`.
            region_id: see `read`.
            params: see `read`.
            items: takes the items out of a page.
            size: items a page; None where the action pages by token and takes no size.
            at_most: how many there can be, where ids were asked for.
            by_token: the action pages by ``NextToken``; a page without one is the last.
            patient: see `CallPolicy.run`.
        """
        turn = _Pages(size, by_token=by_token)
        seen = 0
        while not turn.over and (at_most is None or seen < at_most or not turn.begun):
            body = self.read(product, action, region_id, {**params, **turn.params()}, patient=patient)
            page = items(body)
            seen += len(page)
            yield from page
            turn.after(body, len(page))


class _Pages:
    """Where a list stands: the next page's number or token."""

    def __init__(self, size: int | None, *, by_token: bool) -> None:
        self._size = size
        self._by_token = by_token
        self._next: str | int = "" if by_token else 1
        self.begun = False
        self.over = False

    def params(self) -> dict[str, Any]:
        """The parameters that ask for the next page."""
        if self._by_token:
            return given(MaxResults=self._size, NextToken=self._next or None)
        return {"PageNumber": self._next, "PageSize": self._size}

    def after(self, body: dict[str, Any], found: int) -> None:
        """Take notice of a page."""
        self.begun = True
        if self._by_token:
            token = body.get("NextToken") or ""
            self.over = token in {"", self._next}
            self._next = token
        else:
            size = self._size or found
            used = number(body.get("PageSize")) or size
            self.over = found < min(size, used) or found == 0
            self._next = int(self._next) + 1


def _read(body: dict[str, Any], answer: Callable[[dict[str, Any]], T]) -> T:
    """What an answer was asked for.

    The SDK makes an empty list of a list that is missing, and "nothing there" means "gone" to those
    who wait: so an answer counts only with its request id.
    """
    if not isinstance(body, dict) or not body.get("RequestId"):
        raise faults.NotTheService("no request id")
    return answer(body)


def _whole(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _id(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise faults.NotTheService("no id of what was made")
    return value


def _with_token(params: dict[str, Any], token: str | None) -> dict[str, Any]:
    return params if token is None else {**params, "ClientToken": token}


def by_ids(fetch: Callable[[Sequence[str] | None], Iterator[T]], ids: Sequence[str] | None) -> Iterator[T]:
    """The items with these ids, without those that are not there; None asks for all.

    Some actions are documented to answer 404 where one of many ids is unknown; then the ids are
    asked for by halves.
    """
    if ids is None:
        yield from fetch(None)
    elif ids:
        found: list[T] = []
        try:
            found = list(fetch(ids))
        except NotFoundError:
            half = len(ids) // 2
            if half:
                yield from by_ids(fetch, ids[:half])
                yield from by_ids(fetch, ids[half:])
        yield from found
