"""What is documented is true, and what there is is documented: settings, commands, outcomes, checks, links."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.main import get_command

from graders import check, datasets, errors
from graders.cli import app
from graders.containers import Container
from graders.course import (
    DELIMITERS,
    PROFILES,
    Chapter,
    Cluster,
    Course,
    Directories,
    Hub,
    Limits,
    load_course,
)
from graders.notebooks.roles import KEYWORDS
from graders.quality import summary
from graders.results import Outcome

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
SETTINGS: tuple[type[BaseModel], ...] = (Course, Chapter, Limits, Hub, Directories, Cluster, Container)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# -- settings -------------------------------------------------------------------------------------


def table_of(model: type[BaseModel]) -> str:
    """The table of a model's settings as docs/settings.md shows it."""
    rows = [f"| `{name}` | {default_of(info)} | {info.description or ''} |" for name, info in fields_of(model)]
    return "\n".join(["| setting | if you say nothing | what it is |", "|---|---|---|", *rows])


def fields_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    return [(name, info) for name, info in model.model_fields.items() if name != "root"]


def default_of(info: FieldInfo) -> str:
    default: Any = info.get_default(call_default_factory=True)
    assert default is not PydanticUndefined, "every setting has a default"
    if isinstance(default, BaseModel):
        return f"`{type(default).__name__}()`"
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, int):
        return str(default)
    return f"`{default}`" if default else "nothing"


@pytest.mark.parametrize("model", SETTINGS, ids=lambda model: model.__name__)
def test_the_settings_page_has_the_settings_as_they_are(model: type[BaseModel]) -> None:
    table = table_of(model)
    assert table in read("settings.md"), f"docs/settings.md needs this table:\n\n{table}\n"


def test_the_settings_page_names_every_profile_and_marker() -> None:
    page = read("settings.md")
    assert [name for name in (*PROFILES, *DELIMITERS) if f"`{name}`" not in page] == []


# -- commands -------------------------------------------------------------------------------------


def commands(command: Any, name: str = "graders") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
    for word, part in sorted((inner or {}).items()):
        yield from commands(part, f"{name} {word}")


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    page = read("grading.md")
    assert f"`{name}" in page, f"docs/grading.md does not name {name!r}"
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--") and o != "--help"}
    assert {option for option in options if f"`{option}" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_tells_of_a_command_that_does_not_exist(page: Path) -> None:
    code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.strip() for block, word in code for line in (block or word).splitlines()]
    told = {line for line in lines if re.match(r"(\.venv/bin/)?graders [a-z]", line)}
    assert {line for line in told if not exists(line.removeprefix(".venv/bin/"))} == set()


def exists(line: str) -> bool:
    words = line.split()
    groups = {name.rsplit(" ", 1)[0] for name in COMMANDS}
    return " ".join(words[:3]) in COMMANDS or " ".join(words[:2]) in {*COMMANDS, *groups}


def test_every_make_target_that_is_told_of_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = {target for page in PAGES for target in re.findall(r"`make ([a-z]+)", page.read_text())}
    assert {"demo", "test"} <= told <= targets


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graders", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60)


@pytest.mark.parametrize(
    "arguments", [("nosuchcommand",), ("autograde", "--jobs", "many"), ("autograde",)], ids=" ".join
)
def test_a_wrong_call_ends_with_the_documented_code_and_no_traceback(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


# -- words ----------------------------------------------------------------------------------------


def test_every_outcome_and_exit_code_is_documented() -> None:
    page = read("grading.md")
    assert [outcome.value for outcome in Outcome if f"`{outcome.value}`" not in page] == []
    assert [code for code in range(4) if f"| {code} |" not in page] == []


def test_every_error_code_is_documented() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, errors.GradersError)}
    assert {code for code in codes if f"`{code}`" not in read("grading.md")} == set()


def test_every_check_role_and_data_set_is_documented() -> None:
    page = read("writing-a-chapter.md")
    assert [
        name
        for name in check.__all__
        if name != "CheckFailed" and f"`check.{name}(" not in page and f"@check.{name}`" not in page
    ] == []
    assert [name for name in datasets.__all__ if f"datasets.{name}" not in page] == []
    assert [word for word in KEYWORDS if f'{word}="' not in page] == []


def test_the_example_chapter_of_the_docs_is_correct(tmp_path: Path) -> None:
    from graders.notebooks import source

    text = max(re.findall(r"```python\n(.*?)```", read("writing-a-chapter.md"), re.DOTALL), key=len)
    (tmp_path / "course_config.py").write_text("from graders.course import Course\n\ncourse = Course()\n")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "ch01_example.py").write_text(text)
    course = load_course(tmp_path)
    source.build(course, "ch01_example")
    assert source.check(course, "ch01_example") == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_something(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_page_of_calibrations_tells_what_the_files_say() -> None:
    page = (DOCS / "calibration" / "README.md").read_text(encoding="utf-8")
    assert page == summary.text(load_course(ROOT))


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text()
    assert [page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in text] == []


if __name__ == "__main__":
    for model in SETTINGS:
        print(f"## {model.__name__}\n\n{table_of(model)}\n")
