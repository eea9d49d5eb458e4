"""How far a long run is: a live line on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

_LOG_EVERY_SECONDS = 10.0
# Control characters, which could write all over a terminal, and marks that turn the reading direction.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return text fit for rich and a terminal: no markup, no control characters."""
    return _CONTROL.sub("", text).replace("[", r"\[")


class _Live(ProgressColumn):
    """A column whose text is asked for whenever the line is drawn."""

    max_refresh = 0.5

    def __init__(self, said: Callable[[], str]) -> None:
        super().__init__()
        self._said = said

    def render(self, task: Task) -> Text:
        return Text(self._said())


class Line:
    """A bar with rate, time left, a ``note`` and the slowest now running; lines if not on a terminal."""

    def __init__(self, console: Console, quiet: bool = False) -> None:
        self.live = console.is_terminal and not quiet
        self.note = ""
        self._console = console
        self._quiet = quiet
        columns = (BarColumn(20), MofNCompleteColumn(), _Live(self._rate), TimeRemainingColumn())
        more = (_Live(lambda: self.note), _Live(self._slowest))
        self._bar = Progress(*columns, *more, console=console, transient=True, disable=not self.live)
        self._task = self._bar.add_task("grading", total=None)
        self._running: dict[tuple[str, str], float] = {}
        self._done = self._total = 0
        self._began = self._said = time.monotonic()

    def start(self) -> None:
        """Draw the line from now on."""
        self._bar.start()

    def stop(self) -> None:
        """Take the line away."""
        self._bar.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def planned(self, total: int) -> None:
        """Begin to count to ``total``."""
        self._done, self._total = 0, total
        self._began = self._said = time.monotonic()
        self._bar.reset(self._task, total=total)

    def started(self, name: str, chapter: str) -> None:
        """Remember since when something runs."""
        self._running[name, chapter] = time.monotonic()
        self._log()

    def finished(self, name: str, chapter: str) -> None:
        """Count something that ran."""
        self._running.pop((name, chapter), None)
        self._done += 1
        self._bar.advance(self._task)
        self._log()

    def _log(self) -> None:
        if not self.live and not self._quiet and time.monotonic() - self._said > _LOG_EVERY_SECONDS:
            self._said = time.monotonic()
            self.log()

    def log(self) -> None:
        """Print the line as it is now, for a log."""
        parts = (f"{self._done}/{self._total} graded", self._rate(), self._left(), self.note, self._slowest())
        self._console.print(plain(", ".join(part for part in parts if part)))

    def seconds(self) -> float:
        """Return how long it has been running."""
        return time.monotonic() - self._began

    def _rate(self) -> str:
        return f"{self._done / max(0.1, self.seconds()):.1f}/s"

    def _left(self) -> str:
        left = self._total - self._done
        return f"about {self.seconds() / self._done * left:.0f} s left" if left and self._done else ""

    def _slowest(self) -> str:
        """The one that is running for longest: the first of them that was started."""
        running = self._running.copy()  # drawn by another thread than the one that grades
        if not running:
            return ""
        (name, chapter), since = min(running.items(), key=lambda item: item[1])
        return f"{name[:20]}, {chapter[:20]} ({time.monotonic() - since:.0f} s)"
