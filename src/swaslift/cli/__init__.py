"""The ``swaslift`` command."""
