"""Arrays, frames, sparse matrices, tensors and random generators on the wire.

Only dtypes without Python objects cross. Sizes are checked against the bytes that came before an
array is made, sparse structure is validated in full because compiled code trusts it.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from graders.bridge.wire import Decoder, Encoder

_DTYPE = re.compile(r"[<>|=]?(?:[biufcSU][0-9]{1,9}|[mM]8(?:\[[0-9]{0,6}[A-Za-zμ]{1,2}\])?)")
_MAX_DIMENSIONS = 32
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_NULLABLE = re.compile(r"(?:U?Int(?:8|16|32|64)|Float(?:32|64)|boolean)")
_OFFSET = re.compile(r"UTC([+-][0-9]{2}:[0-9]{2})?")
_TENSOR_MODULES = ("tensorflow", "keras", "torch", "jax", "jaxlib")


def _refuse(message: str) -> Exception:
    from graders.bridge.wire import WireError

    return WireError(message)


def encode(value: Any, encoder: Encoder) -> Any:
    """Return the tree of an array-like value, or None if it is none of those that cross by value."""
    root = type(value).__module__.split(".")[0]
    encode_one = _BY_ROOT.get(root)
    if encode_one is None and root in _TENSOR_MODULES:
        encode_one = _encode_tensor
    return encode_one(value, encoder) if encode_one else None


def _encode_numpy(value: Any, encoder: Encoder) -> Any:
    import numpy as np

    if isinstance(value, np.generic):
        return _encode_scalar(value, encoder)
    if isinstance(value, np.ndarray):
        return _encode_array(np.ma.getdata(value), encoder)
    if isinstance(value, np.dtype):
        return ["dtype", value.str] if _crosses(value) else None
    if isinstance(value, np.random.Generator):
        return _encode_generator(value, encoder)
    if isinstance(value, np.random.RandomState):
        return ["randomstate", encoder.encode(value.get_state(legacy=False))]
    return None


def _crosses(dtype: Any) -> bool:
    return dtype.kind in "biufcmMSU" and dtype.fields is None


def _encode_scalar(value: Any, encoder: Encoder) -> Any:
    if value.dtype.itemsize == 0:
        return value.item()  # the empty text
    if not _crosses(value.dtype):
        return _encode_tensor(value, encoder) if value.dtype.kind == "V" else None
    return ["scalar", value.dtype.str, encoder.buffer(value.tobytes())]


def _encode_array(value: Any, encoder: Encoder) -> Any:
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind == "O":
        array = _strings(array)
    elif array.dtype.kind == "V" and array.dtype.fields is None and array.dtype.itemsize <= 2:
        array = array.astype(np.float32)  # bfloat16 and other short floats of ml_dtypes
    elif array.dtype.kind == "T":
        array = array.astype(np.str_)
    if array is None or not _crosses(array.dtype):
        return None
    if array.dtype.itemsize == 0:
        array = array.astype(f"{array.dtype.kind}1")  # only empty texts: give them a size
    return ["array", array.dtype.str, list(array.shape), encoder.buffer(array.tobytes())]


def _strings(array: Any) -> Any:
    """Turn an object array of text into a text array; anything else stays where it is."""
    import numpy as np

    if array.size and all(type(item) is str for item in array.flat):
        return array.astype(np.str_)
    return None


def _encode_generator(value: Any, encoder: Encoder) -> Any:
    state = value.bit_generator.state
    if state.get("bit_generator") not in _BIT_GENERATORS:
        return None
    return ["generator", encoder.encode(state)]


def _encode_tensor(value: Any, encoder: Encoder) -> Any:
    """Encode an eager tensor or variable as an array; symbolic ones stay handles."""
    import numpy as np

    if not (hasattr(value, "dtype") and hasattr(value, "shape")) or isinstance(value, type):
        return None
    try:
        array = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
    except Exception:  # noqa: BLE001 (whatever a symbolic tensor raises, it cannot cross by value)
        return None
    return _encode_array(array, encoder)


def _encode_pandas(value: Any, encoder: Encoder) -> Any:
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
        codes = _encode_array(series.cat.codes.to_numpy(), encoder)
        return categories and ["category", codes, categories, bool(dtype.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return ["zoned", _encode_array(moments, encoder), str(dtype.tz)]
    if _NULLABLE.fullmatch(str(dtype)):
        data = series.array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        mask = _encode_array(series.isna().to_numpy(), encoder)
        return ["nullable", str(dtype), _encode_array(data, encoder), mask]
    if str(dtype) in ("object", "str", "string"):
        return _encode_texts(series, encoder)
    return _encode_array(series.to_numpy(), encoder)


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


def _encode_scipy(value: Any, encoder: Encoder) -> Any:
    from scipy import sparse

    if not sparse.issparse(value) or value.ndim != 2:
        return None
    rows = value.tocsr()
    parts = [_encode_array(part, encoder) for part in (rows.data, rows.indices, rows.indptr)]
    return ["sparse", isinstance(value, sparse.sparray), value.format, list(value.shape), *parts]


_BY_ROOT: dict[str, Callable[[Any, Encoder], Any]] = {
    "numpy": _encode_numpy,
    "pandas": _encode_pandas,
    "scipy": _encode_scipy,
    "ml_dtypes": _encode_numpy,
}


# -- decoding -------------------------------------------------------------------------------------


def _dtype(text: Any) -> Any:
    import numpy as np

    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise _refuse("An array has a type that may not cross.")
    return np.dtype(text)


def _decode_array(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np

    _, text, shape, number = tree
    dtype, data = _dtype(text), decoder.bytes_of(number)
    if type(shape) is not list or len(shape) > _MAX_DIMENSIONS:
        raise _refuse("An array has no shape, or too many dimensions.")
    if not all(type(size) is int and 0 <= size < 2**48 for size in shape):
        raise _refuse("An array has a size that is not one.")
    if math.prod(shape) * dtype.itemsize != len(data) or (dtype.itemsize == 0 and math.prod(shape)):
        raise _refuse("An array's shape does not match its data.")
    return np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


def _decode_scalar(tree: list[Any], decoder: Decoder) -> Any:
    return _decode_array(["array", tree[1], [], tree[2]], decoder)[()]


def _decode_generator(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np

    state = decoder.decode(tree[1])
    if not isinstance(state, dict) or state.get("bit_generator") not in _BIT_GENERATORS:
        raise _refuse("A random generator is of an unknown kind.")
    _require_positions(state)
    bits = getattr(np.random, state["bit_generator"])()
    bits.state = state
    return np.random.Generator(bits)


# Compiled code trusts these positions in a generator's buffer: outside them it would read any memory.
_POSITIONS = {"pos": 624, "buffer_pos": 4, "has_uint32": 1, "has_gauss": 1}


def _require_positions(state: Any) -> None:
    """Refuse a generator state, at any depth, whose position lies outside its buffer."""
    for key, value in state.items():
        if isinstance(value, dict):
            _require_positions(value)
        elif key in _POSITIONS and not (type(value) is int and 0 <= value <= _POSITIONS[key]):
            raise _refuse("A random generator is in a state it cannot have.")


def _decode_randomstate(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np

    state = decoder.decode(tree[1])
    if not isinstance(state, dict) or state.get("bit_generator") != "MT19937":
        raise _refuse("A random generator is of an unknown kind.")
    _require_positions(state)
    random = np.random.RandomState()
    random.set_state(state)
    return random


def _decode_column(tree: Any, decoder: Decoder) -> Any:
    """Return the values of a column: an array, or a pandas array where numpy has no such type."""
    if type(tree) is not list or not tree or tree[0] not in _COLUMNS:
        raise _refuse("A column is malformed.")
    return _COLUMNS[tree[0]](tree, decoder)


def _decode_category(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    codes, categories = _decode_array(tree[1], decoder), _decode_column(tree[2], decoder)
    dtype = pd.CategoricalDtype(pd.Index(categories), ordered=tree[3] is True)
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _decode_zoned(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    zone = str(tree[2])
    if zone not in available_timezones() and not _OFFSET.fullmatch(zone):
        raise _refuse("A column has an unknown time zone.")  # a name can be a path to a file
    return pd.Series(_decode_array(tree[1], decoder)).dt.tz_localize("UTC").dt.tz_convert(zone).array


def _decode_nullable(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    if type(tree[1]) is not str or not _NULLABLE.fullmatch(tree[1]):
        raise _refuse("A column has a type that may not cross.")
    values = pd.Series(_decode_array(tree[2], decoder)).astype(tree[1])
    values[_decode_array(tree[3], decoder).astype(bool)] = pd.NA
    return values.array


def _decode_texts(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    items = decoder.items(tree[2])
    if any(_plain_item(item) is NotImplemented for item in items):
        raise _refuse("A column holds something other than text and numbers.")
    return pd.Series(items, dtype="str" if tree[1] == "str" else object).array


_COLUMNS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": _decode_array,
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
            raise _refuse("A range index has parts that are not integers.")
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
        raise _refuse("The columns of a frame have not as many names.")
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
        raise _refuse("A column is not as long as its index.")
    as_object = tree[0] == "texts" and tree[1] != "str"
    return pd.Series(values, index=index, dtype=object if as_object else None)


def _decode_sparse(tree: list[Any], decoder: Decoder) -> Any:
    from scipy import sparse

    _, is_array, name, shape, *parts = tree
    if name not in ("csr", "csc", "coo", "lil", "dok", "bsr", "dia"):
        raise _refuse("A sparse matrix has an unknown format.")
    if len(shape) != 2 or not all(type(size) is int and 0 <= size < 2**31 for size in shape):
        raise _refuse("A sparse matrix has no proper shape.")
    data, indices, indptr = (_decode_array(part, decoder) for part in parts)
    make = sparse.csr_array if is_array is True else sparse.csr_matrix
    if len(indptr) != shape[0] + 1:
        raise _refuse("A sparse matrix has no proper structure.")
    rows = make((data, indices, indptr), shape=tuple(shape))
    rows.check_format(full_check=True)
    # Other formats are made again only where that needs no more memory than about what came.
    modest = name == "coo" or shape[1] <= max(2**16, 4 * len(decoder.bytes_of(parts[0][3])))
    return rows.asformat(name) if name in ("csr", "csc", "coo") and modest else rows


def _decode_moment(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    return {"Timestamp": pd.Timestamp, "Timedelta": pd.Timedelta}[tree[1]](str(tree[2])[:64])


def _decode_missing(tree: list[Any], decoder: Decoder) -> Any:
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[tree[1]]


TAGS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": _decode_array,
    "scalar": _decode_scalar,
    "dtype": lambda tree, decoder: _dtype(tree[1]),
    "generator": _decode_generator,
    "randomstate": _decode_randomstate,
    "index": _decode_index,
    "rangeindex": _decode_index,
    "multiindex": _decode_index,
    "frame": _decode_frame,
    "series": _decode_series,
    "sparse": _decode_sparse,
    "moment": _decode_moment,
    "missing": _decode_missing,
}


def update_in_place(old: Any, new: Any) -> None:
    """Give a mutable value the content that a call left in the student's copy of it."""
    if isinstance(old, list) and isinstance(new, list):
        old[:] = new
    elif isinstance(old, dict | set) and isinstance(new, dict | set):
        old.clear()
        old.update(new)
    elif isinstance(old, bytearray) and isinstance(new, bytes | bytearray):
        old[:] = new
    else:
        _update_array(old, new)


def _update_array(old: Any, new: Any) -> None:
    np = sys.modules["numpy"]
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.shape == new.shape:
        if old.flags.writeable:
            old[...] = new
    elif isinstance(old, np.random.Generator) and isinstance(new, np.random.Generator):
        old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, np.random.RandomState) and isinstance(new, np.random.RandomState):
        old.set_state(new.get_state(legacy=False))
    elif getattr(old, "format", "") in ("csr", "csc") and type(old) is type(new) and old.shape == new.shape:
        old.data, old.indices, old.indptr = new.data, new.indices, new.indptr
    elif type(old).__name__ in ("DataFrame", "Series") and type(old) is type(new):
        old._update_inplace(new)
