"""The SWAS product: its contract, and the registry that handlers enter themselves in."""

from __future__ import annotations

from swaslift.emulator.service import Contract, Service

SWAS = Service(Contract("swas"))
