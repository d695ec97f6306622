"""STS: only ``GetCallerIdentity``."""

from __future__ import annotations

from swaslift.emulator.sts import identity as identity
from swaslift.emulator.sts.service import STS

__all__ = ["STS"]
