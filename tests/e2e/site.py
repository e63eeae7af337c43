"""A real server for the tests in a browser, with the synthetic runner's store or an empty one."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock
from pathlib import Path
from typing import Final

import uvicorn

from uncramp import demo, demo_runs
from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import change_profile
from uncramp.actions.race_debrief import DebriefAsked, tell_debrief
from uncramp.actions.races import RaceAsked, add_race, change_race, find_race
from uncramp.actions.sweat_tests import WeighInAsked, add_weigh_in
from uncramp.actions.train import TrainWishes
from uncramp.actions.train_kept import train_of_race
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.actions.why import record, why_run
from uncramp.demo_season import play_past, play_season
from uncramp.envelope import plain
from uncramp.interview import questions
from uncramp.web.app import create_app
from uncramp.web.links import page_url
from uncramp.web.settings import WebSettings
from uncramp.wording.why import run_title, why_data, why_lines

__all__ = [
    "NOW",
    "RUNNER",
    "Demo",
    "Site",
    "looked_back",
    "make_demo",
    "raced",
    "serving",
    "told_of_years",
    "weighed",
    "write_outings",
]

NOW: Final = datetime(2026, 10, 5, 9, 30, tzinfo=timezone(timedelta(hours=2)))
"""The morning after the synthetic marathon."""
RUNNER: Final = "me"
LOOPBACK: Final = "127.0.0.1"
START_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The synthetic runner's store, and what pages about it are called."""

    folder: Path
    run: int
    """The marathon."""
    answer: int
    """The ledger line of the answer about it."""

    def copied_to(self, folder: Path) -> Demo:
        """The same in a folder of its own, so that a test may change it."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A server that answers at `url`."""

    url: str
    settings: WebSettings

    @property
    def way_in(self) -> str:
        """The link that the terminal prints."""
        return f"{self.url}/?token={self.settings.token}"

    def at(self, page: str, *parts: object, runner: str = RUNNER) -> str:
        """The whole address of a page."""
        return self.url + page_url(page, runner, *parts)


def write_outings(folder: Path, *, last: int | None = None) -> list[Path]:
    """Watch files of the synthetic runner, the marathon last; `last` of them, or all."""
    return write(folder, demo_runs.outings()[-last if last else 0 :])


def write(folder: Path, outings: Iterable[demo_runs.Outing]) -> list[Path]:
    """A watch file of each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for outing in outings:
        path = folder / outing.name
        path.write_bytes(demo_runs.fit_bytes(outing))
        paths.append(path)
    return paths


def make_demo(folder: Path) -> Demo:
    """The store as `uncramp.demo` makes it: imported, marked, asked why; the same each time."""
    files = write_outings(folder / "files")
    data_dir = folder / "data"
    with Context(data_dir=data_dir, now=NOW, runner=RUNNER) as context:
        import_paths(context, files, workers=1)
        change_profile(context, demo_runs.PROFILE)
        set_weather(context, "last", TypedWeather(temp_air_c=24.0, relative_humidity_pct=60.0))
        mark = mark_run(context, "last", muscles=["calf"])
        case = case_from(demo.CASE, file_name=demo.CASE_FILE)
        answer = why_run(context, reference="last", case=case)
        assert answer.run is not None
        data = why_data(
            answer.explanation,
            run=run_title(answer.run, units=context.units),
            timeline=answer.timeline,
            weather=answer.weather,
            balance=answer.balance,
        )
        words = "\n".join(why_lines(data, command="uncramp why last"))
        kept = record(context, answer, data=plain(data), text=words)
    return Demo(folder=data_dir, run=mark.activity_id, answer=kept)


def weighed(folder: Path) -> None:
    """Give the synthetic runner a profile and three weigh-ins: cool, mild and warm."""
    with Context(data_dir=folder, now=NOW, runner=RUNNER) as context:
        change_profile(context, demo_runs.PROFILE)
        for day, after_kg, heat in (
            (date(2026, 5, 3), 60.7, 11),
            (date(2026, 6, 14), 60.2, 19),
            (date(2026, 7, 26), 59.7, 27),
        ):
            asked = WeighInAsked(
                body_mass_before_kg=61.1,
                body_mass_after_kg=after_kg,
                fluid_intake_l=0.5,
                duration_min=80,
                without_run=True,
                day=day,
                distance_m=13300,
                scale_step_kg=0.05,
                temp_air_c=heat,
                relative_humidity_pct=55,
            )
            add_weigh_in(context, asked)


def raced(folder: Path) -> tuple[int, str]:
    """Give the synthetic runner a marathon to come with a plan; its number, and a long run."""
    asked = RaceAsked(
        name="Synthetic city marathon",
        day=date(2026, 12, 13),
        start=clock(9, 30),
        distance_m=42_195,
        goal_time_s=12_600,
        temp_air_c=12,
        relative_humidity_pct=60,
    )
    screened = {one.id: ("none",) for one in questions().values() if one.section == "screen"}
    wishes = TrainWishes(days=("tue", "thu", "sat", "sun"), cramped_muscles=("calf",))
    with Context(data_dir=folder, now=NOW, runner=RUNNER) as context:
        kept = add_race(context, asked)
        made = train_of_race(context, str(kept.race_id), wishes, answers=screened)
    long_runs = [one.id for one in made.plan.sessions if one.kind == "long"]
    return kept.race_id, long_runs[0]


def looked_back(folder: Path) -> int:
    """Give the synthetic runner the season of the marathon with a look back; the race's number."""
    screened = {one.id: ("none",) for one in questions().values() if one.section == "screen"}
    season = play_season(folder, name="Synthetic autumn marathon", screened=screened)
    with Context(data_dir=folder, now=NOW, runner=RUNNER) as context:
        told = DebriefAsked(took="more", gut="fine")
        tell_debrief(context, str(season.race_id), told)
    return season.race_id


def told_of_years(demo: Demo) -> None:
    """Give the synthetic runner the marathons of the years before, three of which cramped."""
    files = demo.folder.parent / "earlier"
    paths = write(files, demo_runs.earlier_outings())
    with Context(data_dir=demo.folder, now=NOW, runner=RUNNER) as context:
        import_paths(context, paths, workers=1)
    play_past(demo.folder)


def hot_raced(folder: Path) -> int:
    """The same, with a body, and on a hot day; the number of the race."""
    race, _ = raced(folder)
    with Context(data_dir=folder, now=NOW, runner=RUNNER) as context:
        change_profile(context, demo_runs.PROFILE)
        kept = find_race(context, str(race)).race
        hot = RaceAsked(
            name=kept.name,
            day=kept.day,
            distance_m=kept.distance_m,
            goal_time_s=14_400,
            temp_air_c=27,
            relative_humidity_pct=60,
        )
        change_race(context, str(race), hot)
    return race


@contextmanager
def serving(settings: WebSettings) -> Iterator[Site]:
    """The app on a free port of this computer, in a thread, until the block ends."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        listener.bind((LOOPBACK, 0))
        port = listener.getsockname()[1]
        settings = replace(settings, port=port)
        config = uvicorn.Config(
            create_app(settings), log_config=None, lifespan="on", ws="none", workers=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            wait_until_it_answers(server, thread)
            yield Site(url=f"http://{LOOPBACK}:{port}", settings=settings)
        finally:
            server.should_exit = True
            thread.join(timeout=START_LIMIT_S)
            assert not thread.is_alive(), "the server did not stop"


def wait_until_it_answers(server: uvicorn.Server, thread: threading.Thread) -> None:
    """Come back when the server listens; fail when it does not start."""
    limit = time.monotonic() + START_LIMIT_S
    while not server.started:
        assert thread.is_alive(), "the server ended before it answered"
        assert time.monotonic() < limit, "the server did not start"
        time.sleep(0.01)
