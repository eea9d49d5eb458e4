"""Grade a class: find what was submitted, skip what the ledger already has, write what comes back.

Only this, the supervisor, writes the ledger and the gradebook, and only one at a time does.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from graders.batch.engine import cores, import_lightly
from graders.batch.engines import Engine, Local
from graders.batch.ledger import Counting, Entry, Ledger
from graders.batch.secret import check_secret
from graders.batch.standing import Standing, Step, is_regrade, keeps, standing, steps
from graders.batch.work import Work, find_work, student_of, submissions
from graders.course import Course
from graders.errors import GradersError, UsageError
from graders.results import SubmissionResult

if TYPE_CHECKING:  # nbgrader takes seconds to import; a run with no news does without
    from graders.gradebook import Gradebook

Book = Callable[[], "Gradebook"]


@dataclass(frozen=True)
class Change:
    """A score that edited tests would replace: the same answers, another result."""

    before: SubmissionResult
    after: SubmissionResult
    run: int = 0


@dataclass(frozen=True)
class Hooks:
    """What a display wants to know, and the one question it may be asked."""

    planned: Callable[[int, int], None] = lambda total, known: None
    started: Callable[[str, str], None] = lambda student, chapter: None
    finished: Callable[[SubmissionResult], None] = lambda result: None
    confirm: Callable[[list[Change]], bool] = lambda changes: True


@dataclass
class Summary:
    """What a run did: new results, results the ledger already had, and what could not be written."""

    graded: list[SubmissionResult] = field(default_factory=list)
    known: list[SubmissionResult] = field(default_factory=list)
    held_back: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def results(self) -> list[SubmissionResult]:
        """All results that count, by student and chapter: of what was held back, the ones before."""
        found = {(r.student, r.chapter): r for r in (*self.graded, *self.known)}
        found |= {(c.before.student, c.before.chapter): c.before for c in self.held_back}
        return [found[name] for name in sorted(found)]


def autograde(
    course: Course,
    chapters: list[str],
    *,
    student: str = "",
    jobs: int = 0,
    force: bool = False,
    new_secret: bool = False,
    hooks: Hooks | None = None,
    engine: Engine | None = None,
) -> Summary:
    """Grade the submissions of some chapters; raises UsageError if a named student handed in nothing.

    ``jobs`` 0 is one per core this process may use; ``force`` grades again what the ledger has.
    ``engine`` is what grades: processes of this machine if nothing is said. Raises
    SecretError if the course's secret is not the ledger's; with ``new_secret`` it is from now on.
    """
    with _supervising(course) as ledger:
        check_secret(course, ledger, new=new_secret)
        run = _Run(course, ledger, hooks or Hooks(), engine or Local(jobs or cores()))
        return run.grade(chapters, student, force)


class _Run:
    """One run over a class: the ledger first, the gradebook from it."""

    def __init__(self, course: Course, ledger: Ledger, hooks: Hooks, engine: Engine) -> None:
        self._course = course
        self._ledger = ledger
        self._hooks = hooks
        self._engine = engine
        self._summary = Summary(note=ledger.note)
        self._changes: list[Change] = []
        self._counting: dict[str, dict[str, Counting]] = {}

    def grade(self, chapters: list[str], student: str, force: bool) -> Summary:
        works = list(find_work(self._course, chapters, student))
        keys = set() if force else {key for name in chapters for key in self._ledger.known_keys(name)}
        self._counting = {name: self._ledger.counting(name) for name in chapters}
        todo = [work for work in works if work.key not in keys]
        self._hooks.planned(len(todo), len(works) - len(todo))
        with ExitStack() as stack:
            book = cache(lambda: stack.enter_context(_gradebook(self._course)))  # opened if there is news
            for work in works:
                if work.key in keys:
                    self._take_known(work, book)
            ready = partial(self._make_ready, todo, book)
            for work, result in self._engine(todo, self._started, meanwhile=ready):
                self._take_new(work, result, book)
            self._settle_changes(book)
        return self._summary

    def _make_ready(self, works: list[Work], book: Book) -> None:
        """Open the gradebook while the templates start; what is wrong with it is told with each result."""
        with suppress(GradersError):
            for chapter in sorted({work.job.bundle.chapter for work in works}):
                book().prepare(chapter)

    def _started(self, work: Work) -> None:
        self._hooks.started(work.job.student, work.job.bundle.chapter)

    def _take_known(self, work: Work, book: Book) -> None:
        """Take a result from the ledger; write it if the gradebook has another one, or none."""
        counts = self._counts(work.job.bundle.chapter, work.job.student)
        same = counts is not None and counts.valid and counts.key == work.key
        entry = self._ledger.read(counts.run) if counts and same else self._ledger.entry(work.key)
        if entry is None:
            return
        self._summary.known.append(entry.result)
        if not same:  # an edit was taken back, a change was not agreed to, or a run before was stopped
            self._offer(entry, book)
        elif not self._course.place("autograded", work.job.bundle.chapter, work.job.student).is_dir():
            self._write(entry.result, entry.run, book)
        elif counts and not counts.settled:  # an edit that was taken back leaves nothing to agree to
            self._ledger.give(counts.run, entry.result.chapter, entry.result.student)

    def _take_new(self, work: Work, result: SubmissionResult, book: Book) -> None:
        self._summary.graded.append(result)
        run = self._ledger.add(work.key, work.parts, result)
        self._offer(Entry(work.key, work.parts, "", result, run), book)
        self._hooks.finished(result)

    def _counts(self, chapter: str, student: str) -> Counting | None:
        return self._counting[chapter].get(student)

    def _offer(self, entry: Entry, book: Book) -> None:
        """Write a result to the gradebook, unless somebody must be asked or the one it has stays."""
        result = entry.result
        counts = self._counts(result.chapter, result.student)
        before = self._ledger.read(counts.run) if counts else None
        if before is None or not (keeps(before, entry) or is_regrade(before, entry)):
            self._write(result, entry.run, book)
        elif not keeps(before, entry):
            self._changes.append(Change(before.result, result, entry.run))

    def _settle_changes(self, book: Book) -> None:
        """Ask before scores are replaced that edited tests changed."""
        if self._changes and not self._hooks.confirm(self._changes):
            self._summary.held_back = self._changes
            return
        for change in self._changes:
            self._write(change.after, change.run, book)

    def _write(self, result: SubmissionResult, run: int, book: Book) -> None:
        """Write a result to the gradebook; a failure is reported and holds up nobody else."""
        try:
            book().write(result)
        except GradersError as error:
            self._summary.problems.append(f"{result.student}, {result.chapter}: {error}")
        else:
            self._ledger.give(run, result.chapter, result.student)


def _gradebook(course: Course) -> Gradebook:
    import_lightly()
    from graders.gradebook import Gradebook

    return Gradebook(course)


@contextmanager
def only_one(course: Course) -> Iterator[None]:
    """Keep other supervisors out of a course; raises UsageError if one is at work. Ends with the process."""
    path = course.root / ".graders.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "another process"
            raise UsageError(
                f"This course is being graded already (process {owner}).", hint="Wait for it, then try again."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _supervising(course: Course) -> Iterator[Ledger]:
    """Open the ledger as the one that may write: on this machine and, with a server, on any."""
    with only_one(course), _opened(course, repair=True) as ledger, ledger.exclusive(course.id):
        yield ledger


@contextmanager
def _opened(course: Course, *, repair: bool = False) -> Iterator[Ledger]:
    ledger = Ledger.of(course, repair=repair)
    try:
        yield ledger
    finally:
        ledger.close()


def latest_results(course: Course, chapters: list[str], student: str = "") -> list[SubmissionResult]:
    """Return the result that counts of every submission there is."""
    with _opened(course) as ledger:
        found = (
            _standing(ledger, chapter, student_of(course, folder))
            for chapter in chapters
            for folder in submissions(course, chapter, student)
        )
        return [stands.counts.result for stands in found if stands]


def _standing(ledger: Ledger, chapter: str, student: str) -> Standing | None:
    return standing(ledger.history(chapter, student), ledger.given(chapter, student))


def history(course: Course, chapter: str, student: str) -> list[Step]:
    """Explain every score that a student's submissions of a chapter ever got, oldest first.

    The chapter, or the beginning of its name, may be one that the course has no more. Raises
    UsageError if the student was never graded in it.
    """
    with _opened(course) as ledger:
        name = course.resolve([chapter], also=ledger.chapters())[0]
        found = list(steps(ledger.history(name, student), ledger.given(name, student)))
    if not found:
        raise UsageError(f"{student!r} was never graded in {name}.", hint="See: graders autograde")
    return found


def in_gradebook(course: Course, chapter: str, student: str) -> str:
    """Say in a line what the gradebook has for a student now, with what people added there."""
    with _opened(course) as ledger:
        name = course.resolve([chapter], also=ledger.chapters())[0]
    try:
        with _gradebook(course) as book:
            found = book.read(name, student)
    except UsageError as error:
        return str(error)
    by_hand = sum(cell.manual or 0.0 for cell in found.cells)
    late = f", {found.late_penalty:g} taken off for being late" if found.late_penalty else ""
    waits = " Something waits for points by hand." if found.needs_human else ""
    score = f"{found.score - found.late_penalty:g} of {found.max_score:g}"
    return f"Gradebook now: {score} ({by_hand:g} given by hand{late}).{waits}"


def sync(course: Course, given: list[str] | None = None) -> Summary:
    """Write the gradebook and the autograded folder anew from the ledger, also of deleted submissions.

    Changes that nobody agreed to are held back. Without names all chapters that were ever graded.
    """
    with _supervising(course) as ledger, _gradebook(course) as book:
        summary = Summary(note=ledger.note)
        known = ledger.chapters()
        for chapter in course.resolve(given, also=known) if given else known:
            for student in ledger.students(chapter):
                _sync_one(ledger, book, summary, chapter, student)
    return summary


def _sync_one(ledger: Ledger, book: Gradebook, summary: Summary, chapter: str, student: str) -> None:
    stands = _standing(ledger, chapter, student)
    if stands is None:
        return
    counts, waits = stands.counts, stands.waits
    if waits:
        summary.held_back.append(Change(counts.result, waits.result, waits.run))
    try:
        book.write(counts.result)
    except GradersError as error:
        summary.problems.append(f"{student}, {chapter}: {error}")
        return
    summary.known.append(counts.result)
    if [counts.run] != [given.run for given in ledger.given(chapter, student)[-1:]]:
        ledger.give(counts.run, chapter, student)
