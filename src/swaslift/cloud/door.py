"""`Cloud`: what the rest of the library holds when it needs Alibaba Cloud."""

from __future__ import annotations

import threading
from functools import cached_property
from random import Random

from swaslift.clock import Clock
from swaslift.cloud.caller import Caller, Observer
from swaslift.cloud.ecs import Ecs
from swaslift.cloud.emulated import EmulatedClock, clock_of
from swaslift.cloud.policy import CallPolicy
from swaslift.cloud.sdk import SdkClients
from swaslift.cloud.settings import Settings
from swaslift.cloud.sts import get_caller_identity
from swaslift.cloud.swas import Swas
from swaslift.models import Identity


class Cloud:
    """The services of one account, as seen with one set of credentials. Thread-safe.

    Making one does nothing but keep its settings; the SDK loads and the network is used with the
    first call.
    """

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, random: Random | None = None
    ) -> None:
        self.settings = settings
        self.random = random or Random()  # noqa: S311  # jitter, no secret
        self._given_clock = clock
        self._lock = threading.RLock()
        self.policy = CallPolicy(lambda: self.clock, self.random)
        self.caller = Caller(SdkClients(settings), self.policy)

    @cached_property
    def clock(self) -> Clock:
        """The clock that the client lives at: given, the emulator's, or the machine's."""
        with self._lock:
            return self._given_clock or clock_of(self.settings.endpoint_url)

    @cached_property
    def emulated(self) -> bool:
        """Whether this is swaslift's emulator rather than the live cloud; reports say so."""
        url = self.settings.endpoint_url
        return url is not None and isinstance(clock_of(url), EmulatedClock)

    @cached_property
    def identity(self) -> Identity:
        """Who signs the calls (one call of STS ``GetCallerIdentity``, then kept)."""
        with self._lock:
            return get_caller_identity(self.caller, self.settings.region)

    @property
    def account_id(self) -> str:
        """The account that the credentials belong to."""
        return self.identity.account_id

    @cached_property
    def swas(self) -> Swas:
        """Simple Application Server (SWAS-OPEN 2020-06-01)."""
        return Swas(self.caller, lambda: self.account_id)

    @cached_property
    def ecs(self) -> Ecs:
        """Elastic Compute Service (ECS 2014-05-26)."""
        return Ecs(self.caller, lambda: self.account_id)

    def observe(self, observer: Observer) -> None:
        """Be told before and after each HTTP exchange."""
        self.caller.observers.append(observer)
