"""The student's own cells, as the page shows them: code or prose, outputs, and how the cell ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from graders.feedback.clean import line, plain
from graders.feedback.language import page_texts as texts
from graders.feedback.markup import highlighted, markdown
from graders.feedback.outputs import Output, shown_output
from graders.results import CellResult, Outcome, Role

_MAX_OUTPUTS = 20
_FRAME_BYTES = 600  # what the template writes around a cell
_OUTPUT_BYTES = 200  # and around an output


@dataclass(frozen=True)
class Work:
    """One of the student's cells as shown; ``exercise`` is as in the result, ``title`` fit to show."""

    anchor: str
    name: str
    exercise: str
    title: str
    code: Markup | None
    prose: Markup | None
    reason: str
    outputs: tuple[Output, ...] = ()
    more: str = ""

    @property
    def size(self) -> int:
        """Bytes this takes on the page, roughly."""
        text = len((self.code or self.prose or "").encode()) + len(escape(self.title).encode())
        return _FRAME_BYTES + text + sum(_OUTPUT_BYTES + output.size for output in self.outputs)


def work_of(
    cells: Iterable[CellResult], limit: int, allowance: int, prefix: str
) -> tuple[tuple[Work, ...], int]:
    """Return the student's cells that fit into ``allowance`` bytes, and how many do not.

    ``limit`` is the number of characters of one cell's source and of one output. All sources come
    before any output, so that a large output takes no later cell's place.
    """
    own = [cell for cell in cells if cell.role in texts.CELL_NAME]
    shown: list[Work] = []
    for index, cell in enumerate(own, 1):
        work = _work(cell, limit, f"{prefix}-w{index}")
        if work.size > allowance:  # rendering what cannot be shown would only cost time
            break
        shown.append(work)
        allowance -= work.size
    for index, (work, cell) in enumerate(zip(tuple(shown), own, strict=False)):
        shown[index] = _with_outputs(work, cell, limit, allowance)
        allowance -= shown[index].size - work.size
        if shown[index].more:  # after an output that did not fit only smaller ones are worth a try
            allowance //= 2
    return tuple(shown), len(own) - len(shown)


def _work(cell: CellResult, limit: int, anchor: str) -> Work:
    source = plain(cell.source, limit)
    is_prose = cell.cell_type == "markdown"
    prose = markdown(source) if is_prose else None
    shows_code = source.strip() and prose is None
    return Work(
        anchor=anchor,
        name=texts.CELL_NAME[cell.role],
        exercise=cell.exercise,
        title=line(cell.exercise, 200),
        code=_code(source, is_prose) if shows_code else None,
        prose=prose,
        reason=_reason(cell),
    )


def _code(source: str, is_prose: bool) -> Markup:
    return escape(source) if is_prose else highlighted(source)


def _reason(cell: CellResult) -> str:
    if cell.role is Role.ESSAY or cell.outcome in (None, Outcome.PASSED):
        return ""
    return texts.CELL_REASON[cell.outcome] if cell.outcome else ""


def _with_outputs(work: Work, cell: CellResult, limit: int, allowance: int) -> Work:
    """Add the cell's outputs, in order, as long as they fit."""
    told = cell.error is not None  # its traceback stands in the results above
    outputs: list[Output] = []
    left = len(cell.outputs)
    for raw in cell.outputs[:_MAX_OUTPUTS]:
        output = shown_output(raw, limit, skip_error=told) if allowance > _OUTPUT_BYTES else None
        allowance -= _OUTPUT_BYTES + output.size if output else 0
        if allowance <= 0:
            break
        left -= 1
        outputs += [output] if output else []
    return replace(work, outputs=tuple(outputs), more=texts.MORE_OUTPUTS.format(count=left) if left else "")
