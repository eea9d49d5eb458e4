"""The chapter as the grader reads it: every cell's role and texts, and a key that changes with the chapter."""

import json

import pytest

from graders.course import Chapter, Course
from graders.errors import CourseError, SourceError
from graders.notebooks.bundle import load_bundle
from graders.notebooks.plan import make_plan
from graders.results import Role


def _notebook_path(tiny):
    return tiny.course.folder("source") / tiny.first / f"{tiny.first}.ipynb"


def _change(tiny, edit):
    path = _notebook_path(tiny)
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def test_a_bundle_holds_every_cell_with_its_role_and_points(tiny_course):
    (notebook,) = tiny_course.bundle().notebooks
    marked = [(c.name, c.role, c.points, c.manual) for c in notebook.cells if c.marked]
    assert marked == [
        ("data", Role.GIVEN, 0, False),
        ("mean", Role.ANSWER, 0, False),
        ("mean_test", Role.CHECKS, 4, False),
        ("squares", Role.ANSWER, 0, False),
        ("squares_test", Role.CHECKS, 3, False),
        ("totals", Role.GIVEN, 0, False),
        ("total_test", Role.CHECKS, 1, False),
        ("why", Role.ESSAY, 2, True),
    ]


def test_what_a_student_may_see_holds_no_solution_and_no_hidden_test(tiny_course):
    cells = {c.name: c for c in tiny_course.bundle().notebooks[0].cells}
    assert "refuses no values" in cells["mean_test"].source
    assert "refuses no values" not in cells["mean_test"].visible
    assert "mean gives the mean" in cells["mean_test"].visible
    assert "values.sum()" not in cells["mean"].released
    assert "NotImplementedError" in cells["mean"].released
    assert "counts the same" not in cells["why"].released


def test_hidden_lines_are_those_between_the_markers(tiny_course):
    cell = next(c for c in tiny_course.bundle().notebooks[0].cells if c.name == "mean_test")
    lines = cell.source.split("\n")
    assert [lines[n - 1].split("(")[0] for n in cell.hidden_lines[1:]] == [
        "check.close",
        "check.close",
        "nothing = np.array",
        "check.raises",
    ]


def test_exercises_are_the_second_level_headings(tiny_course):
    exercises = {c.name: c.exercise for c in tiny_course.bundle().notebooks[0].cells if c.name}
    assert exercises["mean_test"] == "Exercise 1. The mean"
    assert exercises["why"] == "Exercise 2. Squares"


def test_public_files_travel_with_the_chapter_but_hidden_and_cache_files_do_not(tiny_course):
    folder = tiny_course.course.folder("source") / tiny_course.second
    for name in (".hidden", "data/more.csv", ".git/config", "__pycache__/x.pyc", ".ipynb_checkpoints/a.txt"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert sorted(dict(tiny_course.bundle(tiny_course.second).files)) == ["data.csv", "data/more.csv"]


def test_the_key_stays_while_nothing_changes(tiny_course):
    assert tiny_course.bundle().key == tiny_course.bundle().key
    _change(tiny_course, lambda content: content["metadata"].update(widgets={"x": 1}))
    key = tiny_course.bundle().key
    _change(tiny_course, lambda content: content["cells"][1].update(outputs=[], execution_count=3))
    assert tiny_course.bundle().key == key


@pytest.mark.parametrize("name", ["data", "mean", "mean_test", "why"])
def test_the_key_changes_with_the_text_of_any_cell(tiny_course, name):
    before = tiny_course.bundle().key

    def edit(content):
        cell = next(c for c in content["cells"] if c["id"] == name)
        cell["source"] = "".join(cell["source"]) + "\n# changed"

    _change(tiny_course, edit)
    assert tiny_course.bundle().key != before


def test_the_key_changes_with_points_order_and_files(tiny_course):
    keys = [tiny_course.bundle().key]
    _change(tiny_course, lambda c: c["cells"][4]["metadata"]["nbgrader"].update(points=5))
    keys.append(tiny_course.bundle().key)
    _change(tiny_course, lambda c: c["cells"].reverse())
    keys.append(tiny_course.bundle().key)
    data = _notebook_path(tiny_course).with_name("data.csv")
    data.write_text("1")
    keys.append(tiny_course.bundle().key)
    data.write_text("2")
    keys.append(tiny_course.bundle().key)
    data.rename(data.with_name("other.csv"))
    keys.append(tiny_course.bundle().key)
    assert len(set(keys)) == len(keys)


def _with_budgets(tiny_course, **budgets):
    return tiny_course.course.model_copy(update={"chapters": {tiny_course.first: Chapter(budgets=budgets)}})


def _budgets(bundle):
    return {cell.name: cell.budget for cell in bundle.notebooks[0].cells if cell.budget is not None}


def test_budgets_of_the_course_go_before_those_of_the_cells(tiny_course):
    _change(tiny_course, lambda c: c["cells"][3]["metadata"].update(graders={"budget": 5}))
    bundles = [
        load_bundle(_with_budgets(tiny_course, **budgets), tiny_course.first)
        for budgets in ({}, {"mean": 2.5}, {"squares": 2.5})
    ]
    assert [_budgets(bundle) for bundle in bundles] == [
        {"mean": 5},
        {"mean": 2.5},
        {"mean": 5, "squares": 2.5},
    ]
    assert len({bundle.key for bundle in bundles}) == 3


@pytest.mark.parametrize("name", ["medium", "mean_test", "why", "data"])
def test_a_budget_of_no_answer_cell_is_named_with_its_chapter(tiny_course, name):
    with pytest.raises(CourseError, match=f"'{name}', which is no answer cell of 'ch01_numbers'") as found:
        load_bundle(_with_budgets(tiny_course, **{name: 2.0}), tiny_course.first)
    assert "mean, squares" in str(found.value)


def test_a_chapter_without_notebook_is_an_error_that_says_what_to_run(tiny_course):
    (tiny_course.course.folder("source") / "ch09").mkdir()
    with pytest.raises(CourseError, match="graders source build"):
        load_bundle(tiny_course.course, "ch09")


@pytest.mark.parametrize("text", ["", "no notebook", "[]", '{"nbformat": 3}'])
def test_a_damaged_source_is_named(tiny_course, text):
    _notebook_path(tiny_course).write_text(text)
    with pytest.raises(CourseError, match=r"ch01_numbers\.ipynb"):
        tiny_course.bundle()


def test_a_cell_of_the_instructor_that_is_not_python_is_named(tiny_course):
    _change(tiny_course, lambda c: c["cells"][1].update(source="def ("))
    with pytest.raises(SourceError, match="'data'"):
        make_plan(tiny_course.bundle().notebooks[0])


def _plain_course(tmp_path, cells, kernel=None):
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    metadata = {"kernelspec": kernel} if kernel else {}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "source" / "ps1" / "a.ipynb").write_text(json.dumps(content))
    return Course(root=tmp_path)


def _checks_cell(source):
    marks = {
        "grade": True,
        "grade_id": "t",
        "locked": True,
        "solution": False,
        "points": 1,
        "schema_version": 3,
    }
    return {"cell_type": "code", "id": "t", "metadata": {"nbgrader": marks}, "source": source}


def test_a_notebook_for_another_kernel_is_refused_by_its_name(tmp_path):
    course = _plain_course(tmp_path, [], {"name": "ir", "language": "R"})
    with pytest.raises(CourseError, match=r"a\.ipynb is for the kernel 'ir' \(R\), which is not installed"):
        load_bundle(course, "ps1")


def test_tests_that_nbgrader_would_write_itself_are_refused_by_name(tmp_path):
    course = _plain_course(tmp_path, [_checks_cell("### AUTOTEST f(3)")])
    with pytest.raises(CourseError, match="cell 't' has an AUTOTEST line"):
        load_bundle(course, "ps1")


def test_cells_run_as_adopted_toml_says(tmp_path):
    course = _plain_course(tmp_path, [_checks_cell("assert True")])
    assert load_bundle(course, "ps1").notebooks[0].cells[0].mode == "split"
    (tmp_path / "adopted.toml").write_text('[cells.ps1.a]\nt = "inline: it replaces input"\n')
    assert load_bundle(course, "ps1").notebooks[0].cells[0].mode == "inline"


def test_header_and_footer_stand_around_every_notebook_and_ignored_files_are_left_out(tmp_path):
    course = _plain_course(tmp_path, [_checks_cell("assert True")])
    extra = {"cell_type": "code", "metadata": {}, "source": "import math"}
    (tmp_path / "header.ipynb").write_text(json.dumps({"cells": [extra]}))
    (tmp_path / "source" / "ps1" / "notes.log").write_text("x")
    (tmp_path / "source" / "ps1" / "data.csv").write_text("x")
    bundle = load_bundle(course.model_copy(update={"header": "header.ipynb", "ignore": ("*.log",)}), "ps1")
    assert [cell.source for cell in bundle.notebooks[0].cells] == ["import math", "assert True"]
    assert [name for name, _ in bundle.files] == ["data.csv"]
