"""The evidence pages: every claim with both sides, every source, every number, told honestly."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from uncramp import evidence
from uncramp.actions.evidence_pages import (
    KINDS,
    STATUSES,
    grade_counts,
    list_claims,
    list_numbers,
    list_sources,
    number_at,
    source_at,
)
from uncramp.errors import NotFoundError
from uncramp.wording.catalogue import messages, text
from uncramp.wording.evidence_pages import (
    group_title,
    identifier_links,
    lean_text,
    number_range,
    number_value,
    plain_title,
)
from web_support import client

HERE: Final = "/r/me/evidence"
OTHER_SITES: Final = {
    "doi.org",
    "pubmed.ncbi.nlm.nih.gov",
    "pmc.ncbi.nlm.nih.gov",
    "clinicaltrials.gov",
}


def numbers() -> list[evidence.Parameter]:
    """Every number there is."""
    return [one for name in evidence.PARAMETER_FILES for one in evidence.parameters(name).values()]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody who is let in, where nothing is stored."""
    with client(tmp_path_factory.mktemp("evidence") / "nothing") as one:
        yield one


def shown(browser: TestClient, path: str) -> str:
    """A page as text a person reads, its tags taken out."""
    answer = browser.get(HERE + path)
    assert answer.status_code == 200, path
    return plain(answer.text)


def plain(page: str) -> str:
    """The words of a page."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def squeezed(words: str) -> str:
    """Words with single blanks, as `plain` gives them."""
    return " ".join(words.split())


# ---------------------------------------------------------------- claims


def test_the_list_says_every_claim_and_both_its_sides(browser: TestClient) -> None:
    """In our words, with status and grade in words, and where it comes from."""
    page = shown(browser, "")
    for claim in evidence.claims().values():
        assert claim.text in page
        assert claim.supports in page
        assert claim.against in page
        for cited in claim.citations:
            assert squeezed(cited.at) in page


def test_the_list_is_honest_about_what_is_built(browser: TestClient) -> None:
    """The counts are those of the data, and say what each status means."""
    page = shown(browser, "")
    found = list_claims()
    assert sum(found.by_status.values()) == len(evidence.claims()) == 38
    assert text("evidence_page.built.all", n=38) in page
    for status in STATUSES:
        count = sum(claim.status == status for claim in evidence.claims().values())
        assert found.by_status[status] == count
        name, what = (text(f"evidence_page.{part}.{status}") for part in ("status", "status_what"))
        assert f"{count} {name} {what}" in page


def test_claims_stand_under_their_kind(browser: TestClient) -> None:
    """Grouped: what holds for both first, what is about oneself last."""
    page = browser.get(HERE).text
    order = re.findall(r'<article class="claim" id="(G\d+)"', page)
    kinds = [evidence.claims()[one].kind for one in order]
    assert sorted(order) == sorted(evidence.claims())
    assert kinds == sorted(kinds, key=KINDS.index)


@pytest.mark.parametrize("status", [None, *STATUSES])
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_filters_are_plain_addresses(
    status: str | None, kind: str | None, browser: TestClient
) -> None:
    """Any two together; what is chosen is marked, and the others are one tap away."""
    chosen = {name: one for name, one in (("status", status), ("kind", kind)) if one}
    page = browser.get(HERE, params=chosen).text
    wanted = {
        one.id
        for one in evidence.claims().values()
        if status in {None, one.status} and kind in {None, one.kind}
    }
    assert set(re.findall(r'<article class="claim" id="(G\d+)"', page)) == wanted
    main = page[page.index("<main") :]
    assert main.count('aria-current="true"') == 1 + (status is not None)
    if not wanted:
        assert text("evidence_page.filter.nothing") in page
    links = set(re.findall(r'href="(/r/me/evidence[^"#]*)#claims"', main))
    for link in links:
        assert browser.get(html.unescape(link)).status_code == 200


@pytest.mark.parametrize("query", ["?status=proved", "?kind=%00", "?status=&kind=", "?a=b"])
def test_a_filter_that_there_is_not_filters_nothing(query: str, browser: TestClient) -> None:
    """An old or broken address still shows everything."""
    page = browser.get(HERE + query).text
    assert page.count('<article class="claim"') == 38


@pytest.mark.parametrize("claim_id", evidence.claims())
def test_every_claim_has_a_page(claim_id: str, browser: TestClient) -> None:
    """Both sides, what became of it, how sure, every source, and who checks it."""
    claim = evidence.claims()[claim_id]
    page = shown(browser, f"/claims/{claim_id}")
    against = claim.against or text("evidence_page.nobody_against")
    for words in (
        claim.text,
        claim.supports,
        against,
        text(f"evidence_page.status_what.{claim.status}"),
        text(f"evidence_page.grade.{claim.grade.lower()}.what"),
        *(evidence.source(cited.key).short for cited in claim.citations),
        *claim.implemented_by,
        *claim.tested_by,
    ):
        assert squeezed(words) in page


def test_claims_lead_to_their_neighbours(browser: TestClient) -> None:
    """First, one in the middle, and last."""
    for claim_id, others in (("G1", ["G2"]), ("G20", ["G19", "G21"]), ("G38", ["G37"])):
        page = browser.get(f"{HERE}/claims/{claim_id}").text
        neighbours = page[page.index('class="neighbours"') :]
        assert re.findall(r'href="/r/me/evidence/claims/(G\d+)"', neighbours) == others


# ---------------------------------------------------------------- sources


@pytest.mark.parametrize("key", evidence.sources())
def test_every_source_has_a_page(key: str, browser: TestClient) -> None:
    """Who, when, what, on whom, how much of it we read, and everything that rests on it."""
    source = evidence.sources()[key]
    page = shown(browser, f"/sources/{key}")
    for words in (
        source.authors,
        str(source.year),
        plain_title(source.title),
        source.identifier,
        source.design,
        source.population,
        text(f"evidence_page.read.{source.read}"),
        *(one.text for one in evidence.claims().values() if cites(one.citations, key)),
        *(one.label for one in numbers() if cites(one.citations, key)),
    ):
        assert squeezed(words) in page
    assert (text("evidence_page.source.ours") in page) == (
        source.title.startswith("[") or key in ("guide", "judgement")
    )


def cites(citations: tuple[evidence.Citation, ...], key: str) -> bool:
    """Whether a source is among them."""
    return any(one.key == key for one in citations)


def test_a_danger_sign_names_what_it_rests_on(browser: TestClient) -> None:
    """A source that only danger signs or advice cite says so; one that nothing cites, too."""
    assert text("stop.dvt.name") in shown(browser, "/sources/dvt_runners_2011")
    assert source_at("cochrane_quinine_2015").n_advice == 1
    assert text("evidence_page.source.advice_one") in shown(
        browser, "/sources/cochrane_quinine_2015"
    )
    alone = [
        key
        for key in evidence.sources()
        if not any((source_at(key).claims, source_at(key).numbers, source_at(key).flags,
                    source_at(key).n_advice))
    ]  # fmt: skip
    for key in alone:
        assert text("evidence_page.source.nothing") in shown(browser, f"/sources/{key}")


def test_the_list_of_sources_says_how_much_was_read(browser: TestClient) -> None:
    """Of what others wrote; the guide and our own judgement stand by themselves."""
    page, listed = shown(browser, "/sources"), list_sources()
    assert {one.key for one in listed.ours} == {"guide", "judgement"}
    assert len(listed.ours) + len(listed.papers) == len(evidence.sources())
    assert sum(listed.by_read.values()) == len(listed.papers)
    assert text(
        "evidence_page.sources.read",
        n_full=listed.by_read["full"],
        n_abstract=listed.by_read["abstract"],
        n_secondary=listed.by_read["secondary"],
    ) in page  # fmt: skip
    for one in evidence.sources().values():
        assert squeezed(plain_title(one.title)) in page


@pytest.mark.parametrize(
    ("identifier", "addresses"),
    [
        ("doi:10.1249/JSR.0b013e31817f476a", ["https://doi.org/10.1249/JSR.0b013e31817f476a"]),
        (
            "PMC5554746, doi:10.1002/mus.25611",
            [
                "https://doi.org/10.1002/mus.25611",
                "https://pmc.ncbi.nlm.nih.gov/articles/PMC5554746/",
            ],
        ),
        (
            "PMID 17923724, in Journal of Sport Rehabilitation 16(3) 190",
            ["https://pubmed.ncbi.nlm.nih.gov/17923724/"],
        ),
        ("NCT02103491", ["https://clinicaltrials.gov/study/NCT02103491"]),
        ("doi:10.1016/S1440-2440(03)80005-1", ["https://doi.org/10.1016/S1440-2440(03)80005-1"]),
        ("in: British Journal of Sports Medicine 38:488", []),
        ("docs/decisions/", []),
    ],
)
def test_identifiers_lead_where_they_say(identifier: str, addresses: list[str]) -> None:
    """A DOI, PubMed, PMC or trial number; nothing is guessed from a journal's name."""
    assert [one.address for one in identifier_links(identifier)] == addresses


def test_pages_lead_elsewhere_only_by_a_link(browser: TestClient) -> None:
    """To the known places of papers, without telling them where the reader came from."""
    seen = set()
    for key in evidence.sources():
        page = browser.get(f"{HERE}/sources/{key}").text
        assert not re.search(r'(?:src|srcset|action|data|poster)="[a-z]+:', page)
        for tag in re.findall(r'<[a-z]+ [^>]*"https?:[^>]*>', page):
            assert tag.startswith("<a "), tag
            assert 'rel="noreferrer"' in tag
            seen.add(urlsplit(re.findall(r'href="([^"]+)"', tag)[0]).netloc)
    assert seen == OTHER_SITES


# ---------------------------------------------------------------- numbers


def test_the_list_says_every_number_and_how_many_are_ours(browser: TestClient) -> None:
    """Every number can be tapped."""
    page, listed = browser.get(f"{HERE}/numbers").text, list_numbers()
    assert listed.n_all == len(numbers())
    assert listed.n_judged == sum(one.grade == "judgement" for one in numbers())
    linked = re.findall(r'href="/r/me/evidence/numbers/([^"]+)"', page)
    assert sorted(linked) == sorted(one.key for one in numbers())
    judged = text("evidence_page.numbers.judged", n_judged=listed.n_judged, n=listed.n_all)
    assert judged in plain(page)


@pytest.mark.parametrize("key", [one.key for one in numbers()])
def test_every_number_has_a_page(key: str, browser: TestClient) -> None:
    """Value, range, unit, population, grade, sources with their place, note."""
    number = evidence.parameter(key)
    page = shown(browser, f"/numbers/{key}")
    for words in (
        number.label,
        number_value(number),
        number_range(number) or text("evidence_page.number.exact"),
        number.population,
        text(f"evidence_page.grade.{number.grade.lower()}.what"),
        number.note,
        key,
        *(evidence.source(cited.key).short for cited in number.citations),
        *(cited.at for cited in number.citations),
    ):
        assert squeezed(words) in page


@pytest.mark.parametrize(
    ("key", "value", "span"),
    [
        ("cramps.weight.one_muscle", "0.3", "0.15 to 0.6"),
        ("cramps.label_share", "0.75 of the whole", "0.6 to 0.9 of the whole"),
        ("cramps.threshold.hot_wbgt_c", "28 °C", "26 to 30 °C"),
        ("cramps.threshold.late_share", "0.75 of the whole", "0.7 to 0.8 of the whole"),
        ("safety.capsule_sodium_mg", "215 mg", "40 to 341 mg"),
        ("safety.adult_age", "18 years", None),
        ("safety.typical_sweat_sodium_mmol_per_l", "45 mmol/L", "25 to 70 mmol/L"),
        ("training.distance.marathon", "42,195 m", None),
        ("training.distance.1mile", "1,609.344 m", None),
        ("training.record.400m", "43.03 seconds", None),
        ("training.record.marathon", "7,235 seconds (2:00:35)", None),
        ("training.standstill_m_s", "0.5 metres a second", "0.3 to 0.8 metres a second"),
        ("cramps.threshold.within_longest_pct", "-30 %", "-50 to -10 %"),
    ],
)
def test_numbers_are_written_for_people(key: str, value: str, span: str | None) -> None:
    """No figure lost, thousands apart, the unit in words where it has them."""
    number = evidence.parameter(key)
    assert number_value(number) == value
    assert number_range(number) == span


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("cramps.weight.one_muscle", "Speaks for muscle overload, about 3.3 to 1."),
        ("cramps.weight.jumping", "Speaks for electrolyte loss, about 4 to 1."),
        ("cramps.weight.late_in_run", "Speaks for neither kind."),
        ("cramps.sweat_cap", None),
        ("safety.watch_hours", None),
    ],
)
def test_a_weight_says_which_kind_it_speaks_for(key: str, words: str | None) -> None:
    """In words, so that nobody needs to know what a likelihood ratio is."""
    assert lean_text(number_at(key)) == words


def test_every_weight_leans_as_it_is_counted(browser: TestClient) -> None:
    """Below 1 to overload, above 1 to electrolyte, 1 to neither."""
    listed = list_numbers()
    weights = [one for one in numbers() if one.key.startswith("cramps.weight.")]
    assert set(listed.towards) == {one.key for one in weights}
    for one in weights:
        assert one.value is not None
        wanted = "overload" if one.value < 1 else "electrolyte" if one.value > 1 else "neither"
        assert listed.towards[one.key] == wanted
    assert text("evidence_page.towards.overload") in shown(browser, "/numbers")


# ---------------------------------------------------------------- grades, and all pages


def test_every_grade_is_explained_with_its_counts(browser: TestClient) -> None:
    """What it means, and how much of ours carries it; each has an address of its own."""
    page, raw = shown(browser, "/grades"), browser.get(f"{HERE}/grades").text
    assert [one.grade for one in grade_counts()] == list(evidence.GRADES)
    for one in grade_counts():
        assert text(f"evidence_page.grade.{one.grade.lower()}.what") in page
        assert f'id="{one.grade.lower()}"' in raw
    assert sum(one.n_claims for one in grade_counts()) == 38
    assert sum(one.n_numbers for one in grade_counts()) == len(numbers())


def test_every_group_of_numbers_has_a_heading() -> None:
    """A file or a part of one that is new must be given words."""
    for group in list_numbers().groups:
        assert group_title(group.id) != group.id
        assert f"evidence_page.group.{group.id}" in messages("evidence_page")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/claims/G39", "no_such_claim"),
        ("/claims/g1", "no_such_claim"),
        ("/sources/nobody_1900", "no_such_source"),
        ("/numbers/cramps.nothing", "no_such_number"),
        ("/numbers/%3Cscript%3E", "no_such_number"),
    ],
)
def test_what_there_is_not_is_said_in_words(path: str, code: str, browser: TestClient) -> None:
    """A page with a way on, never a script out of the address."""
    answer = browser.get(HERE + path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text
    assert text(f"error.{code}.remedy") in plain(answer.text)


@pytest.mark.parametrize(
    "path", ["", "/claims/G4", "/sources", "/sources/guide", "/numbers",
             "/numbers/cramps.prior", "/grades"]
)  # fmt: skip
def test_pages_are_made_as_every_page(path: str, browser: TestClient) -> None:
    """One heading, the door marked, no style and no script inside, nothing about a runner."""
    page = browser.get(HERE + path).text
    assert page.count("<h1") == 1
    assert 'aria-current="page"' in page[: page.index("<main")]
    assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", page)
    mine, other = (browser.get(f"/r/{who}/evidence{path}").text for who in ("me", "Anna%20B"))
    assert other.replace("/r/Anna%20B", "/r/me") == mine


def test_reading_evidence_makes_no_store(tmp_path: Path) -> None:
    """The pages need no runner and no data."""
    with client(tmp_path / "nothing") as one:
        assert one.get(HERE).status_code == 200
        assert one.get("/r/nobody/evidence/claims/G1").status_code == 200
    assert not (tmp_path / "nothing").exists()


def test_unknown_keys_are_not_found() -> None:
    """As an error of ours, for every face."""
    for look, code in ((source_at, "no_such_source"), (number_at, "no_such_number")):
        with pytest.raises(NotFoundError, match=code):
            look("nothing")
