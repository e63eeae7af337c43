"""What every test shares: settings, folders, and skips that continuous integration refuses.

A skip whose reason starts with NEEDS-SHARED:, NEEDS-ORACLE: or NEEDS-BROWSER: says that the
machine lacks something. On a desk that is a skip, listed loudly at the end; where CI is set it
is a failure, so that nothing goes untested in silence.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from uncramp.actions.context import Context

ROOT = Path(__file__).resolve().parent.parent
SHARED_ACTIVITIES = ROOT.parent / "shared" / "data" / "activities"

NEEDS = ("NEEDS-SHARED:", "NEEDS-ORACLE:", "NEEDS-BROWSER:")
DATA_DIR_VARIABLE = "UNCRAMP_DATA_DIR"

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", parent=settings.get_profile("ci"), derandomize=False, max_examples=2000
)
settings.load_profile("ci")


def skips_are_failures() -> bool:
    """True on continuous integration."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def lacking(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """What the machine lacks, when `report` is a skip for that reason."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    where = report.longrepr
    reason = where[2] if isinstance(where, tuple) else str(where)
    reason = reason.removeprefix("Skipped: ")
    return reason if reason.startswith(NEEDS) else None


def refuse_lacking(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn such a skip into a failure on continuous integration."""
    reason = lacking(report)
    if reason is not None and skips_are_failures():
        report.outcome = "failed"
        report.longrepr = f"{reason}\nCI is set, so this may not be skipped."


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers that are not in pyproject.toml."""
    config.addinivalue_line(
        "markers", "slow: seconds rather than milliseconds; left out by `dev.py test --lowest`"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Watch the skips of single tests."""
    report = yield
    refuse_lacking(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Watch the skips of whole modules."""
    report = yield
    refuse_lacking(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested because the machine lacks something."""
    reasons = [lacking(report) for report in terminalreporter.stats.get("skipped", [])]
    found = sorted({reason for reason in reasons if reason is not None})
    if found:
        terminalreporter.section("NOT TESTED on this machine", sep="!", red=True)
        for reason in found:
            terminalreporter.line(f"{reasons.count(reason)} x {reason}")


@pytest.fixture(scope="session", autouse=True)
def never_the_real_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test can touch the folder in which somebody keeps their own runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(tmp_path_factory.mktemp("uncramp-data")))
        yield


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder of this test alone, named in UNCRAMP_DATA_DIR; not yet made."""
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_activities() -> Path:
    """The folder of real watch files that lies beside the checkout."""
    if not SHARED_ACTIVITIES.is_dir():
        pytest.skip("NEEDS-SHARED: the real activity files in shared/data/activities")
    return SHARED_ACTIVITIES


@pytest.fixture
def browser(folder: Path) -> TestClient:
    """Somebody who was let in to the app on the store in `folder`."""
    from web_support import client

    return client(folder)


@pytest.fixture
def context(folder: Path) -> Iterator[Context]:
    """The store in `folder`, to look into."""
    from uncramp.actions.context import Context
    from web_support import NOW

    with Context(data_dir=folder, now=NOW) as made:
        yield made
