"""Watching a run in a terminal: a line for each thing that happens, a bar for each wait."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from swaslift.planning.grid import Paragraph
from swaslift.runs.events import Event, EventKind
from swaslift.runs.progress import time_left

_SIGNS: dict[EventKind, tuple[str, str]] = {
    "started": (">", "bold"),
    "resumed": (">", "bold"),
    "done": ("+", "green"),
    "adopted": ("=", "green"),
    "refused": ("-", "yellow"),
    "unknown state": ("?", "yellow"),
    "manual": ("!", "bold yellow"),
    "gate": ("+", "green"),
    "note": ("i", "cyan"),
    "retrying": ("~", "yellow"),
    "recovered": ("~", "green"),
    "gave up": ("~", "red"),
    "stopped": ("!", "red"),
    "paused": ("!", "bold red"),
    "finished": ("*", "bold green"),
    "undoing": ("<", "bold yellow"),
    "undone": ("*", "bold yellow"),
}


class Watcher:
    """A listener for ``client.listen`` that shows a run as it happens; a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if event.kind == "progress":
            self._progress(event)
        elif event.kind in {"waiting", "manual"}:
            self._tasks[event.name] = self._bars.add_task(event.text, total=100, left="")
        elif event.kind == "done" and event.name in self._tasks:
            self._bars.remove_task(self._tasks.pop(event.name))
        if event.kind in _SIGNS and event.text:
            sign, style = _SIGNS[event.kind]
            line = Text(f"{event.at:%H:%M:%S} UTC ", style="dim")
            line.append(f"{sign} ", style=style)
            line.append(event.text, style=style if event.kind not in {"done", "gate"} else "")
            self._bars.console.print(Paragraph(line), crop=False)

    def _progress(self, event: Event) -> None:
        task = self._tasks.get(event.name)
        if task is None:
            return
        left = "" if event.remaining is None else time_left(event.remaining)
        self._bars.update(
            task, completed=event.percent, total=100 if event.percent is not None else None, left=left
        )
