"""Releases through nbgrader itself, and everything that must stop one."""

import json

import nbformat
import pytest
from nbgrader.api import Gradebook

from graders.errors import GradersError, LeakError, SourceError, UsageError
from graders.notebooks import source
from graders.notebooks.release import find_leaks, release
from graders.notebooks.roles import MARKERS


def _edit(course, change):
    """Change the compiled notebook behind the back of the text, as a course without texts would."""
    source.text_path(course, "ch01").unlink(missing_ok=True)
    path = source.notebook_path(course, "ch01")
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_the_release_has_stubs_and_the_gradebook_knows_points(course):
    folder = release(course, "ch01")
    notebook = nbformat.read(folder / "ch01.ipynb", as_version=4)
    text = (folder / "ch01.ipynb").read_text()
    assert "raise NotImplementedError()" in notebook.cells[2].source
    assert notebook.cells[4].source == "YOUR ANSWER HERE"
    for secret in ("total_of_values", "other data", "counts the same", *MARKERS.all):
        assert secret not in text
    with Gradebook(course.database, course.id) as book:
        assert book.find_assignment("ch01").max_score == 6


def test_nbgrader_finds_alembic_also_when_it_is_not_on_the_path(course, monkeypatch):
    (course.root / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert release(course, "ch01").is_dir()


def test_releasing_twice_gives_the_same_bytes_whoever_saved_the_source(course):
    first = (release(course, "ch01") / "ch01.ipynb").read_bytes()
    _edit(course, lambda nb: nb.metadata.update(language_info={"name": "python", "version": "9"}, widgets={}))
    assert (release(course, "ch01") / "ch01.ipynb").read_bytes() == first


def test_public_data_is_released_with_the_notebook(course):
    data = source.build(course, "ch01").parent / "data.csv"
    data.write_text("a,b\n1,2\n")
    assert (release(course, "ch01") / "data.csv").read_text() == "a,b\n1,2\n"


def _solution_as_attachment(notebook):
    notebook.cells[0]["attachments"] = {"a.txt": {"text/plain": "total_of_values = values.sum()"}}


LEAKS = {
    "a hidden line in metadata": lambda nb: nb.cells[0].metadata.update(note="total_of_values = values.sum()"),
    "a solution as attachment": _solution_as_attachment,
    "jupytext metadata": lambda nb: nb.metadata.update(jupytext={"formats": "ipynb,py:percent"}),
}


@pytest.mark.parametrize("change", LEAKS.values(), ids=LEAKS)
def test_a_leak_in_the_notebook_stops_the_release(course, change):
    source.build(course, "ch01")
    _edit(course, change)
    with pytest.raises(LeakError, match=r"ch01\.ipynb: (cell 1, line|jupytext)"):
        release(course, "ch01")
    assert not (course.folder("release") / "ch01").exists()
    assert not list(course.root.glob(".release-*"))


def test_a_hidden_line_in_a_public_file_stops_the_release_and_keeps_the_old_one(course):
    folder = release(course, "ch01")
    (source.notebook_path(course, "ch01").parent / "tips.txt").write_text(
        "Try\n  total_of_values = values.sum()\n"
    )
    with pytest.raises(
        LeakError, match=r"tips\.txt: line 'total_of_values = values.sum\(\)', hidden in cell 3"
    ):
        release(course, "ch01")
    assert [path.name for path in folder.iterdir()] == ["ch01.ipynb"]


def test_text_of_the_chapter_in_the_folder_stops_the_release(course, text):
    folder = source.build(course, "ch01").parent
    (folder / "copy.py").write_text(text)
    with pytest.raises(SourceError, match=r"copy\.py is text of a chapter"):
        release(course, "ch01")
    source.text_path(course, "ch01").unlink()
    with pytest.raises(LeakError, match=r"copy\.py is the text of a chapter"):
        release(course, "ch01")


def test_a_scan_of_the_source_itself_finds_markers_and_outputs(course):
    folder = source.build(course, "ch01").parent
    _edit(course, lambda nb: nb.cells[1].update(outputs=[nbformat.v4.new_output("stream", text="x")]))
    leaks = " ".join(find_leaks(folder, folder, MARKERS))
    for found in (
        "contains 'BEGIN SOLUTION'",
        "contains 'END HIDDEN TESTS'",
        "cell 2 has outputs",
        "also of other",
    ):
        assert found in leaks


def test_lines_that_are_also_visible_or_say_nothing_are_no_leak(course, text):
    hidden = "### BEGIN HIDDEN TESTS\nX = np.arange(6.0)\nimport numpy as np\n)\npass\n### END HIDDEN TESTS"
    tests = "### BEGIN HIDDEN TESTS\ncheck" + text.split("### BEGIN HIDDEN TESTS\ncheck")[1].split("\n\n")[0]
    source.text_path(course, "ch01").write_text(text.replace(tests, hidden.replace("\n)\n", "\n")))
    (course.folder("source") / "ch01").mkdir()
    (course.folder("source") / "ch01" / "helper.txt").write_text(
        "X = np.arange(6.0)\nimport numpy as np\npass\n"
    )
    assert release(course, "ch01").is_dir()


def test_a_notebook_that_does_not_fit_its_text_is_not_released(course, text):
    source.build(course, "ch01")
    source.text_path(course, "ch01").write_text(text.replace("points=4", "points=5"))
    with pytest.raises(SourceError, match="is not what"):
        release(course, "ch01")


def test_nbgraders_reason_is_told(course):
    source.build(course, "ch01")
    _edit(course, lambda nb: nb.cells[2].update(source="### BEGIN SOLUTION\nx = 1"))
    with pytest.raises(GradersError, match="no end solution statement found"):
        release(course, "ch01")


def test_an_unknown_chapter_is_a_usage_error(course):
    with pytest.raises(UsageError, match="no chapter 'ch09'"):
        release(course, "ch09")


def _grade_somebody(course):
    with Gradebook(course.database, course.id) as book:
        book.add_student("ada")
        book.add_submission("ch01", "ada")
        grade = book.find_grade("why", "ch01", "ch01", "ada")
        grade.manual_score = 1.5
        book.db.commit()


def test_releasing_again_keeps_grades_and_takes_new_points(course, text):
    release(course, "ch01")
    _grade_somebody(course)
    source.text_path(course, "ch01").write_text(text.replace("points=4", "points=8"))
    source.build(course, "ch01")
    release(course, "ch01")
    with Gradebook(course.database, course.id) as book:
        assert book.find_grade("why", "ch01", "ch01", "ada").manual_score == 1.5
        assert book.find_assignment("ch01").max_score == 10


def test_cells_cannot_vanish_while_students_have_grades(course, text):
    before = (release(course, "ch01") / "ch01.ipynb").read_bytes()
    _grade_somebody(course)
    source.text_path(course, "ch01").write_text(text.split("# %% [markdown] essay")[0])
    source.build(course, "ch01")
    with pytest.raises(GradersError, match="there are submissions") as caught:
        release(course, "ch01")
    assert "Students have grades" in caught.value.hint
    assert (course.folder("release") / "ch01" / "ch01.ipynb").read_bytes() == before
    with Gradebook(course.database, course.id) as book:
        assert book.find_grade("why", "ch01", "ch01", "ada").manual_score == 1.5


def test_the_released_notebook_is_plain_json_sorted(course):
    text = (release(course, "ch01") / "ch01.ipynb").read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
