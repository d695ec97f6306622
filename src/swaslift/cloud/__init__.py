"""The door to Alibaba Cloud: the only room that imports the SDKs.

Credentials, endpoints, proxies, the policy of calls, paging and the translation of errors live
here. `Cloud` has one typed method per API action, grouped by product (``cloud.swas``,
``cloud.ecs``, ``cloud.sts``); each takes plain values and returns records of `swaslift.models`.
"""

from swaslift.cloud.door import Cloud
from swaslift.cloud.settings import Settings

__all__ = ["Cloud", "Settings"]
