"""Small servers on loopback: one that answers what it is told, and one that passes bytes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

HOST = "127.0.0.1"


@dataclass
class Said:
    """What a server answers, and what it was asked."""

    status: int = 200
    body: bytes = b"<html><body>Please log in</body></html>"
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    """What is answered one after the other, before ``body``."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, target as it was written, headers."""

    @property
    def targets(self) -> list[str]:
        """Methods and targets."""
        return [f"{method} {target.partition('?')[0]}" for method, target, _ in self.requests]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Nothing is written to the terminal."""

    def log_error(self, *args: Any) -> None:
        """Nothing is written to the terminal."""


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = _Quiet((HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def foreign(**answer: Any) -> Iterator[tuple[str, Said]]:
    """A server that is not the service: its URL, and what it says and heard."""
    said = Said(**answer)

    class Handler(_Handler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            said.requests.append((self.command, self.path, dict(self.headers.items())))
            self.send_response(said.status)
            for name, value in {"content-type": said.content_type, **said.headers}.items():
                self.send_header(name, value)
            body = said.bodies.pop(0) if said.bodies else said.body
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

    with _serving(Handler) as port:
        yield f"http://{HOST}:{port}", said


@contextmanager
def proxy(to: str | None = None) -> Iterator[tuple[str, Said]]:
    """An HTTP proxy: its URL, and what it heard. Requests go on to ``to``; a CONNECT is refused."""
    said = Said()
    opener = build_opener(ProxyHandler({}))

    class Handler(_Handler):
        def do_CONNECT(self) -> None:
            said.requests.append((self.command, self.path, dict(self.headers.items())))
            self.send_error(403)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            said.requests.append((self.command, self.path, dict(self.headers.items())))
            query = urlsplit(self.path).query
            request = Request(f"{to}/?{query}", data=body, method=self.command)
            for name, value in self.headers.items():
                request.add_header(name, value)
            with closing(opener.open(request)) as answer:
                content = answer.read()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with _serving(Handler) as port:
        yield f"http://{HOST}:{port}", said


class _Turnstile:
    """Passes bytes on to a host and back, a thread for each direction of each connection."""

    def __init__(self, to: str) -> None:
        host, _, port = to.rpartition(":")
        self._to = (host, int(port))
        self._ends: list[socket.socket] = []
        self.came: list[socket.socket] = []
        self.listener = socket.create_server((HOST, 0))
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: Any, *args: Any) -> None:
        self._threads.append(threading.Thread(target=work, args=args, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                inner, _ = self.listener.accept()
                outer = socket.create_connection(self._to)
                self.came.append(inner)
                self._ends += [inner, outer]
                self._start(self._pump, inner, outer)
                self._start(self._pump, outer, inner)

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in (self.listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for end in (self.listener, *self._ends):
            end.close()


@contextmanager
def turnstile(to: str) -> Iterator[tuple[str, list[socket.socket]]]:
    """A door in front of a host that counts who comes through: its URL, and the connections made."""
    with closing(_Turnstile(to)) as counter:
        yield f"http://{HOST}:{counter.listener.getsockname()[1]}", counter.came


def dead_port() -> int:
    """A port on which nobody listens."""
    with closing(socket.create_server((HOST, 0))) as server:
        return int(server.getsockname()[1])
