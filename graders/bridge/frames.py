"""Frames, series, indices and moments of pandas on the wire.

A table crosses as its columns, each an array or a list of plain items; a name, a length or a type that
does not fit is refused before pandas makes anything of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from graders.bridge import zones
from graders.bridge.arrays import crosses, decode_array, encode_array, refusal

if TYPE_CHECKING:
    from graders.bridge.wire import Decoder, Encoder

_NULLABLE = re.compile(r"(?:U?Int(?:8|16|32|64)|Float(?:32|64)|boolean)")
_TEXTS = ("object", "str", "string")
_ITEMS = (bool, int, float, complex, str, bytes, date, datetime, timedelta)


def encode(value: Any, encoder: Encoder) -> Any:
    """Return the tree of a value of pandas, or None if it is none of those that cross by value."""
    if type(value).__module__.split(".")[0] != "pandas":
        return None
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [_encode_column(value.iloc[:, i], encoder) for i in range(value.shape[1])]
        names, rows = _encode_index(value.columns, encoder), _encode_index(value.index, encoder)
        return ["frame", names, columns, rows] if names and rows and all(columns) else None
    if isinstance(value, pd.Series):
        column, rows = _encode_column(value, encoder), _encode_index(value.index, encoder)
        return ["series", column, rows, encoder.encode(value.name)] if column and rows else None
    if isinstance(value, pd.Index):
        return _encode_index(value, encoder)
    if value is pd.NaT or value is pd.NA:
        return ["missing", "NaT" if value is pd.NaT else "NA"]
    return _encode_moment(value, encoder)


def _encode_moment(value: Any, encoder: Encoder) -> Any:
    """Encode a moment as NumPy's, which keeps its unit; one with a time zone in UTC, with the zone's name."""
    import pandas as pd

    if isinstance(value, pd.Timedelta):
        return ["moment", "Timedelta", encoder.encode(value.to_timedelta64()), ""]
    if not isinstance(value, pd.Timestamp):
        return None
    zone = "" if value.tz is None else zones.name_of(value.tz)
    if value.tz is not None and not zone:
        return None
    return ["moment", "Timestamp", encoder.encode(value.to_datetime64()), zone]


def _encode_column(series: Any, encoder: Encoder) -> Any:
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _encode_column(_series_of(dtype.categories), encoder)
        codes = encode_array(series.cat.codes.to_numpy(), encoder)
        return categories and ["category", codes, categories, bool(dtype.ordered)]
    if isinstance(dtype, pd.IntervalDtype):
        left, right = (
            _encode_column(_series_of(end), encoder) for end in (series.array.left, series.array.right)
        )
        return left and right and ["interval", left, right, dtype.closed]
    if isinstance(dtype, pd.DatetimeTZDtype):
        zone = zones.name_of(dtype.tz)
        moments = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return ["zoned", encode_array(moments, encoder), zone] if zone else None
    if _NULLABLE.fullmatch(str(dtype)):
        data = series.array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        mask = encode_array(series.isna().to_numpy(), encoder)
        return ["nullable", str(dtype), encode_array(data, encoder), mask]
    if str(dtype) in _TEXTS:
        return _encode_texts(series, encoder)
    return encode_array(series.to_numpy(), encoder)


def _series_of(index: Any) -> Any:
    """Return the labels of an index as a series of the same type, whatever pandas would make of them."""
    import pandas as pd

    return pd.Series(index.array, dtype=index.dtype)


def _encode_texts(series: Any, encoder: Encoder) -> Any:
    items = list(series)
    if not all(map(_is_plain, items)):
        return None
    return ["texts", str(series.dtype), [encoder.encode(item) for item in items]]


def _is_plain(item: Any) -> bool:
    """Whether something in a column of objects may cross: a scalar of Python's, NumPy's or pandas' own."""
    import numpy as np
    import pandas as pd

    if item is None or type(item) in _ITEMS or item is pd.NA or item is pd.NaT:
        return True
    if type(item) is pd.Timestamp:
        return item.tz is None or bool(zones.name_of(item.tz))
    own = isinstance(item, np.generic) and type(item).__module__ == "numpy"
    return type(item) is pd.Timedelta or (own and crosses(item.dtype))


def _encode_index(index: Any, encoder: Encoder) -> Any:
    import pandas as pd

    names = encoder.encode(list(index.names))
    if isinstance(index, pd.RangeIndex):
        return ["rangeindex", index.start, index.stop, index.step, names]
    if isinstance(index, pd.MultiIndex):
        levels = [_encode_column(_series_of(level), encoder) for level in index.levels]
        codes = [encode_array(part, encoder) for part in index.codes]
        return ["multiindex", levels, codes, names] if all(levels) else None
    column = _encode_column(_series_of(index), encoder)
    return column and ["index", column, names]


# -- decoding -------------------------------------------------------------------------------------


def _decode_column(tree: Any, decoder: Decoder) -> Any:
    """Return the values of a column: an array, or a pandas array where numpy has no such type."""
    if type(tree) is not list or not tree or tree[0] not in _COLUMNS:
        raise refusal("A column is malformed.")
    return _COLUMNS[tree[0]](tree, decoder)


def _decode_category(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    if type(tree[2]) is not list or tree[2][:1] == ["category"]:
        raise refusal("The categories of a column are categories.")
    codes, categories = decode_array(tree[1], decoder), _labels(tree[2], decoder)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories, ordered=tree[3] is True))


def _decode_interval(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    if any(type(end) is not list or end[:1] not in (["array"], ["zoned"]) for end in tree[1:3]):
        raise refusal("An interval does not end in numbers or moments.")
    left, right = (_decode_column(end, decoder) for end in tree[1:3])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=tree[3])


def _labels(tree: Any, decoder: Decoder, name: Any = None) -> Any:
    """Return a column as labels: objects stay objects, and tuples are labels too."""
    import pandas as pd

    values = _decode_column(tree, decoder)
    as_object = tree[:2] == ["texts", "object"]
    return pd.Index(values, name=name, dtype=object if as_object else None, tupleize_cols=False)


def _decode_zoned(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    zone = str(tree[2])
    if not zones.is_known(zone):
        raise refusal("A column has an unknown time zone.")
    return pd.Series(decode_array(tree[1], decoder)).dt.tz_localize("UTC").dt.tz_convert(zone).array


def _decode_nullable(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    if type(tree[1]) is not str or not _NULLABLE.fullmatch(tree[1]):
        raise refusal("A column has a type that may not cross.")
    values = pd.Series(decode_array(tree[2], decoder)).astype(tree[1])
    values[decode_array(tree[3], decoder).astype(bool)] = pd.NA
    return values.array


def _decode_texts(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    items = decoder.items(tree[2])
    if tree[1] not in _TEXTS or not all(map(_is_plain, items)):
        raise refusal("A column holds something other than text, numbers and moments.")
    return pd.Series(items, dtype=tree[1]).array


_COLUMNS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": decode_array,
    "category": _decode_category,
    "interval": _decode_interval,
    "zoned": _decode_zoned,
    "nullable": _decode_nullable,
    "texts": _decode_texts,
}


def _decode_index(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    names = decoder.decode(tree[-1])
    if tree[0] == "rangeindex":
        if not all(type(part) is int and abs(part) < 2**40 for part in tree[1:4]):
            raise refusal("A range index has parts that are not integers.")
        if len(range(*tree[1:4])) > 2**31:
            raise refusal("A range index is larger than any value may be.")
        return pd.RangeIndex(*tree[1:4], name=names[0])
    if tree[0] == "multiindex":
        return _decode_multiindex(tree, names, decoder)
    return _labels(tree[1], decoder, names[0])


def _decode_multiindex(tree: list[Any], names: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    levels = [_labels(level, decoder) for level in tree[1]]
    codes = [decode_array(part, decoder) for part in tree[2]]
    for level, part in zip(levels, codes, strict=True):
        places = part.ndim == 1 and part.dtype.kind == "i"
        # pandas would shorten these numbers first, and so take some for others.
        if not places or (len(part) and not -1 <= part.min() <= part.max() < len(level)):
            raise refusal("An index of several levels is malformed.")
    return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)


def _decode_frame(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    _, columns, values, index = tree
    rows, names = _decode_index(index, decoder), _decode_index(columns, decoder)
    series = [_series(value, rows, decoder) for value in values]
    if len(names) != len(series):
        raise refusal("The columns of a frame have not as many names.")
    frame = pd.DataFrame(dict(enumerate(series)), index=rows)
    frame.columns = names
    return frame


def _decode_series(tree: list[Any], decoder: Decoder) -> Any:
    series = _series(tree[1], _decode_index(tree[2], decoder), decoder)
    series.name = decoder.decode(tree[3])  # rename() would call a name that can be called
    return series


def _series(tree: Any, index: Any, decoder: Decoder) -> Any:
    """Return a column under an index; object columns stay what they are, whatever is in them."""
    import pandas as pd

    values = _decode_column(tree, decoder)
    if len(values) != len(index):
        raise refusal("A column is not as long as its index.")
    as_object = tree[:2] == ["texts", "object"]
    return pd.Series(values, index=index, dtype=object if as_object else None)


def _decode_moment(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np
    import pandas as pd

    _, kind, moment, zone = tree
    value = decoder.decode(moment)
    if type(value) is not {"Timestamp": np.datetime64, "Timedelta": np.timedelta64}[kind] or pd.isna(value):
        raise refusal("A moment is none.")
    if kind == "Timedelta" or not zone:
        return getattr(pd, kind)(value)
    if not zones.is_known(str(zone)):
        raise refusal("A moment has an unknown time zone.")
    return pd.Timestamp(value).tz_localize("UTC").tz_convert(str(zone))


def _decode_missing(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[tree[1]]


TAGS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "index": _decode_index,
    "rangeindex": _decode_index,
    "multiindex": _decode_index,
    "frame": _decode_frame,
    "series": _decode_series,
    "moment": _decode_moment,
    "missing": _decode_missing,
}
