"""What the command prints: whole words on a terminal, unbroken lines to a pipe."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click


def say(text: object, *, err: bool = False) -> None:
    """Print text; on a terminal its lines are broken between words alone."""
    stream = sys.stderr if err else sys.stdout
    lines = str(text).splitlines() or [""]
    if stream.isatty():
        width = shutil.get_terminal_size().columns
        lines = [part for line in lines for part in _broken(line, width)]
    click.echo("\n".join(lines), err=err)


def _broken(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
