"""What checks may ask of a student's objects, and that no such answer becomes a verdict on a plain value."""

import os
import signal
import socket
from contextlib import contextmanager

import pytest

from graders.bridge.shim import Server
from graders.judge import Checks, Judge
from graders.results import Outcome

LIMIT = 2**22
# A class, an object of it that says yes to everything, and ways to hand that object out.
YES = """
class Yes:
    def __init__(self, *args): self.args = args
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = lambda self: 0
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = lambda self, *other: self
    __float__ = lambda self: 0.0
    __enter__ = lambda self: self
    __exit__ = lambda self, *error: True
    __class__ = property(lambda self: __import__("numpy").ndarray)
    def dot(self, other): return Yes()
answer = Yes()
def f(x): return Yes()
"""


@contextmanager
def judging(source):
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            names = {"__name__": "__main__"}
            exec(source, names)
            Server(names, theirs, LIMIT).serve()
        finally:
            os._exit(0)
    theirs.close()
    pidfd = os.pidfd_open(pid)
    judge = Judge(call_seconds=5, limit=LIMIT)
    judge.attach(ours, pidfd, pid)
    try:
        yield judge
    finally:
        ours.close()
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(pidfd)


def outcome(student, checks, names, classes="", **more):
    with judging(student) as judge:
        judge.given("import numpy as np\nimport math", "given")
        theirs, made = frozenset(names.split()), frozenset(classes.split())
        cell = Checks("test", checks, 1.0, frozenset(), theirs, classes=made, **more)
        (record,) = judge.checks(cell)
    return record.outcome


FORGED = [
    "assert answer == 5",
    "assert 5 == answer",
    "assert not answer != 5",
    "assert answer < 5",
    "assert 5 > answer",
    "assert f(3) == 9",
    "assert abs(f(3) - 9) < 1e-6",
    "assert abs(9 - f(3)) < 1e-6",
    "assert (f(3) - 9) == 0",
    "assert np.allclose(f(3), 9)",
    "assert np.isclose(9, f(3))",
    "assert math.isclose(f(3), 9)",
    "assert np.array_equal(f(3), [1, 2])",
    "assert [f(3)] == [9]",
    "assert f(3) in (9, 10)",
    "assert {'a': f(3)} == {'a': 9}",
    "assert isinstance(answer, np.ndarray)",
    "assert isinstance(answer, (int, float, list))",
    "assert type(answer) is int",
    "assert answer is None",
    "assert answer is np",
    "with answer:\n    assert False",
    "with answer:\n    assert f(3) == 9",
    "with answer:\n    raise_it = [][3]",
    # what the check makes of a class may be asked for operators, what comes of that may not
    "assert Yes(1).dot(Yes(2)) == 2",
    "assert abs(Yes(1).dot(Yes(2)) - 2) < 1e-6",
    "assert (Yes(1) + Yes(2)).args == (3,)",
    "assert abs(Yes(3, 4)) == 5",
]


@pytest.mark.parametrize("check", FORGED)
def test_an_object_that_says_yes_to_everything_earns_nothing(check):
    assert outcome(YES, check, "answer f Yes", "Yes") is Outcome.FAILED


def test_a_function_that_took_the_place_of_a_class_gets_no_further():
    fake = "class Evil:\n    __sub__ = lambda self, other: 0\ndef area(x): return Evil()"
    assert outcome(fake, "assert area(3) - 9 == 0", "area") is Outcome.FAILED


def test_a_context_manager_cannot_replace_what_was_found_by_an_error_that_is_caught():
    student = "class Ctx:\n    __enter__ = lambda s: s\n    def __exit__(s, *e): raise ValueError"
    check = "try:\n    with Ctx():\n        assert 1 == 2\nexcept ValueError:\n    pass"
    assert outcome(student, check, "Ctx", "Ctx") is Outcome.FAILED


def test_a_class_of_exceptions_catches_its_own_and_not_what_the_check_finds():
    student = (
        "class Oops(Exception): pass\nOops.__qualname__ = 'AssertionError'\nOops.__module__ = 'builtins'\n"
    )
    caught = "try:\n    f()\nexcept Oops:\n    pass\nelse:\n    assert False"
    honest = "class Oops(Exception): pass\ndef f(): raise Oops('x')"
    assert outcome(honest, caught, "f Oops", "Oops") is Outcome.PASSED
    missed = "try:\n    assert 1 == 2\nexcept Oops:\n    pass"
    assert outcome(student, missed, "Oops", "Oops") is Outcome.FAILED


def test_a_file_that_could_hold_code_is_not_fetched(tmp_path, monkeypatch):
    from graders.notebooks.bundle import SourceCell, SourceNotebook
    from graders.notebooks.plan import make_plan
    from graders.results import Role

    text = "open('a.txt'), open('b.py'), open('c.pkl'), open('../d.txt'), open('/etc/e.txt'), open('.f.txt')"
    cell = SourceCell("t", "t", "code", Role.CHECKS, text, text, text, 1.0, "", True)
    (step,) = make_plan(SourceNotebook("n", (cell,))).cells
    assert step.files == ("a.txt",)


def test_what_a_call_prints_is_heard_by_the_check():
    student = "def f(): print('hello')"
    check = (
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    f()\n"
        "assert out.getvalue() == 'hello\\n'"
    )
    assert outcome(student, check, "f") is Outcome.PASSED
    assert outcome("def f(): print('other')", check, "f") is Outcome.FAILED


@pytest.mark.parametrize(("noise", "points"), [(None, "passed"), ("", "failed"), ("harm", "passed")])
def test_noise_costs_points_only_where_the_course_says_so(noise, points):
    student = "import sys\ndef f(): print('harmless', file=sys.stderr)"
    assert outcome(student, "f()", "f", noise=noise) == points


@pytest.mark.parametrize("printed", ["[5]", "7", "[[True]]", "[[1, 2]]", "[[None, 'x' * 10**6]]"])
def test_forged_prints_cost_nobody_but_the_student(printed):
    forged = f"""
from graders.bridge.listening import Listening
Listening.printed = property(lambda self: {printed})
def f(): return 3
"""
    assert outcome(forged, "assert f() == 3", "f") is Outcome.PASSED
    assert outcome(forged, "assert f() == 4", "f") is Outcome.FAILED


def test_a_class_of_exceptions_with_an_impossible_name_is_one_all_the_same():
    student = "class Oops(Exception): pass\nOops.__qualname__ = 'a\\0 b' * 50\ndef f(): raise Oops"
    check = "try:\n    f()\nexcept Oops:\n    pass\nelse:\n    assert False"
    assert outcome(student, check, "f Oops", "Oops") in (Outcome.PASSED, Outcome.FAILED)
