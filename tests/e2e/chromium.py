"""Which browser drives the tests, and how it is kept to this computer."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final

__all__ = ["ARGUMENTS", "OWN_HOSTS", "PHONE_ORIGIN", "axe_source", "browser_path", "what_lacks"]

DRIVER: Final = "playwright"
AXE_PACKAGE: Final = "axe_playwright_python"

PHONE_ORIGIN: Final = "192.168.77.7"
"""An address as a phone in the same house would ask for; the browser finds this computer there."""
OWN_HOSTS: Final = frozenset({"127.0.0.1", "localhost", PHONE_ORIGIN})
RESOLVER_RULES: Final = (
    f"MAP {PHONE_ORIGIN} 127.0.0.1",
    "MAP * ~NOTFOUND",
    "EXCLUDE 127.0.0.1",
    "EXCLUDE localhost",
)
"""What a page asks for elsewhere is not found, before anything leaves this computer."""
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules={', '.join(RESOLVER_RULES)}",
)


def browser_path() -> str | None:
    """Where Chromium is on this machine."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def what_lacks() -> str | None:
    """What this machine needs before a browser can be driven; None when it is all there."""
    if find_spec(DRIVER) is None or find_spec(AXE_PACKAGE) is None:
        return "the libraries of requirements/web.txt"
    return None if browser_path() else "chromium on PATH, or its path in CHROMIUM"


def axe_source() -> str:
    """The script of axe-core, as the Python package brings it."""
    spec = find_spec(AXE_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
