"""Where a migration ends: a new ECS instance, or an existing one whose system disk is replaced; and commands."""

from __future__ import annotations

import ipaddress
from typing import Any, Literal

from pydantic import Field

from swaslift.errors import InvalidArgument
from swaslift.secret import Secret
from swaslift.validation import Validated

Category = Literal["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency", "cloud"]


LEAST_SIZES = {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
"""GiB that a ``cloud_essd`` of a performance level has at least (RunInstances)."""

LEAST_SYSTEM_SIZES = {"cloud_auto": 1}
"""GiB that a system disk of a category has at least, where that is not 20 (RunInstances)."""

LEAST_DATA_SIZES = {"cloud_auto": 1, "cloud": 5, "cloud_essd_entry": 10}
"""GiB that a data disk of a category has at least, where that is not 20 (RunInstances)."""

MOST_SYSTEM_SIZE = 2048
"""GiB that a system disk has at most (RunInstances)."""

DEFAULT_LEVEL = "PL1"
"""The performance level of a ``cloud_essd`` for which none is given (RunInstances)."""


class Disk(Validated):
    """A disk to be made: ``Disk("cloud_essd", size=60)``.

    Attributes:
        category: the disk category.
        size: GiB; by default the size of the disk in the image, and at least what the category takes.
        performance_level: PL0 to PL3, for ``cloud_essd`` alone; PL1 by default. PL1 takes 20 GiB at least,
            PL2 461, PL3 1261.
    """

    category: Category = "cloud_essd"
    size: int | None = Field(default=None, ge=1, le=65536)
    performance_level: Literal["PL0", "PL1", "PL2", "PL3"] | None = None

    def _check(self) -> None:
        level = self.performance_level
        if level is None:
            return
        if self.category != "cloud_essd":
            raise InvalidArgument(
                "performance_level", level, f"a {self.category} has none", "Leave it out, or use cloud_essd"
            )
        least = LEAST_SIZES[level]
        if self.size is not None and self.size < least:
            problem = f"a cloud_essd of {level} has {least} GiB at least"
            raise InvalidArgument("size", self.size, problem, "Give as much, or another performance_level")

    def __init__(self, category: Any = "cloud_essd", size: Any = None, **rest: Any) -> None:
        super().__init__(category=category, size=size, **rest)

    def least(self, kind: Literal["system", "data"]) -> int:
        """GiB that a system or data disk of this category and performance level has at least."""
        if self.category == "cloud_essd":
            return LEAST_SIZES[self.performance_level or DEFAULT_LEVEL]
        return (LEAST_SYSTEM_SIZES if kind == "system" else LEAST_DATA_SIZES).get(self.category, 20)

    def holding(self, size: int, kind: Literal["system", "data"]) -> Disk:
        """The disk with its size: the one given, else that of the image's disk, ``size`` GiB.

        A performance level for large disks is not paid for unasked: such a disk needs a size of its own.
        """
        # Copied without a check: a plan names what is too small, with the size of the image's disk.
        return self.model_copy(update={"size": self.size or max(size, min(self.least(kind), 20))})


def _check_size(field: str, disk: Disk, kind: Literal["system", "data"]) -> None:
    """Refuse a size that no disk of the category has (RunInstances)."""
    least, level = disk.least(kind), disk.performance_level or DEFAULT_LEVEL
    if disk.size is not None and disk.size < least:
        what = f"{disk.category} of {level}" if disk.category == "cloud_essd" else disk.category
        problem = f"a {what} {kind} disk has {least} GiB at least"
        raise InvalidArgument(field, disk.size, problem, f"Give at least {least}, or leave it out")
    if kind == "system" and disk.size is not None and disk.size > MOST_SYSTEM_SIZE:
        problem = f"a system disk has {MOST_SYSTEM_SIZE} GiB at most"
        raise InvalidArgument(field, disk.size, problem, f"Give at most {MOST_SYSTEM_SIZE}")


class NewInstance(Validated):
    """A new ECS instance.

    Attributes:
        instance_type: e.g. ``ecs.g7.large``.
        vswitch_id: decides VPC and zone.
        security_group_id: in the VPC of the vSwitch.
        system_disk: the system disk.
        data_disk: category, size and performance level of the data disk in the image; by default the category
            and, as far as its size allows, the performance level of ``system_disk``. ECS would choose another
            category by itself.
        region: where; the region of the server by default. Elsewhere the image is copied first.
        name: instance name; the server's name by default.
        bandwidth: public bandwidth in Mbit/s, 0 to 100; above 0 gives a public address.
        key_pair: an SSH key pair of ECS. Without it and ``password`` the image's own logins stay.
        password: a reference to a password (`Secret`), never the password.
        billing: ``PostPaid`` (by the hour) or ``PrePaid`` (a subscription, for ``period_months``).
        period_months: months of a subscription.
        tags: tags of the instance, beside swaslift's own.
    """

    instance_type: str = Field(pattern=r"^ecs\.[A-Za-z0-9.\-]+$", examples=["ecs.g7.large"])
    vswitch_id: str = Field(min_length=1)
    security_group_id: str = Field(min_length=1)
    system_disk: Disk = Field(default_factory=Disk)
    data_disk: Disk | None = None
    region: str | None = Field(default=None, min_length=1)
    name: str | None = Field(default=None, min_length=2, max_length=128)
    bandwidth: int = Field(default=0, ge=0, le=100)
    key_pair: str | None = Field(default=None, min_length=1)
    password: Secret | None = None
    billing: Literal["PostPaid", "PrePaid"] = "PostPaid"
    period_months: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60] = 1
    tags: dict[str, str] = Field(default_factory=dict)

    def system_disk_for(self, size: int) -> Disk:
        """The system disk that holds the ``size`` GiB of the image's."""
        return self.system_disk.holding(size, "system")

    def data_disk_for(self, size: int) -> Disk:
        """A data disk that holds the ``size`` GiB of one in the image."""
        if self.data_disk is not None:
            return self.data_disk.holding(size, "data")
        level = self.system_disk.performance_level
        if level is not None and LEAST_SIZES[level] > size:
            level = None
        return Disk(self.system_disk.category, performance_level=level).holding(size, "data")

    def _check(self) -> None:
        """Sizes that the categories take, and one login.

        Login by key pair and by password exclude each other (RunInstances: the password wins).
        """
        _check_size("system_disk.size", self.system_disk, "system")
        if self.data_disk is not None:
            _check_size("data_disk.size", self.data_disk, "data")
        if self.key_pair and self.password:
            raise InvalidArgument(
                "password", "***", "key_pair is given too", "Give one of them; ECS would drop the key pair"
            )


class ReplaceSystemDisk(Validated):
    """An existing ECS instance whose system disk is replaced.

    **The old disk's data is lost.**

    Attributes:
        instance: id of the instance, in the region of the server or in ``region``.
        region: the region of the instance; the region of the server by default.
        size: GiB of the new system disk; not below the old one. By default the larger of the old
            disk and the image.
        key_pair: the key pair to attach afterwards; by default the one that was attached.
        password: a reference to a new password.
        backup: take a snapshot of the old system disk first. Without it the step has no undo.
    """

    instance: str = Field(min_length=1)
    region: str | None = Field(default=None, min_length=1)
    size: int | None = Field(default=None, ge=1, le=2048)
    key_pair: str | None = Field(default=None, min_length=1)
    password: Secret | None = None
    backup: bool = Field(default=True, strict=True)

    def _check(self) -> None:
        """As for a new instance."""
        if self.key_pair and self.password:
            raise InvalidArgument("password", "***", "key_pair is given too", "Give one of them")

    def __init__(self, instance: Any = None, **rest: Any) -> None:
        given = getattr(instance, "id", instance)
        if not isinstance(given, str):
            raise InvalidArgument("instance", instance, "not an instance", "Give its id, or its record")
        super().__init__(instance=given, **rest)


Target = NewInstance | ReplaceSystemDisk


class Command(Validated):
    """A script for a server's shell: ``Command("systemctl stop mysqld", timeout=120)``.

    It is run by Cloud Assistant: in Linux as a shell script, in Windows by PowerShell. Journal and
    service keep its text, so it must hold no password.

    Attributes:
        content: the script, at most 12,000 bytes.
        timeout: seconds, 10 to 86400, after which it is ended by force and counts as failed.
        user: who runs it; ``root`` by default, in Windows ``system``.
        directory: where; the home of root by default, in Windows the system's own directory.
    """

    content: str = Field(min_length=1)
    timeout: int = Field(default=60, ge=10, le=86400)
    user: str | None = Field(default=None, min_length=1)
    directory: str | None = Field(default=None, min_length=1)

    def __init__(self, content: Any, timeout: Any = 60, **rest: Any) -> None:
        super().__init__(content=content, timeout=timeout, **rest)


class NewFirewallRule(Validated):
    """A port to open on a server: ``NewFirewallRule("8080")``, ``NewFirewallRule("5000/5100", "UDP")``.

    Attributes:
        port: 1 to 65535, one or a range as ``START/END``; ``-1/-1`` for ICMP.
        protocol: TCP, UDP, TCP+UDP or ICMP.
        source: addresses that may come in, as a CIDR block; everyone by default.
        remark: free text.
    """

    port: str
    protocol: Literal["TCP", "UDP", "TCP+UDP", "ICMP"] = "TCP"
    source: str = "0.0.0.0/0"
    remark: str = ""

    def __init__(self, port: Any = None, protocol: Any = "TCP", **rest: Any) -> None:
        if isinstance(port, int) and not isinstance(port, bool):
            port = str(port)
        super().__init__(port=port, protocol=protocol, **rest)

    def _check(self) -> None:
        """Ports and sources that CreateFirewallRules takes."""
        if not self._takes_port():
            raise InvalidArgument(
                "port",
                self.port,
                f"no port for {self.protocol}",
                'Give "-1/-1"' if self.protocol == "ICMP" else 'Give 1 to 65535, as "80" or "8000/9000"',
            )
        try:
            ipaddress.ip_network(self.source)
        except ValueError:
            raise InvalidArgument(
                "source", self.source, "no CIDR block", 'Give e.g. "203.0.113.0/24"'
            ) from None

    def _takes_port(self) -> bool:
        if self.protocol == "ICMP":
            return self.port == "-1/-1"
        parts = self.port.split("/")
        if len(parts) > 2 or not all(p.isascii() and p.isdigit() and len(p) <= 5 for p in parts):
            return False
        first, last = int(parts[0]), int(parts[-1])
        return 1 <= first <= last <= 65535
