"""The ledger: what was graded with what and how it ended; one row per run, never changed afterwards.

The key of a run is a hash of everything that decides its result, so that grading the same work with
the same tests again finds the row instead of doing the work. Only the supervisor writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, Index, String, Text, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from graders.errors import LedgerError
from graders.results import Outcome, SubmissionResult, from_json, to_json


class _Base(DeclarativeBase):
    pass


class RunRow(_Base):
    """One finished run of one submission."""

    __tablename__ = "runs"
    __table_args__ = (Index("runs_by_student", "chapter", "student"), Index("runs_by_key", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    chapter: Mapped[str] = mapped_column(String(200))
    student: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(20))
    points: Mapped[float | None]
    max_points: Mapped[float]
    finished_at: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Entry:
    """A run as read from the ledger."""

    key: str
    finished_at: str
    result: SubmissionResult


class Ledger:
    """The runs of a course in an SQL database."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _durable)
        with _explained(self._engine):
            _Base.metadata.create_all(self._engine)

    @classmethod
    def of(cls, root: Path) -> Ledger:
        """Open the ledger of a course folder."""
        return cls(f"sqlite:///{root.resolve() / 'ledger.db'}")

    def add(self, key: str, result: SubmissionResult) -> None:
        """Keep a run; raises LedgerError if it cannot be written."""
        row = RunRow(
            key=key,
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

    def latest(self, chapter: str, student: str) -> Entry | None:
        """Return the newest run of a student's submission of a chapter."""
        wanted = select(RunRow).where(RunRow.chapter == chapter, RunRow.student == student)
        with _explained(self._engine), Session(self._engine) as session:
            row = session.scalars(wanted.order_by(RunRow.id.desc())).first()
            return Entry(row.key, row.finished_at, from_json(row.result)) if row else None

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()


def _durable(connection: object, record: object) -> None:
    """Make every commit survive a power cut, and let readers read while one process writes."""
    cursor = connection.cursor()  # type: ignore[attr-defined] # a DB-API connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


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
