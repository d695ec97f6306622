"""Tests of the verbs on a custom image."""
