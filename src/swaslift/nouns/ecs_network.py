"""``lift.ecs.security_groups``, ``lift.ecs.vswitches`` and ``lift.ecs.key_pairs``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from swaslift.models import KeyPair, SecurityGroup, VSwitch
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Noun, Where
from swaslift.planning.arguments import check_text


class SecurityGroups(Noun[SecurityGroup]):
    """Security groups."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "security group"
    field: ClassVar[str] = "security_group"

    def list(self, region: Where = None, *, vpc_id: str | None = None) -> Listing[SecurityGroup]:
        """The security groups of a region, fetched as you go (``DescribeSecurityGroups``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            vpc_id: those of one VPC: a new instance wants one of the VPC of its vSwitch.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        check_text("vpc_id", vpc_id)

        def fetch(one: str) -> Iterator[SecurityGroup]:
            found = self._cloud.ecs.describe_security_groups(one)
            return (group for group in found if vpc_id in {None, group.vpc_id})

        return self._each(region, fetch)

    def get(self, key: SecurityGroup | str, region: Where = None) -> SecurityGroup:
        """A security group by its id or unique name, or a record of it read anew (``DescribeSecurityGroups``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[SecurityGroup]:
        return self._cloud.ecs.describe_security_groups(region_id)


class VSwitches(Noun[VSwitch]):
    """vSwitches, as the ECS endpoint lists them."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "vSwitch"
    field: ClassVar[str] = "vswitch"

    def list(
        self, region: Where = None, *, vpc_id: str | None = None, zone_id: str | None = None
    ) -> Listing[VSwitch]:
        """The vSwitches of a region, fetched as you go (``DescribeVSwitches``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            vpc_id: those of one VPC.
            zone_id: those in one zone.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        check_text("vpc_id", vpc_id)
        check_text("zone_id", zone_id)

        def fetch(one: str) -> Iterator[VSwitch]:
            found = self._cloud.ecs.describe_vswitches(one)
            return (v for v in found if vpc_id in {None, v.vpc_id} and zone_id in {None, v.zone_id})

        return self._each(region, fetch)

    def get(self, key: VSwitch | str, region: Where = None) -> VSwitch:
        """A vSwitch by its id or unique name, or a record of it read anew (``DescribeVSwitches``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[VSwitch]:
        return self._cloud.ecs.describe_vswitches(region_id)


class EcsKeyPairs(Noun[KeyPair]):
    """SSH key pairs of ECS; those of SWAS are others (``lift.key_pairs``)."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "key pair"
    field: ClassVar[str] = "key_pair"

    def list(self, region: Where = None) -> Listing[KeyPair]:
        """The key pairs of a region, fetched as you go (``DescribeKeyPairs``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, self._cloud.ecs.describe_key_pairs)

    def get(self, key: KeyPair | str, region: Where = None) -> KeyPair:
        """A key pair by its name, or a record of it read anew (``DescribeKeyPairs``).

        Raises:
            InvalidArgument: there is none.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[KeyPair]:
        return self._cloud.ecs.describe_key_pairs(region_id)
