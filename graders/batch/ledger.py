"""The ledger: what was graded with what, how it ended, and which result the gradebook got.

Rows are only ever added. The key of a run is a hash of everything that decides its result, so that
grading the same work with the same tests again finds the row instead of doing the work. Only the
supervisor writes it. Order is the order of the rows; times are for people and decide nothing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, func, insert, select, text
from sqlalchemy.orm import Session

from graders.batch import rescue
from graders.batch.schema import AboutRow, GivenRow, RunRow, explained, open_engine
from graders.course import Course
from graders.errors import LedgerError, UsageError
from graders.results import Outcome, SubmissionResult, from_json, to_json

_OWN = "INSERT INTO about (name, value) VALUES ('course', :course) ON CONFLICT DO NOTHING"
_TAKE_FROM_NOW_ON = """
INSERT INTO about (name, value) VALUES ('secret', :secret)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
# A machine that lost its power says no goodbye: the server then finds out, and frees its lock, in a minute.
_NOTICE_LOSS = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
_PATIENCE_SECONDS = 5.0  # a killed supervisor's lock is freed when the server has noticed
_VALID = RunRow.outcome != Outcome.UNGRADABLE.value


@dataclass(frozen=True)
class Entry:
    """A run as read from the ledger, with the hashes of what decided it."""

    key: str
    parts: dict[str, str]
    finished_at: str
    result: SubmissionResult
    run: int = 0

    @property
    def valid(self) -> bool:
        """Whether it is a result: anything but ungradable."""
        return self.result.outcome is not Outcome.UNGRADABLE


@dataclass(frozen=True)
class Given:
    """That the gradebook got the result of a run, when the student's newest run was ``seen``."""

    run: int
    seen: int
    at: str


@dataclass(frozen=True)
class Counting:
    """The run that counts for a student: its number, its key, whether it is a result, and if it is settled.

    It is not where the student had another run since, which the gradebook did not get.
    """

    run: int
    key: str
    valid: bool
    settled: bool = True


class Ledger:
    """The runs of a course in an SQL database: SQLite in the course folder, or PostgreSQL by its URL."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._held: Connection | None = None
        self.note = ""  # what an instructor should be told about the ledger itself

    @classmethod
    def of(cls, course: Course, *, repair: bool = False) -> Ledger:
        """Open the ledger of a course; raises LedgerError if it is damaged or another course's.

        With ``repair``, for the one supervisor only, a damaged SQLite file is put aside and what it
        holds saved.
        """
        if course.ledger_url:
            ledger = cls(course.ledger_url)
            ledger._belongs_to(course.id)
            return ledger
        path, note = course.root.resolve() / "ledger.db", ""
        if repair:
            rescue.finish(path)
        if path.exists() and not rescue.is_sound(path):
            if not repair:
                raise LedgerError(f"The ledger at {path} is damaged.", hint="Repair it with: graders sync")
            note = rescue.rescue(path)
        ledger = cls(f"sqlite:///{path}")
        ledger.note = note
        return ledger

    def _belongs_to(self, course: str) -> None:
        """Students of two courses may have the same names: a ledger is of one course."""
        owner = self._about("course")
        if not owner:
            with self._writing() as session:  # another machine may be doing the same
                session.execute(text(_OWN), {"course": course})
            owner = self._about("course")
        if owner != course:
            place = self._engine.url.render_as_string()
            raise LedgerError(
                f"The ledger at {place} belongs to the course {owner!r}.",
                hint="Give each course a database of its own in the setting ledger_url.",
            )

    def _about(self, name: str) -> str:
        with self._reading() as session:
            return session.scalar(select(AboutRow.value).where(AboutRow.name == name)) or ""

    def secret(self) -> str:
        """Return the fingerprint of the secret that results were made with, nothing if none were yet."""
        return self._about("secret")

    def keep_secret(self, fingerprint: str) -> None:
        """Keep the fingerprint of the secret that results are made with from now on."""
        with self._writing() as session:
            session.execute(text(_TAKE_FROM_NOW_ON), {"secret": fingerprint})

    @contextmanager
    def exclusive(self, course: str) -> Iterator[None]:
        """Keep supervisors on other machines out; raises UsageError if one is at work.

        On PostgreSQL an advisory lock is held by the one connection that writes: whoever loses it
        cannot write any more. A SQLite file is guarded by the lock of the course folder.
        """
        if self._engine.dialect.name != "postgresql":
            yield
            return
        number = int.from_bytes(hashlib.sha256(f"graders {course}".encode()).digest()[:8], signed=True)
        with explained(self._engine):
            connection = self._engine.connect()
        try:
            if not self._try_lock(connection, number):
                raise UsageError(
                    "This course is being graded already, maybe on another machine.",
                    hint="Wait for it, then try again.",
                )
            self._held = connection
            yield
        finally:
            self._held = None
            connection.invalidate()  # ends the connection, and the lock with it
            connection.close()

    def _try_lock(self, connection: Connection, number: int) -> bool:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with explained(self._engine), connection.begin():
            for name, value in _NOTICE_LOSS.items():
                connection.execute(select(func.set_config(name, value, False)))
            while not (free := connection.scalar(select(func.pg_try_advisory_lock(number)))):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.1)
        return bool(free)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        if self._held is not None and self._held.invalidated:  # another one may hold the lock by now
            raise LedgerError("The connection to the ledger was lost.", hint="Run the command again.")
        with explained(self._engine), Session(self._held or self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._reading() as session, session.begin():
            yield session

    def add(self, key: str, parts: dict[str, str], result: SubmissionResult) -> int:
        """Keep a run and return its number; raises LedgerError if it cannot be written."""
        row = RunRow(
            key=key,
            **{name: parts.get(name, "") for name in ("answers", "bundle", "settings")},
            chapter=result.chapter,
            student=result.student,
            outcome=result.outcome.value,
            points=result.points,
            max_points=result.max_points,
            finished_at=_now(),
            result=to_json(result),
        )
        with self._writing() as session:
            session.add(row)
            session.flush()
            return row.id

    def give(self, run: int, chapter: str, student: str) -> None:
        """Keep that the gradebook got the result of a run, which counts from now on."""
        seen = select(func.max(RunRow.id)).where(RunRow.chapter == chapter, RunRow.student == student)
        with self._writing() as session:
            session.execute(insert(GivenRow).values(run=run, seen=seen.scalar_subquery(), given_at=_now()))

    def find(self, key: str) -> SubmissionResult | None:
        """Return the first valid result of a key: anything but ungradable; None if there is none."""
        entry = self.entry(key)
        return entry.result if entry else None

    def entry(self, key: str) -> Entry | None:
        """Return the run with the first valid result of a key."""
        return self._first(select(RunRow).where(RunRow.key == key, _VALID).order_by(RunRow.id))

    def known_keys(self, chapter: str) -> set[str]:
        """Return the keys of a chapter that have a valid result."""
        with self._reading() as session:
            return set(session.scalars(select(RunRow.key).where(RunRow.chapter == chapter, _VALID)))

    def counting(self, chapter: str) -> dict[str, Counting]:
        """Return by student the run whose result the gradebook got last."""
        newest = (
            select(func.max(GivenRow.id))
            .join(RunRow, RunRow.id == GivenRow.run)
            .where(RunRow.chapter == chapter)
            .group_by(RunRow.student)
        )
        last = select(RunRow.student, func.max(RunRow.id)).where(RunRow.chapter == chapter)
        wanted = select(RunRow.student, RunRow.id, RunRow.key, _VALID, GivenRow.seen)
        wanted = wanted.join(GivenRow, GivenRow.run == RunRow.id).where(GivenRow.id.in_(newest))
        with self._reading() as session:
            seen = {student: run for student, run in session.execute(last.group_by(RunRow.student))}
            return {
                student: Counting(run, key, bool(valid), until >= seen[student])
                for student, run, key, valid, until in session.execute(wanted)
            }

    def read(self, run: int) -> Entry:
        """Return a run by its number; raises LedgerError if there is none."""
        entry = self._first(select(RunRow).where(RunRow.id == run))
        if entry is None:
            raise LedgerError(f"The ledger has no run {run}.", hint="Repair it with: graders sync")
        return entry

    def history(self, chapter: str, student: str) -> list[Entry]:
        """Return every run of a student's submissions of a chapter, oldest first."""
        wanted = select(RunRow).where(RunRow.chapter == chapter, RunRow.student == student)
        with self._reading() as session:
            return [_entry(row) for row in session.scalars(wanted.order_by(RunRow.id))]

    def given(self, chapter: str, student: str) -> list[Given]:
        """Return which of a student's results the gradebook got, oldest first."""
        wanted = select(GivenRow).join(RunRow, RunRow.id == GivenRow.run)
        wanted = wanted.where(RunRow.chapter == chapter, RunRow.student == student).order_by(GivenRow.id)
        with self._reading() as session:
            return [Given(row.run, row.seen, row.given_at) for row in session.scalars(wanted)]

    def latest(self, chapter: str, student: str) -> Entry | None:
        """Return the newest run of a student's submission of a chapter."""
        wanted = select(RunRow).where(RunRow.chapter == chapter, RunRow.student == student)
        return self._first(wanted.order_by(RunRow.id.desc()))

    def students(self, chapter: str) -> list[str]:
        """Return who ever had a run of a chapter, sorted."""
        with self._reading() as session:
            return sorted(session.scalars(select(RunRow.student).where(RunRow.chapter == chapter).distinct()))

    def chapters(self) -> list[str]:
        """Return the chapters that ever had a run, sorted; also those the course no longer has."""
        with self._reading() as session:
            return sorted(session.scalars(select(RunRow.chapter).distinct()))

    def _first(self, wanted: Select[RunRow]) -> Entry | None:
        with self._reading() as session:
            row = session.scalars(wanted.limit(1)).first()
            return _entry(row) if row else None

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _entry(row: RunRow) -> Entry:
    parts = {"answers": row.answers, "bundle": row.bundle, "settings": row.settings}
    return Entry(row.key, parts, row.finished_at, from_json(row.result), row.id)
