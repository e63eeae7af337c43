"""Every address of the app, in one place: pages and the API write and read the same ones."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

__all__ = ["PAGES", "page_url", "path_fits"]

PAGES: Final = MappingProxyType(
    {
        "home": "/r/{runner}",
        "add": "/r/{runner}/add",
        "import": "/r/{runner}/imports/{0}",
        "diary": "/r/{runner}/diary",
        "now": "/r/{runner}/now",
        "why": "/r/{runner}/why",
        "ask": "/r/{runner}/why/{0}/{1}",
        "why_story": "/r/{runner}/why/story",
        "why_story_use": "/r/{runner}/why/story/use",
        "why_stopped": "/r/{runner}/why/stopped",
        "draft": "/r/{runner}/why/{0}",
        "check_answers": "/r/{runner}/why/{0}/check",
        "stopped": "/r/{runner}/why/{0}/stopped",
        "answer": "/r/{runner}/answers/{0}",
        "answer_change": "/r/{runner}/answers/{0}/change",
        "answer_file": "/r/{runner}/answers/{0}/{1}",
        "runs": "/r/{runner}/runs",
        "years": "/r/{runner}/years",
        "run": "/r/{runner}/runs/{0}",
        "run_streams": "/r/{runner}/runs/{0}/streams.json",
        "run_table": "/r/{runner}/runs/{0}/table.csv",
        "run_cramp": "/r/{runner}/runs/{0}/cramp",
        "run_title": "/r/{runner}/runs/{0}/title",
        "run_count": "/r/{runner}/runs/{0}/count",
        "run_merge": "/r/{runner}/runs/{0}/merge",
        "run_split": "/r/{runner}/runs/{0}/split",
        "run_weather": "/r/{runner}/runs/{0}/weather",
        "run_undo": "/r/{runner}/runs/{0}/undo",
        "evidence": "/r/{runner}/evidence",
        "claim": "/r/{runner}/evidence/claims/{0}",
        "source": "/r/{runner}/evidence/sources/{0}",
        "grades": "/r/{runner}/evidence/grades",
        "number": "/r/{runner}/evidence/numbers/{0}",
        "sources": "/r/{runner}/evidence/sources",
        "numbers": "/r/{runner}/evidence/numbers",
        "settings": "/r/{runner}/settings",
        "erase": "/r/{runner}/settings/erase",
        "backup": "/r/{runner}/settings/backups/{0}",
        "job": "/r/{runner}/jobs/{0}",
        "save_now": "/api/runners/{runner}/now",
        "sweat": "/r/{runner}/sweat",
        "weigh_in": "/r/{runner}/sweat/weigh-in",
        "sweat_sodium": "/r/{runner}/sweat/sodium",
        "sweat_group": "/r/{runner}/sweat/group",
        "sweat_remove": "/r/{runner}/sweat/tests/{0}/remove",
        "race": "/r/{runner}/race",
        "race_add": "/r/{runner}/race/add",
        "question": "/r/{runner}/ask",
        "race_one": "/r/{runner}/race/{0}",
        "race_change": "/r/{runner}/race/{0}/change",
        "race_remove": "/r/{runner}/race/{0}/remove",
        "race_training": "/r/{runner}/race/{0}/training",
        "race_session": "/r/{runner}/race/{0}/training/{1}",
        "race_file": "/r/{runner}/race/{0}/files/{1}",
        "race_plan": "/r/{runner}/race/{0}/plan",
        "race_card": "/r/{runner}/race/{0}/card/{1}",
        "rehearsals": "/r/{runner}/race/{0}/rehearsals",
        "race_debrief": "/r/{runner}/race/{0}/debrief",
        "history": "/r/{runner}/history",
        "ledger": "/r/{runner}/settings/ledger",
        "ledger_file": "/r/{runner}/settings/ledger/{0}",
    }
)
"""Name of a page to its address; numbered places are filled in order."""


def page_url(name: str, runner: str, *parts: object) -> str:
    """The address of a page for `runner`. Example: `page_url("run", "me", 12)`."""
    shown = [quote(str(part), safe="") for part in parts]
    return PAGES[name].format(*shown, runner=quote(runner, safe=""))


def path_fits(path: str, known: str) -> bool:
    """Whether `path` is one that `known` means. Example: `/r/me/add` fits `/r/{runner}/add`."""
    pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", known))
    return re.fullmatch(pattern, path) is not None
