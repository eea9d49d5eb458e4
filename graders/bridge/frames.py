"""Frames, series, indices and moments of pandas on the wire.

A table crosses as its columns, each an array or a list of plain items; a name, a length or a type that
does not fit is refused before pandas makes anything of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from graders.bridge.arrays import decode_array, encode_array, refusal

if TYPE_CHECKING:
    from graders.bridge.wire import Decoder, Encoder

_NULLABLE = re.compile(r"(?:U?Int(?:8|16|32|64)|Float(?:32|64)|boolean)")
_OFFSET = re.compile(r"UTC([+-][0-9]{2}:[0-9]{2})?")


def encode(value: Any, encoder: Encoder) -> Any:
    """Return the tree of a value of pandas, or None if it is none of those that cross by value."""
    if type(value).__module__.split(".")[0] != "pandas":
        return None
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [_encode_column(value.iloc[:, i], encoder) for i in range(value.shape[1])]
        if any(column is None for column in columns):
            return None
        return ["frame", _encode_index(value.columns, encoder), columns, _encode_index(value.index, encoder)]
    if isinstance(value, pd.Series):
        column = _encode_column(value, encoder)
        name = encoder.encode(value.name)
        return column and ["series", column, _encode_index(value.index, encoder), name]
    if isinstance(value, pd.Index):
        return _encode_index(value, encoder)
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return ["moment", type(value).__name__, value.isoformat()]
    return ["missing", "NaT" if value is pd.NaT else "NA"] if value is pd.NaT or value is pd.NA else None


def _encode_column(series: Any, encoder: Encoder) -> Any:
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _encode_column(pd.Series(dtype.categories), encoder)
        codes = encode_array(series.cat.codes.to_numpy(), encoder)
        return categories and ["category", codes, categories, bool(dtype.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return ["zoned", encode_array(moments, encoder), str(dtype.tz)]
    if _NULLABLE.fullmatch(str(dtype)):
        data = series.array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        mask = encode_array(series.isna().to_numpy(), encoder)
        return ["nullable", str(dtype), encode_array(data, encoder), mask]
    if str(dtype) in ("object", "str", "string"):
        return _encode_texts(series, encoder)
    return encode_array(series.to_numpy(), encoder)


def _encode_texts(series: Any, encoder: Encoder) -> Any:
    items = [_plain_item(item) for item in series]
    if any(item is NotImplemented for item in items):
        return None
    kind = "object" if str(series.dtype) == "object" else "str"
    return ["texts", kind, [encoder.encode(item) for item in items]]


def _plain_item(item: Any) -> Any:
    import pandas as pd

    if item is None or item is pd.NA:
        return item
    return item if type(item) in (bool, int, float, str) else NotImplemented


def _encode_index(index: Any, encoder: Encoder) -> Any:
    import pandas as pd

    names = encoder.encode(list(index.names))
    if isinstance(index, pd.RangeIndex):
        return ["rangeindex", index.start, index.stop, index.step, names]
    if isinstance(index, pd.MultiIndex):
        return ["multiindex", encoder.encode([tuple(item) for item in index]), names]
    column = _encode_column(index.to_series(), encoder)
    return ["index", column if column is not None else encoder.encode(list(index)), names]


# -- decoding -------------------------------------------------------------------------------------


def _decode_column(tree: Any, decoder: Decoder) -> Any:
    """Return the values of a column: an array, or a pandas array where numpy has no such type."""
    if type(tree) is not list or not tree or tree[0] not in _COLUMNS:
        raise refusal("A column is malformed.")
    return _COLUMNS[tree[0]](tree, decoder)


def _decode_category(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    codes, categories = decode_array(tree[1], decoder), _decode_column(tree[2], decoder)
    dtype = pd.CategoricalDtype(pd.Index(categories), ordered=tree[3] is True)
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _decode_zoned(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    zone = str(tree[2])
    if zone not in available_timezones() and not _OFFSET.fullmatch(zone):
        raise refusal("A column has an unknown time zone.")  # a name can be a path to a file
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
    if any(_plain_item(item) is NotImplemented for item in items):
        raise refusal("A column holds something other than text and numbers.")
    return pd.Series(items, dtype="str" if tree[1] == "str" else object).array


_COLUMNS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": decode_array,
    "category": _decode_category,
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
        return pd.MultiIndex.from_tuples(decoder.decode(tree[1]), names=names)
    if type(tree[1]) is list and tree[1] and tree[1][0] == "list":
        return pd.Index(decoder.decode(tree[1]), name=names[0])
    return pd.Index(_decode_column(tree[1], decoder), name=names[0])


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
    return series.rename(decoder.decode(tree[3]))


def _series(tree: Any, index: Any, decoder: Decoder) -> Any:
    """Return a column under an index; object columns stay what they are, whatever is in them."""
    import pandas as pd

    values = _decode_column(tree, decoder)
    if len(values) != len(index):
        raise refusal("A column is not as long as its index.")
    as_object = tree[0] == "texts" and tree[1] != "str"
    return pd.Series(values, index=index, dtype=object if as_object else None)


def _decode_moment(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    return {"Timestamp": pd.Timestamp, "Timedelta": pd.Timedelta}[tree[1]](str(tree[2])[:64])


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
