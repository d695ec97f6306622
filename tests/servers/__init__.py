"""Verbs on servers."""
