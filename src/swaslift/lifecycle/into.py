"""Into another account: from an own image to one that the other account owns.

An image that another account shares may be copied inside its region alone, so it is shared where the
instance will be, and the other account makes a copy of its own. Then neither needs the other.
"""

from __future__ import annotations

from collections.abc import Callable

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.lifecycle.features import with_features
from swaslift.lifecycle.own_image import Copies, Owned
from swaslift.lifecycle.steps import ShareEcsImage, UnshareEcsImage
from swaslift.lifecycle.steps.images import delete_image
from swaslift.lifecycle.waits import image_usable
from swaslift.models import EcsImage
from swaslift.planning.ecs_shares import check_shareable
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import Script, attempt, do, gate, say, until
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.step import Refused

Look = Callable[[EcsImage, Cloud], list[Check]]
"""Whether the target takes an image, asked of the other account."""


def hand_on(owned: Owned, account: str, *, copy: Copies, look: Look) -> Script[Owned]:
    """Share an own image with another account, and copy it there into one of that account's own.

    Args:
        owned: the own image, in the region where it is wanted.
        account: the other account.
        copy: what the copy is like.
        look: asked there before the copy, which takes long and costs something.
    """
    yield from gate(
        "gate-hand-over",
        f"look whether account {account} can be given the image",
        lambda c: check_shareable(c, owned.image, [account]),
    )
    yield from do(ShareEcsImage(name="hand-over", image=owned.ref, accounts=(account,)))
    return (yield from elsewhere(account, _take_over(owned, copy=copy, look=look)))


def _take_over(owned: Owned, *, copy: Copies, look: Look) -> Script[Owned]:
    """What the other account does."""
    region = owned.ref.region_id
    received = yield from until(image_usable("received", owned.ref, of=None))
    yield from gate("gate-there", f"ask ECS in {region}", lambda c: look(received, c))
    step = "copy-into"
    made = yield from attempt(copy(step, received, region), *copy.refusable)
    if isinstance(made, Refused):
        yield from say(
            "encrypted-copy-into",
            f"The service refused a plain copy inside the region ({made.code}). The copy is encrypted with that "
            "account's service key, and so are the disks made from it.",
        )
        step = "copy-into-encrypted"
        made = yield from do(copy(step, received, region, encrypted=True))
    image = yield from until(image_usable(f"{step}-usable", made, of=step))
    image = yield from with_features(image, of=owned.image, step=step)
    return Owned(image=image, ref=made)


def withdraw(owned: Owned, account: str, *, keep: bool) -> Script[str | None]:
    """Take the share back, and remove the image that was only a way there; a string says what could not be.

    Args:
        owned: the image that was shared.
        account: with whom.
        keep: whether the image stays.
    """
    yield from do(UnshareEcsImage(name="withdraw", image=owned.ref, accounts=(account,)))
    if keep:
        return None
    kept = yield from prefixed(delete_image(owned.ref, owned.image), "delete-own")
    if kept:
        yield from say("own-kept", kept)
    return kept
