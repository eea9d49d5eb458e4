"""The layout holds: who may import whom, no cycles, small modules, a light student side, clean files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "graders"
MAX_LINES = 400

# What each part of the package may import: design section 7 as a table. A new part needs a row.
LEAVES = {"errors", "files", "results"}
GRADING = LEAVES | {
    "course",
    "notebooks",
    "bridge",
    "sandbox",
    "check",
    "judge",
    "effects",
    "names",
    "sites",
    "stopwatch",
    "judging",
    "job",
    "budgets",
    "adopted",
    "inline",
    "turns",
    "verdicts",
    "shadows",
    "containers",
}
BATCH = GRADING | {"grading", "gradebook", "points"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "files": set(),
    "results": {"errors"},
    "nbgrader_settings": {"errors"},
    "containers": set(),
    "course": {"containers", "errors", "nbgrader_settings"},
    "database": {"errors"},
    "datasets": {"errors"},
    "points": {"errors"},
    "autograded": LEAVES,
    "generate": {"course", "errors", "nbgrader_settings"},
    "sandbox": LEAVES,
    "bridge": LEAVES,
    "check": LEAVES,
    "sites": LEAVES | {"check"},
    "effects": set(),
    "shadows": {"bridge", "errors"},
    "verdicts": LEAVES | {"bridge", "check", "names"},
    "names": LEAVES | {"bridge", "shadows"},
    "stopwatch": LEAVES | {"bridge", "check", "datasets", "sandbox"},
    "judge": LEAVES
    | {
        "bridge",
        "check",
        "datasets",
        "effects",
        "names",
        "sandbox",
        "shadows",
        "sites",
        "stopwatch",
        "verdicts",
    },
    "notebooks": LEAVES | {"adopted", "course", "generate", "sandbox"},
    "adopted": {"errors"},
    "job": LEAVES | {"adopted", "containers", "course", "notebooks"},
    "inline": LEAVES | {"adopted", "notebooks", "verdicts"},
    "turns": {"judging", "notebooks"},
    "judging": LEAVES | {"adopted", "bridge", "course", "job", "notebooks", "sandbox"},
    "budgets": LEAVES | {"check", "notebooks"},
    "grading": GRADING,
    "gradebook": LEAVES | {"adopted", "autograded", "course", "database", "generate", "marks", "points"},
    "marks": {"points"},
    "export": {"course", "errors", "gradebook", "points", "spreadsheet"},
    "spreadsheet": set(),
    "feedback": LEAVES | {"course", "points", "spreadsheet"},
    "batch": BATCH,
    "adopting": BATCH | {"adopted", "batch", "quality"},
    "adoption_report": {"adopted", "adopting"},
    "quality": BATCH | {"batch", "feedback"},
    "hub": BATCH | {"batch", "feedback"},
    "new": {"course", "database", "errors", "files", "notebooks"},
    "explanations": {"errors"},
    "ports": {"errors"},
    "classes": LEAVES | {"batch", "course", "feedback", "gradebook", "points"},
}
# The top: whatever people and tools start. They may import everything, and nothing below imports them.
TOP = {"cli", "commands", "demo", "display", "progress", "quality_display", "reference", "__main__"}

# What a student's notebook loads with `from graders import check, datasets`.
STUDENT_SIDE = re.compile(r"graders(\.(errors|results|check|datasets)(\..*)?)?")
GRADER_LIBRARIES = {"jinja2", "jupytext", "nbclient", "nbgrader", "psutil", "pydantic", "sqlalchemy", "typer"}

# Split so that this file does not find itself.
HOSTS = re.compile(r"//([\w-]+\.)*(pypi|pythonhosted|anaconda)" + r"\.org|--(extra-)?index" + "-url[ =]")
MACHINE_PATHS = re.compile("/wor" + "k/|/Us" + "ers/|C:" + r"\\|/home/(?!student\b)\w+/\w|/op" + r"t/\w")


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imports(nodes: Iterator[ast.AST]) -> set[str]:
    """The modules of the package that some nodes import, the deepest that the names lead to."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            paths = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {path if path in MODULES else str(node.module) for path in paths}
    return {name for name in found if name.split(".")[0] == "graders"}


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: not the bodies of functions, not type checking."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not typing_only and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_part_imports_only_what_the_design_lets_it() -> None:
    wrong = []
    for module, tree in MODULES.items():
        part = part_of(module)
        if part in TOP or not part:
            continue
        assert part in ALLOWED, f"graders/{part} has no row in the table of this test: add it"
        for target in imports(ast.walk(tree)):
            if part_of(target) not in {"", part, *ALLOWED[part]}:
                wrong.append(f"{module} imports {target}")
    assert wrong == []


def test_the_table_of_imports_has_no_cycle() -> None:
    order = list(
        TopologicalSorter({part: allowed - {part} for part, allowed in ALLOWED.items()}).static_order()
    )
    assert order.index("errors") < order.index("results") < order.index("grading") < order.index("batch")


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: imports(at_import(tree)) - {name} for name, tree in MODULES.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {' -> '.join(error.args[1])}") from None


def test_no_module_is_too_long() -> None:
    lengths = {p.relative_to(ROOT): p.read_text().count("\n") for p in sorted(PACKAGE.rglob("*.py"))}
    assert {str(path): n for path, n in lengths.items() if n > MAX_LINES} == {}


@pytest.fixture(scope="module")
def loaded_by_a_student() -> set[str]:
    code = "import sys\nfrom graders import check, datasets\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return set(done.stdout.split())


def test_a_students_notebook_loads_no_part_of_the_grader(loaded_by_a_student: set[str]) -> None:
    ours = {name for name in loaded_by_a_student if name.split(".")[0] == "graders"}
    assert "graders.check" in ours
    assert {name for name in ours if not STUDENT_SIDE.fullmatch(name)} == set()


def test_a_students_notebook_loads_no_library_of_the_grader(loaded_by_a_student: set[str]) -> None:
    assert {name.split(".")[0] for name in loaded_by_a_student} & GRADER_LIBRARIES == set()


def committed() -> list[Path]:
    """The files that git keeps or would be asked to keep; without git there is nothing to look at."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    ("what", "pattern"), [("the path of a machine", MACHINE_PATHS), ("a package index", HOSTS)]
)
def test_no_committed_file_names(what: str, pattern: re.Pattern[str]) -> None:
    here = re.compile(re.escape(str(ROOT)) + r"\b") if len(ROOT.parts) > 2 else None
    found = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", "ignore")
        hit = pattern.search(text) or (here.search(text) if here else None)
        if hit:
            found.append(f"{path.relative_to(ROOT)} has {what}: {hit[0]!r}")
    assert found == []


def test_no_committed_file_is_a_students_work_or_very_large() -> None:
    folders = ("submitted", "autograded", "feedback", "downloaded", "report")
    names = {path.relative_to(ROOT) for path in committed()}
    assert {n for n in names if n.parts[0] in folders and n.name != ".gitkeep"} == set()
    assert {n for n in names if (ROOT / n).stat().st_size > 200_000} == set()
