"""Whatever crosses the bridge comes back as it was, or is refused before it goes: searched by Hypothesis."""

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from graders.bridge.arrays import ANSWER_TAGS
from graders.bridge.wire import Decoder, Encoder, WireError
from graders.errors import BridgeError

ZONES = ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)


def seeded(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def there_and_back(value, handlers=None):
    encoder = Encoder()
    tree = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return Decoder([bytes(buffer) for buffer in encoder.buffers], handlers).decode(tree)


def assert_same(back, value):
    """Equal with the same type, dtype and labels; what is not a number is in the same places."""
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(back, value, check_exact=True, check_freq=False)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(back, value, check_exact=True, check_freq=False)
    else:
        pd.testing.assert_index_equal(back, value, exact=True, check_exact=True)


# -- arrays ---------------------------------------------------------------------------------------

DTYPES = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(endianness="?"),
    npst.unsigned_integer_dtypes(endianness="?"),
    npst.floating_dtypes(endianness="?", sizes=(16, 32, 64, 128)),
    npst.complex_number_dtypes(endianness="?", sizes=(64, 128, 256)),
    npst.unicode_string_dtypes(endianness="?", max_len=4),
    npst.byte_string_dtypes(max_len=4),
    npst.datetime64_dtypes(endianness="?"),
    npst.timedelta64_dtypes(endianness="?"),
)


@st.composite
def views(draw):
    """An array that may be a view: transposed, backwards, every second item, without rows, repeated."""
    array = draw(npst.arrays(draw(DTYPES), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
    for _ in range(draw(st.integers(0, 3))):
        if array.ndim:
            array = draw(
                st.sampled_from(
                    [array.T, array[::-1], array[..., ::2], array[:0], np.asfortranarray(array), array[1:]]
                )
            )
    return np.broadcast_to(array, (2, *array.shape)) if draw(st.booleans()) else array


@seeded(200)
@given(views())
def test_views_of_all_types_come_back(array):
    back = there_and_back(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable and back.flags.c_contiguous


EXTREMES = {
    "i8": [-(2**63), -1, 0, 2**63 - 1],
    "u8": [0, 2**63, 2**64 - 1],
    "f8": [np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308],
    "f4": [np.nan, np.inf, 1e-45, 3.4e38],
    "f2": [np.nan, -np.inf, 6e-8, 65504],
    "c16": [complex(np.nan, np.inf), complex(-0.0, -np.inf)],
    "M8[ns]": ["NaT", "1677-09-21T00:12:43.145224193", "2262-04-11T23:47:16.854775807"],
    "M8[s]": ["NaT", "-9999-01-01", "99999-12-31"],
    "m8[ns]": ["NaT", 2**63 - 1, -(2**63) + 1],
    "m8[D]": ["NaT", 2**62],
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", EXTREMES)
def test_the_ends_of_every_type_come_back(dtype, order):
    array = np.array(EXTREMES[dtype], dtype=f"{order}{dtype}")
    back = there_and_back(array)
    assert (back.dtype.str, back.tobytes()) == (array.dtype.str, array.tobytes())
    for item in array:
        scalar = there_and_back(item)
        assert type(scalar) is type(item)
        assert scalar.tobytes() == item.tobytes()


@seeded(150)
@given(st.integers(-(2**63), 2**64 - 1), st.sampled_from(["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]))
def test_the_judge_gets_integers_of_any_type_exactly(number, dtype):
    info = np.iinfo(dtype)
    assume(info.min <= number <= info.max)
    for value in (np.dtype(dtype).type(number), np.array(number, dtype), np.array([number], f">{dtype}")[0]):
        assert int(there_and_back(value, ANSWER_TAGS)) == number


@pytest.mark.parametrize("missing", [None, np.nan])
def test_texts_of_the_newer_kind_come_as_texts_and_what_is_missing_is_refused(missing):
    dtype = np.dtypes.StringDType(na_object=missing)
    assert there_and_back(np.array(["a", "bcd"], dtype=dtype)).tolist() == ["a", "bcd"]
    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(np.array(["a", missing], dtype=dtype))


# -- moments --------------------------------------------------------------------------------------

STAMPS = st.builds(
    lambda number, unit, zone: pd.Timestamp(np.datetime64(number, unit)).tz_localize("UTC").tz_convert(zone),
    st.integers(-(2**31), 2**31),
    st.sampled_from(["s", "ms", "us", "ns"]),
    st.sampled_from([*ZONES, None]),
)
SPANS = st.builds(
    lambda number, unit: pd.Timedelta(np.timedelta64(number, unit)),
    st.integers(-(2**40), 2**40),
    st.sampled_from(["s", "ms", "us", "ns"]),
)


@seeded(150)
@given(STAMPS | SPANS)
def test_moments_of_pandas_keep_unit_and_zone(moment):
    back = there_and_back(moment)
    assert (back, type(back), back.unit) == (moment, type(moment), moment.unit)
    assert str(getattr(back, "tz", None)) == str(getattr(moment, "tz", None))


@pytest.mark.parametrize(
    "moment", [pd.Timestamp.min, pd.Timestamp.max, pd.Timedelta.min, pd.Timedelta.max], ids=repr
)
def test_the_first_and_the_last_moment_come_back(moment):
    assert there_and_back(moment) == moment


@seeded(150)
@given(
    st.datetimes(
        datetime(1900, 1, 1),
        datetime(2100, 1, 1),
        timezones=st.none()
        | st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(seconds=77))])
        | st.sampled_from(ZONES).map(ZoneInfo),
        allow_imaginary=False,
    )
)
def test_pythons_moments_keep_their_zone(moment):
    back = there_and_back(moment)
    assert (back, back.utcoffset(), back.tzname()) == (moment, moment.utcoffset(), moment.tzname())


@pytest.mark.parametrize("zone", ["../etc/passwd", "/etc/localtime", "Nowhere/Land", "America", ""])
def test_a_zone_that_is_none_is_refused(zone):
    encoder = Encoder()
    for value in (
        pd.Timestamp("2020-01-01", tz="Asia/Kolkata"),
        pd.Series(pd.to_datetime(["2020-01-01"]).tz_localize("Asia/Kolkata")),
        datetime(2020, 1, 1, tzinfo=ZoneInfo("Asia/Kolkata")),
    ):
        tree = json.dumps(encoder.encode(value)).replace("Asia/Kolkata", zone)
        if zone or isinstance(value, pd.Series):
            with pytest.raises(WireError):
                Decoder(encoder.buffers).decode(json.loads(tree))


def test_a_zone_of_the_students_own_does_not_cross_as_one():
    from dateutil import tz

    moment = pd.Timestamp("2020-01-01", tz=tz.tzoffset("mine", 77))
    for value in (moment, pd.Series([moment]), pd.DataFrame({"a": [moment]}), pd.DatetimeIndex([moment])):
        with pytest.raises(WireError, match="cannot cross"):
            Encoder().encode(value)


# -- columns --------------------------------------------------------------------------------------


def whole(dtype, low, high):
    return st.lists(st.sampled_from([low, high]) | st.integers(low, high), max_size=5).map(
        lambda items: pd.Series(items, dtype=dtype)
    )


def nullable(dtype, items):
    return st.lists(items | st.none(), max_size=5).map(lambda found: pd.Series(pd.array(found, dtype=dtype)))


MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), allow_imaginary=False) | st.none()
OBJECTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    TEXT,
    st.binary(max_size=3),
    st.just(pd.NaT),
    st.just(pd.NA),
    st.dates(),
    STAMPS,
    SPANS,
    st.floats(width=32).map(np.float32),
    st.integers(0, 2**64 - 1).map(np.uint64),
    st.booleans().map(np.bool_),
    TEXT.map(np.str_),
)
COLUMNS = st.one_of(
    whole("int64", -(2**63), 2**63 - 1),
    whole("uint64", 0, 2**64 - 1),
    whole("int8", -128, 127),
    st.lists(st.floats(), max_size=5).map(lambda items: pd.Series(items, dtype="float64")),
    st.lists(st.floats(width=32), max_size=5).map(lambda items: pd.Series(items, dtype="float32")),
    st.lists(st.floats(), max_size=5).map(lambda items: pd.Series(np.array(items, dtype=">f8"))),
    st.lists(st.complex_numbers(), max_size=5).map(lambda items: pd.Series(items, dtype="complex128")),
    st.lists(st.booleans(), max_size=5).map(lambda items: pd.Series(items, dtype="bool")),
    nullable("Int64", st.integers(-(2**63), 2**63 - 1)),
    nullable("UInt64", st.integers(0, 2**64 - 1)),
    nullable("Int8", st.integers(-128, 127)),
    nullable("Float64", st.floats(allow_nan=False)),
    nullable("boolean", st.booleans()),
    st.lists(TEXT | st.none(), max_size=5).map(lambda items: pd.Series(items, dtype="str")),
    st.lists(TEXT | st.none(), max_size=5).map(lambda items: pd.Series(items, dtype="string")),
    st.lists(OBJECTS, max_size=5).map(lambda items: pd.Series(items, dtype=object)),
    st.builds(
        lambda items, unit: pd.Series(pd.to_datetime(items)).astype(f"M8[{unit}]"),
        st.lists(MOMENTS, max_size=5),
        st.sampled_from(["s", "ms", "us", "ns"]),
    ),
    st.builds(
        lambda items, zone: pd.Series(pd.to_datetime(items, utc=True)).dt.as_unit("us").dt.tz_convert(zone),
        st.lists(MOMENTS, max_size=5),
        st.sampled_from([*ZONES, timezone(timedelta(hours=-3))]),
    ),
    st.builds(
        lambda items, unit: pd.Series(pd.to_timedelta(items)).astype(f"m8[{unit}]"),
        st.lists(st.timedeltas(timedelta(-9999), timedelta(9999)) | st.none(), max_size=5),
        st.sampled_from(["s", "ms", "us", "ns"]),
    ),
)  # fmt: skip


@st.composite
def categoricals(draw):
    """A column of categories of any type, some of them not used, some items missing."""
    kinds = draw(COLUMNS).dropna().drop_duplicates()
    assume(kinds.map(type).nunique() < 2 or kinds.dtype != object)
    codes = draw(st.lists(st.integers(-1, len(kinds) - 1), max_size=5))
    return pd.Series(
        pd.Categorical.from_codes(
            codes, categories=pd.Index(kinds, dtype=kinds.dtype), ordered=draw(st.booleans())
        )
    )


@st.composite
def intervals(draw):
    """What ``pd.cut`` makes: pieces of a line, of numbers or moments."""
    breaks = sorted(draw(st.sets(st.integers(-99, 99) | st.floats(-9, 9), min_size=2, max_size=5)))
    found = pd.interval_range(0, periods=3) if draw(st.booleans()) else pd.IntervalIndex.from_breaks(breaks)
    missing = draw(st.booleans()) and found.dtype.subtype.kind == "f"
    return pd.Series(pd.array([*found, None], dtype=found.dtype) if missing else found.array)


ANY_COLUMN = COLUMNS | categoricals() | intervals()


@seeded(250)
@given(ANY_COLUMN, st.none() | TEXT | st.integers() | st.tuples(TEXT, st.integers()))
def test_any_column_comes_back(series, name):
    series = series.rename(name)
    back = there_and_back(series)
    assert_same(back, series)
    if series.dtype == object:
        assert list(map(type, back)) == list(map(type, series))


@seeded(150)
@given(ANY_COLUMN.filter(lambda series: series.dtype.kind != "f" or series.dtype.itemsize != 2))
def test_any_labels_come_back(series):
    index = pd.Index(series.array, name=series.name, dtype=series.dtype)
    assert_same(there_and_back(index), index)


# -- tables ---------------------------------------------------------------------------------------


FEW = st.sampled_from(["a", "b", "ä"])
LABELS = {  # so many labels of each kind; they may repeat, be missing, or have levels
    "numbers": lambda size, name: st.just(pd.RangeIndex(size, name=name)),
    "texts": lambda size, name: many(FEW, size).map(lambda found: pd.Index(found, dtype="str", name=name)),
    "mixed": lambda size, name: many(FEW | st.integers(), size).map(
        lambda found: pd.Index(found, dtype=object)
    ),
    "large": lambda size, name: many(st.integers(-(2**63), 2**63 - 1), size).map(
        lambda found: pd.Index(found, dtype="int64", name=name)
    ),
    "days": lambda size, name: many(st.sampled_from(["2020-01-01", None]), size).map(pd.DatetimeIndex),
    "kinds": lambda size, name: many(FEW, size).map(
        lambda found: pd.CategoricalIndex(found, categories=["ä", "b", "a"])
    ),
    "levels": lambda size, name: st.tuples(many(FEW | st.none(), size), many(st.integers(0, 3), size)).map(
        lambda found: pd.MultiIndex.from_arrays(
            [pd.Index(found[0], dtype="str"), pd.Index(found[1], dtype="int8")], names=["x", name]
        )
    ),
}


def many(items, size):
    return st.lists(items, min_size=size, max_size=size)


@st.composite
def frames(draw):
    """A table of columns of any kinds, with names and labels of any kinds."""
    rows = draw(st.integers(0, 4))
    columns = draw(st.lists(ANY_COLUMN, max_size=3))
    columns = [
        column for column in columns if len(column) and column.dtype != ">f8"
    ]  # which pandas cannot take
    taken = [column.take(np.arange(rows) % len(column)).reset_index(drop=True) for column in columns]
    frame = pd.DataFrame(dict(enumerate(taken)), index=range(rows))
    kinds = draw(st.tuples(st.sampled_from(sorted(LABELS)), st.sampled_from(sorted(LABELS))))
    frame.columns = draw(LABELS[kinds[0]](len(taken), draw(st.sampled_from([None, "name"]))))
    frame.index = draw(LABELS[kinds[1]](rows, draw(st.sampled_from([None, "name", 3]))))
    return frame


@seeded(150)
@given(frames())
def test_any_table_comes_back(frame):
    assert_same(there_and_back(frame), frame)


def test_labels_with_levels_keep_types_and_unused_values():
    index = pd.MultiIndex.from_product(
        [
            pd.Categorical(["low", "high"], categories=["low", "mid", "high"], ordered=True),
            pd.interval_range(0, 2),
        ],
        names=["level", "bin"],
    )
    part = index[:1]
    back = there_and_back(part)
    assert_same(back, part)
    assert [level.dtype for level in back.levels] == [level.dtype for level in part.levels]


def test_tuples_as_labels_of_one_level_stay_tuples():
    index = pd.Index([("a", 1), ("b", 2)], tupleize_cols=False)
    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(index)


def test_what_groupby_and_cut_make_comes_back():
    table = pd.DataFrame({"income": [1.0, 2.5, 4.0, 9.0], "town": ["x", "y", "x", "y"]})
    table["band"] = pd.cut(table["income"], [0, 2, 5, np.inf])
    assert_same(there_and_back(table), table)
    means = table.groupby(["band", "town"], observed=False)["income"].agg(["mean", "count"])
    assert_same(there_and_back(means), means)
    assert_same(there_and_back(table.describe()), table.describe())
    mixed = pd.Series({"name": "ridge", "rmse": np.float64(0.5), "n": np.int64(3)})
    assert_same(there_and_back(mixed), mixed)


@pytest.mark.parametrize(
    "value",
    [
        pd.Series(pd.period_range("2020", periods=2, freq="M")),
        pd.DataFrame({"a": [1, 2]}, index=pd.period_range("2020", periods=2, freq="M")),
        pd.DataFrame([[1, 2]], columns=pd.period_range("2020", periods=2, freq="M")),
        pd.Series([[1], [2]]),
        pd.Series([1, 2], index=pd.Index([("a",), ("b",)], tupleize_cols=False)),
        pd.Period("2020"),
        pd.Interval(0, 1),
    ],
    ids=["periods", "rows", "columns", "lists", "tuples", "period", "interval"],
)
def test_what_cannot_cross_is_refused_whole(value):
    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(value)


def test_a_value_of_too_many_parts_is_refused_where_it_is_sent():
    """A header that the other end would not read must not end the conversation."""
    import socket

    from graders.bridge.wire import Frame, send

    ours, theirs = socket.socketpair()
    with ours, theirs:
        encoder = Encoder()
        body = {"ok": encoder.encode(pd.Series(["x" * 100] * 50_000))}
        with pytest.raises(WireError, match="too many parts"):
            send(ours, Frame(body, encoder.buffers))


# -- sparse matrices ------------------------------------------------------------------------------


@st.composite
def sparse(draw):
    """A sparse matrix of any format: empty, with repeated places, with zeros that are stored, unsorted."""
    shape = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda shape: min(shape) or sum(shape)))
    dtype = draw(st.sampled_from(["<f8", "<f4", "<i8", "<i4", "<u8", "|b1", "<c16", "|i1"]))
    count = draw(st.integers(0, 6)) if min(shape) else 0
    rows, columns = (
        np.array(draw(st.lists(st.integers(0, size - 1), min_size=count, max_size=count)), dtype=np.int32)
        for size in (max(1, side) for side in shape)
    )
    values = draw(st.lists(st.sampled_from([0, 1, 0, 1, 1]), min_size=count, max_size=count))
    value = sp.coo_array((np.array(values).astype(dtype), (rows, columns)), shape=shape)
    value = value if draw(st.booleans()) else sp.coo_matrix(value)
    return value.asformat(draw(st.sampled_from(["coo", "csr", "csc"])))


@seeded(200)
@given(sparse())
def test_any_sparse_matrix_comes_back(value):
    back = there_and_back(value)
    assert (type(back), back.shape, back.dtype) == (type(value), value.shape, value.dtype)
    np.testing.assert_array_equal(back.toarray(), value.toarray())
    assert (back.data == 0).sum() <= (value.data == 0).sum()


def test_places_that_repeat_and_zeros_that_are_stored_stay_as_they_are():
    value = sp.csr_array((np.array([1.0, 2.0, 0.0]), np.array([2, 2, 0]), np.array([0, 3])), shape=(1, 3))
    back = there_and_back(value)
    assert (back.data.tolist(), back.indices.tolist()) == ([1.0, 2.0, 0.0], [2, 2, 0])


def test_a_sparse_array_of_one_dimension_is_refused():
    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(sp.coo_array(np.array([1.0, 0.0, 2.0])))


# -- forged columns -------------------------------------------------------------------------------


def nested(depth):
    tree = ["texts", "str", ["a"]]
    for _ in range(depth):
        tree = ["category", ["array", "|i1", [0], 0], tree, False]
    return tree


@pytest.mark.parametrize(
    "tree",
    [
        ["series", nested(2), ["rangeindex", 0, 0, 1, ["list", [None]]], None],
        ["series", nested(400), ["rangeindex", 0, 0, 1, ["list", [None]]], None],
        ["index", ["interval", nested(1), nested(1), "left"], ["list", [None]]],
        [
            "index",
            ["interval", ["array", "<f8", [1], 1], ["array", "<f8", [1], 0], "sideways"],
            ["list", [None]],
        ],
        ["index", ["interval", ["array", "<f8", [1], 0], ["array", "<f8", [1], 1], "left"], ["list", [None]]],
        ["index", ["interval", ["array", "<f8", [1], 0], ["array", "<U2", [1], 1], "left"], ["list", [None]]],
        ["multiindex", [["texts", "str", ["a"]]], [["array", "<i8", [1], 0]], ["list", [None]]],
        ["multiindex", [["texts", "str", ["a", "a"]]], [["array", "<i8", [0], 2]], ["list", [None]]],
        ["multiindex", [["texts", "str", ["a"]]], [["array", "<f8", [1], 0]], ["list", [None]]],
        ["multiindex", [["texts", "str", ["a"]]], [], ["list", [None]]],
        ["multiindex", [["texts", "str", ["a"]]], [["array", "<i8", [0], 2]], ["list", [None, None]]],
        ["moment", "Timestamp", ["scalar", "<M8[ns]", 0], "../etc/localtime"],
        ["moment", "Timestamp", ["scalar", "<m8[ns]", 0], ""],
        ["moment", "Timestamp", ["scalar", "<f8", 0], ""],
        ["moment", "Timestamp", ["list", []], ""],
        ["moment", "read_pickle", ["scalar", "<M8[ns]", 0], ""],
        ["moment", "Timedelta", ["scalar", "<m8[Y]", 0], ""],
        ["datetime", "2020-01-01T00:00:00", "../etc/localtime"],
        ["datetime", "2020-01-01T00:00:00", ["list", []]],
        ["datetime", "9999-12-31T23:59:59", "Pacific/Kiritimati"],
        ["series", ["texts", "category", ["a"]], ["rangeindex", 0, 1, 1, ["list", [None]]], None],
        ["series", ["texts", "object", [["series", 1, 2, 3]]], ["rangeindex", 0, 1, 1, ["list", [None]]], None],
    ],
    ids=lambda tree: str(tree)[:80],
)
def test_a_forged_column_or_moment_is_refused(tree):
    numbers = [np.array([5.0]).tobytes(), np.array([3.0]).tobytes(), b""]
    with pytest.raises(BridgeError):
        Decoder(numbers).decode(tree)


def test_a_name_that_can_be_called_is_not_called():
    called = []
    encoder = Encoder()
    tree = [*encoder.encode(pd.Series([1.0, 2.0]))[:3], ["callback", 0]]
    back = Decoder(encoder.buffers, {"callback": lambda tree, decoder: called.append}).decode(tree)
    assert called == [] and back.tolist() == [1.0, 2.0]
