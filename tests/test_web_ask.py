"""The page that answers questions, and its path of the API. Made-up data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from store_support import NOW as STORED_AT
from uncramp.store.store import Store
from web_support import client, demo_store

ASK: Final = "/r/me/ask"
UNREADABLE: Final = 422


def test_the_page_without_a_question_offers_some(tmp_path: Path) -> None:
    """A box, and what is asked often; nothing is made by looking."""
    page = client(tmp_path / "none").get(ASK)
    assert page.status_code == 200
    assert 'name="q"' in page.text
    assert "Asked often" in page.text
    assert "?q=Do%20bananas%20help" in page.text


def test_an_answer_stands_at_its_address(tmp_path: Path) -> None:
    """Short answer, you, doctor, what it rests on with its grade, and each source one tap away."""
    page = client(demo_store(tmp_path)).get(ASK, params={"q": "why do I always cramp at mile 20?"})
    assert page.status_code == 200
    for part in ("Most race cramps come in the last quarter", "What it means for you",
                 "When to see a doctor", "Evidence: Cohort", "/r/me/evidence/sources/maughan_1986",
                 "/r/me/evidence/claims/G13", "Runs you have noted with a cramp: 1"):  # fmt: skip
        assert part in page.text, part


def test_a_danger_word_is_a_care_card_and_nothing_else(tmp_path: Path) -> None:
    """No advice, no list of other questions: only what to do."""
    page = client(tmp_path / "none").get(ASK, params={"q": "chest pain and cramps, more salt?"})
    assert "care emergency_now" in page.text
    assert "What it rests on" not in page.text
    assert "Ask something else" not in page.text


def test_an_unclear_word_leads_to_the_danger_questions(tmp_path: Path) -> None:
    """It is asked about before anything is advised."""
    page = client(tmp_path / "none").get(ASK, params={"q": "dizzy at the end, is it the heat?"})
    assert "You wrote “dizzy”" in page.text
    assert 'href="/r/me/now"' in page.text


def test_what_is_not_known_is_said_and_like_questions_are_offered(tmp_path: Path) -> None:
    """I don't know, and perhaps one of these."""
    page = client(tmp_path / "none").get(ASK, params={"q": "banana split recipes for two"})
    assert "I don&#39;t know" in page.text


def test_a_question_that_is_too_long_is_kept_and_explained(tmp_path: Path) -> None:
    """The error stands beside the box, and what was typed is still in it."""
    page = client(tmp_path / "none").get(ASK, params={"q": "salt " * 120})
    assert page.status_code == UNREADABLE
    assert "longer than 500 letters" in page.text
    assert "salt salt salt" in page.text


def test_what_is_typed_is_text(tmp_path: Path) -> None:
    """Nothing that was typed becomes part of the page."""
    page = client(tmp_path / "none").get(ASK, params={"q": "<script>alert(1)</script> bananas"})
    assert "<script>alert" not in page.text


def test_home_has_the_box(tmp_path: Path) -> None:
    """One box on the first page leads here."""
    page = client(demo_store(tmp_path)).get("/r/me")
    assert f'action="{ASK}"' in page.text


def test_the_api_answers_as_the_command(tmp_path: Path) -> None:
    """The same envelope; a runner nobody has added gets the evidence alone, and none is made."""
    folder = tmp_path / "none"
    reply = client(folder).get("/api/runners/me/ask", params={"question": "do bananas help?"})
    assert reply.status_code == 200
    assert reply.json()["schema"] == "uncramp.ask/1"
    assert reply.json()["data"]["answered"] is True
    assert reply.json()["data"]["is_known"] is False
    assert not (folder / "uncramp.db").exists()


@pytest.mark.parametrize("question", [None, "", "  ", "x" * 501, "a\0b"])
def test_the_api_refuses_what_is_no_question(tmp_path: Path, question: str | None) -> None:
    """Missing, empty, too long, or no text."""
    given = {} if question is None else {"question": question}
    reply = client(tmp_path / "none").get("/api/runners/me/ask", params=given)
    assert reply.status_code == UNREADABLE
    assert reply.json()["schema"] == "uncramp.error/1"


def test_an_open_lock_is_respected_on_the_page(tmp_path: Path) -> None:
    """What the lock blocks is named and not said."""
    with Store.open(tmp_path, at=STORED_AT) as store:
        me = store.add_runner("me", at=STORED_AT)
        store.open_flag(me, flag_id="salt_contraindicated", kind="lock", at=STORED_AT)
    page = client(tmp_path).get(ASK, params={"q": "how much salt per hour?"})
    assert "from us no advice on salt" in page.text
    assert "500 mg" not in page.text
