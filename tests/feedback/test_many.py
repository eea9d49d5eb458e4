"""Pages of a class written by several processes are the same as by one, and one that cannot be is named."""

from dataclasses import replace

import pytest

from graders.errors import SubmissionError
from graders.feedback import many
from graders.feedback.view import Beside


@pytest.fixture
def found(result):
    return [(replace(result, student=f"student {number:02}"), Beside()) for number in range(30)]


def test_several_processes_write_the_same_pages_in_the_same_order(course, found, tmp_path):
    written = {}
    for jobs in (1, 2):
        here = course.model_copy(update={"root": tmp_path / str(jobs)})
        paths = many.write_all(here, found, jobs)
        written[jobs] = [(path.relative_to(here.root), path.read_bytes()) for path in paths]
    assert len(written[1]) == 30
    assert written[1] == written[2]


def test_a_name_that_no_file_can_have_is_told_from_any_process(course, found, tmp_path):
    here = course.model_copy(update={"root": tmp_path})
    bad = [*found, (replace(found[0][0], student="../up"), Beside())]
    with pytest.raises(SubmissionError, match="cannot be the name of a feedback file") as told:
        many.write_all(here, bad, 2)
    assert "Rename the student" in told.value.hint
