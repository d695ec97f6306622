"""Commands in SWAS servers."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.errors import NoAnswerError
from swaslift.models import CommandKind
from swaslift.runs.effects import Script
from swaslift.runs.step import Mark, Ref, Step
from swaslift.targets import Command

LOOKS = 12
LOOK_SECONDS = 5.0
"""A command whose answer was lost is looked for this often and at this distance: lists lag."""


class RunServerCommand(Step[Ref]):
    """``RunCommand`` in a Running server. The action takes no token: it is found by its name."""

    kind: ClassVar[str] = "swas.RunCommand"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("RunCommand",)
    repeatable: ClassVar[bool] = False

    region_id: str
    server_id: str
    command: Command
    windows: bool = False
    purpose: str

    @property
    def title(self) -> str:
        first, *more = self.command.content.strip().splitlines() or [""]
        shown = first if len(first) <= 60 and not more else f"{first[:60]}..."
        return f"run in the server, {self.purpose}: {shown}"

    @property
    def minutes(self) -> float:
        return 0.2

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        name = self._name(mark)
        for sent in cloud.swas.describe_invocations(self.region_id, self.server_id):
            if sent.name == name:
                return self._ref(sent.id)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        kind: CommandKind = "RunPowerShellScript" if self.windows else "RunShellScript"
        try:
            sent = cloud.swas.run_command(
                self.region_id,
                self.server_id,
                self._name(mark),
                self.command.content,
                kind=kind,
                timeout=self.command.timeout,
                working_dir=self.command.directory,
                working_user=self.command.user,
            )
        except NoAnswerError:
            for _ in range(LOOKS):
                cloud.clock.sleep(LOOK_SECONDS)
                found = self.find(cloud, mark)
                if found is not None:
                    return found
            raise
        return self._ref(sent)

    def _name(self, mark: Mark) -> str:
        return mark.label("swaslift", 64)

    def _ref(self, invoke_id: str) -> Ref:
        return Ref(kind="swas.command", id=invoke_id, region_id=self.region_id, name=self.server_id)

    def foresee(self) -> Ref:
        return self._ref("<command>")

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del outcome, prior
        return f"stays: what a command did in the server {self.server_id}: {self.title}"

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del outcome, prior
        return f"what a command did in the server {self.server_id} stays: {self.title}"
        yield  # a script without effects

    def discard(self, outcome: Ref) -> Script[str | None]:
        del outcome
        return None
        yield  # a script without effects
