"""What the steps that delete something have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.errors import NotFoundError
from swaslift.runs.effects import Script
from swaslift.runs.step import Mark, Ref, Step


class Removal(Step[bool]):
    """Delete one resource of the run. That it is gone already is as good; a list that lags is no proof."""

    outcome: ClassVar[Any] = bool
    ref: Ref

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del cloud, mark
        return None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        try:
            self.delete(cloud, mark)
        except NotFoundError:
            return True
        return True

    @abstractmethod
    def delete(self, cloud: Cloud, mark: Mark) -> None:
        """Send the call."""

    def foresee(self) -> bool:
        return True

    def removes(self) -> Ref | None:
        return self.ref

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome, prior
        return f"stays: {self.ref} is deleted and does not come back"

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome, prior
        return f"{self.ref} was deleted and does not come back"
        yield  # a script without effects
