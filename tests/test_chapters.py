"""The chapters of this course: text, compiled notebook and release say the same, and hide what they must."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.course import load_course
from graders.notebooks import source
from graders.notebooks.release import release

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = load_course(ROOT).text_names()


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
