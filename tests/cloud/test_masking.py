"""Keys that stand in the middle of a sentence are known by their look."""

from __future__ import annotations

import pytest

from swaslift.cloud.masking import mask
from swaslift.emulator import Emulator
from swaslift.errors import AuthError
from tests.cloud.doors import door


@pytest.mark.parametrize("key", ["LTAI5tSomeKeyIdOfSomebody", "STS.NSomeTemporaryKeyIdOfSomebody"])
def test_a_key_in_what_the_service_says_is_masked(cloud: Emulator, key: str) -> None:
    cloud.faults.fail("ListRegions", 404, "InvalidAccessKeyId.NotFound", f"The key {key} is not found.")
    with pytest.raises(AuthError) as refused:
        door(cloud).swas.list_regions()
    assert refused.value.service_message == "The key *** is not found."
    assert key not in str(refused.value)


@pytest.mark.parametrize("text", ["LTAI is how they begin", "STS.GetToken", "swas.cn-hangzhou.aliyuncs.com"])
def test_what_only_begins_like_a_key_stays(text: str) -> None:
    assert mask(text) == text
