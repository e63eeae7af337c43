"""The roadside page as a small site: a folder that any web host with https can hand to a phone.

There the phone may keep it (a service worker) and put it on its home screen (a manifest). Nothing
in it is about a runner.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from uncramp.drawing.raster import png
from uncramp.drawing.tokens import sheet_text, tokens
from uncramp.export.frame import sheet
from uncramp.export.roadside_page import roadside_page
from uncramp.wording.catalogue import LANGUAGE, text

__all__ = ["INDEX", "MEDIA_TYPES", "SITE_NAMES", "WORKER", "site_files"]

INDEX: Final = "index.html"
MANIFEST: Final = "manifest.webmanifest"
WORKER: Final = "sw.js"
ICON_SIZES: Final = (192, 512)
ICON_NAMES: Final = tuple(f"icon-{size}.png" for size in ICON_SIZES)
SITE_NAMES: Final = (INDEX, MANIFEST, *ICON_NAMES, WORKER)
"""Every file of the site."""
ROUND_CORNERS: Final = ' rx="7"'
"""Phones cut the corners of an icon themselves."""

MEDIA_TYPES: Final = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "webmanifest": "application/manifest+json",
        "png": "image/png",
    }
)
"""Ending of a file to what it is."""


@cache
def site_files() -> Mapping[str, bytes]:
    """Every file of the site by name."""
    files = {INDEX: roadside_page().encode(), MANIFEST: manifest(), **icons()}
    return MappingProxyType({**files, WORKER: worker(files)})


def icons() -> dict[str, bytes]:
    """The icon of uncramp as phones want it."""
    drawing = sheet_text("icon.svg").replace(ROUND_CORNERS, "")
    sized = zip(ICON_NAMES, ICON_SIZES, strict=True)
    return {name: png(drawing, width=size) for name, size in sized}


def manifest() -> bytes:
    """What a phone must know to put the page on its home screen."""
    paper = tokens("light")["paper"]
    document = {
        "name": f"{text('page.name')}: {text('roadside.say.title').lower()}",
        "short_name": text("roadside.say.title"),
        "lang": LANGUAGE,
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            {
                "src": name,
                "sizes": f"{size}x{size}",
                "type": MEDIA_TYPES["png"],
                "purpose": "any maskable",
            }
            for name, size in zip(ICON_NAMES, ICON_SIZES, strict=True)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def worker(files: Mapping[str, bytes]) -> bytes:
    """The service worker that keeps exactly these files; it changes with any of them."""
    content = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files)))
    kept = ["./", *(name for name in files if name != INDEX)]
    script = sheet(WORKER).replace("{version}", content.hexdigest()[:16])
    return script.replace("{files}", json.dumps(kept)).encode()
