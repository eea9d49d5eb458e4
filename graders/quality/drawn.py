"""Draws that were graded before: a long calibration that is stopped goes on where it was.

A file of the course's ``.cache`` folder, a line for each draw, never committed; it can be deleted at any
time, and then everything is drawn again. The key of a draw is the hash of all that decides its result.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graders.batch.work import Work, content_parts
from graders.course import Course
from graders.quality.green import hash_of
from graders.results import Outcome, Record, SubmissionResult

Records = tuple[Record, ...]
_KEPT = ("name", "asked", "points", "max_points", "required", "metrics")


class Drawn:
    """The known draws of a chapter."""

    def __init__(self, course: Course, chapter: str) -> None:
        self._path = course.root / ".cache" / "draws" / f"{chapter}.jsonl"
        self._known = dict(_read(self._path))

    def find(self, work: Work) -> Records | None:
        """Return what a draw showed, None if it was never graded."""
        return self._known.get(_key(work))

    def note(self, work: Work, result: SubmissionResult) -> Records:
        """Remember the records of a draw, unless it could not be graded, and return them.

        One in which time ran out is not remembered either: it tells of the machine, not of the threshold.
        """
        records = tuple(record for n in result.notebooks for cell in n.cells for record in cell.records)
        late = any(record.outcome is Outcome.TIMED_OUT for record in records)
        if result.outcome is not Outcome.UNGRADABLE and not late:
            self._append({"key": _key(work), "records": [_plain(record) for record in records]})
        return records

    def _append(self, line: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _key(work: Work) -> str:
    return hash_of(Work(work.job, work.profile, work.modules, parts=content_parts(work.job)), None)


def _plain(record: Record) -> dict[str, Any]:
    return {"outcome": record.outcome.value, **{name: getattr(record, name) for name in _KEPT}}


def _read(path: Path) -> list[tuple[str, Records]]:
    """Return the draws of a file; a line that was cut off counts as none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
            found.append((entry["key"], tuple(_record(plain) for plain in entry["records"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _record(plain: dict[str, Any]) -> Record:
    return Record(**{**plain, "outcome": Outcome(plain["outcome"])})
