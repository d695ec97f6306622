"""What tests of code that uses swaslift need: an emulator, cassettes, and time that is held.

For pytest there are fixtures (`swaslift.testing.fixtures`); without it:

```python
from swaslift.emulator import Emulator
from swaslift.testing import record, replay

with Emulator(speed=None) as cloud, record("share.yaml", about="an image is shared", emulator=cloud) as tape:
    tape.client().share_to_ecs("golden")
with replay("share.yaml") as tape:  # no network, no waiting
    tape.client().share_to_ecs("golden")
```

Needs the extra ``testing``: ``pip install ".[testing]"`` in a clone.
"""

from __future__ import annotations

try:
    import vcr  # noqa: F401  # what is missing is told here, once
except ImportError as error:
    raise ImportError(
        'swaslift.testing needs vcrpy: install the extra "testing" (in a clone: pip install ".[testing]")'
    ) from error

from swaslift.clock import VirtualClock
from swaslift.testing.playback import CassetteMismatch
from swaslift.testing.provenance import Provenance
from swaslift.testing.scanner import scan
from swaslift.testing.sessions import Tape, record, replay

__all__ = ["CassetteMismatch", "Provenance", "Tape", "VirtualClock", "record", "replay", "scan"]
