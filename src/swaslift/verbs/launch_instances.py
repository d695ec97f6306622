"""``lift.launch_instances``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.launch import Launched, LaunchSpec
from swaslift.lifecycle.launching import prepare
from swaslift.lifecycle.spec import Verify
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.arguments import check_choice, region_of
from swaslift.planning.ecs_images import find_ecs_image
from swaslift.planning.names import stem
from swaslift.planning.preparation import Request
from swaslift.targets import NewInstance

MOST = 100
"""Instances that one ``RunInstances`` makes."""


def launch_instances(
    _cloud: Cloud,
    ecs_image: EcsImage | CustomImage | str,
    target: NewInstance,
    count: int = 1,
    *,
    min_count: int | None = None,
    verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[Launched]:
    """Run new ECS instances from an ECS image, and wait until each runs and answers.

    The instances are made by one call, all or none; ``min_count`` lets ECS make fewer where the stock is
    short. Of several, each name ends in 001, 002 ... The result lists the instances that run; among them
    it names those that did not answer in 15 minutes, and beside them those that disappeared before they
    ran. None of these is made anew by itself. An undo releases the instances; a subscription cannot be
    released before it expires.

    Sizes are GiB, times UTC, bandwidth Mbit/s. API actions that change something: RunInstances; and
    DeleteInstance for an instance that disappeared, in case it comes back. Rests on
    https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-runinstances

    Args:
        ecs_image: an `EcsImage`, an id, or a unique name: an own image, one that is shared with the
            account, or one of the system. A `CustomImage` of SWAS has to be shared or copied first.
        target: the instances to be. Its ``region`` is the image's by default, where that is a record,
            and else the client's; its ``name`` is the image's by default.
        count: how many, 1 to 100.
        min_count: how many will do where the stock is short; by default all or none.
        verify: wait until the Cloud Assistant agent answers, or until the instance is Running.
        consent: leave to spend; ``plan.consents`` lists what is needed, for all of them.
        run_id: an id for the run; by default one derived from account, verb, image and the target's name.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    if not isinstance(target, NewInstance):
        raise InvalidArgument(
            "target", target, f"not a target but {type(target).__name__}", "Give a NewInstance"
        )
    _check_number("count", count, MOST)
    if min_count is not None:
        _check_number("min_count", min_count, count)
    check_choice("verify", verify, get_args(Verify))
    region = target.region or region_of(_cloud, None, ecs_image if isinstance(ecs_image, EcsImage) else None)
    image = find_ecs_image(_cloud, ecs_image, region)
    spec = LaunchSpec(
        image=image,
        target=target,
        count=count,
        min_count=min_count,
        base=stem(image.name or image.id),
        verify=verify,
    )
    number = f"{count} instances" if count > 1 else "an instance"
    return Request(
        title=f"Launch {number} ({target.instance_type}) from the image {image.name} in {region}",
        source=image.id,
        name=image.name or image.id,
        apart=target.name or "",
        arguments={
            "image": image.id,
            "region": region,
            "target": target.model_dump(mode="json"),
            "count": count,
            "min_count": min_count,
            "verify": verify,
        },
        prepare=lambda _run_id: prepare(_cloud, spec),
        consent=consent,
        run_id=run_id,
        again=again,
    )


def _check_number(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgument(field, value, "not a whole number", f"Give 1 to {most}")
    if not 1 <= value <= most:
        raise InvalidArgument(field, value, "out of range", f"Give 1 to {most}; for more, call several times")
