"""Daily boardings of buses and trains: a stand-in for what Chicago's transit authority publishes.

Imports pandas only inside the function; knows nothing of notebooks or checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

START = "2015-01-01"
_FIXED_HOLIDAYS = ("01-01", "07-04", "11-11", "12-25")
_MOVABLE, _STORMS = 0.018, 0.004  # shares of days
# Boardings on an ordinary workday, and the share of them on workdays, Saturdays, Sundays and holidays.
_LINES = {
    "bus": (900_000, {"W": 1.0, "A": 0.62, "U": 0.45}),
    "rail": (700_000, {"W": 1.0, "A": 0.55, "U": 0.40}),
}
_WEEK = np.array([0.97, 1.0, 1.01, 1.01, 0.99, 1.0, 1.0])  # Mondays are a little weaker


def make_rides(days: int = 1826, seed: int = 0) -> pd.DataFrame:
    """Return a frame of ``days`` days: ``day_type`` (W, A or U) and the boardings ``bus`` and ``rail``.

    The index holds the dates, from 2015 on. W is a workday, A a Saturday, U a Sunday or a holiday. Boardings
    follow the type of the day, the season and a slow decline, times a disturbance that lasts for days and is
    partly common to both; storms keep people at home. Holidays are drawn, apart from four with a fixed date.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    dates = pd.date_range(START, periods=days, freq="D")
    weekday = dates.day_of_week.to_numpy()
    holiday = dates.strftime("%m-%d").isin(_FIXED_HOLIDAYS) | (rng.random(days) < _MOVABLE)
    kinds = np.where((weekday == 6) | holiday, "U", np.where(weekday == 5, "A", "W"))
    storm = np.where(rng.random(days) < _STORMS, 0.85, 1.0)
    season = np.sin(2 * np.pi * (dates.day_of_year.to_numpy() - 110) / 365.25)
    trend = 1 + 0.06 * season - 0.02 * np.arange(days) / 365
    common, columns = rng.normal(size=days), {"day_type": kinds}
    for name, (top, shares) in _LINES.items():
        usual = top * trend * _WEEK[weekday] * np.array([shares[kind] for kind in kinds])
        lasting = _lasting(0.6 * common + 0.8 * rng.normal(size=days))
        columns[name] = np.round(usual * storm * np.exp(lasting)).astype(np.int64)
    return pd.DataFrame(columns, index=dates)


def _lasting(shocks: Floats, keep: float = 0.75, size: float = 0.03) -> Floats:
    """An autoregressive disturbance (days,): three quarters of yesterday's, plus a shock."""
    values = np.zeros(len(shocks))
    for day in range(1, len(shocks)):
        values[day] = keep * values[day - 1] + size * shocks[day]
    return values
