"""Checks of honest learning: leaks, splits, probabilities, and functions that behave as they must."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, StratifiedShuffleSplit, train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, QuantileTransformer, StandardScaler

from graders import check
from graders.errors import JudgeError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 3))
Y = np.tile([0, 0, 0, 1], 25)


def fails(make, *args, **options):
    with pytest.raises(check.CheckFailed) as found:
        make("It is so", *args, **options)
    return str(found.value)


# -- leakage --------------------------------------------------------------------------------------


def scaling(scaler, leak):
    def scale(train, test):
        scaler.fit(np.concatenate([train, test]) if leak else train)
        return scaler.transform(train), scaler.transform(test)

    return scale


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler(), QuantileTransformer(n_quantiles=20)])
def test_statistics_of_all_rows_are_a_leak(scaler):
    options = {"args": (X[:80], X[80:]), "test": 1, "fitted": lambda parts: parts[0]}
    check.no_leakage("It is so", scaling(scaler, leak=False), **options)
    assert "depends on the test rows" in fails(check.no_leakage, scaling(scaler, leak=True), **options)


def test_a_leak_through_labels_or_frames_is_one_too():
    table = pd.DataFrame({"size": X[:, 0], "town": np.where(X[:, 1] > 0, "a", "b")})

    def means(train, test, y_test):
        return {"size": train["size"].mean(), "town": (train["town"] == "a").mean()}

    def leaking(train, test, y_test):
        return means(pd.concat([train, test]), test, y_test)

    def target(train, test, y_test):
        return float(y_test[:5].sum())

    options = {"args": (table[:80], table[80:], Y[80:]), "test": (1, 2)}
    check.no_leakage("It is so", means, **options)
    fails(check.no_leakage, leaking, **options)
    fails(check.no_leakage, target, **options)


def test_what_was_fitted_may_be_an_attribute_and_must_be_a_value():
    def fit(train, test):
        return StandardScaler().fit(train)

    args = (X[:80], X[80:])
    check.no_leakage("It is so", fit, args=args, test=1, fitted=lambda scaler: scaler.mean_)
    assert "return" in fails(check.no_leakage, lambda train, test: None, args=args, test=1)
    with pytest.raises(JudgeError, match="Test rows"):
        check.no_leakage("It is so", fit, args=([1], [2]), test=1)


# -- splits ---------------------------------------------------------------------------------------


def parts_of(*sizes):
    return [part.tolist() for part in np.split(np.arange(100), np.cumsum(sizes)[:-1])]


@pytest.mark.parametrize(
    ("parts", "options"),
    [
        (train_test_split(X, test_size=0.2, random_state=0), {"sizes": (0.8, 0.2)}),
        (train_test_split(pd.DataFrame(X), test_size=0.25, random_state=0), {"sizes": (0.75, 0.25)}),
        (train_test_split(X, test_size=0.2, stratify=Y, random_state=0), {"stratify": Y}),
        ((X[:60], X[60:80], X[80:]), {"sizes": (0.6, 0.2, 0.2), "ordered": True}),
        ((X[:40], X[40:]), {"groups": np.repeat(np.arange(10), 10)}),
    ],
)
def test_a_proper_split(parts, options):
    whole = pd.DataFrame(X) if isinstance(parts[0], pd.DataFrame) else X
    check.split("It is so", parts, whole, **options)


def test_parts_may_be_row_numbers():
    folds = [test for _, test in KFold(5, shuffle=True, random_state=1).split(X)]
    check.split("It is so", folds, 100, sizes=[0.2] * 5)
    stratified = next(StratifiedShuffleSplit(1, test_size=0.2, random_state=0).split(X, Y))
    check.split("It is so", stratified, 100, sizes=(0.8, 0.2), stratify=Y)


@pytest.mark.parametrize(
    ("parts", "options", "problem"),
    [
        ((X[:80], X[70:]), {}, "more than one part"),
        ((X[:80], X[81:]), {}, "in no part"),
        ((X[:80], X[80:] * 2), {}, "whole has not"),
        ((X[:50], X[50:]), {"sizes": (0.8, 0.2)}, "size asked for"),
        ((X[:50], X[50:]), {"sizes": (0.8, 0.1, 0.1)}, "number of parts"),
        ((X[Y == 0], X[Y == 1]), {"stratify": Y}, "another share"),
        ((X[:45], X[45:]), {"groups": np.repeat(np.arange(10), 10)}, "one group"),
        ((X[50:], X[:50]), {"ordered": True}, "Do not shuffle"),
        ((X, None), {}, "return"),
        (([0.5], [1.5]), {"whole": 2}, "row numbers"),
        (([0, 1], [2]), {"whole": 2}, "row numbers"),
    ],
)
def test_an_improper_split_says_what_is_wrong(parts, options, problem):
    options = dict(options)
    assert problem in fails(check.split, parts, options.pop("whole", X), **options)


def test_rows_that_cannot_be_told_apart_are_our_fault():
    with pytest.raises(JudgeError, match="equal"):
        check.split("It is so", (Y[:50, None], Y[50:, None]), Y[:, None])


# -- probabilities --------------------------------------------------------------------------------


@pytest.mark.parametrize("proba", [np.full((4, 2), 0.5), np.full((4, 2), 0.5, "f4"), np.array([0.0, 1.0])])
def test_probabilities(proba):
    check.probabilities("It is so", proba)


@pytest.mark.parametrize(
    ("proba", "shape", "problem"),
    [
        (np.array([[0.5, 0.6]]), None, "sum to one"),
        (np.array([[-0.5, 1.5]]), None, "between 0 and 1"),
        (np.array([[np.nan, 1.0]]), None, "between 0 and 1"),
        (np.array([[np.inf, 0.0]]), None, "between 0 and 1"),
        (np.full((4, 2), 0.5), (4, 3), "shape"),
        (np.full((4, 2), 0.5), (None,), "shape"),
        (None, None, "return"),
        (np.array([["a", "b"]]), None, "numbers"),
    ],
)
def test_what_is_no_probability_is_named(proba, shape, problem):
    assert problem in fails(check.probabilities, proba, shape)


# -- oracle, invariance, rows, unusual input, gradient ----------------------------------------------


def cases(seed):
    return (np.random.default_rng(seed).normal(size=seed + 1),)


def test_an_oracle_finds_the_case_that_differs():
    check.agrees("It is so", lambda v: v.sum() / len(v), np.mean, cases=cases)
    message = fails(check.agrees, lambda v: sum(v) / max(len(v), 2), np.mean, cases=[([4.0, 2.0],), ([3.0],)])
    assert "Case 2: ([3.0])" in message
    assert fails(
        check.agrees, lambda v: v.fill(0) or 0.0, np.mean, cases=cases
    )  # each has arguments of its own


def softmax(Z):
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_an_invariance_holds_or_not():
    order = RNG.permutation(100)
    options = {"args": (X,), "changed": (X[order],), "becomes": lambda out: out[order]}
    check.invariant("It is so", softmax, args=(X,), changed=(X + 100,))
    check.invariant("It is so", softmax, **options)
    assert "should not" in fails(check.invariant, softmax, args=(X,), changed=(X * 2,))
    assert "should not" in fails(check.invariant, lambda X: X[0], args=(X,), changed=(X[order],))
    assert "plain value" in fails(check.invariant, lambda X: None, args=(X,), changed=(X,))


@pytest.mark.parametrize("rows", [X, pd.DataFrame(X)], ids=["array", "frame"])
def test_a_row_counts_by_itself_or_not(rows):
    check.row_independent("It is so", lambda X: np.asarray(X) @ np.ones(3), rows)
    by_batch = fails(check.row_independent, lambda X: np.asarray(X - X.mean(axis=0)), rows)
    assert "rows that come with it" in by_batch
    by_place = fails(check.row_independent, lambda X: np.asarray(X)[:, 0] + np.arange(len(X)), rows)
    assert "rows that come with it" in by_place
    assert "One result per row" in fails(check.row_independent, lambda X: np.ones(3), rows)


def encode(strict):
    encoder = OneHotEncoder(handle_unknown="error" if strict else "ignore", sparse_output=False)
    return encoder.fit([["a"], ["b"]]).transform


def test_unusual_input_is_coped_with_or_not():
    unusual = {"a category never seen": ([["z"]],), "two rows": ([["a"], ["b"]],)}
    check.works_on("It is so", encode(strict=False), unusual)
    message = fails(check.works_on, encode(strict=True), unusual)
    assert "a category never seen: it raised ValueError" in message
    empty = {"no rows": (X[:0],)}
    check.works_on("It is so", lambda X: X.sum(axis=1), empty)
    assert "it returned an int" in fails(check.works_on, lambda X: 3, empty)
    one = {"one row": (X[:1],)}
    with np.errstate(all="ignore"):
        assert "it returned NaN" in fails(
            check.works_on, lambda X: (X - X[0])[:, 0] / X.std(axis=0)[:1] / 0, one
        )
    assert "3 rows for 1" in fails(check.works_on, lambda X: np.ones(3), one)


def loss(w, X, y):
    return float(((X @ w - y) ** 2).mean())


def slope(w, X, y):
    return 2 * X.T @ (X @ w - y) / len(y)


WEIGHTS = np.array([0.5, -1.0, 2.0])


def test_a_gradient_is_that_of_the_loss():
    check.gradient("It is so", loss, slope, at=WEIGHTS, args=(X, Y))
    check.gradient("It is so", lambda *a: (loss(*a), slope(*a)), at=WEIGHTS, args=(X, Y))
    single = X.astype("f4")
    check.gradient("It is so", loss, slope, at=WEIGHTS, args=(single, Y), step=1e-2, rtol=1e-2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda w, X, y: -slope(w, X, y),
        lambda w, X, y: slope(w, X, y) * len(y),
        lambda w, X, y: slope(w, X, y) / 2,
        lambda w, X, y: slope(w, X, y) + np.array([0, 0, 0.01]),
        lambda w, X, y: slope(w, X, y) * np.nan,
    ],
)
def test_a_wrong_gradient_is_not(wrong):
    assert "not that of the loss" in fails(check.gradient, loss, wrong, at=WEIGHTS, args=(X, Y))


@pytest.mark.parametrize("wrong", [lambda w, X, y: slope(w, X, y)[:, None], lambda w, X, y: None])
def test_a_gradient_of_another_shape_is_named(wrong):
    assert "shape of the parameters" in fails(check.gradient, loss, wrong, at=WEIGHTS, args=(X, Y))


# -- not written yet ------------------------------------------------------------------------------


def unwritten(*args):
    raise NotImplementedError()


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (check.unchanged, {"args": (1,)}),
        (check.deterministic, {}),
        (check.agrees, {"oracle": np.mean, "cases": cases}),
        (check.row_independent, {"X": X}),
        (check.works_on, {"cases": {"one row": (X[:1],)}}),
        (check.no_leakage, {"args": (X, X), "test": 1}),
        (check.output_shape, {"X": X, "shape": (2,)}),
        (check.density, {"X": X, "at_least": 0.0}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_untouched_answer_is_named_as_such(make, options):
    with pytest.raises(check.CheckFailed, match="`unwritten` is not written yet"):
        make("It is so", unwritten, **options)


def test_what_a_library_does_not_implement_is_its_own_message():
    def sparse(values):
        raise NotImplementedError("no sparse input")

    with pytest.raises(NotImplementedError, match="no sparse input"):
        check.deterministic("It is so", sparse, args=(1,))
