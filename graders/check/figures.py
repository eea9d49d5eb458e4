"""Checks of figures: the data on the axes, not the pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from graders.check.compare import is_remote, plain, short
from graders.check.session import PASS, Verdict, fail, settle

_Pair = tuple[Any, Any]
_MOST = 1000  # lines, collections, bars or legend entries that are looked at


def figure(
    asked: str,
    ax: Any,
    *,
    lines: Sequence[_Pair] = (),
    points: Sequence[_Pair] = (),
    bars: Sequence[float] | None = None,
    xlabel: str | bool = False,
    ylabel: str | bool = False,
    title: str | bool = False,
    legend: Sequence[str] | bool = False,
    xscale: str | None = None,
    yscale: str | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check what a Matplotlib Axes shows: its lines, points and bars, its labels, legend and scales.

    ``ax`` is an Axes, or a Figure, whose first axes count. ``lines`` and ``points`` hold (x, y) pairs of
    arrays; each must be among those drawn, in any order, and None for x or y stands for any values. ``bars``
    are heights from left to right. ``xlabel``, ``ylabel`` and ``title`` are True for any text or a word that
    has to be in it, and ``legend`` True or such words. A student sees what is missing; of a hidden check no
    values.

    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from matplotlib import pyplot as plt
    >>> _, ax = plt.subplots()
    >>> _ = ax.plot([1, 2, 3], [1, 4, 9], label="squares"), ax.set_xlabel("n"), ax.legend()
    >>> check.figure("The squares are drawn", ax, lines=[([1, 2, 3], [1, 4, 9])], xlabel=True,
    ...              legend=["squares"])
    ✓ The squares are drawn
    >>> plt.close("all")
    """
    words = {"x-axis": ("get_xlabel", xlabel), "y-axis": ("get_ylabel", ylabel), "title": ("get_title", title)}

    def find() -> Verdict:
        axes = _axes(ax)
        if axes is None:
            return fail("Axes or a Figure of Matplotlib were asked for.", hint="Return `ax`.")
        near = _Near(rtol, atol)
        scales = {"x": (axes.get_xscale, xscale), "y": (axes.get_yscale, yscale)}
        return (
            _missing("line", lines, lambda: _lines(axes), near)
            or _missing("set of points", points, lambda: _points(axes), near)
            or _wrong_bars(axes, bars, near)
            or _wrong_words({name: (getattr(axes, get)(), want) for name, (get, want) in words.items()})
            or _wrong_legend(axes, legend)
            or _wrong_scale({name: (get(), want) for name, (get, want) in scales.items() if want})
            or PASS
        )

    settle(asked, hint, find)


def _axes(ax: Any) -> Any:
    """Return the axes of an Axes or a Figure (or of what a student gave instead: None)."""
    if isinstance(ax, tuple | list) or type(ax).__name__ == "ndarray":
        ax = next((item for item in ax if not isinstance(item, str | int | float)), None)
    if hasattr(ax, "get_lines"):
        return ax
    inner = getattr(ax, "axes", None) if ax is not None else None
    if inner is None:
        return None
    return inner if hasattr(inner, "get_lines") else next(iter(inner), None)


class _Near:
    """Compares coordinates: numbers within a tolerance, anything else (dates, names) as text."""

    def __init__(self, rtol: float, atol: float) -> None:
        self._rtol, self._atol = rtol, atol

    def __call__(self, drawn: Any, wanted: Any) -> bool:
        import numpy as np

        if wanted is None:
            return True
        if is_remote(drawn):
            return False
        found, expected = np.asarray(plain(drawn)), np.asarray(wanted)
        if found.shape != expected.shape:
            return False
        if found.dtype.kind in "fiub" and expected.dtype.kind in "fiub":
            return bool(np.allclose(found, expected, rtol=self._rtol, atol=self._atol, equal_nan=True))
        return bool((found.astype(str) == expected.astype(str)).all())


def _lines(axes: Any) -> Iterator[_Pair]:
    """Yield the lines one by one: a student's figure may hold more than fits in memory at once."""
    for line in islice(axes.get_lines(), _MOST):
        yield line.get_xdata(), line.get_ydata()


def _points(axes: Any) -> Iterator[_Pair]:
    """Yield scattered points, and lines too: markers without a line show points as well."""
    import numpy as np

    for collection in islice(axes.collections, _MOST):
        offsets = np.asarray(plain(collection.get_offsets())) if hasattr(collection, "get_offsets") else None
        if offsets is not None and offsets.ndim == 2 and offsets.shape[1] == 2:
            yield offsets[:, 0], offsets[:, 1]
    yield from _lines(axes)


def _missing(
    what: str, wanted: Sequence[_Pair], drawn: Callable[[], Iterator[_Pair]], near: _Near
) -> Verdict | None:
    for number, (x, y) in enumerate(wanted, start=1):
        if not any(near(a, x) and near(b, y) for a, b in drawn()):
            told = f"A {what} that was asked for is not there."
            return fail(told, f"{told} Number {number} has y values {short(y)}.")
    return None


def _wrong_bars(axes: Any, bars: Sequence[float] | None, near: _Near) -> Verdict | None:
    if bars is None:
        return None
    drawn = [
        (float(p.get_x()), float(p.get_height()))
        for p in islice(axes.patches, _MOST)
        if hasattr(p, "get_height")
    ]
    heights = [height for _, height in sorted(drawn)]
    if near(heights, list(bars)):
        return None
    told = "The bars have not the heights asked for." if drawn else "There are no bars."
    return fail(told, f"{told} Expected {short(list(bars))}, found {short(heights)}.")


def _wrong_words(found: dict[str, tuple[Any, str | bool]]) -> Verdict | None:
    for name, (text, wanted) in found.items():
        word = wanted if isinstance(wanted, str) else ""
        if wanted and (not str(text).strip() or word.lower() not in str(text).lower()):
            told = f"The {name} needs a label." if name != "title" else "The figure needs a title."
            return fail(told, f"{told} It should name {word!r}." if word else told)
    return None


def _wrong_legend(axes: Any, wanted: Sequence[str] | bool) -> Verdict | None:
    if not wanted:
        return None
    legend = axes.get_legend()
    if legend is None:
        return fail("There is no legend.", hint="Give every line a label and call `ax.legend()`.")
    entries = " ".join(str(text.get_text()) for text in islice(legend.get_texts(), _MOST)).lower()
    absent = [word for word in (wanted if not isinstance(wanted, bool) else ()) if word.lower() not in entries]
    return fail("The legend misses an entry.", f"The legend misses {absent[0]!r}.") if absent else None


def _wrong_scale(found: dict[str, tuple[Any, str | None]]) -> Verdict | None:
    for name, (scale, wanted) in found.items():
        if scale != wanted:
            told = f"The {name}-axis has not the scale asked for."
            return fail(told, f"{told} Expected {wanted}, found {scale}.")
    return None
