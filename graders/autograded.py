"""The cells of an autograded notebook: what nbgrader's formgrader and feedback show of a result.

Pure: results in, nbformat cells out. Formgrader shows these pages with the rights of an instructor, so
nothing that a student wrote may be active in them. Imports only :mod:`graders.results`, and nbgrader's
checksum when it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat

from graders.results import CellResult, NotebookResult, Outcome, Record, Role

# Roles whose markdown is the student's.
_STUDENTS = (Role.ESSAY, Role.ADDED, Role.ANSWER)
_PASSIVE = ("image/png", "image/jpeg", "text/plain")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITIES = {**{ord(c): f"&#{ord(c)};" for c in "&<>|[]\\`*_~$#"}, 10: " ", 13: " "}
_SAID = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "skipped",
    Outcome.TIMED_OUT: "took too long",
    Outcome.OUT_OF_MEMORY: "used too much memory",
    Outcome.CRASHED: "ended the program",
    Outcome.UNGRADABLE: "a person will look at it",
}


@dataclass(frozen=True)
class KnownCell:
    """A cell as the gradebook knows it; the ids are those of its rows."""

    name: str
    cell_type: str
    locked: bool
    checksum: str
    grade_row: str = ""
    solution_row: str = ""
    task_row: str = ""
    points: float = 0.0

    @property
    def manual(self) -> bool:
        """Whether a human gives its points."""
        return bool(self.task_row or (self.grade_row and self.solution_row))

    def metadata(self) -> dict[str, Any]:
        """Return nbgrader's cell metadata, schema 3, without checksum."""
        flags = {
            "grade": bool(self.grade_row),
            "solution": bool(self.solution_row),
            "task": bool(self.task_row),
        }
        plain = {"grade_id": self.name, "locked": self.locked, "schema_version": 3, "cell_type": self.cell_type}
        return {**plain, **flags, **({"points": self.points} if self.grade_row or self.task_row else {})}


def is_unchanged(known: KnownCell, cell: CellResult | None) -> bool:
    """Say whether an answer is still the stub: nbgrader's checksum of the released cell fits it."""
    if cell is None or not known.solution_row:
        return False
    return _checksum(known, cell.source) == known.checksum


def _checksum(known: KnownCell, source: str) -> str:
    from nbgrader.utils import compute_checksum

    metadata = {"nbgrader": known.metadata()}
    node = {"cell_type": known.cell_type, "metadata": metadata, "source": source}
    return str(compute_checksum(nbformat.from_dict(node)))


def render(
    notebook: NotebookResult, known: dict[str, KnownCell], names: dict[str, str]
) -> list[nbformat.NotebookNode]:
    """Return the cells of the autograded notebook; each graded cell exactly once, so that all can be marked."""
    nodes = [_message_node(notebook.message)] if notebook.message else []
    left = dict(known)
    for cell in notebook.cells:
        found = left.pop(name_of(cell, known, names), None)
        nodes.append(_cell_node(cell, _metadata(found, cell.source) if found else {}))
    for found in left.values():
        if found.grade_row or found.task_row:
            nodes.append(_missing_node(found.name, found.cell_type, _metadata(found, "")))
    return _with_unique_ids(nodes)


def _with_unique_ids(nodes: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Students copy cells with their ids, or bring ids that nbformat does not allow."""
    seen: set[str] = set()
    for number, node in enumerate(nodes, start=1):
        if node.id in seen or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", node.id):
            node.id = f"cell-number-{number}"
        seen.add(node.id)
    return nodes


def _metadata(known: KnownCell, source: str) -> dict[str, Any]:
    """nbgrader's metadata with its checksum: of the stub for answers, of what is shown for the rest."""
    checksum = known.checksum if known.solution_row else _checksum(known, source)
    return {**known.metadata(), "checksum": checksum}


def name_of(cell: CellResult, known: dict[str, KnownCell], names: dict[str, str]) -> str:
    """Return nbgrader's name of a cell: its id in compiled chapters, else looked up in the source notebook."""
    if cell.role is Role.ADDED:
        return ""
    return cell.cell_id if cell.cell_id in known else names.get(cell.cell_id, "")


def _cell_node(cell: CellResult, metadata: Mapping[str, Any]) -> nbformat.NotebookNode:
    """A cell as nbformat: checks with the table of their records as only output."""
    if cell.cell_type == "code":
        outputs = [_table(cell)] if cell.role is Role.CHECKS else _outputs(cell)
        node = nbformat.v4.new_code_cell(cell.source, outputs=outputs)
    else:
        node = nbformat.v4.new_markdown_cell(_passive_markdown(cell))
    node.id = cell.cell_id
    if metadata:
        node.metadata["nbgrader"] = dict(metadata)
    return node


def _missing_node(name: str, cell_type: str, metadata: Mapping[str, Any]) -> nbformat.NotebookNode:
    """What stands for a graded cell of which there is no result, so that a human can mark it."""
    make = getattr(nbformat.v4, f"new_{cell_type}_cell")
    node = make("# There is nothing to show." * (cell_type == "code"), metadata={"nbgrader": metadata})
    node.id = name
    return node


def _message_node(message: str) -> nbformat.NotebookNode:
    """A cell that tells what happened to the notebook as a whole."""
    return nbformat.v4.new_markdown_cell(message.translate(_ENTITIES), id="message-of-the-grader")


def _table(cell: CellResult) -> nbformat.NotebookNode:
    """The records of a checks cell as a markdown table; every text in it is shown literally."""
    total = f"{_points(cell.points, cell.max_points) or '0 / 0'} points"
    rows = [_row(record) for record in cell.records]
    head = ["| Asked | Points | Outcome | Hint |", "|---|---|---|---|"] if rows else []
    said = f" ({_SAID[cell.outcome]})" if cell.outcome else ""
    text = "\n".join([f"**{total}**{said}", "", *head, *rows]).rstrip()
    return nbformat.v4.new_output("display_data", {"text/markdown": text, "text/plain": total})


def _row(record: Record) -> str:
    hint = "" if record.outcome is Outcome.PASSED else record.hint
    fields = (record.asked, _points(record.points, record.max_points), _SAID[record.outcome], hint)
    return f"| {' | '.join(field.translate(_ENTITIES) for field in fields)} |"


def _points(points: float | None, max_points: float) -> str:
    """Points as "1.5 / 2"; empty where there is nothing to earn."""
    if not max_points:
        return ""
    return f"{'?' if points is None else format(round(points, 2), 'g')} / {round(max_points, 2):g}"


def _passive_markdown(cell: CellResult) -> str:
    """Markdown with the student's tags broken; nbgrader would render them unfiltered.

    Raw cells become markdown for the same reason: nbconvert copies them into the page as they are.
    """
    return (
        _TAG.sub("< ", cell.source) if cell.role in _STUDENTS or cell.cell_type != "markdown" else cell.source
    )


def _outputs(cell: CellResult) -> list[nbformat.NotebookNode]:
    made = [node for node in map(_output, cell.outputs) if node]
    if cell.error and not any(node.output_type == "error" for node in made):
        trace = (cell.error.traceback or f"{cell.error.name}: {cell.error.message}").split("\n")
        made.append(
            nbformat.v4.new_output("error", ename=cell.error.name, evalue=cell.error.message, traceback=trace)
        )
    return made


def _output(output: Mapping[str, Any]) -> nbformat.NotebookNode | None:
    """An output as text or picture; None for kinds that show nothing."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        fields = {key: _text(output.get(key)) for key in ("ename", "evalue")}
        trace = [_text(line) for line in output.get("traceback", ())]
        return nbformat.v4.new_output("error", **fields, traceback=trace)
    data = {key: _text(value) for key, value in output.get("data", {}).items() if key in _PASSIVE}
    shown = {key: text for key, text in data.items() if key == "text/plain" or _BASE64.fullmatch(text)}
    return nbformat.v4.new_output("display_data", shown) if shown else None


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
