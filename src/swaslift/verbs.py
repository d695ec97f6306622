"""Verbs as a user calls them.

``verb(...)`` does it, ``verb.plan(...)`` shows it, ``verb.start(...)`` goes on in the background.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from swaslift.checks import warning
from swaslift.consent import Consent
from swaslift.drivers.background import Background
from swaslift.drivers.carrier import Carrier
from swaslift.lifecycle.definition import run_id_for
from swaslift.lifecycle.migration_arguments import arguments_of
from swaslift.lifecycle.migration_plan import prepare
from swaslift.lifecycle.spec import Keep
from swaslift.models import Server
from swaslift.planning.plan import Plan
from swaslift.planning.source import find_server
from swaslift.run import Migration, Run
from swaslift.targets import NewInstance, Target


class MigrateToEcsVerb:
    """``lift.migrate_to_ecs``: carry a server to ECS.

    The source server keeps running and is not changed: its disks are snapshotted, a custom image is
    made of them and shared with ECS, an ECS image of your own is made of that, and the target comes to
    life from it. Then what was only a way there is removed.

    Sizes are GiB, times UTC, bandwidth Mbit/s. API actions that change something: CreateSnapshot,
    CreateCustomImage, ModifyImageShareStatus, CopyImage, RunInstances (or StopInstance,
    CreateSnapshot, ReplaceSystemDisk, AttachKeyPair, StartInstance), DeleteCustomImage,
    DeleteSnapshot; in cases that the plan names also CreateImage and DeleteImage. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/use-cases/migrate-data-from-lightweight-application-servers-to-ecs-instances-through
    """

    def __init__(self, carrier: Carrier, background: Background, region: str) -> None:
        self._carrier = carrier
        self._background = background
        self._region = region

    def plan(
        self,
        server: Server | str,
        target: Target,
        *,
        region: str | None = None,
        data_disks: Literal["include", "leave"] | None = None,
        keep: Iterable[Keep] = (),
        verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
        own_image: bool = True,
        image_name: str | None = None,
        run_id: str | None = None,
        again: bool = False,
    ) -> Plan[Migration]:
        """What the migration would do, cost and need. Only reads. Arguments as for the call itself.

        Raises:
            InvalidArgument: an argument is wrong.
            RunExists, RunConflict: the run of this id is over, or has other arguments.
            ConfigError, ApiError, TransportError: the cloud could not be asked.
        """
        found = find_server(self._carrier.cloud, server, region or self._region)
        arguments = arguments_of(
            found,
            target,
            data_disks=data_disks,
            keep=keep,
            verify=verify,
            own_image=own_image,
            image_name=image_name,
        )
        run_id = self._run_id(found, run_id)
        existing = self._carrier.unfinished(run_id, "migrate_to_ecs", arguments)
        if existing is None:
            run_id = self._carrier.free_id(run_id, again=again)
            existing = self._carrier.unfinished(run_id, "migrate_to_ecs", arguments)
        prepared = prepare(self._carrier.cloud, found, target, arguments, run_id)
        checks = prepared.checks
        if existing is not None:
            going = warning(
                "run_id", run_id, f"a run of this id is {existing.state}; the same call goes on with it"
            )
            # What stood in the way of a new run may be what this run has made.
            checks = (going, *(c for c in checks if c.level != "blocker"))
        where = target.region or found.region_id
        goal = (
            f"a new {target.instance_type}"
            if isinstance(target, NewInstance)
            else f"instance {target.instance}"
        )
        return Plan(
            verb="migrate_to_ecs",
            run_id=run_id,
            account_id=self._carrier.cloud.account_id,
            title=f"Migrate server {found.name} to {goal} in {where}",
            source=found.id,
            checks=checks,
            steps=prepared.steps,
            consents=prepared.consents,
            cost=prepared.cost,
            downtime=prepared.downtime,
            remarks=prepared.remarks,
            emulated=self._carrier.cloud.emulated,
            arguments=arguments,
            spec=prepared.spec.model_dump(mode="json") if prepared.spec else {},
            _apply=self._apply,
        )

    def __call__(
        self,
        server: Server | str,
        target: Target,
        *,
        region: str | None = None,
        data_disks: Literal["include", "leave"] | None = None,
        keep: Iterable[Keep] = (),
        verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
        own_image: bool = True,
        image_name: str | None = None,
        consent: Iterable[Consent] | Consent = (),
        run_id: str | None = None,
        again: bool = False,
    ) -> Migration:
        """Migrate, and return when it is done. The same call again goes on with an unfinished run.

        Args:
            server: a `Server`, an id, or a unique name.
            target: `NewInstance` or `ReplaceSystemDisk`.
            region: the server's region; the client's by default.
            data_disks: ``"include"`` takes the data disk along (default for a new instance),
                ``"leave"`` takes the system disk alone.
            keep: what not to remove at the end: ``"share"`` (and so image and snapshots),
                ``"swas_image"``, ``"swas_snapshots"``, ``"copies"`` (of the way to another region).
            verify: wait until the Cloud Assistant agent answers, or until the instance is Running.
            own_image: end on an ECS image of the account's own; without it the SWAS image must stay
                shared for as long as the instance's disks may need re-initialising.
            image_name: a name for that image.
            consent: leave to spend and to erase; ``plan.consents`` lists what is needed.
            run_id: an id for the run; by default one derived from account, verb and server.
            again: do it once more after an earlier run of this id is over.

        Raises:
            InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
            RunExists, RunConflict, RunBusy: there is such a run already.
            RunPaused: it stopped on the way; the message says how to go on.
            ConfigError, ApiError, TransportError: the cloud could not be asked.
        """
        plan = self.plan(
            server,
            target,
            region=region,
            data_disks=data_disks,
            keep=keep,
            verify=verify,
            own_image=own_image,
            image_name=image_name,
            run_id=run_id,
            again=again,
        )
        if self._carrier.journal.find(plan.run_id) is None:
            plan.require(consent)
        return self._apply(plan)

    def start(
        self,
        server: Server | str,
        target: Target,
        *,
        region: str | None = None,
        data_disks: Literal["include", "leave"] | None = None,
        keep: Iterable[Keep] = (),
        verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
        own_image: bool = True,
        image_name: str | None = None,
        consent: Iterable[Consent] | Consent = (),
        run_id: str | None = None,
        again: bool = False,
    ) -> Run:
        """Begin as the call does, and return at once; the client's one driver thread goes on.

        When the process ends the run stands in the journal as it was, and is resumed from there.

        Raises:
            As the call, but for RunPaused, which ``run.result()`` raises.
        """
        plan = self.plan(
            server,
            target,
            region=region,
            data_disks=data_disks,
            keep=keep,
            verify=verify,
            own_image=own_image,
            image_name=image_name,
            run_id=run_id,
            again=again,
        )
        if self._carrier.journal.find(plan.run_id) is None:
            plan.require(consent)
            self._carrier.create(plan)
        self._carrier.unfinished(plan.run_id, plan.verb, plan.arguments)
        self._background.submit(plan.run_id)
        return Run(self._carrier, plan.run_id, self._background)

    def _run_id(self, server: Server, given: str | None) -> str:
        cloud = self._carrier.cloud
        # A rehearsal on the emulator is another run than the migration it rehearses.
        account = f"{cloud.account_id} emulated" if cloud.emulated else cloud.account_id
        return run_id_for("migrate_to_ecs", account, server.id, server.name, given)

    def _apply(self, plan: Plan[Migration]) -> Migration:
        if self._carrier.journal.find(plan.run_id) is None:
            self._carrier.create(plan)
        # A run of this id that has come about since the plan was made may be another one.
        self._carrier.unfinished(plan.run_id, plan.verb, plan.arguments)
        self._carrier.carry(plan.run_id)
        result: Migration = Run(self._carrier, plan.run_id).result()
        return result
