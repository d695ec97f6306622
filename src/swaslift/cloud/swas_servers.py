"""Buying servers: one method per action."""

from __future__ import annotations

from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads


class SwasServers(SwasReads):
    """New servers. They are subscriptions, paid at once, and no action of SWAS gives the money back."""

    def create_instances(
        self,
        region_id: str,
        image_id: str,
        plan_id: str,
        *,
        period_months: int,
        amount: int = 1,
        data_disk_size: int = 0,
        auto_renew: bool = False,
        auto_renew_months: int | None = None,
        token: str,
        within: float | None = None,
    ) -> tuple[str, ...]:
        """``CreateInstances``: buy servers, which spends money at once; returns their ids.

        The action takes no name and no tag: whose answer is lost is known by its token alone, and no
        document tells how long that lives.

        Args:
            region_id: of the image, too.
            image_id: a system, app or custom image, also one that another account shares.
            plan_id: see `list_plans`.
            period_months: 1, 3, 6, 12, 24 or 36.
            amount: 1 to 20; all or none.
            data_disk_size: GiB in steps of 20, 0 for no data disk; at least the image's.
            auto_renew: whether it renews itself when the period is over.
            auto_renew_months: for how long then; with ``auto_renew`` alone.
            token: the same one for the same purchase.
            within: seconds after which it is not sent again where no answer comes.
        """
        return self._caller.change_as(
            "swas",
            "CreateInstances",
            region_id,
            given(
                RegionId=region_id,
                ImageId=image_id,
                PlanId=plan_id,
                Period=period_months,
                Amount=amount,
                DataDiskSize=data_disk_size or None,
                AutoRenew=auto_renew or None,
                AutoRenewPeriod=auto_renew_months,
            ),
            lambda body: body.ids("InstanceIds"),
            token=token,
            within=within,
        )
