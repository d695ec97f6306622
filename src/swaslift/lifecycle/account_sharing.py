"""Sharing a custom image with other accounts, and withdrawing it, as verbs of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from swaslift.cloud import Cloud
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.sharing import SharingSpec, image_there
from swaslift.lifecycle.steps import ShareWithAccounts, UnshareWithAccounts
from swaslift.lifecycle.steps.accounts import in_calls
from swaslift.models import AccountShares, CustomImage, SharedAccount
from swaslift.runs.effects import Script, ask, do


class AccountSharingSpec(SharingSpec):
    """The image that is shared or withdrawn, and the accounts."""

    accounts: tuple[str, ...]


def share_with_accounts(spec: AccountSharingSpec) -> Script[AccountShares]:
    """Share an image with accounts; the image and all accounts that have it then."""
    yield from do(ShareWithAccounts(name="share", image=spec.ref, accounts=spec.accounts))
    return (yield from _seen(spec, spec.accounts))


def unshare_with_accounts(spec: AccountSharingSpec) -> Script[AccountShares]:
    """Withdraw an image from accounts; the image and the accounts that still have it."""
    for step in in_calls(UnshareWithAccounts(name="unshare", image=spec.ref, accounts=spec.accounts)):
        yield from do(step)
    return (yield from _seen(spec, ()))


def _seen(spec: AccountSharingSpec, foreseen: Sequence[str]) -> Script[AccountShares]:
    def look(cloud: Cloud) -> AccountShares:
        ref = spec.ref
        found = cloud.swas.list_custom_image_share_accounts(ref.region_id, ref.id)
        return AccountShares(image=image_there(cloud, ref), accounts=tuple(found))

    expected = AccountShares(image=spec.image, accounts=tuple(SharedAccount(account_id=a) for a in foreseen))
    return (yield from ask("accounts", look, record=AccountShares, foreseen=expected))


def _facts(image: CustomImage, accounts: Sequence[str], title: str) -> list[tuple[str, str]]:
    return [
        ("Image", f"{image.name} ({image.id}) in {image.region_id}"),
        (title, ", ".join(accounts)),
    ]


class _AccountSharing(Definition[AccountSharingSpec, AccountShares]):
    repeats: ClassVar[bool] = True
    spec = AccountSharingSpec
    outcome = AccountShares
    title: ClassVar[str]

    def facts(self, spec: AccountSharingSpec, outcome: AccountShares | None) -> list[tuple[str, str]]:
        facts = _facts(spec.image, spec.accounts, self.title)
        if outcome is not None:
            facts.append(("Shared with", ", ".join(a.account_id for a in outcome.accounts) or "nobody"))
        return facts


class ShareWithAccount(_AccountSharing):
    """The verb ``share_with_account``."""

    name = "share_with_account"
    title: ClassVar[str] = "To"

    def script(self, spec: AccountSharingSpec) -> Script[AccountShares]:
        return share_with_accounts(spec)


class UnshareWithAccount(_AccountSharing):
    """The verb ``unshare_with_account``."""

    name = "unshare_with_account"
    title: ClassVar[str] = "From"

    def script(self, spec: AccountSharingSpec) -> Script[AccountShares]:
        return unshare_with_accounts(spec)
