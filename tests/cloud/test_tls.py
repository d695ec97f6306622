"""Hosts that are not who they say they are, and hosts that point elsewhere: nothing signed goes there."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from swaslift.clock import VirtualClock
from swaslift.emulator import Emulator
from swaslift.errors import ConnectError, NoAnswerError
from tests.cloud.doors import REGION, door
from tests.cloud.wires import foreign


def self_signed(at: Path) -> Path:
    """A certificate that nobody has signed but its own key, and that key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    at.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return at


@contextmanager
def impostor(certificate: Path) -> Iterator[tuple[str, list[str]]]:
    """An HTTPS host with a certificate that nobody trusts: its URL, and the requests it got to see."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is no error here."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_host_whose_certificate_is_not_trusted_gets_nothing(cloud: Emulator, tmp_path: Path) -> None:
    with impostor(self_signed(tmp_path / "host.pem")) as (url, heard):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        client.policy.attempts = 1
        with pytest.raises(ConnectError, match=r"(?i)certificate.*Nothing was sent") as refused:
            client.ecs.stop_instance(REGION, "i-1")
    assert refused.value.endpoint == url
    assert heard == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_though_its_answer_looks_like_the_services(
    cloud: Emulator, status: int
) -> None:
    body = json.dumps({"RequestId": "x", "Regions": []}).encode()
    looks = {"body": body, "content_type": "application/json"}
    with (
        foreign(**looks) as (elsewhere, heard),
        foreign(status=status, headers={"location": f"{elsewhere}/"}, **looks) as (url, _),
    ):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        client.policy.attempts = 1
        with pytest.raises(NoAnswerError, match=f"HTTP {status}"):
            client.swas.list_regions()
    assert heard.requests == []
