"""Checks wait for later cells unless one of those changes what they look at: that would double the cost."""

import time

import pytest

from graders.notebooks.bundle import SourceCell, SourceNotebook
from graders.notebooks.plan import make_plan
from graders.notebooks.sanitise import Cell
from graders.notebooks.turns import takes_turns
from graders.results import Role


def _cell(name, role, text):
    return SourceCell(name, name, "code", role, text, text, text, 1.0, "", True)


def turns(later, check="equal(model(data), 3)", first="import numpy as np\ndata = [1, 2]"):
    """Whether a check of `model` and `data`, which a student's cell binds, has to come before a later cell."""
    student = first + "\ndef model(values): return np.sum(values)"
    cells = [("answer", Role.ANSWER, student), ("test", Role.CHECKS, check), ("later", Role.ANSWER, "pass")]
    notebook = SourceNotebook("a", tuple(_cell(*cell) for cell in cells))
    texts = [student, check, later]
    handed_in = [Cell(cell, text, cell.role) for cell, text in zip(notebook.cells, texts, strict=True)]
    return takes_turns(make_plan(notebook), handed_in)


@pytest.mark.parametrize(
    "later",
    [
        "data = [3]",
        "data[0] = 3",
        "data += [3]",
        "if True:\n    data = [3]",
        "x, data = 1, [3]",
        "(data, x) = [3], 1",
        "x = 1; data, y = [3], 4",
        "for data in ([3], [4]): pass",
        "with open('x') as data: pass",
        "del data",
        "data.append(3)",
        "data.sort()",
        "np.random.shuffle(data)",
        "import random\nrandom.shuffle(data)",
        "update(data)",
        'setattr(model, "steps", 3)',
        "def model(values): return 0",
        "class model: pass",
        "def change():\n    global data\n    data = [3]\nchange()",
        "def change():\n    data[0] = 3\nchange()",
        "def change():\n\n    if True:\n        data.append(3)\nchange()",
        "model.steps = 3",
    ],
)
def test_a_cell_that_changes_what_a_check_looks_at_comes_after_it(later):
    assert turns(later)


@pytest.mark.parametrize(
    "later",
    [
        "np.random.seed(3)",
        "np.set_printoptions(precision=3)",
        "import numpy as np\nother = np.zeros(3)",
        "float(\n    len(data)\n)",
        "list(data)",
        "print(data)",
        "x = model(data)  # data = model(data)",
        "result = fit(data, steps=3)",
        "print('data:', data, round(3.14, 1), sep='')",
        "def other(data):\n    data = data + [1]\n    data.append(3)\n    return data",
        "def other(x):\n    data, y = x, 3\n    data.append(3)\n    return data",
        "class Net:\n    def __init__(self):\n        super().__init__()\n        self.data = 3",
        "def draw(\n    x,\n):\n    data = x\n    return data",
    ],
)
def test_a_cell_that_only_looks_or_names_its_own_costs_nothing(later):
    assert not turns(later)


MANY = ("a, ", "(", "a.b", "'\"", "x[", "x[1] ", "\ndef f(", "#'", "=", ";a,")


@pytest.mark.parametrize("part", MANY)
def test_however_a_text_is_made_looking_through_it_is_quick(part):
    began = time.process_time()
    turns(part * (200_000 // len(part)))
    assert time.process_time() - began < 5
