"""Which checks a cell makes, what each is worth, and the records its verdicts become.

A check is known by where it is called, so that one that was never reached still has its sentence,
its weight and its hint. A cell of plain asserts is one check worth all its points.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from graders import check as vocabulary
from graders.check.session import Stopwatch, Verdict
from graders.results import Outcome, Record

_CHECKS = frozenset(vocabulary.__all__) - {"CheckFailed", "probe"}  # a probe asks nothing by itself
_SEVERITY = (Outcome.PASSED, Outcome.SKIPPED, Outcome.FAILED)

NOT_REACHED = Verdict(0.0, "An earlier step of this check did not work.", outcome=Outcome.SKIPPED)


@dataclass(frozen=True)
class Site:
    """One call of a check, or one assert, in the source of a cell."""

    start: tuple[int, int]
    end: tuple[int, int]
    asked: str
    hint: str
    hidden: bool
    weight: float
    is_assert: bool = False
    deferred: bool = False  # stands in a function of the cell: decided when that is called


def find_sites(tree: ast.Module, hidden_lines: frozenset[int]) -> list[Site]:
    """Return the checks of a cell in source order; none for a cell of plain asserts."""
    calls = [_call_site(n, hidden_lines) for n in ast.walk(tree) if is_check(n)]
    if not calls:
        return []
    direct = set(_own_statements(tree))
    asserts = [_assert_site(n, hidden_lines) for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    later = {(n.lineno, n.col_offset) for n in ast.walk(tree) if isinstance(n, ast.Assert) and n not in direct}
    asserts = [replace(site, deferred=site.start in later) for site in asserts]
    return sorted(_weighed([*calls, *asserts]), key=lambda site: site.start)


def _own_statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a cell without entering functions and classes."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _own_statements(node)


def is_check(node: ast.AST) -> bool:
    """Whether a node is a call of the check vocabulary."""
    function = node.func if isinstance(node, ast.Call) else None
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.value.id == "check" and function.attr in _CHECKS


def _call_site(node: Any, hidden_lines: frozenset[int]) -> Site:
    options = {k.arg: k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)}
    first = node.args[0] if node.args else None
    asked = str(first.value) if isinstance(first, ast.Constant) else "A condition holds"
    weight = options.get("weight")
    return Site(
        start=(node.lineno, node.col_offset),
        end=(node.end_lineno, node.end_col_offset),
        asked=asked,
        hint=str(options.get("hint", "")),
        hidden=node.lineno in hidden_lines,
        weight=float(weight) if isinstance(weight, int | float) else -1.0,
    )


def _assert_site(node: ast.Assert, hidden_lines: frozenset[int]) -> Site:
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    hidden = node.lineno in hidden_lines
    return Site((node.lineno, node.col_offset), end, "A condition holds", "", hidden, -1.0, True)


def _weighed(sites: list[Site]) -> list[Site]:
    """Give sites without a weight theirs: hidden ones 1; visible ones 0 where there are hidden ones."""
    any_hidden = any(site.hidden for site in sites)
    default = {True: 1.0, False: 0.0 if any_hidden else 1.0}
    weighed = [s if s.weight >= 0 else replace(s, weight=default[s.hidden]) for s in sites]
    if sum(site.weight for site in weighed) > 0:
        return weighed
    return [replace(site, weight=1.0) for site in weighed]


class Ledger:
    """Collects the verdicts of one cell's checks by site; the recorder of :mod:`graders.check`.

    While it is ``secretive``, values are left out of what a student sees even of visible checks: once
    hidden data went to the student's process, anything that comes from there may repeat it.
    """

    def __init__(self, sites: list[Site], filename: str, stopwatch: Stopwatch | None = None) -> None:
        self.sites = sites
        self.stopwatch = stopwatch
        self.secretive = False
        self.watch_arguments: Callable[[bool], None] = lambda on: None
        self.define: Callable[[str, str], Any] = lambda name, source: None
        self._filename = filename
        self._verdicts: dict[Site, Verdict] = {}

    def report(self, asked: str, hint: str, verdict: Verdict) -> None:
        """Keep a verdict under the site that is being called."""
        site = self._calling_site()
        if site is not None:
            self.settle(site, verdict)

    def settle(self, site: Site, verdict: Verdict) -> None:
        """Keep a verdict; of several for one site (a loop) the worst counts."""
        verdict = self._censored(verdict)
        known = self._verdicts.get(site)
        if known is None or (verdict.share, verdict.outcome is None) < (known.share, known.outcome is None):
            self._verdicts[site] = verdict

    def settle_rest(self, within: list[Site], verdict: Verdict) -> None:
        """Give a verdict to those sites of a statement that stopped before it reached them.

        A site in a loop that passed some rounds was not passed in all.
        """
        for site in within:
            if site not in self._verdicts or self._verdicts[site].passed:
                self._verdicts[site] = self._censored(verdict)

    def _censored(self, verdict: Verdict) -> Verdict:
        return replace(verdict, public_values=False) if self.secretive else verdict

    def deferred(self) -> list[Site]:
        """Return the asserts in functions of the cell that nothing has decided yet."""
        return [site for site in self.sites if site.deferred and site not in self._verdicts]

    def pass_asserts(self, sites: list[Site]) -> None:
        """Give asserts that nothing has failed their points."""
        for site in sites:
            if site.is_assert and site not in self._verdicts:
                self.settle(site, Verdict(1.0))

    def records(self, cell: str, points: float) -> list[Record]:
        """Return one record per site, its points in proportion to its weight."""
        total = sum(site.weight for site in self.sites)
        return [
            to_record(
                f"{cell}#{number}", site, self._verdicts.get(site, NOT_REACHED), points * site.weight / total
            )
            for number, site in enumerate(self.sites, start=1)
        ]

    def _calling_site(self) -> Site | None:
        frame = sys._getframe()
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back  # type: ignore[assignment] # the loop ends at None
        if frame is None:
            return None
        line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        exact = [site for site in self.sites if site.start == (line, column)]
        around = [s for s in self.sites if not s.is_assert and s.start[0] <= frame.f_lineno <= s.end[0]]
        return next(iter(exact or around), None)


def to_record(name: str, site: Site, verdict: Verdict, points: float) -> Record:
    """Turn a verdict into a record; values go into text a student sees for visible checks only."""
    outcome = verdict.outcome or (Outcome.PASSED if verdict.passed else Outcome.FAILED)
    ungradable = outcome is Outcome.UNGRADABLE
    open_values = verdict.shown and verdict.public_values and not site.hidden and not ungradable
    detail = verdict.shown if open_values else verdict.problem
    return Record(
        name=name,
        asked=site.asked,
        outcome=outcome,
        points=None if ungradable else round(points * min(1.0, max(0.0, verdict.share)), 6),
        max_points=round(points, 6),
        hidden=site.hidden,
        required=verdict.required,
        measured=verdict.measured,
        detail="" if verdict.passed else detail,
        hint="" if verdict.passed else site.hint or verdict.hint,
        staff=verdict.shown or verdict.problem,
        metrics=_figures(verdict, values_are_open=verdict.public_values and not site.hidden),
    )


def _figures(verdict: Verdict, *, values_are_open: bool) -> dict[str, Any]:
    """Return a verdict's figures; curves are a student's own words, and could spell hidden data they saw."""
    found = {key: _rounded(value) for key, value in verdict.metrics.items()}
    return {key: value for key, value in found.items() if key != "curves" or values_are_open}


def _rounded(value: Any) -> Any:
    """Round figures to three digits: more of them could spell hidden data a student's code has seen."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.3g}") if isinstance(value, float) else value
