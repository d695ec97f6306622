"""What the door changes on a server's system: one method per action."""

from __future__ import annotations

from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads


class SwasReset(SwasReads):
    """Install a server anew, or roll a disk back. What is on it is lost."""

    def reset_system(
        self,
        region_id: str,
        server_id: str,
        image_id: str,
        *,
        key_pair: str | None = None,
        password: str | None = None,
        token: str,
    ) -> None:
        """``ResetSystem``: install an image; the server is Resetting, then Running.

        The disks are wiped, and snapshots taken before can no longer be rolled back. In which states the
        service takes it is not documented.

        Args:
            region_id: of the server and of the image.
            server_id: which must not be the one that the image was made of.
            image_id: a system, app or own custom image.
            key_pair: of SWAS, for the login.
            password: for the login.
            token: the same one for the same reset.
        """
        login = given(KeyPairName=key_pair, Password=password)
        self._caller.change(
            "swas",
            "ResetSystem",
            region_id,
            given(RegionId=region_id, InstanceId=server_id, ImageId=image_id, LoginCredentials=login or None),
            token=token,
        )

    def reset_disk(self, region_id: str, disk_id: str, snapshot_id: str, *, token: str) -> None:
        """``ResetDisk``: roll a disk of a Stopped server back; it is ReIniting, then In_use.

        The snapshot has to be of that disk, and taken after the last ``ResetSystem``.
        """
        self._caller.change(
            "swas",
            "ResetDisk",
            region_id,
            given(RegionId=region_id, DiskId=disk_id, SnapshotId=snapshot_id),
            token=token,
        )
