"""The STS product."""

from __future__ import annotations

from swaslift.emulator.service import Contract, Service

STS = Service(Contract("sts"))
