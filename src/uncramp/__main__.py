"""`python -m uncramp`."""

import sys

from uncramp.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
