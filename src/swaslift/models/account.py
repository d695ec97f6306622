"""Who calls, and what it costs."""

from __future__ import annotations

from swaslift.models.base import Record


class Identity(Record):
    """Who signs the calls (STS ``GetCallerIdentity``)."""

    account_id: str


class Price(Record):
    """A price that the service quoted, in the account's currency."""

    amount: float
    currency: str
