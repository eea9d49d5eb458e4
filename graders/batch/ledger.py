"""The ledger: what was graded with what and how it ended; one row per run, never changed afterwards.

The key of a run is a hash of everything that decides its result, so that grading the same work with
the same tests again finds the row instead of doing the work. Only the supervisor writes it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Index, String, Text, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from graders.course import Course
from graders.errors import LedgerError
from graders.results import Outcome, SubmissionResult, from_json, to_json


class _Base(DeclarativeBase):
    pass


class RunRow(_Base):
    """One finished run of one submission; ``answers``, ``bundle`` and ``settings`` are the key's parts."""

    __tablename__ = "runs"
    __table_args__ = (Index("runs_by_student", "chapter", "student"), Index("runs_by_key", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    answers: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[str] = mapped_column(String(64))
    settings: Mapped[str] = mapped_column(String(64))
    chapter: Mapped[str] = mapped_column(String(200))
    student: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(20))
    points: Mapped[float | None]
    max_points: Mapped[float]
    finished_at: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Entry:
    """A run as read from the ledger, with the hashes of what decided it."""

    key: str
    parts: dict[str, str]
    finished_at: str
    result: SubmissionResult


class Ledger:
    """The runs of a course in an SQL database: SQLite in the course folder, or any by its URL."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _durable)
        with _explained(self._engine):
            _Base.metadata.create_all(self._engine)

    @classmethod
    def of(cls, course: Course) -> Ledger:
        """Open the ledger of a course; a damaged SQLite file is put aside and what it holds saved."""
        if course.ledger_url:
            return cls(course.ledger_url)
        path = course.root.resolve() / "ledger.db"
        rows = _rescue(path) if path.exists() and not _sound(path) else []
        ledger = cls(f"sqlite:///{path}")
        ledger._restore(rows)
        return ledger

    def add(self, key: str, parts: dict[str, str], result: SubmissionResult) -> None:
        """Keep a run; raises LedgerError if it cannot be written."""
        row = RunRow(
            key=key,
            **{name: parts.get(name, "") for name in ("answers", "bundle", "settings")},
            chapter=result.chapter,
            student=result.student,
            outcome=result.outcome.value,
            points=result.points,
            max_points=result.max_points,
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            result=to_json(result),
        )
        with _explained(self._engine), Session(self._engine) as session, session.begin():
            session.add(row)

    def find(self, key: str) -> SubmissionResult | None:
        """Return the first valid result of a key: anything but ungradable; None if there is none."""
        wanted = select(RunRow).where(RunRow.key == key, RunRow.outcome != Outcome.UNGRADABLE.value)
        with _explained(self._engine), Session(self._engine) as session:
            row = session.scalars(wanted.order_by(RunRow.id)).first()
            return from_json(row.result) if row else None

    def known_keys(self, chapter: str) -> set[str]:
        """Return the keys of a chapter that have a valid result."""
        wanted = select(RunRow.key).where(RunRow.chapter == chapter, RunRow.outcome != Outcome.UNGRADABLE.value)
        with _explained(self._engine), Session(self._engine) as session:
            return set(session.scalars(wanted))

    def history(self, chapter: str, student: str) -> list[Entry]:
        """Return every run of a student's submissions of a chapter, oldest first."""
        wanted = select(RunRow).where(RunRow.chapter == chapter, RunRow.student == student)
        with _explained(self._engine), Session(self._engine) as session:
            return [_entry(row) for row in session.scalars(wanted.order_by(RunRow.id))]

    def latest(self, chapter: str, student: str) -> Entry | None:
        """Return the newest run of a student's submission of a chapter."""
        wanted = select(RunRow).where(RunRow.chapter == chapter, RunRow.student == student)
        with _explained(self._engine), Session(self._engine) as session:
            row = session.scalars(wanted.order_by(RunRow.id.desc())).first()
            return _entry(row) if row else None

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def _restore(self, rows: list[dict[str, Any]]) -> None:
        with _explained(self._engine), Session(self._engine) as session, session.begin():
            session.add_all(RunRow(**row) for row in rows)


def _entry(row: RunRow) -> Entry:
    parts = {"answers": row.answers, "bundle": row.bundle, "settings": row.settings}
    return Entry(row.key, parts, row.finished_at, from_json(row.result))


def _durable(connection: Any, record: object) -> None:
    """Make every commit survive a power cut, and let readers read while one process writes."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _sound(path: Path) -> bool:
    try:
        with sqlite3.connect(path) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _rescue(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a damaged ledger that can be read, and put the file aside; the rest is graded again."""
    rows: list[dict[str, Any]] = []
    names = [column.name for column in RunRow.__table__.columns]
    query = f"SELECT {', '.join(names)} FROM runs WHERE id = ?"  # noqa: S608 (the names are ours)
    connection = sqlite3.connect(path)
    try:
        last = connection.execute("SELECT max(id) FROM runs").fetchone()[0] or 0
    except sqlite3.DatabaseError:
        last = 0
    for number in range(1, last + 1):
        try:
            found = connection.execute(query, (number,)).fetchone()
            rows += [dict(zip(names, found, strict=True))] if found else []
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        damaged = path.with_name(path.name + suffix)
        if damaged.exists():
            damaged.rename(path.with_name(f"{path.name}{suffix}.damaged"))
    return [row for row in rows if _readable(row["result"])]


def _readable(text: str) -> bool:
    try:
        from_json(text)
    except ValueError:
        return False
    return True


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise LedgerError(
            f"The ledger at {engine.url.render_as_string()} cannot be used: {reason}.",
            hint="Check its disk space and permissions.",
        ) from error
