"""What the tests of backups, exports and the check-up share: runners with all kinds of data."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store_support import NOW, read_bytes, run_file
from uncramp.actions.context import Context
from uncramp.actions.exporting import export
from uncramp.errors import UncrampError
from uncramp.store.packing import pack_reading
from uncramp.store.rows import CrampMark, DraftRow, StoredAnswer, StoredRunner, StoredWeather
from uncramp.store.store import Store
from uncramp.vocabulary import Sex, SodiumSample, UserProfile, WatchEstimate, WeighIn
from uncramp.wording.catalogue import error_text

LATER = NOW + timedelta(hours=2)
ANSWERS: dict[str, str | tuple[str, ...] | float] = {
    "spread": "one_muscle",
    "load": ("longer", "hilly"),
    "temp": 21.5,
}
HOME = (52.5163012, 13.3777023)


def context_in(folder: Path, *, now: datetime = NOW, runner: str = "me") -> Context:
    """An action's context."""
    return Context(data_dir=folder, now=now, runner=runner)


def store_run(
    store: Store,
    runner: StoredRunner,
    *,
    at: datetime = NOW,
    stamp: str | None = "first",
    **session: Any,
) -> int:
    """One run of the made-up format in the store; its id."""
    data = run_file(session)
    reading = read_bytes(data, name="run.fit")
    packed = pack_reading(
        name=session.get("name", "run.fit"),
        data=data,
        activities=reading.activities,
        sha256=reading.sha256,
        file_format=reading.file_format,
        decoder_version=1,
        metrics=[{"longest_m": session.get("distance_m", 5000.0), "splits": [1.5, 2.0]}],
        metrics_version="1",
    )
    return store.add_reading(runner, packed, at=at, stamp=stamp).activity_ids[0]


def advise(store: Store, runner: StoredRunner, *, activity_id: int | None, stop: str) -> int:
    """A line of the ledger that raised a stop."""
    return store.save_advice(
        runner,
        verb="why",
        activity_id=activity_id,
        at=NOW,
        inputs={"answers": {"danger_body": ["chest_pain"]}},
        result={"kind": "stop", "weights": [1.5, None]},
        text="See a clinician.",
        package_version="0.1",
        model_version="1",
        evidence_version="1",
        stops=[stop],
    )


def fill(folder: Path, *names: str) -> None:
    """Runners with something of every kind."""
    for number, name in enumerate(names, start=1):
        with Store.open(folder, at=NOW) as store:
            profile = UserProfile(sex=Sex.FEMALE, age_y=40.0 + number, body_mass_kg=61.5)
            runner = store.add_runner(name, at=NOW, profile=profile)
            one = store_run(store, runner, distance_m=10000.0 + number, flags=["gps_jump"])
            gone = store_run(store, runner, start_utc="2025-08-30T06:00:00+00:00", stamp="gone")
            two = store_run(store, runner, start_utc="2025-08-31T06:00:00+00:00", stamp=None)
            copy = store_run(store, runner, distance_m=10000.5 + number, number=7)
            three = store_run(store, runner, start_utc="2025-09-05T06:00:00+00:00", sweat_l=0.7)
            store.undo_import(runner, "gone")
            store.set_title(runner, one, "=Sunday run")
            store.set_excluded(runner, two, True)
            store.unlink(runner, three)
            assert store.activity_row(runner, copy).duplicate_of == one
            assert gone not in {row.activity_id for row in store.activities(runner)}
            about: dict[str, str | tuple[str, ...] | float] = {
                "spread": "one_muscle",
                "load": ("longer", "hilly"),
                "temp": 21.5,
            }
            store.save_answers(runner, one, about, at=NOW)
            store.save_answers(runner, None, {"health": ("none",)}, at=LATER)
            store.save_weather(
                runner,
                StoredWeather(activity_id=one, source="typed", temp_air_c=24.0, at=NOW),
            )
            store.save_mark(
                runner,
                CrampMark(
                    activity_id=one,
                    cramped="yes",
                    minute=44.5,
                    km=8.0,
                    muscles=("calf",),
                    source="diary",
                    at=NOW,
                ),
            )
            advise(store, runner, activity_id=one, stop="chest_pain")
            store.clear_flag(
                runner,
                flag_id="chest_pain",
                kind="stop",
                cleared_on=date(2025, 10, 1),
                note="seen by Dr B",
            )
            store.open_flag(runner, flag_id="chest_pain", kind="stop", at=LATER)
            store.open_flag(runner, flag_id="kidney", kind="lock", at=NOW)
            tell_sweat(store, runner, one)
            plan_race(store, runner)
            begin_interview(store, runner, one, at=NOW)
            begin_interview(store, runner, None, at=LATER)


def plan_race(store: Store, runner: StoredRunner) -> None:
    """A race with a plan and a session, a product, and a race that was taken out again."""
    slip = store.add_document(runner, "race", {"day": "2026-03-01"}, at=NOW, name="slip")
    store.remove_document(runner, store.document(runner, slip, "race"), at=LATER)
    told = {"day": "2026-04-18", "distance_m": 42195.0, "name": "spring",
            "course": [{"at_m": 0.0, "elevation_m": 34.5}]}  # fmt: skip
    race = store.add_document(runner, "race", told, at=NOW, name="spring")
    plan = {"plan": {"status": "planned", "because": []}, "request": {"days": ["sat", "sun"]}}
    store.add_document(runner, "plan", plan, at=NOW, about=race, name="training")
    store.add_document(runner, "plan", {**plan, "request": {}}, at=LATER, about=slip,
                       name="training")  # fmt: skip
    done = {"session_id": "w-1", "state": "done", "activity": 1, "note": "by the Wannsee"}
    store.add_document(runner, "session", done, at=LATER, about=race, name="w-1")
    capsule = {"id": "capsule", "kind": "capsule", "sodium_mg": 215}
    store.add_document(runner, "product", capsule, at=NOW, name="capsule")


def tell_sweat(store: Store, runner: StoredRunner, activity_id: int) -> None:
    """A sweat test of each kind, two at one moment, and one that was taken out again."""
    weigh_in = WeighIn(
        body_mass_before_kg=61.5,
        body_mass_after_kg=60.8,
        fluid_intake_l=0.25,
        duration_min=75.0,
        urine_output_l=0.0,
        temp_air_c=24.0,
    )
    patch = SodiumSample(sodium_mmol_per_l=44.5, method="patch", site="forearm")
    watch = WatchEstimate(sweat_loss_l=0.7, duration_min=30.0, distance_m=5000.0)
    store.add_sweat_test(runner, weigh_in, day=NOW.date(), at=NOW, activity_id=activity_id)
    store.add_sweat_test(runner, patch, day=date(2025, 9, 30), at=LATER)
    store.add_sweat_test(runner, watch, day=date(2025, 9, 1), at=LATER, activity_id=activity_id)
    slip = store.add_sweat_test(runner, weigh_in, day=date(2025, 9, 2), at=LATER)
    store.remove_sweat_test(runner, slip, at=LATER)


def begin_interview(
    store: Store, runner: StoredRunner, activity_id: int | None, *, at: datetime
) -> None:
    """An interview under way, with an answer of each shape and a question that was skipped."""
    told = {
        "spread": StoredAnswer(answer="jumping", at=at),
        "load": StoredAnswer(answer=("longer",), at=NOW),
        "onset_km": StoredAnswer(answer=8.5, at=at),
    }
    draft = store.add_draft(runner, activity_id, told, started_at=NOW, updated_at=at)

    def skipped(was: DraftRow) -> DraftRow:
        return replace(was, path=(*was.path, "relief"), bystander=activity_id is None)

    store.change_draft(runner, draft, skipped)


def exported(folder: Path, target: Path, *, now: datetime = LATER) -> dict[str, bytes]:
    """Files of an export of everybody, without the stamp of its writing."""
    with context_in(folder, now=now) as context:
        export(context, target, everybody=True)
    files = {
        str(path.relative_to(target)): path.read_bytes()
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }
    about = json.loads(files.pop("export.json"))
    files["export.json"] = json.dumps({**about, "written_at": None}).encode()
    return files


def contents(folder: Path) -> list[tuple[Any, ...]]:
    """Every row of every table."""
    with closing(sqlite3.connect(folder / "uncramp.sqlite3")) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return [
            (name, *row)
            for (name,) in tables
            for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')  # noqa: S608
        ]


def code_of(error: pytest.ExceptionInfo[UncrampError]) -> str:
    """The error's code, once it has been seen to have words."""
    words = error_text(error.value.code, error.value.values)
    assert words.keys() == {"what", "why", "remedy"}
    return error.value.code


def journal_entry(runner: str) -> dict[str, Any]:
    """What `now` notes."""
    return {
        "runner": runner,
        "inputs": {"answers": {}},
        "result": {"stop": {"flags": [{"id": "clot"}]}, "locks": []},
        "text": "Get help.",
    }


def change(copy: Path, *statements: str) -> None:
    """Change a database file from outside."""
    with closing(sqlite3.connect(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def every_byte(folder: Path) -> bytes:
    """All that is on the disk below a folder, but the backups."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in paths if "backups" not in path.parts)
