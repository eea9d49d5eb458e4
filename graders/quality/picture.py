"""A calibration as a picture: one strip per threshold, a dot per draw, a line where the target is."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from graders.course import Course
from graders.files import replace_file
from graders.quality.calibration import Calibration, Threshold

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 760, 170, 20, 40, 16
_GOOD, _WEAK, _LINE, _INK = "#1f6fb4", "#c25a1a", "#333333", "#222222"


def write_picture(course: Course, found: Calibration) -> Path:
    """Write a calibration's picture to ``docs/calibration/``, all of it or nothing."""
    path = course.root / "docs" / "calibration" / f"{found.chapter.split('_')[0]}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, draw(found))
    return path


def draw(found: Calibration) -> str:
    """Return a calibration as SVG; the same figures give the same text."""
    parts, y = [], _TOP
    for threshold in found.thresholds:
        strip, height = _strip(threshold, y)
        parts += strip
        y += height
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" height="{y}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}" role="img">'
    )
    title = f"{found.chapter}: {found.seeds} draws, marks lost in {found.lost}"
    words = [f"<title>{escape(title)}</title>", f'<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>']
    return "\n".join([head, *words, _text(10, 22, title, size=15), *parts, "</svg>"]) + "\n"


def _strip(threshold: Threshold, y: int) -> tuple[list[str], int]:
    rows = [("reference", threshold.reference.values, _GOOD)]
    rows += [(name, sample.values, _WEAK) for name, sample in sorted(threshold.weak.items())]
    low, high = _range(threshold)
    sign = "at least" if threshold.higher else "at most"
    unit = " times the reference's time" if threshold.kind == "time" else ""
    head = f"{threshold.name}: {threshold.asked} ({sign} {threshold.target:g}{unit})"
    lines, top = [_text(10, y + 14, head)], y + 24
    bottom = top + _ROW * len(rows)
    for number, (name, values, colour) in enumerate(rows):
        lines += _dots(name, values, colour, top + _ROW * number + _ROW // 2, (low, high))
    x = _x(threshold.target, low, high)
    lines.append(f'<path d="M{x:.1f} {top}V{bottom}" stroke="{_LINE}" stroke-dasharray="4 3"/>')
    lines.append(f'<path d="M{_LEFT} {bottom}H{_WIDTH - _RIGHT}" stroke="{_LINE}"/>')
    lines += [
        _text(_LEFT, bottom + 14, f"{low:.3g}"),
        _text(_WIDTH - _RIGHT, bottom + 14, f"{high:.3g}", end=True),
    ]
    return lines, bottom - y + 30


def _dots(
    name: str, values: tuple[float, ...], colour: str, y: int, ends: tuple[float, float]
) -> Iterator[str]:
    yield _text(_LEFT - 10, y + 4, name[:24], end=True)
    for value in values:
        yield f'<circle cx="{_x(value, *ends):.1f}" cy="{y}" r="3" fill="{colour}" fill-opacity="0.5"/>'


def _range(threshold: Threshold) -> tuple[float, float]:
    weak = [value for sample in threshold.weak.values() for value in sample.values]
    seen = [*threshold.reference.values, threshold.target, *weak]
    low, high = min(seen), max(seen)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _x(value: float, low: float, high: float) -> float:
    return _LEFT + 6 + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT - 12)


def _text(x: float, y: float, text: str, *, size: int = 12, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x}" y="{y}" font-size="{size}"{anchor}>{escape(text)}</text>'
