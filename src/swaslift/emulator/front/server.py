"""The HTTP server: one thread with one loop, on IPv4 loopback only."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from swaslift.emulator.front.answer import render
from swaslift.emulator.front.gate import ConnectionCut, Gate
from swaslift.emulator.front.request import read

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST = "127.0.0.1"
LONGEST_LINE = 256 * 1024
"""The SDKs send every parameter in the query, scripts and user data of many KB among them."""
_LOOPBACK_NAMES = frozenset({HOST, "localhost"})
T = TypeVar("T")


class Server:
    """Runs a gate and the control endpoints in a thread of its own."""

    def __init__(self, gate: Gate, control: list[web.RouteDef], port: int = 0) -> None:
        self._gate = gate
        self._control = control
        self._wanted_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="swaslift-emulator", daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._failed: BaseException | None = None
        self.port = 0

    def start(self) -> None:
        """Return once the port is open; raises `OSError` when it cannot be had."""
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            self._thread.join()
            raise self._failed

    def stop(self) -> None:
        """Close every connection and join the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def run_on_loop(self, work: Callable[[], T]) -> T:
        """Do something between two calls, never in the middle of one."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return work()

        async def once() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(once(), self._loop).result()

    def _run(self) -> None:
        # A runner also ends the calls whose callers have gone: aiohttp no longer knows of them.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        app = web.Application(middlewares=[_loopback_only])
        app.add_routes([*self._control, web.route("*", "/{tail:.*}", self._call)])
        app.on_response_prepare.append(_without_date)
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=0.2,
            max_line_size=LONGEST_LINE,
            auto_decompress=False,  # the signature is over the bytes as they were sent
        )
        try:
            await runner.setup()
            site = web.TCPSite(runner, HOST, self._wanted_port)
            await site.start()
            self.port = int(runner.addresses[0][1])
        except OSError as error:
            self._failed = error
            await runner.cleanup()
            self._ready.set()
            return
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        raw = await read(request)
        try:
            answer = await self._gate.answer(raw)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        text, content_type = render(answer, raw.action, xml=raw.wants_xml)
        headers = {"x-acs-request-id": answer.request_id, "Date": self._gate.date, **answer.headers}
        return web.Response(
            status=answer.http,
            body=text.encode("utf-8", "replace"),  # a header that is echoed may hold any bytes
            content_type=content_type,
            charset="utf-8",
            headers=headers,
        )


async def _without_date(_request: web.Request, response: web.StreamResponse) -> None:
    """Take an empty ``Date`` away; aiohttp puts the real time where there is none."""
    if not response.headers["Date"]:
        del response.headers["Date"]


@web.middleware
async def _loopback_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests under another host name: a web page must not reach the emulator by rebinding one."""
    if (request.host or "").rsplit(":", 1)[0] not in _LOOPBACK_NAMES:
        return web.Response(status=403, text="the emulator answers on 127.0.0.1 and localhost only")
    return await handler(request)
