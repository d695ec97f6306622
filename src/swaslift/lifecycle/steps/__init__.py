"""The changes that verbs make in the cloud, each with how to find, make and undo it."""

from swaslift.lifecycle.steps.accounts import (
    ShareEcsImage,
    ShareWithAccounts,
    UnshareEcsImage,
    UnshareWithAccounts,
)
from swaslift.lifecycle.steps.commands import RunServerCommand
from swaslift.lifecycle.steps.firewall import ClosePorts, OpenPorts
from swaslift.lifecycle.steps.images import (
    CopyImage,
    CreateImage,
    DeleteEcsSnapshot,
    DeleteImage,
    SetImageFeatures,
)
from swaslift.lifecycle.steps.instances import DeleteInstance, RunInstance, RunInstances
from swaslift.lifecycle.steps.power import StartInstance, StopInstance
from swaslift.lifecycle.steps.purchases import BuyServers, TagServers, TakeServers
from swaslift.lifecycle.steps.replacement import AttachKeyPair, BackUpDisk, ReplaceDisk
from swaslift.lifecycle.steps.resets import ResetSystem, StopToReset
from swaslift.lifecycle.steps.servers import StartServer, StopServer
from swaslift.lifecycle.steps.swas import (
    CreateCustomImage,
    CreateSnapshot,
    DeleteCustomImage,
    DeleteSnapshot,
    ShareImage,
    UnshareImage,
)

__all__ = [
    "AttachKeyPair",
    "BackUpDisk",
    "BuyServers",
    "ClosePorts",
    "CopyImage",
    "CreateCustomImage",
    "CreateImage",
    "CreateSnapshot",
    "DeleteCustomImage",
    "DeleteEcsSnapshot",
    "DeleteImage",
    "DeleteInstance",
    "DeleteSnapshot",
    "OpenPorts",
    "ReplaceDisk",
    "ResetSystem",
    "RunInstance",
    "RunInstances",
    "RunServerCommand",
    "SetImageFeatures",
    "ShareEcsImage",
    "ShareImage",
    "ShareWithAccounts",
    "StartInstance",
    "StartServer",
    "StopInstance",
    "StopServer",
    "StopToReset",
    "TagServers",
    "TakeServers",
    "UnshareEcsImage",
    "UnshareImage",
    "UnshareWithAccounts",
]
