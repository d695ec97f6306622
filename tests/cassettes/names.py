"""Names and ids that the scenarios use."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support import KEY_PAIR, OTHER_ACCOUNT, SECURITY_GROUP, VSWITCH

Stage = Mapping[str, str]
"""Names and ids by what they stand for; a live recording brings its own (see `tests.cassettes.live`)."""

EMULATED: Stage = {
    "server": "wiki",
    "image": "golden",
    "instance_type": "ecs.g7.large",
    "disk_category": "cloud_essd",
    "vswitch_id": VSWITCH,
    "security_group_id": SECURITY_GROUP,
    "key_pair": KEY_PAIR,
    "ecs_image": "m-emulator-base-hz",
    "to_region": "ap-southeast-1",
    "other_account": OTHER_ACCOUNT,
    "server_plan": "swas.s.c2m2s50b3",
    "stock_image": "img-ubuntu-2204",
    # What the scenarios erase or delete has names of its own, so that a live stage can set it apart.
    "spare_server": "shop",
    "spare_image": "old-golden",
    "spare_instance": "i-emulator-web-old",
}
