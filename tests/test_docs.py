"""What is documented is true, and what there is is documented: settings, commands, outcomes, checks, links."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderApp

from graders import check, datasets, errors
from graders.course import DELIMITERS, PROFILES, Course, Limits, load_course
from graders.notebooks.roles import KEYWORDS
from graders.quality import summary
from graders.reference import SETTINGS, commands
from graders.reference import pages as reference_pages
from graders.results import Outcome

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
# CHANGELOG tells of the past; the README of a new course is a page too.
TOLD = [page for page in PAGES if page.name != "CHANGELOG.md"] + [ROOT / "graders/new_course/README.md.txt"]


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# -- reference ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return reference_pages(DOCS)


@pytest.mark.parametrize("name", ["commands.md", "errors.md", "grading.md", "ledger.md", "settings.md"])
def test_a_reference_page_says_what_the_program_says(reference: dict[str, str], name: str) -> None:
    assert read(name) == reference[name], "run python -m graders.reference"


def test_a_setting_that_is_renamed_makes_its_page_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits.model_fields["cell_seconds"], "description", "something else")
    assert reference_pages(DOCS)["settings.md"] != read("settings.md")


def test_the_settings_page_names_every_profile_and_marker() -> None:
    page = read("settings.md")
    assert [name for name in (*PROFILES, *DELIMITERS) if f"`{name}`" not in page] == []


# -- commands -------------------------------------------------------------------------------------


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    page = read("grading.md")
    assert f"`{name}" in page, f"docs/grading.md does not name {name!r}"
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--") and o != "--help"}
    assert {option for option in options if f"`{option}" not in page} == set()


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.name)
def test_every_command_line_that_is_told_of_would_be_understood(page: Path) -> None:
    wrong = {line: said for line in command_lines(page) if (said := misunderstood(line))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("graders grade ch01", "no command"),
        ("graders source", "no command"),
        ("graders autograde --fast", "no option --fast"),
        ("graders show ada", "argument missing"),
        ("graders doctor ch01", "too many arguments"),
        ("graders verify ch04 --draws", "--draws needs a value"),
        ("graders autograde ch04 -j 4 --student ada", ""),
        ("graders show STUDENT CHAPTER", ""),
        ("graders release [CHAPTERS]", ""),
    ],
)
def test_a_command_line_is_understood_as_the_program_does(line: str, said: str) -> None:
    assert misunderstood(line) == said


def command_lines(page: Path) -> set[str]:
    """The command lines of this program that stand in a page's code, without comments and prompts."""
    code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.strip() for block, word in code for line in (block or word).splitlines()]
    lines = [line.partition(" #")[0].partition(" > ")[0].removeprefix(".venv/bin/").strip() for line in lines]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return {part for part in parts if re.match(r"graders( [a-z-]|$)", part)}


def misunderstood(line: str) -> str:
    """What the program would not understand of a command line; placeholders count as arguments."""
    words = shlex.split(line)
    if words[1:] and words[1] in ("--help", "--install-completion", "--show-completion"):
        return ""
    name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in COMMANDS), "")
    if not name:
        return "" if words == ["graders"] else "no command"
    options = {spelling: p for p in COMMANDS[name].params for spelling in p.opts if spelling[:1] == "-"}
    arguments = [p for p in COMMANDS[name].params if p.param_type_name == "argument"]
    given, rest = 0, words[len(name.split()) :]
    while rest:
        word = rest.pop(0).strip("[]")
        option = options.get(word)
        if word.startswith("-") and option is None:
            return "" if word == "--help" else f"no option {word}"
        if option is None:
            given += 1
        elif not option.is_flag and (not rest or rest.pop(0).startswith("-")):
            return f"{word} needs a value"
    if given < sum(p.required for p in arguments):
        return "argument missing" if len(words) > len(name.split()) else ""
    return "too many arguments" if given > len(arguments) and all(p.nargs == 1 for p in arguments) else ""


def test_every_subcommand_of_nbgrader_that_is_told_of_exists() -> None:
    known = {name.replace("-", "_") for name in NbGraderApp.subcommands}
    for page in TOLD:
        code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
        lines = [line.strip() for block, word in code for line in (block or word).splitlines()]
        told = {line.split()[1] for line in lines if re.match(r"nbgrader [a-z]", line)}
        assert told <= known, page.name


def placed(path: str) -> bool:
    """Whether a path of the docs exists; those of no particular chapter do by their pattern."""
    return any(ROOT.glob(path.replace("chNN", "ch*")))


def test_every_program_of_ours_that_is_told_of_exists() -> None:
    for page in TOLD:
        text = page.read_text(encoding="utf-8")
        programs = re.findall(r"\b((?:bench|deploy|tests|graders)/[\w./-]+\.(?:py|sh|yaml|toml))\b", text)
        assert [path for path in programs if not placed(path)] == [], page.name
        for module in re.findall(r"python -m (graders[\w.]*)", text):
            place = ROOT / module.replace(".", "/")
            assert place.is_dir() or place.with_suffix(".py").is_file(), module


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


# -- settings in examples -------------------------------------------------------------------------

MODELS = {model.__name__: model for model in SETTINGS}


def examples() -> list[tuple[str, str]]:
    """The code of the pages that names a class of settings, as (page, code)."""
    found = []
    for page in TOLD:
        code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
        found += [(page.name, block or word) for block, word in code]
    return [(name, code) for name, code in found if re.search(rf"\b({'|'.join(MODELS)})\(\w", code)]


def test_every_setting_in_an_example_exists_and_can_have_its_value() -> None:
    assert len(examples()) >= 5
    for name, code in examples():
        if "import" in code:
            made = exec_course(code)
            assert isinstance(made, Course), name
        else:
            eval(
                f"dict({code.strip().rstrip(',')})" if "=" in code.split("(")[0] else code, dict(MODELS)
            )  # fails


def exec_course(code: str) -> object:
    names: dict[str, object] = {}
    exec(code, names)
    return names.get("course")


def test_every_setting_named_in_the_text_exists() -> None:
    known = {name for model in SETTINGS for name in model.model_fields}
    asked = {
        name
        for kind in set(check.__all__) - {"CheckFailed"}
        for name in inspect.signature(getattr(check, kind)).parameters
    }
    known |= asked | {*KEYWORDS, "points", "language", "budget", "style"}  # style: of HTML
    for page in TOLD:
        told = re.findall(r"`([a-z_]+)=[^`\n]*`", page.read_text(encoding="utf-8"))
        assert set(told) - known <= {"random_state", "metric", "style"}, page.name  # of libraries, of HTML


def test_every_setting_of_the_hubs_file_is_read() -> None:
    config = (ROOT / "deploy/jupyterhub/jupyterhub_config.py").read_text()
    told = re.findall(r"^\| `((?:hub|courses)\.[^|]*) \|", read("jupyterhub.md"), re.MULTILINE)
    names = [name for row in told for name in re.findall(r"`?(?:hub\.|courses\.ID`?)?(\w+)`", row)]
    assert len(names) >= 6
    assert [name for name in names if name not in ("ID",) and f'"{name}"' not in config] == []
