"""Tests of the emulator, through the real SDK clients."""
