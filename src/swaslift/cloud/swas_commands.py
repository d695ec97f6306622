"""Commands in servers, by Cloud Assistant: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from swaslift.cloud import swas_records as records
from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import CommandKind, Invocation, InvocationResult

_PAGE = 50
"""``DescribeInvocations`` takes no larger page."""


class SwasCommands(SwasReads):
    """Run scripts in servers, and read what came of them. Needs the Cloud Assistant agent in the server."""

    def run_command(
        self,
        region_id: str,
        server_id: str,
        name: str,
        content: str,
        *,
        kind: CommandKind = "RunShellScript",
        timeout: int = 60,
        working_dir: str | None = None,
        working_user: str | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> str:
        """``RunCommand``: run a script in a Running server; returns the id of the invocation.

        The action takes no token: an invocation whose answer was lost is found by its name.

        Args:
            region_id: the server's region.
            server_id: the server.
            name: the command's name, by which `describe_invocations` shows it.
            content: the script, as plain text.
            kind: which language it is in.
            timeout: seconds, 10 to 86400, after which it is ended by force.
            working_dir: ``/root`` by default, in Windows the system's own directory.
            working_user: ``root`` by default, in Windows ``system``.
            parameters: what stands for ``{{name}}`` in the script.
        """
        return self._caller.change_as(
            "swas",
            "RunCommand",
            region_id,
            given(
                RegionId=region_id,
                InstanceId=server_id,
                Name=name,
                Type=kind,
                CommandContent=content,
                Timeout=timeout,
                WorkingDir=working_dir,
                WorkingUser=working_user,
                EnableParameter=True if parameters else None,
                Parameters=dict(parameters) if parameters else None,
            ),
            lambda body: body.needed("InvokeId"),
        )

    def describe_invocations(
        self, region_id: str, server_id: str, *, patient: bool = True
    ) -> Iterator[Invocation]:
        """``DescribeInvocations``: the commands that ran in a server; kept for two weeks."""
        where = self._where(region_id)
        yield from self._list(
            "DescribeInvocations",
            region_id,
            "Invocations",
            lambda item: records.invocation(item, server_id, **where),
            InstanceId=server_id,
            size=_PAGE,
            patient=patient,
        )

    def describe_invocation_result(
        self, region_id: str, server_id: str, invoke_id: str, *, patient: bool = True
    ) -> InvocationResult:
        """``DescribeInvocationResult``: how one command in one server stands, with its output."""
        where = self._where(region_id)
        return self._caller.read_as(
            "swas",
            "DescribeInvocationResult",
            region_id,
            given(RegionId=region_id, InstanceId=server_id, InvokeId=invoke_id),
            lambda body: records.invocation_result(body.needed_inside("InvocationResult"), **where),
            patient=patient,
        )
