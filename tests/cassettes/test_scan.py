"""No secret in a cassette, and no false word about where it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from swaslift.testing import scan
from tests.cassettes.stage import ROOT, files

SAMPLE = ROOT / "emulator" / "share_to_ecs.yaml"


@pytest.mark.parametrize("path", files(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_each_cassette_is_clean_and_lies_where_it_belongs(path: Path) -> None:
    assert scan(path) == []
    assert yaml.safe_load(path.read_text("utf-8"))["metadata"]["provenance"] == path.parent.name


def test_nothing_else_lies_among_them() -> None:
    assert {p.suffix for p in ROOT.glob("**/*") if p.is_file()} <= {".yaml", ".md"}
    assert len(files()) == len(list(ROOT.glob("**/*.yaml")))


def written(tmp_path: Path, **changes: Any) -> Path:
    """The sample with its metadata changed; None takes one out."""
    cassette = yaml.safe_load(SAMPLE.read_text("utf-8"))
    cassette["metadata"].update(changes)
    cassette["metadata"] = {k: v for k, v in cassette["metadata"].items() if v is not None}
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(cassette, allow_unicode=True), "utf-8")
    return path


def test_the_sample_written_anew_is_clean(tmp_path: Path) -> None:
    assert scan(written(tmp_path)) == []


SECRETS = {
    "key id": ("AccessKeyId=LTAI5tABCDEFGHIJKLMNOPQR", "an access key id"),
    "key id alone": ("LTAI5tABCDEFGHIJKLMNOPQR", "an access key id"),
    "secret": ('"AccessKeySecret": "abc"', "an access key"),
    "token": ("x-acs-security-token: abc", "a security token"),
    "token alone": ("CAIS8gF1q6Ft5B2yfSjIr5ChQd", "a security token"),
    "sts key": ("STS.NUgYrLnoC37mZZCNnAbez1", "a security token"),
    "signature": ("Authorization: ACS3-HMAC-SHA256 Credential=x", "a signature"),
    "older signature": ("Signature=pVQ1s%2Bk%3D", "a signature"),
    "nonce": ("x-acs-signature-nonce: 12", "a signature"),
    "nonce of the older form": ("SignatureNonce=12", "a signature"),
    "date": ("x-acs-date: 2026", "a signed header"),
    "password": ("Password=Sesame1!", "a password"),
    "nested password": ("LoginCredentials.Password=Sesame1!", "a password"),
    "password in JSON": ('"Password": "Sesame1!"', "a password"),
    "escaped password": ("Password%3DSesame1", "a password"),
    "private key": ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
}


@pytest.mark.parametrize(("text", "what"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_found(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text(SAMPLE.read_text("utf-8") + f"# {text}\n", "utf-8")
    found = scan(path)
    assert found
    assert what in {line.rsplit(" in line ", 1)[0] for line in found}


@pytest.mark.parametrize(
    "text", ["Password=***", '"Password": "***"', "PasswordInherit=true", '"PasswordInherit": true']
)
def test_what_is_masked_or_no_secret_is_not_found(tmp_path: Path, text: str) -> None:
    path = tmp_path / "masked.yaml"
    path.write_text(SAMPLE.read_text("utf-8") + f"# {text}\n", "utf-8")
    assert scan(path) == []


UNTRUE: dict[str, tuple[dict[str, Any], str]] = {
    "live, and it is the emulator": ({"provenance": "live"}, "it says live, and holds '1234567890123456'"),
    "an example without a page": ({"provenance": "vendor-doc-example"}, "names its page"),
    "a recording with a page": ({"page": "https://www.alibabacloud.com/help"}, "names its page"),
    "a page of somebody else": (
        {"provenance": "vendor-doc-example", "page": "https://example.com/alibabacloud.com"},
        "is not the vendor's",
    ),
    "an unknown source": ({"provenance": "somewhere"}, "Give one of emulator"),
    "no provenance": ({"provenance": None}, "Give provenance="),
    "no SDK versions": ({"sdk": {}}, "sdk"),
    "no date": ({"recorded": None}, "recorded"),
    "a day to come": ({"recorded": str(datetime.now(UTC).date() + timedelta(days=9))}, "yet to come"),
    "no word of what it is": ({"about": ""}, "about"),
    "more than is known": ({"verified": True}, "no such field"),
}


@pytest.mark.parametrize(("changes", "what"), UNTRUE.values(), ids=UNTRUE.keys())
def test_a_missing_or_false_provenance_is_found(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    assert what in "\n".join(scan(written(tmp_path, **changes)))


def test_a_cassette_without_a_word_about_itself_is_found(tmp_path: Path) -> None:
    cassette = yaml.safe_load(SAMPLE.read_text("utf-8"))
    del cassette["metadata"]
    path = tmp_path / "bare.yaml"
    path.write_text(yaml.safe_dump(cassette), "utf-8")
    assert "does not say where it comes from" in scan(path)[0]


@pytest.mark.parametrize(
    ("text", "other", "what"),
    [
        ("1234567890123456", "9999888877776666", "was recorded of account 9999888877776666"),
        (
            "swas.cn-hangzhou.aliyuncs.com/?",
            "127.0.0.1:8970/?",
            "a call to 127.0.0.1, which no account shows",
        ),
    ],
)
def test_an_emulators_cassette_of_something_else_is_found(
    tmp_path: Path, text: str, other: str, what: str
) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(SAMPLE.read_text("utf-8").replace(text, other), "utf-8")
    assert what in "\n".join(scan(path))


def test_an_inventory_of_ones_own_has_its_own_accounts(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SAMPLE.read_text("utf-8").replace("1234567890123456", "9999888877776666"), "utf-8")
    assert len(scan(path)) == 1
    assert scan(path, emulated_accounts=["9999888877776666"]) == []
