"""A damaged SQLite ledger: what can be read is kept, the damaged file is put aside.

Done by the one supervisor only, while no other program may write; every step can be interrupted.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from graders.batch.schema import AboutRow, Base, GivenRow, RunRow, explained, open_engine
from graders.errors import LedgerError
from graders.results import from_json

_GAP = 20_000  # rows that one lost page can hide, and more
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_sound(path: Path) -> bool:
    """Say whether a ledger file is whole; raises LedgerError if that cannot be found out."""
    try:
        with closing(sqlite3.connect(path, timeout=60)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return False
        raise LedgerError(  # a full disk, a lock or missing rights are no damage
            f"The ledger at {path} cannot be used: {error}.", hint="Check its disk space and permissions."
        ) from error


def finish(path: Path) -> None:
    """End a rescue that was interrupted between its two renames."""
    if _rescued(path).exists() and not path.exists():
        for left in _files(path):  # of the damaged file: they would be taken for the new one's
            left.unlink(missing_ok=True)
        _rescued(path).rename(path)


def rescue(path: Path) -> str:
    """Make a new ledger of what can be read of a damaged one; return what to tell the instructor."""
    new = _rescued(path)
    for left in _files(new):
        left.unlink(missing_ok=True)
    runs = [row for row in _rows(path, RunRow) if _readable(row["result"])]
    kept = {row["id"] for row in runs}
    given = [row for row in _rows(path, GivenRow) if row["run"] in kept]
    _write(new, {RunRow: runs, GivenRow: given, AboutRow: _secret(path)})
    aside = _free_name(path)
    for old, name in zip(_files(path), _files(aside), strict=True):
        if old.exists():
            old.rename(name)
    new.rename(path)
    return (
        f"The ledger was damaged. {len(runs)} results could be read and are kept; the damaged file is now "
        f"{aside.name}. What could not be read is graded again."
    )


def _rescued(path: Path) -> Path:
    return path.with_name(f"{path.name}.rescued")


def _files(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.damaged{number or ''}") for number in range(10_000))
    return next(name for name in names if not name.exists())


def _rows(path: Path, table: type[Base]) -> list[dict[str, Any]]:
    """Read the rows of a table one by one, leaving out those that cannot be read."""
    names = [column.name for column in table.__table__.columns]
    query = f"SELECT {', '.join(names)} FROM {table.__tablename__} WHERE id = ?"  # noqa: S608 (names are ours)
    rows: list[dict[str, Any]] = []
    with closing(sqlite3.connect(path)) as connection:
        number = missed = 0
        while missed < _GAP:  # the newest row may be on the damaged page: nothing says where to end
            number, missed = number + 1, missed + 1
            try:
                found = connection.execute(query, (number,)).fetchone()
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                continue
            if found:
                rows.append(dict(zip(names, found, strict=True)))
                missed = 0
    return rows


def _readable(result: str) -> bool:
    try:
        from_json(result)
    except ValueError:
        return False
    return True


def _secret(path: Path) -> list[dict[str, Any]]:
    """Read the row with the fingerprint of the course's secret, if it is there and whole."""
    query = "SELECT value FROM about WHERE name = 'secret'"
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = [value for (value,) in connection.execute(query)]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return []
    return [{"name": "secret", "value": value} for value in found if _FINGERPRINT.fullmatch(str(value))]


def _write(path: Path, tables: dict[type[Base], list[dict[str, Any]]]) -> None:
    engine = open_engine(f"sqlite:///{path}")
    with explained(engine), engine.begin() as connection:
        for table, rows in tables.items():
            if rows:
                connection.execute(insert(table), rows)
    engine.dispose()
