"""Rides: the columns, the week, and what makes forecasting them worth a lesson."""

from __future__ import annotations

import numpy as np

from graders import datasets


def errors(frame):
    """Mean absolute errors of yesterday's and last week's boardings as forecasts."""
    values = frame[["bus", "rail"]].to_numpy()
    return [float(np.abs(values[7:] - values[7 - lag : len(values) - lag]).mean()) for lag in (1, 7)]


def test_each_day_has_a_type_and_boardings_of_both_lines() -> None:
    frame = datasets.make_rides(500, seed=3)
    assert list(frame.columns) == ["day_type", "bus", "rail"] and len(frame) == 500
    assert set(frame["day_type"]) == {"W", "A", "U"}
    assert (frame[["bus", "rail"]] > 0).all().all()
    assert frame.index.is_unique and str(frame.index[0].date()) == "2015-01-01"


def test_sundays_and_holidays_are_quiet_and_holidays_fall_on_workdays_too() -> None:
    frame = datasets.make_rides(seed=1)
    means = frame.groupby("day_type")["rail"].mean()
    assert means["U"] < means["A"] < 0.7 * means["W"]
    weekday = frame.index.day_of_week
    assert ((frame["day_type"] == "U") & (weekday < 5)).sum() > 30
    assert (frame.loc[weekday == 6, "day_type"] == "U").all()


def test_last_week_forecasts_far_better_than_yesterday() -> None:
    for seed in range(5):
        yesterday, last_week = errors(datasets.make_rides(seed=seed))
        assert 2 < yesterday / last_week < 5


def test_the_same_arguments_give_the_same_rides() -> None:
    first, again, other = (datasets.make_rides(60, seed=s) for s in (5, 5, 6))
    assert first.equals(again) and not first.equals(other)
