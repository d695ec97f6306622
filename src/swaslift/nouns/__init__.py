"""Nouns: what is in the cloud, read when asked. One file each."""

from swaslift.nouns.disks import Disks
from swaslift.nouns.ecs import EcsNouns
from swaslift.nouns.firewall_rules import FirewallRules
from swaslift.nouns.images import Images
from swaslift.nouns.key_pairs import KeyPairs
from swaslift.nouns.regions import Regions
from swaslift.nouns.runs import Runs
from swaslift.nouns.server_plans import ServerPlans
from swaslift.nouns.servers import Servers
from swaslift.nouns.snapshots import Snapshots

__all__ = [
    "Disks",
    "EcsNouns",
    "FirewallRules",
    "Images",
    "KeyPairs",
    "Regions",
    "Runs",
    "ServerPlans",
    "Servers",
    "Snapshots",
]
