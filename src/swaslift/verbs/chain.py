"""Verbs of a user's own: several verbs, planned and carried out as one run."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.chain import CONTROL, Chain
from swaslift.planning.costs import Cost
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.attempts import Stop
from swaslift.runs.effects import ASKED
from swaslift.runs.preview import Parts, foresee


def asker(chain: Chain) -> Callable[..., Request[Any]]:
    """The function that looks at a chain's arguments, as each verb has one."""

    def ask(
        _cloud: Cloud,
        *args: Any,
        consent: Iterable[Consent] | Consent = (),
        run_id: str | None = None,
        again: bool = False,
        **kwargs: Any,
    ) -> Request[Any]:
        spec = chain.arguments(args, kwargs)
        arguments = spec.model_dump(mode="json")
        called = f"{chain.name}({', '.join(f'{k}={_short(v)}' for k, v in arguments.items())})"
        told = (inspect.getdoc(chain.function) or "").partition("\n")[0].rstrip(".")
        return Request(
            title=told or called,
            source=chain.name,
            name=chain.name,
            arguments=arguments,
            prepare=lambda run_id: _prepare(chain, spec, run_id),
            consent=consent,
            run_id=run_id,
            again=again,
            apart=json.dumps(arguments, sort_keys=True),
        )

    own = inspect.signature(ask).parameters
    taken = inspect.signature(chain.function).parameters
    ask.__name__, ask.__doc__ = chain.name, chain.function.__doc__
    ask.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what inspect reads
        [own["_cloud"], *taken.values(), *(own[name] for name in CONTROL)]
    )
    return ask


def _prepare(chain: Chain, spec: BaseModel, run_id: str) -> Preparation:
    """Look at each part with what is known now; the run looks again when the part begins."""
    parts = Parts(run_id)
    try:
        steps = foresee(lambda: chain.script(spec), parts)
    except Stop as stop:
        raise InvalidArgument("function", chain.name, stop.reason, stop.remedy) from stop.error
    found = {name.removesuffix(ASKED): cast("Preparation", part) for name, part in parts.found.items()}
    downtimes = dict.fromkeys(p.downtime for p in found.values() if p.downtime != "none")
    return Preparation(
        spec=spec,
        checks=tuple(replace(c, field=f"{verb}: {c.field}") for verb, p in found.items() for c in p.checks),
        steps=tuple(steps),
        # What the chain itself makes is its own to withdraw and to delete.
        consents=Consent.together(c for p in found.values() for c in p.consents if not c.foreseen),
        cost=Cost.together([p.cost for p in found.values() if p.cost]),
        downtime="; ".join(downtimes) or "none",
        remarks=tuple(dict.fromkeys(r for p in found.values() for r in p.remarks)),
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
