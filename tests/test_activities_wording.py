"""Every flag and refusal that the reader can raise has its sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "uncramp"
MESSAGES = SOURCE / "wording" / "messages" / "en"


def sentences(name: str) -> dict[str, str]:
    """One message file."""
    content: dict[str, str] = json.loads((MESSAGES / f"{name}.json").read_text(encoding="utf-8"))
    return content


def sources() -> str:
    """All code of the reader."""
    return "".join(p.read_text(encoding="utf-8") for p in (SOURCE / "activities").glob("*.py"))


def test_every_flag_has_a_sentence_and_every_sentence_a_flag() -> None:
    """Codes in the code and keys in the message file are the same set."""
    text = sources()
    raised = set(re.findall(r'code="(\w+)", kind="', text))
    raised |= set(re.findall(r'\.flag\(\s*"(\w+)"', text))
    raised |= set(re.findall(r'\.problem = "(\w+)"', text))
    raised |= set(re.findall(r'_bpm", "(\w+)"\), \("latitude_deg", "(\w+)"\)', text)[0])
    raised |= {"cropped_elsewhere"}  # actions/decoding.py
    assert raised == set(sentences("flag"))


def test_every_refusal_has_reason_and_remedy() -> None:
    """Codes in the code and keys in the message file are the same set."""
    text = sources()
    raised = set(re.findall(r'RefusedFileError\("(\w+)"', text))
    raised |= {"other_xml", "unknown_format", "file_missing", "file_unreadable"}
    actions = "".join(p.read_text(encoding="utf-8") for p in (SOURCE / "actions").glob("*.py"))
    told_codes = {key.partition(".")[0] for key in sentences("refused")}
    raised |= set(re.findall(r'RefusedFileError\("(\w+)"', actions))
    raised |= set(re.findall(r'(?:code=|, )"(\w+)"', actions)) & told_codes
    raised |= {f"fit_{kind}" for kind in ("workout", "course", "monitoring", "settings", "other")}
    told = sentences("refused")
    assert {f"{code}.{part}" for code in raised for part in ("reason", "remedy")} == set(told)


def test_sentences_are_plain() -> None:
    """Short sentences, no jargon of file formats beyond their names."""
    for name in ("flag", "refused"):
        for key, sentence in sentences(name).items():
            assert sentence.endswith("."), key
            assert len(sentence.split()) <= 22, key
