"""What the console of an instance shows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import beijing

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.service import Call

_SCREENSHOT_PAUSE = 10
_JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////"
    "//////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/"
    "2gAIAQEAAD8AN//Z"
)
"""A small black picture."""


@ECS.action("GetInstanceConsoleOutput")
def get_instance_console_output(call: Call) -> dict[str, Any]:
    """The text as it was cached at the last start, restart or stop."""
    instance = find.instance(call, in_region=True)
    if instance.traits.windows:
        raise call.error("NotSupported", "The console output is not offered for Windows instances.")
    if instance.status(call.now) == "Pending":
        raise call.error("IncorrectInstanceStatus", "The instance is still being created.")
    text = boot_text(call, instance)
    if not call.get("RemoveSymbols"):
        text = text.replace("\n", "\r\n")
    cached = instance.timeline.reached("Running") or instance.created_at
    return {
        "ConsoleOutput": base64.b64encode(text.encode()).decode(),
        "InstanceId": instance.id,
        "LastUpdateTime": beijing(min(cached, call.now)),
    }


def boot_text(call: Call, instance: Instance) -> str:
    """Boot messages that fit the instance, and why it hangs if it does."""
    state, now = find.ecs(call), call.now
    instance_type = state.catalog.types[instance.type_id]
    traits, disk = instance.traits, state.system_disk(instance.id, now)
    nvme = instance_type.nvme == "required"
    device, size = ("nvme0n1" if nvme else "vda"), disk.size if disk else 0
    lines = [
        f"Booting `{traits.os_name_en.replace('  ', ' ')}'",
        f"[    0.000000] Linux version 5.15.0-emulator ({traits.platform})",
        f"[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/{device}p1 ro console=ttyS0"
        if nvme
        else f"[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/{device}1 ro console=ttyS0",
        f"[    0.041337] smpboot: Allowing {instance_type.cpu} CPUs, 0 hotplug CPUs",
        f"[    0.052014] Memory: {int(instance_type.memory * 1024 * 1024)}K available",
        f"[    1.204411] {device}: detected capacity {size} GiB",
    ]
    if instance.silent:
        lines += [
            f"[    1.733120] EXT4-fs ({device}): unable to read superblock",
            "[    1.733977] VFS: Cannot open root device: mount of the root file system failed",
            "[    1.734801] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
            "[    1.735622] ---[ end Kernel panic - not syncing ]---",
        ]
        return "\n".join(lines) + "\n"
    lines += [
        f"[    1.733120] EXT4-fs ({device}1): mounted filesystem with ordered data mode",
        f"[    3.020117] systemd[1]: Set hostname to <{instance.host_name}>.",
        f"[    5.402331] cloud-init[612]: eth0 up {instance.private_ip} {instance.mac}",
        "[    7.118403] systemd[1]: Started OpenSSH server daemon.",
    ]
    if traits.agent:
        lines.append("[    7.530221] systemd[1]: Started aliyun-assist.")
    lines += ["", f"{traits.os_name_en.replace('  ', ' ')} {instance.host_name} ttyS0", "", ""]
    return "\n".join(lines) + f"{instance.host_name} login: "


@ECS.action("GetInstanceScreenshot")
def get_instance_screenshot(call: Call) -> dict[str, Any]:
    """A picture of the console, at most one in ten seconds."""
    instance = find.instance(call, in_region=True)
    if instance.status(call.now) != "Running":
        raise call.error("IncorrectInstanceStatus", "The instance is not running.")
    last = instance.shot_at
    if last is not None and (call.now - last).total_seconds() < _SCREENSHOT_PAUSE:
        raise call.error("Throttling", "Wait ten seconds between two pictures of an instance.")
    instance.shot_at = call.now
    return {"InstanceId": instance.id, "Screenshot": _JPEG}
