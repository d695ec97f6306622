"""The verb ``capture_image``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.capture import Label, Taken, make_image, snapshot_disks
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.quiet import Quiet, snapshot_quietly
from swaslift.models import CustomImage, Server
from swaslift.runs.effects import Script
from swaslift.runs.step import Ref

VERB_TAG = "swaslift-verb"
"""By this tag snapshots are known that a capture made: a migration removes its own at its end."""

VERB = "capture_image"


class CaptureSpec(BaseModel):
    """One capture.

    Attributes:
        given: snapshots that are there already; then none is taken.
        adopted: snapshots that an earlier capture left behind, by disk.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    server: Server
    label: Label
    run_id: str
    with_data_disk: bool
    given: Taken | None = None
    adopted: dict[str, Ref] = {}
    quiet: Quiet = Quiet()


def capture_image(spec: CaptureSpec) -> Script[CustomImage]:
    """The script of the verb."""
    base, tags = spec.label.base, {VERB_TAG: VERB}
    if spec.given:
        taken = spec.given
    elif spec.quiet:
        taken = yield from snapshot_quietly(
            spec.server,
            spec.quiet,
            base=base,
            with_data_disk=spec.with_data_disk,
            tags=tags,
        )
    else:
        taken = yield from snapshot_disks(
            spec.server, base=base, with_data_disk=spec.with_data_disk, adopted=spec.adopted, tags=tags
        )
    captured = yield from make_image(spec.server, taken, spec.label)
    return captured.record


class CaptureImage(Definition[CaptureSpec, CustomImage]):
    """The verb ``capture_image``."""

    name = VERB
    spec = CaptureSpec
    outcome = CustomImage

    def script(self, spec: CaptureSpec) -> Script[CustomImage]:
        return capture_image(spec)

    def facts(self, spec: CaptureSpec, outcome: CustomImage | None) -> list[tuple[str, str]]:
        server = spec.server
        facts = [("From", f"{server.name} ({server.id}) in {server.region_id}")]
        if spec.adopted:
            facts.append(("Adopted", ", ".join(f"{r.name} ({r.id})" for r in spec.adopted.values())))
        if outcome:
            snapshots = filter(None, (outcome.system_snapshot_id, outcome.data_snapshot_id))
            facts += [("Image", f"{outcome.name} ({outcome.id})"), ("Snapshots", ", ".join(snapshots))]
        return facts
