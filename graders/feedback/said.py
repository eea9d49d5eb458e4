"""Sentences that grading writes into results, said again in the language of the course.

Grading speaks English, so that a result does not depend on the language and need not be made again when it
changes. What a course's author wrote is in none of the patterns of :mod:`graders.feedback.sentences` and stays
as it is. Imports only results, the sentences and the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Formatter

from graders.feedback.language import Language, figure, spoken
from graders.feedback.sentences import KINDS, SENTENCES
from graders.results import CellError, CellResult, NotebookResult, Record, SubmissionResult

_NUMBER = re.compile(r"[-+]?[\d.,]+(e[-+]?\d+)?|[-+]?(nan|inf)")
_LONGEST = 1200  # of a text that is looked at; grading cuts its own to 500


@dataclass(frozen=True)
class _Pattern:
    """A sentence in pieces: fixed text and, between the pieces, names."""

    english: str
    pieces: tuple[str, ...]
    names: tuple[str, ...]

    def match(self, text: str) -> tuple[dict[str, str], str] | None:
        """Return what stands for the names, and the rest of the text; None if the text begins otherwise.

        Each piece is looked for where the one before ended and is not looked for again, so that no text of a
        student takes more than one pass; the last one has to end a word.
        """
        if not text.startswith(self.pieces[0]):
            return None
        at, found = len(self.pieces[0]), {}
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            end = self._end(text, piece, at, last=name == self.names[-1])
            if end < 0:
                return None
            found[name], at = text[at:end], end + len(piece)
        rest = text[at:]
        fits = all(_fits(name, value) for name, value in found.items())
        return (found, rest) if fits and not rest[:1].strip() else None

    def _end(self, text: str, piece: str, at: int, *, last: bool) -> int:
        if last and not piece:
            return len(text)
        end = text.find(piece, at + 1)
        while last and end >= 0 and text[end + len(piece) : end + len(piece) + 1].strip():
            end = text.find(piece, end + 1)
        return end


def _fits(name: str, value: str) -> bool:
    """Whether a value can stand for a name: an author's sentence may look like one of ours but for that."""
    if name.startswith("number"):
        return bool(_NUMBER.fullmatch(value))
    return name != "metric" or (len(value) <= 60 and ". " not in value)


def _pattern(english: str) -> _Pattern:
    parts = [(piece, name) for piece, name, _, _ in Formatter().parse(english)]
    names = tuple(name for _, name in parts if name is not None)
    pieces = tuple(piece for piece, _ in parts) + (("",) if parts[-1][1] is not None else ())
    return _Pattern(english, pieces, names)


def translated(text: str) -> str:
    """Return a text of one or more sentences with those of grading in the language that is spoken."""
    language = spoken()
    return text if not language.said or len(text) > _LONGEST else _translated(text, language)


@lru_cache(maxsize=10_000)  # in a class many sentences are the same
def _translated(text: str, language: Language) -> str:
    said, rest = "", text
    while rest and (found := _first(_SENTENCES, rest, language)):
        rest = found[1].lstrip()
        said += found[0] + found[1][: len(found[1]) - len(rest)]
    return text if rest else said  # half a translation of somebody else's text helps nobody


def _first(patterns: tuple[_Pattern, ...], text: str, language: Language) -> tuple[str, str] | None:
    """Return the translation of the pattern that a text begins with, and the rest of the text."""
    for pattern in patterns:
        if (match := pattern.match(text)) is not None:
            values = {name: _value(name, value, language) for name, value in match[0].items()}
            return language.said.get(pattern.english, pattern.english).format(**values), match[1]
    return None


def _value(name: str, value: str, language: Language) -> str:
    if name.startswith("number"):
        return figure(value)
    patterns = _SENTENCES if name.startswith("why") else _KINDS if name.startswith("kind") else ()
    found = _first(patterns, value, language)
    return found[0] if found and not found[1] else value


_SENTENCES, _KINDS = (tuple(map(_pattern, texts)) for texts in (SENTENCES, KINDS))


# -- results --------------------------------------------------------------------------------------


def told(result: SubmissionResult) -> SubmissionResult:
    """Return a result with every sentence that grading wrote in the language that is spoken."""
    if not spoken().said:
        return result
    return replace(
        result,
        message=translated(result.message),
        audit=tuple(map(translated, result.audit)),
        notebooks=tuple(map(_notebook, result.notebooks)),
    )


def _notebook(notebook: NotebookResult) -> NotebookResult:
    return replace(
        notebook,
        message=translated(notebook.message),
        notes=tuple(map(translated, notebook.notes)),
        audit=tuple(map(translated, notebook.audit)),
        cells=tuple(map(_cell, notebook.cells)),
    )


def _cell(cell: CellResult) -> CellResult:
    return replace(cell, records=tuple(map(_record, cell.records)), error=cell.error and _error(cell.error))


def _record(record: Record) -> Record:
    ours = record.asked in _ASKED or record.name.endswith("#budget")
    asked = translated(record.asked) if ours else record.asked
    return replace(
        record,
        asked=asked,
        required=translated(record.required),
        measured=translated(record.measured),
        detail=translated(record.detail),
        hint=translated(record.hint),
    )


_ASKED = ("All tests of this cell pass", "The notebook can be read")
_STOPS = ("Timeout", "OutOfMemory", "KernelEnded")  # names of errors that grading, not Python, gives


def _error(error: CellError) -> CellError:
    return replace(error, message=translated(error.message)) if error.name in _STOPS else error
