"""A custom image to look at."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.models import CustomImage
from tests.images.conftest import make_image


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    """An available custom image of the server ``shop`` that is not shared."""
    return make_image(cloud, lift, "golden")
