"""What calibrating a chapter found: thresholds against the reference's and weak baselines' scores, as a file.

``source/chNN_name.calibration.json`` stands beside the chapter's text, for review and for ``verify``,
which says when it is older than the hidden checks it is about.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graders.course import Course
from graders.errors import CourseError
from graders.files import replace_file
from graders.notebooks.bundle import Bundle
from graders.quality import reduce
from graders.quality.handins import cells_of
from graders.quality.statistics import moments, predicted_rate, rounded, tolerance_bound, upper_bound
from graders.results import Role

FALSE_FAIL_RATE = 0.001  # design section 5: at most 1 in 1,000
_THRESHOLD = re.compile(r"\bcheck\.(score|faster|within)\(")


@dataclass(frozen=True)
class Sample:
    """Scores of one solution under many draws: the end of each interval that decides, and marks lost."""

    values: tuple[float, ...]
    lost: int = 0
    passed: int = 0

    @property
    def n(self) -> int:
        """How many draws there were."""
        return len(self.values)


@dataclass(frozen=True)
class Threshold:
    """One check with a target: what it asks, and the samples of the reference and of weak baselines.

    Of a score, the favourable end of its interval decides; of a time, the ratio to the reference's.
    """

    name: str
    asked: str
    kind: str  # "score" or "time"
    higher: bool
    target: float
    reference: Sample
    weak: dict[str, Sample] = field(default_factory=dict)
    cell: str = ""  # hash of what it was measured with, see graders.quality.kept
    measured: str = ""  # the day

    @property
    def predicted(self) -> float:
        """Estimated share of draws in which the reference would lose marks."""
        return predicted_rate(self.reference.values, self.target, higher=self.higher)

    def hardest(self, rate: float) -> float:
        """Return the hardest target that fails the reference at most at this rate, with 95% confidence."""
        return tolerance_bound(self.reference.values, rate, lower=self.higher)

    @property
    def easiest(self) -> float | None:
        """The best that a weak baseline reached in any draw; None without one."""
        found = [value for sample in self.weak.values() for value in sample.values]
        return (max(found) if self.higher else min(found)) if found else None

    def recommended(self, rate: float) -> tuple[float, float] | None:
        """Return target and start of partial credit; None if no target tells good from weak.

        The target lies in the middle between what no weak baseline reached and what the reference reaches
        (of times: the geometric middle), partial credit begins where the best weak baseline ended.
        """
        hard, easy = self.hardest(rate), self.easiest
        if easy is None or (hard <= easy if self.higher else hard >= easy):
            return None
        middle = math.sqrt(hard * easy) if self.kind == "time" and hard * easy > 0 else (hard + easy) / 2
        return rounded(middle), rounded(easy)

    def refusals(self, rate: float) -> Iterator[str]:
        """Yield why the data cannot support this threshold; nothing if it can."""
        if self.reference.lost:
            yield f"the reference lost marks in {self.reference.lost} of {self.reference.n} draws"
        elif self.predicted > rate:
            yield f"the reference is expected to fail in {self.predicted:.2g} of draws, more than {rate:g}"
        if not self.weak:
            yield "no catalogued mistake fails it, so nothing shows that it tells good from weak"
        for name, sample in sorted(self.weak.items()):
            if sample.passed:
                yield f"the weak baseline {name} passes in {sample.passed} of {sample.n} draws"


@dataclass(frozen=True)
class Calibration:
    """A calibrated chapter: its thresholds, and what they were measured with."""

    chapter: str
    thresholds: tuple[Threshold, ...]
    seeds: int
    lost: int  # draws in which the reference lost any mark
    other: tuple[str, ...] = ()  # checks that are no thresholds and yet took marks from the reference
    rate: float = FALSE_FAIL_RATE
    cells_hash: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def upper(self) -> float:
        """The largest rate of lost marks compatible with what was seen (95%)."""
        return upper_bound(self.lost, self.seeds)

    @property
    def refused(self) -> dict[str, list[str]]:
        """Thresholds that the data cannot support, with the reasons."""
        found = {t.name: list(t.refusals(self.rate)) for t in self.thresholds}
        return {name: reasons for name, reasons in found.items() if reasons}


def path_of(course: Course, chapter: str) -> Path:
    """Return where a chapter's calibration is kept."""
    return course.folder("source") / f"{chapter}.calibration.json"


def write(course: Course, found: Calibration) -> Path:
    """Write a calibration, all of it or nothing; the same figures give the same bytes."""
    path = path_of(course, found.chapter)
    replace_file(path, json.dumps(_plain(found), indent=1, ensure_ascii=False) + "\n")
    return path


def _plain(found: Calibration) -> dict[str, Any]:
    return {
        "chapter": found.chapter,
        "measured": found.provenance,
        "seeds": found.seeds,
        "false_fail_rate": {
            "wanted": found.rate,
            "draws_with_lost_marks": found.lost,
            "upper_95": rounded(found.upper),
        },
        "cells": found.cells_hash,
        "thresholds": [_plain_threshold(t, found.rate) for t in found.thresholds],
    }


def _plain_threshold(threshold: Threshold, rate: float) -> dict[str, Any]:
    recommended = threshold.recommended(rate)
    return {
        "check": threshold.name,
        "asked": threshold.asked,
        "kind": threshold.kind,
        "target": threshold.target,
        "cell": threshold.cell,
        "measured": threshold.measured,
        "better": "higher" if threshold.higher else "lower",
        "expected_false_fails": rounded(threshold.predicted),
        "hardest": rounded(threshold.hardest(rate)),
        "recommended": dict(zip(("target", "partial"), recommended, strict=True)) if recommended else None,
        "refused": list(threshold.refusals(rate)),
        "reference": _plain_sample(threshold.reference),
        "weak": {name: _plain_sample(sample) for name, sample in sorted(threshold.weak.items())},
    }


def _plain_sample(sample: Sample) -> dict[str, Any]:
    mean, sd = moments(sample.values)
    return {
        **asdict(sample),
        "values": " ".join(f"{v:g}" for v in sample.values),
        "mean": rounded(mean, 4),
        "sd": rounded(sd),
    }


def cells_hash(bundle: Bundle, names: frozenset[str]) -> str:
    """Hash of the checks cells of these names and of all they depend on."""
    sources = [cell.source for cell in cells_of(reduce.for_checks(bundle, names))]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]


def notices(course: Course, bundle: Bundle) -> Iterator[str]:
    """Yield whether a chapter with thresholds was never calibrated, or its cells changed since."""
    short, path = bundle.chapter.split("_")[0], path_of(course, bundle.chapter)
    if not path.is_file():
        if any(cell.role is Role.CHECKS and _THRESHOLD.search(cell.source) for cell in cells_of(bundle)):
            yield f"its thresholds were never calibrated: graders calibrate {short}"
        return
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        names = frozenset(entry["check"].split("#")[0] for entry in known["thresholds"])
        same = known["cells"] == cells_hash(bundle, names)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{path.name} cannot be read.", hint=f"Make it anew: graders calibrate {short}"
        ) from error
    if not same:
        yield f"its thresholds, or what they depend on, changed since: graders calibrate {short}"
