"""What a scale-out came to: each server that was bought, and what is missing."""

from __future__ import annotations

from swaslift.models import CustomImage, InvocationResult, Server, ServerPlan
from swaslift.planning.sheet import Sheet, Shown, Table, facts, first_line, titled
from swaslift.wording import counted


class BuiltServer(Shown):
    """A server that was bought.

    Attributes:
        id: of the server.
        server: as it is now; None where it is not listed any more.
        ready: whether it runs, its ports are open, and its command succeeded.
        problem: what is wrong where it is not ready.
        command: what came of its command, where one was run to its end.
    """

    id: str
    server: Server | None = None
    ready: bool
    problem: str = ""
    command: InvocationResult | None = None

    @property
    def name(self) -> str:
        """The server's name; empty where it is not listed any more."""
        return self.server.name if self.server else ""

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        return "ready" if self.ready else "not ready"

    def __str__(self) -> str:
        return f"{titled(self)}: {self.state}" + (f", {first_line(self.problem)}" if self.problem else "")

    def __repr__(self) -> str:
        return f"<BuiltServer {self}>"

    def sheet(self) -> Sheet:
        address = (self.server.public_ip or self.server.private_ip) if self.server else ""
        ran = self.command
        command = f"{ran.status}, exit code {ran.exit_code}" if ran else ""
        told = (("state", self.state), ("address", address), ("problem", self.problem), ("command", command))
        return Sheet(titled(self), (facts(*told, ("output", ran.output if ran else "")),))


class ScaledOut(Shown):
    """What a scale-out ends with.

    Attributes:
        servers: all that were bought, each with whether it is ready.
        image: what they were built from.
        server_plan: their plan.
        missing: how many were not bought, because the service refused a later purchase.
        refusal: what it said then.
        left: what is left to do by hand.
    """

    servers: tuple[BuiltServer, ...]
    image: CustomImage
    server_plan: ServerPlan
    missing: int = 0
    refusal: str = ""
    left: tuple[str, ...] = ()

    @property
    def ready(self) -> tuple[Server, ...]:
        """The servers that are ready."""
        return tuple(b.server for b in self.servers if b.ready and b.server is not None)

    @property
    def failed(self) -> tuple[BuiltServer, ...]:
        """The servers that were bought and are not ready."""
        return tuple(b for b in self.servers if not b.ready)

    def sheet(self) -> Sheet:
        rows = tuple(
            (b.name, b.id, b.server.public_ip if b.server else "", b.state, first_line(b.problem))
            for b in self.servers
        )
        title = (
            f"{len(self.ready)} of {len(self.servers)} servers are ready; made from {titled(self.image)} "
            f"in {self.image.region_id}, plan {self.server_plan.id}"
        )
        # What is left says of each server what its line says.
        left = [f"not bought: {counted(self.missing, 'server')}, {self.refusal}"] if self.missing else []
        if self.failed:
            left.append(
                "What is not ready is paid for; see to it, and to what is still to be done on it, by hand"
            )
        table = Table("", ("name", "id", "address", "state", "problem"), rows, wraps=(0, 4))
        return Sheet(title, (table,), tuple(left))
