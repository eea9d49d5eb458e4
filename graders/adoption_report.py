"""What `graders adopt` prints for the instructor: what gets stronger, what stays, what to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from graders.adopted import NAME, Exact
from graders.adopting import Adoption, CellReport


def lines(found: Adoption) -> Iterator[str]:
    """Yield the report line by line."""
    split = [cell for cell in found.cells if cell.stronger]
    inline = [cell for cell in found.cells if not cell.stronger]
    yield f"{len(found.cells)} cells of tests: {len(split)} split, {len(inline)} inline. Written to {NAME}."
    if split:
        hidden = sum(cell.hidden for cell in split)
        yield ""
        yield f"Stronger: {len(split)} cells are judged where no student's code runs; nobody can forge points."
        yield f"  {hidden} of them have hidden tests, which that code cannot read any more."
    if inline:
        yield ""
        yield "As before: these run in the student's kernel, as in nbgrader."
        yield from (f"  {_named(cell)}: {cell.decision.why}" for cell in inline)
    yield from _section("Look at these tests:", [f"{_named(c)}: {p}" for c in found.cells for p in c.problems])
    yield from _section("Hidden parts that can be seen:", list(found.leaks))
    yield ""
    yield f"Corrected; for nbgrader's own way set the switch in {NAME} to true:"
    for one in fields(Exact):
        state = " (is true)" if getattr(found.adopted.exact, one.name) else ""
        yield f"  {one.name}{state}: {one.metadata['ours']} (nbgrader: {one.metadata['told']})"


def _section(title: str, found: list[str]) -> Iterator[str]:
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _named(cell: CellReport) -> str:
    return " / ".join(cell.place)
