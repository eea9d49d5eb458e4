"""This grader against `nbgrader autograde`, on the same class, on the same machine, in one run.

    python bench/side_by_side.py [--size 20] [--profile keras] [--write docs/performance.md]

Ratios are what counts: machines differ and are noisy, one run on one machine compares like with like.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bench import courses, measure  # noqa: E402
from graders.batch.autograde import latest_results  # noqa: E402
from graders.course import load_course  # noqa: E402

BIN = Path(sys.executable).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20)
    parser.add_argument("--profile", action="append", choices=list(courses.TEXTS))
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    os.environ["PATH"] = f"{BIN}:{os.environ['PATH']}"
    rows = [compare(profile, options.size) for profile in options.profile or courses.TEXTS]
    text = report(rows, options.size)
    print(text)
    if options.write:
        options.write.write_text(text)


def compare(profile: str, size: int) -> dict:
    """Grade the same class with both, and again with nothing changed."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        ours = courses.make(folder / "ours", profile, size, PROJECT)
        theirs = Path(shutil.copytree(ours, folder / "theirs"))
        print(f"{profile}: nbgrader", file=sys.stderr)
        nbgrader = measure.run([str(BIN / "nbgrader"), "autograde", courses.CHAPTER], theirs)
        print(f"{profile}: graders", file=sys.stderr)
        graders = measure.run([str(BIN / "graders"), "autograde"], ours)
        again = measure.run([str(BIN / "graders"), "autograde"], ours)
        results = latest_results(load_course(ours), [courses.CHAPTER])
        assert len(results) == size and all(r.points == r.max_points for r in results)
        return {
            "profile": profile,
            "nbgrader": nbgrader,
            "graders": graders,
            "again": again,
            "results": results,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(rows: list[dict], size: int) -> str:
    lines = [
        "# Performance",
        "",
        f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}.",
        f"A class of {size} per chapter, every submission right; both grade the same files in one run.",
        "",
        "| chapter | | wall s | CPU s | s per submission | throughput |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        base = row["nbgrader"].wall
        for label, key in (("nbgrader autograde", "nbgrader"), ("graders autograde", "graders")):
            cost = row[key]
            ratio = f"{base / cost.wall:.1f}x"
            figures = f"{cost.wall:.1f} | {cost.cpu:.1f} | {cost.wall / size:.2f} | {ratio}"
            lines.append(f"| {row['profile']} | {label} | {figures} |")
        again = f"{row['again'].wall:.2f} | {row['again'].cpu:.2f}"
        lines.append(f"| {row['profile']} | graders, nothing changed | {again} | | |")
    lines += ["", "Where the CPU seconds of a submission go (median), and the memory it adds at its peak:", ""]
    parts = ("cells", "checks", "kernel", "judge", "worker")
    lines.append("| chapter | " + " | ".join(parts) + " | beyond own cells | peak MB |")
    lines.append("|---|" + "---:|" * (len(parts) + 2))
    for row in rows:
        median = {p: statistics.median(r.costs[p] for r in row["results"]) for p in parts}
        beyond = statistics.median(
            sum(r.costs.values()) - r.costs["cells"] - r.costs["checks"] for r in row["results"]
        )
        peak = statistics.median(r.meter.peak_memory_mb for r in row["results"])
        shown = " | ".join(f"{median[p]:.3f}" for p in parts)
        lines.append(f"| {row['profile']} | {shown} | {beyond:.3f} | {peak:.0f} |")
    lines += [
        "",
        "`cells`: the student's own cells; `checks`: their code called by checks; `kernel`: starting, walling",
        "and ending their kernel; `judge`: the trusted side; `worker`: everything else about one submission.",
        "",
    ]
    return "\n".join(lines)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next((x.split(":")[1].strip() for x in open("/proc/cpuinfo") if x.startswith("model name")), "")
    return (
        f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GB, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
