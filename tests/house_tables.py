"""What the house test holds the code against: who may import whom, how long things may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BOTTOM: Final = frozenset({"uncramp", "vocabulary", "training_plan", "drink_plan", "units",
                          "errors"})  # fmt: skip
BELOW_JUDGEMENT: Final = BOTTOM | {"evidence", "models"}
SINGLE_QUESTIONS: Final = ("cramps", "diary", "interview", "onset", "places", "races", "relief",
                            "run_facts", "screening", "sweat_profile", "timeline", "track",
                            "training_history")  # fmt: skip
RACE_QUESTIONS: Final = ("gap", "pacing", "training", "drinking", "debrief", "ledger",
                         "rehearsal", "history")  # fmt: skip
WHOLE_ANSWERS: Final = ("enquiry", "explanation", "listening", "roadside", *RACE_QUESTIONS)
JUDGEMENT: Final = (*SINGLE_QUESTIONS, *WHOLE_ANSWERS)
OUT_TO_PEOPLE: Final = ("drawing", "export")
BELOW_ACTIONS: Final = BELOW_JUDGEMENT | {*JUDGEMENT, *OUT_TO_PEOPLE, "simulation", "activities",
                                          "outbound", "store", "wording", "envelope"}  # fmt: skip
FACE: Final = BOTTOM | {"actions", "wording", "envelope"}

LAYERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "uncramp": frozenset(),
        "vocabulary": frozenset(),
        "training_plan": frozenset({"vocabulary"}),
        "drink_plan": frozenset({"vocabulary"}),
        "units": frozenset(),
        "errors": frozenset(),
        "evidence": BOTTOM,
        "models": frozenset({"units", "errors", "evidence"}),
        "screening": BELOW_JUDGEMENT,
        "cramps": BELOW_JUDGEMENT,
        "diary": BELOW_JUDGEMENT,
        "places": BELOW_JUDGEMENT,
        "run_facts": BELOW_JUDGEMENT,
        "sweat_profile": BELOW_JUDGEMENT,
        "track": BELOW_JUDGEMENT,
        "onset": BELOW_JUDGEMENT | {"track"},
        "training_history": BELOW_JUDGEMENT | {"onset", "track"},
        "races": BELOW_JUDGEMENT | {"training_history"},
        "timeline": BELOW_JUDGEMENT | {"onset", "run_facts", "track"},
        "interview": BELOW_JUDGEMENT | {"cramps", "screening"},
        "relief": BELOW_JUDGEMENT | {"cramps", "screening"},
        "explanation": BELOW_JUDGEMENT | {*SINGLE_QUESTIONS},
        "enquiry": BELOW_JUDGEMENT | {"screening"},
        "listening": BELOW_JUDGEMENT | {"interview", "places", "run_facts", "screening"},
        "roadside": BELOW_JUDGEMENT | {*SINGLE_QUESTIONS},
        "gap": BELOW_JUDGEMENT,
        "pacing": BELOW_JUDGEMENT | {"gap"},
        "training": BELOW_JUDGEMENT,
        "drinking": BELOW_JUDGEMENT | {"simulation", "screening"},
        "history": BELOW_JUDGEMENT | {"track"},
        "ledger": BELOW_JUDGEMENT,
        "rehearsal": BELOW_JUDGEMENT
        | {"debrief", "drinking", "ledger", "simulation", "sweat_profile"},
        "debrief": BELOW_JUDGEMENT | {"ledger", "pacing"},
        "simulation": BELOW_JUDGEMENT,
        "activities": BOTTOM | {"evidence"},
        "store": BOTTOM | {"evidence"},
        "outbound": BOTTOM,
        "wording": BOTTOM | {"evidence", "envelope", *JUDGEMENT},
        "envelope": BOTTOM | {"evidence"},
        "drawing": BOTTOM | {"wording"},
        "export": BELOW_JUDGEMENT | {*JUDGEMENT, "drawing", "wording"},
        "actions": BELOW_ACTIONS,
        "demo": BOTTOM | {"actions", "wording", "activities", "web", "demo_runs", "demo_season"},
        "demo_runs": BOTTOM | {"activities"},
        "demo_season": BOTTOM | {"actions", "wording", "demo_runs"},
        "cli": FACE | {"web"},
        "__main__": frozenset({"cli"}),
        "web": FACE,
    }
)
"""What each part may import from the package; a new part needs a row here."""

LENT: Final = frozenset({"uncramp.evidence.EVIDENCE_VERSION"})
"""Single names that everybody may take: what `--version` prints."""

DEMO_MAY_READ: Final = "activities.fit_writer"

MODELS_MAY_IMPORT: Final = frozenset({"numpy", "thermofeel", "numba", "math", "statistics", "types",
                                      "typing", "functools", "dataclasses", "collections",
                                      "__future__"})  # fmt: skip
JUDGEMENT_NEVER_IMPORTS: Final = frozenset({"sqlalchemy", "os", "pathlib", "time", "random",
    "socket", "urllib", "http", "requests", "httpx", "subprocess", "secrets"})  # fmt: skip
JUDGEMENT_NEVER_CALLS: Final = frozenset({"now", "today", "utcnow", "open", "default_rng"})
JUDGEMENT_LITERALS: Final = frozenset({0, 1, 2, 0.5, 100, 1e-9})
"""Everything else a judgement module compares with or multiplies by belongs into evidence/."""
BROUGHT_ALONG: Final = frozenset({"starlette", "markupsafe", "pydantic"})
"""Part of the public face of a declared package (fastapi, jinja2)."""
NEVER_AT_RUN_TIME: Final = frozenset({"scipy", "pandas", "matplotlib"})

LONGEST_FUNCTION: Final = 60
P95_FUNCTION: Final = 40
LONGEST_FILE: Final = 800
LONGER_FUNCTIONS: Final[Mapping[str, str]] = MappingProxyType({})
"""module.function: reason."""
SWALLOWING_KWARGS: Final = frozenset({"wording.catalogue.text"})
EXCEPT_EXCEPTION: Final = frozenset({"cli.root", "actions.decoding"})
"""Modules that may catch everything, once: the outermost edges."""

LIGHT_PATHS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "--help": frozenset(
            {
                "numpy",
                "sqlalchemy",
                "rich",
                "uncramp.store",
                "uncramp.activities",
                "fastapi",
                "jinja2",
                "uncramp.web",
            }
        ),
        "now": frozenset(
            {
                "numpy",
                "sqlalchemy",
                "rich",
                "uncramp.store",
                "uncramp.activities",
                "fastapi",
                "jinja2",
                "uncramp.web",
            }
        ),
        "ask bananas": frozenset({"numpy", "sqlalchemy", "rich", "fastapi", "jinja2"}),
        "why --case CASE": frozenset({"numpy", "sqlalchemy", "fastapi", "jinja2"}),
    }
)
"""What a start-up path may not import."""

KNOWN_UNITS: Final = frozenset({"%", "1/h", "J/kg/K", "L", "L/h", "W/kg", "clo", "log ratio",
    "mmol/L per L/h", "°C m²/W", "bit", "count", "day", "g", "h", "kg", "km", "likelihood ratio",
    "m", "m/s", "mL", "mg", "min", "mmol/L", "odds", "ratio", "s", "share", "year",
    "°C"})  # fmt: skip

CLAIM_KINDS: Final = frozenset({"both", "overload", "electrolyte", "magnesium", "personal"})
CLAIM_STATUSES: Final = frozenset(
    {"implemented", "partial", "shown_only", "contested", "planned"}
)  # fmt: skip
IDENTIFIER: Final = re.compile(
    r"(doi:10\.\d{4,}/\S+|PMID \d+|PMC\d+|NCT\d{8}|docs/\S*|in: \S.+|www\.[a-z.]+/\S+)(,.*|;.*)?"
)

# In pieces, so that this file does not contain what it forbids.
FORBIDDEN_TEXT: Final = tuple(
    re.compile(pattern)
    for pattern in (
        "pypi" + r"\.org",
        "python" + "hosted" + r"\.org",
        "npmjs" + r"\.(org|com)",
        "deb\\." + r"debian\.org",
        r"(?<![\w.\-])/" + r"(root|work|farm)/",
        r"(?<![\w.\-])/" + "opt/py" + "pi",
    )
)
