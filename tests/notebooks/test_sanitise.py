"""Rebuilding a submission: whatever the file says, only answers, essays and added cells are the student's."""

import copy
import json
import os

import pytest

from graders.course import Limits
from graders.errors import SubmissionError
from graders.notebooks.sanitise import accept_files, find_notebook, rebuild, reference, untouched
from graders.results import Role

LIMITS = Limits(notebook_mb=2, disk_mb=2)


@pytest.fixture
def rebuilt(tiny_course):
    """Hand in a notebook, edited, and rebuild it."""

    def make(edit=None, answers=None, base="reference"):
        path = tiny_course.hand_in("ada", answers, edit=edit, base=base)
        return rebuild(tiny_course.bundle().notebooks[0], path, LIMITS)

    return make


def _cell(content, name):
    return next(cell for cell in content["cells"] if cell.get("id") == name)


def _texts(hand_in):
    return {cell.origin.name or cell.origin.cell_id: cell.text for cell in hand_in.cells}


def _ours(hand_in):
    """What must never depend on the file handed in: everything but the student's text."""
    return [(c.origin, c.role) for c in hand_in.cells if c.role is not Role.ADDED]


def test_an_untouched_submission_is_the_chapter_with_its_answers(rebuilt, tiny_course):
    hand_in = rebuilt(answers={"mean": "def mean(v): return 1"})
    notebook = tiny_course.bundle().notebooks[0]
    assert [c.origin for c in hand_in.cells] == list(notebook.cells)
    assert _texts(hand_in)["mean"] == "def mean(v): return 1"
    assert hand_in.notes == ()


def _edit_text(*names):
    def edit(content):
        for name in names:
            _cell(content, name)["source"] = "check = X = 0  # mine now"

    return edit


def _nbgrader(name, **changes):
    return lambda content: _cell(content, name)["metadata"]["nbgrader"].update(changes)


def _reflag_everything(content):
    for cell in content["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(
                grade=False, solution=True, locked=False, task=False, points=100
            )


def _swap_names(content):
    one, two = (_cell(content, name)["metadata"]["nbgrader"] for name in ("mean", "mean_test"))
    one["grade_id"], two["grade_id"] = two["grade_id"], one["grade_id"]


ATTACKS = {
    "checks edited": _edit_text("mean_test"),
    "given edited": _edit_text("data"),
    "checks and given edited": _edit_text("data", "mean_test", "squares_test", "total_test"),
    "points changed": _nbgrader("mean_test", points=1000),
    "locked taken off": _nbgrader("mean_test", locked=False),
    "checks flagged as answer": _nbgrader("mean_test", grade=False, solution=True),
    "answer flagged as checks": _nbgrader("mean", grade=True, solution=False, points=50),
    "everything flagged": _reflag_everything,
    "names swapped": _swap_names,
    "schema unknown": _nbgrader("mean_test", schema_version=99),
    "metadata no mapping": lambda content: _cell(content, "mean_test").update(metadata=["grade"]),
    "checks deleted": lambda content: content["cells"].remove(_cell(content, "mean_test")),
    "given deleted": lambda content: content["cells"].remove(_cell(content, "data")),
    "lesson deleted": lambda content: content["cells"].pop(0),
    "order reversed": lambda content: content["cells"].reverse(),
    "checks before their answer": lambda content: content["cells"].insert(0, content["cells"].pop(4)),
    "checks turned to markdown": lambda content: _cell(content, "mean_test").update(cell_type="markdown"),
    "kernel exchanged": lambda content: content.update(
        metadata={"kernelspec": {"name": "bash", "language": "bash", "display_name": "x"}}
    ),
    "metadata gone": lambda content: content.pop("metadata"),
    "old format numbers": lambda content: content.update(nbformat=4, nbformat_minor=0),
}


@pytest.mark.parametrize("edit", ATTACKS.values(), ids=ATTACKS)
def test_points_roles_checks_and_order_are_the_instructors(rebuilt, tiny_course, edit):
    hand_in = rebuilt(edit)
    cells = tiny_course.bundle().notebooks[0].cells
    assert _ours(hand_in) == [(cell, cell.role) for cell in cells]
    texts = _texts(hand_in)
    for cell in cells:
        if cell.role in (Role.GIVEN, Role.CHECKS):
            assert texts[cell.name] == cell.source
            assert "mine now" not in texts[cell.name]


@pytest.mark.parametrize("name", ["data", "mean_test"])
def test_a_changed_locked_cell_is_told_to_the_student(rebuilt, name):
    (note,) = rebuilt(_edit_text(name)).notes
    assert note == f"The cell '{name}' was changed; the released version counts."


def test_a_deleted_answer_counts_as_not_answered(rebuilt):
    hand_in = rebuilt(lambda content: content["cells"].remove(_cell(content, "mean")))
    assert "NotImplementedError" in _texts(hand_in)["mean"]
    assert hand_in.notes == ("The answer cell 'mean' is missing; it counts as not answered.",)


def test_of_a_duplicated_answer_the_first_counts(rebuilt):
    def edit(content):
        twin = copy.deepcopy(_cell(content, "mean"))
        twin["source"] = "def mean(v): return 'second'"
        content["cells"].append(twin)

    hand_in = rebuilt(edit, {"mean": "def mean(v): return 'first'"})
    assert [c.text for c in hand_in.cells if "def mean" in c.text] == ["def mean(v): return 'first'"]
    assert hand_in.notes == ("The cell 'mean' is there more than once; the first one counts.",)


def test_a_copy_of_a_checks_cell_does_not_run_as_the_students(rebuilt):
    def edit(content):
        twin = copy.deepcopy(_cell(content, "mean_test"))
        twin["source"] = "print('again')"
        content["cells"].append(twin)

    assert not any("again" in cell.text for cell in rebuilt(edit).cells)


def test_an_answer_keeps_its_place_when_the_student_moved_it(rebuilt):
    def edit(content):
        content["cells"].append(content["cells"].pop(content["cells"].index(_cell(content, "mean"))))

    names = [c.origin.name for c in rebuilt(edit).cells if c.origin.name]
    assert names.index("mean") < names.index("mean_test")


def test_a_renamed_answer_cell_is_missing_and_runs_as_an_added_one(rebuilt):
    """Its code may define helpers; that it is worth nothing is said in the notes."""
    hand_in = rebuilt(_nbgrader("mean", grade_id="my_mean"), {"mean": "def mean(v): return 7"})
    assert [c.text for c in hand_in.cells if c.role is Role.ADDED] == ["def mean(v): return 7"]
    assert "missing" in hand_in.notes[0]


def _code(text, **more):
    return {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], **more}


def test_added_cells_stay_after_their_neighbour(rebuilt):
    def edit(content):
        cells = content["cells"]
        cells.insert(cells.index(_cell(content, "mean")), _code("before mean"))
        cells.insert(cells.index(_cell(content, "mean")) + 1, _code("after mean 1"))
        cells.insert(cells.index(_cell(content, "mean")) + 2, _code("after mean 2"))
        cells.insert(0, _code("first of all"))
        cells.append({"cell_type": "markdown", "source": ["my ", "notes"], "metadata": {}})

    hand_in = rebuilt(edit)
    order = [c.origin.name or c.text for c in hand_in.cells if c.origin.name or c.role is Role.ADDED]
    assert order == [
        "first of all",
        "data",
        "before mean",
        "mean",
        "after mean 1",
        "after mean 2",
        "mean_test",
        "squares",
        "squares_test",
        "totals",
        "total_test",
        "why",
        "my notes",
    ]
    added = [c for c in hand_in.cells if c.role is Role.ADDED]
    assert [c.runs for c in added] == [True, True, True, True, False]
    assert all(c.origin.points == 0 for c in added)
    assert len({c.origin.cell_id for c in added}) == 5
    assert hand_in.notes == ()


def test_an_added_cell_keeps_its_neighbour_when_the_student_moved_it(rebuilt):
    def edit(content):
        cells = content["cells"]
        squares = cells.pop(cells.index(_cell(content, "squares")))
        cells.insert(0, squares)
        cells.insert(1, _code("helper of squares"))

    order = [c.origin.name or c.text for c in rebuilt(edit).cells if c.origin.name or c.role is Role.ADDED]
    assert order[order.index("squares") + 1] == "helper of squares"


def test_an_added_cell_cannot_take_a_name_or_an_id_of_the_chapter(rebuilt):
    def edit(content):
        content["cells"].insert(0, _code("check = None", id="mean_test"))

    hand_in = rebuilt(edit)
    assert "check = None" not in _texts(hand_in)["mean_test"]


def test_cells_that_lost_their_metadata_are_found_by_their_id(rebuilt):
    """Google Colab and VS Code drop nbgrader's metadata, or all of it."""

    def edit(content):
        for cell in content["cells"]:
            cell["metadata"] = {}

    hand_in = rebuilt(edit, {"mean": "def mean(v): return 1"})
    assert _texts(hand_in)["mean"] == "def mean(v): return 1"
    assert not [c for c in hand_in.cells if c.role is Role.ADDED]


def test_essays_are_the_students(rebuilt):
    assert _texts(rebuilt(answers={"why": "Because I say so."}))["why"] == "Because I say so."


def test_old_outputs_are_not_kept(rebuilt):
    def edit(content):
        _cell(content, "mean")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "FORGED"}]

    assert "FORGED" not in repr(rebuilt(edit))


def test_a_notebook_of_format_3_is_read(rebuilt):
    def edit(content):
        cells = content.pop("cells")
        for cell in cells:
            if cell["cell_type"] == "code":
                cell["input"] = cell.pop("source")
        content.update(nbformat=3, worksheets=[{"cells": cells}])

    assert _texts(rebuilt(edit, {"mean": "def mean(v): return 1"}))["mean"] == "def mean(v): return 1"


def test_odd_cells_do_not_stop_the_reading(rebuilt):
    def edit(content):
        content["cells"] += [None, 7, {}, {"cell_type": None, "source": {"a": 1}}, {"source": [1, None]}]
        content["cells"].append({"cell_type": "code", "metadata": {"nbgrader": 5}, "id": 5, "source": "x"})

    assert _texts(rebuilt(edit, {"mean": "def mean(v): return 1"}))["mean"] == "def mean(v): return 1"


def test_untouched_and_reference_are_release_and_solution(tiny_course):
    notebook = tiny_course.bundle().notebooks[0]
    assert "NotImplementedError" in _texts(untouched(notebook))["mean"]
    assert "values.sum()" in _texts(reference(notebook))["mean"]


# -- files that cannot be read --------------------------------------------------------------------

DAMAGED = {
    "empty": b"",
    "not JSON": b"PK\x03\x04 this is a zip file",
    "cut off": b'{"cells": [{"cell_type": "code", "source": "x',
    "not text": bytes(range(256)),
    "a list": b"[1, 2]",
    "a number": b"7",
    "no cells": b'{"metadata": {}}',
    "cells no list": b'{"cells": {"a": 1}}',
    "deep": b"[" * 100_000,
    "deep cell": b'{"cells": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_notebook_is_told_in_a_sentence_for_the_student(tiny_course, data):
    path = tiny_course.hand_in("ada")
    path.write_bytes(data)
    with pytest.raises(SubmissionError) as caught:
        rebuild(tiny_course.bundle().notebooks[0], path, LIMITS)
    assert path.name in caught.value.message
    assert "Open it in JupyterLab" in caught.value.hint
    assert "Error" not in str(caught.value)


def test_a_notebook_of_another_chapter_is_told(tiny_course):
    other = tiny_course.notebook(chapter=tiny_course.second)
    path = tiny_course.folder("ada") / f"{tiny_course.first}.ipynb"
    path.write_text(json.dumps(other))
    with pytest.raises(SubmissionError, match="seems to belong elsewhere") as caught:
        rebuild(tiny_course.bundle().notebooks[0], path, LIMITS)
    assert "ch01_numbers.ipynb" in caught.value.hint


def test_a_huge_notebook_is_not_even_read(tiny_course):
    path = tiny_course.hand_in("ada")
    os.truncate(path, 200 * 2**20)
    with pytest.raises(SubmissionError, match=r"is 200 MB; at most 2 MB are read\. Clear its outputs"):
        rebuild(tiny_course.bundle().notebooks[0], path, LIMITS)


def test_links_pipes_and_folders_are_not_opened(tiny_course, tmp_path):
    notebook, path = tiny_course.bundle().notebooks[0], tiny_course.hand_in("ada")
    elsewhere = path.rename(tmp_path / "elsewhere.ipynb")
    for make in (lambda: path.symlink_to(elsewhere), lambda: os.mkfifo(path), lambda: path.mkdir()):
        make()
        with pytest.raises(SubmissionError, match="not a plain file"):
            rebuild(notebook, path, LIMITS)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


# -- the files of a submission --------------------------------------------------------------------


def test_a_renamed_only_notebook_is_accepted_and_a_choice_is_not_made(tiny_course):
    bundle, path = tiny_course.bundle(), tiny_course.hand_in("ada")
    folder, notebook = path.parent, bundle.notebooks[0]
    assert find_notebook(folder, notebook, bundle) == path
    renamed = path.rename(folder / "ch01 (1).ipynb")
    assert find_notebook(folder, notebook, bundle) == renamed
    (folder / "second.ipynb").write_text("{}")
    with pytest.raises(SubmissionError, match=r"There is no ch01_numbers\.ipynb .* by its own name"):
        find_notebook(folder, notebook, bundle)
    renamed.rename(path)
    assert find_notebook(folder, notebook, bundle) == path


def test_no_notebook_at_all_is_told(tiny_course):
    bundle = tiny_course.bundle()
    with pytest.raises(SubmissionError, match="There is no ch01_numbers"):
        find_notebook(tiny_course.folder("ada"), bundle.notebooks[0], bundle)


@pytest.fixture
def files(tiny_course):
    """Put files beside a submission and choose: which are accepted, which sentences are said."""

    def choose(chapter=tiny_course.first, **contents):
        folder = tiny_course.hand_in("ada", chapter=chapter).parent
        for name, content in contents.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(content)
        return accept_files(folder, tiny_course.bundle(chapter), LIMITS)

    return choose


def test_ordinary_files_come_along(files):
    accepted, notes = files(**{"my_data.csv": b"1", "helpers_of_ada.py": b"x = 1", "pictures__a.png": b"x"})
    assert sorted(accepted) == ["helpers_of_ada.py", "my_data.csv", "pictures/a.png"]
    assert notes == []


def test_notebooks_and_the_timestamp_are_not_working_files(files):
    accepted, notes = files(**{"timestamp.txt": b"2026-01-01", "other.ipynb": b"{}"})
    assert (accepted, notes) == ({}, [])


@pytest.mark.parametrize(
    "name",
    [
        "numpy.py",
        "json.py",
        "numpy__core.py",
        "graders.py",
        "sitecustomize.py",
        "usercustomize.py",
        "x.pth",
        "re.so",
    ],
)
def test_a_file_that_would_be_imported_instead_of_a_library_is_left_out(files, name):
    accepted, notes = files(**{name: b"print('mine')"})
    assert accepted == {}
    assert notes == [
        f"The file '{name.replace('__', '/')}' was left out: its name would take the place of a module."
    ]


def test_a_data_file_named_like_a_module_comes_along(files):
    assert list(files(**{"numpy.csv": b"1", "test.txt": b"1"})[0]) == ["numpy.csv", "test.txt"]


def test_dot_files_are_left_out(files):
    accepted, notes = files(**{".bashrc": b"x", ".config__a": b"x", ".ipython__startup.py": b"x"})
    assert accepted == {}
    assert notes == ["The file '.bashrc' was left out: its name starts with a dot."]


def test_the_chapters_own_files_cannot_be_replaced(files, tiny_course):
    accepted, notes = files(tiny_course.second, **{"data.csv": b"forged"})
    assert list(accepted) == ["data.csv"]
    assert "source" in accepted["data.csv"]
    assert notes == ["The file 'data.csv' was left out: a file of that name belongs to the chapter."]


def test_files_that_do_not_fit_are_left_out_whatever_their_order(files):
    accepted, notes = files(**{"a.bin": b"x" * 700_000, "b.bin": b"x" * 700_000, "c.bin": b"x" * 1000})
    assert sorted(accepted) == ["a.bin", "c.bin"]
    assert notes == ["The file 'b.bin' was left out: there is no room for it."]


def test_links_are_left_out_wherever_they_lead(files, tiny_course, tmp_path):
    folder = tiny_course.folder("ada")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "link.txt").symlink_to(secret)
    (folder / "dir").symlink_to(tmp_path)
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    accepted, notes = files()
    assert accepted == {}
    assert len(notes) == 5
    assert all("a link or not a plain file" in note for note in notes)
    assert not any("secret.txt" in note for note in notes)


def test_very_many_files_do_not_hold_up_the_batch(files):
    accepted, _ = files(**{f"f{n}.txt": b"" for n in range(2500)})
    assert len(accepted) <= 2000
