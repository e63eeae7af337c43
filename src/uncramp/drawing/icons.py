"""Our own line icons on a 24-unit grid: one stroke, round ends, no fill."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["ICONS", "icon_svg"]

ICONS: Final = MappingProxyType(
    {
        "back": "M15 5 8 12l7 7",
        "next": "m9 5 7 7-7 7",
        "bolt": "M13 3 5 14h6l-1 7 8-11h-6z",
        "care_see_doctor": "M12 11.5V16m0-8v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
        "care_same_day": "M12 9v5m0 3v.01M12 3 2.5 20h19z",
        "care_emergency_now": "M8 3h8l5 5v8l-5 5H8l-5-5V8zm4 5v5m0 3v.01",
        "check": "m5 12 5 5 9-11",
        "cross": "m6 6 12 12M18 6 6 18",
        "file": "M6 3h8l4 4v14H6zm8 0v4h4M9 12h6m-6 4h6",
        "folder": "M3 6h6l2 2h10v11H3z",
        "run": "M14 5.5a1.5 1.5 0 1 0 .01 0M6 12l4-4 4 1 2 4h3M12 10l-2 5 4 2v5M10 15l-2 4H4",
        "heart": "M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z",
        "mountain": "m3 19 6-11 4 6 2-3 6 8z",
        "sun": "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-5v2m0 14v2M3 12h2m14 0h2"
        "M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4",
        "drop": "M12 3s6 7 6 11a6 6 0 0 1-12 0c0-4 6-11 6-11z",
        "download": "M12 4v11m-5-5 5 5 5-5M5 20h14",
        "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-5 4-6 8-6s7 1 8 6",
        "undo": "M9 5 4 10l5 5M4 10h10.5a5 5 0 0 1 0 10H11",
        "book": "M12 7a3 3 0 0 0-3-2H4v13h5a3 3 0 0 1 3 2 3 3 0 0 1 3-2h5V5h-5a3 3 0 0 0-3"
        " 2zm0 0v13",
        "gear": "M4 7h9m5 0h2M4 17h2m5 0h9"
        "M15.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zm-7 10a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
        "phone": "M8.5 2.5h7A1.5 1.5 0 0 1 17 4v16a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7"
        " 20V4a1.5 1.5 0 0 1 1.5-1.5zm2.5 16h2",
        "question": "M9 9.5a3 3 0 1 1 4 2.8c-1 .5-1 1-1 1.7m0 3v.01"
        "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
        "cramp": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 9l6 6m0-6-6 6",
        "closer": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21"
        "M7.5 10.5h6m-3-3v6",
        "wider": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21M7.5 10.5h6",
        "upload": "M12 15V4M7 9l5-5 5 5M5 20h14",
        "share": "M12 14V3M8 7l4-4 4 4M7 11H5v10h14V11h-2",
        "image": "M4 4h16v16H4zm0 13 5-6 4 4 2-2 5 5M15.5 7.5a1.5 1.5 0 1 0 .01 0",
        "trash": "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14m-8 4v6m4-6v6",
        "eye": "M2 12c3-5 6.5-7 10-7s7 2 10 7c-3 5-6.5 7-10 7s-7-2-10-7zm10-3a3 3 0 1 0 0"
        " 6 3 3 0 0 0 0-6z",
        "eye_off": "M4 4l16 16M9 5.5c1-.3 2-.5 3-.5 3.5 0 7 2 10 7-1 1.7-2.1 3-3.2 4"
        "M6 7.5c-1.5 1.1-2.8 2.6-4 4.5 3 5 6.5 7 10 7 1.4 0 2.7-.3 4-.9M10 10a3 3 0 0 0 4 4",
        "merge": "M6 3v3c0 5 6 4 6 9v6M18 3v3c0 5-6 4-6 9M8.5 17.5 12 21l3.5-3.5",
        "tag": "M3 12V4h8l10 9.5-7.5 7.5zM7.5 8.5v.01",
        "night": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
        "calendar": "M4 6h16v15H4zm0 5h16M8 3v5m8-5v5",
        "shield": "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zm-3.5 9 2.5 2.5 4.5-5",
        "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 5v4.5l3 2",
        "list": "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
        "thermometer": "M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0zm2-4v7",
    }
)
"""Name to path."""


def icon_svg(name: str) -> str:
    """The icon as SVG, in the colour and size of the text around it."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{ICONS[name]}"/></svg>'
    )
