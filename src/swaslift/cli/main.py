"""The entry point of the command."""

from __future__ import annotations

import sys

import click

from swaslift.cli.emulator import emulator
from swaslift.cli.runs import report, resume, runs, undo
from swaslift.errors import SwasliftError
from swaslift.version import version


@click.group()
@click.version_option(version(), prog_name="swaslift")
def cli() -> None:
    """Carry Simple Application Servers and their custom images to ECS."""


for command in (emulator, runs, resume, undo, report):
    cli.add_command(command)


def main() -> None:
    """Run the command; an error of the library is one line, not a traceback."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt as error:
        click.echo(str(error) or "interrupted", err=True)
        sys.exit(130)
    except SwasliftError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
