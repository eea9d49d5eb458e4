"""The key of a piece of work: it changes with everything that decides the result, and with nothing else."""

import os

import pytest

from graders.batch.work import find_work, submissions
from graders.course import load_course
from graders.errors import UsageError
from graders.notebooks import source


@pytest.fixture
def key(tiny_course):
    """Hand something in and return the key of the work."""

    def make(answers=None, edit=None):
        tiny_course.hand_in("ada", answers, edit=edit)
        ((work),) = find_work(load_course(tiny_course.course.root), [tiny_course.first])
        return work.key

    return make


def _code(text):
    return {"cell_type": "code", "source": text, "metadata": {}, "outputs": []}


def _insert(number, text="X = X + 1"):
    return lambda content: content["cells"].insert(number, _code(text))


def test_handing_in_the_same_again_is_no_new_work(key):
    def save_again(content):
        content["metadata"]["widgets"] = {}
        for cell in content["cells"]:
            cell["metadata"]["collapsed"] = True
            if cell["cell_type"] == "code":
                cell.update(
                    outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}], execution_count=3
                )

    assert key() == key() == key(edit=save_again)


def test_forging_what_is_not_the_students_is_no_new_work_of_another_kind(key):
    """Checks and points come from the source; what a submission says of them decides nothing."""

    def forge(content):
        for cell in content["cells"]:
            cell["metadata"].get("nbgrader", {}).update(points=100)

    assert key() == key(edit=forge)


def test_every_change_of_what_runs_is_new_work(key):
    keys = [
        key(),
        key({"mean": "def mean(v): return 1"}),
        key({"mean": "def mean(v): return 2"}),
        key({"squares": "def mean(v): return 1"}),
        key({"why": "Because."}),
        key(edit=_insert(0)),
        key(edit=_insert(2)),
        key(edit=_insert(2, "X = X + 2")),
        key(edit=lambda content: content["cells"].pop(3)),
    ]
    assert len(set(keys)) == len(keys)


def test_a_changed_unmarked_cell_of_the_chapter_is_new_work(key, tiny_course):
    text = source.text_path(tiny_course.course, tiny_course.first)
    text.write_text(text.read_text() + "\n# %%\nfactor = 1\n")
    source.build(tiny_course.course, tiny_course.first)
    before = key()
    assert key(edit=lambda content: content["cells"][-1].update(source="factor = 2")) != before


def test_every_change_of_a_file_is_new_work(key, tiny_course):
    keys = [key()]
    path = tiny_course.folder("ada") / "data_of_ada.csv"
    path.write_text("1")
    keys.append(key())
    path.write_text("2")
    keys.append(key())
    path.rename(path.with_name("other.csv"))
    keys.append(key())
    (tiny_course.folder("ada") / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_every_change_of_the_course_is_new_work(key, tiny_course):
    course = tiny_course.course
    keys = [key()]
    config, text = course.root / "course_config.py", source.text_path(course, tiny_course.first)
    config.write_text(config.read_text().replace("memory_mb=512", "memory_mb=500"))
    keys.append(key())
    for budget in (3.0, 4.0):
        chapters = f"chapters={{{tiny_course.first!r}: Chapter(budgets={{'mean': {budget}}})}}"
        config.write_text(config.read_text().replace('id="tiny"', f'id="tiny", {chapters}'))
        keys.append(key())
        config.write_text(config.read_text().replace(f", {chapters}", ""))
    (course.root / ".course_secret").write_text("another secret")
    keys.append(key())
    text.write_text(text.read_text().replace("also works", "works").replace("11.0]", "12.0]"))
    source.build(course, tiny_course.first)
    keys.append(key())
    (course.folder("source") / tiny_course.first / "data.csv").write_text("1")
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_templates_texts_and_language_are_no_new_work(key, tiny_course):
    root = tiny_course.course.root
    before = key()
    (root / "templates").mkdir()
    (root / "templates" / "page.css").write_text("h1 { color: teal }")
    (root / "templates" / "de.po").write_text('msgctxt "page.HINT"\nmsgid "Hint"\nmsgstr "Denkanstoß"\n')
    config = root / "course_config.py"
    config.write_text(config.read_text().replace('id="tiny"', 'id="tiny", language="de"'))
    assert key() == before


def test_two_students_with_the_same_answers_are_two_pieces_of_work(tiny_course):
    for name in ("ada", "bob"):
        tiny_course.hand_in(name)
    one, two = find_work(tiny_course.course, [tiny_course.first])
    assert (one.job.student, two.job.student) == ("ada", "bob")
    assert one.key != two.key


def test_a_chapter_that_nobody_handed_in_is_no_work_even_without_source(tiny_course):
    assert list(find_work(tiny_course.course, [tiny_course.second, "ch99"])) == []


def test_a_student_who_handed_in_nothing_is_told(tiny_course):
    tiny_course.hand_in("ada")
    with pytest.raises(UsageError, match="'bob' has handed in none of: ch01_numbers"):
        list(find_work(tiny_course.course, [tiny_course.first], "bob"))


def test_a_time_of_submission_that_is_none_stops_nobody(tiny_course):
    from graders.batch.autograde import autograde

    for name in ("ada", "bob"):
        tiny_course.hand_in(name)
    (tiny_course.folder("ada") / "timestamp.txt").write_text("2026-02-30 25:00 tomorrow")
    summary = autograde(tiny_course.course, [tiny_course.first], jobs=1)
    assert [r.points for r in summary.results] == [8, 8]
    assert summary.problems == []


def test_a_huge_timestamp_file_is_not_read(tiny_course):
    tiny_course.hand_in("ada")
    path = tiny_course.folder("ada") / "timestamp.txt"
    path.write_text("")
    os.truncate(path, 2**38)
    assert list(find_work(tiny_course.course, [tiny_course.first]))


def test_a_linked_student_folder_is_no_student(tiny_course):
    tiny_course.hand_in("ada")
    submitted = tiny_course.course.folder("submitted")
    (submitted / "linked").symlink_to(submitted / "ada")
    assert [p.parent.name for p in submissions(tiny_course.course, tiny_course.first)] == ["ada"]
