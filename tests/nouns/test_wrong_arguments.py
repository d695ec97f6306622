"""Every argument of every public method that is no verb, given what it cannot be.

The methods are found by looking at a client, and their arguments by their names, so that a new one is tried by itself.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swaslift import Client, NewFirewallRule
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, RunNotFound, RunPaused
from swaslift.models import CustomImage

WRONG: tuple[Any, ...] = (
    None, object(), 5, -1, True, b"x", "", "x y", [[]], ["share", 1], {"a": 1}, {1, 2}
)  # fmt: skip
"""What is tried in the place of each argument."""

THINGS = {
    "servers": "shop",
    "images": "golden",
    "server_plans": "swas.s.c1m1s20b1",
    "key_pairs": "ops",
    "ecs.images": "m-emulator-base-hz",
    "ecs.instances": "i-emulator-web-old",
    "ecs.disks": "d-emulator-idle-data",
    "ecs.security_groups": "sg-emulator-hz-web",
    "ecs.vswitches": "vsw-emulator-hz-i",
    "ecs.key_pairs": "ops",
}
"""One of each kind, by id or name; of disks and snapshots of servers, whichever is listed first."""

NEEDED: dict[str, Any] = {
    "server": "shop",
    "instance": "i-emulator-web-old",
    "instance_type": "ecs.g7.large",
    "region_id": "cn-hangzhou",
    "run_id": "paused",
    "name": "shop",
    "tags": {"a": "b"},
    "keys": ["a"],
    "rules": NewFirewallRule("8443"),
    "firewall_rules.delete.rules": "a rule that is not there",
    "listener": print,
    "timeout": 1,
}
"""What arguments that cannot be left out may be."""

FITS: dict[str, tuple[Any, ...]] = {
    "keys": ("x y", {"a": 1}),
    "vpc_id": ("x y",),
    "zone_id": ("x y",),
    "disk": ("x y",),
    "ecs.disks.list.instance": ("x y",),
    "ecs.instances.list.image": ("x y",),
    "firewall_rules.delete.rules": ("x y", {"a": 1}),
    "cpu": (5,),
    "memory": (5,),
    "timeout": (5,),
    "limit": (5, None),
}
"""What of `WRONG` an argument may be after all."""


def methods_of(lift: Client) -> dict[str, Callable[..., Any]]:
    """The public methods of a client, its nouns and its runs that take arguments, by their dotted names."""
    nouns = {
        name: noun for name, noun in vars(lift).items() if type(noun).__module__.startswith("swaslift.nouns")
    }
    nouns |= {f"ecs.{name}": noun for name, noun in vars(nouns.pop("ecs")).items()}
    run = lift.runs.get("paused")
    found = {"run.undo": run.undo.__call__}
    for path, holder in {"": lift, "run": run, "run.undo": run.undo, **nouns}.items():
        for name, method in inspect.getmembers(holder, inspect.ismethod):
            if not name.startswith("_") and (path, name) != ("run", "shown"):  # that is for verbs
                found[f"{path}.{name}".removeprefix(".")] = method
    return {name: method for name, method in found.items() if inspect.signature(method).parameters}


def valid(lift: Client, path: str, method: Callable[..., Any]) -> dict[str, Any]:
    """Arguments of a call that can be made."""
    noun = path.rpartition(".")[0]
    needed = [n for n, p in inspect.signature(method).parameters.items() if p.default is p.empty]
    # What a method works on is a thing of its noun; what else it needs is known by its name.
    return {
        n: one_of(lift, noun)
        if n in {"key", "item", "image"}
        else NEEDED[f"{path}.{n}" if f"{path}.{n}" in NEEDED else n]
        for n in needed
    }


def one_of(lift: Client, noun: str) -> str:
    if noun in THINGS:
        return THINGS[noun]
    first = next(operator.attrgetter(noun)(lift).list())
    return str(first.id)


def called(method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """A call, and all that it lists."""
    result = method(**arguments)
    return list(result) if isinstance(result, Iterator) else result


@pytest.fixture
def going(cloud: Emulator, lift: Client, image: CustomImage) -> Client:
    """A client with something of everything, and a paused run."""
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.share_to_ecs(image, run_id="paused")
    cloud.log.clear()
    return lift


def test_a_wrong_value_is_refused_by_the_name_of_its_argument(cloud: Emulator, going: Client) -> None:
    problems, tried = [], 0
    for path, method in methods_of(going).items():
        right = {} if path == "chain" else valid(going, path, method)
        for argument, parameter in inspect.signature(method).parameters.items():
            fits = [*FITS.get(f"{path}.{argument}", FITS.get(argument, ()))]
            fits += [None] if parameter.default is None else []
            for wrong in (w for w in WRONG if not any(same(w, f) for f in fits)):
                tried += 1
                if problem := problem_of(method, {**right, argument: wrong}, argument):
                    problems.append(f"{path}({argument}={wrong!r}): {problem}")
    assert not problems, "\n".join(problems)
    assert tried > 1000
    assert cloud.log.attempted_writes() == []
    assert going.runs.get("paused").status == "paused"


def problem_of(method: Callable[..., Any], arguments: dict[str, Any], wrong: str) -> str:
    """What is wrong with how one wrong argument of a call is refused."""
    try:
        called(method, arguments)
    except InvalidArgument as error:
        # A noun calls its things by what they are: `server`, `image` ...
        named = error.field == wrong or wrong in {"key", "item"}
        return "" if named and error.remedy else str(error)
    except RunNotFound as error:
        return "" if wrong in {"run_id", "before"} and arguments[wrong] == "x y" else repr(error)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is not what users are told to expect
        return repr(error)
    return "it was taken"


def test_what_they_are_tried_with_otherwise_is_right(cloud: Emulator, going: Client) -> None:
    for path, method in methods_of(going).items():
        if path not in {"chain", "runs.resume", "run.undo", "run.result"}:
            called(method, valid(going, path, method))
            cloud.clock.advance(600)  # a server that restarts cannot be stopped


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other
