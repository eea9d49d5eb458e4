"""Checks of behaviour: a call leaves its arguments alone and gives the same result twice."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import Ridge

from graders import check

NAN = float("nan")


def fails(make, func, *args):
    with pytest.raises(check.CheckFailed) as found:
        make("It behaves", func, args=args)
    return str(found.value)


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        ([3, 1], lambda v: v.sort()),
        ({"a": 1}, lambda v: v.pop("a")),
        ({"a": [1]}, lambda v: v["a"].append(2)),
        (np.array([1.0, NAN]), lambda v: v.fill(0)),
        (pd.DataFrame({"a": [1.0, NAN]}), lambda v: v.insert(0, "b", 1)),
        (pd.DataFrame({"a": [1.0, NAN]}), lambda v: v.fillna(0, inplace=True)),
        (pd.Series([1.0, 2.0]), lambda v: v.__setitem__(0, 5.0)),
        (sp.csr_array(np.eye(2)), lambda v: v.data.fill(0)),
        (np.random.default_rng(0), lambda v: v.random()),
        (np.random.RandomState(0), lambda v: v.rand()),
    ],
    ids=["list", "dict", "nested", "array", "column", "inplace", "series", "sparse", "generator", "state"],
)
def test_a_change_of_an_argument_is_noticed_and_not_kept(argument, change):
    before = repr(argument)
    assert "Argument 1 was changed" in fails(check.unchanged, change, argument)
    assert repr(argument) == before
    check.unchanged("It behaves", lambda v: None, args=(argument,))


def test_an_estimator_among_the_arguments_is_not_compared():
    check.unchanged("It behaves", lambda model, X: model.fit(X, X), args=(Ridge(), np.eye(2)))
    assert "Argument 2" in fails(check.unchanged, lambda model, X: X.fill(0), Ridge(), np.eye(2))


def test_the_changed_argument_is_numbered():
    message = fails(check.unchanged, lambda a, b, c: c.clear(), [1], 2, [3])
    assert "Argument 3 was changed" in message


@pytest.mark.parametrize(
    "func",
    [
        lambda v: v * 2,
        lambda v: {"a": [v, NAN]},
        lambda v: np.random.default_rng(1).random(3),
        lambda v: pd.DataFrame({"a": [v]}),
    ],
)
def test_equal_results_are_deterministic(func):
    check.deterministic("It behaves", func, args=(3,))


@pytest.mark.parametrize(
    "func",
    [
        lambda v: np.random.default_rng().random(),
        lambda v: np.random.default_rng().random(3),
        lambda v: pd.DataFrame({"a": np.random.default_rng().random(3)}),
    ],
)
def test_two_different_results_are_not(func):
    assert "different results" in fails(check.deterministic, func, 3)


def test_returning_nothing_is_not_being_deterministic():
    assert "returned None" in fails(check.deterministic, lambda v: None, 3)


def test_a_function_that_changes_its_argument_gets_it_fresh_the_second_time():
    values = [1, 2, 3]
    check.deterministic("It behaves", lambda v: v.pop(), args=(values,))
    assert values == [1, 2, 3]
