"""What an earlier calibration found of checks cells that are still the same, and need not be measured again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from graders.course import Course
from graders.notebooks.bundle import Bundle
from graders.quality.calibration import Sample, Threshold, cells_hash, path_of
from graders.quality.mistakes import Mistake


def cell_key(bundle: Bundle, cell: str, mistakes: Iterable[Mistake]) -> str:
    """Hash of a checks cell, of all it depends on, and of the mistakes that lose points in it."""
    theirs = sorted((m.name, m.answer, m.code, list(m.weak)) for m in mistakes if cell in m.loses)
    content = json.dumps([cells_hash(bundle, frozenset({cell})), theirs])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def kept(course: Course, bundle: Bundle, mistakes: Iterable[Mistake], seeds: int) -> dict[str, Threshold]:
    """Return the thresholds of cells that are still what they were, by name; of as many draws only.

    A reference that lost marks in a draw may have lost them anywhere: then nothing is kept.
    """
    try:
        known = json.loads(path_of(course, bundle.chapter).read_text(encoding="utf-8"))
        if known["seeds"] != seeds or known["false_fail_rate"]["draws_with_lost_marks"]:
            return {}
        found = [_threshold(entry) for entry in known["thresholds"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    given = list(mistakes)
    keys = {cell: cell_key(bundle, cell, given) for cell in {t.name.split("#")[0] for t in found}}
    return {t.name: t for t in found if t.cell and t.cell == keys[t.name.split("#")[0]]}


def _threshold(entry: dict[str, Any]) -> Threshold:
    return Threshold(
        name=entry["check"],
        asked=entry["asked"],
        kind=entry["kind"],
        higher=entry["better"] == "higher",
        target=entry["target"],
        reference=_sample(entry["reference"]),
        weak={name: _sample(sample) for name, sample in entry["weak"].items()},
        cell=entry.get("cell", ""),
        measured=entry.get("measured", ""),
    )


def _sample(entry: dict[str, Any]) -> Sample:
    return Sample(tuple(map(float, entry["values"].split())), entry["lost"], entry["passed"])
