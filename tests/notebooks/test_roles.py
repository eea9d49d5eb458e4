"""Which cells are whose, for our notebooks and for those of any nbgrader course."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from graders.course import Course
from graders.errors import SourceError
from graders.notebooks import roles
from graders.results import Role


def _cell(cell_type, **flags):
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}[cell_type]
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return make("x", metadata={"nbgrader": {**plain, "grade_id": "a", **flags}} if flags else {})


@pytest.mark.parametrize(
    ("cell", "role", "human", "points"),
    [
        (_cell("code", locked=True), Role.GIVEN, False, 0),
        (_cell("markdown", locked=True), Role.PROSE, False, 0),
        (_cell("code", solution=True), Role.ANSWER, False, 0),
        (_cell("code", grade=True, locked=True, points=3), Role.CHECKS, False, 3),
        (_cell("code", grade=True, locked=False, points="2"), Role.CHECKS, False, 2),
        (_cell("code", grade=True, solution=True, points=3), Role.ANSWER, True, 3),
        (_cell("markdown", grade=True, solution=True, points=1.5), Role.ESSAY, True, 1.5),
        (_cell("markdown", task=True, locked=True, points=2), Role.PROSE, True, 2),
        (_cell("markdown", task=True, locked=False, points=2), Role.PROSE, True, 2),
        (_cell("code"), Role.GIVEN, False, 0),
        (_cell("markdown"), Role.PROSE, False, 0),
        (_cell("raw"), Role.PROSE, False, 0),
        (_cell("code", schema_version=1), Role.GIVEN, False, 0),
    ],
)
def test_every_kind_of_nbgrader_cell_has_its_role(cell, role, human, points):
    assert (roles.role_of(cell), roles.needs_human(cell), roles.points_of(cell)) == (role, human, points)


def test_cells_of_old_schemas_that_leave_flags_out_keep_their_role():
    cell = new_code_cell("x", metadata={"nbgrader": {"grade": True, "grade_id": "a", "points": 1}})
    assert roles.role_of(cell) is Role.CHECKS


@pytest.mark.parametrize("row", roles.ROLES, ids=lambda row: f"{row.keyword}-{row.cell_type}-{row.points}")
def test_metadata_of_the_table_is_valid_for_nbgrader_and_leads_back_to_its_row(row):
    cell = _cell(row.cell_type)
    cell.metadata["nbgrader"] = roles.nbgrader_metadata(row, "name", 2 if row.points else None)
    MetadataValidator().validate_nb(new_notebook(cells=[cell]))
    assert roles.row_of(cell) == row
    assert roles.row_for(row.keyword, row.cell_type, points=row.points) == row


SOLUTION = "def f():\n    a = 1\n    ### BEGIN SOLUTION\n    secret\n    ### END SOLUTION\n    return a"


@pytest.mark.parametrize("source", [SOLUTION, "all of it", "", SOLUTION + "\n" + SOLUTION])
@pytest.mark.parametrize("cell_type", ["code", "markdown"])
def test_strip_solution_does_exactly_what_nbgrader_releases(source, cell_type):
    cell = _cell(cell_type, solution=True, grade=cell_type == "markdown", points=1)
    cell.source = source
    ClearSolutions().preprocess(new_notebook(cells=[cell]), {})
    assert roles.strip_solution(source, cell_type) == cell.source


HIDDEN = "a = 1\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\nb = 2"


@pytest.mark.parametrize("source", [HIDDEN, "no hidden part", HIDDEN + "\n" + HIDDEN, ""])
def test_the_visible_part_is_exactly_what_nbgrader_releases(source):
    cell = _cell("code", grade=True, points=1)
    cell.source = source
    ClearHiddenTests().preprocess(new_notebook(cells=[cell]), {})
    visible, hidden = roles.split_hidden(source)
    assert visible == cell.source
    assert hidden == "\n".join(["secret"] * source.count("secret"))


@pytest.mark.parametrize("source", ["### BEGIN HIDDEN TESTS\nx", HIDDEN.replace("END", "BEGIN")])
def test_a_hidden_part_without_end_is_refused_with_its_line(source):
    with pytest.raises(SourceError, match="Line"):
        roles.split_hidden(source)


def test_a_course_can_spell_the_markers_differently():
    markers = roles.Markers.of(
        Course(delimiters={"begin_test_delimeter": "HIDE", "end_test_delimeter": "SHOW"})
    )
    assert roles.split_hidden("a\n# HIDE\nb\n# SHOW\nc", markers) == ("a\nc", "b")
    assert markers.begin_solution == "BEGIN SOLUTION"
