"""Arrays, sparse matrices, tensors and random generators on the wire.

Only dtypes without Python objects cross. Sizes are checked against the bytes that came before an
array is made, sparse structure is validated in full because compiled code trusts it.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graders.bridge.randomness import goes_on

if TYPE_CHECKING:
    from graders.bridge.wire import Decoder, Encoder

_DTYPE = re.compile(r"[<>|=]?(?:[biufcSU][0-9]{1,9}|[mM]8(?:\[[0-9]{0,6}[A-Za-zμ]{1,2}\])?)")
_MAX_DIMENSIONS = 32
_MAX_ITEM = 2**16  # bytes of one item of an array that has none
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_TENSOR_MODULES = ("tensorflow", "keras", "torch", "jax", "jaxlib")


def refusal(message: str) -> Exception:
    """Return the error that refuses a malformed value."""
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
        return encode_array(np.ma.getdata(value), encoder)
    if isinstance(value, np.dtype):
        return ["dtype", value.str] if crosses(value) else None
    if isinstance(value, np.random.Generator):
        return _encode_generator(value, encoder)
    if isinstance(value, np.random.RandomState):
        return ["randomstate", encoder.encode(value.get_state(legacy=False))]
    return None


def crosses(dtype: Any) -> bool:
    """Whether values of a NumPy type may cross: plain data, and no objects or fields."""
    return dtype.kind in "biufcmMSU" and dtype.fields is None


def _encode_scalar(value: Any, encoder: Encoder) -> Any:
    if value.dtype.itemsize == 0:
        return encoder.encode(value.item())  # the empty text
    if not crosses(value.dtype):
        return _encode_tensor(value, encoder) if value.dtype.kind == "V" else None
    return ["scalar", value.dtype.str, encoder.buffer(value.tobytes())]


def encode_array(value: Any, encoder: Encoder) -> Any:
    """Return the tree of an array, or None if its dtype may not cross."""
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind == "O":
        array = _strings(array)
    elif array.dtype.kind == "V" and array.dtype.fields is None and array.dtype.itemsize <= 2:
        array = array.astype(np.float32)  # bfloat16 and other short floats of ml_dtypes
    elif array.dtype.kind == "T":
        array = _strings(array.astype(object))  # what is missing in it is no text
    if array is None or not crosses(array.dtype):
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
    return encode_array(array, encoder)


def _encode_scipy(value: Any, encoder: Encoder) -> Any:
    from scipy import sparse

    if not sparse.issparse(value) or value.ndim != 2:
        return None
    rows = value.tocsr()
    parts = [encode_array(part, encoder) for part in (rows.data, rows.indices, rows.indptr)]
    if any(part is None for part in parts):
        return None
    return ["sparse", isinstance(value, sparse.sparray), value.format, list(value.shape), *parts]


_BY_ROOT: dict[str, Callable[[Any, Encoder], Any]] = {
    "numpy": _encode_numpy,
    "scipy": _encode_scipy,
    "ml_dtypes": _encode_numpy,
}


# -- decoding -------------------------------------------------------------------------------------


def _dtype(text: Any) -> Any:
    import numpy as np

    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise refusal("An array has a type that may not cross.")
    return np.dtype(text)


def decode_array(tree: list[Any], decoder: Decoder) -> Any:
    """Return the array of a tree; raises WireError unless its shape and dtype fit the bytes that came."""
    import numpy as np

    _, text, shape, number = tree
    dtype, data = _dtype(text), decoder.bytes_of(number)
    if type(shape) is not list or len(shape) > _MAX_DIMENSIONS:
        raise refusal("An array has no shape, or too many dimensions.")
    if not all(type(size) is int and 0 <= size < 2**48 for size in shape):
        raise refusal("An array has a size that is not one.")
    if math.prod(shape) * dtype.itemsize != len(data) or (dtype.itemsize == 0 and math.prod(shape)):
        raise refusal("An array's shape does not match its data.")
    if dtype.itemsize > max(len(data), _MAX_ITEM):
        raise refusal("An array of nothing has items that are too large.")
    if dtype.kind == "b" and len(data) and max(data) > 1:
        raise refusal("An array of truth values holds something else.")
    return np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


def _decode_scalar(tree: list[Any], decoder: Decoder) -> Any:
    return decode_array(["array", tree[1], [], tree[2]], decoder)[()]


def _decode_answer_array(tree: list[Any], decoder: Decoder) -> Any:
    array = decode_array(tree, decoder)
    return array if array.ndim else _widened(array)


def _widened(array: Any) -> Any:
    """Return an array of one number in the long type of its kind.

    Compared with Python's numbers a short one pulls them down to its own type: ``np.float16(inf)`` equals
    every number above 65504, and what is too far from a short integer wraps around to be near.
    """
    wide = {"f": "float64", "i": "int64", "u": "int64"}.get(array.dtype.kind)
    return array.astype(wide) if wide and array.dtype.itemsize < 8 else array


def _decode_generator(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np

    state = decoder.decode(tree[1])
    if not isinstance(state, dict) or state.get("bit_generator") not in _BIT_GENERATORS:
        raise refusal("A random generator is of an unknown kind.")
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
            raise refusal("A random generator is in a state it cannot have.")


def _decode_randomstate(tree: list[Any], decoder: Decoder) -> Any:
    import numpy as np

    state = decoder.decode(tree[1])
    if not isinstance(state, dict) or state.get("bit_generator") != "MT19937":
        raise refusal("A random generator is of an unknown kind.")
    _require_positions(state)
    random = np.random.RandomState()
    random.set_state(state)
    return random


def _decode_sparse(tree: list[Any], decoder: Decoder) -> Any:
    from scipy import sparse

    _, is_array, name, shape, *parts = tree
    if name not in ("csr", "csc", "coo", "lil", "dok", "bsr", "dia"):
        raise refusal("A sparse matrix has an unknown format.")
    if len(shape) != 2 or not all(type(size) is int and 0 <= size < 2**31 for size in shape):
        raise refusal("A sparse matrix has no proper shape.")
    data, indices, indptr = (decode_array(part, decoder) for part in parts)
    make = sparse.csr_array if is_array is True else sparse.csr_matrix
    if not _is_sound(data, indices, indptr, shape):
        raise refusal("A sparse matrix has no proper structure.")
    rows = make((data, indices, indptr), shape=tuple(shape))
    rows.check_format(full_check=True)
    # Other formats are made again only where that needs no more memory than about what came.
    modest = name == "coo" or shape[1] <= max(2**16, 4 * data.nbytes)
    return rows.asformat(name) if name in ("csr", "csc", "coo") and modest else rows


def _is_sound(data: Any, indices: Any, indptr: Any, shape: list[int]) -> bool:
    """Whether compiled code may follow the structure; SciPy checks no index if the last start is negative."""
    if any(part.ndim != 1 for part in (data, indices, indptr)) or len(indptr) != shape[0] + 1:
        return False
    if any(part.dtype.str not in ("<i4", "<i8") for part in (indices, indptr)) or len(data) != len(indices):
        return False
    ascends = indptr[0] == 0 and indptr[-1] <= len(indices) and bool((indptr[1:] >= indptr[:-1]).all())
    return ascends and (not len(indices) or bool(indices.min() >= 0 and indices.max() < shape[1]))


TAGS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": decode_array,
    "scalar": _decode_scalar,
    "dtype": lambda tree, decoder: _dtype(tree[1]),
    "generator": _decode_generator,
    "randomstate": _decode_randomstate,
    "sparse": _decode_sparse,
}

# What the judge decodes in another way than the student's process does.
ANSWER_TAGS: dict[str, Callable[[list[Any], Decoder], Any]] = {
    "array": _decode_answer_array,
    "scalar": lambda tree, decoder: _widened(decode_array(["array", tree[1], [], tree[2]], decoder))[()],
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
        if goes_on(old.bit_generator.state, new.bit_generator.state):
            old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, np.random.RandomState) and isinstance(new, np.random.RandomState):
        if goes_on(old.get_state(legacy=False), new.get_state(legacy=False)):
            old.set_state(new.get_state(legacy=False))
    elif getattr(old, "format", "") in ("csr", "csc") and type(old) is type(new) and old.shape == new.shape:
        old.data, old.indices, old.indptr = new.data, new.indices, new.indptr
        for known in ("_has_sorted_indices", "_has_canonical_format"):
            vars(old).pop(known, None)  # it was true of the old indices
    elif type(old).__name__ in ("DataFrame", "Series") and type(old) is type(new):
        old._update_inplace(new)
