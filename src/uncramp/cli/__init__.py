"""The command line: one file per verb; parse, call an action, show."""

from uncramp.cli.root import main

__all__ = ["main"]
