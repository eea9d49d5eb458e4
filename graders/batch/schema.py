"""The tables of the ledger, their version, and the way from older versions to this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Index,
    String,
    Text,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from graders.errors import LedgerError

VERSIONS = {
    1: "`runs`",
    2: "`given`, which results the gradebook got, and `about`; every student's newest run counts as given",
}
VERSION = max(VERSIONS)
_BUSY_SECONDS = 60.0
_SCHEMA_LOCK = 4_750_201_001  # any number, the same for every program that makes these tables


class Base(DeclarativeBase):
    """The tables of this version."""


class RunRow(Base):
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


class GivenRow(Base):
    """A result that the gradebook got: the newest of a student's is the one that counts.

    ``seen`` is the student's newest run at that time, so that order never depends on a clock.
    """

    __tablename__ = "given"
    __table_args__ = (Index("given_by_run", "run"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int]
    seen: Mapped[int]
    given_at: Mapped[str] = mapped_column(String(40))


class AboutRow(Base):
    """A fact about the ledger itself: its ``version``, its ``course`` and the ``secret``'s fingerprint."""

    __tablename__ = "about"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


def open_engine(url: str) -> Engine:
    """Open a database whose tables are of this version, made or upgraded if need be.

    Raises LedgerError if it cannot be used, or was made by a newer version of this program.
    """
    try:
        engine = create_engine(url, **_options(url))
    except (SQLAlchemyError, ImportError) as error:
        raise LedgerError(
            f"The setting ledger_url cannot be used: {str(error).splitlines()[0]}.",
            hint="Write postgresql://user@host/database (needs the extra `postgres`), or leave it out.",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begin)
    with explained(engine):
        if _version(engine) != VERSION:
            _upgrade(engine)
    return engine


def _options(url: str) -> dict[str, Any]:
    return {"connect_args": {"timeout": _BUSY_SECONDS}} if url.startswith("sqlite") else {}


def _durable(connection: Any, record: object) -> None:
    """Make every commit survive a power cut, and let readers read while one process writes."""
    connection.isolation_level = None  # transactions begin where we say, also for tables
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("graders_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(source: Engine | Connection) -> int:
    """Return the version of the tables that are there, 0 for none."""
    tables = set(inspect(source).get_table_names())
    if "about" not in tables:
        return 1 if "runs" in tables else 0
    query = select(AboutRow.value).where(AboutRow.name == "version")
    if isinstance(source, Connection):
        return int(source.scalar(query) or 0)
    with source.connect() as connection:
        return int(connection.scalar(query) or 0)


def _upgrade(engine: Engine) -> None:
    """Bring the tables to this version in one transaction; another process may be doing the same."""
    with engine.connect().execution_options(graders_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        found = _version(connection)
        if found > VERSION:
            raise LedgerError(
                f"The ledger at {_shown(engine)} was made by a newer version of this program "
                f"(its version is {found}, this program knows {VERSION}).",
                hint="Install the newer version; nothing was changed.",
            )
        if found == 1:
            _check_first(engine, connection)
        Base.metadata.create_all(connection)
        if found == 1:
            connection.execute(text(_GIVEN_OF_FIRST))
        if found < VERSION:
            connection.execute(insert(AboutRow).values(name="version", value=str(VERSION)))


# Version 1 did not say what the gradebook got; it was nearly always a student's newest run.
_GIVEN_OF_FIRST = """
INSERT INTO given (run, seen, given_at)
SELECT id, id, finished_at FROM runs
WHERE id IN (SELECT max(id) FROM runs GROUP BY chapter, student) ORDER BY id
"""


def _check_first(engine: Engine, connection: Connection) -> None:
    """Refuse a table `runs` that is not ours."""
    found = {column["name"] for column in inspect(connection).get_columns("runs")}
    missing = sorted({column.name for column in RunRow.__table__.columns} - found)
    if missing:
        raise LedgerError(
            f"The database at {_shown(engine)} is no ledger of this program: "
            f"its table `runs` has no column {missing[0]!r}.",
            hint="Name another database in the setting ledger_url; nothing was changed.",
        )


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string()


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn errors of the database into a LedgerError that names the place and the reason."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = (str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"])[0]
        hint = "Check its disk space and permissions."
        if engine.dialect.name != "sqlite":
            hint = "Check that the server runs, lets this user in and has disk space."
        raise LedgerError(f"The ledger at {_shown(engine)} cannot be used: {reason}.", hint=hint) from error
