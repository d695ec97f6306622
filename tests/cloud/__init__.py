"""Tests of the door: the real SDK speaks HTTP to the emulator over loopback."""
