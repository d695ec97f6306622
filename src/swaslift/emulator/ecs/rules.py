"""The rules for names, descriptions, passwords and tags, each with its documented error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swaslift.emulator.service import Call, ServiceError

_NAME = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff.:_\-]{1,127}")
_SPECIAL = "()`~!@#$%^&*-_+=|{}[]:;'<>,.?/"
_CLASSES = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", _SPECIAL)


def documented(call: Call, codes: tuple[str, ...], message: str) -> ServiceError:
    """The first of several spellings of an error that the action documents."""
    for code in codes:
        try:
            return call.error(code, message)
        except KeyError:
            continue
    raise KeyError(f"{call.action} documents none of {', '.join(codes)}")


def check_name(call: Call, param: str, code: str, *, no_vendor: bool = False, no_auto: bool = False) -> None:
    """2-128 characters, a letter first, no http(s)://; images also no ``aliyun`` and ``acs:``."""
    name = call.get(param)
    if name is None:
        return
    low = name.lower()
    vendor = no_vendor and low.startswith(("aliyun", "acs:"))
    if (
        not _NAME.fullmatch(name)
        or vendor
        or (no_auto and low.startswith("auto"))
        or low.startswith(("http://", "https://"))
    ):
        raise call.error(code, f"The specified {param} is wrongly formed.")


def check_description(
    call: Call, param: str = "Description", code: str = "InvalidDescription.Malformed"
) -> None:
    """2-256 characters, no http(s):// at the start."""
    text = call.get(param)
    if not text:
        return
    if not 2 <= len(text) <= 256 or text.startswith(("http://", "https://")):
        raise call.error(code, f"The specified {param} is wrongly formed.")


def password_ok(password: str, *, windows: bool) -> bool:
    """8-30 characters of at least three classes; for Windows no slash at the start."""
    classes = sum(any(c in group for c in password) for group in _CLASSES)
    known = all(any(c in group for group in _CLASSES) for c in password)
    return 8 <= len(password) <= 30 and classes >= 3 and known and not (windows and password.startswith("/"))


def check_password(call: Call, *, windows: bool) -> None:
    """``Password`` and how it goes with ``PasswordInherit``."""
    password = call.get("Password")
    if password and call.get("PasswordInherit"):
        raise call.error(
            "InvalidPasswordParam.Mismatch", "The input password should be null when PasswordInherit is true."
        )
    if password and not password_ok(password, windows=windows):
        raise call.error("InvalidPassword.Malformed", "The specified parameter Password is not valid.")


def host_name_ok(name: str, *, windows: bool) -> bool:
    """Windows: 2-15 characters, not digits only; others: 2-64 in segments split by periods."""
    segment = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
    if windows:
        return 2 <= len(name) <= 15 and re.fullmatch(segment, name) is not None and not name.isdigit()
    return 2 <= len(name) <= 64 and re.fullmatch(rf"{segment}(?:\.{segment})*", name) is not None


def check_tags(call: Call) -> None:
    """Up to 20 tags, each key once, no reserved prefix."""
    tags = call.get("Tag") or []
    if len(tags) > 20:
        raise documented(
            call,
            ("NumberExceed.Tags", "InvalidTagCount", "QuotaExceed.Tags", "InvalidParameter"),
            "The number of tags exceeds 20.",
        )
    keys = [t.get("Key") for t in tags]
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value") or ""
        low = (key or "").lower()
        if not key or len(key) > 128 or low.startswith(("acs:", "aliyun", "http://", "https://")):
            raise documented(
                call, ("InvalidTagKey.Malformed", "InvalidParameter"), "The tag key is not valid."
            )
        if len(value) > 128 or value.lower().startswith(("acs:", "http://", "https://")):
            raise documented(
                call, ("InvalidTagValue.Malformed", "InvalidParameter"), "The tag value is not valid."
            )
    if len(set(keys)) < len(keys):
        raise documented(call, ("Duplicate.TagKey", "InvalidParameter"), "The tag key is given twice.")


def has_tags(tags: dict[str, str], call: Call) -> bool:
    """Whether a resource carries all tags of the request; a tag without value matches any value."""
    wanted = call.get("Tag") or []
    return all(t.get("Key") in tags and (not t.get("Value") or tags[t["Key"]] == t["Value"]) for t in wanted)


def tag_body(tags: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Tags as the describe actions show them."""
    return {"Tag": [{"TagKey": k, "TagValue": v} for k, v in tags.items()]}
