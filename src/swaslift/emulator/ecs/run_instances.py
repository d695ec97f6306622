"""``RunInstances``: making the instances once every check has passed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import boot, find, run_checks
from swaslift.emulator.ecs.records import Disk, Instance
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.work import NEVER
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.ecs.disk_checks import DiskSpec
    from swaslift.emulator.ecs.run_checks import Wanted
    from swaslift.emulator.service import Call


@ECS.action("RunInstances")
def run_instances(call: Call) -> dict[str, Any]:
    """Make and start instances."""
    find.region(call)
    wanted = run_checks.check(call)
    call.stop_if_dry()
    state = find.ecs(call)
    if wanted.image.account_id != call.account_id and not wanted.image.official:
        state.shared_image_ids.add(wanted.image.id)
    made = [_make(call, wanted, number) for number in range(1, wanted.amount + 1)]
    call.world.faults.take_stock(wanted.instance_type.id, wanted.amount)
    body: dict[str, Any] = {
        "InstanceIdSets": {"InstanceIdSet": [i.id for i in made]},
        "TradePrice": wanted.price,
    }
    if wanted.charge_type == "PrePaid":
        call.world.spend(call.account_id, wanted.price)
        body["OrderId"] = str(next(state.order_ids))
    return body


def _named(call: Call, name: str, number: int) -> str:
    """One of several names: ``UniqueSuffix`` counts from 001."""
    return f"{name}{number:03}" if name and call.get("UniqueSuffix") else name


def _make(call: Call, wanted: Wanted, number: int) -> Instance:
    world, state, now = call.world, find.ecs(call), call.now
    instance_id = world.new_id("i-")
    private_ip = call.get("PrivateIpAddress") if wanted.amount == 1 else None
    instance = Instance(
        id=instance_id,
        account_id=call.account_id,
        region_id=call.region_id,
        created_at=now,
        visible_at=world.visible_at(now),
        tags=dict(call.tags),
        resource_group_id=call.get("ResourceGroupId") or "",
        name=_named(call, call.get("InstanceName") or "", number) or instance_id,
        host_name=_named(call, call.get("HostName") or "", number) or f"iZ{instance_id[2:14]}Z",
        description=call.get("Description") or "",
        zone_id=wanted.vswitch.zone_id,
        type_id=wanted.instance_type.id,
        image_id=wanted.image.id,
        traits=wanted.image.traits,
        vpc_id=wanted.vswitch.vpc_id,
        vswitch_id=wanted.vswitch.id,
        private_ip=private_ip or state.private_address(wanted.vswitch, now) or "",
        mac=":".join(["00:16:3e", *(f"{world.random.randrange(256):02x}" for _ in range(3))]),
        eni_id=world.new_id("eni-"),
        security_group_ids=list(wanted.group_ids),
        timeline=Timeline((now, "Pending")),
        public_ip=state.public_address() if wanted.bandwidth_out else "",
        bandwidth_in=wanted.bandwidth_in,
        bandwidth_out=wanted.bandwidth_out,
        internet_charge_type=wanted.internet_charge_type,
        key_pair="" if call.get("Password") or wanted.image.traits.windows else call.get("KeyPairName", ""),
        has_password=bool(call.get("Password") or call.get("PasswordInherit")),
        charge_type=wanted.charge_type,
        sale_cycle=(call.get("PeriodUnit") or "Month").lower() if wanted.charge_type == "PrePaid" else "",
        expires_at=now + timedelta(days=wanted.period_days) if wanted.period_days else None,
        release_at=wanted.release_at,
        spot_strategy=call.get("SpotStrategy") or "NoSpot",
        spot_price_limit=float(call.get("SpotPriceLimit") or 0.0),
        deletion_protection=bool(call.get("DeletionProtection")),
        http_endpoint=call.get("HttpEndpoint") or "enabled",
        http_tokens=call.get("HttpTokens") or "optional",
        ram_role=call.get("RamRoleName") or "",
        non_root=bool((call.get("ImageOptions") or {}).get("LoginAsNonRoot")),
        silent=world.faults.take_no_heartbeat(call.region_id),
        booted_from=wanted.image.name,
        boots=0,
    )
    if wanted.release_at:
        instance.gone_at = wanted.release_at
    pending = world.seconds(world.durations.instance_pending)
    fate = world.faults.outcome("ecs_instance", call.region_id)
    if fate == "fail":
        # Reported as the event SystemFailure.Delete: it disappears before it has started.
        ends = now + timedelta(seconds=pending + world.seconds(world.durations.instance_start) / 2)
        instance.gone_at = min(instance.gone_at, ends)
    elif fate == "stall":
        pending = (NEVER - now).total_seconds() / 2
    boot.start(world, instance, now, pending=pending)
    state.instances.add(instance)
    for spec in [wanted.system, *wanted.data]:
        make_disk(call, instance, spec)
    return instance


def make_disk(call: Call, instance: Instance, spec: DiskSpec, seconds: float | None = None) -> Disk:
    """A new disk, attached to an instance from the start."""
    world, now = call.world, call.now
    takes = world.seconds(world.durations.disk_create) if seconds is None else seconds
    timeline = Timeline((now, "Creating"))
    timeline.plan(now, (takes, "In_use"))
    if instance.gone_at < NEVER and not spec.delete_with_instance:
        timeline.plan(now, (takes, "In_use"), ((instance.gone_at - now).total_seconds(), "Available"))
    system = spec.kind == "system"
    return find.ecs(call).disks.add(
        Disk(
            id=world.new_id("d-"),
            account_id=instance.account_id,
            region_id=instance.region_id,
            created_at=now,
            visible_at=world.visible_at(now),
            gone_at=instance.gone_at if spec.delete_with_instance else NEVER,
            zone_id=instance.zone_id,
            size=spec.size,
            kind=spec.kind,
            category=spec.category,
            performance_level=spec.level,
            timeline=timeline,
            name=spec.name,
            description=spec.description,
            instance_id=instance.id,
            device=spec.device,
            delete_with_instance=spec.delete_with_instance,
            encrypted=spec.encrypted,
            kms_key_id=spec.kms_key_id,
            image_id=instance.image_id if system else "",
            snapshot_id=spec.snapshot_id,
            traits=instance.traits if system else None,
            charge_type=instance.charge_type,
            expires_at=instance.expires_at,
            attached_at=now,
        )
    )
