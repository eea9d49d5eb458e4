"""What is installed works: the wheel has everything in it, and students need only a part of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# Nothing of this checkout, of the user, or of the environment that runs the tests.
CLEAN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in the checkout."""
    place = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    shutil.copytree(ROOT / "graders", place / "graders", ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (place / "dist").glob("*.whl")
    return made


def environment(place: Path, wheel: Path, packages: Path) -> Path:
    """A fresh environment with the wheel, which finds other packages in a folder; returns its programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    (libraries,) = place.glob("lib/python*/site-packages")
    (libraries / "packages.pth").write_text(f"{packages}\n")
    with_pip = [sys.executable, "-m", "pip", "-q", "--python", str(place / "bin/python")]
    subprocess.run([*with_pip, "install", "--no-deps", "--no-index", wheel], check=True)
    return place / "bin"


def run(*command: object, cwd: Path, **env: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env={**CLEAN, **env}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# -- the wheel ------------------------------------------------------------------------------------


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "graders").rglob("*") if path.is_file()}
    files = {name for name in files if "__pycache__" not in name}
    assert {name for name in files if name.endswith((".jinja", ".po", ".css", ".js", ".txt", ".html"))}
    assert files - inside == set()
    others = {name for name in inside - files if ".dist-info/" not in name}
    assert others == set()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel over the packages of this one."""
    packages = Path(str(distribution("numpy").locate_file("")))
    return environment(tmp_path_factory.mktemp("installed"), wheel, packages)


@pytest.mark.slow
def test_the_installed_program_makes_a_course_and_speaks_german(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import graders; print(graders.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed.parent))
    assert "Grade a class" in run(installed / "graders", "--help", cwd=tmp_path)
    run(installed / "graders", "new", "course", cwd=tmp_path)
    assert (tmp_path / "course/release/ch01_means/ch01_means.ipynb").is_file()
    assert (tmp_path / "course/.gitignore").is_file()
    told = run(installed / "graders", "texts", "de", "--course", "course", cwd=tmp_path)
    assert 'msgstr "Bestanden"' in told or "Punkte" in told


def test_the_shell_completes_commands_and_options(installed: Path, tmp_path: Path) -> None:
    def completed(words: str) -> list[str]:
        asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        return run(installed / "graders", cwd=tmp_path, _GRADERS_COMPLETE="complete_bash", **asked).split()

    assert completed("graders auto") == ["autograde"]
    assert completed("graders autograde --sched") == ["--scheduler"]
    script = f"'{installed}/graders' --show-completion; exit $?"  # it looks which shell has started it
    shown = run(shutil.which("bash"), "-c", script, cwd=tmp_path)
    assert "_GRADERS_COMPLETE=complete_bash" in shown


# -- extras ---------------------------------------------------------------------------------------


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text()
    return {canonicalize_name(name): number for name, number in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.M)}


def test_every_extra_that_is_told_of_is_named_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        (name,) = [name for name in file.namelist() if name.endswith("/METADATA")]
        named = set(re.findall(r"^Provides-Extra: (\S+)$", file.read(name).decode(), re.M))
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    told = {extra for page in pages for extra in re.findall(r"graders\[(\w+)\]", page.read_text())}
    assert {"hub", "cluster", "gpu", "grade"} <= named
    assert told <= named


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_the_lock_has_what_an_extra_asks_for(extra: str) -> None:
    versions = locked()
    for text in EXTRAS[extra] if extra else PROJECT["dependencies"]:
        wanted = Requirement(text)
        found = versions.get(canonicalize_name(wanted.name))
        assert found is not None, f"{text} is not in requirements.lock: make lock"
        assert wanted.specifier.contains(found, prereleases=True), f"{text}, but {found} is locked: make lock"


# -- students -------------------------------------------------------------------------------------


def closure(names: list[str]) -> Iterator[str]:
    """Packages and what they need, without extras."""
    waiting, seen = [Requirement(name) for name in names], set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in seen or (
            wanted.marker and not wanted.marker.evaluate({**default_environment(), "extra": ""})
        ):
            continue
        seen.add(name)
        yield name
        waiting += [Requirement(text) for text in requires(name) or []]


@pytest.fixture(scope="module")
def student(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the package without extras, as `pip install graders` makes it."""
    packages = tmp_path_factory.mktemp("packages")
    for name in closure(PROJECT["dependencies"]):
        for file in distribution(name).files or []:
            top = packages / file.parts[0]
            if file.parts[0] not in ("..", "__pycache__") and not top.exists():
                top.symlink_to(Path(str(distribution(name).locate_file(file.parts[0]))))
    return environment(tmp_path_factory.mktemp("student"), wheel, packages)


# Runs the code cells of a notebook as a kernel would, and prints how each ended.
RUNNER = """
import json, sys
names = {"__name__": "__main__"}
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        try:
            exec("".join(cell["source"]), names)
        except Exception as error:
            print(cell["id"], type(error).__name__, error, sep="\\t", file=sys.stderr)
"""


def endings(student: Path, notebook: Path, cwd: Path) -> dict[str, str]:
    """How the cells of a notebook that did not end well ended, by cell."""
    command = [student / "python", "-I", "-c", RUNNER, notebook]
    done = subprocess.run(
        command, cwd=cwd, env={**CLEAN, "MPLBACKEND": "agg"}, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split("\t", 1) for line in done.stderr.splitlines() if "\t" in line)


def test_the_students_environment_has_nothing_of_the_grader(student: Path, tmp_path: Path) -> None:
    code = "from importlib.util import find_spec; import graders.check, graders.datasets\n"
    code += "print([n for n in ('nbgrader', 'pydantic', 'typer', 'sqlalchemy', 'tensorflow') if find_spec(n)])"
    assert run(student / "python", "-I", "-c", code, cwd=tmp_path).strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("chapter", ["ch01_landscape", "ch04_training_models"])
def test_a_released_notebook_runs_where_only_students_packages_are(
    student: Path, tmp_path: Path, chapter: str
) -> None:
    """Given cells run; answers and their checks say that they are not written yet, nothing that is missing."""
    folder = tmp_path / chapter
    shutil.copytree(ROOT / "release" / chapter, folder)
    ended = endings(student, folder / f"{chapter}.ipynb", folder)
    cells = json.loads((folder / f"{chapter}.ipynb").read_text())["cells"]
    roles = {cell["id"]: cell["metadata"].get("nbgrader") or {} for cell in cells}
    asked = {cell for cell, role in roles.items() if role.get("grade") or role.get("solution")}
    given = {cell: said for cell, said in ended.items() if cell not in asked}
    assert {cell: said for cell, said in given.items() if "NameError" not in said} == {}
    assert [said for said in ended.values() if "ImportError" in said or "ModuleNotFound" in said] == []
    assert any("NotImplementedError" in said for said in ended.values())


def test_the_first_cell_of_a_release_says_what_is_missing(tmp_path: Path) -> None:
    cells = json.loads((ROOT / "release/ch10_neural_networks/ch10_neural_networks.ipynb").read_text())["cells"]
    first = "".join(next(cell for cell in cells if cell["cell_type"] == "code")["source"])
    bare = [sys.executable, "-I", "-S", "-c", first]
    done = subprocess.run(bare, cwd=tmp_path, capture_output=True, text=True)
    assert (
        "not installed here: graders, keras, matplotlib, numpy, tensorboard. Run in a cell of its own: "
        in done.stderr
    )
    assert "%pip install 'graders[keras]', then restart the kernel" in done.stderr
    done = subprocess.run([sys.executable, "-c", first], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_binder_installs_the_package_without_extras_in_a_python_it_runs_on() -> None:
    assert (ROOT / "binder/runtime.txt").read_text().strip() in {f"python-3.{minor}" for minor in (11, 12, 13)}
    lines = (ROOT / "binder/requirements.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["."]
