"""Milliseconds the server takes for each page on a store of 3,000 runs, and what a page weighs.

Asked through the app itself, without a network: 20 warm requests a page. Beside it stands the
time in which SQLite alone lists the same runs, so that figures of two machines can be compared.
The runs are those of `bench_import`, and last the synthetic runner's 14 weeks; the store is kept
between runs in the folder for temporary files. Run with the shared files beside the checkout:
`python benchmarks/bench_web.py [--runs 3000] [--profile why]`.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import hashlib
import pstats
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from bench_import import real_runs, write_archive
from starlette.testclient import TestClient

from uncramp import demo, demo_runs
from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.importing import import_paths
from uncramp.actions.why import record, why_run
from uncramp.envelope import plain
from uncramp.interview import questions
from uncramp.store.names import DATABASE_FILE
from uncramp.web.app import create_app
from uncramp.web.links import PAGES, page_url
from uncramp.web.serving import collect_less
from uncramp.web.settings import WebSettings
from uncramp.wording.why import run_title, why_data, why_lines

SOURCE: Final = Path(demo.__file__).parent
NOW: Final = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
RUNNER: Final = "me"
ORIGIN: Final = "http://127.0.0.1:8765"
OURS: Final = {"Origin": ORIGIN}
KEY: Final = "only this process knows it"
MOVED: Final = (303, 307, 308, 405)
"""An address that only leads on, or that only takes forms."""
TARGET_MS: Final = 100.0
WARM_UP: Final = 3
REPEATS: Final = 20
P95: Final = 18
"""Place of the 95th percentile among 20 sorted times."""
DEEPEST: Final = 25
ASSET: Final = re.compile(r'(?:href|src)="(/static/[^"]+)"')

__all__ = ["main"]


class Measured(NamedTuple):
    """One page: times of warm requests in milliseconds, and bytes."""

    name: str
    status: int
    times_ms: list[float]
    bytes_gz: int
    assets_gz: int


def main() -> None:
    """Make or find the store, ask for every page, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3_000)
    parser.add_argument("--profile", metavar="PAGE", help="show where this page spends its time")
    given = parser.parse_args()
    store = stored(given.runs)
    with closing(sqlite3.connect(store / DATABASE_FILE)) as database:
        marathon = database.execute("SELECT max(activity_id) FROM activity").fetchone()[0]
        advice = database.execute("SELECT max(advice_id) FROM advice").fetchone()[0]
        plain_ms = list_ms(database)
    settings = WebSettings(data_dir=store, token=KEY, home_runner=RUNNER, clock=lambda: NOW)
    app = create_app(settings)
    collect_less()
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as browser:
        browser.get("/", params={"token": KEY})
        addresses = page_addresses(run=marathon, answer=advice, draft=asked(browser))
        if given.profile:
            profile(browser, addresses[given.profile])
            return
        pages = [measured(browser, name, url) for name, url in addresses.items()]
        show([page for page in pages if page.status not in MOVED], plain_ms)


def asked(browser: TestClient) -> int:
    """An interview about the marathon in which every danger was asked about."""
    told: Any = demo.CASE["answers"]
    answered = browser.post(page_url("why", RUNNER), data={"about": "last"}, headers=OURS)
    while True:
        draft, step = answered.url.path.rsplit("/", 2)[1:]
        if step not in questions() or questions()[step].section != "screen":
            return int(draft)
        said = {"choice": told[step]}
        answered = browser.post(answered.url.path, data=said, headers=OURS)


def page_addresses(*, run: int, answer: int, draft: int) -> dict[str, str]:
    """Each page by name; one about a thing is about the marathon and the answer on it."""
    parts: dict[str, tuple[object, ...]] = {
        "run": (run,),
        "answer": (answer,),
        "claim": ("G1",),
        "source": ("guide",),
        "number": ("cramps.weight.one_muscle",),
        "ask": (draft, "places"),
        "check_answers": (draft,),
    }
    named = {
        name: page_url(name, RUNNER, *parts.get(name, ()))
        for name, address in PAGES.items()
        if name in parts or "{0}" not in address
    }
    return {"now for all": "/now/", **named}


def stored(n_runs: int) -> Path:
    """The folder of the store, made when there is none of this code yet."""
    sources = sorted(path for part in ("store", "activities")
                     for path in (SOURCE / part).glob("*.py"))  # fmt: skip
    made_by = hashlib.sha256(b"".join(path.read_bytes() for path in (*sources, Path(__file__))))
    folder = Path(tempfile.gettempdir()) / f"uncramp-bench-web-{n_runs}-{made_by.hexdigest()[:12]}"
    done = folder / "done"
    if not done.exists():
        seeds = real_runs()
        if not seeds:
            raise SystemExit("NEEDS-SHARED: no shared FIT files beside this checkout")
        begin = time.perf_counter()
        with tempfile.TemporaryDirectory() as files:
            fill(folder, Path(files), n_runs)
        done.touch()
        print(f"made the store in {time.perf_counter() - begin:.0f} s: {folder}", file=sys.stderr)
    return folder


def fill(folder: Path, files: Path, n_runs: int) -> None:
    """Import the runs, mark the cramp of the marathon, ask why."""
    outings = demo_runs.outings()
    archive = files / "archive.zip"
    write_archive(archive, real_runs(), n_runs - len(outings))
    for outing in outings:
        (files / outing.name).write_bytes(demo_runs.fit_bytes(outing))
    with Context(data_dir=folder, now=NOW - timedelta(hours=1), runner=RUNNER) as context:
        import_paths(context, [archive])
        import_paths(context, [files / outing.name for outing in outings])
        mark_run(context, "last", muscles=["calf"])
        case = case_from(demo.CASE, file_name=demo.CASE_FILE)
        answer = why_run(context, reference="last", case=case)
        assert answer.run is not None
        run = run_title(answer.run, units=context.units)
        data = why_data(
            answer.explanation, run=run, timeline=answer.timeline, balance=answer.balance
        )
        words = "\n".join(why_lines(data, command="uncramp why last"))
        record(context, answer, data=plain(data), text=words)


def list_ms(database: sqlite3.Connection) -> float:
    """Median time in which SQLite alone lists every run."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        database.execute("SELECT * FROM activity ORDER BY start_utc DESC").fetchall()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def measured(browser: TestClient, name: str, url: str) -> Measured:
    """Ask for a page until it is warm, then 20 times."""
    for _ in range(WARM_UP):
        answered = browser.get(url, follow_redirects=False)
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        answered = browser.get(url, follow_redirects=False)
        times.append(1000 * (time.perf_counter() - begin))
    assets = {address: browser.get(address).content for address in ASSET.findall(answered.text)}
    return Measured(
        name=name,
        status=answered.status_code,
        times_ms=sorted(times),
        bytes_gz=len(gzip.compress(answered.content)),
        assets_gz=sum(len(gzip.compress(content)) for content in assets.values()),
    )


def show(pages: list[Measured], plain_ms: float) -> None:
    """The table, the slowest first."""
    print(f"SQLite alone lists the runs in {plain_ms:.1f} ms; target {TARGET_MS:.0f} ms a page")
    print("page           status  best ms  median ms  p95 ms  x list  kB gz  assets kB gz  target")
    for page in sorted(pages, key=lambda one: -statistics.median(one.times_ms)):
        median, p95 = statistics.median(page.times_ms), page.times_ms[P95]
        verdict = "met" if p95 <= TARGET_MS else "MISSED"
        print(
            f"{page.name:14} {page.status:6} {page.times_ms[0]:8.1f} {median:10.1f} {p95:7.1f}"
            f" {median / plain_ms:7.1f} {page.bytes_gz / 1000:6.1f} {page.assets_gz / 1000:13.1f}"
            f"  {verdict}"
        )


def profile(browser: TestClient, url: str) -> None:
    """Where one warm request spends its time; the functions that hold the most come first."""
    for _ in range(WARM_UP):
        browser.get(url)
    watch = cProfile.Profile()

    async def watched(function: Callable[..., Any], *arguments: Any, **_: Any) -> Any:
        return watch.runcall(function, *arguments)

    with patch("anyio.to_thread.run_sync", watched):
        browser.get(url)
    pstats.Stats(watch).sort_stats("cumulative").print_stats(DEEPEST)


if __name__ == "__main__":
    main()
