"""The judge, asking a shim that serves a student's names in a process of its own."""

import json
import os
import re
import resource
import signal
import socket
import time
from contextlib import contextmanager

import numpy as np
import pytest

from graders import check
from graders import judge as judge_module
from graders.bridge.shim import Server
from graders.bridge.wire import Frame, receive, send
from graders.errors import JudgeError
from graders.judge import Checks, Judge
from graders.names import PREPARED
from graders.results import Outcome

CELL = "/tmp/ipykernel_7/1234.py"  # how a kernel names the file of a cell
LIMIT = 2**22
GIVEN = "import numpy as np\nimport pandas as pd\nfrom graders import check\n"
PASSED, FAILED, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED


@contextmanager
def kernel(source):
    """Fork a process that runs ``source`` and serves its names; give its socket, pidfd and pid."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _serve(source, theirs)
    theirs.close()
    pidfd = os.pidfd_open(pid)
    try:
        yield ours, pidfd, pid
    finally:
        ours.close()
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(pidfd)


def _serve(source, sock):
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        names = {"__name__": "__main__"}
        exec(compile(source, CELL, "exec"), names)
        Server(names, sock, LIMIT).serve()
    finally:
        os._exit(0)


@contextmanager
def judging(source, given="", call_seconds=10.0):
    """A judge with a student kernel that ran ``source``."""
    judge = Judge(call_seconds=call_seconds, limit=LIMIT)
    judge.know_lines({"1234": ("your answer", source.splitlines())})
    judge.given(GIVEN + given, "given")
    with kernel(source) as (sock, pidfd, pid):
        judge.attach(sock, pidfd, pid)
        yield judge


def cell(source, names="f", *, points=4.0, hidden=None, **more):
    """A checks cell; ``hidden`` is the number of the first hidden line."""
    lines = range(hidden, source.count("\n") + 2) if hidden else ()
    return Checks("test", source, points, frozenset(lines), frozenset(names.split()), **more)


def judged(student, checks, names="f", *, given="", call_seconds=10.0, **more):
    with judging(student, given, call_seconds) as judge:
        return judge.checks(cell(checks, names, **more))


def seen_by_student(record):
    return " ".join((record.asked, record.required, record.measured, record.detail, record.hint))


# -- names ----------------------------------------------------------------------------------------


def test_the_students_names_come_from_the_kernel_and_given_ones_from_here():
    records = judged(
        "X = 'theirs'\ndef f(x): return x * 2",
        "check.equal('given X', X, 3)\ncheck.equal('their f', [f(x) for x in (X, 4)], [6, 8])",
        given="X = 3\nf = None",
    )
    assert [record.outcome for record in records] == [PASSED, PASSED]


def test_a_function_of_the_check_sees_the_students_names_too():
    (record,) = judged(
        "def f(x): return x + 1", "def twice(x):\n    return f(f(x))\ncheck.equal('a', twice(1), 3)"
    )
    assert record.outcome is PASSED


def test_a_name_that_is_not_there_is_said_to_be_missing():
    (record,) = judged("def g(x): return x", "check.equal('f doubles', f(2), 4, hint='Double it.')")
    assert (record.outcome, record.points) == (FAILED, 0)
    assert "`f` is not defined" in record.detail
    assert record.hint == "Double it."


FAILS_ON_TWO = "def f(x):\n    if x == 2:\n        raise NotImplementedError\n    return x"


def test_a_name_that_a_failed_statement_should_have_bound_has_no_old_value():
    checks = "".join(f"r = f({n})\ncheck.true('{n}', r < 5)\n" for n in (1, 2, 3))
    records = judged(FAILS_ON_TWO, checks)
    assert [record.outcome for record in records] == [PASSED, FAILED, PASSED]
    assert records[1].detail == "This is not written yet."


def test_a_name_of_an_earlier_cell_has_no_old_value_either():
    with judging(FAILS_ON_TWO) as judge:
        judge.checks(cell("pred = f(1)\ncheck.equal('f', pred, 1)"))
        (record,) = judge.checks(cell("pred = f(2)\ncheck.equal('f', pred, 1)"))
    assert record.outcome is FAILED


def test_a_name_whose_answer_did_not_run_is_skipped_with_the_reason():
    records = judged(
        "",
        "check.equal('f doubles', f(2), 4)\ncheck.true('given', True)",
        unusable={"f": "the answer stopped with a SyntaxError."},
        hidden=1,
    )
    assert [record.outcome for record in records] == [SKIPPED, PASSED]
    assert "`f` is not there: the answer stopped with a SyntaxError." in records[0].detail
    assert records[0].points == 0


def test_a_check_can_replace_and_delete_a_name_and_put_it_back():
    checks = """
saved, calls = helper, []
helper = lambda x: calls.append(x) or 100
check.equal("f asks its helper", f(5), 101)
check.equal("once", calls, [5])
helper = saved
check.equal("the helper is back", f(5), 6)
del helper
check.raises("f cannot do without", NameError, f, args=(5,))
"""
    records = judged("def helper(x): return x\ndef f(x): return helper(x) + 1", checks, "f helper")
    assert [record.outcome for record in records] == [PASSED] * 4


def test_what_the_hidden_part_binds_to_a_students_name_does_not_cross():
    """Labels would be read in the student's process, and be whatever it says when they are read again."""
    student = """
def f(x):
    global y
    seen = y
    y = 0
    return seen
y = 1
"""
    records = judged(
        student,
        "check.equal('y', f(1), 1)\ny = 5\ncheck.equal('z', f(1), 0)\ncheck.equal('w', y, 5)",
        "f y",
        hidden=2,
    )
    assert [record.outcome for record in records] == [PASSED] * 3


def test_a_name_said_to_be_missing_by_a_key_error_is_no_builtin():
    student = """
from graders.bridge import shim
def missing(self, body, decode): raise KeyError(body["name"])
shim.Server._get = missing
"""
    records = judged(
        student,
        "check.equal('own', pow(2, 3), 8)\ndef g(): return pow(2, 3)\ncheck.equal('own', g(), 8)",
        "pow",
    )
    assert [record.outcome for record in records] == [FAILED, FAILED]


def test_a_function_over_which_an_iteration_ends_passes_nothing():
    (record,) = judged(
        "def f(x): raise StopIteration", "check.true('all', all(map(lambda x: f(x) == 1, [1, 2])))"
    )
    assert record.outcome is FAILED
    (record,) = judged("def f(x): raise StopIteration", "check.raises('ends', StopIteration, f, args=(1,))")
    assert record.outcome is PASSED


def test_a_value_too_deep_to_be_passed_on_is_the_students():
    student = "def f(x):\n    deep = 1\n    for _ in range(61): deep = [deep]\n    return deep"
    (record,) = judged(student, "check.equal('twice', f([f(1)]), 1)")
    assert (record.outcome, record.points) == (FAILED, 0)


def test_an_object_of_a_kernel_that_ended_is_not_ours_to_explain():
    student = "class M: pass\ndef make(): return M()\ndef f(x): return 1"
    with judging(student) as judge:
        judge.checks(cell("m = make()\ncheck.equal('f', f(m), 1)", "f make"))
        judge.names.bridge.alive = False
        with kernel(student) as restarted:
            judge.attach(*restarted)
            (record,) = judge.checks(cell("check.equal('f', f(m), 1)"))
    assert record.outcome is Outcome.CRASHED


def test_names_of_an_earlier_checks_cell_stay():
    with judging("def f(x): return x") as judge:
        judge.checks(cell("kept = f(7)\ncheck.equal('a', kept, 7)"))
        (record,) = judge.checks(cell("check.equal('b', kept, 7)"))
    assert record.outcome is PASSED


def test_a_given_cell_may_use_ipython_and_prints_nothing(capsys):
    judge = Judge(call_seconds=1, limit=LIMIT)
    judge.given("get_ipython().run_line_magic('matplotlib', 'inline')\nprint('noise')\ndisplay(3)\nX = 1", "g")
    assert judge.names["X"] == 1
    assert capsys.readouterr().out == ""


def test_a_given_cell_that_fails_is_our_fault():
    judge = Judge(call_seconds=1, limit=LIMIT)
    with pytest.raises(JudgeError, match=r"'data'.*ZeroDivisionError"):
        judge.given("1 / 0", "data")


# -- statement by statement -----------------------------------------------------------------------


def test_a_failure_costs_its_own_points_only():
    checks = """
check.equal("adds", f(1, 2), 3, weight=2)
check.equal("adds floats", f(0.5, 1), 1.5)
check.raises("refuses text", TypeError, f, args=("a", 1))
"""
    records = judged("def f(a, b):\n    return int(a + b)", checks)
    assert [(r.outcome, r.points) for r in records] == [(PASSED, 2), (FAILED, 0), (PASSED, 1)]


def test_an_exception_in_one_statement_leaves_the_others_alone():
    student = "def f(x):\n    if x == 2:\n        raise ValueError('no two')\n    return x"
    checks = "".join(f"check.equal('{n}', f({n}), {n})\n" for n in (1, 2, 3))
    records = judged(student, checks, points=3.0)
    assert [record.outcome for record in records] == [PASSED, FAILED, PASSED]
    assert [record.points for record in records] == [1, 0, 1]


def test_a_loop_that_stops_half_way_was_not_passed():
    student = "def f(x):\n    if x == 2:\n        raise ValueError\n    return x"
    checks = "for n in range(4):\n    check.equal('all', f(n), n)\n    check.true('positive', f(n) >= 0)"
    records = judged(student, checks)
    assert [record.outcome for record in records] == [FAILED, FAILED]
    assert sum(record.points for record in records) == 0


def test_an_assert_between_checks_is_a_check_of_its_own():
    checks = "check.equal('a', f(1), 1)\nassert f(2) == 2\nassert f(3) == 4\ncheck.equal('b', f(4), 4)"
    records = judged("def f(x): return x", checks)
    assert [record.outcome for record in records] == [PASSED, PASSED, FAILED, PASSED]
    assert [record.points for record in records] == [1, 1, 0, 1]


@pytest.mark.parametrize(("wanted", "outcome"), [(2, FAILED), (3, PASSED)])
def test_an_assert_in_a_function_of_the_check_is_decided_when_it_is_called(wanted, outcome):
    checks = f"def helper():\n    assert f(1) == {wanted}\nhelper()\ncheck.equal('one', f(1), 3)"
    records = judged("def f(x): return 3", checks)
    assert [record.outcome for record in records] == [outcome, PASSED]


def test_partial_credit_of_a_score():
    y = np.arange(200) % 2
    student = "import numpy as np\ndef f(n):\n    p = np.arange(n) % 2\n    p[: n // 5] ^= 1\n    return p"
    checks = "check.score('good', y, f(200), at_least=0.95, partial=0.6, hint='More data?')"
    (record,) = judged(student, checks, given="y = np.arange(200) % 2")
    accuracy = np.mean(y == np.where(np.arange(200) < 40, 1 - y, y))
    assert accuracy == 0.8
    assert record.outcome is FAILED
    assert 4 * (0.8 - 0.6) / 0.35 < record.points < 4
    assert record.metrics["score"] == 0.8
    assert record.required == "accuracy of at least 0.95"
    assert record.hint == "More data?"


def test_a_training_history_is_kept_for_a_drawing_until_hidden_data_was_sent():
    student = """
class History:
    history = {"loss": [2.0, 1.5, 1.0], "val_loss": [2.5, 2.0, 1.5], "mine": [1.0, 2.0, 3.0]}
seen = []
def f(x):
    seen.append(x)
    return History() if x else {"loss": [x + 3.0, 2.0]}
"""
    with judging(student) as judge:
        first = judge.checks(cell("check.learns('a', f(1))\ncheck.learns('b', f(0))", hidden=2))
        later = judge.checks(cell("check.learns('c', f(1))"))
    assert [record.outcome for record in (*first, *later)] == [PASSED] * 3
    curves = [["loss", 3, [2.0, 1.5, 1.0]], ["val_loss", 3, [2.5, 2.0, 1.5]]]
    assert [record.metrics.get("curves") for record in (*first, *later)] == [curves, None, None]


@pytest.mark.parametrize("ours", ["import no_such_module", "from no_such_module import no_such_module"])
def test_a_module_that_the_check_cannot_import_is_never_the_students_fault(ours):
    checks = f"check.equal('a', f(1), 1)\n{ours}\ncheck.equal('b', f(no_such_module), 1)"
    records = judged("def f(x): return 1", checks)
    assert [record.outcome for record in records] == [PASSED, Outcome.UNGRADABLE]


# -- probes ---------------------------------------------------------------------------------------

SPY = """
@check.probe
def spy():
    # the answer is 42
    import os
    class Spy:
        pid, seen = os.getpid(), 0
        def fit(self, rows):
            self.seen += len(rows)
            return self
    return Spy()
"""


def test_a_probe_lives_in_the_students_process_and_can_be_handed_to_their_function():
    student = "import os\ndef f(model, rows):\n    return model.fit(rows[:3])\ndef pid(): return os.getpid()"
    checks = SPY + "check.equal('rows', f(spy(), [1] * 5).seen, 3)\ncheck.equal('there', spy().pid, pid())"
    records = judged(student, checks, "f pid")
    assert [record.outcome for record in records] == [PASSED, PASSED]


def test_a_probe_crosses_without_its_comments_and_sees_no_name_of_the_cell():
    student = """
def f(function):
    code = function.__code__
    return [str(c) for c in code.co_consts], sorted(n for n in function.__globals__ if n[:1] != "_")
"""
    (record,) = judged(student, SPY + "secret = 42\ntexts, names = f(spy)\ncheck.equal('n', names, ['spy'])")
    assert record.outcome is PASSED


@pytest.mark.parametrize(
    "body", ["return secret", "class A:\n        b = secret\n    return A", "return lambda: secret"]
)
def test_a_probe_that_would_take_a_name_of_the_cell_along_is_refused(body):
    checks = f"secret = 42\n@check.probe\ndef p():\n    {body}\ncheck.equal('a', f(p), 1)"
    (record,) = judged("def f(x): return 1", checks)
    assert record.outcome is Outcome.UNGRADABLE
    assert "secret" in record.staff and "secret" not in seen_by_student(record)


def test_a_probe_in_a_notebook_is_the_function_itself():
    def spy():
        return 3

    assert check.probe(spy) is spy


# -- the student's exceptions ---------------------------------------------------------------------


def test_a_visible_check_quotes_the_students_line_and_message():
    student = "def f(x):\n    if x:\n        raise KeyError('tall')\n"
    (record,) = judged(student, "check.equal('a', f(1), 1)")
    assert record.outcome is FAILED
    assert "KeyError" in record.detail and "tall" in record.detail
    assert "line 3 of `your answer`: `raise KeyError('tall')`" in record.detail


def test_the_untouched_stub_is_named_as_such():
    (record,) = judged("def f(x): raise NotImplementedError('HIDDEN')", "check.equal('a', f(1), 1)", hidden=1)
    assert record.detail == "This is not written yet."
    (record,) = judged("def f(x): raise NotImplementedError", "check.raises('a', Exception, f, args=(1,))")
    assert record.outcome is FAILED


def test_exceptions_are_caught_by_the_builtin_they_are():
    student = "class Mine(ValueError): pass\ndef f(x): raise {0: Mine, 1: KeyError}[x]('m')"
    checks = """
check.raises("its own class", ValueError, f, args=(0,))
check.raises("one of two", (TypeError, LookupError), f, args=(1,))
check.raises("another", TypeError, f, args=(1,))
try:
    f(0)
except ValueError as error:
    caught = True
check.true("a try in the check", caught)
"""
    records = judged(student, checks)
    assert [record.outcome for record in records] == [PASSED, PASSED, FAILED, PASSED]


@pytest.mark.parametrize(
    ("way", "outcome"), [("os._exit(1)", Outcome.CRASHED), ("time.sleep(9)", Outcome.TIMED_OUT)]
)
def test_dying_is_no_way_to_raise_the_exception_asked_for(way, outcome):
    student = f"import os, time\ndef f(): {way}"
    (record,) = judged(student, "check.raises('x', Exception, f)", call_seconds=0.3)
    assert record.outcome is outcome


def test_leaving_is_named_as_such():
    (record,) = judged("def f(): raise SystemExit(3)", "check.equal('a', f(), 1)", hidden=1)
    assert record.detail == "Your code raised SystemExit."


def test_half_a_character_in_a_message_can_be_written_down():
    (record,) = judged("def f(): raise ValueError('ab\\ud800')", "check.equal('a', f(), 1)")
    assert "ValueError: ab" in record.detail
    record.detail.encode()


def test_running_out_of_memory_is_named():
    (record,) = judged("def f(): raise MemoryError", "check.equal('a', f(), 1)")
    assert record.outcome is Outcome.OUT_OF_MEMORY


# -- nothing hidden gets out ----------------------------------------------------------------------

LEAKS = """
def raise_value(x): raise ValueError(f"it is {x}")
def raise_own(x): raise type(f"Hidden{x}", (ValueError,), {})(x)
def echo(x): return x
def echo_list(x): return [x, x]
def echo_key(x): return {str(x): x}
def echo_array(x):
    import numpy as np
    return np.array([x, x])
def echo_frame(x):
    import pandas as pd
    return pd.DataFrame({str(x): [x]})
def echo_object(x):
    return type(f"Hidden{x}", (), {})()
def echo_text(x): return str(x) * 40
"""
FUNCTIONS = [part.split("(")[0] for part in LEAKS.split("def ")[1:]]


@pytest.mark.parametrize(
    "check",
    [
        "check.equal('a', f(123), 321)",
        "check.equal('a', f(123), [321, 123321])",
        "check.equal('a', f(123), {'321': 1})",
        "check.equal('a', f(123), np.array([321, 123]))",
        "check.equal('a', f(123), pd.DataFrame({'321': [123321]}))",
        "check.equal('a', f(123), '321321')",
        "check.close('a', f(123), 321.0)",
        "check.close('a', f(123), np.array([321.0, 123.0]))",
        "check.true('a', f(123) == 321)",
        "check.true('a', f(123))",
        "check.shape('a', f(123), (321, 123))",
        "check.frame('a', f(123), columns=['321'], rows=123)",
        "check.instance('a', f(123), 'sklearn.linear_model.Ridge')",
        "check.raises('a', KeyError, f, args=(123,))",
        "check.score('a', np.array([321, 123, 321]), f(123), at_least=0.9)",
        "assert f(123) == 321, '123 gives 321'\ncheck.true('b', True)",
        "assert f(123) == 321, '123 gives 321'",
        "check.true('a', {321: True}[f(123)])",
        "check.true('a', int(str(f(123)) + 'x') == 321)",
    ],
)
def test_a_hidden_check_shows_neither_what_was_sent_nor_what_came_back(check):
    with judging(LEAKS) as judge:
        for name in FUNCTIONS:
            source = re.sub(r"\bf\b", name, check)
            record = judge.checks(cell(source, " ".join(FUNCTIONS), hidden=1))[0]
            text = seen_by_student(record)
            assert record.hidden
            assert record.outcome is not PASSED
            assert not any(value in text for value in ("123", "321")), (name, text)


def test_staff_can_read_what_a_hidden_check_found():
    (record,) = judged("def f(x): return x", "check.equal('a', f(123), 321)", hidden=1)
    assert "123" in record.staff and "321" in record.staff


def test_a_visible_check_may_show_values_until_hidden_data_was_sent():
    student = "kept = []\ndef f(x):\n    kept.append(x)\n    return kept[-2] if len(kept) > 2 else 5"
    with judging(student) as judge:
        first = judge.checks(cell("check.equal('a', f(1), 2)\ncheck.equal('b', f(123), 2)", hidden=2))
        (second,) = judge.checks(cell("check.equal('c', f(3), 2)"))
        (plain,) = judge.checks(cell("assert f(4) == 2, str(f(5))"))
    assert "found 5" in first[0].detail
    assert [r.hidden for r in first] == [False, True]
    assert not second.hidden
    assert "123" in second.staff
    assert "123" not in seen_by_student(second)
    assert plain.detail == "This does not hold."


def test_a_visible_check_in_a_loop_shows_nothing_that_hidden_lines_of_the_loop_sent():
    student = "kept = [1]\ndef f(x):\n    kept.append(x)\n    return kept[-2]"
    checks = "for n in (1, 123):\n    check.equal('a', f(n), 1)\n    f(321)\n    check.true('h', True)"
    with judging(student) as judge:
        records = judge.checks(Checks("t", checks, 4.0, frozenset([3, 4]), frozenset(["f"])))
    assert records[0].outcome is FAILED
    assert "321" in records[0].staff
    assert "321" not in seen_by_student(records[0])


def test_no_value_is_shown_after_hidden_data_even_by_a_new_kernel():
    student = "def f(x): return x"
    with judging(student) as judge:
        judge.checks(cell("check.equal('b', f(123), 2)", hidden=1))
        with kernel(student) as (sock, pidfd, pid):
            judge.attach(sock, pidfd, pid)
            (record,) = judge.checks(cell("check.equal('c', f(17), 2)"))
    assert "17" not in record.detail
    assert "found 17" in record.staff


def test_a_forged_place_of_an_exception_quotes_no_other_text():
    student = """
import sys
def f(x):
    code = compile("\\n" * 40 + "raise ValueError", "/tmp/ipykernel_7/" + x + ".py", "exec")
    exec(code)
"""
    for told in ("1234", "judge", "../../etc/passwd"):
        (record,) = judged(student, f"check.equal('a', f({told!r}), 1)", hidden=1)
        assert record.detail == "Your code raised ValueError."


# -- time and endings -----------------------------------------------------------------------------


def test_a_call_that_never_ends_times_out_and_the_next_check_is_made():
    student = "def f(x):\n    while x == 0: pass\n    return x"
    checks = "check.equal('ends', f(0), 0)\ncheck.equal('works', f(1), 1)"
    began = time.monotonic()
    records = judged(student, checks, call_seconds=0.3)
    assert [record.outcome for record in records] == [Outcome.TIMED_OUT, PASSED]
    assert time.monotonic() - began < 5


def test_the_calls_of_a_cell_share_a_budget_of_time():
    student = "import time\ndef f(x):\n    time.sleep(0.2)\n    return x"
    with judging(student) as judge:
        many = "".join(f"check.equal('{n}', f({n}), {n})\n" for n in range(5))
        records = judge.checks(cell(many, budget_seconds=0.5))
        (fresh,) = judge.checks(cell("check.equal('again', f(1), 1)", budget_seconds=5.0))
    outcomes = [record.outcome for record in records]
    assert outcomes[0] is PASSED and outcomes[-1] is Outcome.TIMED_OUT
    assert set(outcomes) == {PASSED, Outcome.TIMED_OUT}
    assert fresh.outcome is PASSED


def test_a_kernel_that_ends_is_a_crash_and_the_rest_is_told_so():
    checks = "check.equal('a', f(1), 1)\ncheck.equal('b', f(2), 2)\ncheck.true('given', X == 3)"
    records = judged("import os\ndef f(x): os._exit(0)", checks, given="X = 3")
    assert [record.outcome for record in records] == [Outcome.CRASHED, Outcome.CRASHED, PASSED]


def test_without_a_kernel_nothing_is_passed():
    judge = Judge(call_seconds=1, limit=LIMIT)
    judge.given(GIVEN, "given")
    (record,) = judge.checks(cell("check.equal('a', f(1), 1)"))
    assert record.outcome is Outcome.CRASHED


# -- what is our fault ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "checks",
    [
        "check.equal('a', undefined_by_the_test, 1)",
        "check.equal('a', 1 / 0, 1)",
        "check.score('a', [1], [1])",
        "import graders.nothing\ncheck.true('a', graders)",
        "check.equal('a', f(object()), 1)",
        "check.raises('a', ValueError, f, args=(object(),))",
        "check.faster('a', f, inputs=lambda seed: (), times=2)",
        "check.equal('a', f(1), eval('1 +'))",
        "1 / 0",
        "assert [] [0]",
    ],
    ids=lambda text: text[:40],
)
@pytest.mark.parametrize("hidden", [None, 1], ids=["visible", "hidden"])
def test_a_mistake_of_the_test_is_ungradable_and_no_zero(checks, hidden):
    records = judged("def f(x): return x", checks, hidden=hidden)
    record = records[0]
    assert (record.outcome, record.points, record.max_points) == (Outcome.UNGRADABLE, None, 4)
    assert record.detail == "This check could not be made; a person will look at it."
    assert "Error" in record.staff


def test_a_value_that_does_not_fit_the_check_is_the_students():
    (record,) = judged("def f(x): return None", "check.close('a', f(1)[0] * 2, 1.0)", hidden=1)
    assert (record.outcome, record.points) == (FAILED, 0)
    assert record.detail == "The value does not fit what the check does with it."


def test_a_cell_that_is_not_python_is_an_error():
    judge = Judge(call_seconds=1, limit=LIMIT)
    with pytest.raises(SyntaxError):
        judge.checks(cell("check.true('a', "))


# -- cells of plain asserts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checks", "points"),
    [
        ("assert f(1) == 1", 4),
        ("assert f(1) == 1\nassert f(1) == 2\nassert f(3) == 3", 0),
        ("if f(1) != 1:\n    raise Exception('no')", 4),
        ("assert f(1) == 1\nprint('done')", 4),
        ("assert f(1) == 1\n'well done'", 4),
        ("assert f(1) == 1\nTrue", 4),
        ("assert f(1) == 1\nNone", 4),
        ("f(3)", 3),
        ("1.5", 1.5),
        ("f(1.5)", 1.5),
        ("np.float64(1.5)", 1.5),
        ("np.int32(3)", 3),
        ("f(np.array(2.5))", 2.5),
        ("np.array([1.0, 2.0])", 4),
        ("np.array([1.0])", 4),
        ("0", 0),
        ("-2", 0),
        ("float('nan')", 0),
        ("np.nan", 0),
        ("float('inf')", 4),
        ("-np.inf", 0),
        ("17", 4),
        ("points = 0\nfor n in (1, 2):\n    points += f(n) == n\npoints", 2),
        ("assert f(1) == 2\n3", 0),
    ],
    ids=repr,
)
def test_a_plain_cell_gives_all_nothing_or_the_number_at_its_end(checks, points):
    (record,) = judged("def f(x): return x", checks)
    assert (record.points, record.max_points) == (points, 4)
    assert record.outcome is (PASSED if points == 4 else FAILED)


def test_a_plain_visible_cell_shows_the_message_of_its_assert():
    (record,) = judged("def f(x): return x", "assert f(1) == 2, 'f(1) should be 2'")
    assert record.detail == "f(1) should be 2"


def test_a_number_of_a_cell_without_points_is_nothing():
    (record,) = judged("def f(x): return x", "1.0", points=0.0)
    assert (record.points, record.max_points) == (0, 0)


# -- calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return values.sum()", PASSED),
        ("values[0] = 9", FAILED),
        ("values.sort()", FAILED),
        ("values = values * 2", PASSED),
    ],
)
def test_a_function_that_changes_its_argument_is_noticed(body, outcome):
    student = f"def f(values):\n    {body}"
    checks = "data = np.array([3.0, 1.0, np.nan])\ncheck.unchanged('pure', f, args=(data,))"
    (record,) = judged(student, checks)
    assert record.outcome is outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return table.assign(b=1)", PASSED),
        ("table['b'] = 1", FAILED),
        ("table.loc[0, 'a'] = 7", FAILED),
        ("table.drop(index=0, inplace=True)", FAILED),
        ("table.rename(columns={'a': 'b'}, inplace=True)", FAILED),
    ],
)
def test_a_function_that_changes_a_frame_is_noticed(body, outcome):
    checks = "check.unchanged('pure', f, args=(pd.DataFrame({'a': [1.0, np.nan]}),))"
    (record,) = judged(f"def f(table):\n    {body}", checks)
    assert record.outcome is outcome


@pytest.mark.parametrize(
    "check", ["check.equal('sorted in place', data, [1, 2, 3])", "assert data == [1, 2, 3]"]
)
def test_what_a_function_is_asked_to_change_can_be_checked(check):
    (record,) = judged("def f(values): values.sort()", f"data = [3, 1, 2]\nf(data)\n{check}")
    assert record.outcome is PASSED


ZEROES = """
import numpy as np
def f(X, y):
    X[:] = y[:] = 0
    return np.zeros(2)
"""
DATA = "rng = np.random.default_rng(0)\nX, y = rng.normal(size=(20, 2)), rng.normal(size=20)"


@pytest.mark.parametrize(
    "checks",
    [
        "check.close('coef', f(X, y), np.linalg.lstsq(X, y)[0])",
        "w = f(X, y)\ncheck.close('coef', w, np.linalg.lstsq(X, y)[0])",
        "assert np.allclose(f(X, y), np.linalg.lstsq(X, y)[0])",
        "check.unchanged('pure', f, args=(X, y))\ncheck.close('coef', f(X, y), np.linalg.lstsq(X, y)[0])",
    ],
)
def test_who_changes_the_arguments_does_not_change_what_is_compared(checks):
    records = judged(ZEROES, checks, given=DATA)
    assert {record.outcome for record in records} == {FAILED}


def outcome_in_little_memory(student, check):
    """Judge one check in a process that may have 4 GB."""
    pid = os.fork()
    if pid == 0:
        status = 99
        try:
            resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
            (record,) = judged(student, check)
            status = list(Outcome).index(record.outcome)
        finally:
            os._exit(status)
    return list(Outcome)[os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]


@pytest.mark.parametrize(
    ("value", "check"),
    [
        ("range(10**11)", "check.score('x', np.zeros(10), f(), at_least=0.9)"),
        ("pd.RangeIndex(2**39)", "check.equal('x', f(), pd.Index([1, 2]))"),
    ],
)
def test_a_small_value_that_stands_for_a_huge_one_is_not_unfolded(value, check):
    student = f"import pandas as pd\ndef f(): return {value}"
    assert outcome_in_little_memory(student, check) is FAILED


def test_an_estimator_of_the_student_is_fitted_and_asked_for_predictions():
    student = """
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
def f(): return make_pipeline(StandardScaler(), LinearRegression())
"""
    checks = """
X = np.random.default_rng(0).normal(size=(80, 2))
y = X @ [1.0, 2.0]
model = f().fit(X[:40], y[:40])
check.score("predicts", y[40:], model.predict(X[40:]), metric="rmse", at_most=0.1)
check.instance("is a pipeline", model, "sklearn.pipeline.Pipeline")
check.shape("two coefficients", model[-1].coef_, (2,))
check.equal("it is no array", model, X)
"""
    records = judged(student, checks)
    assert [record.outcome for record in records] == [PASSED, PASSED, PASSED, FAILED]


def test_generators_and_random_generators_of_both_sides():
    student = """
def f(rng, n):
    for _ in range(n):
        yield rng.normal()
"""
    checks = """
rng, twin = np.random.default_rng(3), np.random.default_rng(3)
check.close("draws from the generator it is given", list(f(rng, 5)), [twin.normal() for _ in range(5)])
"""
    (record,) = judged(student, checks)
    assert record.outcome is PASSED


def test_seeds_are_checked_by_asking_twice():
    student = (
        "import numpy as np\ndef f(seed): return np.random.default_rng(seed if SEEDED else None).random(3)"
    )
    checks = "check.deterministic('same seed, same draw', f, args=(1,))"
    assert judged("SEEDED = True\n" + student, checks)[0].outcome is PASSED
    assert judged("SEEDED = False\n" + student, checks)[0].outcome is FAILED


def test_a_function_of_the_test_is_called_by_the_student():
    checks = """
seen = []
def loss(w):
    seen.append(float(w))
    return (w - 3.0) ** 2
check.close("finds the minimum", f(loss, 0.0), 3.0, atol=0.1)
check.true("asks more than once", len(seen) > 5)
"""
    student = """
def f(loss, w):
    for _ in range(60):
        w -= 0.1 * (loss(w + 1e-4) - loss(w - 1e-4)) / 2e-4
    return w
"""
    assert [record.outcome for record in judged(student, checks)] == [PASSED, PASSED]


# -- speed ----------------------------------------------------------------------------------------

WORK = """
import time
def f(seconds):
    end = time.process_time() + seconds * {factor}
    while time.process_time() < end: pass
    return seconds
"""


@pytest.mark.parametrize(("factor", "outcome"), [(1, PASSED), (8, FAILED)])
def test_the_students_time_is_compared_with_the_references(factor, outcome):
    checks = "check.faster('fast enough', f, inputs=lambda seed: (0.03,), times=3, repeats=2)"
    with judging(WORK.format(factor=factor)) as judge, kernel(WORK.format(factor=1)) as reference:
        judge.attach_reference(*reference)
        cores = os.sched_getaffinity(reference[2])
        (record,) = judge.checks(cell(checks, timed=True))
        assert os.sched_getaffinity(reference[2]) == cores
    assert record.outcome is outcome
    assert record.metrics["ratio"] == pytest.approx(factor, rel=0.6)
    assert record.required == "at most 3 times the time of the reference"


# Seconds of sleep and limits leave a busy machine more than half a second for a call that does nothing.
@pytest.mark.parametrize(("clock", "times", "outcome"), [("cpu", 100, PASSED), ("wall", 2, FAILED)])
def test_a_function_that_sleeps_is_slow_by_the_wall_clock_only(clock, times, outcome):
    options = f"inputs=lambda seed: (1.5,), times={times}, repeats=1, clock={clock!r}"
    checks = f"check.faster('fast', f, {options})"
    asleep = "import time\ndef f(seconds):\n    time.sleep(seconds)\n    return seconds"
    with judging(asleep) as judge, kernel("def f(seconds): return seconds") as reference:
        judge.attach_reference(*reference)
        (record,) = judge.checks(cell(checks, timed=True))
    assert record.outcome is outcome


GPU = """
import sys, types
cuda = types.SimpleNamespace(is_available=lambda: True, device_count=lambda: 1, synchronize=lambda device: None)
sys.modules.pop("keras", None)  # another test may have imported it; it would say that something else computes
sys.modules["torch"] = types.SimpleNamespace(cuda=cuda)  # what a library says where there is a GPU
"""


@pytest.mark.parametrize(("theirs", "ours", "measure"), [("", GPU, "wall time"), (GPU, "", "the time")])
def test_wall_time_counts_if_the_reference_has_a_gpu_whatever_the_student_says(theirs, ours, measure):
    checks = "check.faster('fast', f, inputs=lambda seed: (), times=1000, repeats=1)"
    with judging(f"{theirs}\ndef f(): return 1") as judge, kernel(f"{ours}\ndef f(): return 1") as reference:
        judge.attach_reference(*reference)
        (record,) = judge.checks(cell(checks, timed=True))
    assert measure in record.required


def test_what_is_computed_after_the_answer_counts_by_the_wall_clock_too():
    student = """
import time
class Later:
    def value(self):
        time.sleep(1.5)
        return 1.0
def f(): return Later()
"""
    checks = """
check.faster('fast', f, inputs=lambda seed: (), times=2, repeats=1, clock='wall',
             agrees=lambda a, b: a.value() == b.value())
"""
    with judging(student) as judge, kernel(student.replace("sleep(1.5)", "sleep(0.0)")) as reference:
        judge.attach_reference(*reference)
        (record,) = judge.checks(cell(checks, timed=True))
    assert record.outcome is FAILED


def test_both_are_timed_on_the_core_the_student_is_on():
    """So that gradings that run at the same time spread over the cores of a machine."""
    last = max(os.sched_getaffinity(0))
    with judging(WORK.format(factor=1)) as judge, kernel(WORK.format(factor=1)) as reference:
        judge.attach_reference(*reference)
        os.sched_setaffinity(judge._student_clock.pid, {last})
        judge.checks(cell("check.equal('it runs there', f(0.0), 0.0)"))
        pids = [judge._student_clock.pid, reference[2]]
        there = f"lambda a, b: [os.sched_getaffinity(pid) for pid in {pids}] == [{{{last}}}] * 2"
        checks = f"check.faster('fast', f, inputs=lambda s: (0.0,), times=9, repeats=1, agrees={there})"
        (record,) = judge.checks(cell(f"import os\n{checks}", timed=True))
    assert record.outcome is PASSED


def test_after_a_new_kernel_its_time_is_the_one_that_counts():
    checks = "check.faster('fast enough', f, inputs=lambda seed: (0.03,), times=3, repeats=2)"
    with judging(WORK.format(factor=1)) as judge, kernel(WORK.format(factor=1)) as reference:
        judge.attach_reference(*reference)
        with kernel(WORK.format(factor=8)) as restarted:
            judge.attach(*restarted)
            (record,) = judge.checks(cell(checks))
    assert record.outcome is FAILED


def test_fast_but_wrong_is_not_fast():
    checks = """
check.faster('fast', f, inputs=lambda seed: (0.02,), times=9, repeats=1, agrees=lambda a, b: a == b)
"""
    with judging("def f(seconds): return 0") as judge, kernel(WORK.format(factor=1)) as reference:
        judge.attach_reference(*reference)
        (record,) = judge.checks(cell(checks))
    assert record.outcome is FAILED


def test_a_reference_that_fails_is_our_fault():
    checks = "check.faster('fast', f, inputs=lambda seed: (0.0,), times=9, repeats=1)"
    with judging(WORK.format(factor=1)) as judge, kernel("def f(x): raise ValueError") as reference:
        judge.attach_reference(*reference)
        (record,) = judge.checks(cell(checks))
    assert (record.outcome, record.points) == (Outcome.UNGRADABLE, None)


# -- the process ----------------------------------------------------------------------------------


@contextmanager
def judge_process():
    """Fork a judge and give a function that sends it a command and returns the answer."""
    control, inner = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        control.close()
        try:
            arguments = {"secret": b"s".hex(), "call_seconds": 5.0, "limit": LIMIT, "modules": ["numpy"]}
            judge_module.main([inner.detach()], arguments)
            os._exit(0)
        finally:
            os._exit(1)
    inner.close()

    def ask(body, fds=()):
        send(control, Frame(body))
        if fds:
            socket.send_fds(control, [b"+"], list(fds))
        reply = receive(control, deadline=time.monotonic() + 20).body
        return reply if reply != {"touched": True} else receive(control, deadline=time.monotonic() + 20).body

    ask.hang_up = control.close
    ask.ended = lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        yield ask
    finally:
        control.close()


def order(source, **more):
    return {
        "do": "checks",
        "name": "test",
        "source": source,
        "points": 2.0,
        "hidden_lines": [],
        "student_names": ["f"],
        "unusable": {},
        "timed": False,
        "budget_seconds": 5.0,
        **more,
    }


def test_a_judge_process_obeys_until_the_grader_hangs_up():
    student = "import os\ndef f(x):\n    if x > 1: os._exit(0)\n    return x"
    with judge_process() as ask, kernel(student) as (sock, pidfd, pid):
        assert ask({"do": "given", "source": GIVEN + "X = 1", "name": "data"}) == {}
        assert ask({"do": "lines", "lines": [["1234", "your answer", student.splitlines()]]}) == {}
        body = {"do": "attach", "reference": False, "pid": pid}
        assert ask(body, [sock.fileno(), pidfd]) == {}

        reply = ask(order("check.equal('a', f(X), 1)\ncheck.equal('b', f(0), 9)", hidden_lines=[2]))
        assert [(r["outcome"], r["points"], r["hidden"]) for r in reply["records"]] == [
            ("passed", 0.0, False),
            ("failed", 0.0, True),
        ]
        assert reply["alive"] is True
        assert 0 <= reply["own_seconds"] < 5

        assert "ZeroDivisionError" in ask({"do": "given", "source": "1 / 0", "name": "bad"})["error"]
        assert "KeyError" in ask({"do": "dance"})["error"]
        assert "SyntaxError" in ask(order("check.true('a', "))["error"]

        reply = ask(order("check.equal('c', f(2), 2)"))
        assert reply["records"][0]["outcome"] == "crashed"
        assert reply["alive"] is False

        ask.hang_up()
        assert ask.ended() == 0


@pytest.mark.parametrize(
    "check",
    [
        "check.score('x', np.zeros(10), f(), metric='rmse', at_most=1.0)",
        "check.score('x', np.zeros(10), f(), metric=lambda y, p: np.float32(0.5), at_most=1.0)",
    ],
)
def test_figures_that_are_no_json_do_not_end_the_judge(check):
    student = "import numpy as np\ndef f():\n    p = np.zeros(10)\n    p[0] = 1.3e154\n    return p"
    with judge_process() as ask, kernel(student) as (sock, pidfd, pid):
        ask({"do": "given", "source": GIVEN, "name": "given"})
        ask({"do": "attach", "reference": False, "pid": pid}, [sock.fileno(), pidfd])
        assert ask(order(check))["records"][0]["outcome"] in ("passed", "failed")
        assert ask(order("check.true('alive', True)"))["records"][0]["outcome"] == "passed"


ZERO = "import numpy as np\ndef f(X, y):\n    X[:] = 0; y[:] = 0\n    return np.zeros(2)"
GIV = "rng=np.random.default_rng(0)\nX=rng.normal(size=(20,2)); y=rng.normal(size=20)"


def test_a_function_of_the_cell_cannot_be_fooled_by_changed_arguments():
    (r,) = judged(
        ZERO, "def helper():\n    check.close('coef', f(X, y), np.linalg.lstsq(X, y)[0])\nhelper()", given=GIV
    )
    assert r.outcome is FAILED


def test_an_assert_in_a_function_cannot_be_fooled_by_changed_arguments():
    (r,) = judged(
        ZERO, "def helper():\n    assert np.allclose(f(X, y), np.linalg.lstsq(X, y)[0])\nhelper()", given=GIV
    )
    assert r.outcome is FAILED


def test_a_library_assertion_cannot_be_fooled_by_changed_arguments():
    (r,) = judged(ZERO, "np.testing.assert_allclose(f(X, y), np.linalg.lstsq(X, y)[0])\nassert True", given=GIV)
    assert r.outcome is FAILED


def test_work_in_place_is_seen_in_a_loop():
    (r,) = judged(
        "def f(v): v.sort()",
        "for n in (1, 2):\n    data = [3, n, 2]\n    f(data)\n    assert data == sorted(data)",
    )
    assert r.outcome is PASSED


def test_work_in_place_is_seen_in_a_function_of_the_cell():
    (r,) = judged(
        "def f(v): v.sort()",
        "def helper():\n    data = [3, 1, 2]\n    f(data)\n    assert data == sorted(data)\n"
        "assert helper() is None",
    )
    assert r.outcome is PASSED


@pytest.mark.parametrize("error", ["KeyError", "ValueError"])
def test_a_name_whose_statement_failed_has_no_old_value(error):
    r = judged(
        f"def f(x):\n    if x == 2: raise {error}\n    return x",
        "r = f(1)\ncheck.equal('one', r, 1)\nr = f(2)\ncheck.true('two', r < 5)",
    )
    assert r[1].outcome is FAILED


def test_an_item_whose_statement_failed_has_no_old_value():
    r = judged(
        "def f(x):\n    if x == 2: raise ValueError\n    return x",
        "d = {}\nd['r'] = f(1)\ncheck.equal('one', d['r'], 1)\nd['r'] = f(2)\ncheck.true('two', d['r'] < 5)",
    )
    assert r[1].outcome is FAILED


def in_fork(work):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, json.dumps(work()).encode())
        except BaseException as error:  # noqa: BLE001 (told to the parent)
            os.write(writing, json.dumps(repr(error)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = os.read(reading, 10**6)
    os.waitpid(pid, 0)
    os.close(reading)
    return json.loads(said)


def prepared(cells, after):
    def work():
        number = PREPARED.run(cells)
        with kernel("def predict(x): return x * 2") as k:
            j = Judge(call_seconds=5, limit=LIMIT)
            j.attach(*k)
            return [number, after(j)]

    return in_fork(work)


def test_a_given_function_run_early_reaches_the_student():
    src = "from graders import check\ndef evaluate(x): return predict(x) + 1"

    def after(j):
        j.given(src, "g")
        (r,) = j.checks(cell("check.equal('a', evaluate(3), 7)", "predict"))
        return [r.outcome.value, r.staff]

    _, (outcome, staff) = prepared([(src, frozenset())], after)
    assert outcome == "passed", staff


def test_a_given_function_run_early_sees_names_bound_later():
    src = "from graders import check\nscale = 1\ndef evaluate(x): return scale * x"

    def after(j):
        j.given(src, "g")
        (r,) = j.checks(cell("scale = 5\ncheck.equal('a', evaluate(3), 15)", "predict"))
        return [r.outcome.value, r.staff]

    _, (outcome, staff) = prepared([(src, frozenset())], after)
    assert outcome == "passed", staff


def test_a_given_cell_that_changes_an_earlier_one_is_not_run_early():
    cells = [("data = [1]\ndef grow(): data.append(2)", frozenset()), ("grow()", frozenset({"grow"}))]

    def after(j):
        j.given(cells[0][0], "g")
        return list(j.names["data"])

    _, data = prepared(cells, after)
    assert data == [1]


def test_a_metric_of_numpy_is_reported_as_a_number():
    with judge_process() as ask, kernel("def f(): return [0, 1]") as (sock, pidfd, pid):
        ask({"do": "given", "source": GIVEN, "name": "g"})
        ask({"do": "attach", "reference": False, "pid": pid}, [sock.fileno(), pidfd])
        reply = ask(order("check.score('x', [0, 1], f(), metric=lambda t, g: np.float32(0.5), at_least=0.4)"))
        assert reply["records"][0]["metrics"]["score"] == 0.5
