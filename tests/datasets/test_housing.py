"""Housing: a stand-in worth practising on, and the real table where it is present."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from graders import datasets
from graders.datasets import housing
from graders.errors import UsageError

REAL = Path(__file__).parents[3] / "shared" / "data" / "housing" / "housing.csv"
needs_real_table = pytest.mark.skipif(not REAL.is_file(), reason="the real housing.csv is not here")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("GRADERS_DATA", raising=False)
    return tmp_path / "graders"


def test_stand_in_has_the_columns_and_quirks_of_the_real_table() -> None:
    frame = datasets.make_housing(20_000, seed=1)
    assert tuple(frame.columns) == housing.COLUMNS
    assert 0.005 < frame["total_bedrooms"].isna().mean() < 0.02
    assert frame.drop(columns="total_bedrooms").notna().all(axis=None)
    assert set(frame["ocean_proximity"]) == {"<1H OCEAN", "INLAND", "ISLAND", "NEAR BAY", "NEAR OCEAN"}
    assert frame["median_income"].between(0.4999, 15.0001).all()
    assert frame["median_house_value"].max() == 500_001.0
    assert 0.02 < (frame["median_house_value"] == 500_001.0).mean() < 0.08
    assert frame["housing_median_age"].max() == 52.0
    assert 0.55 < frame["median_income"].corr(frame["median_house_value"]) < 0.75
    assert (frame["households"] > 0).all()


def test_same_seed_same_table_other_seed_other_table() -> None:
    assert_frame_equal(datasets.make_housing(50, seed=3), datasets.make_housing(50, seed=3))
    assert not datasets.make_housing(50, seed=3).equals(datasets.make_housing(50, seed=4))


def test_missing_and_noise_change_what_they_say() -> None:
    assert datasets.make_housing(500, missing=0.0)["total_bedrooms"].notna().all()
    quiet, loud = (datasets.make_housing(500, noise=s)["median_house_value"].std() for s in (0.0, 0.8))
    assert loud > quiet * 1.1


def test_a_flexible_model_beats_a_line_on_the_stand_in() -> None:
    train, test = datasets.make_housing(3000, seed=1), datasets.make_housing(2000, seed=2)
    target = "median_house_value"
    numbers = [c for c in housing.COLUMNS if c not in (target, "ocean_proximity", "total_bedrooms")]
    scores = [
        np.sqrt(np.mean((m.fit(train[numbers], train[target]).predict(test[numbers]) - test[target]) ** 2))
        for m in (LinearRegression(), HistGradientBoostingRegressor(random_state=0))
    ]
    assert scores[1] < 0.85 * scores[0]


def test_small_is_the_stand_in_and_nothing_else_is_guessed() -> None:
    assert_frame_equal(datasets.load_housing(), datasets.make_housing())
    with pytest.raises(UsageError, match="no housing data of size 'medium'"):
        datasets.load_housing("medium")


@needs_real_table
def test_full_is_the_real_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADERS_DATA", str(REAL.parents[1]))
    frame = datasets.load_housing("full")
    assert frame.shape == (20640, 10)
    assert tuple(frame.columns) == housing.COLUMNS
    assert frame["total_bedrooms"].isna().sum() == 207
    assert (frame["ocean_proximity"] == "ISLAND").sum() == 5


@needs_real_table
def test_full_is_found_in_the_cache_and_refused_when_damaged(tmp_path: Path) -> None:
    copy = tmp_path / "mine" / housing.FILE
    copy.parent.mkdir(parents=True)
    shutil.copyfile(REAL, copy)
    assert len(datasets.load_housing("full", cache=tmp_path / "mine")) == 20640
    copy.write_bytes(copy.read_bytes()[:-100])
    with pytest.raises(UsageError, match="damaged"):
        datasets.load_housing("full", cache=tmp_path / "mine")


@needs_real_table
def test_numeric_variant_recovers_counts_and_dollars_and_is_fetched_once(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pd.read_csv(REAL).dropna()
    calls = []

    def fetch(**_: object) -> SimpleNamespace:  # the network: scikit-learn's frame, made from the real table
        calls.append(1)
        each = real["households"]
        return SimpleNamespace(
            frame=pd.DataFrame(
                {
                    "MedInc": real["median_income"],
                    "HouseAge": real["housing_median_age"],
                    "AveRooms": real["total_rooms"] / each,
                    "AveBedrms": real["total_bedrooms"] / each,
                    "Population": real["population"],
                    "AveOccup": real["population"] / each,
                    "Latitude": real["latitude"],
                    "Longitude": real["longitude"],
                    "MedHouseVal": real["median_house_value"] / 100_000,
                }
            )
        )

    monkeypatch.setattr("sklearn.datasets.fetch_california_housing", fetch)
    for _ in range(2):
        frame = datasets.load_housing("full")
        assert_frame_equal(frame, real.drop(columns="ocean_proximity").reset_index(drop=True))
    assert len(calls) == 1
    (own_cache / housing.NUMERIC_FILE).write_text("longitude\n1")  # damaged: fetched again
    assert len(datasets.load_housing("full")) == len(real)
    assert len(calls) == 2


def test_without_file_and_network_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(**_: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("sklearn.datasets.fetch_california_housing", offline)
    with pytest.raises(UsageError, match="GRADERS_DATA"):
        datasets.load_housing("full")
