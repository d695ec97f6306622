"""What the cloud holds, as frozen records.

Every record knows its account, region and product, so that it can be handed from one call to
another. Sizes are GiB, times are UTC, ids are the services' own. A record is what was read at one
moment: nothing in it goes to the network, and ``get`` reads it anew.
"""

from swaslift.models.account import Identity, Price
from swaslift.models.base import Record, Resource
from swaslift.models.commands import CommandKind, Invocation, InvocationResult
from swaslift.models.custom_images import CustomImage, ImageStatus
from swaslift.models.ecs import EcsDisk, EcsImage, EcsInstance, ImageDisk
from swaslift.models.ecs_network import KeyPair, SecurityGroup, VSwitch
from swaslift.models.ecs_offers import DiskOffer, InstanceType
from swaslift.models.firewall import FirewallRule
from swaslift.models.key_pairs import ServerKeyPair
from swaslift.models.regions import Region
from swaslift.models.server_plans import ServerPlan
from swaslift.models.servers import Server, ServerDisk
from swaslift.models.shares import AccountShares, HandedOver, SharedAccount
from swaslift.models.snapshots import Snapshot
from swaslift.models.stock_images import StockImage

__all__ = [
    "AccountShares",
    "CommandKind",
    "CustomImage",
    "DiskOffer",
    "EcsDisk",
    "EcsImage",
    "EcsInstance",
    "FirewallRule",
    "HandedOver",
    "Identity",
    "ImageDisk",
    "ImageStatus",
    "InstanceType",
    "Invocation",
    "InvocationResult",
    "KeyPair",
    "Price",
    "Record",
    "Region",
    "Resource",
    "SecurityGroup",
    "Server",
    "ServerDisk",
    "ServerKeyPair",
    "ServerPlan",
    "SharedAccount",
    "Snapshot",
    "StockImage",
    "VSwitch",
]
