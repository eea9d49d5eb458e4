"""adopted.toml: what is written is read back, and what makes no sense is named."""

import pytest

from graders.adopted import NAME, Adopted, Decision, Exact, read_adopted, text_of
from graders.errors import CourseError

DECIDED = {
    ("ps1", "a b", "sum_test"): Decision(),
    ("ps1", "a b", "ask"): Decision("inline", 'it says "no": never'),
    ("ps.2", "c", "x"): Decision("inline", "why"),
}


def test_decisions_and_switches_are_read_back_as_they_were_written(tmp_path):
    adopted = Adopted(Exact(numbers=True), DECIDED)
    (tmp_path / NAME).write_text(text_of(adopted))
    assert read_adopted(tmp_path) == adopted
    assert text_of(read_adopted(tmp_path)) == text_of(adopted)


def test_without_the_file_everything_runs_split_and_corrected(tmp_path):
    adopted = read_adopted(tmp_path)
    assert (adopted.exact, adopted.mode("ps1", "a", "t")) == (Exact(), "split")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[exact", "cannot be read"),
        ("[other]", "unknown part 'other'"),
        ("[exact]\nnoise = true", "exact.noise = True makes no sense"),
        ("[exact]\nstderr = 1", "exact.stderr = 1 makes no sense"),
        ('[cells.ps1.a]\nt = "outside"', "ps1, a, t: 'outside' is no way to run a cell"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path, text, message):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(CourseError, match=message):
        read_adopted(tmp_path)
