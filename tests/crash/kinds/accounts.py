"""Images shared with other accounts, and withdrawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from swaslift import Client
from swaslift.emulator import Emulator
from tests.crash.kinds.images import golden
from tests.crash.kinds.kind import Kind
from tests.support import OTHER_ACCOUNT

THIRD = "9000000000000001"


def shared(cloud: Emulator, lift: Client) -> None:
    """An available image that one of the accounts has already."""
    golden(cloud, lift)
    (image,) = lift.images.list()
    lift.cloud.swas.add_custom_image_share_account(image.region_id, image.id, [THIRD], token="share")
    cloud.clock.advance(600)


def _with_both() -> Mapping[str, Any]:
    return {"image": "golden", "account_id": [OTHER_ACCOUNT, THIRD]}


_GOLDEN = frozenset({"golden"})

KINDS = (
    Kind("share-account", "share_with_account", _with_both, prepare=shared, touches=_GOLDEN),
    Kind(
        "hand-over",
        "hand_over",
        lambda: {"ecs_image": "m-emulator-base-hz", "account_id": [OTHER_ACCOUNT, THIRD]},
        touches=frozenset({"m-emulator-base-hz"}),
    ),
    Kind("unshare-account", "unshare_with_account", _with_both, prepare=shared, touches=_GOLDEN),
)
