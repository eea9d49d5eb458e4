"""The student's cells and the judge take turns: cells up to a check, the check, the cells after it.

Only where the checks need it (see :mod:`graders.notebooks.turns`). Everything has run once before, for what
cells put out: what they put out here, where code may have seen hidden data, nobody sees.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from graders.judging import Judging
from graders.notebooks.bundle import SourceCell
from graders.notebooks.run import Code, Session
from graders.notebooks.sanitise import Cell


def codes_of(cells: Iterable[Cell]) -> list[Code]:
    """Return the cells the student kernel runs, in order."""
    return [Code(c.origin.cell_id, name_of(c.origin), c.text) for c in cells if c.runs]


def name_of(cell: SourceCell) -> str:
    """Return what a cell is called in records and messages."""
    return cell.name or cell.cell_id


class Turns:
    """The cells of a hand-in that still have to run a second time; none if all checks come after all cells."""

    def __init__(self, session: Session, cells: Sequence[Cell]) -> None:
        self._session = session
        self._cells = list(cells)
        self._began = time.monotonic()

    async def begin(self) -> None:
        """Start a kernel in which nothing has run, if there is anything to run again."""
        if self._cells and self._session.running:
            await self._session.rewind()
        else:
            self._cells = []

    async def run_before(self, cell_id: str, judging: Judging) -> None:
        """Run the cells that stand before a checks cell and have not run yet."""
        place = next((n for n, cell in enumerate(self._cells) if cell.origin.cell_id == cell_id), 0)
        codes = codes_of(self._cells[:place])
        self._cells = self._cells[place:]
        if not codes or not self._session.running:
            return
        began = time.monotonic()
        alive = judging.pause()
        sandbox = self._session.sandbox
        if not alive:
            await self._session.restart()
        await self._session.run(codes)
        self._session.extend(time.monotonic() - began)
        if not self._session.running:
            return
        if alive and self._session.sandbox is sandbox:
            self._session.serve_on()
        else:
            judging.attach()
