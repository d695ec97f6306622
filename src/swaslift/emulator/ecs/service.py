"""The ECS product of the emulator."""

from __future__ import annotations

from swaslift.emulator.service import Contract, Service

ECS = Service(Contract("ecs"))
