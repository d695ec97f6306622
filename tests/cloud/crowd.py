"""An inventory with more things than fit on a page."""

from __future__ import annotations

from typing import Any

from swaslift.emulator import inventory

MORE = 200


def crowded() -> dict[str, Any]:
    """The default inventory with 200 more of everything that is listed by pages, in cn-hangzhou."""
    held = inventory.default()
    swas, ecs = held["swas"], held["ecs"]
    shop = next(s for s in swas["servers"] if s["name"] == "shop")
    image = next(i for i in ecs["images"] if i["id"] == "m-emulator-base-hz")
    instance = next(i for i in ecs["instances"] if i["id"] == "i-emulator-idle")
    groups = next(v for v in ecs["vpcs"] if v["region_id"] == "cn-hangzhou")["security_groups"]
    plain = ("instance_type", "image_id", "vswitch_id", "security_group_ids")
    for n in range(MORE):
        name = f"crowd-{n:03}"
        swas["servers"].append(
            {"name": name, "id": f"{n:032x}", **{k: shop[k] for k in ("region_id", "plan_id", "image_id")}}
        )
        ecs["images"].append({**image, "id": f"m-{name}", "name": name})
        ecs["key_pairs"].append({**ecs["key_pairs"][0], "name": name})
        groups.append({"id": f"sg-{name}", "name": name, "rules": []})
        disk = {"id": f"d-{name}", "category": "cloud_essd", "size": 40}
        own = {"id": f"i-{name}", "name": name, "system_disk": disk}
        ecs["instances"].append({**{k: instance[k] for k in plain}, **own})
    return held
