"""Text in HTML pages."""

from __future__ import annotations

import re

_ID = re.compile(r"\(?[\w.]+(?:-[\w.]+)+[),:]*")
"""What a browser would break: an id, a region, a name; with what stands close to it."""


def whole(text: object) -> str:
    """The text as HTML in which no id is broken at its hyphens, unless it is wider than the page."""
    from markupsafe import Markup, escape

    return Markup(_ID.sub(r'<span style="display: inline-block">\g<0></span>', str(escape(text))))  # noqa: S704  # escaped
