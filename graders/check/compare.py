"""Comparisons that say what differs first; nothing here trusts an ``__eq__`` of a student's object.

Values that reach a comparison are plain: in the judge the bridge lets only exact built-in types,
arrays and frames through, everything else is a remote handle and equals nothing.
"""

from __future__ import annotations

import reprlib
from typing import Any

from graders.check.session import Verdict, fail

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 60
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = _REPR.maxset = 6

Difference = Verdict | None


def short(value: Any) -> str:
    """Return a short repr for messages, never longer than about a line."""
    text = _REPR.repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def is_remote(value: Any) -> bool:
    """Whether a value is a handle on an object in the student's process (see graders.bridge)."""
    return bool(getattr(type(value), "_graders_is_remote", False))


def kind(value: Any) -> str:
    """Name a value's type the way a reader would: 'a list', 'an array', 'a DataFrame'."""
    if is_remote(value):
        return "an object that is not a plain value"
    known = {"ndarray": "an array", "NoneType": "None", "bool_": "a bool"}
    name = type(value).__name__
    return known.get(name) or (("an " if name[:1].lower() in "aeio" else "a ") + name)


def wrong_kind(actual: Any, asked: str) -> Verdict:
    """Say that a value is of another type than asked; forgetting ``return`` is named as such."""
    extra = " Is a `return` missing?" if actual is None else ""
    return fail(f"This should be {asked}, and is {kind(actual)}.{extra}")


def plain(value: Any) -> Any:
    """Return an eager tensor as an array, as the bridge would; anything else as it is."""
    tensor = type(value).__module__.split(".")[0] in ("tensorflow", "torch", "jax", "jaxlib", "keras")
    return value.numpy() if tensor and hasattr(value, "numpy") and hasattr(value, "shape") else value


def difference(actual: Any, expected: Any, *, rtol: float = 0.0, atol: float = 0.0) -> Difference:
    """Return what differs first between two plain values, or None if they agree.

    With ``rtol`` and ``atol`` zero the comparison is exact; NaN equals NaN.
    """
    actual, expected = plain(actual), plain(expected)
    if is_remote(actual) or actual is None or expected is None:
        return None if actual is None and expected is None else wrong_kind(actual, kind(expected))
    for matches, compare in _COMPARERS:
        if matches(expected):
            found: Difference = compare(actual, expected, rtol, atol)
            return found
    if type(actual) is not type(expected) and not isinstance(actual, str):
        return wrong_kind(actual, kind(expected))
    return None if bool(actual == expected) else _differs(actual, expected)


def _differs(actual: Any, expected: Any, where: str = "") -> Verdict:
    return fail(
        f"The value{where} is not the one asked for.",
        f"Expected {short(expected)}{where}, found {short(actual)}.",
    )


def _is_array(value: Any) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"


def _is_pandas(value: Any) -> bool:
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "index")


def _is_index(value: Any) -> bool:
    return type(value).__module__.split(".")[0] == "pandas" and type(value).__name__.endswith("Index")


def _is_number(value: Any) -> bool:
    import numbers

    return isinstance(value, numbers.Number) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")


def _compare_bool(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if not _is_bool(actual):
        return wrong_kind(actual, "True or False")
    return None if bool(actual) == bool(expected) else _differs(actual, expected)


def _compare_number(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if _is_array(actual) and actual.ndim == 0:
        actual = actual[()]
    if not _is_number(actual):
        return wrong_kind(actual, "a number")
    return None if _near(_exact(actual), _exact(expected), rtol, atol) else _differs(actual, expected)


def _exact(number: Any) -> Any:
    """Return numpy's number as Python's: in a short type it would pull the other one down to it.

    Half of a float, ``np.float16(inf)``, equals every number above 65504; differences of short integers
    wrap around to ones that look small.
    """
    short = type(number).__module__ == "numpy" and hasattr(number, "item")
    plain_number = number.item() if short else number
    return plain_number if isinstance(plain_number, int | float | complex) else number


def _near(actual: Any, expected: Any, rtol: float, atol: float) -> bool:
    """Compare two numbers, exactly without tolerances: integers of any size, NaN equal to NaN."""
    if actual != actual or expected != expected:
        return bool(actual != actual and expected != expected)
    if actual == expected:
        return True
    try:
        return bool((rtol or atol) and abs(actual - expected) <= atol + rtol * abs(expected))
    except OverflowError:
        return False


def _compare_array(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    import numpy as np

    if isinstance(actual, list | tuple) and (rtol or atol):
        actual = _as_array(actual)
    if not _is_array(actual):
        return wrong_kind(actual, "an array")
    if actual.shape != expected.shape:
        return fail(
            "The shape is not the one asked for.",
            f"Expected shape {expected.shape}, found {actual.shape}.",
        )
    if actual.dtype.kind not in "biufcmMUSO" or _family(actual) != _family(expected):
        return wrong_kind(actual, "an array of the same kind of values")
    if (rtol or atol) and _family(expected) == "number":
        same = np.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True)
    else:
        same = np.asarray((actual == expected) | ((actual != actual) & (expected != expected)))
    return None if same.all() else _first_array_difference(actual, expected, same)


def _family(array: Any) -> str:
    """Name what kinds of values can be compared with each other."""
    return {"b": "number", "i": "number", "u": "number", "f": "number", "c": "number"}.get(
        array.dtype.kind, "text" if array.dtype.kind in "USO" else array.dtype.kind
    )


def _as_array(values: Any) -> Any:
    import numpy as np

    try:
        return np.array(values)
    except ValueError:
        return values


def _first_array_difference(actual: Any, expected: Any, same: Any) -> Verdict:
    import numpy as np

    at = tuple(int(i) for i in np.argwhere(~same)[0])
    wrong = int((~same).sum())
    return fail(
        "Some values are not the ones asked for." if same.any() else "No value is the one asked for.",
        f"{wrong} of {same.size} values differ; first at {list(at)}: "
        f"expected {short(expected[at])}, found {short(actual[at])}.",
    )


def _compare_sequence(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if type(actual) is not type(expected) and not (rtol or atol):
        return wrong_kind(actual, kind(expected))
    if _is_array(actual):
        actual = actual.tolist()
    if not isinstance(actual, list | tuple):
        return wrong_kind(actual, kind(expected))
    if len(actual) != len(expected):
        return fail(
            "The length is not the one asked for.", f"Expected {len(expected)} items, found {len(actual)}."
        )
    return _first(difference(a, e, rtol=rtol, atol=atol) for a, e in zip(actual, expected, strict=True))


def _first(differences: Any) -> Difference:
    return next((found for found in differences if found is not None), None)


def _compare_dict(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if not isinstance(actual, dict):
        return wrong_kind(actual, "a dict")
    if actual.keys() != expected.keys():
        return fail(
            "The keys are not the ones asked for.",
            f"Expected keys {short(sorted(map(str, expected)))}, found {short(sorted(map(str, actual)))}.",
        )
    return _first(difference(actual[key], expected[key], rtol=rtol, atol=atol) for key in expected)


def _compare_pandas(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    import pandas as pd

    if type(actual) is not type(expected):
        return wrong_kind(actual, kind(expected))
    test: Any = pd.testing.assert_series_equal
    if isinstance(expected, pd.DataFrame):
        test = pd.testing.assert_frame_equal
    try:
        test(actual, expected, check_exact=not (rtol or atol), rtol=rtol, atol=atol, check_dtype=False)
    except AssertionError as error:
        return fail(f"The {type(expected).__name__} is not the one asked for.", str(error)[:400])
    return None


def _compare_index(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if not _is_index(actual):
        return wrong_kind(actual, kind(expected))
    if len(actual) != len(expected):  # before anything is made of it: a range may be endless
        return fail("The length is not the one asked for.")
    return _compare_sequence(list(actual), list(expected), rtol, atol)


def _is_sparse(value: Any) -> bool:
    return type(value).__module__.startswith("scipy.sparse")


def _compare_sparse(actual: Any, expected: Any, rtol: float, atol: float) -> Difference:
    if not _is_sparse(actual):
        return wrong_kind(actual, "a sparse matrix")
    if actual.shape != expected.shape:
        return fail("The shape is not the one asked for.")
    apart = abs(actual.astype(_wide(actual)) - expected.astype(_wide(expected)))
    largest = float(apart.max()) if apart.nnz else 0.0
    allowed = atol + rtol * float(abs(expected).max() if expected.nnz else 0.0)
    return None if largest <= allowed else fail("Some values are not the ones asked for.")


def _wide(matrix: Any) -> str:
    return "complex128" if matrix.dtype.kind == "c" else "float64"  # differences of integers wrap around


def _is_random(value: Any) -> bool:
    return type(value).__module__.startswith("numpy.random")


def _random_state(value: Any) -> Any:
    if hasattr(value, "bit_generator"):
        return value.bit_generator.state
    return value.get_state(legacy=False) if hasattr(value, "get_state") else value


_COMPARERS: tuple[tuple[Any, Any], ...] = (
    (_is_bool, _compare_bool),
    (_is_array, _compare_array),
    (_is_number, _compare_number),
    (lambda value: isinstance(value, list | tuple), _compare_sequence),
    (lambda value: isinstance(value, dict), _compare_dict),
    (lambda value: _is_pandas(value) and not _is_index(value), _compare_pandas),
    (_is_index, _compare_index),
    (_is_sparse, _compare_sparse),
    (_is_random, lambda a, e, rtol, atol: difference(_random_state(a), _random_state(e))),
)
