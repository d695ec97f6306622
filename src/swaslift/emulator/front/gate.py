"""What happens to one call, from the signature to the answer."""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from swaslift.emulator.front import answer as answers
from swaslift.emulator.front.answer import Answer
from swaslift.emulator.front.calls import CallLog, LoggedCall, is_write, masked
from swaslift.emulator.front.identity import Gatekeeper
from swaslift.emulator.front.limits import Limits
from swaslift.emulator.front.params import Invalid, Missing, NotServed, Schema
from swaslift.emulator.front.tokens import TokenMismatch, Tokens
from swaslift.emulator.service import Call, DryRunPassed, Service, ServiceError, not_implemented

if TYPE_CHECKING:
    from swaslift.emulator.faults import CallFault
    from swaslift.emulator.front.request import RawRequest
    from swaslift.emulator.world import Account, World

_log = logging.getLogger("swaslift.emulator")


class ConnectionCut(Exception):  # not an error: a fault that was asked for
    """The connection is to be closed without an answer."""


@dataclass
class _Progress:
    """What is known of a call so far; the log is written from it."""

    service: str = ""
    action: str = ""
    region_id: str = ""
    account_id: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    replayed: bool = False
    fault: str | None = None


class Gate:
    """Takes raw requests, gives answers; everything about a service comes from its contract."""

    def __init__(self, world: World, services: list[Service], log: CallLog, *, strict: bool = False) -> None:
        self._world = world
        self._strict = strict
        self._services = {service.contract.version: service for service in services}
        self._schemas = cache(self._schema)
        self._keeper = Gatekeeper(world)
        self._tokens = Tokens(world)
        self._limits = Limits(world)
        # Their own source, so that reading never changes which ids the next resources get.
        self._random = random.Random(f"request ids of {world.seed}")  # noqa: S311  # no secret
        self._seq = 0
        self.log = log

    @property
    def date(self) -> str:
        """The ``Date`` of an answer, by the emulator's clock; empty where answers carry none."""
        world = self._world
        return format_datetime(world.clock.now(), usegmt=True) if world.quirks.dated_answers else ""

    async def answer(self, raw: RawRequest) -> Answer:
        """Answer one request and log it; raises `ConnectionCut` where a fault says so."""
        self._seq += 1
        seq, at = self._seq, self._world.clock.now()
        request_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4)).upper()
        progress = _Progress(action=raw.action, region_id=raw.region_id, params=dict(raw.flat))
        given: Answer | None = None
        try:
            given = await self._work(raw, request_id, progress)
        except ServiceError as refused:
            given = self._error(raw, request_id, refused)
        finally:
            self.log.append(
                LoggedCall(
                    seq=seq,
                    at=at,
                    wall=datetime.now(UTC),
                    service=progress.service,
                    action=progress.action,
                    region_id=progress.region_id,
                    account_id=progress.account_id,
                    params=masked(progress.params),
                    client_token=raw.flat.get("ClientToken"),
                    http=given.http if given else 0,
                    code=given.code if given else "",
                    request_id=request_id,
                    write=is_write(progress.action),
                    dry_run=progress.dry_run,
                    replayed=progress.replayed,
                    fault=progress.fault,
                )
            )
        if progress.fault == "lose_answer":
            raise ConnectionCut
        return given

    async def _work(self, raw: RawRequest, request_id: str, progress: _Progress) -> Answer:
        service = self._services.get(raw.version)
        if service is None:
            raise ServiceError(404, "InvalidApi.NotFound", f"No API has the version {raw.version!r}.")
        progress.service = service.contract.name
        identity = self._keeper.identify(raw, service.contract.product)
        progress.account_id = identity.account_id
        self._known(service, raw)
        limit = (identity.account_id, raw.region_id, f"{service.contract.name}:{raw.action}")
        for fault in self._world.faults.meeting(raw.action, raw.region_id):
            progress.fault = fault.kind
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "cut":
                raise ConnectionCut
            elif fault.kind not in {"lose_answer", "omit"}:
                if fault.lockout:
                    self._limits.lock(limit)
                return self._faulty(raw, request_id, fault)
        if self._limits.exceeded(limit):
            raise ServiceError(400, "Throttling.User", "Request was denied due to user flow control.")
        progress.params = self._decode(service, raw)
        given = self._execute(service, raw, request_id, identity, progress)
        return answers.emptied(given) if progress.fault == "omit" and not is_write(raw.action) else given

    def _known(self, service: Service, raw: RawRequest) -> None:
        action = raw.action
        product = service.contract.product
        if action in service.contract.other_actions:
            raise not_implemented(f"The emulator does not serve {product} {action}.")
        if action not in service.contract.actions:
            raise ServiceError(
                404, "InvalidAction.NotFound", f"Specified api is not found: {product} has no {action!r}."
            )
        if raw.method not in service.contract.actions[action]["http_methods"]:
            raise ServiceError(403, "UnsupportedHTTPMethod", f"{action} is not called with {raw.method}.")
        if action not in service.handlers:
            raise not_implemented(f"The emulator does not serve {product} {action}.")

    def _decode(self, service: Service, raw: RawRequest) -> dict[str, Any]:
        invalid = ServiceError(400, "InvalidParameter", "")
        if service.contract.name == "swas":
            invalid = ServiceError(403, "InvalidParam", "")
        spec = service.contract.actions[raw.action]
        try:
            params = self._schemas(service.contract.name, raw.action).decode(raw.flat)
        except Missing as missing:
            raise ServiceError(
                400,
                "MissingParameter",
                f'The input parameter "{missing.name}" that is mandatory for processing this request is '
                "not supplied.",
            ) from None
        except NotServed as wanted:
            raise not_implemented(
                f"The emulator does not act on the parameter {wanted.name!r} of {raw.action}, and does not "
                "ignore it: leave it out."
            ) from None
        except Invalid as wrong:
            own = f"Invalid{wrong.name}.ValueNotSupported"
            if any(error["code"] == own for error in spec["errors"]):
                invalid = ServiceError(service.contract.http_status(raw.action, own), own, "")
            raise ServiceError(
                invalid.http,
                invalid.code,
                f'The specified parameter "{wrong.name}" is not valid: {wrong.why}.',
            ) from None
        region = params.get("RegionId")
        if region is not None and region not in service.contract.regions:
            if service.contract.name == "ecs":
                raise ServiceError(404, "InvalidRegionId.NotFound", f"The region {region!r} does not exist.")
            raise ServiceError(invalid.http, invalid.code, f"The region {region!r} does not exist.")
        token = str(params.get("ClientToken", ""))
        if len(token) > 64 or not token.isascii():
            raise ServiceError(invalid.http, invalid.code, "ClientToken takes at most 64 ASCII characters.")
        return params

    def _execute(
        self, service: Service, raw: RawRequest, request_id: str, identity: Account, progress: _Progress
    ) -> Answer:
        spec = service.contract.actions[raw.action]
        params = progress.params
        call = Call(
            service=service,
            action=raw.action,
            world=self._world,
            account_id=identity.account_id,
            region_id=raw.region_id,
            params=params,
            now=self._world.clock.now(),
            identity=identity,
        )
        progress.dry_run = bool(spec["dry_run"]) and call.dry_run
        # Some lists take a token too; a list must not be answered from memory.
        tokens_count = spec["client_token"] and is_write(raw.action) and not progress.dry_run
        token = params.get("ClientToken") if tokens_count else None
        key = (identity.account_id, raw.region_id, service.contract.name, raw.action, str(token))
        if token:
            try:
                earlier = self._tokens.earlier(key, params)
            except TokenMismatch:
                raise ServiceError(
                    400,
                    "IdempotentParameterMismatch",
                    "The request uses the same client token as a previous, but non-identical request.",
                ) from None
            if earlier is not None:
                progress.replayed = True
                return Answer(200, {**earlier, "RequestId": request_id}, request_id)
        body = self._handle(service, call, progress)
        if progress.dry_run:
            status = self._world.quirks.dry_run_status
            passed = "Request validation has been passed with DryRun flag set."
            return self._error(raw, request_id, ServiceError(status, "DryRunOperation", passed))
        if token:
            self._tokens.keep(key, params, body)
        return Answer(200, {**body, "RequestId": request_id}, request_id)

    def _handle(self, service: Service, call: Call, progress: _Progress) -> dict[str, Any]:
        try:
            body = service.handlers[call.action](call)
        except DryRunPassed:
            return {}
        except ServiceError:
            raise
        except Exception as bug:
            _log.exception("the handler of %s failed", call.action)
            raise ServiceError(500, "InternalError", f"The emulator itself failed: {bug!r}") from bug
        if progress.dry_run and is_write(call.action):
            raise ServiceError(
                500, "InternalError", f"The emulator does not stop a dry run of {call.action}."
            )
        return body

    def _schema(self, service: str, action: str) -> Schema:
        for known in self._services.values():
            if known.contract.name == service:
                spec, not_served = known.contract.actions[action], known.not_served.get(action, ())
                return Schema(spec, not_served, strict=self._strict)
        raise KeyError(service)

    def _error(self, raw: RawRequest, request_id: str, refused: ServiceError) -> Answer:
        service = self._services.get(raw.version)
        return answers.error(
            refused.http,
            refused.code,
            refused.message,
            request_id,
            host=raw.header("host"),
            product=service.contract.product if service else "",
        )

    def _faulty(self, raw: RawRequest, request_id: str, fault: CallFault) -> Answer:
        refused = self._error(raw, request_id, ServiceError(fault.http, fault.code, fault.message))
        if fault.retry_after_ms is not None:
            refused.headers["x-acs-retry-after"] = str(fault.retry_after_ms)
        return refused
