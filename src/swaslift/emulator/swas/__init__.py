"""SWAS: its handlers enter themselves in `SWAS` when they are imported."""

from __future__ import annotations

from swaslift.emulator.swas import commands as commands
from swaslift.emulator.swas import databases as databases
from swaslift.emulator.swas import firewall as firewall
from swaslift.emulator.swas import images as images
from swaslift.emulator.swas import keypairs as keypairs
from swaslift.emulator.swas import plans as plans
from swaslift.emulator.swas import power as power
from swaslift.emulator.swas import regions as regions
from swaslift.emulator.swas import resetting as resetting
from swaslift.emulator.swas import servers as servers
from swaslift.emulator.swas import sharing as sharing
from swaslift.emulator.swas import snapshots as snapshots
from swaslift.emulator.swas import tagging as tagging
from swaslift.emulator.swas.service import SWAS

__all__ = ["SWAS"]
