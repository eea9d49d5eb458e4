"""Whose names are whose: given names live in the judge, names of answers are fetched from the student."""

import json
from textwrap import dedent

import pytest

from graders.notebooks import source
from graders.notebooks.plan import make_plan, plain_python


@pytest.fixture
def plan(tiny_course):
    """Plan a notebook of cells: (kind, code); the name of a cell is its kind and number."""

    def make(*cells):
        parts = []
        for number, (kind, code) in enumerate(cells):
            points = " points=1" if kind == "checks" else ""
            parts.append(f'# %% {kind}="{kind}{number}"{points}\n{dedent(code).strip()}\n')
        (tiny_course.course.folder("source") / "ch09.py").write_text("\n".join(parts))
        path = source.build(tiny_course.course, "ch09")
        assert len(json.loads(path.read_text())["cells"]) == len(cells)
        return make_plan(tiny_course.bundle("ch09").notebooks[0])

    return make


def _pristine(plan):
    return [cell.cell.name for cell in plan.cells if cell.pristine]


def _fetched(plan):
    return sorted(plan.cells[-1].student_names)


def test_names_of_given_cells_are_the_judges_and_names_of_answers_the_students(plan):
    made = plan(
        ("given", "import numpy as np\nX = np.arange(3)"),
        ("answer", "def f(x): return x"),
        ("checks", "assert f(X[0]) == np.int64(0)"),
    )
    assert _pristine(made) == ["given0"]
    assert _fetched(made) == ["f"]


def test_a_given_cell_that_uses_an_answer_runs_at_the_students_and_so_do_its_names(plan):
    made = plan(
        ("answer", "def f(x): return x"),
        ("given", "y = f(2)\nz = 5"),
        ("given", "w = y + 1"),
        ("given", "clean = 1"),
        ("checks", "assert (w, z, clean) == (3, 5, 1)"),
    )
    assert _pristine(made) == ["given3"]
    assert _fetched(made) == ["w", "z"]


def test_a_use_inside_a_function_of_a_given_cell_counts_too(plan):
    made = plan(
        ("answer", "def f(x): return x"),
        ("given", "def g(x):\n    return [f(i) for i in x]"),
        ("checks", "assert g([1]) == [1]"),
    )
    assert _pristine(made) == []
    assert _fetched(made) == ["g"]


def test_the_last_binding_before_the_checks_decides(plan):
    made = plan(
        ("given", "X = 1"),
        ("answer", "X = 2"),
        ("checks", "assert X == 2"),
        ("given", "X = 3"),
        ("checks", "assert X == 3"),
    )
    assert sorted(made.cells[2].student_names) == ["X"]
    assert sorted(made.cells[4].student_names) == []


def test_variables_of_comprehensions_and_parameters_are_nobodys(plan):
    made = plan(
        ("answer", "x = 1\ni = 2\nargs = 3"),
        (
            "given",
            "table = [x for x in range(3)]\nsquares = {i: i * i for i in table}\ndef h(args): return args",
        ),
        ("checks", "assert [x for x in table] == [0, 1, 2] and h(1) == 1 and squares"),
    )
    assert _pristine(made) == ["given1"]
    assert _fetched(made) == []


def test_the_outermost_iterable_of_a_comprehension_is_used(plan):
    made = plan(
        ("answer", "data = [1]"),
        ("given", "doubled = [x * 2 for x in data]"),
        ("checks", "assert doubled == [2]"),
    )
    assert _fetched(made) == ["doubled"]


@pytest.mark.parametrize(
    "code",
    [
        "total += 1",
        "del total",
        "def f():\n    global total\n    total = 1",
        "print(f'{total}')",
        "total.append(1)",
        "total[0] = 1",
        "@total\ndef f(): pass",
        "class A(total): pass",
        "def f(x=total): pass",
        "x: total = 1",
        "lambda: total",
        "y = (total := total)",
        "try:\n    pass\nexcept total:\n    pass",
        "with total as t: pass",
    ],
)
def test_every_way_to_use_an_answer_is_seen(plan, code):
    made = plan(("answer", "total = []"), ("given", code), ("checks", "assert True"))
    if "global" not in code:
        assert _pristine(made) == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import os.path as p, sys", {"p", "sys"}),
        ("import os.path", {"os"}),
        ("from math import pi as tau, e", {"tau", "e"}),
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("for k, v in []: pass", {"k", "v"}),
        ("with open('x') as file: pass", {"file"}),
        ("class A:\n    inside = 1", {"A"}),
        ("async def co(): pass", {"co"}),
        ("def f():\n    global made\n    made = 1", {"f", "made"}),
        ("if (n := 1): pass", {"n"}),
        ("match 1:\n    case x: pass", {"x"}),
        ("[last := i for i in range(3)]", {"last"}),
        ("x: int = 1", {"x"}),
    ],
)
def test_every_way_to_bind_a_name_is_seen(plan, code, names):
    made = plan(("answer", code), ("checks", "assert True"))
    assert made.cells[0].binds == names


def test_magics_and_shell_lines_do_not_hide_names(plan):
    made = plan(
        ("given", "%matplotlib inline\nimport math\n!ls\nfiles = %who_ls"),
        ("answer", "%%time\ny = math.pi"),
        ("given", "%timeit -n1 y\nz = 1"),
        ("checks", "assert y and files is not None"),
    )
    assert made.cells[0].binds == {"math", "files"}
    assert made.cells[1].binds == {"y"}
    assert _fetched(made) == ["y"]


def test_cell_magics_of_other_languages_bind_nothing(plan):
    made = plan(
        ("given", "%%bash\nfor i in 1 2; do echo $i; done"), ("answer", "y = 1"), ("checks", "assert y")
    )
    assert made.cells[0].binds == frozenset()


def test_plain_python_is_left_as_it_is():
    code = "x = 7 % 3  # 100%\ny = '%time'\nis_it = x != 1"
    assert plain_python(code) == code


def test_a_checks_cell_binds_for_itself_only(plan):
    made = plan(
        ("answer", "def f(): return 1"),
        ("checks", "expected = 5\nassert f() < expected"),
        ("given", "other = 1"),
        ("checks", "assert other == 1"),
    )
    assert sorted(made.cells[1].student_names) == ["f"]
    assert _fetched(made) == []


def test_timed_functions_and_what_their_reference_needs(plan):
    made = plan(
        ("given", "import numpy as np\nunused = 1"),
        ("answer", "def helper(x): return x"),
        ("answer", "def slow(x): return np.sort(helper(x))"),
        ("answer", "def other(x): return x"),
        ("checks", "check.faster('it is fast', slow, inputs=lambda s: (1,), times=3)"),
    )
    assert made.cells[-1].timed_names == {"slow"}
    assert [cell.name for cell in made.slice_for({"slow"}, 4)] == ["given0", "answer1", "answer2"]


def test_a_timed_method_is_known_by_its_object(plan):
    made = plan(
        ("answer", "class Model:\n    def fit(self): pass\nmodel = Model()"),
        ("checks", "check.faster('it is fast', model.fit, inputs=lambda s: (), times=3)"),
    )
    assert made.cells[-1].timed_names == {"model"}


def test_a_baseline_and_the_parts_of_a_whole_computation_are_timed_too(plan):
    made = plan(
        ("given", "import numpy as np"),
        ("given", "def size(x): return len(x)"),
        ("answer", "def fit(x): return x"),
        ("answer", "def predict(x): return x"),
        (
            "checks",
            """
            def whole(fit, predict, x): return predict(fit(x))
            def plain(x): return [size(x)]
            check.within('a', whole, using=(fit, predict), inputs=lambda s: (1,), times=3)
            check.within('b', fit, baseline=plain, inputs=lambda s: (np.arange(s),), times=3)
            """,
        ),
    )
    step = made.cells[-1]
    assert {"fit", "predict", "size"} <= step.timed_names
    assert "def plain(x):" in step.baselines and "inputs" not in step.baselines
    needed = [cell.name for cell in made.slice_for(step.timed_names, 4)]
    assert needed == ["given1", "answer2", "answer3"]
