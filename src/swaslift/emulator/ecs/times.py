"""The three ways in which ECS writes a moment."""

from __future__ import annotations

from datetime import datetime, timedelta


def to_second(when: datetime) -> str:
    """As images, disks and snapshots have it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def to_minute(when: datetime) -> str:
    """As instances have it."""
    return when.strftime("%Y-%m-%dT%H:%MZ")


def beijing(when: datetime) -> str:
    """As ``GetInstanceConsoleOutput`` has it: Beijing time, which is not said in the text."""
    return (when + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
