"""The entry point of the command."""

from __future__ import annotations

import sys

import click

from swaslift.cli.emulator import emulator
from swaslift.cli.output import say
from swaslift.cli.runs import report, resume, runs, undo
from swaslift.errors import SwasliftError
from swaslift.version import version
from swaslift.wording import instead


class Commands(click.Group):
    """The commands; a mistyped one gets the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            click.UsageError: there is none of that name.
        """
        given = args[0]
        if self.get_command(ctx, given) is None and not given.startswith("-"):
            raise click.UsageError(
                f"No such command {given!r}. {instead(given, self.list_commands(ctx))}", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="swaslift")
def cli() -> None:
    """Carry Simple Application Servers and their custom images to ECS."""


for command in (emulator, runs, resume, undo, report):
    cli.add_command(command)


def main() -> None:
    """Run the command; an error of the library is one line, not a traceback."""
    try:
        cli.main(prog_name="swaslift", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt as error:
        say(str(error) or "interrupted", err=True)
        sys.exit(130)
    except SwasliftError as error:
        say(f"Error: {error}", err=True)
        sys.exit(1)
