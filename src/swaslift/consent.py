"""Consents: each names what it allows, so that nobody agrees to more than they saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from swaslift.errors import InvalidArgument
from swaslift.validation import Validated
from swaslift.wording import number

_LIMITS = {"max_monthly": "a month", "max_total": "in total"}


class Consent(Validated):
    """Leave to do one thing that costs money or cannot be taken back."""

    kind: Literal["charges", "erase", "unshare", "stop"]
    resource_id: str | None = Field(default=None, min_length=1)
    max_monthly: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    max_total: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @classmethod
    def charges(cls, *, max_monthly: float | None = None, max_total: float | None = None) -> Consent:
        """Leave to spend, up to a sum in the account's currency: a month, or in total."""
        if max_monthly is None and max_total is None:
            raise InvalidArgument("max_monthly", None, "a limit is needed", "Give max_monthly= or max_total=")
        consent = cls(kind="charges", max_monthly=max_monthly, max_total=max_total)
        for name, value in (("max_monthly", consent.max_monthly), ("max_total", consent.max_total)):
            if value == 0:
                raise InvalidArgument(name, value, "must be above 0", "Give the most that may be spent")
        return consent

    @classmethod
    def erase(cls, resource_id: str) -> Consent:
        """Leave to destroy the data that one resource holds now, e.g. an instance's system disk."""
        return cls(kind="erase", resource_id=resource_id)

    @classmethod
    def unshare(cls, image_id: str) -> Consent:
        """Leave to withdraw an image from those who use it: their disks cannot be re-initialised then."""
        return cls(kind="unshare", resource_id=image_id)

    @classmethod
    def stop(cls, server_id: str) -> Consent:
        """Leave to stop a server for a while: it is down, with all that runs on it."""
        return cls(kind="stop", resource_id=server_id)

    @property
    def foreseen(self) -> bool:
        """Whether it concerns what is not there yet, and stands in a plan by a name in angle brackets."""
        return (self.resource_id or "").startswith("<")

    @property
    def unpriced(self) -> bool:
        """Whether it is about charges without amounts: what no price was quoted for, or leave without a limit."""
        return self.kind == "charges" and self.max_monthly is None and self.max_total is None

    def covers(self, needed: Consent) -> bool:
        """Whether this consent allows what ``needed`` asks for; what has no price, under any limit."""
        if self.kind != needed.kind:
            return False
        if self.kind != "charges":
            return self.resource_id == needed.resource_id

        def within(limit: float | None, cost: float | None) -> bool:
            return cost is None or (limit is not None and cost <= limit)

        return within(self.max_monthly, needed.max_monthly) and within(self.max_total, needed.max_total)

    def shortfall(self, given: Iterable[Consent], currency: str = "") -> str:
        """By how much what was given is too low for this; empty where nothing was given for charges.

        Args:
            given: the consents that were given.
            currency: of the amounts.
        """
        unit = f" {currency}" if currency else ""
        limits = [g for g in given if g.kind == "charges" and not g.unpriced]
        if self.kind != "charges" or not limits:
            return ""
        short = []
        for name, period in _LIMITS.items():
            needed = getattr(self, name)
            allowed = max((a for g in limits if (a := getattr(g, name)) is not None), default=None)
            if needed is None or (allowed is not None and needed <= allowed):
                continue
            was = "no limit was given" if allowed is None else f"{name}={number(allowed)}{unit} was given"
            short.append(f"{was}, and {number(needed)}{unit} {period} is needed")
        return "the consent is too low: " + "; ".join(short) if short else ""

    @staticmethod
    def uncovered(needed: Iterable[Consent], given: Iterable[Consent]) -> list[Consent]:
        """What leave given earlier does not allow.

        Whoever sees a plan without a price sets a limit with open eyes. Where the price fails only later, nobody
        has weighed it against the limit, so leave without one is needed.
        """
        leave = list(given)

        def allowed(c: Consent) -> bool:
            return any(g.covers(c) and (g.unpriced or not c.unpriced) for g in leave)

        return [c for c in needed if not allowed(c)]

    @staticmethod
    def together(given: Iterable[Consent]) -> tuple[Consent, ...]:
        """Consents as one list for several things: what they allow to spend is added up.

        Charges without amounts beside others stand for themselves: no sum says that they are there.
        """
        consents = list(given)
        found = list(dict.fromkeys(c for c in consents if c.kind != "charges"))
        charges = [c for c in consents if c.kind == "charges" and not c.unpriced]
        found = [*dict.fromkeys(c for c in consents if c.unpriced), *found]
        if not charges:
            return tuple(found)

        def total(amounts: list[float | None]) -> float | None:
            known = [a for a in amounts if a is not None]
            return round(sum(known), 2) if known else None

        spent = Consent(
            kind="charges",
            max_monthly=total([c.max_monthly for c in charges]),
            max_total=total([c.max_total for c in charges]),
        )
        return (spent, *found)

    def __str__(self) -> str:
        if self.kind != "charges":
            return f'Consent.{self.kind}("{self.resource_id}")'
        limits = [
            f"{n}={v:.15g}"
            for n, v in (("max_monthly", self.max_monthly), ("max_total", self.max_total))
            if v
        ]
        return f"Consent.charges({', '.join(limits) or 'max_monthly=<your limit>'})"

    __repr__ = __str__
