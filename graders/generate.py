"""nbgrader's own generate_assignment, run in this process with the settings of a course.

Imports course and errors only; nbgrader is imported when it is needed.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graders.course import Course, nbgrader_view
from graders.errors import GradersError
from graders.nbgrader_settings import evaluate


def generate_assignment(course: Course, chapter: str, into: Path) -> None:
    """Run nbgrader's generate_assignment: the gradebook learns the cells, ``into/chapter`` is written.

    Grades that exist are kept. Raises GradersError with nbgrader's reason, for example when cells were
    added or removed although students have grades; the gradebook is then as before.
    """
    from nbgrader.converters import GenerateAssignment, NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config, reasons = nbgrader_config(course), _Reasons()
    config.CourseDirectory.release_directory = str(into.resolve())
    config.CourseDirectory.assignment_id = chapter
    config.GenerateAssignment.no_database = False
    log = logging.Logger("graders.nbgrader")
    log.addHandler(reasons)
    try:
        with tools_on_path(), _as_usual(course, chapter, config):
            place = CourseDirectory(config=config)
            GenerateAssignment(coursedir=place, config=config, log=log, force=True).start()
    except NbGraderException as error:
        raise GradersError(
            f"nbgrader could not generate {chapter}: {reasons.first() or error}.", hint=reasons.hint()
        ) from error


@contextmanager
def _as_usual(course: Course, chapter: str, config: Any) -> Iterator[None]:
    """Show nbgrader the source in its usual place, where a course arranges its folders in another way."""
    usual = str(Course.model_fields["structure"].default)
    if course.structure == usual:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(course.place("source", chapter), Path(folder, chapter))
        config.CourseDirectory.source_directory = folder
        config.CourseDirectory.directory_structure = usual
        config.CourseDirectory.groupshared = False  # the folder above may be anybody's
        yield


class _Reasons(logging.Handler):
    """Keeps nbgrader's error messages, since its exceptions only point to its log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def first(self) -> str:
        """The line of a traceback that says what happened, else the first message."""
        traces = [m for m in self.messages if m.startswith("Traceback")]
        found = traces[0].strip().splitlines()[-1] if traces else next(iter(self.messages), "")
        return found.strip().rstrip(".")

    def hint(self) -> str:
        if "there are submissions" in " ".join(self.messages):
            return (
                "Students have grades for the cells as they were: keep the names of the graded cells, "
                "or release the new ones as another chapter."
            )
        return "Correct the chapter's source and try again."


@contextmanager
def tools_on_path() -> Iterator[None]:
    """Let nbgrader find `alembic`, which it starts by its bare name and which lies beside our Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def nbgrader_config(course: Course) -> Any:
    """Return nbgrader's settings for a course: its nbgrader_config.py and, on top, our view."""
    from traitlets.config import Config

    there = (course.root / "nbgrader_config.py").is_file()
    config = Config(evaluate(course.root) if there else {})
    config.merge(Config(nbgrader_view(course)))
    return config
