"""Measure thresholds: grade the reference and weak baselines under many secrets, in the real walls.

The hidden draws follow the course's secret, so another secret is another draw of everything hidden.
The seeds of training in the reference's code change with it: first weights, batches and dropout are
other ones in each draw, as they are from one student to the next.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graders.batch.engine import cores, run_all
from graders.batch.work import Work
from graders.course import Course
from graders.errors import CourseError, UsageError
from graders.notebooks.bundle import Bundle, load_bundle
from graders.quality import reduce, reseed
from graders.quality.calibration import FALSE_FAIL_RATE, Calibration, Sample, Threshold, cells_hash
from graders.quality.drawn import Drawn, Records
from graders.quality.handins import hand_in, reference_answers
from graders.quality.kept import cell_key, kept
from graders.quality.mistakes import Mistake, load_mistakes
from graders.quality.verify import REFERENCE, Hooks, started
from graders.results import Outcome, Record

LEAST_SEEDS = 20
_WEAK_SEEDS = 5  # draws of each weak baseline; the reference may have more
_HALF = 0.5  # a catalogued mistake is a weak baseline of the checks it fails in at least this share of draws


def calibrate(
    course: Course, chapter: str, *, seeds: int = LEAST_SEEDS, jobs: int = 0, hooks: Hooks | None = None
) -> Calibration:
    """Measure the thresholds of a chapter; raises CourseError if the reference cannot be graded.

    Raises UsageError for fewer than 20 seeds, or a chapter without thresholds.
    """
    if seeds < LEAST_SEEDS:
        raise UsageError(f"{seeds} seeds tell too little.", hint=f"Give at least {LEAST_SEEDS}.")
    with tempfile.TemporaryDirectory(prefix="graders-calibrate-") as folder:
        return _Calibrating(course, chapter, Path(folder), jobs or cores(), hooks or Hooks()).measure(seeds)


@dataclass
class _Calibrating:
    """One chapter being calibrated."""

    course: Course
    chapter: str
    folder: Path
    jobs: int
    hooks: Hooks
    bundle: Bundle = field(init=False)
    reference: dict[str, str] = field(init=False)
    once: Work = field(init=False)
    drawn: Drawn = field(init=False)

    def __post_init__(self) -> None:
        """Read the chapter, and the draws that were graded before."""
        self.drawn = Drawn(self.course, self.chapter)
        self.bundle = load_bundle(self.course, self.chapter)
        self.reference = reference_answers(self.bundle)
        self.once = hand_in(self.course, self.bundle, self.folder, "once", self.reference)

    def measure(self, seeds: int) -> Calibration:
        first = self._first()
        names = frozenset(map(_cell, first))
        mistakes = [m for m in load_mistakes(self.course, self.chapter).values() if names & m.loses.keys()]
        known = kept(self.course, self.bundle, mistakes, seeds)
        thresholds, lost, other = self._measured(first, mistakes, known, seeds)
        return Calibration(
            chapter=self.chapter,
            thresholds=thresholds,
            seeds=seeds,
            lost=lost,
            other=other,
            rate=FALSE_FAIL_RATE,
            cells_hash=cells_hash(self.bundle, names),
            provenance=_provenance(self.once),
        )

    def _measured(
        self, first: dict[str, Record], mistakes: list[Mistake], known: dict[str, Threshold], seeds: int
    ) -> tuple[tuple[Threshold, ...], int, tuple[str, ...]]:
        """Measure what is not known; return thresholds, draws with lost marks, and what else lost some."""
        names = frozenset(_cell(name) for name in first if name not in known)
        weak = [m for m in mistakes if names & m.loses.keys()]
        results = self._run(self._works(names, weak, seeds)) if names else {REFERENCE: []}
        good = results.pop(REFERENCE)
        keys = {cell: cell_key(self.bundle, cell, mistakes) for cell in names}
        thresholds = tuple(
            known.get(name) or self._threshold(record, good, results, weak, keys[_cell(name)])
            for name, record in first.items()
        )
        lost_any = [_lost(result) for result in good]
        other = sorted({f"{r.name}, {r.asked}" for rs in lost_any for r in rs if r.name not in first})
        return thresholds, sum(map(bool, lost_any)), tuple(other)

    def _works(self, names: frozenset[str], weak: list[Mistake], seeds: int) -> list[Work]:
        """Return the hand-ins to grade: the reference and weak baselines, cut down to some checks cells."""
        bundle = reduce.for_checks(self.bundle, names)
        works = [*self._draws(bundle, REFERENCE, self.reference, seeds)]
        for mistake in weak:
            lost = reduce.for_checks(self.bundle, names & mistake.loses.keys())
            answers = {**self.reference, mistake.answer: mistake.code}
            works += self._draws(lost, mistake.name, answers, min(seeds, _WEAK_SEEDS))
        return works

    def _first(self) -> dict[str, Record]:
        """Grade the reference once and return its records of checks with a target, by name."""
        records = self._run([self.once])["once"][0]
        if any(record.outcome is Outcome.UNGRADABLE for record in records) or not records:
            raise CourseError("The reference could not be graded.", hint=f"Run: graders verify {self.chapter}")
        found = {record.name: record for record in records if record.max_points and _figures(record)}
        if not found:
            raise UsageError(
                f"{self.chapter} has no check with a threshold.", hint="Nothing is to be calibrated."
            )
        return found

    def _draws(self, bundle: Bundle, name: str, answers: dict[str, str], count: int) -> Iterator[Work]:
        """Yield the work of grading one hand-in under many secrets and seeds, always the same ones."""
        for number in range(count):
            trained, cells = reseed.answers_with(answers, number), reseed.bundle_with(bundle, number)
            work = hand_in(self.course, cells, self.folder, f"{name} {number}", trained)
            yield replace(work, job=replace(work.job, secret=f"calibration {number}".encode()))

    def _run(self, works: list[Work]) -> dict[str, list[Records]]:
        """Grade hand-ins that are not known; return the records of all by name, in the order of draws."""
        done = {work.job.student: known for work in works if (known := self.drawn.find(work)) is not None}
        left = [work for work in works if work.job.student not in done]
        self.hooks.planned(len(left))
        for work, result in run_all(left, self.jobs, lambda work: started(self.hooks, work)):
            done[result.student] = self.drawn.note(work, result)
            self.hooks.graded(result.chapter, result.student)
        found: dict[str, list[Records]] = {}
        for work in works:
            found.setdefault(work.job.student.split(" ")[0], []).append(done[work.job.student])
        return found

    def _threshold(
        self,
        first: Record,
        good: list[Records],
        others: dict[str, list[Records]],
        mistakes: list[Mistake],
        key: str,
    ) -> Threshold:
        kind, higher, target = _goal(first)
        weak = {}
        for mistake in mistakes:
            sample = _sample(first, others[mistake.name])
            declared = first.asked in mistake.weak
            if sample and (declared or (sample.n - sample.passed) / sample.n >= _HALF):
                weak[mistake.name] = sample
        reference = _sample(first, good)
        if reference is None:
            raise CourseError(f"{first.name} could not be measured.", hint="Try again on a machine less busy.")
        place = (first.name, first.asked, kind, higher, target)
        return Threshold(*place, reference, weak, key, datetime.now(UTC).date().isoformat())


def _lost(records: Records) -> list[Record]:
    """Return the records in which a hand-in lost marks; what was ungradable took none."""
    return [r for r in records if r.points is not None and r.points < r.max_points]


def _cell(check: str) -> str:
    return check.split("#")[0]


def _goal(record: Record) -> tuple[str, bool, float]:
    """Return a record's kind, whether higher is better, and its target."""
    figures = record.metrics
    if "ratio" in figures:
        return "time", False, float(figures["limit"])
    return "score", "at most" not in record.required, float(figures["target"])


def _figures(record: Record) -> bool:
    return "ratio" in record.metrics or ("score" in record.metrics and "target" in record.metrics)


def _sample(like: Record, draws: list[Records]) -> Sample | None:
    """Return what decided a check under each draw; None with fewer than two draws that gave a figure."""
    records = [r for draw in draws for r in draw if r.name == like.name and _figures(r)]
    _, higher, _ = _goal(like)
    values = tuple(_decisive(record, higher) for record in records)
    lost = sum(record.points is not None and record.points < record.max_points for record in records)
    passed = sum(record.outcome is Outcome.PASSED for record in records)
    return Sample(values, lost, passed) if len(values) > 1 else None


def _decisive(record: Record, higher: bool) -> float:
    figures = record.metrics
    if "ratio" in figures:
        return float(figures["ratio"])
    low, high = figures.get("interval") or [figures["score"]] * 2
    return float(high if higher else low)


def _provenance(work: Work) -> dict[str, Any]:
    """Return when, with what and on what kind of machine; no names of machines or people."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_processor()}",
        "secrets": "'calibration 0', 'calibration 1', ...",
        "versions": {**work.job.versions, "python": platform.python_version()},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "unknown processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"
