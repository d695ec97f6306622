"""An emulator of SWAS, ECS and STS on loopback, for rehearsals and tests.

```python
from swaslift.emulator import Emulator

with Emulator(speed=600) as cloud:
    print(cloud.endpoint_url, cloud.environment())
```
"""

from __future__ import annotations

from swaslift.emulator.clock import EmulatorClock
from swaslift.emulator.durations import Durations
from swaslift.emulator.emulator import Emulator
from swaslift.emulator.faults import Faults
from swaslift.emulator.front.calls import CallLog, LoggedCall
from swaslift.emulator.inventory import InventoryError
from swaslift.emulator.quirks import Quirks

__all__ = [
    "CallLog",
    "Durations",
    "Emulator",
    "EmulatorClock",
    "Faults",
    "InventoryError",
    "LoggedCall",
    "Quirks",
]
