"""Write docs/checks.md from the docstrings and signatures of the checks: ``python -m graders.check.reference``.

A test compares the page with what this makes, so the page never says what the checks do not do.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders import check

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Values", ("true", "equal", "close", "shape", "frame", "instance", "raises")),
    ("Scores", ("score", "density", "returns")),
    ("Time", ("faster", "within")),
    ("Behaviour of a function", ("agrees", "unchanged", "deterministic", "invariant", "row_independent")),
    ("Honest learning", ("no_leakage", "split", "probabilities", "learns", "works_on", "gradient")),
    ("Neural networks", ("output_shape", "parameters", "frozen", "dropout")),
    ("Figures", ("figure",)),
    ("In the student's process", ("probe",)),
)
_COMMON = ("asked", "hint", "weight")

_INTRODUCTION = """\
# Checks

Written by `python -m graders.check.reference` from the docstrings; change those. How checks, cells and points
fit together is told in [Writing a chapter](writing-a-chapter.md).

- Every check begins with `asked`, the sentence of what is asked, a plain string. Every check takes
  `hint="..."`, shown when it does not hold (some have a hint of their own), and `weight=`, its share of the
  cell's points.
- In a notebook a check that holds prints its sentence, and one that does not raises an error with what was
  found; an answer nobody wrote yet is named.
- When work is graded, each check becomes a record, and the cell goes on. Of a hidden check a student then sees
  the sentence, what kind of thing is wrong, the hint, and for scores and budgets the figure and the target.
- Functions and models may be the student's: calls go over the bridge, and what comes back is an answer that
  the judge measures, compares and scores itself.
"""


def page() -> str:
    """Return the text of docs/checks.md."""
    parts = [_INTRODUCTION, _table()]
    for title, names in GROUPS:
        parts += [f"## {title}\n", *(section(name) for name in names)]
    return "\n".join(parts)


def _table() -> str:
    rows = ["| check | what it asks |", "|---|---|"]
    for _, names in GROUPS:
        for name in names:
            first = _texts(name)[0].split("\n\n")[0].replace("\n", " ")
            what = first.removeprefix("Check that ").removeprefix("Check ").rstrip(".").replace("|", "\\|")
            rows.append(f"| [`check.{name}`](#check{name}) | {what} |")
    return "\n".join([*rows, ""])


def section(name: str) -> str:
    """Return the part of the page about one check."""
    text, example = _texts(name)
    return f"### check.{name}\n\n```\n{_signature(name)}\n```\n\n{text}\n\n```python\n{example}\n```\n"


def _texts(name: str) -> tuple[str, str]:
    """Return the prose of a docstring as Markdown, and its example."""
    lines = inspect.cleandoc(_function(name).__doc__ or "").split("\n")
    first = next((i for i, line in enumerate(lines) if line.startswith(">>>")), len(lines))
    prose = re.sub(r"``(.+?)``", r"`\1`", "\n".join(lines[:first]).strip())
    return re.sub(r":\w+:`", "`", prose), "\n".join(lines[first:]).strip()


def _signature(name: str) -> str:
    """Return a call with the check's own arguments and their defaults, broken into lines of readable length."""
    if name == "probe":  # no check by itself, but what a check may need
        return "@check.probe"
    words, options = ["asked"], False
    for parameter in inspect.signature(_function(name)).parameters.values():
        if parameter.name in _COMMON:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not options:
            options = True
            words.append("*")
        words.append(_word(parameter))
    lines, line = [], f"check.{name}("
    for i, word in enumerate(words):
        piece = word + (")" if i == len(words) - 1 else ",")
        if len(line) + len(piece) > 100:
            lines.append(line)
            line = " " * len(f"check.{name}")
        line += piece if line.endswith("(") else f" {piece}"
    return "\n".join([*lines, line])


def _word(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty:
        return parameter.name if parameter.kind is not parameter.KEYWORD_ONLY else f"{parameter.name}="
    return f"{parameter.name}={'...' if callable(default) else repr(default)}"


def _function(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(check, name)
    return function


if __name__ == "__main__":
    Path("docs/checks.md").write_text(page(), encoding="utf-8")
