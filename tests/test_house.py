"""The rules of the house (design, section 3), enforced by reading the source.

Each test names its offenders. To change a rule, change the table it reads, in the same commit as
the code that needs it, and say why in docs/decisions.
"""

from __future__ import annotations

import ast
import importlib
import json
import math
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
import pytest

from house_tables import (
    BROUGHT_ALONG,
    CLAIM_KINDS,
    CLAIM_STATUSES,
    DEMO_MAY_READ,
    EXCEPT_EXCEPTION,
    FORBIDDEN_TEXT,
    IDENTIFIER,
    JUDGEMENT,
    JUDGEMENT_LITERALS,
    JUDGEMENT_NEVER_CALLS,
    JUDGEMENT_NEVER_IMPORTS,
    KNOWN_UNITS,
    LAYERS,
    LENT,
    LIGHT_PATHS,
    LONGER_FUNCTIONS,
    LONGEST_FILE,
    LONGEST_FUNCTION,
    MODELS_MAY_IMPORT,
    NEVER_AT_RUN_TIME,
    P95_FUNCTION,
    SWALLOWING_KWARGS,
)
from uncramp import evidence

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "src" / "uncramp"
EVIDENCE: Final = PACKAGE / "evidence"

# ---------------------------------------------------------------- reading the source


@dataclass(frozen=True, slots=True)
class Module:
    """One source file; `name` is dotted and leaves out `uncramp.`, the root is `uncramp`."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def part(self) -> str:
        """The row of the layer table it belongs to."""
        return self.name.partition(".")[0]


def dotted(path: Path) -> str:
    """Name of the module a file holds."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts) or "uncramp"


@cache
def modules() -> Mapping[str, Module]:
    """Every source file by name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = dotted(path)
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    return found


def run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below `node`, leaving out what only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from run_time_nodes(child)


def imported_names(module: Module) -> Iterator[str]:
    """Absolute dotted names a module imports at run time, `a.b.c` for `from a.b import c`."""
    for node in run_time_nodes(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}: relative import, line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_within(module: Module) -> frozenset[str]:
    """Modules of the package that a module imports."""
    found = set()
    for name in imported_names(module):
        if name.partition(".")[0] == "uncramp" and name not in LENT:
            inner = name.removeprefix("uncramp").removeprefix(".")
            while inner and inner not in modules():
                inner = inner.rpartition(".")[0]
            found.add(inner or "uncramp")
    return frozenset(found - {module.name})


def foreign_imports(module: Module) -> frozenset[str]:
    """Top-level names of other packages that a module imports."""
    return frozenset(name.partition(".")[0] for name in imported_names(module)) - {"uncramp"}


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its dotted name inside the module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node if isinstance(node, ast.FunctionDef) else ast.FunctionDef(**vars(node))
            yield f"{prefix}{node.name}", function
        name = getattr(node, "name", None)
        yield from functions(node, f"{prefix}{name}." if isinstance(name, str) else prefix)


def code_lines(function: ast.FunctionDef, lines: list[str]) -> int:
    """Lines of a function that hold code: no docstring, no blank line, no comment."""
    body = function.body
    documented = ast.get_docstring(function) is not None
    skipped = range(body[0].lineno, (body[0].end_lineno or 0) + 1) if documented else range(0)
    numbers = range(function.lineno, (function.end_lineno or function.lineno) + 1)
    texts = (lines[number - 1].strip() for number in numbers if number not in skipped)
    return sum(1 for text in texts if text and not text.startswith("#"))


def all_python_files() -> list[Path]:
    """Everything in Python that we keep."""
    folders = (ROOT / "src", ROOT / "tests", ROOT / "benchmarks")
    return [*sorted(path for folder in folders for path in folder.rglob("*.py")), ROOT / "dev.py"]


def listed(offenders: list[str]) -> str:
    """Offenders one a line."""
    return "\n  " + "\n  ".join(sorted(offenders))


# ---------------------------------------------------------------- what imports what


def test_every_part_has_a_row_in_the_layer_table() -> None:
    """A new module must be given its place on purpose."""
    missing = sorted({module.part for module in modules().values()} - LAYERS.keys())
    assert not missing, f"no row in LAYERS for: {missing}"


def test_imports_point_down_only() -> None:
    """Each part imports only what the layer table allows."""
    offenders = [
        f"{module.name} imports {name}"
        for module in modules().values()
        for name in imports_within(module)
        if name.partition(".")[0] not in LAYERS.get(module.part, frozenset()) | {module.part}
    ]
    assert not offenders, listed(offenders)


def test_demo_takes_only_the_fit_writer_from_activities() -> None:
    """The synthetic runner goes through actions like everybody else."""
    taken = {
        name
        for module in modules().values()
        if module.part == "demo"
        for name in imports_within(module)
        if name.startswith("activities")
    }
    assert taken <= {DEMO_MAY_READ}, sorted(taken)


def test_no_import_cycles() -> None:
    """Following imports never leads back to the start."""
    waiting = {name: set(imports_within(module)) for name, module in modules().items()}
    while free := [name for name, needed in waiting.items() if not needed & waiting.keys()]:
        for name in free:
            del waiting[name]
    assert not waiting, f"in a cycle, or above one: {sorted(waiting)}"


def test_models_import_only_numerics() -> None:
    """Published equations need numpy and nothing of the world."""
    offenders = [
        f"{module.name} imports {name}"
        for module in modules().values()
        if module.part == "models"
        for name in foreign_imports(module) - MODELS_MAY_IMPORT
    ]
    assert not offenders, listed(offenders)


def test_judgement_touches_no_clock_file_network_or_chance() -> None:
    """Judgement is dataclass in, dataclass out: `now` and draws are passed in."""
    offenders = []
    for module in modules().values():
        if module.part not in JUDGEMENT:
            continue
        forbidden = foreign_imports(module) & JUDGEMENT_NEVER_IMPORTS
        offenders += [f"{module.name} imports {name}" for name in forbidden]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in JUDGEMENT_NEVER_CALLS:
                    offenders.append(f"{module.name}:{node.lineno} calls {name}()")
    assert not offenders, listed(offenders)


def test_judgement_holds_no_numbers_of_its_own() -> None:
    """A threshold, weight or dose stands in evidence/, with its unit, grade and source."""
    offenders = [
        f"{module.name}:{node.lineno} {node.value}"
        for module in modules().values()
        if module.part in JUDGEMENT
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in JUDGEMENT_LITERALS
    ]
    assert not offenders, listed(offenders)


def test_run_time_needs_only_declared_packages() -> None:
    """No development tool, and never the heavy three, at run time."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    wanted = [*project["dependencies"], *(item for extra in extras for item in extra)]
    declared = {re.split(r"[<>=!~\[; ]", item)[0].replace("-", "_").lower() for item in wanted}
    offenders = [
        f"{module.name} imports {name}"
        for module in modules().values()
        for name in foreign_imports(module)
        if name in NEVER_AT_RUN_TIME
        or (name not in sys.stdlib_module_names and name.lower() not in declared | BROUGHT_ALONG)
    ]
    assert not offenders, listed(offenders)
    assert not declared & NEVER_AT_RUN_TIME


# ---------------------------------------------------------------- sizes and manners


def test_functions_are_short() -> None:
    """95 of 100 functions fit on a screen; none is longer than two thirds more."""
    sizes = {}
    for module in modules().values():
        lines = module.path.read_text(encoding="utf-8").splitlines()
        for name, function in functions(module.tree):
            sizes[f"{module.name}.{name}"] = code_lines(function, lines)
    offenders = [
        f"{name}: {size} lines"
        for name, size in sizes.items()
        if size > LONGEST_FUNCTION and name not in LONGER_FUNCTIONS
    ]
    assert not offenders, listed(offenders)
    ranked = sorted(sizes.values())
    p95 = ranked[max(0, math.ceil(0.95 * len(ranked)) - 1)]
    long = [f"{name}: {size}" for name, size in sizes.items() if size > P95_FUNCTION]
    assert p95 <= P95_FUNCTION, f"95th percentile {p95}; longest:{listed(long)}"
    assert sizes.keys() >= LONGER_FUNCTIONS.keys(), "LONGER_FUNCTIONS names what is gone"


def test_files_are_short() -> None:
    """A file that needs scrolling for ever is two files."""
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in all_python_files()
        if path.exists()
    }
    offenders = [f"{path}: {size}" for path, size in sizes.items() if size > LONGEST_FILE]
    assert not offenders, listed(offenders)


def test_no_parameter_swallows_typos() -> None:
    """No `**kwargs`: a misspelt argument must fail."""
    offenders = [
        f"{module.name}.{name}"
        for module in modules().values()
        for name, function in functions(module.tree)
        if function.args.kwarg is not None and f"{module.name}.{name}" not in SWALLOWING_KWARGS
    ]
    assert not offenders, listed(offenders)


def catches_everything(node: ast.AST) -> bool:
    """Whether this stops everything that goes wrong: catches it all, and does not raise again."""
    if not isinstance(node, ast.ExceptHandler) or ast.unparse(node.body[-1]) == "raise":
        return False
    caught = ast.unparse(node.type) if node.type else "Exception"
    return bool({"Exception", "BaseException"} & set(re.findall(r"\w+", caught)))


def test_only_the_outermost_edges_catch_everything() -> None:
    """`except Exception` only where the alternative is a traceback at a runner."""
    counts = Counter(
        module.name
        for module in modules().values()
        for node in ast.walk(module.tree)
        if catches_everything(node)
    )
    offenders = [
        f"{name}: {count}"
        for name, count in counts.items()
        if name not in EXCEPT_EXCEPTION or count > 1
    ]
    assert not offenders, listed(offenders)


def exported(module: Module) -> frozenset[str]:
    """What `__all__` says."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def test_all_equals_what_is_visible() -> None:
    """`__all__` says what a module shows: it is there, and nobody takes anything else."""
    offenders = []
    for module in modules().values():
        try:
            python = importlib.import_module("uncramp." * (module.name != "uncramp") + module.name)
        except ImportError as error:
            offenders += [] if error.name == "numba" else [f"{module.name}: {error}"]  # an extra
            continue
        shown = exported(module)
        holds_something = any(isinstance(node, ast.ClassDef | ast.FunctionDef)
                              for node in module.tree.body)  # fmt: skip
        offenders += [f"{module.name}: no __all__"] if holds_something and not shown else []
        offenders += [f"{module.name}: lacks {name}" for name in shown if not hasattr(python, name)]
        for name in imported_names(module):
            owner, _, taken = name.removeprefix("uncramp.").rpartition(".")
            source = modules().get(owner)
            if source and name.removeprefix("uncramp.") not in modules():
                hidden = taken not in exported(source)
                offenders += [f"{owner}: {taken} taken by {module.name}"] if hidden else []
    assert not offenders, listed(offenders)


# ---------------------------------------------------------------- evidence


def all_parameters() -> dict[str, evidence.Parameter]:
    """Every evidence parameter by key."""
    return {
        key: found
        for name in evidence.PARAMETER_FILES
        for key, found in evidence.parameters(name).items()
    }


def rule_files() -> dict[str, Any]:
    """The JSON files of the evidence folder, by name."""
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(EVIDENCE.glob("*.json"))
    }


def inner(data: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every (key, value) of nested JSON; the strings of a list come under the key of the list."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name, value
            yield from inner(value, name)
    elif isinstance(data, list):
        for value in data:
            if isinstance(value, str):
                yield key, value
            yield from inner(value, key)


def python_text() -> str:
    """All source code in one string."""
    return "\n".join(module.path.read_text(encoding="utf-8") for module in modules().values())


def test_every_evidence_file_is_loaded() -> None:
    """No data file lies about unread."""
    lists = {"sources", "claims", "products", "race_presets", "validation"}
    toml = {path.stem for path in EVIDENCE.glob("*.toml")} - lists
    assert toml == set(evidence.PARAMETER_FILES)


def test_every_parameter_is_complete() -> None:
    """Unit, grade, value inside its range, and at least one source with a locator."""
    offenders = []
    for key, found in all_parameters().items():
        low, high, value = found.low, found.high, found.value
        checks = {
            "label ends with a full stop": found.label.endswith("."),
            "known unit": found.unit in KNOWN_UNITS,
            "known grade": found.grade in evidence.GRADES,
            "a value or a range": value is not None or low is not None,
            "range in order": low is None or high is None or low <= high,
            "value inside its range": value is None or low is None or high is None
            or low <= value <= high,
            "a population": bool(found.population),
            "a source": bool(found.citations),
            "sources exist": all(cited.key in evidence.sources() for cited in found.citations),
            "locators": all(cited.at.strip() for cited in found.citations),
        }  # fmt: skip
        offenders += [f"{key}: {check}" for check, holds_true in checks.items() if not holds_true]
    assert not offenders, listed(offenders)


def test_every_parameter_is_used() -> None:
    """No dead evidence: its key, or the finding it weighs, occurs in code or in a rule."""
    text = python_text() + json.dumps(rule_files())
    findings = rule_files()["interview.json"]["findings"]
    weights = {f"cramps.weight.{finding['id']}" for finding in findings}
    offenders = [
        key for key in all_parameters() if f'"{key}"' not in text and key not in weights
    ]  # fmt: skip
    assert not offenders, listed(offenders)
    assert not (unweighed := weights - all_parameters().keys()), sorted(unweighed)


def cited_in_data() -> Iterator[tuple[str, evidence.Citation]]:
    """Every citation of a parameter, a claim or a rule file, with who cites."""
    for key, parameter in all_parameters().items():
        yield from ((key, cited) for cited in parameter.citations)
    for claim_id, claim in evidence.claims().items():
        yield from ((claim_id, cited) for cited in claim.citations)
    for case_id, case in evidence.published_cases().items():
        yield case_id, case.citation
    for name, label in evidence.product_labels().items():
        yield from ((name, cited) for cited in label.citations)
    for name, preset in evidence.race_presets().items():
        yield from ((name, cited) for cited in preset.citations)
    for name, data in rule_files().items():
        for key, value in inner(data):
            if key == "sources":
                yield from ((name, evidence.Citation(one["key"], one["at"])) for one in value)


def test_sources_are_well_formed_and_used() -> None:
    """Each source says who, when, what, where, how and how much we read; nothing cites a ghost."""
    offenders = []
    for key, source in evidence.sources().items():
        checks = {
            "key is lower_snake_case": re.fullmatch(r"[a-z][a-z0-9_]+", key),
            "year": 1900 <= source.year <= 2100,
            "who, what, how, on whom": all(
                text.strip() for text in (source.authors, source.title, source.design,
                                          source.population)),
            "identifier": IDENTIFIER.fullmatch(source.identifier),
            "read": source.read in ("full", "abstract", "secondary"),
        }  # fmt: skip
        offenders += [f"{key}: {check}" for check, holds_true in checks.items() if not holds_true]
    cited = list(cited_in_data())
    offenders += [
        f"{by}: cites {one.key}" for by, one in cited if one.key not in evidence.sources()
    ]
    offenders += [f"{by}: no place in {one.key}" for by, one in cited if not one.at.strip()]
    read_by_models = "\n".join(
        ast.get_docstring(node) or ""
        for module in modules().values()
        if module.part in ("models", "simulation")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
    )
    unused = evidence.sources().keys() - {one.key for _, one in cited}
    unused -= {key for key in unused if f"`{key}`" in read_by_models}
    offenders += [f"{key}: nothing cites it" for key in unused]
    assert not offenders, listed(offenders)


# ---------------------------------------------------------------- claims


def test_every_claim_of_the_guide_is_listed() -> None:
    """G1 to G38, in order, none missing."""
    assert list(evidence.claims()) == [f"G{number}" for number in range(1, 39)]


def test_claims_are_honest() -> None:
    """A status says what is built; a contested claim carries both sides."""
    offenders = []
    for key, claim in evidence.claims().items():
        built = claim.status in ("implemented", "partial", "contested")
        checks = {
            "one sentence": claim.text.endswith(".") and claim.text.count(". ") == 0,
            "kind": claim.kind in CLAIM_KINDS,
            "status": claim.status in CLAIM_STATUSES,
            "grade": claim.grade in evidence.GRADES,
            "cites the guide": any(cited.key == "guide" for cited in claim.citations),
            "supports": claim.supports.endswith("."),
            "against": not claim.against or claim.against.endswith("."),
            "contested has both sides": claim.status != "contested" or claim.against,
            "built means a function and a test": not built
            or (claim.implemented_by and claim.tested_by),
            "planned means nothing built": claim.status != "planned" or not claim.implemented_by,
        }
        offenders += [f"{key}: {check}" for check, holds_true in checks.items() if not holds_true]
    assert not offenders, listed(offenders)


def test_shown_claims_are_shown() -> None:
    """A claim that is only told is told: by a function, or by name in the explanations."""
    pages = sorted((ROOT / "docs" / "explanation").glob("*.md"))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    offenders = [
        key
        for key, claim in evidence.claims().items()
        if claim.status == "shown_only"
        and not claim.implemented_by
        and not re.search(rf"\b{key}\b", text)
    ]
    assert not offenders, f"neither function nor docs/explanation: {offenders}"


def defines(path: Path, name: str) -> bool:
    """Whether a file defines this function or class at its top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wanted = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, wanted) and node.name == name for node in tree.body)


def test_claims_point_at_code_and_tests_that_exist() -> None:
    """`implemented_by` names a function of the package, `tested_by` a test file or a test."""
    offenders = []
    for key, claim in evidence.claims().items():
        for target in claim.implemented_by:
            name, _, function = target.removeprefix("uncramp.").partition(":")
            module = modules().get(name)
            if module is None or not defines(module.path, function):
                offenders.append(f"{key}: {target}")
        for target in claim.tested_by:
            file_name, _, test = target.partition("::")
            path = ROOT / file_name
            if not path.exists() or (test and not defines(path, test)):
                offenders.append(f"{key}: {target}")
    assert not offenders, listed(offenders)


# ---------------------------------------------------------------- faces

WATCHED_RUN: Final = """
import json, os, sys
from pathlib import Path
from uncramp.cli import main
sys.argv = ["uncramp", *json.loads(os.environ["ARGUMENTS"])]
try:
    main()
except SystemExit:
    pass
finally:
    Path(os.environ["SEEN"]).write_text(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("command", sorted(LIGHT_PATHS))
def test_start_up_imports_nothing_heavy(command: str, tmp_path: Path) -> None:
    """Help, first aid and a single case answer before a heavy library could have been read."""
    case, seen = tmp_path / "case.json", tmp_path / "seen.json"
    case.write_text(json.dumps({"runner": {"age_y": 40}, "answers": {"feel": "knot"}}))
    arguments = command.replace("CASE", str(case)).split()
    surroundings = os.environ | {
        "ARGUMENTS": json.dumps(arguments),
        "SEEN": str(seen),
        "UNCRAMP_DATA_DIR": str(tmp_path / "data"),
    }
    finished = subprocess.run(
        [sys.executable, "-c", WATCHED_RUN],
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert seen.exists(), finished.stderr
    assert "Traceback" not in finished.stderr, finished.stderr
    loaded = set(json.loads(seen.read_text()))
    heavy = sorted(loaded & LIGHT_PATHS[command])
    assert not heavy, f"uncramp {command} imports {heavy}"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from commands(found, f"{path} {name}")


def root_command() -> click.Group:
    """The `uncramp` command itself."""
    root = importlib.import_module("uncramp.cli.root").uncramp
    assert isinstance(root, click.Group)
    return root


def documented(path: str, text: str) -> str | None:
    """The part of the page under the heading that names the command."""
    sections = re.split(r"(?m)^#+ ", text)
    wanted = re.compile(rf"[^\n]*`{re.escape(path)}[ `]")
    return "".join(section for section in sections if wanted.match(section)) or None


def test_every_command_and_option_is_documented() -> None:
    """docs/reference/cli.md has a heading for each command, and names each option below it.

    What every command takes is said once, before the first heading of a command.
    """
    text = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    for_all = text.partition("\n## ")[0]
    offenders = []
    for path, command in commands(root_command(), "uncramp"):
        section = documented(path, text)
        if section is None:
            offenders.append(f"no heading with `{path}`")
            continue
        for parameter in command.params:
            long = max(parameter.opts, key=len)
            name = long if isinstance(parameter, click.Option) else parameter.human_readable_name
            if name not in section and name not in for_all:
                offenders.append(f"{path}: {name}")
    assert not offenders, listed(offenders)


# ---------------------------------------------------------------- what is committed


def committed_files() -> list[Path]:
    """Files git tracks or would track."""
    shown = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in shown.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """The file as text; None when it is not text."""
    content = path.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def test_no_registry_host_and_no_machine_path_is_committed() -> None:
    """What we commit works on every machine and says nothing about ours."""
    offenders = []
    for path in committed_files():
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if any(pattern.search(line) for pattern in FORBIDDEN_TEXT):
                offenders.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert not offenders, listed(offenders)


def test_links_between_documents_resolve() -> None:
    """A relative link in any page leads to a file or folder that is there."""
    offenders = []
    for page in (path for path in committed_files() if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(page) or ""):
            remote = re.match(r"[a-z]+:", target)
            if not remote and not (page.parent / target).exists():
                offenders.append(f"{page.relative_to(ROOT)}: {target}")
    assert (ROOT / "README.md").exists()
    assert not offenders, listed(offenders)
