"""A result on its way out: ledger, gradebook, feedback page, and the exchange where the student finds it."""

from __future__ import annotations

from dataclasses import replace

from graders.batch.ledger import Entry, Ledger
from graders.batch.standing import keeps
from graders.batch.work import Work
from graders.course import Course
from graders.errors import UsageError
from graders.feedback import page
from graders.feedback.standing import Peers, peers_of
from graders.feedback.view import Beside
from graders.gradebook import Gradebook
from graders.hub.exchange import Exchange, HandIn
from graders.points import Marks
from graders.results import CellResult, SubmissionResult


class Publisher:
    """Writes results where they belong; the one supervisor of the course uses it."""

    def __init__(self, course: Course, ledger: Ledger, exchange: Exchange) -> None:
        self._course = course
        self._ledger = ledger
        self._exchange = exchange
        self._classes: dict[str, dict[str, SubmissionResult]] = {}

    def keep(self, work: Work, result: SubmissionResult) -> Entry:
        """Write a new result into the ledger, once: a valid one of the same key would have been found."""
        run = self._ledger.add(work.key, work.parts, result)
        return Entry(work.key, work.parts, "", result, run)

    def known(self, work: Work) -> Entry | None:
        """Return what the ledger has for the same work."""
        return self._ledger.entry(work.key)

    def since(self, chapter: str, student: str, run: int) -> Entry | None:
        """Return the newest run of a student's chapter if there was one after another run."""
        entry = self._ledger.latest(chapter, student)
        return entry if entry is not None and entry.run > run else None

    def publish(self, entry: Entry, hand_in: HandIn) -> SubmissionResult:
        """Write a result to gradebook, feedback and exchange; return the one that counts now.

        A failure of ours never takes the place of a valid result of the same work. Raises GradersError
        if something cannot be written; doing it again is safe.
        """
        result = entry.result
        counting = self._ledger.counting(result.chapter).get(result.student)
        before = self._ledger.read(counting.run) if counting else None
        with Gradebook(self._course) as book:
            if before is not None and keeps(before, entry):
                result = before.result
            else:
                book.write(result)
                if before is None or before.run != entry.run:
                    self._ledger.give(entry.run, result.chapter, result.student)
            self._show(book, result, hand_in)
        return result

    def release_again(self, hand_in: HandIn) -> SubmissionResult:
        """Make the feedback page anew, with what people added since, and put it into the exchange."""
        counting = self._ledger.counting(hand_in.chapter).get(hand_in.student)
        if counting is None:
            raise UsageError(f"{hand_in.student!r} was not graded in {hand_in.chapter}.")
        result = self._ledger.read(counting.run).result
        with Gradebook(self._course) as book:
            self._show(book, result, hand_in)
        return result

    def _show(self, book: Gradebook, result: SubmissionResult, hand_in: HandIn) -> None:
        marks = book.marks(result.chapter).get(result.student, Marks())
        peers = self._peers(book, result) if self._course.show_class else Peers()
        paths = page.write(self._course, result, Beside(marks, peers))
        self._exchange.release(hand_in, {path.stem: path.read_text(encoding="utf-8") for path in paths})

    def _peers(self, book: Gradebook, result: SubmissionResult) -> Peers:
        """Return the class as it is now; read from the ledger once, then kept up to date."""
        chapter = result.chapter
        if chapter not in self._classes:
            runs = self._ledger.counting(chapter)
            self._classes[chapter] = {who: _slim(self._ledger.read(c.run).result) for who, c in runs.items()}
        self._classes[chapter][result.student] = _slim(result)
        return peers_of(self._classes[chapter].values(), book.after_due(chapter))

    def refuse(self, hand_in: HandIn, why: str) -> None:
        """Tell a student in the feedback's place why a hand-in was not graded."""
        names = sorted(p.stem for p in self._course.place("source", hand_in.chapter).glob("*.ipynb"))
        secret = self._exchange.secret_of(hand_in)
        self._exchange.release_with(secret, hand_in.student, dict.fromkeys(names, _note(why)))


def _note(why: str) -> str:
    """Return a page with one sentence of ours."""
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Not graded</title><p>{why}</p></html>\n'
    )


def _slim(result: SubmissionResult) -> SubmissionResult:
    """Drop all but the points of a result, of which a whole class is kept."""
    notebooks = tuple(replace(n, cells=tuple(map(_bare, n.cells))) for n in result.notebooks)
    return replace(result, notebooks=notebooks, audit=(), costs={}, versions={})


def _bare(cell: CellResult) -> CellResult:
    return replace(cell, source="", records=(), outputs=(), error=None)
