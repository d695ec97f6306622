"""What lives have to reach, and what they have reached."""

from __future__ import annotations

from collections import Counter

REACHED: Counter[str] = Counter()
"""What has happened, over all examples of this process."""

VERBS = {
    "capture_image", "share_to_ecs", "unshare_from_ecs", "share_with_account", "unshare_with_account",
    "copy_to_region", "launch_instances", "hand_over", "delete_image", "scale_out", "reset_server",
    "replace_system_disk", "migrate_to_ecs",
}  # fmt: skip

ERRORS = {
    "capture_image: name taken", "capture_image: quota full", "capture_image: name malformed",
    "share_with_account: not 16 digits", "share_with_account: the own account",
    "share_with_account: an eleventh",
    "unshare_from_ecs: instances need it",
    "copy_to_region: no such region", "copy_to_region: the same region", "copy_to_region: name taken",
    "launch_instances: count", "launch_instances: another region", "launch_instances: no leave",
    "hand_over: the own account",
    "delete_image: shared with ECS", "delete_image: shared with accounts", "delete_image: instances need it",
    "delete_image: no leave",
    "scale_out: count", "scale_out: a smaller disk", "scale_out: another platform", "scale_out: no leave",
    "scale_out: not sold", "scale_out: not available", "share_to_ecs: not available",
    "copy_to_region: not available", "hand_over: encrypted with the service key",
    "reset_server: no such image", "reset_server: no leave",
    "replace_system_disk: an image of SWAS", "replace_system_disk: another region",
    "replace_system_disk: no leave",
    "migrate_to_ecs: quota full", "migrate_to_ecs: no leave",
}  # fmt: skip
"""Branches of the table of refusals, by verb."""

ENDS = {
    "fault lost",
    "fault server error",
    "fault throttled",
    "paused and resumed",
    "paused and undone",
    "paused, disturbed and undone",
    "replaced and undone, with an image that failed",
    "made in vain, and anew",
    "the journal could not be written",
    "the clock jumped",
}
BEGINNINGS = [
    "captured", "captured", "launched", "launched and copied", "given to many", "no snapshot left",
]  # fmt: skip
"""Where lives begin."""
FULL = "a full life: captured, shared, copied, launched, withdrawn, deleted"
STEPS = {"shared", "copied", "launched", "withdrawn"}


def missing() -> list[str]:
    """What has not been reached."""
    return sorted((VERBS | ERRORS | ENDS | {FULL}) - REACHED.keys())


def report() -> str:
    """What has been reached, and what has not, in lines."""
    lines = [f"{n:6}  {what}" for what, n in sorted(REACHED.items())]
    return "\n".join([*lines, *(f"     -  {what}: NOT REACHED" for what in missing())])
