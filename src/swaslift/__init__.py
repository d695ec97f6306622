"""swaslift: carry a Simple Application Server through the life of its custom image, and on to ECS.

The public names are imported on first use, so that ``import swaslift`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from swaslift import errors as errors
    from swaslift.client import Client as Client
    from swaslift.consent import Consent as Consent
    from swaslift.planning.plan import Plan as Plan
    from swaslift.run import Migration as Migration
    from swaslift.run import Run as Run
    from swaslift.runs.changing import named as named
    from swaslift.runs.effects import Script as Script
    from swaslift.runs.effects import fork as fork
    from swaslift.runs.effects import fork_tolerant as fork_tolerant
    from swaslift.runs.report import Report as Report
    from swaslift.secret import Secret as Secret
    from swaslift.targets import (
        Command as Command,
    )
    from swaslift.targets import (
        Disk as Disk,
    )
    from swaslift.targets import (
        NewFirewallRule as NewFirewallRule,
    )
    from swaslift.targets import (
        NewInstance as NewInstance,
    )
    from swaslift.targets import (
        ReplaceSystemDisk as ReplaceSystemDisk,
    )

_WHERE = {
    "Client": "swaslift.client",
    "Command": "swaslift.targets",
    "Consent": "swaslift.consent",
    "Disk": "swaslift.targets",
    "Migration": "swaslift.run",
    "NewFirewallRule": "swaslift.targets",
    "NewInstance": "swaslift.targets",
    "Plan": "swaslift.planning.plan",
    "ReplaceSystemDisk": "swaslift.targets",
    "Report": "swaslift.runs.report",
    "Run": "swaslift.run",
    "Script": "swaslift.runs.effects",
    "Secret": "swaslift.secret",
    "fork": "swaslift.runs.effects",
    "fork_tolerant": "swaslift.runs.effects",
    "named": "swaslift.runs.changing",
}

__all__ = [  # noqa: PLE0604  # the names are strings, from the table above
    *sorted(_WHERE),
    "__version__",
    "errors",
]


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module("swaslift.errors")
    if name == "__version__":
        return import_module("swaslift.version").version()
    if name not in _WHERE:
        raise AttributeError(f"module 'swaslift' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
