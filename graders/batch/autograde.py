"""Grade a class: find what was submitted, skip what the ledger already has, write what comes back.

Only this, the supervisor, writes the ledger and the gradebook, and only one at a time does.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from graders.batch.engine import import_lightly, run_all
from graders.batch.ledger import Entry, Ledger
from graders.batch.work import Work, find_work, submissions
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

    @property
    def results(self) -> list[SubmissionResult]:
        """All results, by student and chapter."""
        return sorted([*self.graded, *self.known], key=lambda r: (r.student, r.chapter))


def autograde(
    course: Course,
    chapters: list[str],
    *,
    student: str = "",
    jobs: int = 0,
    force: bool = False,
    hooks: Hooks | None = None,
) -> Summary:
    """Grade the submissions of some chapters; raises UsageError if a named student handed in nothing.

    ``jobs`` 0 is one per core this process may use; ``force`` grades again what the ledger has.
    """
    with only_one(course), _opened(course) as ledger:
        return _Run(course, ledger, hooks or Hooks()).grade(chapters, student, jobs or cores(), force)


class _Run:
    """One run over a class: the ledger first, the gradebook from it."""

    def __init__(self, course: Course, ledger: Ledger, hooks: Hooks) -> None:
        self._course = course
        self._ledger = ledger
        self._hooks = hooks
        self._summary = Summary()
        self._changes: list[Change] = []

    def grade(self, chapters: list[str], student: str, jobs: int, force: bool) -> Summary:
        works = list(find_work(self._course, chapters, student))
        keys = set() if force else {key for name in chapters for key in self._ledger.known_keys(name)}
        todo = [work for work in works if work.key not in keys]
        self._hooks.planned(len(todo), len(works) - len(todo))
        with ExitStack() as stack:
            book = cache(lambda: stack.enter_context(_gradebook(self._course)))  # opened if there is news
            for work in works:
                if work.key in keys:
                    self._take_known(work, book)
            for work, result in run_all(
                todo, jobs, self._started, meanwhile=lambda: self._make_ready(todo, book)
            ):
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
        result = self._ledger.find(work.key)
        if result is None:
            return
        self._summary.known.append(result)
        latest = self._ledger.latest(result.chapter, result.student)
        if latest is not None and latest.key != work.key:
            self._keep(work, result, book)  # an edit was taken back: the first result of this work counts again
        elif not (self._course.folder("autograded") / result.student / result.chapter).is_dir():
            self._write(result, book)  # a run before this one was stopped between ledger and gradebook

    def _take_new(self, work: Work, result: SubmissionResult, book: Book) -> None:
        self._summary.graded.append(result)
        self._keep(work, result, book)
        self._hooks.finished(result)

    def _keep(self, work: Work, result: SubmissionResult, book: Book) -> None:
        """Make a result the current one: in the ledger at once, in the gradebook if nobody must be asked."""
        before = self._ledger.latest(result.chapter, result.student)
        self._ledger.add(work.key, work.parts, result)
        if before is not None and _is_regrade(before, work, result):
            self._changes.append(Change(before.result, result))
        else:
            self._write(result, book)

    def _settle_changes(self, book: Book) -> None:
        """Ask before scores are replaced that edited tests changed."""
        if self._changes and not self._hooks.confirm(self._changes):
            self._summary.held_back = self._changes
            return
        for change in self._changes:
            self._write(change.after, book)

    def _write(self, result: SubmissionResult, book: Book) -> None:
        """Write a result to the gradebook; a failure is reported and holds up nobody else."""
        try:
            book().write(result)
        except GradersError as error:
            self._summary.problems.append(f"{result.student}, {result.chapter}: {error}")


def _gradebook(course: Course) -> Gradebook:
    import_lightly()
    from graders.gradebook import Gradebook

    return Gradebook(course)


def _is_regrade(before: Entry, work: Work, result: SubmissionResult) -> bool:
    """Whether the student handed in nothing new and yet the score is another."""
    same_answers = before.parts["answers"] == work.parts["answers"]
    return same_answers and before.result.points != result.points


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


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
def _opened(course: Course) -> Iterator[Ledger]:
    ledger = Ledger.of(course)
    try:
        yield ledger
    finally:
        ledger.close()


def latest_results(course: Course, chapters: list[str], student: str = "") -> list[SubmissionResult]:
    """Return the newest result of every submission there is."""
    with _opened(course) as ledger:
        entries = (
            ledger.latest(chapter, folder.parent.name)
            for chapter in chapters
            for folder in submissions(course, chapter, student)
        )
        return [entry.result for entry in entries if entry]


def history(course: Course, chapter: str, student: str) -> list[Entry]:
    """Return every run of a student's submissions of a chapter, oldest first."""
    with _opened(course) as ledger:
        return ledger.history(chapter, student)


def sync(course: Course, chapters: list[str]) -> int:
    """Write the gradebook and the autograded folder anew from the ledger; return how many results."""
    results = latest_results(course, chapters)
    with only_one(course), _gradebook(course) as book:
        for result in results:
            book.write(result)
    return len(results)
