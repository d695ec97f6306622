"""One HTTP request, taken apart but not yet believed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

SLOWEST_BODY = 10.0
"""Real seconds in which a body has to arrive."""


@dataclass(frozen=True)
class RawRequest:
    """What arrived: both signature forms look the same from here on."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    headers: dict[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, or an empty text."""
        return self.headers.get(name, [""])[0]

    @property
    def flat(self) -> dict[str, str]:
        """The parameters of query and form; where a name is given twice, the first counts."""
        found: dict[str, str] = {}
        for name, value in (*self.query, *self.form):
            found.setdefault(name, value)
        return found

    @property
    def uses_acs3(self) -> bool:
        """Whether the signature stands in the ``Authorization`` header."""
        return "authorization" in self.headers

    @property
    def action(self) -> str:
        """The action, from where the signature covers it: a header in the ACS3 form, a parameter in the older one."""
        return self._named("x-acs-action", "Action")

    @property
    def version(self) -> str:
        """The API version; each service has its own."""
        return self._named("x-acs-version", "Version")

    def _named(self, header: str, parameter: str) -> str:
        return (self.header(header) if self.uses_acs3 else "") or self.flat.get(parameter, "")

    @property
    def region_id(self) -> str:
        """The region of the call; some actions of ECS have none."""
        return self.flat.get("RegionId", "")

    @property
    def wants_xml(self) -> bool:
        """XML where asked for; the older form also answers XML where nothing is asked for.

        A format that does not exist asks for nothing: the older SDK sends ``None`` where none is set.
        """
        wanted = self.flat.get("Format", "").upper()
        if wanted in {"JSON", "XML"}:
            return wanted == "XML"
        return not self.uses_acs3 and "application/json" not in self.header("accept")


async def body_of(request: web.Request) -> bytes:
    """The whole body.

    Raises:
        HTTPException: It does not arrive in time, is not of the announced form, or is too large.
    """
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the body did not arrive in time") from None
    except web.RequestPayloadError as wrong:
        raise web.HTTPBadRequest(text=f"the body cannot be read: {wrong}") from None


async def read(request: web.Request) -> RawRequest:
    """Take an aiohttp request apart."""
    body = await body_of(request)
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    form: list[tuple[str, str]] = []
    if request.content_type == "application/x-www-form-urlencoded":
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    query = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
    return RawRequest(request.method, request.rel_url.raw_path, query, form, headers, body)
