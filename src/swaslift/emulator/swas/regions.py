"""Regions."""

# ruff: noqa: RUF001  # the service's own names hold full-width brackets

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

LOCAL_NAMES = {
    "cn-qingdao": ("华北1（青岛）", "China (Qingdao)"),
    "cn-beijing": ("华北2（北京）", "China (Beijing)"),
    "cn-zhangjiakou": ("华北3（张家口）", "China (Zhangjiakou)"),
    "cn-huhehaote": ("华北5（呼和浩特）", "China (Hohhot)"),
    "cn-wulanchabu": ("华北6（乌兰察布）", "China (Ulanqab)"),
    "cn-hangzhou": ("华东1（杭州）", "China (Hangzhou)"),
    "cn-shanghai": ("华东2（上海）", "China (Shanghai)"),
    "cn-nanjing": ("华东5（南京-本地地域-关停中）", "China (Nanjing - Local Region - Closing Down)"),
    "cn-fuzhou": ("华东6（福州-本地地域-关停中）", "China (Fuzhou - Local Region - Closing Down)"),
    "cn-wuhan-lr": ("华中1（武汉-本地地域）", "China (Wuhan - Local Region)"),
    "cn-shenzhen": ("华南1（深圳）", "China (Shenzhen)"),
    "cn-heyuan": ("华南2（河源）", "China (Heyuan)"),
    "cn-guangzhou": ("华南3（广州）", "China (Guangzhou)"),
    "cn-chengdu": ("西南1（成都）", "China (Chengdu)"),
    "cn-hongkong": ("中国香港", "China (Hong Kong)"),
    "ap-southeast-1": ("新加坡", "Singapore"),
    "ap-southeast-3": ("马来西亚（吉隆坡）", "Malaysia (Kuala Lumpur)"),
    "ap-southeast-5": ("印度尼西亚（雅加达）", "Indonesia (Jakarta)"),
    "ap-southeast-6": ("菲律宾（马尼拉）", "Philippines (Manila)"),
    "ap-southeast-7": ("泰国（曼谷）", "Thailand (Bangkok)"),
    "ap-northeast-1": ("日本（东京）", "Japan (Tokyo)"),
    "ap-northeast-2": ("韩国（首尔）", "South Korea (Seoul)"),
    "us-west-1": ("美国（硅谷）", "US (Silicon Valley)"),
    "us-east-1": ("美国（弗吉尼亚）", "US (Virginia)"),
    "eu-central-1": ("德国（法兰克福）", "Germany (Frankfurt)"),
    "eu-west-1": ("英国（伦敦）", "UK (London)"),
    "me-central-1": ("沙特（利雅得）", "SAU (Riyadh)"),
}


@SWAS.action("ListRegions")
def list_regions(call: Call) -> dict[str, Any]:
    """Every region of the contract with its endpoint."""
    language = 1 if call.get("AcceptLanguage") == "en-US" else 0
    contract = call.service.contract
    return {
        "Regions": [
            {
                "LocalName": LOCAL_NAMES.get(region, (region, region))[language],
                "RegionEndpoint": contract.data["endpoint"].format(region=region),
                "RegionId": region,
            }
            for region in contract.regions
        ]
    }
