"""Every argument of every verb, given what it cannot be: refused by its name, and nothing is changed."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from swaslift.models import CustomImage
from swaslift.verbs.verb import Verb
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT, client_of, new_instance

BASE, WEB = "m-emulator-base-hz", "i-emulator-web-old"

VALID: dict[str, dict[str, Any]] = {
    "capture_image": {"server": "shop"},
    "share_to_ecs": {"image": "golden"},
    "unshare_from_ecs": {"image": "golden"},
    "copy_to_region": {"image": "golden", "region": "ap-southeast-1"},
    "launch_instances": {"ecs_image": BASE, "target": new_instance()},
    "replace_system_disk": {"instance": WEB, "ecs_image": BASE},
    "share_with_account": {"image": "golden", "account_id": OTHER_ACCOUNT},
    "unshare_with_account": {"image": "golden", "account_id": OTHER_ACCOUNT},
    "hand_over": {"ecs_image": BASE, "account_id": OTHER_ACCOUNT},
    "delete_image": {"image": "golden"},
    "reset_server": {"server": "shop", "image": "img-ubuntu-2204"},
    "scale_out": {"image": "golden", "count": 1, "server_plan": "swas.s.c2m4s60b5"},
    "migrate_to_ecs": {"server": "shop", "target": new_instance()},
}
"""For each verb a call that can be planned."""

WRONG: tuple[Any, ...] = (object(), 5, -1, True, "", "\n", "x y", [[]], ["share", 1], {"a": 1}, {1, 2})
"""What is tried in the place of each argument."""

FITS: dict[str, tuple[Any, ...]] = {
    "again": (True,),
    "backup": (True,),
    "count": (5,),
    "description": ("x y",),
    "encrypted": (True,),
    "own_image": (True,),
    "resource_group_id": ("\n", "x y"),
    "after": ("x y",),
    "before": ("x y",),
    "snapshot": (True,),
    "snapshots": (True,),
    "stop_source": (True,),
    "unshare": (True,),
    "auto_renew": (True,),
    "command": ("x y",),
    "data_disk_size": (5,),
    "server_quota": (5,),
}
"""What of that an argument of a verb may be after all."""


def verbs_of(lift: Client) -> dict[str, Verb[..., Any]]:
    return {name: v for name, v in vars(lift).items() if isinstance(v, Verb)}


def test_every_verb_is_tried(lift: Client) -> None:
    assert set(verbs_of(lift)) == set(VALID)


@pytest.mark.parametrize("verb", VALID)
def test_a_wrong_value_is_refused_by_the_name_of_its_argument(
    cloud: Emulator, lift: Client, verb: str
) -> None:
    make_image(cloud, lift, "golden")
    cloud.log.clear()
    ask = verbs_of(lift)[verb]
    assert not ask.plan(**VALID[verb]).blockers
    problems = []
    for argument in inspect.signature(ask).parameters:
        for wrong in WRONG:
            if any(wrong is f or (type(wrong) is type(f) and wrong == f) for f in fits(verb, argument)):
                continue
            try:
                plan = ask.plan(**{**VALID[verb], argument: wrong})
                plan.require(plan.consents)
            except (InvalidArgument, PreflightError) as error:
                found = [error] if isinstance(error, InvalidArgument) else error.checks
                if not any(f.field.split(".")[0] == argument and f.remedy for f in found):
                    problems.append(f"{argument}={wrong!r}: {error}")
            except Exception as error:  # noqa: BLE001  # whatever it is, it is not what users are told to expect
                problems.append(f"{argument}={wrong!r}: {error!r}")
            else:
                problems.append(f"{argument}={wrong!r} was taken")
    assert problems == []
    assert cloud.log.attempted_writes() == []
    assert not list(lift.runs.list())


def fits(verb: str, argument: str) -> tuple[Any, ...]:
    if (verb, argument) == ("capture_image", "snapshots"):
        return ()
    return FITS.get(argument, ())


def test_a_region_that_contradicts_a_record_is_refused(cloud: Emulator, lift: Client) -> None:
    image: CustomImage = make_image(cloud, lift, "golden")
    server, base = lift.servers.get("shop"), next(i for i in lift.ecs.images.list() if i.id == BASE)
    instance = lift.ecs.instances.get(WEB)
    cloud.log.clear()
    records: dict[str, Any] = {"server": server, "image": image, "ecs_image": base, "instance": instance}
    tried = set()
    with client_of(cloud, region="cn-shanghai") as there:
        for verb, ask in verbs_of(there).items():
            parameters = inspect.signature(ask).parameters
            given = {**VALID[verb], **{name: r for name, r in records.items() if name in parameters}}
            if verb == "reset_server":  # no server is reset to an image of itself
                given["image"] = VALID[verb]["image"]
            field = "image_region" if "image_region" in parameters else "region"
            assert not ask.plan(**given).blockers, "a record says itself where it is"
            if field not in parameters:
                continue
            assert not ask.plan(**given, **{field: "cn-hangzhou"}).blockers
            with pytest.raises(InvalidArgument, match="cn-hangzhou") as caught:
                ask.plan(**given, **{field: "cn-beijing"})
            assert (caught.value.field, caught.value.value) == (field, "cn-beijing")
            assert caught.value.remedy.startswith("Leave it out")
            tried.add(verb)
    assert tried == set(VALID) - {"launch_instances"}
    assert cloud.log.attempted_writes() == []
