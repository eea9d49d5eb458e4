"""What the tests of grading on arrival share: a tiny course with an exchange, and students who hand in."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graders.course import load_course
from graders.hub.exchange import feedback_name
from graders.hub.intake import Arrival, Intake
from graders.hub.watch import Watcher, watch


@dataclass
class Classroom:
    """The tiny course with an exchange beside it, in which each student has an inbound folder."""

    tiny: object
    exchange: Path
    said: list[str] = field(default_factory=list)

    @property
    def course(self):
        return load_course(self.tiny.course.root)

    def configure(self, **hub) -> None:
        """Write settings of grading on arrival; `chapter` are those of the first chapter."""
        chapter = hub.pop("chapter", {})
        more = f"    structure={hub.pop('structure')!r},\n" if "structure" in hub else ""
        words = {
            "exchange": str(self.exchange),
            "layout": "per_student",
            "pause_seconds": 0.0,
            "jobs": 1,
            **hub,
        }
        path = self.tiny.course.root / "course_config.py"
        text = path.read_text().split("course = ")[0].split("from ")[1]
        chapters = f'{{"{self.tiny.first}": Chapter(**{chapter!r})}}'
        path.write_text(
            f"from {text.replace('Chapter, Course', 'Chapter, Course, Hub')}course = Course(\n"
            f'    id="tiny", profile="tiny", profiles={{"tiny": ("numpy",)}}, chapters={chapters},\n'
            "    limits=Limits(cell_seconds=3, call_seconds=2, submission_seconds=60, memory_mb=512,"
            f" notebook_mb=2),\n    hub=Hub(**{words!r}),\n{more})\n"
        )

    def submit(self, student: str, answers: dict[str, str] | None = None, *, claims: str = "", **more) -> Path:
        """Hand in as `nbgrader submit` does, in its order; returns the folder."""
        chapter = more.pop("chapter", self.tiny.first)
        when = claims or datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        inbound = self.inbound(student)
        folder = inbound / f"{student}+{chapter}+{when}+{secrets.token_urlsafe(9)}"
        folder.mkdir(parents=True)
        content = self.tiny.notebook(answers, **more)
        (folder / f"{chapter}.ipynb").write_text(json.dumps(content))
        (folder / "timestamp.txt").write_text(when)
        (folder / "submission_secret.txt").write_text(secrets.token_hex(64))
        folder.chmod(0o777)
        return folder

    def inbound(self, student: str) -> Path:
        base = self.exchange / "tiny" / "inbound"
        return base / student if self.course.hub.layout == "per_student" else base

    def feedback(self, folder: Path) -> str:
        """What a student finds who fetches the feedback of a hand-in; '' if there is none."""
        secret = (folder / "submission_secret.txt").read_bytes()
        place = self.exchange / "tiny" / "feedback"
        if self.course.hub.layout == "per_student":
            place = place / folder.parent.name
        page = place / f"{feedback_name(secret, self.tiny.first)}.html"
        return page.read_text() if page.exists() else ""

    def watch(self, until: Callable[[Watcher], bool] | None = None, seconds: float = 400, **more) -> None:
        """Run the watcher in this process until there is nothing to do, or something is so."""
        ends, turns = time.monotonic() + seconds, []

        def done(watcher: Watcher) -> bool:
            assert time.monotonic() < ends, self.said
            turns.append(watcher.idle)
            if until is not None:
                return until(watcher)
            waiting = {a.state for a in self.arrivals()} & {"received", "grading"} or self.intake().requests()
            return len(turns) > 2 and watcher.idle and not waiting

        watch(self.course, say=self.said.append, until=done, **more)

    def intake(self) -> Intake:
        return Intake.of(self.course)

    def arrivals(self, **which) -> list[Arrival]:
        table = self.intake()
        try:
            return table.arrivals(**which)
        finally:
            table.close()

    def states(self) -> list[tuple[str, str, float | None]]:
        """Each hand-in: whose, what became of it, its points."""
        return [(a.student, a.state, a.points) for a in self.arrivals()]


@pytest.fixture
def room(tiny_course, tmp_path) -> Classroom:
    found = Classroom(tiny_course, tmp_path / "exchange")
    found.exchange.mkdir()
    found.configure()
    yield found
    shutil.rmtree(found.exchange, ignore_errors=True)
