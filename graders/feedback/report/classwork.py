"""What the report is made of: results, who is in the class, how late they were, and the chapters' own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graders.results import SubmissionResult


@dataclass(frozen=True)
class ClassWork:
    """A class and its work on some chapters.

    ``students`` are all that the gradebook knows, ``late`` is seconds by chapter, then student, and
    ``templates`` is, by chapter, code that everybody may have: the release's and the reference's cells.
    """

    chapters: tuple[str, ...]
    results: tuple[SubmissionResult, ...]
    students: tuple[str, ...] = ()
    late: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    templates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, chapter: str) -> tuple[SubmissionResult, ...]:
        """Return the results of a chapter, by student."""
        return tuple(sorted((r for r in self.results if r.chapter == chapter), key=lambda r: r.student))

    def missing(self, chapter: str) -> tuple[str, ...]:
        """Return the students without a graded submission of a chapter, sorted."""
        there = {result.student for result in self.of(chapter)}
        return tuple(sorted(set(self.students) - there))
