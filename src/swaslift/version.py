"""The version, from the installed package; looked up when it is asked for, since that takes a while."""

from functools import cache


@cache
def version() -> str:
    """The version of the installed package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("swaslift")
    except PackageNotFoundError:  # used from a source tree that was not installed
        return "0+unknown"
