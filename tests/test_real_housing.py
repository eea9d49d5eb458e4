"""Chapter 2's reference answers on the real table of the 1990 census, where that table is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graders.course import load_course
from graders.notebooks.bundle import load_bundle
from graders.results import Role

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT.parent / "shared" / "data" / "housing" / "housing.csv"
TARGET = "median_house_value"
BOOK_RMSE = 47_730  # of the usual stratified split, with the interval 45,685 to 49,691

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the real table is not at hand")


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """Return what the given and the answer cells of chapter 2 define, run one after the other."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    names: dict[str, Any] = {"__name__": "chapter"}
    for cell in load_bundle(load_course(ROOT), "ch02_end_to_end").notebooks[0].cells:
        if cell.role in (Role.GIVEN, Role.ANSWER):
            exec(cell.source, names)
    return names


@pytest.fixture(scope="module")
def parts(answers: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the real table's training and test part, stratified by income."""
    train, test = answers["stratified_split"](pd.read_csv(TABLE), [0, 1.5, 3, 4.5, 6, np.inf], 0.2, 42)
    return train, test


def test_the_reference_errs_less_than_the_book_on_the_real_table(answers, parts):
    train, test = parts
    assert (len(train), len(test)) == (16_512, 4_128)
    model = answers["build_model"]().fit(train.drop(columns=TARGET), train[TARGET])
    predicted = model.predict(test.drop(columns=TARGET))
    rmse = float(np.sqrt(np.mean((predicted - test[TARGET]) ** 2)))
    low, high = answers["rmse_interval"](test[TARGET], predicted)
    print(f"test RMSE {rmse:,.0f}, 95% interval {low:,.0f} to {high:,.0f}")
    assert low < rmse < high
    assert rmse <= BOOK_RMSE
    assert high - low < 5_000


def test_both_intervals_agree_on_the_real_table(answers, parts):
    train, test = parts
    model = answers["build_model"]().fit(train.drop(columns=TARGET), train[TARGET])
    predicted = model.predict(test.drop(columns=TARGET))
    by_formula = answers["rmse_interval"](test[TARGET], predicted)
    by_bootstrap = answers["bootstrap_interval"](test[TARGET], predicted, draws=1000)
    assert np.allclose(by_formula, by_bootstrap, rtol=0.01)


def test_the_real_parts_have_the_same_shares_of_incomes_and_raise_no_alert(answers, parts):
    train, test = parts
    shares = [
        pd.cut(part["median_income"], [0, 1.5, 3, 4.5, 6, np.inf]).value_counts(normalize=True)
        for part in parts
    ]
    assert np.allclose(shares[0], shares[1].reindex(shares[0].index), rtol=0.02)
    assert answers["input_alerts"](train, test) == []
    assert answers["correlations"](train).index[0] == "median_income"
