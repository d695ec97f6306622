"""Cassettes: how they are recorded, played, and held against the emulator."""
