"""What ``verify`` and ``calibrate`` show: progress, a table for each chapter, and what needs a look."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from graders.progress import Line, plain
from graders.quality.calibration import Calibration, Threshold
from graders.quality.outcome import Case, MutantCase, Report
from graders.quality.verify import Hooks

_CASE_WIDTH = 32  # names are kept whole if they can be; 80 columns leave as much again for the cells


class Counter:
    """Says how many hand-ins are graded: on a terminal all the time, in a log now and then."""

    def __init__(self, console: Console, quiet: bool = False) -> None:
        self.line = Line(console, quiet)

    def __enter__(self) -> Counter:
        self.line.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.line.stop()

    def hooks(self) -> Hooks:
        """Return what the run should call."""
        return Hooks(planned=self.line.planned, started=self._started, graded=self._graded)

    def _started(self, chapter: str, name: str) -> None:
        self.line.started(name, chapter)

    def _graded(self, chapter: str, name: str) -> None:
        self.line.finished(name, chapter)


class Verifying:
    """Shows each chapter as soon as it is known, between the lines that say how far the run is."""

    def __init__(self, console: Console, errors: Console, json_lines: bool = False) -> None:
        self._console = console
        self._json = json_lines
        self._counter = Counter(errors, quiet=json_lines)
        self._known = 0
        self._began = time.monotonic()

    def __enter__(self) -> Verifying:
        self._counter.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._counter.__exit__(*exception)

    def hooks(self) -> Hooks:
        """Return what the run should call."""
        return replace(self._counter.hooks(), reported=self._reported)

    def ended(self, reports: list[Report]) -> None:
        """Say how long it took, and which chapters do not hold."""
        self._counter.line.stop()
        if not self._json:
            self._console.print(verified_line(reports, time.monotonic() - self._began), soft_wrap=True)

    def _reported(self, report: Report) -> None:
        self._known += 1
        self._counter.line.note = f"{self._known} chapter{'s' * (self._known != 1)} done"
        with self._counter.line.aside():
            if self._json:
                sys.stdout.write(report_line(report) + "\n")
            else:
                print_report(self._console, report)
            sys.stdout.flush()  # a program that reads this need not wait for the other chapters


def verified_line(reports: list[Report], seconds: float) -> str:
    """Say how many chapters hold and which do not, and how long that took."""
    wrong = ", ".join(report.chapter for report in reports if not report.holds)
    told = f"not as it should be: {wrong}" if wrong else "all is as it should be"
    minutes, rest = divmod(round(seconds), 60)
    took = f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
    return f"{len(reports)} chapter{'s' * (len(reports) != 1)} in {took}: {told}."


def print_report(console: Console, report: Report) -> None:
    """Print what verifying a chapter showed."""
    console.print(f"[bold]{report.chapter}[/]")
    console.print(_cases_table(report))
    if report.mutants:
        console.print(f"\n{report.chapter[:4]}: {mutants_line(report)}")
    for found in report.survivors:
        _print_lines(console, found)
    for mutant in report.mutants:
        for problem in mutant.graded.problems:
            console.print(f"{mutant.mutant.name}: {problem}"[:300], markup=False)
    for key in report.stale:
        console.print(f"no longer survives, remove it from survivors.toml: {' | '.join(key)}", markup=False)
    for finding in report.findings:
        console.print(f"✗ {finding}", markup=False)
    if not report.mutants and report.never_failed:
        names = ", ".join(report.never_failed)
        console.print(f"No mistake fails these hidden checks; see whether mutants do: {names}", markup=False)
    for notice in report.notices:
        console.print(f"! {report.chapter[:4]}: {notice}", markup=False)
    console.print()


def mutants_line(report: Report) -> str:
    """Say how many mutants were noticed."""
    killed = sum(m.killed for m in report.mutants)
    accepted = sum(bool(m.reason) and not m.killed for m in report.mutants)
    explained = f", {accepted} survivors explained" if accepted else ""
    left = f", {len(report.survivors)} not" if report.survivors else ""
    total = len(report.mutants)
    rate = f"{report.rate:.1%} of those that count, {report.kill_rate:.0%} wanted"
    return f"{killed} of {total} mutants lost points{explained}{left} ({rate})"


def _cases_table(report: Report) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    longest = max((len(case.name) for case in report.cases), default=0)
    for name in ("", "case", "lost", "should lose", "CPU s"):
        least = min(longest, _CASE_WIDTH) if name == "case" else None
        table.add_column(name, justify="right" if name == "CPU s" else "left", overflow="fold", min_width=least)
    for case in report.cases:
        mark = "[green]✓[/]" if case.holds else "[red]✗[/]"
        shown = ("", "") if case.holds else (_points(case.lost), _points(case.expected))
        seconds = "known" if case.known else f"{case.graded.cpu_seconds:.1f}"
        table.add_row(mark, case.name, *shown, seconds)
        for problem in case.problems:
            table.add_row("", plain(f"  {problem}"[:200]))
    return table


def _points(lost: dict[str, float]) -> str:
    return plain(", ".join(f"{cell} {points:g}" for cell, points in sorted(lost.items())) or "nothing")


def _print_lines(console: Console, found: MutantCase) -> None:
    mutant = found.mutant
    console.print(f"survives: {mutant.mutation} in {mutant.answer}")
    for sign, line in (("-", mutant.line), ("+", mutant.changed)):
        console.print(f"  {sign} {line}", markup=False, soft_wrap=True)


def report_line(report: Report) -> str:
    """Return a report as one line of JSON."""
    accepted = [m for m in report.mutants if not m.killed and m.reason]
    return json.dumps(
        {
            "chapter": report.chapter,
            "holds": report.holds,
            "cases": [_case_plain(case) for case in report.cases],
            "mutants": {
                "total": len(report.mutants),
                "killed": sum(m.killed for m in report.mutants),
                "rate": round(report.rate, 4),
                "wanted": report.kill_rate,
                "survivors": [m.mutant.id for m in report.survivors],
                "explained": [m.mutant.id for m in accepted],
            },
            "never_failed": report.never_failed,
            "findings": report.findings,
            "notices": list(report.notices),
        },
        ensure_ascii=False,
    )


def _case_plain(case: Case) -> dict[str, object]:
    return {
        "name": case.name,
        "holds": case.holds,
        "lost": case.lost,
        "should_lose": case.expected,
        "problems": list(case.problems),
    }


def print_calibration(console: Console, found: Calibration) -> None:
    """Print thresholds with the figures behind them, and the rate of marks lost without a fault."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("check", "target", "reference", "weak", "false fails", "recommended", "partial from"):
        table.add_column(name)
    for threshold in found.thresholds:
        table.add_row(*_row(threshold, found.rate))
    console.print(table)
    for name, reasons in found.refused.items():
        for reason in reasons:
            console.print(f"✗ {name}: {reason}", markup=False)
    for text in found.other:
        console.print(f"✗ no threshold, but it took marks: {text}", markup=False)
    console.print(
        f"The reference lost marks in {found.lost} of {found.seeds} draws: {found.lost / found.seeds:.1%}, "
        f"with 95% confidence at most {found.upper:.2%}."
    )


def _row(threshold: Threshold, rate: float) -> tuple[str, ...]:
    sign = "≥" if threshold.higher else "≤"
    recommended = threshold.recommended(rate)
    easiest = threshold.easiest
    partial = f"{recommended[1]:g}" if recommended and threshold.kind == "score" else ""
    shown = [f"{sign} {recommended[0]:g}", partial] if recommended else ["none", ""]
    values = threshold.reference.values
    return (
        plain(f"{threshold.name} {threshold.asked}"[:60]),
        f"{sign} {threshold.target:g}",
        f"{min(values):g} to {max(values):g}",
        "none" if easiest is None else f"best {easiest:g}",
        f"{threshold.reference.lost}/{threshold.reference.n}, expected {threshold.predicted:.1g}",
        *shown,
    )
