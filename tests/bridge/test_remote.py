"""The judge's end of the bridge, asking a shim that serves in a process of its own."""

import copy
import os
import resource
import signal
import socket
import threading
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

from graders.bridge.remote import Bridge, Remote
from graders.bridge.shim import Server
from graders.bridge.student_errors import StudentEnded, StudentError, StudentTimeout, student_error
from graders.bridge.wire import Frame, receive, send
from graders.errors import BridgeError

CELL = "/tmp/ipykernel_7/1234.py"  # how a kernel names the file of a cell


@contextmanager
def student(source, *, call_seconds=10.0, limit=2**22):
    """A bridge to a forked process that ran ``source`` and serves its names."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _serve(source, theirs, limit)
    theirs.close()
    try:
        interrupt = lambda: os.kill(pid, signal.SIGINT)  # noqa: E731
        yield Bridge(ours, interrupt=interrupt, call_seconds=call_seconds, limit=limit)
    finally:
        ours.close()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve(source, sock, limit):
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        names = {"__name__": "__main__"}
        exec(compile(source, CELL, "exec"), names)
        Server(names, sock, limit).serve()
    finally:
        os._exit(0)


@contextmanager
def liar(answer):
    """A bridge to a peer that answers every request with the frames or bytes of ``answer(body)``."""
    ours, theirs = socket.socketpair()

    def lie():
        try:
            while True:
                body = receive(theirs).body
                for reply in answer(body) if "id" in body else ():
                    theirs.sendall(reply) if type(reply) is bytes else send(theirs, reply)
        except (BridgeError, OSError):
            pass

    thread = threading.Thread(target=lie)
    thread.start()
    try:
        yield Bridge(ours, call_seconds=2.0)
    finally:
        ours.close()
        theirs.close()
        thread.join()


# -- names and values -----------------------------------------------------------------------------


def test_names_are_read_set_and_deleted_in_the_student_kernel():
    with student("slope = 2.5\ndef predict(x): return slope * x") as bridge:
        assert bridge.get("slope") == 2.5
        bridge.set("slope", 10)
        assert bridge.get("predict")(3) == 30
        bridge.delete("slope")
        with pytest.raises(NameError):
            bridge.get("slope")
        with pytest.raises(NameError):
            bridge.get("predict")(3)


def test_values_of_all_kinds_go_there_and_back():
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]})
    with student("def same(*args, **kwargs): return [*args, kwargs]") as bridge:
        array, table, matrix, extra = bridge.get("same")(np.eye(2), frame, sp.csr_array(np.eye(3)), key={1, 2})
    np.testing.assert_array_equal(array, np.eye(2))
    pd.testing.assert_frame_equal(table, frame)
    np.testing.assert_array_equal(matrix.toarray(), np.eye(3))
    assert extra == {"key": {1, 2}}


def test_an_object_stays_there_and_is_used_from_here():
    source = """
class Model:
    def __init__(self): self.coef_ = [1.0, 2.0]
    def predict(self, x): return [c * x for c in self.coef_]
    def __getitem__(self, key): return ("item", key)
    def __len__(self): return 2
    def __contains__(self, key): return key == "yes"
model = Model()
"""
    with student(source) as bridge:
        model = bridge.get("model")
        assert isinstance(model, Remote)
        assert model.predict(3) == [3.0, 6.0]
        assert model.coef_ == [1.0, 2.0]
        assert model[1:3] == ("item", slice(1, 3))
        assert len(model) == 2
        assert "yes" in model and "no" not in model
        with pytest.raises(AttributeError):
            model.intercept_  # noqa: B018


def test_an_object_that_answers_every_comparison_with_yes_equals_nothing():
    source = "class Sly(int):\n    def __eq__(self, other): return True\n    __hash__ = None\nanswer = Sly(3)"
    with student(source) as bridge:
        answer = bridge.get("answer")
        assert answer != 3
        assert answer != 4
        assert isinstance(answer, Remote)


@pytest.mark.parametrize("name", ["_private", "__dict__", "__globals__", "__wrapped__", "__array_interface__"])
def test_private_attributes_are_not_asked_for(name):
    def answer(body):
        asked.append(body["op"])
        return ok(["remote", 1, ["a"], True])(body)

    asked = []
    with liar(answer) as bridge:
        handle = bridge.get("a")
        assert not hasattr(handle, name)
    assert asked == ["get"]


def test_a_generator_is_read_in_pieces_and_may_never_end():
    source = "def batches():\n    n = 0\n    while True:\n        yield [n, n * n]\n        n += 1"
    with student(source) as bridge:
        batches = iter(bridge.get("batches")())
        assert [next(batches) for _ in range(130)] == [[n, n * n] for n in range(130)]


def test_a_generator_that_ends_and_one_that_fails():
    source = "def some():\n    yield from range(70)\ndef bad():\n    yield 1\n    raise KeyError('k')"
    with student(source) as bridge:
        assert list(bridge.get("some")()) == list(range(70))
        with pytest.raises(KeyError):
            list(bridge.get("bad")())


def test_handles_that_are_not_needed_any_more_are_let_go():
    source = """
import gc
class Big: pass
def make(): return Big()
def living(): return sum(isinstance(o, Big) for o in gc.get_objects())
"""
    with student(source) as bridge:
        kept = bridge.get("make")()
        for _ in range(20):
            bridge.get("make")()
        bridge.get("make")
        assert bridge.get("living")() == 1
        assert isinstance(kept, Remote)


def test_a_handle_of_one_kernel_is_not_given_to_another():
    with student("f = lambda x: x") as one, student("g = lambda x: x") as two:
        f, g = one.get("f"), two.get("g")
        with pytest.raises(BridgeError, match="another"):
            g(f)
        assert two.get("g")(3) == 3


# -- arguments ------------------------------------------------------------------------------------

CHANGES = """
def change(values, key=None, new=None):
    if key is None:
        values.clear() if hasattr(values, "clear") else values.__setitem__(slice(None), 0)
    else:
        values[key] = new
    return "done"
"""


def test_what_a_call_does_to_its_arguments_stays_there():
    array, numbers, settings = np.ones(3), [1, 2], {"a": 1}
    with student(CHANGES) as bridge:
        for argument in (array, numbers, settings):
            assert bridge.get("change")(argument) == "done"
        bridge.get("change")(values=array)
    assert (array.tolist(), numbers, settings) == ([1, 1, 1], [1, 2], {"a": 1})


def test_what_a_call_leaves_in_its_arguments_is_seen_here_where_asked_for():
    array, numbers, settings, frame = np.ones(3), [1, 2], {"a": 1}, pd.DataFrame({"a": [1, 2]})
    with student(CHANGES) as bridge:
        bridge.copy_back = lambda: True
        change = bridge.get("change")
        for argument in (array, numbers, settings):
            assert change(argument) == "done"
        change(frame, "b", [3.0, 4.0])
    assert (array.tolist(), numbers, settings) == ([0, 0, 0], [], {})
    pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]}))


def test_arguments_given_by_name_are_taken_over_too():
    array = np.ones(3)
    with student(CHANGES) as bridge:
        bridge.copy_back = lambda: True
        bridge.get("change")(values=array)
    assert array.tolist() == [0, 0, 0]


def test_a_call_that_only_reads_leaves_its_arguments_alone():
    array, numbers = np.array([1.0, np.nan]), [[1], [2]]
    inner = numbers[0]
    with student("def look(*args): return len(args)") as bridge:
        bridge.copy_back = lambda: True
        assert bridge.get("look")(array, numbers) == 2
    assert numbers[0] is inner
    np.testing.assert_array_equal(array, [1.0, np.nan])


def test_a_generator_is_advanced_as_if_the_call_were_here_where_asked_for():
    rng, twin = np.random.default_rng(5), np.random.default_rng(5)
    with student("def draw(rng): return rng.normal(size=3)") as bridge:
        bridge.copy_back = lambda: True
        draw = bridge.get("draw")
        assert draw(rng).tolist() == twin.normal(size=3).tolist()
        assert draw(rng).tolist() == twin.normal(size=3).tolist()
    assert rng.random() == twin.random()


def test_a_function_of_the_check_can_be_called_there():
    seen = []

    def loss(x, *, scale=1.0):
        seen.append(x)
        return scale * (x - 3) ** 2

    source = "def search(f):\n    return min(range(10), key=lambda x: f(x, scale=2.0))"
    with student(source) as bridge:
        assert bridge.get("search")(loss) == 3
    assert seen == list(range(10))


def test_an_error_in_a_function_of_the_check_is_an_error_there_and_tells_nothing():
    def loss(x):
        raise ValueError("the hidden optimum is 42")

    source = """
def search(f):
    try:
        return f(1)
    except Exception as error:
        return str(error)
"""
    with student(source) as bridge:
        assert bridge.get("search")(loss) == "ValueError in a function of the check"


def test_functions_may_call_each_other_across_the_bridge():
    source = "def square(x): return x * x\ndef twice(f, x): return f(f(x))"
    with student(source) as bridge:
        square = bridge.get("square")
        assert bridge.get("twice")(lambda x: square(x) + 1, 2) == 26
        assert bridge.get("twice")(square, 3) == 81


def test_a_function_of_the_check_can_stand_for_one_of_the_students():
    source = "def helper(x): return x\ndef work(x): return helper(x) + 1"
    calls = []
    with student(source) as bridge:
        old = bridge.get("helper")
        bridge.set("helper", lambda x: calls.append(x) or 100)
        assert bridge.get("work")(5) == 101
        bridge.set("helper", old)
        assert bridge.get("work")(5) == 6
    assert calls == [5]


def test_library_functions_and_classes_cross_by_name():
    source = "def apply(f, *args): return f(*args)"
    with student(source) as bridge:
        apply = bridge.get("apply")
        assert apply(np.exp, 0.0) == 1.0
        assert apply(np.linalg.norm, np.array([3.0, 4.0])) == 5.0
        assert apply(sorted, [2, 1]) == [1, 2]
        assert isinstance(apply(Ridge), Remote)
        assert apply(isinstance, 3, int) is True


def test_an_estimator_crosses_with_its_settings_and_is_used_there():
    source = """
def fitted(model, X, y):
    return model.fit(X, y).predict(X), type(model).__name__, model.get_params()
def alpha(pipeline): return pipeline.steps[-1][1].alpha
"""
    X = np.arange(8.0).reshape(4, 2)
    with student(source) as bridge:
        predictions, name, params = bridge.get("fitted")(Ridge(alpha=0.5), X, X.sum(axis=1))
    expected = clone(Ridge(alpha=0.5)).fit(X, X.sum(axis=1)).predict(X)
    np.testing.assert_allclose(predictions, expected)
    assert (name, params["alpha"]) == ("Ridge", 0.5)


def test_a_fitted_estimator_of_the_judge_does_not_cross():
    fitted = StandardScaler().fit(np.eye(2))
    with student("def f(model): return model") as bridge:
        with pytest.raises(BridgeError, match="cannot cross"):
            bridge.get("f")(fitted)
        assert isinstance(bridge.get("f")(LinearRegression()), Remote)


def test_an_object_of_the_judge_does_not_cross():
    class Secret:
        answer = 42

    with student("def f(x): return x") as bridge:
        with pytest.raises(BridgeError, match="Secret"):
            bridge.get("f")(Secret())
        assert bridge.get("f")(1) == 1


# -- exceptions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "caught", "public_name"),
    [
        ("ValueError('mine')", ValueError, "ValueError"),
        ("KeyError('mine')", KeyError, "KeyError"),
        ("KeyError('mine')", LookupError, "KeyError"),
        ("ZeroDivisionError('mine')", ArithmeticError, "ZeroDivisionError"),
        ("NotImplementedError('mine')", NotImplementedError, "NotImplementedError"),
        ("FileNotFoundError(2, 'mine')", OSError, "FileNotFoundError"),
        ("UnicodeDecodeError('utf8', b'', 0, 1, 'mine')", UnicodeError, "UnicodeDecodeError"),
        ("StopIteration('mine')", Exception, "StopIteration"),
        ("MemoryError('mine')", MemoryError, "MemoryError"),
        ("RecursionError('mine')", RuntimeError, "RecursionError"),
        ("AssertionError('mine')", AssertionError, "AssertionError"),
        ("NotFittedError('mine')", ValueError, "NotFittedError"),
        ("np.linalg.LinAlgError('mine')", np.linalg.LinAlgError, "LinAlgError"),
        ("Tricky('mine')", ValueError, "ValueError"),
        ("Plain('mine')", Exception, "Exception"),
        ("ExceptionGroup('mine', [ValueError()])", Exception, "ExceptionGroup"),
        ("SystemExit('mine')", Exception, "SystemExit"),
    ],
)
def test_an_exception_is_caught_as_the_builtin_it_is(raised, caught, public_name):
    source = f"""
import numpy as np
from sklearn.exceptions import NotFittedError
class Tricky(ValueError): pass
class Plain(Exception): pass
def fail(): raise {raised}
"""
    with student(source) as bridge:
        with pytest.raises(StudentError) as found:
            bridge.get("fail")()
        assert isinstance(found.value, caught)
        assert found.value.public_name == public_name
        assert "mine" in found.value.message
        assert found.value.where == ("1234", 6)
        assert not found.value.graders_ended
        assert bridge.alive


def test_the_name_of_a_students_own_class_is_never_public():
    source = "class TheAnswerIs42(ValueError): pass\ndef fail(): raise TheAnswerIs42('x' * 10_000)"
    with student(source) as bridge, pytest.raises(ValueError) as found:
        bridge.get("fail")()
    assert found.value.public_name == "ValueError"
    assert type(found.value).__name__ == "ValueError"
    assert len(found.value.message) <= 500


def test_an_exception_whose_text_cannot_be_made_is_still_one():
    source = """
class Bad(KeyError):
    def __str__(self): raise SystemExit
def fail(): raise Bad
"""
    with student(source) as bridge:
        with pytest.raises(KeyError):
            bridge.get("fail")()
        assert bridge.alive


def test_too_deep_recursion_is_the_students_error_and_no_crash():
    with student("def down(n): return down(n + 1)") as bridge:
        with pytest.raises(RecursionError):
            bridge.get("down")(0)
        assert bridge.alive


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "ValueError",
        {},
        {"types": []},
        {"types": 3, "message": "half a character: \ud800"},
        {"types": [3, None, "builtins.KeyboardInterrupt", "builtins.open", "builtins.__import__"]},
        {"types": ["os.system", "graders.errors.JudgeError", "graders.bridge.student_errors.StudentTimeout"]},
        {"types": ["builtins.ExceptionGroup"], "message": 3, "file": 3, "line": "x"},
        {"types": ["sklearn.exceptions.__class__", "numpy.linalg.norm"], "message": "m" * 10**6},
        {"types": ["builtins."] * 100},
    ],
    ids=repr,
)
def test_whatever_is_told_of_an_exception_makes_a_students_error(told):
    error = student_error(told)
    assert isinstance(error, StudentError)
    assert not isinstance(error, BridgeError)
    assert not error.graders_ended
    assert len(error.message.encode()) <= 500
    assert error.public_name in ("Exception", "ExceptionGroup")
    assert error.where == ("", 0)


# -- time and endings -----------------------------------------------------------------------------


def test_a_call_that_takes_too_long_is_interrupted_and_the_bridge_goes_on():
    source = "def forever():\n    while True: pass\ndef fine(x): return x + 1"
    with student(source, call_seconds=0.3) as bridge:
        began = time.monotonic()
        with pytest.raises(StudentTimeout):
            bridge.get("forever")()
        assert time.monotonic() - began < 2
        assert bridge.alive
        assert bridge.get("fine")(1) == 2
        with pytest.raises(StudentTimeout):
            bridge.get("forever")()
        assert bridge.get("fine")(2) == 3


def test_an_interrupt_that_comes_too_late_changes_nothing():
    with student("def fine(x): return x + 1") as bridge:
        fine = bridge.get("fine")
        for _ in range(3):
            bridge._interrupt()
            time.sleep(0.05)
            assert fine(1) == 2


def test_an_interrupt_ends_a_call_but_never_its_answer():
    with student("def quick(x): return x + 1", call_seconds=5) as bridge:
        quick, ended, over = bridge.get("quick"), [], threading.Event()

        def disturb():
            while not over.wait(0.0003):
                bridge._interrupt()

        disturbing = threading.Thread(target=disturb)
        disturbing.start()
        try:
            for number in range(1500):
                try:
                    ended.append(quick(number) == number + 1)
                except StudentError as error:
                    ended.append(not isinstance(error, StudentTimeout | StudentEnded))
        finally:
            over.set()
            disturbing.join()
        assert ended == [True] * 1500


def test_when_the_time_is_used_up_nothing_is_asked_any_more():
    with student("import time\ndef f(x):\n    time.sleep(0.2)\n    return x") as bridge:
        f = bridge.get("f")
        bridge.allow(0.1)
        for _ in range(3):
            with pytest.raises(StudentTimeout):
                f(1)
        began = time.monotonic()
        with pytest.raises(StudentTimeout):
            f(1)
        assert time.monotonic() - began < 0.1
        bridge.pause()  # this is asked all the same


def test_a_call_that_cannot_be_interrupted_ends_the_conversation():
    source = """
import time
def stubborn():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""
    with student(source, call_seconds=0.2) as bridge:
        stubborn = bridge.get("stubborn")
        with pytest.raises(StudentTimeout):
            stubborn()
        assert not bridge.alive
        with pytest.raises(StudentEnded):
            bridge.get("stubborn")


def test_all_calls_of_a_cell_together_have_a_budget():
    source = "import time\ndef nap(): time.sleep(0.15)"
    with student(source) as bridge:
        nap = bridge.get("nap")
        bridge.allow(0.4)
        with pytest.raises(StudentTimeout):
            for _ in range(20):
                nap()
        bridge.allow(5.0)
        assert nap() is None


def test_calls_back_and_forth_cannot_stretch_the_time_of_a_call():
    source = "def ping(f):\n    while True: f()"
    with student(source, call_seconds=0.4) as bridge:
        began = time.monotonic()
        with pytest.raises(StudentTimeout):
            bridge.get("ping")(lambda: None)
        assert time.monotonic() - began < 3


def test_calls_inside_calls_have_no_time_of_their_own():
    source = "import time\ndef nap(f):\n    time.sleep(0.2)\n    f()\ndef fine(): return 1"
    depth = 0

    def deeper():
        nonlocal depth
        depth += 1
        if depth < 12:
            bridge.get("nap")(deeper)

    with student(source, call_seconds=0.5) as bridge:
        with pytest.raises(StudentTimeout):
            bridge.get("nap")(deeper)
        assert depth < 12
        assert bridge.get("fine")() == 1


def test_a_timeout_inside_a_function_of_the_check_is_the_students():
    source = "def outer(f): return f()\ndef forever():\n    while True: pass\ndef fine(): return 1"
    with student(source, call_seconds=0.3) as bridge:
        forever = bridge.get("forever")
        with pytest.raises(StudentTimeout):
            bridge.get("outer")(lambda: forever())
        assert bridge.get("fine")() == 1


@pytest.mark.parametrize("way", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.closerange(3, 200)"])
def test_a_kernel_that_ends_in_a_call_is_told_from_an_error(way):
    with student(f"import os\ndef end(): {way}") as bridge:
        with pytest.raises(StudentEnded):
            bridge.get("end")()
        assert not bridge.alive
        with pytest.raises(StudentEnded):
            bridge.get("end")


def test_a_value_too_large_to_cross_is_an_error_of_that_call_only():
    source = "import numpy as np\ndef much(n): return np.zeros(n)"
    with student(source, limit=2**20) as bridge:
        with pytest.raises(StudentError) as found:
            bridge.get("much")(2**20)
        assert "too large" in found.value.message
        assert len(bridge.get("much")(10)) == 10


def test_a_value_nested_too_deep_is_an_error_of_that_call_only():
    source = """
def deep():
    value = []
    for _ in range(500):
        value = [value]
    return value
def ring():
    value = []
    value.append(value)
    return value
"""
    with student(source) as bridge:
        for name in ("deep", "ring"):
            with pytest.raises(StudentError):
                bridge.get(name)()
        assert bridge.alive


# -- a peer that lies -----------------------------------------------------------------------------


def ok(tree, **more):
    return lambda body: [Frame({"id": body["id"], "ok": tree, **more})]


@pytest.mark.parametrize(
    "tree",
    [
        ["remote"],
        ["remote", "1", ["a"], True],
        ["remote", 1, [1], True],
        ["remote", 1, None, True],
        ["callback", 0],
        ["callback", -1],
        ["callback", True],
        ["callback", "0"],
        ["library", "os", "system"],
        ["estimator", "subprocess", "Popen", ["dict", [["args", "id"]]]],
        ["pickle", "gASVAA=="],
        {"a": 1},
    ],
    ids=str,
)
def test_a_forged_answer_is_a_students_error(tree):
    with liar(ok(tree)) as bridge:
        with pytest.raises(StudentError):
            bridge.get("x")
        assert bridge.alive


@pytest.mark.parametrize(
    "changed",
    [
        [[0, 0]],
        [[5, ["list", []]]],
        [[-1, ["list", []]]],
        [["__class__", ["list", []]]],
        [[None, ["list", []]]],
        [[0, ["array", "<f8", [2], 0]]],
        [[0]],
        [0],
        0,
    ],
    ids=str,
)
def test_forged_changes_do_not_touch_the_arguments(changed):
    numbers, array = (1, 2), np.ones(2)
    remote = ["remote", 1, ["a"], True]

    def answer(body):
        more = {"changed": changed} if body["op"] == "call" else {}
        return ok(remote if body["op"] == "get" else None, **more)(body)

    with liar(answer) as bridge:
        bridge.copy_back = lambda: True
        f = bridge.get("f")
        try:
            f(numbers, array)
        except StudentError:
            pass
    assert numbers == (1, 2)
    assert array.tolist() == [1, 1]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"GRB1" + b"\xff" * 12,
        b"GRB1\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00[]",
    ],
)
def test_a_kernel_that_talks_nonsense_has_ended(reply):
    with liar(lambda body: [reply]) as bridge:
        with pytest.raises(StudentEnded):
            bridge.get("x")
        assert not bridge.alive


def test_answers_to_other_questions_are_ignored():
    frames = lambda body: [  # noqa: E731
        Frame({"id": 0, "ok": "old"}),
        Frame({"ok": "none"}),
        Frame({"id": body["id"] + 1, "ok": "next"}),
        Frame({"id": body["id"], "ok": "mine"}),
    ]
    with liar(frames) as bridge:
        assert bridge.get("x") == "mine"


@pytest.mark.parametrize(
    "forged",
    [
        {"callback": 0},
        {"callback": -1, "args": ["list", []], "kwargs": ["dict", []]},
        {"callback": 99, "args": ["list", []], "kwargs": ["dict", []]},
        {"callback": None, "args": ["list", []], "kwargs": ["dict", []]},
        {"callback": 0, "args": 3, "kwargs": 3},
        {"callback": 0, "args": ["list", [1, 2, 3]], "kwargs": ["dict", [[1, 2]]]},
        {"callback": 0, "args": ["list", [["remote", None, [], True]]], "kwargs": ["dict", []]},
    ],
    ids=str,
)
def test_a_forged_call_of_a_function_runs_nothing(forged):
    ran = []
    with liar(lambda body: [Frame(forged), *ok(None)(body)]) as bridge:
        bridge._callbacks.append(lambda: ran.append(1))
        bridge.get("x")
    assert ran == []


def test_a_peer_that_only_calls_back_runs_out_of_time():
    def chatter(body):
        while True:
            yield Frame({"callback": 7, "args": ["list", []], "kwargs": ["dict", []]})

    with liar(chatter) as bridge:
        bridge.call_seconds = 0.3
        began = time.monotonic()
        with pytest.raises(StudentTimeout):
            bridge.get("x")
        assert not bridge.alive
        assert time.monotonic() - began < 6


def test_a_length_or_items_that_are_none_are_the_students_fault():
    answers = {"get": ["remote", 1, ["a"], True], "length": -3, "iterate": 3, "next": "abc"}
    with liar(lambda body: ok(answers.get(body["op"]))(body)) as bridge:
        handle = bridge.get("x")
        with pytest.raises(StudentError):
            len(handle)
        answers["iterate"] = answers["get"]
        with pytest.raises(StudentError):
            list(handle)


def test_a_stream_of_promises_takes_no_memory():
    promise = b"GRB1" + (0).to_bytes(4, "big") + (2**62).to_bytes(8, "big")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with liar(lambda body: [promise]) as bridge, pytest.raises(StudentEnded):
        bridge.get("x")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_short_number_arrives_as_a_long_one():
    """Python's numbers bow to a short one: np.float16(inf) equals every number above 65504."""
    source = """
import numpy as np
def f(): return [np.float16(np.inf), np.int8(-125), np.array(np.inf, np.float16)]
"""
    with student(source) as bridge:
        half, small, array = bridge.get("f")()
    assert half != 100000.0 and array != 100000.0
    assert abs(small - 3) == 128


def test_an_end_of_iteration_does_not_end_an_iteration_here():
    with student("def f(x): raise StopIteration") as bridge:
        f = bridge.get("f")
        with pytest.raises(StudentError):
            list(map(f, [1, 2, 3]))


def test_one_buffer_is_one_value():
    """A thousand arrays of one buffer would take a thousand times its memory."""
    buffer = b"\0" * 2**20
    tree = ["list", [["array", "|u1", [2**20], 0]] * 1000]
    with (
        liar(lambda body: [Frame({"id": body["id"], "ok": tree}, [buffer])]) as bridge,
        pytest.raises(StudentError),
    ):
        bridge.get("f")


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox"])
def test_a_generator_of_the_judge_goes_where_it_can_go_only(kind):
    source = "def f(rng, other):\n    rng.bit_generator.state = other.bit_generator.state"
    rng = np.random.Generator(getattr(np.random, kind)(1))
    other = np.random.Generator(getattr(np.random, kind)(2))
    twin = copy.deepcopy(rng)
    with student(source) as bridge:
        bridge.copy_back = lambda: True
        bridge.get("f")(rng, other)
    assert rng.random() == twin.random()


def test_a_call_back_with_too_large_a_result_is_an_error_there():
    source = """
def f(make):
    try:
        return len(make(10**7))
    except RuntimeError:
        return "refused"
"""
    with student(source) as bridge:
        assert bridge.get("f")(lambda n: b"0" * n) == "refused"


def test_calls_back_and_forth_are_nested_to_a_depth_only():
    source = "def f(again, depth=0):\n    return again(f, depth + 1)"
    with student(source) as bridge:
        f = bridge.get("f")
        with pytest.raises(StudentError):
            f(_again)
        assert bridge.alive


def _again(function, depth):
    return function(_again, depth)


@pytest.mark.parametrize("work", ["sum(0 for _ in iter(int, 1))", "time.sleep(60)"])
def test_a_call_back_that_never_ends_is_stopped_in_its_time(work):
    """Its arguments are the student's: they may ask a harmless function for endless work."""
    function = eval(f"lambda n: {work}")
    with student(
        "def f(g):\n    try:\n        return g(1)\n    except RuntimeError:\n        return 5"
    ) as bridge:
        bridge.call_seconds = 0.5
        began = time.monotonic()
        with pytest.raises(StudentTimeout):
            bridge.get("f")(function)
    assert time.monotonic() - began < 20
