"""The table of what the chapters cover: from tags, complete, and never out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.course import load_course
from graders.errors import SourceError
from graders.notebooks import source
from graders.quality.coverage import coverage, page

ROOT = Path(__file__).resolve().parents[2]
TEXT = """# %% [markdown]
# # 1. Means

# %% [markdown]
# ## Exercise 1. The mean
#
# <!-- covers: 1.1 1.N1 -->

# %% [markdown]
# ## Exercise 2. The median
#
# <!-- covers: {second} -->
"""


@pytest.fixture
def course(tmp_path):
    def make(second: str):
        (tmp_path / "source").mkdir()
        (tmp_path / "course_config.py").write_text("from graders.course import Course\ncourse = Course()\n")
        (tmp_path / "source/checklist.toml").write_text('[1]\n"1.1" = "A"\n"1.2" = "B|C"\n"1.N1" = "D"\n')
        (tmp_path / "source/ch01_means.py").write_text(TEXT.format(second=second))
        course = load_course(tmp_path)
        source.build(course, "ch01_means")
        return course

    return make


def test_lines_are_listed_with_the_exercises_that_practise_them(course):
    (found,) = coverage(course("1.1"))
    assert found.exercises == {
        "1.1": ["Exercise 1. The mean", "Exercise 2. The median"],
        "1.N1": ["Exercise 1. The mean"],
    }
    assert found.missing == ["1.2"]
    assert "| 1.2 | B\\|C | **nowhere** |" in page([found])


def test_a_tag_that_names_no_line_is_an_error(course):
    with pytest.raises(SourceError, match=r"no line '1\.9'"):
        coverage(course("1.9"))


def test_a_missing_or_broken_checklist_is_told(course):
    made = course("1.2")
    path = made.folder("source") / "checklist.toml"
    path.write_text("[1\n")
    with pytest.raises(SourceError, match="cannot be read"):
        coverage(made)
    path.unlink()
    with pytest.raises(SourceError, match=r"no checklist\.toml"):
        coverage(made)


def test_every_line_of_this_course_is_practised_somewhere():
    missing = {c.chapter: c.missing for c in coverage(load_course(ROOT))}
    assert missing == {chapter: [] for chapter in missing}


def test_the_page_is_up_to_date():
    assert (ROOT / "docs/coverage.md").read_text() == page(coverage(load_course(ROOT)))
