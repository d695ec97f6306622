"""A command in a server: sent, waited for, and sent again where the server did not take it yet."""

from __future__ import annotations

from swaslift.lifecycle.steps import RunServerCommand
from swaslift.lifecycle.waits import server_command_over
from swaslift.models import InvocationResult
from swaslift.runs.effects import Failed, Script, do, until
from swaslift.targets import Command

NOT_DELIVERED = frozenset(
    {"InstanceNotRunning", "ClientNotRunning", "ClientNotResponse", "ClientIsUpgrading", "DeliveryTimeout"}
)
"""Error codes of a command that was never begun."""

TRIES = 5
"""A server that has just been started does not answer at once: a command is sent this often at most."""


def run_until_delivered(
    region_id: str, server_id: str, command: Command, *, windows: bool, purpose: str
) -> Script[InvocationResult]:
    """Run a command in a server that has just been started; what came of it, well or not.

    Args:
        region_id: the server's region.
        server_id: the server.
        command: the command.
        windows: whether it is for PowerShell.
        purpose: what it is for, in a plan.
    """
    for number in range(1, TRIES + 1):
        sent = yield from do(
            RunServerCommand(
                name=f"run-{number}",
                region_id=region_id,
                server_id=server_id,
                command=command,
                windows=windows,
                purpose=purpose,
            )
        )
        result = yield from until(server_command_over(f"run-{number}-done", sent, timeout=command.timeout))
        if result.status != "Aborted" and result.error_code not in NOT_DELIVERED:
            break
    return result


def failed(result: InvocationResult, when: str) -> Failed | None:
    """How a command failed, with the end of what it printed; None where it did not.

    Args:
        result: what came of it.
        when: which command it was.
    """
    if result.status == "Success":
        return None
    code = "" if result.exit_code is None else f", exit code {result.exit_code}"
    why = f" ({result.error_info})" if result.error_info else ""
    said = "\n".join(result.output.strip().splitlines()[-15:])
    reason = f"the command {when} ended {result.status}{code}{why}"
    return Failed(reason=f"{reason}\n{said}" if said else reason, remedy="mend the command")
