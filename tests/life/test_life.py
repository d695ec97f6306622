"""A sample of random lives; ``python benchmarks/lives.py`` makes two thousand."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.life.machine import Lives

TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
