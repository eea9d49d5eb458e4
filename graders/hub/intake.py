"""The table of hand-ins: when each came, what became of it, and what staff asked to be done again.

In `watch.db` of the course folder, or beside the ledger on its PostgreSQL server. The watcher writes
it and the live page reads it; the page adds only requests. A watcher that is killed goes on from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, String, create_engine, event, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from graders.course import Course
from graders.errors import LedgerError

_BUSY_SECONDS = 30.0


class State(StrEnum):
    """What became of a hand-in so far."""

    RECEIVED = "received"
    GRADING = "grading"
    READY = "ready"
    REPLACED = "replaced"
    REFUSED = "refused"


class Base(DeclarativeBase):
    """The tables of this module."""


class Arrival(Base):
    """One hand-in; times are seconds since 1970 by this machine's clock, 0 for never.

    ``forced`` was let in by staff, whatever the limits say. ``run`` is the ledger's number.
    """

    __tablename__ = "arrivals"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(700), unique=True)
    student: Mapped[str] = mapped_column(String(200), index=True)
    chapter: Mapped[str] = mapped_column(String(200), index=True)
    received_at: Mapped[float] = mapped_column(Float(53))
    started_at: Mapped[float] = mapped_column(Float(53), default=0.0)
    ready_at: Mapped[float] = mapped_column(Float(53), default=0.0)
    state: Mapped[str] = mapped_column(String(20), index=True, default=State.RECEIVED.value)
    why: Mapped[str] = mapped_column(String(500), default="")
    forced: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    points: Mapped[float | None] = mapped_column(Float(53), default=None)
    max_points: Mapped[float] = mapped_column(Float(53), default=0.0)
    run: Mapped[int] = mapped_column(default=0)

    @property
    def received(self) -> str:
        """When it was received, to the second, for people."""
        return clock_text(self.received_at)


class Request(Base):
    """What staff asked for: ``regrade``, ``release`` feedback again, or ``accept`` what was refused."""

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    student: Mapped[str] = mapped_column(String(200))
    chapter: Mapped[str] = mapped_column(String(200))
    arrival: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[float] = mapped_column(Float(53))
    started_at: Mapped[float] = mapped_column(Float(53), default=0.0)
    run: Mapped[int] = mapped_column(default=0)  # the newest run when it was started
    done_at: Mapped[float] = mapped_column(Float(53), default=0.0, index=True)
    said: Mapped[str] = mapped_column(String(500), default="")


@dataclass(frozen=True)
class Change:
    """The newest of everything, to see whether a page has to be drawn again."""

    arrivals: int
    newest: float
    requests: int
    done: float


class Intake:
    """The hand-ins of a course; raises LedgerError if the database cannot be used."""

    def __init__(self, url: str) -> None:
        with _explained():
            self._engine = create_engine(url, **_options(url))
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _durable)
            Base.metadata.create_all(self._engine)

    @classmethod
    def of(cls, course: Course) -> Intake:
        """Open the table of a course; it is made if it is not there."""
        return cls(course.ledger_url or f"sqlite:///{course.root.resolve() / 'watch.db'}")

    def names(self) -> set[str]:
        """Return the names of all hand-ins that were ever seen."""
        with self._reading() as session:
            return set(session.scalars(select(Arrival.name)))

    def add(self, name: str, student: str, chapter: str, received_at: float) -> Arrival:
        """Keep a new hand-in."""
        arrival = Arrival(name=name, student=student, chapter=chapter, received_at=received_at)
        with self._writing() as session:
            session.add(arrival)
        return arrival

    def change(self, arrival: int, **values: Any) -> None:
        """Change what is known of a hand-in."""
        with self._writing() as session:
            session.execute(update(Arrival).where(Arrival.id == arrival).values(**values))

    def arrival(self, number: int) -> Arrival | None:
        """Return a hand-in by its number."""
        with self._reading() as session:
            return session.get(Arrival, number)

    def arrivals(self, *states: State, student: str = "", chapter: str = "", newest: int = 0) -> list[Arrival]:
        """Return hand-ins, oldest first; with ``newest`` only that many of the last, newest first."""
        wanted = select(Arrival)
        if states:
            wanted = wanted.where(Arrival.state.in_([state.value for state in states]))
        if student:
            wanted = wanted.where(Arrival.student == student)
        if chapter:
            wanted = wanted.where(Arrival.chapter == chapter)
        order = Arrival.ready_at.desc() if newest else Arrival.received_at
        wanted = wanted.order_by(order, Arrival.id)
        with self._reading() as session:
            return list(session.scalars(wanted.limit(newest) if newest else wanted))

    def last_start(self) -> dict[str, float]:
        """Return when grading last began for each student."""
        wanted = select(Arrival.student, func.max(Arrival.started_at)).group_by(Arrival.student)
        with self._reading() as session:
            return {student: when for student, when in session.execute(wanted)}

    def attempts(self) -> dict[tuple[str, str], int]:
        """Return how many hand-ins of each student and chapter were graded; what failed for us is none."""
        counted = (Arrival.state == State.READY.value) & (Arrival.outcome != "ungradable")
        wanted = select(Arrival.student, Arrival.chapter, func.count()).where(
            counted | (Arrival.state == State.GRADING.value)
        )
        with self._reading() as session:
            rows = session.execute(wanted.group_by(Arrival.student, Arrival.chapter))
            return {(student, chapter): count for student, chapter, count in rows}

    def counts(self, chapter: str = "") -> dict[str, int]:
        """Return how many hand-ins there are in each state."""
        wanted = select(Arrival.state, func.count()).group_by(Arrival.state)
        if chapter:
            wanted = wanted.where(Arrival.chapter == chapter)
        with self._reading() as session:
            return {state: count for state, count in session.execute(wanted)}

    def graded_since(self, when: float) -> int:
        """Return how many hand-ins became ready since some time."""
        with self._reading() as session:
            return session.scalar(select(func.count()).where(Arrival.ready_at > when)) or 0

    def ask(self, kind: str, student: str, chapter: str, by: str, now: float, arrival: int = 0) -> int:
        """Keep what staff asks for, once until it is done; return its number."""
        same = (Request.kind == kind) & (Request.student == student) & (Request.chapter == chapter)
        with self._writing() as session:
            waiting = select(Request).where(same, Request.done_at == 0.0, Request.arrival == arrival)
            if (there := session.scalars(waiting).first()) is not None:
                return there.id
            request = Request(
                kind=kind, student=student, chapter=chapter, arrival=arrival, asked_by=by, asked_at=now
            )
            session.add(request)
            session.flush()
            return request.id

    def ask_each(self, request: Request, students: Iterable[str], now: float) -> None:
        """Put a request for each student in place of one for a whole chapter."""
        with self._writing() as session:
            for student in students:
                session.add(
                    Request(
                        kind=request.kind,
                        student=student,
                        chapter=request.chapter,
                        asked_by=request.asked_by,
                        asked_at=request.asked_at,
                    )
                )
            session.execute(
                update(Request)
                .where(Request.id == request.id)
                .values(done_at=now, said="asked for each student")
            )

    def students(self, chapter: str) -> list[str]:
        """Return whose work of a chapter was graded on arrival, sorted."""
        wanted = select(Arrival.student).where(Arrival.chapter == chapter, Arrival.run > 0).distinct()
        with self._reading() as session:
            return sorted(session.scalars(wanted))

    def requests(self, *, done: bool = False, student: str = "") -> list[Request]:
        """Return what staff asked for and is not done yet, or all that was ever asked; oldest first."""
        wanted = select(Request).order_by(Request.id)
        if not done:
            wanted = wanted.where(Request.done_at == 0.0)
        if student:
            wanted = wanted.where(Request.student == student)
        with self._reading() as session:
            return list(session.scalars(wanted))

    def change_request(self, request: int, **values: Any) -> None:
        """Change what is known of a request."""
        with self._writing() as session:
            session.execute(update(Request).where(Request.id == request).values(**values))

    def latest(self, student: str = "") -> Change:
        """Return what tells whether anything changed, of one student or of all."""
        times = Arrival.received_at + Arrival.started_at + Arrival.ready_at
        arrivals = select(func.count(), func.sum(times), func.count().filter(Arrival.why != ""))
        requests = select(func.count(), func.sum(Request.done_at))
        if student:
            arrivals = arrivals.where(Arrival.student == student)
        with self._reading() as session:
            count, newest, told = session.execute(arrivals).one()
            asked, done = session.execute(requests).one()
        return Change(count * 1_000_003 + told, newest or 0.0, asked, done or 0.0)

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with _explained(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._reading() as session, session.begin():
            yield session


def clock_text(when: float) -> str:
    """Return a time for people: in this machine's time zone, to the second."""
    return datetime.fromtimestamp(when, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": _BUSY_SECONDS}}
    return {"pool_pre_ping": True}  # a server that was started anew in between is no reason to stop


def _durable(connection: Any, record: object) -> None:
    """Make every commit survive a power cut, and let the page read while the watcher writes."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ImportError) as error:
        reason = (str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"])[0]
        raise LedgerError(
            f"The table of hand-ins cannot be used: {reason}.", hint="Check its disk space and permissions."
        ) from error
