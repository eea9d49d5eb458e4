"""The tables of nbgrader's gradebook: made as nbgrader makes them, and what goes wrong with a database told.

Imports errors only; nbgrader, alembic and SQLAlchemy are imported when they are needed.
"""

from __future__ import annotations

from pathlib import Path

from graders.errors import GradersError


def make_tables(url: str) -> None:
    """Make a new gradebook's tables, with the version nbgrader upgrades from, as nbgrader itself would.

    It finds that version by starting a program that takes two seconds; the same files say it here.
    """
    from alembic.script import ScriptDirectory
    from nbgrader import api, dbutil
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    try:
        if inspect(engine).get_table_names():
            return
        version = ScriptDirectory(str(Path(dbutil.__file__).with_name("alembic"))).get_current_head()
        with engine.begin() as connection:
            api.Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    finally:
        engine.dispose()


def database_error(error: Exception) -> GradersError:
    """Return our error for one of the database's."""
    return GradersError(
        f"nbgrader's gradebook could not be used: {str(error).splitlines()[0]}.",
        hint="See that no other program is writing it and that the disk is not full, then run this again.",
    )
