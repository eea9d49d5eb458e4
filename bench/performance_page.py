"""The page with what ``bench/side_by_side.py`` measured, and the short table of it in README.md."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Cost
    from bench.side_by_side import Comparison, Tool

BEGIN, END = "<!-- made by make bench: begin -->", "<!-- made by make bench: end -->"
PARTS = {
    "cells": "the student's own cells",
    "checks": "the student's code called by checks",
    "kernel": "starting the kernel, its wall, and ending it",
    "judge": "the trusted side of the checks",
    "worker": "sanitising, running cells and putting the result together",
}


@dataclass(frozen=True)
class Found:
    """Everything that was measured."""

    compared: list[Comparison]
    growing: list[tuple[int, Cost]]
    again: tuple[int, Cost]
    simulated: list[dict[str, float]]
    quick: bool = False


def write(found: Found, path: Path, readme: Path) -> None:
    """Write the page, and the short table between its markers into the README."""
    path.write_text(page(found))
    text = readme.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n\n{summary(found)}\n\n{END}{after}")


def page(found: Found) -> str:
    """Return the whole page."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    head = HEAD.format(day=day, version=version("nbgrader"), summary=summary(found))
    parts = [head, both(found), own(found), memory(found), growth(found), HOW]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def summary(found: Found) -> str:
    """Return the short table: one line per chapter, and the machine."""
    rows = [
        f"| {c.profile} | {each(c.nbgrader.whole.wall, c.size)} | {each(c.graders.whole.wall, c.size)} "
        f"| {c.nbgrader.whole.wall / c.graders.whole.wall:.1f}x "
        f"| {marginal(c, c.nbgrader).wall / marginal(c, c.graders).wall:.1f}x |"
        for c in found.compared
    ]
    sizes = " and ".join(f"{c.size} ({c.profile})" for c in found.compared)
    return "\n".join(
        [
            "| chapter | nbgrader, s each | graders, s each | faster, start-up included | faster, once warm |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            f"Wall time per submission for classes of {sizes}, every answer right, on {machine()}.",
            *([TRIAL] if found.quick else []),
        ]
    )


def each(seconds: float, size: int) -> str:
    return f"{seconds / size:.2f}"


def marginal(compared: Comparison, tool: Tool) -> Cost:
    """Return what one more submission costs: the whole class less the first few, by their difference."""
    more = compared.size - compared.few
    wall, cpu = ((getattr(tool.whole, name) - getattr(tool.few, name)) / more for name in ("wall", "cpu"))
    return type(tool.whole)(wall, cpu, tool.whole.counted_by)


def both(found: Found) -> str:
    """Return the table of both programs."""
    lines = [
        "## The same class",
        "",
        "| chapter | | wall s | CPU s | wall s each, warm | CPU s each, warm | not own code | throughput |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for c in found.compared:
        base = c.nbgrader.whole.wall
        for label, tool in (("nbgrader autograde", c.nbgrader), ("graders autograde", c.graders)):
            more = marginal(c, tool)
            share = f"{max(0.0, 1 - own_cpu(c) / more.cpu):.0%}"
            figures = (
                f"{tool.whole.wall:.1f} | {tool.whole.cpu:.1f} | {more.wall:.2f} | {more.cpu:.2f} | {share}"
            )
            lines.append(f"| {c.profile}, {c.size} | {label} | {figures} | {base / tool.whole.wall:.1f}x |")
        one = c.one_thread
        figures = f"{one.wall:.1f} | {one.cpu:.1f} | | | | {base / one.wall:.1f}x"
        lines.append(f"| {c.profile}, {c.size} | nbgrader, `OMP_NUM_THREADS=1` | {figures} |")
    return "\n".join(lines)


def own_cpu(compared: Comparison) -> float:
    """Return the median CPU seconds of the student's own code: their cells, and what checks call of them."""
    return statistics.median(r.costs["cells"] + r.costs["checks"] for r in compared.results)


def own(found: Found) -> str:
    """Return where the CPU seconds of a submission go."""
    lines = ["## Where the CPU seconds of a submission go", "", f"| chapter | {' | '.join(PARTS)} "]
    lines[-1] += "| the rest | beyond own code |"
    lines.append("|---|" + "---:|" * (len(PARTS) + 2))
    for c in found.compared:
        medians = {part: statistics.median(r.costs[part] for r in c.results) for part in PARTS}
        rest = marginal(c, c.graders).cpu - statistics.mean(sum(r.costs.values()) for r in c.results)
        known = statistics.median(
            sum(r.costs.values()) - r.costs["cells"] - r.costs["checks"] for r in c.results
        )
        shown = " | ".join(f"{medians[part]:.3f}" for part in PARTS)
        lines.append(f"| {c.profile} | {shown} | {rest:.3f} | {known + rest:.3f} |")
    lines += ["", "Medians:", "", *(f"- `{name}`: {what}" for name, what in PARTS.items())]
    lines += [
        "- the rest: what one more submission costs beyond these (forking, scheduling, ledger, gradebook)"
    ]
    return "\n".join(lines)


def memory(found: Found) -> str:
    """Return the table of memory."""
    lines = ["## Memory of one more submission", "", "| chapter | | private MB, median | most |"]
    lines.append("|---|---|---:|---:|")
    for c in found.compared:
        for label, sizes in (("nbgrader", c.nbgrader.private_mb), ("graders", c.graders.private_mb)):
            median, most = (statistics.median(sizes), max(sizes)) if sizes else (0.0, 0.0)
            lines.append(f"| {c.profile} | {label} | {median:.0f} | {most:.0f} |")
    lines += [
        "",
        "The most private memory of a kernel's processes, read from outside while several run. What kernels",
    ]
    lines += ["share with the template they were forked from is there once, however many run."]
    return "\n".join(lines)


def growth(found: Found) -> str:
    """Return what classes of growing size cost."""
    lines = [
        "## Class size",
        "",
        "| scikit-learn class of | wall s | CPU s | wall s each |",
        "|---:|---:|---:|---:|",
    ]
    for size, cost in found.growing:
        lines.append(f"| {size} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.wall / size:.3f} |")
    size, again = found.again
    lines += ["", f"Graded again with nothing changed, a class of {size} takes {again.wall:.2f} s.", ""]
    lines += ["Simulated grading, through the real scheduler, worker processes and ledger (no gradebook):", ""]
    lines += ["| submissions | wall ms each | CPU ms of the supervisor each | most memory, MB |"]
    lines += ["|---:|---:|---:|---:|"]
    for row in found.simulated:
        figures = f"{row['wall'] * 1e3:.1f} | {row['cpu'] * 1e3:.1f} | {row['peak_mb']:.0f}"
        lines.append(f"| {row['size']:.0f} | {figures} |")
    first, last = found.simulated[0], found.simulated[-1]
    lines += ["", f"CPU each at {last['size']:.0f} is {last['cpu'] / first['cpu']:.2f} times that at"]
    lines[-1] += f" {first['size']:.0f}, wall {last['wall'] / first['wall']:.2f} times."
    return "\n".join(lines)


def machine() -> str:
    """Name this machine."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), platform.machine())
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model}, {size:.0f} GB, Python {platform.python_version()}"


TRIAL = "**A trial run: the classes are far too small for these figures to mean anything. Run `make bench`.**"

HEAD = """
# Performance

Made by `make bench` on {day} with nbgrader {version}. Machines differ and are
noisy: what counts are ratios within this one run.

{summary}
"""

HOW = """
## How it is measured

- Both grade the same notebooks, with their default settings: nbgrader starts a kernel for each submission and
  runs one at a time; this grader uses every core, walls are up, checks run in the judge, and all records are
  written to the ledger, the gradebook and `autograded/`. The chapters are those of `bench/courses.py`: tiny,
  so that what is measured is the grader rather than the students.
- "Start-up included" is the whole command, from nothing. "Warm" is what one more submission costs: a class
  less the same with the first few. CPU time is that of a control group around the command.
- nbgrader's libraries start a thread per core, and so does what it runs. `OMP_NUM_THREADS=1` is that without.
- "Not own code": the share of CPU time that is not the student's code, by what this grader's meter saw of it.
"""
