"""California housing: the real table of the 1990 census, and a synthetic stand-in that needs no network.

Imports pandas and scikit-learn only inside functions; knows nothing of notebooks or checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graders.datasets.cache import PathText, cache_dir, local_copy, require_intact, store, stored_intact
from graders.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

FILE = "housing/housing.csv"
NUMERIC_FILE = "housing/housing_numeric.csv"
SHA256 = "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e"

COLUMNS = (
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "median_income",
    "median_house_value",
    "ocean_proximity",
)

# longitude, latitude, share of the districts, log-price premium in the centre
_CITIES = np.array(
    [
        (-122.42, 37.75, 0.14, 0.55),
        (-121.90, 37.33, 0.10, 0.45),
        (-122.20, 37.80, 0.07, 0.30),
        (-121.47, 38.57, 0.10, -0.10),
        (-119.79, 36.75, 0.07, -0.30),
        (-119.02, 35.37, 0.05, -0.35),
        (-118.25, 34.05, 0.28, 0.35),
        (-117.13, 32.78, 0.11, 0.30),
        (-117.38, 33.97, 0.08, -0.15),
    ]
)
_COAST_LATITUDE = (32.5, 33.6, 34.0, 34.5, 35.2, 36.6, 37.5, 38.0, 39.0, 40.4, 42.0)
_COAST_LONGITUDE = (-117.1, -117.9, -118.5, -120.4, -120.8, -121.9, -122.5, -123.0, -123.7, -124.3, -124.2)
_BAY = (-122.25, 37.75)
_BAY_RADIUS, _NEAR, _HOUR = 0.45, 0.18, 1.1  # in degrees
_ISLAND_SHARE = 0.0006
_INCOME_RANGE, _VALUE_RANGE, _OLDEST = (0.4999, 15.0001), (14_999.0, 500_001.0), 52.0


def make_housing(n: int = 4000, seed: int = 0, *, noise: float = 0.15, missing: float = 0.01) -> pd.DataFrame:
    """Make a synthetic table with the columns and the difficulties of the California housing data.

    The districts, prices and places are invented: the table is for practising, not for statements about
    California. It imitates capped values, a few missing ``total_bedrooms``, heavy tails, a rare ISLAND
    category, prices that depend on the place in a way no straight line fits.

    ``n`` rows; incomes in 10,000 dollars, values in dollars, coordinates in degrees. ``noise`` is the
    standard deviation of the log price that nothing explains, ``missing`` the expected share of missing
    ``total_bedrooms``. The same arguments give the same table.
    """
    rng = np.random.default_rng(seed)
    longitude, latitude = _places(n, rng)
    inland = longitude - np.interp(latitude, _COAST_LATITUDE, _COAST_LONGITUDE)
    income = np.clip(rng.lognormal(1.24, 0.45, n), *_INCOME_RANGE)
    age = np.clip(np.rint(rng.gamma(4.2, 7.2, n)), 1.0, _OLDEST)
    counts = _counts(income, rng, missing)
    log_value = _log_value(longitude, latitude, inland, income, age, counts) + rng.normal(0.0, noise, n)
    value = np.clip(np.round(np.exp(log_value), -2), *_VALUE_RANGE)
    proximity = _proximity(longitude, latitude, inland, rng)
    return _frame(longitude, latitude, age, *counts, income, value, proximity)


def _places(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    city = rng.choice(len(_CITIES), size=n, p=_CITIES[:, 2] / _CITIES[:, 2].sum())
    longitude = _CITIES[city, 0] + rng.normal(0.0, 0.28, n)
    latitude = _CITIES[city, 1] + rng.normal(0.0, 0.22, n)
    coast = np.interp(latitude, _COAST_LATITUDE, _COAST_LONGITUDE)
    longitude = coast + np.abs(longitude - coast)  # nobody lives in the sea: mirror at the coast
    return np.round(longitude, 2), np.round(latitude, 2)


def _counts(income: Floats, rng: np.random.Generator, missing: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return total rooms, total bedrooms (some missing), population, households of each district."""
    n = len(income)
    households = np.clip(np.rint(rng.lognormal(6.0, 0.65, n)), 2.0, 6000.0)
    rooms_each = np.clip(3.2 + 0.55 * income + rng.normal(0.0, 0.6, n), 1.2, None)
    bedroom_share = np.clip(0.27 - 0.014 * income + rng.normal(0.0, 0.02, n), 0.08, 0.6)
    people_each = np.clip(rng.lognormal(1.03, 0.22, n), 0.7, None)
    rooms = np.rint(households * rooms_each)
    bedrooms = np.clip(np.rint(rooms * bedroom_share), 1.0, None)
    bedrooms[rng.random(n) < missing] = np.nan
    return rooms, bedrooms, np.rint(households * people_each), households


def _log_value(
    longitude: Floats,
    latitude: Floats,
    inland: Floats,
    income: Floats,
    age: Floats,
    counts: tuple[Floats, Floats, Floats, Floats],
) -> Floats:
    """Return the part of the log price that the columns explain (coefficients chosen by hand)."""
    _, _, population, households = counts
    squared = (longitude[:, None] - _CITIES[:, 0]) ** 2 + (latitude[:, None] - _CITIES[:, 1]) ** 2
    premium = np.exp(-squared / (2 * 0.25**2)) @ _CITIES[:, 3]
    ripple = 0.20 * np.sin(7.0 * longitude) * np.cos(7.0 * latitude)
    coast = -0.30 * np.tanh(1.6 * inland - 0.8)
    crowding = -0.25 * np.log(population / households / 2.8)
    wealth = 0.58 * np.log(income) + 0.05 * income
    together = 0.03 * (income - 3.8) * np.tanh(premium)
    result: Floats = 11.17 + wealth + premium + coast + ripple + crowding + together + 0.002 * (age - 29)
    return result


def _proximity(
    longitude: Floats, latitude: Floats, inland: Floats, rng: np.random.Generator
) -> NDArray[np.str_]:
    to_bay = np.hypot(longitude - _BAY[0], latitude - _BAY[1])
    island = rng.random(len(inland)) < _ISLAND_SHARE
    conditions = [island, to_bay < _BAY_RADIUS, inland < _NEAR, inland < _HOUR]
    return np.select(conditions, ["ISLAND", "NEAR BAY", "NEAR OCEAN", "<1H OCEAN"], default="INLAND")


def _frame(*columns: NDArray[Any]) -> pd.DataFrame:
    import pandas as pd

    rounded = (np.round(c, 4) if c.dtype.kind == "f" else c for c in columns)
    return pd.DataFrame(dict(zip(COLUMNS, rounded, strict=True)))


def load_housing(size: str = "small", cache: PathText | None = None) -> pd.DataFrame:
    """Return California housing: ``"small"`` the synthetic stand-in, ``"full"`` the real table.

    ``"small"`` is :func:`make_housing` with its defaults, 4,000 invented rows.

    ``"full"`` has 20,640 rows of the 1990 census (Pace and Barry, 1997). It is read from
    ``$GRADERS_DATA/housing/housing.csv`` or from the cache folder, and must have the known SHA-256. If
    neither is there, scikit-learn's ``fetch_california_housing`` gets the numeric variant over the
    network, which is then kept in the cache: it has the same rows but no ``ocean_proximity``, no
    missing ``total_bedrooms``, and counts recovered from per-household averages.

    Raises UsageError for another size, a damaged file, or no file and no network.
    """
    if size == "small":
        return make_housing()
    if size != "full":
        raise UsageError(f"There is no housing data of size {size!r}.", hint='Use "small" or "full".')
    found = local_copy(FILE, cache)
    return _read(require_intact(found, SHA256).read_bytes()) if found else _numeric_variant(cache)


def _read(data: bytes) -> pd.DataFrame:
    import io

    import pandas as pd

    return pd.read_csv(io.BytesIO(data))


def _numeric_variant(cache: PathText | None) -> pd.DataFrame:
    path = cache_dir(cache) / NUMERIC_FILE
    if not stored_intact(path):
        store(path, _fetch_numeric().to_csv(index=False).encode())
    return _read(path.read_bytes())


def _fetch_numeric() -> pd.DataFrame:
    import tempfile

    from sklearn.datasets import fetch_california_housing

    try:
        with tempfile.TemporaryDirectory() as folder:  # scikit-learn's own copy is a pickle: not kept
            bunch = fetch_california_housing(data_home=folder, as_frame=True, n_retries=1)
    except OSError as error:
        raise UsageError(
            f"The real housing table is not here and could not be fetched ({type(error).__name__}).",
            hint='Put housing.csv into $GRADERS_DATA/housing/, or use size="small".',
        ) from error
    return _as_counts(bunch.frame)


def _as_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn scikit-learn's per-household averages and 100,000 dollars back into our columns and units."""
    households = (frame["Population"] / frame["AveOccup"]).round()
    columns = (
        frame["Longitude"],
        frame["Latitude"],
        frame["HouseAge"],
        (frame["AveRooms"] * households).round(),
        (frame["AveBedrms"] * households).round(),
        frame["Population"],
        households,
        frame["MedInc"],
        (frame["MedHouseVal"] * 100_000).round(),
    )
    import pandas as pd

    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=False)))
