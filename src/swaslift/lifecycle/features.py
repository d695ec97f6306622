"""What an image says of itself that instance types need, and that a copy may lose."""

from __future__ import annotations

from swaslift.lifecycle.steps import SetImageFeatures
from swaslift.models import EcsImage
from swaslift.runs.changing import ANY
from swaslift.runs.effects import Script, attempt, say
from swaslift.runs.step import Ref, Refused

_LACKING = "if the copy lacks features of its source"


def lacking(copy: EcsImage, source: EcsImage) -> dict[str, str]:
    """Features that a copy shows otherwise than its source, as the source has them; unknown ones are left out."""
    wanted = {"nvme_support": source.nvme_support, "boot_mode": source.boot_mode}
    return {name: value for name, value in wanted.items() if value and getattr(copy, name) != value}


def with_features(copy: EcsImage, *, of: EcsImage, step: str) -> Script[EcsImage]:
    """Give a copy the features of its source, where it lacks some; the copy as it is then.

    Where that is refused, the run goes on with the copy as it is: whether the target needs them, ECS says.

    Args:
        copy: an own image, which no instance uses yet.
        of: what it was copied from, perhaps by way of another copy.
        step: the step that made the copy.
    """
    missing = lacking(copy, of)
    if not missing and not copy.foreseen:
        return copy
    image = Ref(kind="ecs.image", id=copy.id, region_id=copy.region_id, name=copy.name)
    fix = SetImageFeatures(name=f"{step}-features", image=image, **missing)
    done = yield from attempt(fix, ANY, only_if=_LACKING)
    if isinstance(done, Refused):
        lost = ", ".join(f"{name}={value}" for name, value in missing.items())
        yield from say(
            f"{step}-lacks",
            f"The copy {copy.id} lacks what its source has ({lost}), and setting that was refused: {done.code}: "
            f"{done.message} Instance types that need it do not boot from the copy.",
        )
        return copy
    return copy.model_copy(update=missing)
