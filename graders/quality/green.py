"""What was as it should be the last time, so that ``verify --fast`` grades only what changed since.

A small file in the course's ``.cache`` folder, never committed: it can be deleted at any time. A
hand-in is known by a hash of all that decides its result, as in the ledger; what it cannot know of is
a change of the grader itself between two versions.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graders.batch.work import Work
from graders.course import Course
from graders.files import replace_file
from graders.quality.outcome import Graded

_MOST = 5000  # hand-ins remembered, the newest
_BETWEEN_SAVES = 20.0  # seconds, so that a run that is killed loses little


def hash_of(work: Work, wanted: object) -> str:
    """Return the hash of a hand-in and of what it should do."""
    return hashlib.sha256(json.dumps([work.parts, wanted], sort_keys=True, default=str).encode()).hexdigest()


class Green:
    """The known hand-ins of a course."""

    def __init__(self, course: Course) -> None:
        self._path = course.root / ".cache" / "verify.json"
        self._known = _read(self._path)
        self._news: dict[str, Graded | None] = {}
        self._saved = time.monotonic()

    def find(self, key: str) -> Graded | None:
        """Return what a hand-in showed, None if it was not graded or not as it should be."""
        found = self._known.get(key)
        if found is None:
            return None
        return Graded(**{**found, **{n: tuple(found[n]) for n in ("failed", "hints", "problems")}})

    def note(self, key: str, graded: Graded | None) -> None:
        """Remember a hand-in that was as it should be; forget one that was not (None, or ungradable)."""
        self._news[key] = graded if graded is not None and not graded.problems else None
        if time.monotonic() - self._saved > _BETWEEN_SAVES:
            self.save()

    def save(self) -> None:
        """Write the file, all of it or nothing, with what other runs wrote in the meantime."""
        kept = {key: value for key, value in _read(self._path).items() if key not in self._news}
        kept |= {key: asdict(graded) for key, graded in self._news.items() if graded is not None}
        self._path.parent.mkdir(exist_ok=True)
        replace_file(self._path, json.dumps(dict(list(kept.items())[-_MOST:])))
        self._saved = time.monotonic()


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
