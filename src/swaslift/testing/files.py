"""The file of a cassette: vcrpy's own layout, written so that people can read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from vcr.persisters.filesystem import FilesystemPersister
from vcr.request import Request
from vcr.serializers import yamlserializer

from swaslift.errors import ConfigError
from swaslift.testing.calls import Call
from swaslift.testing.playback import Interaction
from swaslift.testing.provenance import Provenance
from swaslift.validation import invalid_argument


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML is not typed
    """Keeps the order of keys, and writes texts of several lines as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # PyYAML's
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


class _Line(dict[str, Any]):
    """Is written in one line."""


def _line(dumper: yaml.SafeDumper, line: _Line) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", line, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, _line)


def _short(part: dict[str, Any]) -> dict[str, Any]:
    return {k: _Line(v) if k in {"status", "headers"} else v for k, v in part.items()}


class Serializer:
    """What vcrpy is told to read and write cassettes with."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        """A cassette as text: where it comes from first."""
        interactions = [{k: _short(v) for k, v in i.items()} for i in cassette["interactions"]]
        ordered = {k: cassette[k] for k in ("version", "metadata")} | {"interactions": interactions}
        return str(yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True))

    @staticmethod
    def deserialize(text: str) -> Any:
        """A text as a cassette."""
        return yamlserializer.deserialize(text)


@dataclass(frozen=True)
class Loaded:
    """A cassette as it was read.

    Attributes:
        path: its file.
        provenance: where it comes from.
        requests: vcrpy's requests.
        responses: vcrpy's responses, in the same order.
    """

    path: Path
    provenance: Provenance
    requests: Sequence[Request]
    responses: Sequence[dict[str, Any]]

    @property
    def interactions(self) -> list[Interaction]:
        """The same, as calls and answers."""
        pairs = zip(self.requests, self.responses, strict=True)
        return [Interaction.of(Call.of(q.uri, q.headers, q.body), answer) for q, answer in pairs]


def load(path: Path) -> Loaded:
    """Read a cassette.

    Raises:
        ConfigError: it is not there, or does not say where it comes from.
    """
    try:
        requests, responses, *rest = FilesystemPersister.load_cassette(path, serializer=Serializer)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        problem = "is not there" if not path.is_file() else f"cannot be read ({error})"
        raise ConfigError(f"the cassette {path} {problem}. Record it first, or anew") from error
    try:
        provenance = Provenance.model_validate(rest[0] if rest else {})
    except ValidationError as error:
        raise ConfigError(
            f"the cassette {path} does not say where it comes from: {invalid_argument(Provenance, error)}"
        ) from error
    return Loaded(path, provenance, requests, responses)
