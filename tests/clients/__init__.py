"""Clients that this project did not write drive the emulator: the older Python SDK and the one for Node."""
