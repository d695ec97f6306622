"""The services' rules for names, and stems that fit all of them."""

from __future__ import annotations

import re

from swaslift.checks import Check

# CopyImage, CreateImage, RunInstances: 2-128, first a letter or a Chinese character, then letters,
# digits, Chinese characters and . : _ -
_NAME = re.compile(r"^[A-Za-z\u4e00-\u9fa5][A-Za-z0-9\u4e00-\u9fa5.:_-]{1,127}$")
_RULE = "2 to 128 letters, digits, Chinese characters, . : _ -; first a letter or a Chinese character"


def check_name(field: str, name: str | None) -> list[Check]:
    """Whether ECS takes a name for an image or an instance."""
    if name is None:
        return []
    if name.startswith(("http://", "https://", "aliyun", "acs:")):
        return [Check(field, name, "names must not start with http://, https://, aliyun or acs:", _RULE)]
    if not _NAME.match(name):
        return [Check(field, name, "the service does not take this name", _RULE)]
    return []


def stem(name: str) -> str:
    """A stem for the names that a run gives; every service takes it, with room for a suffix."""
    text = re.sub(r"[^A-Za-z0-9\u4e00-\u9fa5_-]+", "-", name).strip("-_") or "server"
    if not re.match(r"[A-Za-z\u4e00-\u9fa5]", text) or text.startswith(("aliyun", "auto", "http")):
        text = f"s-{text}"
    return text[:40]
