"""The command line: what it imports, prints, refuses, and says to scripts."""

from __future__ import annotations

import ast
import io
import json
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import uncramp
from store_support import run_file, use_made_up_format, write_runs
from uncramp.cli import main, root, show
from uncramp.cli.root import VERBS
from uncramp.cli.show import Face, common_options, wrapped
from uncramp.errors import StoreError
from uncramp.evidence import EVIDENCE_VERSION
from uncramp.wording.catalogue import messages, text

SOURCE = Path(uncramp.__file__).parent


@pytest.fixture(autouse=True)
def _empty_data_folder(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a data folder of its own and reads the made-up format."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DEBUG", raising=False)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one call."""
    code = main([str(one) for one in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, Any]:
    """Exit code and the one JSON object on stdout."""
    code, out, err = run(capsys, *arguments, "--json")
    assert err == ""
    return code, json.loads(out)


# ---------------------------------------------------------------- start-up


def imported_by(*arguments: str) -> set[str]:
    """Modules that one call in a new process has imported."""
    script = (
        "import sys\nfrom uncramp.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "print(code, *sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ()])
def test_light_calls_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """Help, versions and the state of an empty store need no arrays, tables or decoders."""
    found = imported_by(*arguments)
    assert "click" in found
    heavy = {"numpy", "rich", "uncramp.activities"}
    if arguments:
        heavy |= {"sqlalchemy", "uncramp.store", "platformdirs"}
        assert not [name for name in found if name.startswith("uncramp.cli.") and name
                    not in {"uncramp.cli.root", "uncramp.cli.show"}]  # fmt: skip
    assert not heavy & found


def test_every_verb_is_there_and_has_a_line_of_help() -> None:
    """The table names commands that exist; help says them in its order."""
    for verb in VERBS:
        command = root.uncramp.get_command(click.Context(root.uncramp), verb)
        assert command is not None
        assert command.name == verb
        assert text(f"cli.verb.{verb}").endswith(".")
    assert root.uncramp.get_command(click.Context(root.uncramp), "nonsense") is None
    assert root.uncramp.list_commands(click.Context(root.uncramp)) == list(VERBS)


def test_help_fits_on_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the group, and of every verb's options."""
    for arguments in (["--help"], ["-h"], *([verb, "--help"] for verb in VERBS)):
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        assert max(len(line) for line in out.splitlines()) <= 80


def test_version_names_everything_that_can_change_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Package, models and evidence."""
    code, out, _ = run(capsys, "--version")
    assert code == 0
    for version in (uncramp.__version__, uncramp.MODEL_VERSION, EVIDENCE_VERSION):
        assert version in out


def test_python_m_uncramp_is_the_same_command() -> None:
    """`python -m uncramp` ends with the exit code of main."""
    done = subprocess.run(
        [sys.executable, "-m", "uncramp", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nonsense" in done.stderr


# ---------------------------------------------------------------- verbs


def test_without_a_verb_the_state_and_the_next_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """For people and for scripts."""
    code, out, _ = run(capsys)
    assert code == 0
    assert "uncramp import" in out.splitlines()[-1]
    run(capsys, "import", write_runs(tmp_path / "in", {}))
    code, answer = run_json(capsys)
    assert (code, answer["schema"]) == (0, "uncramp.status/1")
    assert answer["data"]["runner"]["n_runs"] == 1


def test_import_says_with_its_exit_code_what_stayed_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """0 all in, 4 some refused, 1 all refused."""
    good = write_runs(tmp_path / "in", {"flags": ["truncated"]})
    bad = tmp_path / "bad.txt"
    bad.write_text("no run", encoding="utf-8")
    code, answer = run_json(capsys, "import", good, bad)
    assert (code, answer["schema"]) == (4, "uncramp.import/1")
    data = answer["data"]
    assert (data["added"], data["already_there"]) == (1, 0)
    assert data["refused"][0].keys() == {"file", "reason", "remedy"}
    assert data["flagged"][0].keys() == {"file", "activity_id", "flags"}
    assert data["activities"][0]["status"] == "added"
    assert run_json(capsys, "import", good)[0] == 0
    assert run_json(capsys, "import", bad)[0] == 1
    code, out, _ = run(capsys, "import", good, bad)
    assert code == 4
    assert "bad.txt" in out


def test_runs_and_show(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The list, one of it, and both as JSON; options stand before or after the subcommand."""
    run(capsys, "import", write_runs(tmp_path / "in", {}, {}), "--runner", "ann")
    code, answer = run_json(capsys, "runs", "--runner", "ann")
    assert (code, len(answer["data"]["runs"])) == (0, 2)
    for arguments in (
        ("runs", "show", "last", "--runner", "ann"),
        ("runs", "--runner", "ann", "show", "last"),
        ("--runner", "ann", "runs", "show", "last"),
    ):
        code, answer = run_json(capsys, *arguments)
        assert (code, answer["schema"]) == (0, "uncramp.runs.show/1")
        assert answer["data"]["run"]["id"] == 2
    code, out, _ = run(capsys, "runs", "show", "2", "--runner", "ann", "--units", "imperial")
    assert code == 0
    assert "3.1 mi" in out


def test_runner_add_list_show_clear(capsys: pytest.CaptureFixture[str]) -> None:
    """Each for people and for scripts."""
    code, out, _ = run(capsys, "runner", "add", "ann", "--sex", "female", "--age", "41")
    assert code == 0
    assert "female" in out
    code, answer = run_json(capsys, "runner", "add", "bob", "--mass-kg", "70.5")
    assert answer["data"]["profile"]["body_mass_kg"] == 70.5
    code, answer = run_json(capsys, "runner", "list")
    assert [one["name"] for one in answer["data"]["runners"]] == ["ann", "bob"]
    code, answer = run_json(capsys, "runner", "show", "--runner", "ann")
    assert (answer["schema"], answer["data"]["open_flags"]) == ("uncramp.runner.show/1", [])
    open_lock("ann", "minor")
    arguments = ("runner", "clear", "minor", "--seen-clinician", "2025-01-02", "--runner", "ann")
    code, answer = run_json(capsys, *arguments)
    assert (code, answer["data"]["cleared_on"]) == (0, "2025-01-02")
    code, _, err = run(capsys, *arguments)
    assert code == 1
    assert "minor" in err
    assert run(capsys, "runner", "clear", "minor", "--seen-clinician", "soon")[0] == 2


def open_lock(runner: str, flag_id: str) -> None:
    """A lock, opened as an answer would."""
    with Face(runner=runner).context() as context:
        context.store.open_flag(
            context.stored_runner(), flag_id=flag_id, kind="lock", at=context.now
        )


def test_the_data_folder_can_be_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data_dir: Path
) -> None:
    """--data-dir before UNCRAMP_DATA_DIR before the user's own."""
    run(capsys, "runner", "add", "ann", "--data-dir", tmp_path / "named")
    assert (tmp_path / "named" / "uncramp.sqlite3").exists()
    assert not data_dir.exists()
    run(capsys, "runner", "add", "ann")
    assert (data_dir / "uncramp.sqlite3").exists()


def test_without_any_choice_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system places it; nothing is made by asking."""
    monkeypatch.delenv("UNCRAMP_DATA_DIR")
    assert "uncramp" in str(Face().context().data_dir)


def test_another_database_by_url(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UNCRAMP_DATABASE_URL moves the tables out of the data folder."""
    monkeypatch.setenv("UNCRAMP_DATABASE_URL", f"sqlite:///{tmp_path / 'club.db'}")
    assert run(capsys, "runner", "add", "ann")[0] == 0
    assert (tmp_path / "club.db").exists()


# ---------------------------------------------------------------- errors


def test_an_unknown_runner_is_told_in_words_and_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What, why and what to do; nothing on the other stream."""
    code, out, err = run(capsys, "runs")
    assert (code, out) == (1, "")
    assert "me" in err
    assert "uncramp import" in err
    code, answer = run_json(capsys, "runs")
    assert (code, answer["schema"]) == (1, "uncramp.error/1")
    assert answer["error"].keys() == {"code", "what", "why", "remedy"}
    assert answer["error"]["code"] == "unknown_runner"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("runs", "--nonsense"),
        ("import",),
        ("runs", "--units", "parsecs"),
        ("runner", "add", "ann", "--age", "old"),
    ],
)
def test_a_command_line_that_is_not_understood(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """Exit code 2, and where to look."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "--help" in err
    code, answer = run_json(capsys, *arguments)
    assert (code, answer["error"]["code"]) == (2, "usage")


def break_the_list(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `uncramp runs` fail with `error`."""

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr("uncramp.cli.runs.list_runs", failing)


def test_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and says that nothing is lost."""
    break_the_list(monkeypatch, KeyboardInterrupt())
    code, _, err = run(capsys, "runs")
    assert code == 130
    assert "stays stored" in err


def test_a_defect_is_short_unless_debugging(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback, and not the message either, which may quote somebody's data."""
    break_the_list(monkeypatch, ZeroDivisionError("private"))
    code, out, err = run(capsys, "runs")
    assert (code, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert "private" not in err
    assert "Traceback" not in err
    monkeypatch.setenv("UNCRAMP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["runs"])


def test_an_error_without_words_is_still_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that nobody wrote a message for does not become a traceback."""
    break_the_list(monkeypatch, StoreError("nobody_wrote_this"))
    code, _, err = run(capsys, "runs")
    assert code == 1
    assert "nobody_wrote_this" in err


def raised_codes() -> set[str]:
    """Codes of every error a runner can cause; refused files have messages of their own."""
    kinds = {"InputError", "NotFoundError", "StoreError", "UncrampError"}
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                code = node.args[0]
                if node.func.id in kinds and isinstance(code, ast.Constant):
                    found.add(str(code.value))
    return found


def test_every_error_has_its_three_sentences() -> None:
    """What happened, why, what to do next."""
    known = messages("error")
    lacking = {
        f"error.{code}.{part}"
        for code in raised_codes() | {"usage", "interrupted", "defect"}
        for part in ("what", "why", "remedy")
        if f"error.{code}.{part}" not in known
    }
    assert "unknown_runner" in raised_codes()
    assert not lacking


def test_error_messages_ask_only_for_values_with_names() -> None:
    """A place to fill in has a name, so that sentences can be turned round in translation."""
    for message in messages("error").values():
        names = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
        assert all(name.isidentifier() for name in names), message


# ---------------------------------------------------------------- the shared face


def test_common_options_make_a_face(capsys: pytest.CaptureFixture[str]) -> None:
    """A new verb takes a Face first, and its own arguments after it."""
    heard: list[tuple[Face, str]] = []

    @click.command()
    @common_options
    @click.argument("word")
    def verb(face: Face, word: str) -> None:
        heard.append((face, word))
        face.out("word", {"word": word}, (line for line in (f"word: {word}",)))
        face.exit(show.ExitCode.FOUND_PROBLEM)

    result = CliRunner().invoke(verb, ["--units", "imperial", "hello", "--runner", "ann"])
    assert (result.exit_code, result.output) == (3, "word: hello\n")
    ((face, word),) = heard
    assert (face.runner, face.units, face.json, word) == ("ann", "imperial", False, "hello")
    result = CliRunner().invoke(verb, ["hello", "--json"])
    assert json.loads(result.output)["data"] == {"word": "hello"}


def test_json_asks_for_no_line() -> None:
    """Wording that nobody reads is never made."""

    def lines() -> Any:
        yield pytest.fail("asked for a line")

    @click.command()
    @common_options
    def verb(face: Face) -> None:
        face.out("word", {}, lines())

    assert CliRunner().invoke(verb, ["--json"]).exit_code == 0


def test_long_lines_are_broken_at_words_under_their_indent() -> None:
    """Words stay whole, even one that is too long."""
    found = wrapped("  " + "word " * 30, width=40).splitlines()
    assert all(line.startswith("  word") and len(line) <= 40 for line in found)
    assert wrapped("x" * 100, width=40) == "x" * 100
    assert wrapped("short", width=40) == "short"


def test_a_terminal_without_unicode_gets_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dashes become hyphens, what has no plain form a question mark; JSON is escaped instead."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    root.prepare_streams()
    show.echo_lines(["– … ä Ж"])
    show.echo_json({"name": "Ж"})
    sys.stdout.flush()
    first, _, rest = raw.getvalue().decode("latin-1").partition("\n")
    assert first.strip() == "- ... ä ?"
    assert rest.isascii()
    assert json.loads(rest) == {"name": "Ж"}


def test_progress_is_shown_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, so that stdout stays one answer."""
    folder = write_runs(tmp_path / "in", {})
    _, _, err = run(capsys, "import", folder)
    assert err == ""
    (folder / "more.fit").write_bytes(run_file({"distance_m": 1.0}))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    code, out, err = run(capsys, "import", folder)
    assert code == 0
    assert "1 added" in out
    assert "Importing" in err
