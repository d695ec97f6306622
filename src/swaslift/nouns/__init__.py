"""Nouns: what is in the cloud, read when asked. One file each."""

from swaslift.nouns.ecs import EcsNouns
from swaslift.nouns.images import Images
from swaslift.nouns.runs import Runs
from swaslift.nouns.servers import Servers
from swaslift.nouns.snapshots import Snapshots

__all__ = ["EcsNouns", "Images", "Runs", "Servers", "Snapshots"]
