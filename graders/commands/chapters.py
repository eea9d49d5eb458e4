"""Commands for whoever writes chapters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graders.commands.options import EXIT_ATTENTION, EXIT_USAGE, WRITE, Chapters, Folder, Jobs, console, errors
from graders.course import load_course

app = typer.Typer()
source_app = typer.Typer(no_args_is_help=True, help="Work on the text of chapters.")
app.add_typer(source_app, name="source", rich_help_panel=WRITE)


@app.command(rich_help_panel=WRITE)
def new(
    course: Annotated[Path, typer.Argument(help="A folder that is new or empty.")],
    title: Annotated[str, typer.Option("--title", help="Shown to students; the folder's name if empty.")] = "",
) -> None:
    """Make a course with one small chapter to write from."""
    from graders.new import new_course

    for path in new_course(course, title):
        console.print(f"written: {path}")
    console.print(f"Go on there: cd {course} && graders verify", markup=False)


@source_app.command("build")
def source_build(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Compile the text of chapters into notebooks."""
    from graders.notebooks import source

    course = load_course(folder)
    for name in course.resolve(chapters, texts=True):
        console.print(f"{name}: {source.build(course, name).relative_to(course.root)}")


@source_app.command("pull")
def source_pull(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Bring changes made to notebooks in JupyterLab back into the text."""
    from graders.notebooks import source

    course = load_course(folder)
    for name in course.resolve(chapters, texts=True):
        console.print(f"{name}: {source.pull(course, name).relative_to(course.root)}")


@source_app.command("check")
def source_check(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Say what is wrong with the text of chapters, and whether their notebooks are up to date."""
    from graders.notebooks import source

    course = load_course(folder)
    found = 0
    for name in course.resolve(chapters, texts=True):
        for problem in source.check(course, name):
            found += 1
            console.print(f"{name}: {problem}", markup=False)
    if found:
        raise typer.Exit(EXIT_USAGE)


@source_app.command("coverage")
def source_coverage(
    write: Annotated[bool, typer.Option("--write", help="Write docs/coverage.md.")] = False,
    folder: Folder = Path(),
) -> None:
    """Say which lines of the course's checklist no exercise practises."""
    from graders.quality import coverage

    course = load_course(folder)
    found = coverage.coverage(course)
    if write:
        target = course.root / "docs" / "coverage.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(coverage.page(found), encoding="utf-8")
    for chapter in found:
        for line in chapter.missing:
            told = f"{chapter.chapter}: nowhere: {line} {chapter.lines[line]}"
            console.print(told, markup=False, soft_wrap=True)
    if any(chapter.missing for chapter in found):
        raise typer.Exit(EXIT_ATTENTION)


@app.command(rich_help_panel=WRITE)
def release(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Make the student version of chapters, unless something hidden would be in it."""
    from graders.notebooks.release import release as make

    course = load_course(folder)
    for name in course.resolve(chapters):
        console.print(f"{name}: {make(course, name).relative_to(course.root)}")


@app.command(rich_help_panel=WRITE)
def verify(
    chapters: Chapters = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Also change the reference in small ways.")
    ] = False,
    per_answer: Annotated[int, typer.Option("--per-answer", min=1, help="Mutants of one answer cell.")] = 12,
    fast: Annotated[bool, typer.Option("--fast", help="Grade only what changed since it was right.")] = False,
    draws: Annotated[int, typer.Option("--draws", min=1, help="Hidden draws to try each mistake on.")] = 1,
    json_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object per chapter.")] = False,
    jobs: Jobs = 0,
    folder: Folder = Path(),
) -> None:
    """Test the hidden tests: the reference earns all, the release nothing, mistakes lose what they should."""
    from graders.quality.verify import Options
    from graders.quality.verify import verify as run
    from graders.quality_display import Verifying

    course = load_course(folder)
    options = Options(mutants=mutants, per_answer=per_answer, fast=fast, draws=draws, jobs=jobs)
    with Verifying(console, errors, json_lines) as display:
        reports = run(course, course.resolve(chapters), options, display.hooks())
        display.ended(reports)
    if not all(report.holds for report in reports):
        raise typer.Exit(EXIT_ATTENTION)


@app.command(rich_help_panel=WRITE)
def calibrate(
    chapter: str,
    seeds: Annotated[int, typer.Option("--seeds", help="Draws of the reference; at least 20.")] = 20,
    jobs: Jobs = 0,
    folder: Folder = Path(),
) -> None:
    """Measure the thresholds of a chapter over many hidden draws; exit code 1 if one cannot be supported."""
    from graders.quality.calibrate import calibrate as run
    from graders.quality.calibration import write
    from graders.quality.picture import write_picture
    from graders.quality.summary import write_summary
    from graders.quality_display import Counter, print_calibration

    course = load_course(folder)
    with Counter(errors) as counter:
        found = run(course, course.resolve([chapter])[0], seeds=seeds, jobs=jobs, hooks=counter.hooks())
    print_calibration(console, found)
    for path in (write(course, found), write_picture(course, found), write_summary(course)):
        console.print(f"written: {path.relative_to(course.root)}")
    if found.refused or found.lost:
        raise typer.Exit(EXIT_ATTENTION)
