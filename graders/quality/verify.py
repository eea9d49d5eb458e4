"""Test the hidden tests of a chapter by grading hand-ins whose result is known, in the real walls.

The reference must earn everything, the untouched release nothing, and every catalogued mistake must
lose exactly the points it says it loses. A mistake runs only the cells its checks depend on. With
mutants, the reference is also changed in many small ways, and most of them must be noticed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from graders.batch.engine import cores, run_all
from graders.batch.work import Work, content_parts
from graders.course import Course
from graders.errors import SourceError
from graders.notebooks.bundle import Bundle, load_bundle
from graders.notebooks.roles import Markers
from graders.quality import calibration, given, leaks, reduce
from graders.quality.green import Green, hash_of
from graders.quality.handins import cells_of, hand_in, points_of, reference_answers
from graders.quality.mistakes import Mistake, load_mistakes
from graders.quality.mutants import PER_ANSWER, Mutant, choose, read_survivors
from graders.quality.outcome import Case, Graded, MutantCase, Report, graded_of
from graders.results import Role, SubmissionResult

REFERENCE, RELEASE = "reference", "release"
_TIMES_AS_LONG = 10.0  # a mutant may take this much longer than the reference's slowest cell
_AT_LEAST_SECONDS = 5.0


@dataclass(frozen=True)
class Options:
    """What to verify with: mutants or not, how many of an answer, only what changed, how many secrets."""

    mutants: bool = False
    per_answer: int = PER_ANSWER
    fast: bool = False
    draws: int = 1  # the course's own secret, and others: what a mistake loses must not depend on luck
    whole: bool = False  # run all cells for every mistake: slower, and the result is the same
    jobs: int = 0


@dataclass(frozen=True)
class Hooks:
    """What a display wants to know while hand-ins are graded."""

    planned: Callable[[int], None] = lambda count: None
    started: Callable[[str, str], None] = lambda chapter, name: None
    graded: Callable[[str, str], None] = lambda chapter, name: None
    reported: Callable[[Report], None] = lambda report: None


def verify(
    course: Course, chapters: list[str], options: Options | None = None, hooks: Hooks | None = None
) -> list[Report]:
    """Grade the known hand-ins of chapters and return what became of them, by chapter.

    A chapter is reported to ``hooks`` as soon as it is known, while those after it are being graded.
    """
    chosen, told = options or Options(), hooks or Hooks()
    green = Green(course)
    with tempfile.TemporaryDirectory(prefix="graders-verify-") as folder:
        rounds = [_Round(course, name, chosen, green, Path(folder)) for name in chapters]
        try:
            reports: dict[str, Report] = {}
            for one in _graded(rounds, chosen, told):
                reports[one.chapter] = one.report()
                told.reported(reports[one.chapter])
            return [reports[name] for name in chapters]
        finally:
            green.save()  # also of a run that was interrupted


def _graded(rounds: list[_Round], options: Options, hooks: Hooks) -> Iterator[_Round]:
    """Grade everything and yield each chapter when nothing of it is left to grade."""
    first = _run(rounds, options, hooks, lambda one: one.first())
    if not options.mutants:
        yield from first
        return
    for _ in first:
        pass  # a chapter's mutants depend on what its reference did
    yield from _run(rounds, options, hooks, lambda one: one.second())


def _run(
    rounds: list[_Round], options: Options, hooks: Hooks, planned: Callable[[_Round], Iterator[Work]]
) -> Iterator[_Round]:
    """Grade some work of all chapters as one list, so that no worker waits at the end of a chapter."""
    works = [work for one in rounds for work in planned(one)]
    hooks.planned(len(works))
    left = Counter(work.job.bundle.chapter for work in works)
    yield from (one for one in rounds if not left[one.chapter])
    by_chapter = {one.chapter: one for one in rounds}
    for _work, result in run_all(works, options.jobs or cores(), lambda work: started(hooks, work)):
        by_chapter[result.chapter].take(result)
        hooks.graded(result.chapter, result.student)
        left[result.chapter] -= 1
        if not left[result.chapter]:
            yield by_chapter[result.chapter]


def started(hooks: Hooks, work: Work) -> None:
    """Tell a display that a hand-in is being graded."""
    hooks.started(work.job.bundle.chapter, work.job.student)


@dataclass
class _Round:
    """One chapter being verified: its hand-ins, what each should do, and what each did."""

    course: Course
    chapter: str
    options: Options
    green: Green
    folder: Path
    bundle: Bundle = field(init=False)
    reference: dict[str, str] = field(init=False)
    expected: dict[str, Case] = field(default_factory=dict)
    mutants: dict[str, Mutant] = field(default_factory=dict)
    results: dict[str, SubmissionResult] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    known: dict[str, Graded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the chapter."""
        self.bundle = load_bundle(self.course, self.chapter)
        self.reference = reference_answers(self.bundle)

    # -- what is graded

    def first(self) -> Iterator[Work]:
        """Yield the work of the reference, the release, the given cells twice, and the mistakes."""
        yield from self._case(Case(self.chapter, RELEASE, points_of(self.bundle)), self.bundle, {}, fresh=True)
        for number in (1, 2):
            yield self._work(given.with_fingerprint(self.bundle), f"{given.NAME}_{number}", {})
        mistakes = load_mistakes(self.course, self.chapter).values()
        for mistake in mistakes:
            _require_known(mistake, self.reference, points_of(self.bundle))
        for draw in range(self.options.draws):
            name = f"{REFERENCE}{_drawn(draw)}"
            yield from self._case(Case(self.chapter, name, {}), self.bundle, self.reference, draw, fresh=True)
            for mistake in mistakes:
                yield from self._mistake(mistake, draw)

    def _mistake(self, mistake: Mistake, draw: int) -> Iterator[Work]:
        case = Case(self.chapter, f"{mistake.name}{_drawn(draw)}", mistake.loses, mistake.hint)
        bundle = self.bundle if self.options.whole else reduce.for_answer(self.bundle, mistake.answer)
        yield from self._case(case, bundle, {**self.reference, mistake.answer: mistake.code}, draw)

    def second(self) -> Iterator[Work]:
        """Yield the work of the mutants, if the reference is as it should be: else they tell nothing."""
        if not self._case_named(REFERENCE).holds:
            return
        markers = Markers.of(self.course)
        for cell in cells_of(self.bundle):
            if cell.role is Role.ANSWER and not cell.manual:
                bundle = reduce.for_answer(self.bundle, cell.name)
                for mutant in choose(cell.name, cell.source, markers, self.options.per_answer):
                    if points_of(bundle):
                        yield from self._mutant(bundle, mutant)

    def _mutant(self, bundle: Bundle, mutant: Mutant) -> Iterator[Work]:
        self.mutants[mutant.name] = mutant
        for work in self._graded(bundle, mutant.name, {**self.reference, mutant.answer: mutant.code}):
            yield self._impatient(work)

    def _case(
        self, case: Case, bundle: Bundle, answers: dict[str, str], draw: int = 0, *, fresh: bool = False
    ) -> Iterator[Work]:
        self.expected[case.name] = case
        wanted = (case.expected, case.hint)
        yield from self._graded(bundle, case.name, answers, *wanted, draw=draw, fresh=fresh)

    def _graded(
        self,
        bundle: Bundle,
        name: str,
        answers: dict[str, str],
        *wanted: object,
        draw: int = 0,
        fresh: bool = False,
    ) -> Iterator[Work]:
        """Yield the work of a hand-in, unless it is known from the last time."""
        work = self._work(bundle, name, answers)
        if draw:
            job = replace(work.job, secret=f"draw {draw}".encode())
            work = replace(work, job=job, parts=content_parts(job))
        self.keys[name] = hash_of(work, wanted)
        known = self.green.find(self.keys[name]) if self.options.fast and not fresh else None
        if known is None:
            yield work
        else:
            self.known[name] = known

    def _work(self, bundle: Bundle, name: str, answers: dict[str, str]) -> Work:
        return hand_in(self.course, bundle, self.folder, name, answers)

    def _impatient(self, work: Work) -> Work:
        """Give a mutant less time: many run forever. On a busy machine all of it takes longer."""
        meters = [cell.meter for n in self.results[REFERENCE].notebooks for cell in n.cells]
        slowest = max((meter.wall_seconds for meter in meters), default=0.0)
        used = sum(meter.cpu_seconds for meter in meters)
        slowed = max(1.0, sum(meter.wall_seconds for meter in meters) / used) if used else 1.0
        seconds = max(_AT_LEAST_SECONDS * slowed, _TIMES_AS_LONG * slowest)
        limits = work.job.limits
        less = {n: min(getattr(limits, n), seconds) for n in ("cell_seconds", "call_seconds")}
        return replace(work, job=replace(work.job, limits=limits.model_copy(update=less)))

    # -- what became of it

    def take(self, result: SubmissionResult) -> None:
        """Keep a result, and remember what was as it should be."""
        name = result.student
        self.results[name] = result
        if name in self.expected:
            case = self._case_named(name)
            self.green.note(self.keys[name], case.graded if case.holds else None)
        elif name in self.mutants:
            self.green.note(self.keys[name], self._graded_named(name))

    def _case_named(self, name: str) -> Case:
        known = name in self.known
        return replace(self.expected[name], graded=self._graded_named(name), known=known)

    def _graded_named(self, name: str) -> Graded:
        return self.known[name] if name in self.known else graded_of(self.results[name])

    def _mutant_case(self, name: str, accepted: dict[tuple[str, str, str, str], str]) -> MutantCase:
        mutant = self.mutants[name]
        return MutantCase(self.chapter, mutant, self._graded_named(name), accepted.get(mutant.id, ""))

    def report(self) -> Report:
        """Return what was found in this chapter."""
        accepted = read_survivors(self.course, self.chapter)
        cases = [self._case_named(name) for name in self.expected]
        mutants = [self._mutant_case(name, accepted) for name in self.mutants]
        prints = [self.results[f"{given.NAME}_{number}"] for number in (1, 2)]
        shown = [self.results[name] for name in self.expected if name in self.results]
        alive = {m.mutant.id for m in mutants if not m.killed}
        return Report(
            chapter=self.chapter,
            cases=tuple(cases),
            mutants=tuple(mutants),
            kill_rate=self.course.chapter(self.chapter).kill_rate,
            hidden=_hidden_checks(self.results[REFERENCE]),
            unsteady=tuple(given.unsteady(prints[0], prints[1])),
            leaks=tuple(leaks.scan(self.course, self.chapter, shown)),
            stale=tuple(i for i in accepted if mutants and i not in alive),
            notices=tuple(calibration.notices(self.course, self.bundle)),
        )


def _drawn(draw: int) -> str:
    return f"~{draw}" if draw else ""


def _hidden_checks(reference: SubmissionResult) -> dict[str, str]:
    """Return the sentences of the hidden checks that are worth something, by their records' names."""
    records = (r for n in reference.notebooks for c in n.cells for r in c.records)
    return {record.name: record.asked for record in records if record.hidden and record.max_points}


def _require_known(mistake: Mistake, answers: dict[str, str], checks: dict[str, float]) -> None:
    unknown = [*({mistake.answer} - answers.keys()), *(mistake.loses.keys() - checks.keys())]
    if unknown:
        raise SourceError(f"The mistake {mistake.name} names the cell {unknown[0]!r}, which does not exist.")
