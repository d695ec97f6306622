"""``python -m swaslift``: the command."""

from swaslift.cli.main import main

if __name__ == "__main__":
    main()
