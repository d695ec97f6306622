"""The unsigned control endpoints under ``/-/``: clock, log, faults, state."""

from __future__ import annotations

import inspect
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from aiohttp import web

from swaslift.emulator.front import plain_json
from swaslift.emulator.front.request import body_of
from swaslift.version import version

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from swaslift.emulator.emulator import Emulator

FAULT_KINDS = (
    "throttle",
    "fail",
    "lose_answer",
    "cut",
    "slow",
    "omit",
    "fail_resource",
    "stall",
    "no_heartbeat",
    "no_stock",
    "few_in_stock",
    "late_visibility",
    "unreachable",
    "clear",
)
_JSON_NAMES = {str: "a text", int: "an integer", float: "a number", bool: "true or false", NoneType: "null"}


class BadRequest(Exception):  # named by what is wrong
    """A control request that makes no sense; the text says why."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


class Control:
    """The control endpoints of one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[web.RouteDef]:
        """What the server adds to its routes."""
        return [
            web.get("/-/clock", _answering(self.get_clock)),
            web.post("/-/clock/advance", _answering(self.advance)),
            web.get("/-/log", _answering(self.get_log)),
            web.get("/-/faults", _answering(self.get_faults)),
            web.post("/-/faults", _answering(self.add_fault)),
            web.get("/-/state", _answering(self.get_state)),
            web.post("/-/console/copy-image", _answering(self.copy_image)),
            web.get("/-/health", _answering(self.health)),
            web.route("*", "/-/{tail:.*}", _answering(self.unknown)),
        ]

    async def get_clock(self, _request: web.Request) -> Any:
        """The clock's time and kind."""
        clock = self._emulator.clock
        return {
            "now": clock.now().isoformat(),
            "speed": clock.speed,
            "virtual": clock.virtual,
            "emulator": "swaslift",
            "version": version(),
        }

    async def advance(self, request: web.Request) -> Any:
        """``{"seconds": n}`` moves the clock forward, whatever its kind."""
        wanted = await _json(request)
        _check_fields(self._emulator.clock.advance, wanted)
        try:
            self._emulator.clock.advance(**wanted)
        except ValueError as wrong:
            raise BadRequest(str(wrong)) from wrong
        return await self.get_clock(request)

    async def get_log(self, _request: web.Request) -> Any:
        """Every call so far."""
        return [call.as_dict() for call in self._emulator.log]

    async def get_faults(self, _request: web.Request) -> Any:
        """The faults that wait to happen."""
        return self._emulator.faults.pending()

    async def add_fault(self, request: web.Request) -> Any:
        """``{"kind": name of a method of `Faults`, ...its arguments}``.

        Of ``fail_resource`` and ``stall``, the kind of resource is called ``resource`` here.
        """
        wanted = await _json(request)
        kind = wanted.pop("kind", None)
        if kind not in FAULT_KINDS:
            raise BadRequest(f'"kind" must be one of {", ".join(FAULT_KINDS)}, not {kind!r}')
        make = getattr(self._emulator.faults, kind)
        _check_fields(make, wanted, kind="resource")
        if "resource" in wanted:
            wanted["kind"] = wanted.pop("resource")
        try:
            make(**wanted)
        except ValueError as wrong:
            raise BadRequest(str(wrong)) from wrong
        return self._emulator.faults.pending()

    async def get_state(self, _request: web.Request) -> Any:
        """All resources of all accounts."""
        return self._emulator.snapshot()

    async def copy_image(self, request: web.Request) -> Any:
        """``{"image_id": ..., "region_id": ...}``, and ``name`` if it is to have another."""
        wanted = await _json(request)
        _check_fields(self._emulator.console_copy_image, wanted)
        try:
            return {"image_id": self._emulator.console_copy_image(**wanted)}
        except ValueError as wrong:
            raise BadRequest(str(wrong)) from wrong

    async def health(self, _request: web.Request) -> Any:
        """That it is there."""
        return {"status": "ok", "emulator": "swaslift", "version": version()}

    async def unknown(self, request: web.Request) -> Any:
        """No such endpoint."""
        raise BadRequest(f"there is no {request.method} {request.path}", status=404)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        value = plain_json.loads(await body_of(request) or "{}")
    except ValueError as wrong:
        raise BadRequest(f"the body is not JSON: {wrong}") from wrong
    if not isinstance(value, dict):
        raise BadRequest("the body must be a JSON object")
    return value


def _check_fields(call: Callable[..., Any], given: Mapping[str, Any], **called: str) -> None:
    """Whether a body has the fields that a call takes, with their types; some are called otherwise in a body.

    Raises:
        BadRequest: one is missing, unknown or of another type; the text names all there are.
    """
    fields = {called.get(name, name): p for name, p in inspect.signature(call).parameters.items()}
    types = {called.get(name, name): hint for name, hint in get_type_hints(call).items()}
    must = [name for name, p in fields.items() if p.default is p.empty]
    wrong = [f'"{name}" is missing' for name in must if name not in given]
    wrong += [f'"{name}" is unknown' for name in given if name not in fields]
    wrong += [
        f'"{name}" must be {_named(types[name])}, not {value!r:.80}'
        for name, value in given.items()
        if name in fields and not _is(value, types[name])
    ]
    if not wrong:
        return
    may = [f'"{name}"' for name in fields if name not in must]
    body = ", ".join(f'"{name}": ...' for name in must)
    optional = f" (optional: {', '.join(may)})" if may else ""
    raise BadRequest(f"{', '.join(wrong)}; give {{{body}}}{optional}")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """``int | None`` are two, ``Literal`` as many as it has values, each other type is one."""
    if get_origin(hint) is UnionType:
        return get_args(hint)
    return get_args(hint) if get_origin(hint) is Literal else (hint,)


def _is(value: Any, hint: Any) -> bool:
    """Whether a JSON value is one of a type; true and false are no numbers."""
    return any(
        value == one if isinstance(one, str) else type(value) in {float: (float, int)}.get(one, (one,))
        for one in _alternatives(hint)
    )


def _named(hint: Any) -> str:
    return " or ".join(
        f'"{one}"' if isinstance(one, str) else _JSON_NAMES[one] for one in _alternatives(hint)
    )


def _answering(
    handler: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except BadRequest as wrong:
            return web.json_response({"error": str(wrong)}, status=wrong.status)

    return answer
