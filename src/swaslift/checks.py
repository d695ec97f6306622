"""Findings: what a plan's preflight and a run's gates say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from swaslift.errors import shortened


@dataclass(frozen=True)
class Check:
    """One finding.

    Attributes:
        field: what it is about, e.g. ``target.instance_type``.
        value: what was found there.
        problem: what is wrong, or what was checked.
        remedy: what to do.
        level: a ``blocker`` stops, ``warning`` and ``ok`` do not.
    """

    field: str
    value: object
    problem: str
    remedy: str = ""
    level: Literal["ok", "warning", "blocker"] = "blocker"

    def __str__(self) -> str:
        text = f"{self.field}={shortened(self.value)}: {self.problem}"
        return f"{text}. {self.remedy}" if self.remedy else text


def warning(field: str, value: object, problem: str, remedy: str = "") -> Check:
    """A finding that does not stop."""
    return Check(field, value, problem, remedy, "warning")
