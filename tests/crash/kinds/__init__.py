"""What is killed, by name; one file a family of verbs."""

from importlib import import_module
from pkgutil import iter_modules

from tests.crash.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in sorted(m.name for m in iter_modules(__path__) if m.name != "kind")
    for kind in import_module(f"{__name__}.{module}").KINDS
}
