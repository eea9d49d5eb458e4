"""The chapters of this course: text, compiled notebook and release say the same, and hide what they must."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from graders.course import load_course
from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.notebooks.plan import make_plan
from graders.notebooks.release import release
from graders.notebooks.run import Code, Session
from graders.notebooks.sanitise import Cell
from graders.notebooks.turns import takes_turns
from graders.quality.handins import reference_answers
from graders.results import Outcome, Role
from graders.sandbox.launch import KERNEL_MODULES, Template

ROOT = Path(__file__).resolve().parent.parent
COURSE = load_course(ROOT)
CHAPTERS = COURSE.text_names()
MAX_CELL_LINES = 45


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_compiled_notebook_is_up_to_date_and_breaks_no_rule(chapter):
    assert source.check(load_course(ROOT), chapter) == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_release_is_what_the_source_gives(chapter, tmp_path):
    shutil.copy(ROOT / "course_config.py", tmp_path)
    shutil.copytree(ROOT / "source" / chapter, tmp_path / "source" / chapter)
    shutil.copy(ROOT / "source" / f"{chapter}.py", tmp_path / "source")
    made = release(load_course(tmp_path), chapter)
    names = sorted(path.name for path in made.iterdir())
    assert names == sorted(path.name for path in (ROOT / "release" / chapter).iterdir())
    for name in names:
        assert (made / name).read_bytes() == (ROOT / "release" / chapter / name).read_bytes()


# -- how chapters read ----------------------------------------------------------------------------


def notebook_of(chapter):
    (notebook,) = load_bundle(COURSE, chapter).notebooks
    return notebook


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_cell_is_too_long_to_be_read_at_once(chapter):
    lengths = {cell.name or cell.cell_id: len(cell.source.splitlines()) for cell in notebook_of(chapter).cells}
    assert {name: n for name, n in lengths.items() if n > MAX_CELL_LINES} == {}


def headings(chapter) -> Iterator[tuple[int, str]]:
    """The headings of a chapter in order, as (level, text); what looks like one in a code block is none."""
    for cell in notebook_of(chapter).cells:
        text = re.sub(r"^```.*?^```", "", cell.released, flags=re.DOTALL | re.MULTILINE)
        if cell.cell_type == "markdown":
            yield from ((len(m[1]), m[2]) for m in re.finditer(r"^(#{1,6}) +(.+)$", text, re.MULTILINE))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_headings_are_in_order(chapter):
    """One title, no level left out, and exercises counted from one: what a table of contents is made of."""
    found = list(headings(chapter))
    levels = [level for level, _ in found]
    assert levels[0] == 1 and levels.count(1) == 1
    assert [text for (before, _), (after, text) in pairwise(found) if after > before + 1] == []
    number = int(chapter[2:4])
    assert found[0][1].startswith(f"{number}. ")
    exercises = [int(m[1]) for _, text in found if (m := re.match(r"Exercise (\d+)\b", text))]
    assert exercises == list(range(1, len(exercises) + 1)) and exercises


# -- a student who has answered nothing yet -------------------------------------------------------


@pytest.fixture(scope="module")
def templates():
    """Warm templates by profile, started when first needed; one at a time is enough."""
    running = {}

    def template(profile):
        if profile not in running:
            for other in running.values():
                other.close()
            running.clear()
            running[profile] = Template((*KERNEL_MODULES, *COURSE.modules_of(profile)))
        return running[profile]

    yield template
    for other in running.values():
        other.close()


async def run_released(chapter, address):
    """Run a chapter as it is released, from top to bottom, in one kernel."""
    files = dict(load_bundle(COURSE, chapter).files)
    session = Session(address, COURSE.limits_of(chapter), wall="namespaces", files=files)
    codes = [
        Code(c.cell_id, c.cell_id, c.released) for c in notebook_of(chapter).cells if c.cell_type == "code"
    ]
    try:
        await session.start()
        return await session.run(codes)
    finally:
        await session.close()


def complaint(step, run):
    """What a student who has answered nothing must not see; nothing if all is well."""
    if run.outcome is Outcome.PASSED:
        return ""
    named = run.error.name if run.error else run.outcome.value
    told = f"{step.cell.name or step.cell.cell_id}: {named}: {run.error.message if run.error else ''}"[:300]
    if step.pristine or run.outcome is not Outcome.FAILED:
        return told
    allowed = {"NotImplementedError"} | ({"CheckFailed"} if step.cell.role is Role.CHECKS else set())
    said = named == "AssertionError" and step.cell.role is Role.CHECKS and run.error.message
    return "" if named in allowed or said else told


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_student_who_has_answered_nothing_can_run_it_all(chapter, templates):
    """Given cells work; a cell that needs an answer says that it is not there yet, and nothing else."""
    address = templates(COURSE.profile_of(chapter)).address
    runs = asyncio.run(run_released(chapter, address))
    steps = [step for step in make_plan(notebook_of(chapter)).cells if step.cell.cell_type == "code"]
    assert [told for step in steps if (told := complaint(step, runs[step.cell.cell_id]))] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_reference_runs_once(chapter):
    """Where a later cell changes what a check looks at, all cells run twice: the double cost for everybody."""
    notebook, answers = notebook_of(chapter), reference_answers(load_bundle(COURSE, chapter))
    cells = [Cell(cell, answers.get(cell.name, cell.source), cell.role) for cell in notebook.cells]
    assert not takes_turns(make_plan(notebook), cells)
