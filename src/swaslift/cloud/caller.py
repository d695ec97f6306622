"""One call of one API action, with the policy, the translation of errors and the trace around it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from swaslift.cloud import faults, sdk
from swaslift.cloud.endpoints import Product
from swaslift.cloud.policy import CallPolicy

logger = logging.getLogger("swaslift.cloud")


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
        return self._carry(product, action, region_id, params, repeatable=True, patient=patient)

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
        if token is not None:
            params = {**params, "ClientToken": token}
        return self._carry(product, action, region_id, params, repeatable=token is not None, patient=True)

    def _carry(
        self,
        product: Product,
        action: str,
        region_id: str,
        params: dict[str, Any],
        *,
        repeatable: bool,
        patient: bool,
    ) -> dict[str, Any]:
        target = self._clients.client(product, region_id)
        send = sdk.prepare(target.client, product, action, params)
        return self._policy.run(
            lambda: self._exchange(send, product, action, region_id, target.url),
            repeatable=repeatable,
            patient=patient,
        )

    def _exchange(
        self, send: sdk.Send, product: Product, action: str, region_id: str, url: str
    ) -> dict[str, Any]:
        self._tell(Exchange("before", product, action, region_id))
        try:
            body = send()
        except Exception as error:  # noqa: BLE001  # whatever the SDK raises becomes one of ours
            ours = faults.translate(error, action=action, region_id=region_id, url=url)
            logger.debug("%s %s in %s: %s", product, action, region_id, ours)
            self._tell(Exchange("after", product, action, region_id, ours))
            raise ours from None
        logger.debug("%s %s in %s: ok", product, action, region_id)
        self._tell(Exchange("after", product, action, region_id))
        return body

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
        size: int = 100,
        patient: bool = True,
    ) -> Iterator[dict[str, Any]]:
        """The items of all pages, fetched as they are asked for.

        A page shorter than its size is the last one: a total that changes while paging, or comes
        as a string (``ListCustomImages``), cannot end the list early or make it endless.
        """
        number = 1
        while True:
            body = self.read(
                product,
                action,
                region_id,
                {**params, "PageNumber": number, "PageSize": size},
                patient=patient,
            )
            page = items(body)
            yield from page
            if len(page) < size:
                return
            number += 1
