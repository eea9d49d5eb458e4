"""`graders watch`: see what arrives in the exchange, grade it at once, and put the feedback back.

Everything that was decided is in the table of hand-ins before it is done, and every step can be done
again: a watcher that is killed at any moment goes on where it stopped, and nothing is graded twice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from graders.batch.autograde import only_one
from graders.batch.ledger import Entry, Ledger
from graders.batch.secret import check_secret
from graders.batch.work import Work, make_work
from graders.course import Course
from graders.errors import GradersError, UsageError
from graders.feedback.rehearsal import rehearse
from graders.hub.exchange import Exchange, HandIn, newest_change
from graders.hub.intake import Arrival, Intake, Request, State
from graders.hub.members import Members, anybody
from graders.hub.publish import Publisher
from graders.hub.rules import decide
from graders.hub.warm import WarmEngine
from graders.notebooks.bundle import load_bundle
from graders.results import SubmissionResult

POLL_SECONDS = 0.3
_AGAIN_SECONDS = 10.0  # after something could not be written: a full disk, a database that is down
_LONGEST_NAME, _LONGEST_REASON = 200, 500  # as the table has room for
Say = Callable[[str], None]


@dataclass(frozen=True)
class Turn:
    """What is being graded: a hand-in on its arrival, or a student's work again because staff asked."""

    hand_in: HandIn
    arrival: Arrival | None = None
    request: Request | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Whose work it is, of which chapter."""
        return self.hand_in.student, self.hand_in.chapter


class Watcher:
    """The loop of `graders watch`; :meth:`turn` is once around, and decides by the time it is given."""

    def __init__(
        self,
        course: Course,
        intake: Intake,
        publisher: Publisher,
        engine: WarmEngine,
        *,
        members: Members = anybody,
        say: Say = print,
    ) -> None:
        self._course = course
        self._intake = intake
        self._exchange = Exchange(course)
        self._publisher = publisher
        self._engine = engine
        self._members = members
        self._say = say
        self._seen = intake.names()
        self._running: dict[tuple[str, str], Turn] = {}
        self._unwritten: list[tuple[float, Turn, Entry]] = []
        self._go_on()

    def _go_on(self) -> None:
        """Put back in line what was being graded when an earlier watcher ended."""
        self._exchange.tidy()
        for arrival in self._intake.arrivals(State.GRADING):
            self._intake.change(arrival.id, state=State.RECEIVED.value, started_at=0.0)

    @property
    def idle(self) -> bool:
        """Whether nothing is being graded or waits to be written."""
        return not self._running and not self._unwritten

    def turn(self, now: float) -> None:
        """Look around once: take what is new, start whose turn it is, write what has ended."""
        self._look(now)
        self._write_again(now)
        for request in self._intake.requests():
            self._answer(request, now)
        self._begin(now)
        for work, result in self._engine.results(POLL_SECONDS):
            turn = self._running[work.job.student, work.job.bundle.chapter]
            self._publish(turn, self._publisher.keep(work, result), now)

    # -- what arrives ---------------------------------------------------------------------------------

    def _look(self, now: float) -> None:
        chapters: list[str] | None = None
        for hand_in in self._exchange.hand_ins():
            if hand_in.name in self._seen or not self._exchange.is_whole(hand_in, now):
                continue
            chapters = self._course.chapter_names() if chapters is None else chapters
            owner = self._exchange.owner(hand_in)
            belongs = self._members(owner)
            if not owner or belongs is None:
                continue  # it was removed, or the hub does not answer: look again
            arrival = self._intake.add(
                hand_in.name, owner, hand_in.chapter[:_LONGEST_NAME], newest_change(hand_in.folder)
            )
            self._seen.add(hand_in.name)
            self._say(f"received: {owner}, {hand_in.chapter}")
            if why := self._objection(hand_in, owner, belongs, chapters):
                self._end(arrival, hand_in, State.REFUSED, why, now)

    def _objection(self, hand_in: HandIn, owner: str, belongs: bool, chapters: list[str]) -> str:
        """Say why a hand-in cannot be graded at all, nothing if it can."""
        if owner != hand_in.student:
            return f"Not graded: handed in under another name ({hand_in.student[:80]!r})."
        if not belongs:
            return "Not graded: this account is not in the course."
        if hand_in.chapter not in chapters:
            return f"Not graded: the course has no chapter {hand_in.chapter[:80]!r}."
        return ""

    def _end(self, arrival: Arrival, hand_in: HandIn, state: State, why: str, now: float) -> None:
        """End a hand-in without grading it, and tell the student why."""
        try:
            self._publisher.refuse(hand_in, why)
        except OSError as error:
            self._say(f"not told: {arrival.student}, {arrival.chapter}: {error}")
        self._intake.change(arrival.id, state=state.value, why=why[:_LONGEST_REASON], ready_at=now)
        self._say(f"{state.value}: {arrival.student}, {arrival.chapter}: {why}")

    # -- whose turn it is -----------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        if not self._engine.room:
            return
        waiting = self._intake.arrivals(State.RECEIVED)
        if not waiting:
            return
        turns = decide(
            self._course,
            waiting,
            busy={student for student, _ in self._running},
            last_start=self._intake.last_start(),
            attempts=self._intake.attempts(),
            now=now,
        )
        for arrival, why in turns.refuse:
            self._end(arrival, self._hand_in(arrival), State.REFUSED, why, now)
        for arrival, why in turns.replace:
            self._end(arrival, self._hand_in(arrival), State.REPLACED, why, now)
        for arrival in turns.start[: self._engine.room]:
            self._collect(arrival, now)

    def _hand_in(self, arrival: Arrival) -> HandIn:
        folder = self._exchange.inbound / arrival.name
        return HandIn(arrival.name, arrival.student, arrival.chapter, folder)

    def _collect(self, arrival: Arrival, now: float) -> None:
        """Copy a hand-in and start grading it, unless the ledger has its result already."""
        hand_in = self._hand_in(arrival)
        limits = self._course.limits_of(arrival.chapter)
        try:
            if self._exchange.owner(hand_in) != arrival.student:
                raise UsageError("it is gone, or somebody else's by now")
            received = self._exchange.collect(hand_in, limits)
            work = self._work(hand_in)
        except Exception as error:  # noqa: BLE001 (a boundary: one hand-in must not stop those of others)
            self._end(arrival, hand_in, State.REFUSED, _excuse(error), now)
            self._say(f"because: {_reason(error)}")
            return
        self._intake.change(arrival.id, state=State.GRADING.value, received_at=received, started_at=now, why="")
        turn = Turn(hand_in, arrival)
        known = self._publisher.known(work)
        if known is not None:  # an earlier watcher was killed before it could write this
            self._publish(turn, known, now)
        else:
            self._start(turn, work)

    def _start(self, turn: Turn, work: Work) -> None:
        self._running[turn.place] = turn
        self._engine.add(work)
        self._say(f"grading: {turn.hand_in.student}, {turn.hand_in.chapter}")

    def _work(self, hand_in: HandIn) -> Work:
        bundle = load_bundle(self._course, hand_in.chapter)
        folder = self._course.place("submitted", hand_in.chapter, hand_in.student)
        return make_work(self._course, bundle, folder, hand_in.student)

    # -- what staff asks for --------------------------------------------------------------------------

    def _answer(self, request: Request, now: float) -> None:
        place = (request.student, request.chapter)
        if any(turn.request and turn.request.id == request.id for turn in self._turns()):
            return
        try:
            if not request.student:
                students = self._intake.students(request.chapter)
                self._intake.ask_each(request, students, now)
            elif request.kind == "accept":
                self._accept(request, now)
            elif place[0] not in {student for student, _ in self._running}:
                self._again(request, now)
        except (OSError, GradersError) as error:
            self._done(request, f"failed: {_reason(error)}", now)

    def _turns(self) -> list[Turn]:
        return [*self._running.values(), *(turn for _, turn, _ in self._unwritten)]

    def _accept(self, request: Request, now: float) -> None:
        """Let in what was refused or replaced; receipt time stays what it was."""
        arrival = self._intake.arrival(request.arrival)
        if arrival is None or arrival.state not in (State.REFUSED, State.REPLACED):
            self._done(request, "nothing to accept", now)
            return
        self._intake.change(arrival.id, state=State.RECEIVED.value, forced=True, why="", ready_at=0.0)
        self._done(request, "accepted", now)

    def _again(self, request: Request, now: float) -> None:
        """Grade a student's work again, or only release its feedback again."""
        hand_in = self._last_hand_in(request)
        if request.kind == "release":
            self._publisher.release_again(hand_in)
            self._done(request, "released", now)
        elif self._engine.room:
            turn = Turn(hand_in, self._last_ready(request), request)
            done = self._publisher.since(request.chapter, request.student, request.run) if request.run else None
            if done is not None:  # an earlier watcher was killed after it had graded this
                self._publish(turn, done, now)
                return
            self._intake.change_request(request.id, started_at=now, run=self._newest_run(request))
            self._start(turn, self._work(hand_in))

    def _newest_run(self, request: Request) -> int:
        entry = self._publisher.since(request.chapter, request.student, 0)
        return entry.run if entry else 0

    def _last_ready(self, request: Request) -> Arrival | None:
        """Return the hand-in that was graded last."""
        done = self._intake.arrivals(State.READY, student=request.student, chapter=request.chapter, newest=1)
        return done[0] if done else None

    def _last_hand_in(self, request: Request) -> HandIn:
        arrival = self._last_ready(request)
        folder = self._course.place("submitted", request.chapter, request.student)
        if not folder.is_dir():
            raise UsageError(f"{request.student!r} has handed in nothing of {request.chapter}.")
        return HandIn(arrival.name if arrival else "", request.student, request.chapter, folder)

    def _done(self, request: Request, said: str, now: float) -> None:
        self._intake.change_request(request.id, done_at=now, said=said[:500])
        self._say(f"{request.kind} ({request.asked_by}): {request.student}, {request.chapter}: {said}")

    # -- what has ended -------------------------------------------------------------------------------

    def _publish(self, turn: Turn, entry: Entry, now: float) -> None:
        """Write a result where it belongs; if that fails, try again later."""
        try:
            counts = self._publisher.publish(entry, turn.hand_in)
        except Exception as error:  # noqa: BLE001 (a boundary: the others' results are written)
            self._say(f"not written: {turn.hand_in.student}, {turn.hand_in.chapter}: {_reason(error)}")
            self._unwritten.append((now + _AGAIN_SECONDS, turn, entry))
            self._running[turn.place] = turn  # nothing else of this student until it is written
            return
        self._running.pop(turn.place, None)
        self._tell(turn, entry, counts)

    def _write_again(self, now: float) -> None:
        due = [item for item in self._unwritten if item[0] <= now]
        self._unwritten = [item for item in self._unwritten if item[0] > now]
        for _, turn, entry in due:
            self._publish(turn, entry, now)

    def _tell(self, turn: Turn, entry: Entry, counts: SubmissionResult) -> None:
        """Say that a result is ready, in the table and in the log."""
        ready, result = time.time(), entry.result
        score = "no score" if result.points is None else f"{result.points:g} of {result.max_points:g}"
        if turn.arrival is not None:
            self._intake.change(
                turn.arrival.id,
                state=State.READY.value,
                ready_at=ready,
                outcome=counts.outcome.value,
                points=counts.points,
                max_points=counts.max_points,
                run=entry.run,
            )
        if turn.request is not None:
            self._done(turn.request, f"{result.outcome.value}, {score}", ready)
        else:
            self._say(f"ready: {result.student}, {result.chapter}: {result.outcome.value}, {score}")


def _excuse(error: Exception) -> str:
    """Tell a student why a hand-in could not even be started; what nobody expected is our fault."""
    if isinstance(error, OSError | GradersError):
        return f"Not graded: it could not be read ({_reason(error)})."
    return "Not graded, for a fault of ours. Tell your instructor, who can have it graded all the same."


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, GradersError) else f"{type(error).__name__}: {error}"


def watch(
    course: Course,
    *,
    jobs: int = 0,
    members: Members = anybody,
    say: Say = print,
    until: Callable[[Watcher], bool] = lambda watcher: False,
) -> None:
    """Grade what arrives until told to stop; only one supervisor works on a course, so wait for others.

    Raises SecretError, LedgerError or CourseError if the course cannot be graded here.
    """
    rehearse(course)
    with _alone(course, say) as ledger, ExitStack() as stack:
        check_secret(course, ledger)
        if ledger.note:
            say(ledger.note)
        intake = Intake.of(course)
        stack.callback(intake.close)
        engine = stack.enter_context(WarmEngine(jobs or course.hub.jobs or len(os.sched_getaffinity(0))))
        publisher = Publisher(course, ledger, Exchange(course))
        watcher = Watcher(course, intake, publisher, engine, members=members, say=say)
        say(f"watching {Exchange(course).inbound}")
        while not until(watcher):
            before = time.monotonic()
            watcher.turn(time.time())
            if watcher.idle:  # otherwise the turn waited for results
                time.sleep(max(0.0, POLL_SECONDS - (time.monotonic() - before)))


@contextmanager
def _alone(course: Course, say: Say) -> Iterator[Ledger]:
    """Open the ledger as the only supervisor; wait while another one is at work, and say so once."""
    told = False
    while True:
        with ExitStack() as stack:
            try:
                stack.enter_context(only_one(course))
                ledger = Ledger.of(course, repair=True)
                stack.callback(ledger.close)
                stack.enter_context(ledger.exclusive(course.id))
            except UsageError as error:
                if not told:
                    say(f"waiting: {error}")
                told = True
                stack.close()
                time.sleep(1.0)
                continue
            yield ledger
            return
