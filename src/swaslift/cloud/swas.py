"""Simple Application Server, SWAS-OPEN 2020-06-01: one method per action.

Facts: https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/
(api-swas-open-2020-06-01-<action>). Sizes are GiB. Every method raises `ApiError` and
`TransportError` as `swaslift.errors` draws them.
"""

from __future__ import annotations

from swaslift.cloud.swas_accounts import SwasAccounts
from swaslift.cloud.swas_attributes import SwasAttributes
from swaslift.cloud.swas_commands import SwasCommands
from swaslift.cloud.swas_firewall import SwasFirewall
from swaslift.cloud.swas_images import SwasImages
from swaslift.cloud.swas_offers import SwasOffers
from swaslift.cloud.swas_plans import SwasPlans
from swaslift.cloud.swas_power import SwasPower
from swaslift.cloud.swas_reset import SwasReset
from swaslift.cloud.swas_servers import SwasServers
from swaslift.cloud.swas_tags import SwasTags


class Swas(
    SwasImages,
    SwasAccounts,
    SwasPower,
    SwasAttributes,
    SwasCommands,
    SwasReset,
    SwasOffers,
    SwasServers,
    SwasPlans,
    SwasFirewall,
    SwasTags,
):
    """The actions of SWAS; each family has a file of its own."""
