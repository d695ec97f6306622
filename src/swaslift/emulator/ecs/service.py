"""The ECS product of the emulator."""

from __future__ import annotations

from swaslift.emulator.ecs.not_served import NOT_SERVED
from swaslift.emulator.service import Contract, Service

ECS = Service(Contract("ecs"), not_served=NOT_SERVED)
