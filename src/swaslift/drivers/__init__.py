"""Drivers: who carries a run's effects out."""
