"""Changes of the accounts that an image is shared with: custom images of SWAS, and ECS images."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import JsonValue

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import NotFoundError
from swaslift.lifecycle.steps.swas import passing_token
from swaslift.planning.deletions import look_at_custom_image, look_at_ecs_image
from swaslift.runs.effects import Script, do
from swaslift.runs.step import Mark, Ref, Step
from swaslift.wording import listed

AT_ONCE = 10
"""Accounts that one call takes; ``ModifyImageSharePermission`` ignores the rest."""

S = TypeVar("S", bound="_Shares")


def in_calls(change: S) -> list[S]:
    """A change of any number of accounts as steps of one call each.

    So a step that is refused has changed nothing, and what was done before it is a step of its own.
    """
    accounts = change.accounts
    if len(accounts) <= AT_ONCE:
        return [change]
    some = [accounts[i : i + AT_ONCE] for i in range(0, len(accounts), AT_ONCE)]
    return [
        change.model_copy(update={"name": f"{change.name}-{number}", "accounts": ten})
        for number, ten in enumerate(some, 1)
    ]


class _Shares(Step[bool]):
    """A change of the accounts that an image is shared with: ten at most, see `in_calls`.

    Which of them had the share before is kept, and restored by the undo.
    """

    outcome: ClassVar[Any] = bool

    image: Ref
    accounts: tuple[str, ...]

    @abstractmethod
    def read(self, cloud: Cloud) -> set[str]:
        """The accounts that the image is shared with, as the service lists them."""

    def listed(self, cloud: Cloud) -> set[str]:
        """The accounts that the image is shared with now."""
        return self.read(cloud)

    @abstractmethod
    def send(self, cloud: Cloud, mark: Mark, accounts: Sequence[str]) -> None:
        """Change the share of some accounts."""

    @abstractmethod
    def open(self, listed: set[str]) -> list[str]:
        """The accounts that the change still has to be made for."""

    @abstractmethod
    def inverse(self, name: str, accounts: tuple[str, ...]) -> _Shares:
        """The change that takes this one back."""

    @abstractmethod
    def altered(self, prior: JsonValue) -> frozenset[str]:
        """The accounts whose share it altered, against the state before."""

    def changes(self) -> Ref | None:
        return self.image

    def prior(self, cloud: Cloud) -> JsonValue:
        listed = self.listed(cloud)
        return {"shared": [a for a in self.accounts if a in listed]}

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        return None if self.open(self.listed(cloud)) else True

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        self.send(cloud, mark, self.open(self.listed(cloud)))
        return True

    def foresee(self) -> bool:
        return True

    def _had(self, prior: JsonValue) -> tuple[str, ...]:
        shared = prior.get("shared") if isinstance(prior, dict) else None
        return tuple(str(a) for a in shared) if isinstance(shared, list) else ()


class _Share(_Shares):
    def open(self, listed: set[str]) -> list[str]:
        return [a for a in self.accounts if a not in listed]

    @property
    def title(self) -> str:
        return f"share the image {self.image.id} with {listed('account', self.accounts)}"

    def altered(self, prior: JsonValue) -> frozenset[str]:
        return frozenset(self._added(prior))

    def _added(self, prior: JsonValue) -> tuple[str, ...]:
        had = self._had(prior)
        return tuple(a for a in self.accounts if a not in had)

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if added := self._added(prior):
            return f"stop sharing the image {self.image.id} with {listed('account', added)}"
        return f"stays: the image {self.image.id} is shared with {listed('account', self.accounts)}, as it was before"

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if added := self._added(prior):
            for step in in_calls(self.inverse("unshare", added)):
                yield from do(step)
        return None


class _Unshare(_Shares):
    def open(self, listed: set[str]) -> list[str]:
        return [a for a in self.accounts if a in listed]

    def altered(self, prior: JsonValue) -> frozenset[str]:
        return frozenset(self._had(prior))

    def listed(self, cloud: Cloud) -> set[str]:
        try:
            return self.read(cloud)
        except NotFoundError:
            return set()  # an image that is gone is shared with nobody

    @property
    def title(self) -> str:
        return f"stop sharing the image {self.image.id} with {listed('account', self.accounts)}"

    def reverts(self) -> Ref | None:
        return self.image

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if had := self._had(prior):
            return f"share the image {self.image.id} with {listed('account', had)} again"
        return self.nothing("it was not shared before")

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if had := self._had(prior):
            for step in in_calls(self.inverse("share", had)):
                yield from do(step)
        return None


class _InSwas(_Shares):
    def read(self, cloud: Cloud) -> set[str]:
        found = cloud.swas.list_custom_image_share_accounts(self.image.region_id, self.image.id)
        return {a.account_id for a in found}


class ShareWithAccounts(_Share, _InSwas):
    """``AddCustomImageShareAccount``: servers can be built from the image there."""

    kind: ClassVar[str] = "swas.ShareWithAccounts"
    writes: ClassVar[tuple[str, ...]] = ("AddCustomImageShareAccount",)

    def send(self, cloud: Cloud, mark: Mark, accounts: Sequence[str]) -> None:
        cloud.swas.add_custom_image_share_account(
            self.image.region_id, self.image.id, accounts, token=passing_token(cloud, mark)
        )

    def inverse(self, name: str, accounts: tuple[str, ...]) -> _Shares:
        return UnshareWithAccounts(name=name, image=self.image, accounts=accounts)


class UnshareWithAccounts(_Unshare, _InSwas):
    """``RemoveCustomImageShareAccount``."""

    kind: ClassVar[str] = "swas.UnshareWithAccounts"
    writes: ClassVar[tuple[str, ...]] = ("RemoveCustomImageShareAccount",)

    servers: tuple[str, ...] | None = None
    """As `EraseCustomImage.servers`, where the image is deleted next: then nothing is begun that will be refused."""

    def look(self, cloud: Cloud) -> Sequence[Check]:
        if self.servers is None:
            return ()
        return look_at_custom_image(cloud, self.image.region_id, self.image.id, self.servers)

    def send(self, cloud: Cloud, mark: Mark, accounts: Sequence[str]) -> None:
        cloud.swas.remove_custom_image_share_account(
            self.image.region_id, self.image.id, accounts, token=passing_token(cloud, mark)
        )

    def inverse(self, name: str, accounts: tuple[str, ...]) -> _Shares:
        return ShareWithAccounts(name=name, image=self.image, accounts=accounts)


class _InEcs(_Shares):
    writes: ClassVar[tuple[str, ...]] = ("ModifyImageSharePermission",)

    def read(self, cloud: Cloud) -> set[str]:
        found = cloud.ecs.describe_image_share_permission(self.image.region_id, self.image.id)
        return {a.account_id for a in found}


class ShareEcsImage(_Share, _InEcs):
    """``ModifyImageSharePermission`` that adds accounts: they can copy the image, and run instances from it."""

    kind: ClassVar[str] = "ecs.ShareImage"

    def send(self, cloud: Cloud, mark: Mark, accounts: Sequence[str]) -> None:
        del mark
        cloud.ecs.modify_image_share_permission(self.image.region_id, self.image.id, add=accounts)

    def inverse(self, name: str, accounts: tuple[str, ...]) -> _Shares:
        return UnshareEcsImage(name=name, image=self.image, accounts=accounts)


class UnshareEcsImage(_Unshare, _InEcs):
    """``ModifyImageSharePermission`` that removes accounts.

    Instances there that were made from the shared image itself cannot re-initialise their system disks.
    """

    kind: ClassVar[str] = "ecs.UnshareImage"

    erased: bool = False
    """Whether the image is deleted next: then nothing is begun that will be refused."""

    def look(self, cloud: Cloud) -> Sequence[Check]:
        return look_at_ecs_image(cloud, self.image.region_id, self.image.id) if self.erased else ()

    def send(self, cloud: Cloud, mark: Mark, accounts: Sequence[str]) -> None:
        del mark
        cloud.ecs.modify_image_share_permission(self.image.region_id, self.image.id, remove=accounts)

    def inverse(self, name: str, accounts: tuple[str, ...]) -> _Shares:
        return ShareEcsImage(name=name, image=self.image, accounts=accounts)
