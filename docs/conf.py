"""How the pages are built: ``make docs``."""

from __future__ import annotations

import re
from typing import Any

from swaslift.version import version as swaslift_version

project = "swaslift"
copyright = "the swaslift authors"  # noqa: A001  # Sphinx names it so
version = release = swaslift_version()

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"swaslift {release}"
exclude_patterns = ["_build"]
myst_heading_anchors = 3

add_module_names = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "exclude-members": "model_config, model_post_init"}
napoleon_use_rtype = False


def _as_called(
    _app: object, what: str, name: str, _object: object, _options: object, signature: str | None, returns: Any
) -> tuple[str | None, Any] | None:
    """A verb's signature as a user calls it: without what the client supplies."""
    if what != "function" or not name.startswith("swaslift.verbs.") or signature is None:
        return None
    result = str(returns or "").removeprefix("~swaslift.planning.preparation.")
    return re.sub(r"_cloud: [^,]+, ", "", signature), result.removeprefix("Request[").removesuffix("]")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", _as_called)
