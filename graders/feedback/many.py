"""Pages of a whole class, on all cores: forked processes inherit the results, and only paths come back."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from graders.course import Course
from graders.feedback import page
from graders.feedback.view import Beside
from graders.results import SubmissionResult

_FEW = 20  # so many are written before other processes would have started
_AT_ONCE = 8
_Found = Sequence[tuple[SubmissionResult, Beside]]
_inherited: list[tuple[Course, _Found]] = []


def write_all(course: Course, found: _Found, jobs: int) -> list[Path]:
    """Write the pages of results, in ``jobs`` processes if there are many; return their paths in order.

    Raises what :func:`graders.feedback.page.write` raises.
    """
    if jobs < 2 or len(found) < _FEW:
        return [path for result, beside in found for path in page.write(course, result, beside)]
    _inherited.append((course, found))
    try:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
            return [path for part in pool.map(_written, range(len(found)), chunksize=_AT_ONCE) for path in part]
    finally:
        _inherited.clear()


def _written(number: int) -> list[Path]:
    course, found = _inherited[-1]
    return page.write(course, *found[number])
