"""Which submissions share passages of code that neither the release nor the reference has: a list to look at.

Winnowing of token k-grams (Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003). Names, numbers and texts are made alike first, so that renaming changes nothing;
k-grams of the release and of the reference are removed; passages in more than a few submissions are what the
exercise asks for and are left out, as Moss does by default. An inverted index finds the pairs, so nobody is
compared with everybody. Pure; imports only results.
"""

from __future__ import annotations

import keyword
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from graders.results import CellResult, Role, SubmissionResult

K = 15  # tokens of a k-gram: shorter passages are never seen
WINDOW = 10  # of consecutive k-grams at least one is kept: passages of K + WINDOW - 1 tokens are always seen
MOST_SHARERS = 10  # Moss's default: a passage in more submissions than this is common knowledge
FEWEST_SHARED = 5  # fingerprints, about as many lines
LEAST_SHARE = 0.4
_LONGEST = 200_000  # characters of one cell that are looked at
_BASE, _MODULUS = 1_000_003, (1 << 61) - 1  # Karp and Rabin's rolling hash

_TOKEN = re.compile(
    r"(?P<text>[rbfuRBFU]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""
    r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))"
    r"|(?P<comment>\#[^\n]*)|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<mark>[^\s\w])",
    re.DOTALL,
)


@dataclass(frozen=True)
class Pair:
    """Two submissions, how many fingerprints they share, what share of each one's they are, and where."""

    first: str
    second: str
    shared: int
    of_first: float
    of_second: float
    exercises: tuple[str, ...]

    @property
    def share(self) -> float:
        """The larger of the two shares: one may be a part of the other."""
        return max(self.of_first, self.of_second)


def similar(results: Iterable[SubmissionResult], templates: Sequence[str]) -> tuple[Pair, ...]:
    """Return the pairs of submissions of one chapter that are worth a look, the most alike first.

    ``templates`` are texts of code that everybody may have: the release's and the reference's cells.
    """
    known = {gram for text in templates for gram in grams(tokens(text))}
    prints = _uncommon({result.student: fingerprints(result, known) for result in results})
    owners: dict[int, list[str]] = defaultdict(list)
    for student in sorted(prints):
        for mark in prints[student]:
            owners[mark].append(student)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for mark, students in owners.items():
        for pair in combinations(students, 2):
            found[pair].append(mark)
    pairs = (_pair(*names, marks, prints) for names, marks in found.items() if len(marks) >= FEWEST_SHARED)
    kept = [pair for pair in pairs if pair.share >= LEAST_SHARE]
    return tuple(sorted(kept, key=lambda pair: (-pair.share, -pair.shared, pair.first, pair.second)))


def _uncommon(prints: dict[str, dict[int, str]]) -> dict[str, dict[int, str]]:
    sharers = Counter(mark for marks in prints.values() for mark in marks)
    return {
        student: {mark: where for mark, where in marks.items() if sharers[mark] <= MOST_SHARERS}
        for student, marks in prints.items()
    }


def _pair(first: str, second: str, marks: list[int], prints: dict[str, dict[int, str]]) -> Pair:
    where = Counter(prints[first][mark] for mark in marks)
    order = sorted(where, key=lambda exercise: (-where[exercise], exercise))
    of_first, of_second = (len(marks) / len(prints[student]) for student in (first, second))
    return Pair(first, second, len(marks), of_first, of_second, tuple(order))


def fingerprints(result: SubmissionResult, known: set[int]) -> dict[int, str]:
    """Return the fingerprints of a student's own code with the exercise each stands in."""
    found: dict[int, str] = {}
    for cell in _own_code(result):
        for mark in winnowed(grams(tokens(cell.source)), known):
            found.setdefault(mark, cell.exercise)
    return found


def _own_code(result: SubmissionResult) -> Iterator[CellResult]:
    for notebook in result.notebooks:
        for cell in notebook.cells:
            if cell.role in (Role.ANSWER, Role.ADDED) and cell.cell_type == "code":
                yield cell


def tokens(code: str) -> list[str]:
    """Return code as tokens: names, numbers and texts alike, without comments and layout.

    Keywords stay, and so do names after a dot, which belong to a library, except those of ``self``.
    """
    found: list[str] = []
    before: tuple[str, str] = ("", "")
    for match in _TOKEN.finditer(code[:_LONGEST]):
        kind, text = match.lastgroup or "", match[0]
        if kind == "comment":
            continue
        found.append(_alike(kind, text, before))
        before = (before[1], text)
    return found


def _alike(kind: str, text: str, before: tuple[str, str]) -> str:
    if kind == "name":
        of_library = before[1] == "." and before[0] != "self"
        return text if of_library or keyword.iskeyword(text) else "name"
    return text if kind == "mark" else kind


def grams(found: Sequence[str]) -> list[int]:
    """Return the hashes of all runs of :data:`K` tokens, in order."""
    codes = [zlib.crc32(token.encode("utf-8", "replace")) + 1 for token in found]
    top = pow(_BASE, K, _MODULUS)
    hashes, value = [], 0
    for index, code in enumerate(codes):
        leaving = codes[index - K] * top if index >= K else 0
        value = (value * _BASE + code - leaving) % _MODULUS
        if index >= K - 1:
            hashes.append(value)
    return hashes


def winnowed(hashes: Sequence[int], known: set[int]) -> set[int]:
    """Return the smallest hash of every window of those that are not known; a shorter run has one too."""
    kept: set[int] = set()
    run: list[int] = []
    for value in (*hashes, None):
        if value is not None and value not in known:
            run.append(value)
            continue
        kept.update(min(run[i : i + WINDOW]) for i in range(max(1, len(run) - WINDOW + 1)) if run)
        run = []
    return kept
