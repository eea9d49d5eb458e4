"""Mutants: the reference with one small mistake each, made and chosen the same way every time.

A mutant that loses no point shows a mistake the checks do not see, or a change that changes nothing.
Those of the second kind are explained, one by one, in a reviewed file.
"""

from __future__ import annotations

import ast
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.course import Course
from graders.errors import SourceError
from graders.notebooks.roles import Markers
from graders.quality.edits import MUTATIONS, Edit

PER_ANSWER = 12  # mutants graded of one answer cell, if there are more


@dataclass(frozen=True)
class Mutant:
    """One small mistake: which kind, in which answer cell, the line as it was and as it is now."""

    mutation: str
    answer: str
    line: str
    changed: str
    code: str

    @property
    def id(self) -> tuple[str, str, str, str]:
        """What it is known by, whatever happens in other lines and cells."""
        return (self.answer, self.mutation, self.line, self.changed)

    @property
    def name(self) -> str:
        """Return a short name that is a file's too."""
        return f"{self.answer}-{self.mutation}-{_digest(*self.id)[:8]}"


def choose(answer: str, source: str, markers: Markers, cap: int = PER_ANSWER) -> list[Mutant]:
    """Return at most ``cap`` mutants of a reference, as many kinds as there are, always the same ones."""
    groups: dict[str, list[Mutant]] = {}
    for mutant in make(answer, source, markers):
        groups.setdefault(mutant.mutation, []).append(mutant)
    ranked = [sorted(group, key=lambda m: _digest(*m.id)) for group in groups.values()]
    kinds = sorted(ranked, key=lambda group: _digest(answer, group[0].mutation))
    rounds = range(max(map(len, kinds), default=0))
    in_turn = [group[n] for n in rounds for group in kinds if n < len(group)]
    return sorted(in_turn[:cap], key=lambda m: m.id)


def make(answer: str, source: str, markers: Markers) -> Iterator[Mutant]:
    """Yield every mutant of the lines between the solution markers (of all lines if there are none).

    Nothing is made of a cell that is not plain Python, and no mutant that Python reads as the same.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    inside, seen = _solution_lines(source, markers), {ast.dump(tree)}
    for node in _nodes(tree):
        for mutation in MUTATIONS:
            for edit in mutation.edits(node):
                if edit.node.lineno not in inside:
                    continue
                mutant = _mutant(mutation.name, answer, source, edit)
                same = _dump(mutant.code)
                if same and same not in seen:
                    seen.add(same)
                    yield mutant


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree in source order, not into error messages, f-strings and the heads of ``with``."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.JoinedStr | ast.Raise | ast.withitem):
            yield from _nodes(child)


def _solution_lines(source: str, markers: Markers) -> set[int]:
    begin, end = markers.solution
    lines, inside, found = source.split("\n"), False, set[int]()
    for number, line in enumerate(lines, start=1):
        inside = (inside or begin in line) and end not in line
        if inside:
            found.add(number)
    return found or set(range(1, len(lines) + 1))


def _mutant(mutation: str, answer: str, source: str, edit: Edit) -> Mutant:
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    begin = starts[edit.node.lineno - 1] + edit.node.col_offset
    end = starts[(edit.node.end_lineno or 1) - 1] + (edit.node.end_col_offset or 0)
    code = f"({edit.code})" if isinstance(edit.node, ast.expr) and _binds_weakly(edit.code) else edit.code
    text = (source.encode()[:begin] + code.encode() + source.encode()[end:]).decode()
    row = edit.node.lineno - 1
    return Mutant(mutation, answer, source.split("\n")[row].strip(), text.split("\n")[row].strip(), text)


def _binds_weakly(code: str) -> bool:
    """Whether an expression needs parentheses to stay one in whatever place it is put."""
    found = ast.parse(code, mode="eval").body
    return isinstance(found, ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Lambda)


def _dump(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:  # parentheses where none may stand: no mutant
        return ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


# -- survivors that are accepted ------------------------------------------------------------------


def survivors_path(course: Course, chapter: str) -> Path:
    """Return the reviewed file of a chapter's accepted survivors."""
    return course.root / "tests" / "mistakes" / chapter.split("_")[0] / "survivors.toml"


def read_survivors(course: Course, chapter: str) -> dict[tuple[str, str, str, str], str]:
    """Return the reasons of accepted survivors by mutant id; none if there is no file.

    Raises SourceError for a file that is not TOML, or an entry without all its parts and a reason.
    """
    path = survivors_path(course, chapter)
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
        return {(e["answer"], e["mutation"], e["line"], e["changed"]): _reason(e["reason"]) for e in entries}
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise SourceError(
            f"{path.parent.name}/{path.name}: {type(error).__name__} {error}.",
            hint="Each [[survivor]] needs answer, mutation, line, changed and reason.",
        ) from error


def _reason(text: str) -> str:
    if not text.strip():
        raise ValueError("a survivor without a reason")
    return text.strip()
