"""Checks in a notebook: what they accept, what they refuse, and the words a student reads."""

import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LinearRegression, Ridge

from graders import check

NAN = float("nan")


def says(make, *args, **options):
    """Make a check that must fail and return what it tells the student."""
    with pytest.raises(check.CheckFailed) as found:
        make("It is right", *args, **options)
    return str(found.value)


FRAME = pd.DataFrame({"a": [1, 2], "b": [0.5, NAN]})

RIGHT = [
    (check.true, True),
    (check.true, np.True_),
    (check.true, np.float64(1) == 1),
    (check.equal, 3, 3),
    (check.equal, np.int64(3), 3),
    (check.equal, 3, 3.0),
    (check.equal, np.array(3), 3),
    (check.equal, NAN, NAN),
    (check.equal, 1 + 2j, 1 + 2j),
    (check.equal, "text", "text"),
    (check.equal, np.str_("text"), "text"),
    (check.equal, None, None),
    (check.equal, True, True),
    (check.equal, np.True_, True),
    (check.equal, [1, [2.0, "x"], None], [1, [2.0, "x"], None]),
    (check.equal, (1, 2), (1, 2)),
    (check.equal, {"b": 1, "a": [NAN]}, {"a": [NAN], "b": 1}),
    (check.equal, {1, 2}, {2, 1}),
    (check.equal, range(3), range(3)),
    (check.equal, np.array([1, 2]), np.array([1.0, 2.0])),
    (check.equal, np.array([1.0, NAN]), np.array([1.0, NAN])),
    (check.equal, np.array(["a", "bc"]), np.array(["a", "bc"])),
    (check.equal, np.array(["NaT", "2020-01-01"], "M8[ns]"), np.array(["NaT", "2020-01-01"], "M8[ns]")),
    (check.equal, 10**400, 10**400),
    (check.equal, 2**53, float(2**53)),
    (check.equal, np.array([True, False]), np.array([True, False])),
    (check.equal, np.zeros((0, 2)), np.zeros((0, 2))),
    (check.equal, [np.arange(3), {"k": np.eye(2)}], [np.arange(3), {"k": np.eye(2)}]),
    (check.equal, FRAME, FRAME.copy()),
    (check.equal, FRAME["b"], FRAME["b"].copy()),
    (check.equal, FRAME.columns, pd.Index(["a", "b"])),
    (check.equal, pd.RangeIndex(2), pd.Index([0, 1])),
    (check.close, 1.0000001, 1.0),
    (check.close, np.float32(0.1), 0.1),
    (check.close, [0.1 + 0.2], np.array([0.3])),
    (check.close, np.array([0.1 + 0.2]), [0.3]),
    (check.close, (0.1 + 0.2, 1), [0.3, 1]),
    (check.close, {"w": [0.1 + 0.2]}, {"w": [0.3]}),
    (check.close, np.array([NAN, np.inf]), np.array([NAN, np.inf])),
    (check.close, FRAME + 1e-9, FRAME),
    (check.shape, np.zeros((3, 2)), (3, 2)),
    (check.shape, np.zeros((3, 2)), [None, 2]),
    (check.shape, np.float64(1), ()),
    (check.shape, FRAME, (2, 2)),
    (check.shape, sp.csr_array((4, 5)), (4, None)),
    (check.instance, True, int),
    (check.instance, Ridge(), Ridge),
    (check.instance, Ridge(), "sklearn.linear_model.Ridge"),
    (check.instance, Ridge(), "sklearn.base.RegressorMixin"),
    (check.instance, FRAME, "pandas.DataFrame"),
]


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case[0].__name__} {case[1:]!r}"[:60])
def test_what_is_right_passes_and_says_so(case, capsys):
    make, *args = case
    make("It is right", *args)
    assert capsys.readouterr().out == "✓ It is right\n"


WRONG = [
    (check.true, (False,), ["does not hold"]),
    (check.true, (1,), ["int", "True or False"]),
    (check.true, ([True],), ["list", "True or False"]),
    (check.true, (np.array([True]),), ["array", "True or False"]),
    (check.true, (None,), ["None", "return"]),
    (check.equal, (4, 3), ["Expected 3", "found 4"]),
    (check.equal, (None, 3), ["None", "return"]),
    (check.equal, (3, None), ["int", "None"]),
    (check.equal, ("3", 3), ["str", "number"]),
    (check.equal, (True, 1), ["bool", "number"]),
    (check.equal, (1, True), ["int", "True or False"]),
    (check.equal, (False, True), ["Expected True", "found False"]),
    (check.equal, (np.array([3]), 3), ["array", "number"]),
    (check.equal, (3.0000001, 3), ["Expected 3"]),
    (check.equal, (NAN, 3), ["found nan"]),
    (check.equal, ("Text", "text"), ["'text'", "'Text'"]),
    (check.equal, ([1, 2], (1, 2)), ["list", "tuple"]),
    (check.equal, ([1, 2], [1, 2, 3]), ["Expected 3 items", "found 2"]),
    (check.equal, ([1, [2, 9]], [1, [2, 3]]), ["Expected 3", "found 9"]),
    (check.equal, ({"a": 1}, {"b": 1}), ["Expected keys", "'b'", "'a'"]),
    (check.equal, ({"a": 1, "b": 2}, {"a": 1}), ["Expected keys ['a']", "['a', 'b']"]),
    (check.equal, ({}, {"a": 1}), ["Expected keys ['a']", "[]"]),
    (check.equal, ({"a": 1}, {"a": 2}), ["Expected 2", "found 1"]),
    (check.equal, ([1], {"a": 1}), ["list", "dict"]),
    (check.equal, ({1}, {1, 2}), ["{1, 2}", "{1}"]),
    (check.equal, ([1.0, 2.0], np.array([1.0, 2.0])), ["list", "array"]),
    (check.equal, (np.zeros(3), np.zeros((3, 1))), ["(3, 1)", "(3,)"]),
    (check.equal, (np.array([1, 2, 9]), np.array([1, 2, 3])), ["1 of 3", "[2]", "3", "9"]),
    (check.equal, (np.array([[1, 5], [6, 4]]), np.array([[1, 2], [3, 4]])), ["2 of 4", "[0, 1]"]),
    (check.equal, (np.array([1.0, NAN]), np.array([1.0, 2.0])), ["[1]", "nan"]),
    (check.equal, (np.array(["a", "x"]), np.array(["a", "b"])), ["1 of 2", "x"]),
    (check.equal, (np.array(["1"]), np.array([1])), ["array of the same kind of values"]),
    (check.equal, (np.array(["a"]), "a"), ["array", "str"]),
    (check.equal, (np.array(["a", "b"]), "a"), ["array", "str"]),
    (check.equal, (pd.DataFrame({"a": [1]}), "a"), ["DataFrame", "str"]),
    (check.equal, (np.array([1, 2]), {1, 2}), ["array", "set"]),
    (check.equal, (2**53 + 1, 2**53), ["9007199254740992", "9007199254740993"]),
    (check.equal, (np.array([2**53 + 1]), np.array([2**53])), ["1 of 1"]),
    (check.equal, (10**400, 3), ["Expected 3"]),
    (check.close, (10**400, 3.0), ["Expected 3.0"]),
    (check.equal, (np.array([False]), np.array([True])), ["1 of 1"]),
    (check.equal, (FRAME["a"], FRAME), ["Series", "DataFrame"]),
    (check.equal, (FRAME.to_numpy(), FRAME), ["array", "DataFrame"]),
    (check.equal, (FRAME.assign(a=7), FRAME), ["a"]),
    (check.equal, (FRAME[["b", "a"]], FRAME), []),
    (check.equal, (FRAME.iloc[::-1], FRAME), []),
    (check.equal, (FRAME["b"], FRAME["a"]), []),
    (check.equal, (pd.Index(["a"]), pd.Index(["a", "b"])), ["length"]),
    (check.equal, (pd.RangeIndex(2**39), pd.Index([1, 2])), ["length"]),
    (check.equal, (object(), 3), ["object", "number"]),
    (check.close, (1.001, 1.0), ["Expected 1.0", "found 1.001"]),
    (check.close, (np.array([1.0, 2.1]), [1.0, 2.0]), ["Expected 2.0", "found 2.1"]),
    (check.close, ([1.0, 2.1], np.array([1.0, 2.0])), ["1 of 2"]),
    (check.close, ([[1.0], [1.0, 2.0]], np.zeros((2, 2))), ["list", "array"]),
    (check.close, (FRAME + 0.1, FRAME), []),
    (check.close, (np.inf, 1e300), ["inf"]),
    (check.shape, (np.zeros((3, 2)), (2, 3)), ["(2, 3)", "(3, 2)"]),
    (check.shape, (np.zeros(3), (3, None)), ["(3, 'any')", "(3,)"]),
    (check.shape, ([1, 2], (2,)), ["list", "array"]),
    (check.shape, (None, (2,)), ["None", "return"]),
    (check.instance, (LinearRegression(), Ridge), ["a Ridge", "LinearRegression"]),
    (check.instance, (Ridge, Ridge), ["a Ridge"]),
    (check.instance, (None, Ridge), ["a Ridge", "None"]),
    (check.instance, (type("Ridge", (), {"__module__": "__main__"})(), Ridge), ["a Ridge"]),
]


def named(case):
    """The name of a case, the same in every process: without the places of objects in memory."""
    return f"{case[0].__name__} {re.sub(' at 0x[0-9a-f]+', '', repr(case[1]))}"[:60]


@pytest.mark.parametrize("case", WRONG, ids=named)
def test_what_is_wrong_is_named_in_words(case):
    make, args, words = case
    message = says(make, *args, hint="Look at the shapes.")
    assert message.startswith("✗ It is right\n")
    assert message.endswith("\n  Hint: Look at the shapes.")
    assert len(message.splitlines()) >= 3
    assert all(word in message for word in words), message


def test_large_values_are_shortened():
    message = says(check.equal, list(range(10_000)), list(range(1, 10_001)))
    assert len(message) < 300
    assert len(says(check.equal, "x" * 10_000, "y" * 10_000)) < 300
    assert len(says(check.equal, {n: n for n in range(9999)}, {"a": 1})) < 300
    assert len(says(check.frame, pd.DataFrame(np.zeros((1, 999))), columns=["a"])) < 300


def test_an_object_that_claims_to_equal_everything_is_not_asked():
    class Sly:
        def __eq__(self, other):
            return True

        __hash__ = None

    for expected in (3, True, [1], {"a": 1}, np.zeros(2), FRAME):
        assert "Sly" in says(check.equal, Sly(), expected)
        assert "Sly" in says(check.close, Sly(), expected)


def test_tolerances_can_be_set():
    check.close("near", 1.05, 1.0, rtol=0.1)
    check.close("near", 0.05, 0.0, atol=0.1)
    says(check.close, 1.2, 1.0, rtol=0.1)
    says(check.close, 1e-6, 0.0)


# -- frames ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"columns": ["a", "b"]},
        {"rows": 2},
        {"missing": True},
        {"like": FRAME},
        {"like": FRAME * (1 + 1e-12)},
        {"columns": ("a", "b"), "rows": 2, "missing": True, "like": FRAME},
    ],
    ids=str,
)
def test_a_frame_as_asked_passes(options):
    check.frame("It is right", FRAME, **options)


@pytest.mark.parametrize(
    ("frame", "options", "words"),
    [
        (FRAME, {"columns": ["b", "a"]}, ["['b', 'a']", "['a', 'b']"]),
        (FRAME, {"columns": ["a"]}, ["['a']"]),
        (FRAME, {"rows": 3}, ["3 rows", "2"]),
        (FRAME, {"missing": False}, ["There are missing values"]),
        (FRAME[["a"]], {"missing": True}, ["There are no missing values"]),
        (FRAME, {"like": FRAME.fillna(0)}, []),
        (FRAME, {"like": FRAME.set_index("a")}, []),
        (FRAME["a"], {}, ["Series", "DataFrame"]),
        (None, {}, ["None", "return"]),
        ([[1]], {"rows": 1}, ["list", "DataFrame"]),
    ],
    ids=repr,
)
def test_a_frame_not_as_asked_is_named_in_words(frame, options, words):
    message = says(check.frame, frame, **options)
    assert all(word in message for word in words), message


# -- exceptions -----------------------------------------------------------------------------------


def bad(kind=ValueError, **options):
    raise kind("no")


class Own(KeyError):
    pass


def test_the_exception_asked_for_passes():
    check.raises("refuses", ValueError, bad)
    check.raises("refuses", (TypeError, LookupError), bad, args=(Own,))
    check.raises("refuses", ZeroDivisionError, bad, kwargs={"kind": ZeroDivisionError, "more": 1})
    check.raises("stub", NotImplementedError, bad, args=(NotImplementedError,))


@pytest.mark.parametrize(
    ("wanted", "args", "words"),
    [
        (TypeError, (), ["TypeError", "ValueError"]),
        ((TypeError, KeyError), (IndexError,), ["TypeError or KeyError", "IndexError"]),
        (Exception, (NotImplementedError,), ["not written yet"]),
        (RuntimeError, (NotImplementedError,), ["not written yet"]),
        (ValueError, (NotImplementedError,), ["ValueError"]),
    ],
    ids=repr,
)
def test_another_exception_is_named(wanted, args, words):
    message = says(check.raises, wanted, bad, args=args)
    assert all(word in message for word in words), message


def test_no_exception_is_named():
    assert "raised nothing; ValueError" in says(check.raises, ValueError, len, args=([],))
