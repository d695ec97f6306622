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
    if not _NAME.fullmatch(name):
        return [Check(field, name, "the service does not take this name", _RULE)]
    return []


# CreateCustomImage of SWAS; its console wants a letter first and takes a dot, the API does not.
_CUSTOM_IMAGE = re.compile(r"^[A-Za-z0-9\u4e00-\u9fa5][A-Za-z0-9\u4e00-\u9fa5:_-]{1,127}$")
_CUSTOM_IMAGE_RULE = "2 to 128 letters, digits, Chinese characters, : _ -; first no : _ -"


def check_custom_image_name(field: str, name: str) -> list[Check]:
    """Whether SWAS takes a name for a custom image."""
    if _CUSTOM_IMAGE.fullmatch(name):
        return []
    return [Check(field, name, "the service does not take this name", _CUSTOM_IMAGE_RULE)]


def check_description(field: str, text: str) -> list[Check]:
    """Whether SWAS takes a description for a custom image."""
    if 2 <= len(text) <= 256 and not text.startswith(("http://", "https://")):
        return []
    return [
        Check(
            field, text, "the service does not take it", "2 to 256 characters, not starting with http(s)://"
        )
    ]


# UpdateInstanceAttribute of SWAS; it takes domain names.
_SERVER = re.compile(r"^[A-Za-z0-9\u4e00-\u9fa5][A-Za-z0-9\u4e00-\u9fa5_.-]{1,49}$")


def check_server_name(field: str, name: str) -> list[Check]:
    """Whether SWAS takes a name for a server."""
    if _SERVER.fullmatch(name):
        return []
    rule = "2 to 50 letters, digits, Chinese characters, . _ -; first no . _ -"
    return [Check(field, name, "the service does not take this name", rule)]


def stem(name: str) -> str:
    """A stem for the names that a run gives; every service takes it, with room for a suffix."""
    text = re.sub(r"[^A-Za-z0-9\u4e00-\u9fa5_-]+", "-", name).strip("-_") or "server"
    if not re.match(r"[A-Za-z\u4e00-\u9fa5]", text) or text.startswith(("aliyun", "auto", "http")):
        text = f"s-{text}"
    return text[:40]
