"""Where a cassette comes from, as it stands in the file itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import metadata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from swaslift.errors import InvalidArgument
from swaslift.version import version

Source = Literal["emulator", "vendor-doc-example", "live"]

SDK_PACKAGES = (
    "alibabacloud-swas-open20200601",
    "alibabacloud-ecs20140526",
    "alibabacloud-tea-openapi",
)


def sdk_versions() -> dict[str, str]:
    """The versions of the installed SDKs."""
    return {name: metadata.version(name) for name in SDK_PACKAGES}


LEAST_ABOUT = 10
"""Characters that tell what happens in a cassette, at least."""


def check_about(about: object) -> None:
    """Refuse what does not tell anything.

    Raises:
        InvalidArgument: it is no text, or a word or two at most.
    """
    if not isinstance(about, str) or len(about.strip()) < LEAST_ABOUT:
        problem = "it does not say what happens in the cassette"
        remedy = f"Give a line of {LEAST_ABOUT} characters or more"
        raise InvalidArgument("about", about, problem, remedy)


class Provenance(BaseModel):
    """What a cassette says about itself.

    Attributes:
        provenance: ``emulator``, ``live``, or ``vendor-doc-example``: a sample answer of the vendor's
            documentation, which nobody recorded.
        about: what happens in it, in one line of 10 characters at least.
        recorded: the day, UTC.
        region: the region of the client that was recorded.
        started: the recording's clock at its start; a replay starts there.
        page: the address of the documentation, where it comes from there.
        stage: ids and names that stood for something when it was recorded, e.g. ``{"vswitch_id": ...}``.
        swaslift: the version that recorded it.
        sdk: the versions of the SDKs that recorded it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provenance: Source
    about: str = Field(min_length=LEAST_ABOUT)
    recorded: date
    region: str
    started: datetime
    page: str | None = None
    stage: dict[str, str] = {}
    swaslift: str = Field(default_factory=version)
    sdk: dict[str, str] = Field(default_factory=sdk_versions, min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Provenance:
        if (self.page is not None) != (self.provenance == "vendor-doc-example"):
            raise ValueError("a vendor-doc-example names its page, and nothing else does")
        if self.started.tzinfo is None:
            raise ValueError("started needs a time zone")
        return self

    def age(self, today: date | None = None) -> int:
        """Days since it was recorded."""
        return ((today or datetime.now(UTC).date()) - self.recorded).days
