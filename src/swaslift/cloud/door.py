"""`Cloud`: what the rest of the library holds when it needs Alibaba Cloud."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from random import Random

from swaslift.clock import Clock, ServiceClock, VirtualClock
from swaslift.cloud.caller import Caller, Observer
from swaslift.cloud.credentials import Signer
from swaslift.cloud.ecs import Ecs
from swaslift.cloud.emulated import EmulatedClock, clock_of
from swaslift.cloud.policy import CallPolicy
from swaslift.cloud.sdk import SdkClients
from swaslift.cloud.settings import Keys, Settings
from swaslift.cloud.sts import get_caller_identity
from swaslift.cloud.swas import Swas
from swaslift.cloud.together import Once
from swaslift.errors import ClientMissing
from swaslift.models import Identity
from swaslift.process import ProcessOwned


class _Jitter(ProcessOwned, Random):
    """Randomness of which each forked child has its own: they must not all send at the same moments."""

    def __init__(self) -> None:
        Random.__init__(self)
        ProcessOwned.__init__(self)

    def _renew(self) -> None:
        self.seed()


class Cloud:
    """The services of one account, as seen with one set of credentials. Thread-safe.

    Making one does nothing but keep its settings; the SDK loads and the network is used with the
    first call.
    """

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, random: Random | None = None
    ) -> None:
        self.settings = settings
        self.random = random or _Jitter()
        self._endpoints_clock = Once(lambda: clock_of(settings.endpoint_url))
        self.clock = ServiceClock(
            lambda: clock or self._endpoints_clock.get(), held=isinstance(clock, VirtualClock)
        )
        """The services' time of day. Seconds are counted by the clock given, the emulator's, or the machine's."""
        self._identity = Once(self._fetch_identity)
        self.policy = CallPolicy(lambda: self.clock, self.random)
        self._signer = Signer(settings.keys, self._whose)
        self.caller = Caller(SdkClients(settings, self._signer), self.policy, self.clock.dated)
        self._others: dict[str, Cloud] = {}
        self.swas = Swas(self.caller, lambda: self.account_id)
        """Simple Application Server (SWAS-OPEN 2020-06-01)."""
        self.ecs = Ecs(self.caller, lambda: self.account_id)
        """Elastic Compute Service (ECS 2014-05-26)."""

    @cached_property
    def emulated(self) -> bool:
        """Whether this is swaslift's emulator rather than the live cloud; reports say so."""
        return isinstance(self._endpoints_clock.get(), EmulatedClock)

    @property
    def identity(self) -> Identity:
        """Who signs the calls (one call of STS ``GetCallerIdentity``, then kept)."""
        return self._identity.get()

    @property
    def account_id(self) -> str:
        """The account that the credentials belong to."""
        return self.identity.account_id

    def _fetch_identity(self) -> Identity:
        identity = get_caller_identity(self.caller, self.settings.region)
        self._signer.belongs_to(identity.account_id)
        return identity

    def _whose(self, keys: Keys) -> str:
        """The account of keys that are found while the client is in use: asked with these keys alone."""
        settings = replace(self.settings, keys=keys)
        caller = Caller(SdkClients(settings), self.policy, self.clock.dated)
        # The call that the keys are for is tried again as a whole.
        return get_caller_identity(caller, settings.region, patient=False).account_id

    def introduce(self, other: Cloud) -> None:
        """Make another account's services known, for as long as this object lives."""
        self._others[other.account_id] = other

    def of(self, account_id: str | None) -> Cloud:
        """The services of an account: this one's by default.

        Raises:
            ClientMissing: it was not introduced.
        """
        if account_id is None or account_id == self.account_id:
            return self
        if account_id not in self._others:
            raise ClientMissing(account_id)
        return self._others[account_id]

    def observe(self, observer: Observer) -> None:
        """Be told before and after each HTTP exchange."""
        self.caller.observers.append(observer)
