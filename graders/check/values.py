"""Checks of values: equal, close, shapes, frames, types and exceptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graders.check.compare import difference, is_remote, kind, plain, short, wrong_kind
from graders.check.session import PASS, Verdict, fail, settle
from graders.errors import GradersError


def true(asked: str, condition: Any, *, hint: str = "", weight: float | None = None) -> None:
    """Check that a condition is exactly True (a bool or numpy bool, nothing merely truthy).

    A student sees the sentence and that it does not hold: say in it what should.

    >>> check.true("The training error falls", bool(np.all(np.diff([3.0, 2.0, 1.5]) < 0)))
    ✓ The training error falls
    """

    def find() -> Verdict:
        value = plain(condition)
        if getattr(value, "shape", None) == ():
            value = value[()]  # an array or tensor of one truth value
        if type(value).__name__ not in ("bool", "bool_"):
            return wrong_kind(value, "True or False")
        return PASS if value else fail("This does not hold.")

    settle(asked, hint, find)


def equal(asked: str, actual: Any, expected: Any, *, hint: str = "", weight: float | None = None) -> None:
    """Check that two plain values are equal: numbers, text, containers, arrays, frames (NaN = NaN).

    Types count: a list is no tuple and text no number. A student sees the first difference.

    >>> check.equal("The classes are sorted", sorted({"b", "a"}), ["a", "b"])
    ✓ The classes are sorted
    """
    settle(asked, hint, lambda: difference(actual, expected) or PASS)


def close(
    asked: str,
    actual: Any,
    expected: Any,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that numbers agree within ``atol + rtol * |expected|``, element by element, any nesting.

    Shapes have to be equal; lists of numbers and arrays are compared with each other. A student sees how many
    values differ, and the first of them.

    >>> check.close("The mean is right", np.mean([1.0, 2.0]), 1.5)
    ✓ The mean is right
    """
    settle(asked, hint, lambda: difference(actual, expected, rtol=rtol, atol=atol) or PASS)


def shape(
    asked: str,
    array: Any,
    expected: Sequence[int | None],
    *,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check an array's shape; ``None`` stands for any size.

    A student sees both shapes.

    >>> check.shape("There are three columns", np.zeros((5, 3)), (None, 3))
    ✓ There are three columns
    """

    def find() -> Verdict:
        found = getattr(plain(array), "shape", None) if not is_remote(array) else None
        if not isinstance(found, tuple):
            return wrong_kind(array, "an array")
        sizes = tuple(expected)
        same = len(found) == len(sizes) and all(e in (None, f) for f, e in zip(found, sizes, strict=True))
        return PASS if same else _wrong_shape(found, sizes)

    settle(asked, hint, find)


def _wrong_shape(found: tuple[int, ...], sizes: tuple[int | None, ...]) -> Verdict:
    wanted = tuple("any" if size is None else size for size in sizes)
    return fail("The shape is not the one asked for.", f"Expected shape {wanted}, found {found}.")


def frame(
    asked: str,
    frame: Any,
    *,
    columns: Sequence[str] | None = None,
    rows: int | None = None,
    missing: bool | None = None,
    like: Any = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check a DataFrame: its columns in order, number of rows, missing values, or all of another frame.

    ``missing=False`` asks for none. ``like`` compares values (to floating point noise), columns and index. A
    student sees which of these does not hold.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [3, 4], "rooms": [2.0, 5.0]})
    >>> check.frame("The table is whole", table, columns=["age", "rooms"], rows=2, missing=False)
    ✓ The table is whole
    """

    def find() -> Verdict:
        if is_remote(frame) or type(frame).__name__ != "DataFrame":
            return wrong_kind(frame, "a DataFrame")
        return _frame_problem(frame, columns, rows, missing) or difference_or_pass(frame, like)

    settle(asked, hint, find)


def difference_or_pass(actual: Any, like: Any) -> Verdict:
    """Compare with a frame to look like, if there is one (values within floating point noise)."""
    return PASS if like is None else difference(actual, like, rtol=1e-9, atol=1e-12) or PASS


def _frame_problem(
    frame: Any, columns: Sequence[str] | None, rows: int | None, missing: bool | None
) -> Verdict | None:
    if columns is not None and list(frame.columns) != list(columns):
        return fail(
            "The columns are not the ones asked for.",
            f"Expected columns {list(columns)}, found {short(list(frame.columns))}.",
        )
    if rows is not None and len(frame) != rows:
        return fail(
            "The number of rows is not the one asked for.", f"Expected {rows} rows, found {len(frame)}."
        )
    if missing is not None and bool(frame.isna().to_numpy().any()) != missing:
        return fail("There are no missing values." if missing else "There are missing values.")
    return None


def instance(
    asked: str, obj: Any, expected: type | str, *, hint: str = "", weight: float | None = None
) -> None:
    """Check an object's class, given as a class or its dotted name; subclasses count.

    What a handle on a student's object says of its class is the student's word: use it to help, and
    grade what the object does. A student sees which class was asked for.

    >>> check.instance("It is a dict", {}, dict)
    ✓ It is a dict
    """
    name = expected if isinstance(expected, str) else f"{expected.__module__}.{expected.__qualname__}"

    def find() -> Verdict:
        names = obj._graders_type_names() if is_remote(obj) else _type_names(type(obj))
        found = any(n == name or _same_class(n, name) for n in names)
        label = name.rsplit(".", 1)[-1]
        return PASS if found else fail(f"This is not a {label}.", f"Expected a {label}, found {kind(obj)}.")

    settle(asked, hint, find)


def _type_names(cls: type) -> list[str]:
    return [f"{c.__module__}.{c.__qualname__}" for c in cls.__mro__]


def _same_class(name: str, wanted: str) -> bool:
    """Match a public path with the private module a library defines the class in."""
    return name.rsplit(".", 1)[-1] == wanted.rsplit(".", 1)[-1] and name.split(".")[0] == wanted.split(".")[0]


def raises(
    asked: str,
    exception: type[BaseException] | tuple[type[BaseException], ...],
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that calling a function raises an exception of a class.

    An untouched answer raises NotImplementedError; that never counts unless it is asked for by name. A
    student sees the class asked for and the class raised.

    >>> check.raises("Text is refused", ValueError, int, args=("three",))
    ✓ Text is refused
    """
    wanted = exception if isinstance(exception, tuple) else (exception,)
    names = " or ".join(cls.__name__ for cls in wanted)

    def find() -> Verdict:
        try:
            func(*args, **(kwargs or {}))
        except GradersError:
            raise  # ours
        except Exception as error:
            if getattr(error, "graders_ended", False):
                raise  # dying is no way of raising
            stopped = getattr(error, "stopped", False) and StopIteration in wanted
            if not isinstance(error, wanted) and not stopped:
                told = f"Expected {names}, got {type(error).__name__}."
                return fail("It raised another exception.", told)
            stub = isinstance(error, NotImplementedError) and NotImplementedError not in wanted
            return fail("The function is not written yet.") if stub else PASS
        return fail(f"It raised nothing; {names} was asked for.")

    settle(asked, hint, find)
