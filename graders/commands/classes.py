"""Commands for whoever grades a class."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from graders.commands.options import (
    EXIT_ATTENTION,
    TEACH,
    Chapters,
    Folder,
    Jobs,
    Student,
    console,
    errors,
    tell,
)
from graders.course import load_course
from graders.display import Display, results_table
from graders.errors import UsageError
from graders.progress import plain

app = typer.Typer()


@app.command(rich_help_panel=TEACH)
def adopt(chapters: Chapters = None, jobs: Jobs = 0, folder: Folder = Path()) -> None:
    """Decide how each test of an nbgrader course runs, write it to adopted.toml, and report on the tests."""
    from graders.adopting import adopt as run
    from graders.adopting import in_workers
    from graders.adoption_report import lines

    course = load_course(folder)
    for line in lines(run(course, course.resolve(chapters), in_workers(jobs))):
        console.print(line, markup=False, soft_wrap=True, highlight=False)


@app.command(rich_help_panel=TEACH)
def autograde(
    chapters: Chapters = None,
    student: Student = "",
    jobs: Jobs = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace scores that edited tests change.")] = False,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="The course's secret was changed on purpose.")
    ] = False,
    json_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object per event.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="local, dask, or a cluster of course_config.py.")
    ] = "local",
    scheduler: Annotated[str, typer.Option("--scheduler", help="Address of a Dask scheduler.")] = "",
    folder: Folder = Path(),
) -> None:
    """Grade what was submitted, in parallel; exit code 1 if a submission needs attention."""
    from graders.batch.autograde import autograde as run
    from graders.batch.engines import choose

    course = load_course(folder)
    chosen = choose(course, engine, scheduler, jobs)
    with Display(json_lines, yes) as display:
        summary = run(
            course,
            course.resolve(chapters),
            student=student,
            force=force,
            new_secret=new_secret,
            hooks=display.hooks(),
            engine=chosen,
        )
        display.ended(summary)
    if not json_lines:
        console.print(results_table(summary.results))
        console.print(f"{len(summary.graded)} graded, {len(summary.known)} unchanged since the last time.")
    tell(summary, f"graders autograde {'--force ' * force}--yes")
    if any(result.needs_attention for result in summary.results) or summary.held_back:
        raise typer.Exit(EXIT_ATTENTION)


@app.command(rich_help_panel=TEACH)
def watch(
    jobs: Jobs = 0,
    group: Annotated[str, typer.Option("--group", help="The hub's group of students; anybody if none.")] = "",
    folder: Folder = Path(),
) -> None:
    """Grade what arrives in nbgrader's exchange at once, and release the feedback; ends when stopped."""
    from graders.batch.engine import import_lightly

    import_lightly()
    from graders.hub.members import Group, anybody
    from graders.hub.watch import watch as run

    course = load_course(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's way of saying stop
    with suppress(KeyboardInterrupt):
        run(course, jobs=jobs, members=Group(group) if group else anybody, say=_log)


@app.command(rich_help_panel=TEACH)
def live(folder: Folder = Path()) -> None:
    """Show hand-ins as they come, to staff and students, as a service of a JupyterHub."""
    from graders.hub.serve import serve
    from graders.ports import require_free

    if url := os.environ.get("JUPYTERHUB_SERVICE_URL"):
        require_free(url)
    serve(load_course(folder))


def _log(line: str) -> None:
    """Print a line at once, without marks that a terminal would obey."""
    sys.stdout.write(plain(line).replace("\\[", "[") + "\n")
    sys.stdout.flush()


@app.command(rich_help_panel=TEACH)
def feedback(chapters: Chapters = None, student: Student = "", folder: Folder = Path()) -> None:
    """Write a feedback page for every graded submission."""
    from graders.batch.engine import cores
    from graders.classes import feedback_of
    from graders.feedback.many import write_all
    from graders.feedback.rehearsal import rehearse

    course = load_course(folder)
    rehearse(course)
    classes = (list(feedback_of(course, [chapter], student)) for chapter in course.resolve(chapters))
    written = [path for found in classes for path in write_all(course, found, cores())]
    if student and not written:
        raise UsageError(f"{student!r} was not graded.", hint="Look into submitted/, then: graders autograde")
    console.print(f"{len(written)} pages in {course.directories.feedback}/")


@app.command(rich_help_panel=TEACH)
def report(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Write a report on the class, for staff: points, exercises, checks, who needs a look; also as CSV."""
    from graders.classes import class_work
    from graders.feedback.rehearsal import rehearse
    from graders.feedback.report import page

    course = load_course(folder)
    rehearse(course)
    for path in page.write(course, class_work(course, course.resolve(chapters))):
        console.print(str(path.relative_to(course.root)), soft_wrap=True, markup=False)


@app.command(rich_help_panel=TEACH)
def show(
    student: str,
    chapter: str,
    everything: Annotated[bool, typer.Option("--all", help="Also checks that passed.")] = False,
    folder: Folder = Path(),
) -> None:
    """Show what a student got and why, as on the feedback page."""
    from graders.classes import feedback_of
    from graders.feedback import terminal

    course = load_course(folder)
    names = course.resolve([chapter])
    found = list(feedback_of(course, names, student))
    if not found:
        raise UsageError(f"{student!r} was not graded in {names[0]}.", hint=f"Run: graders autograde {chapter}")
    for result, beside in found:
        for part in terminal.show(course, result, beside, everything=everything):
            console.print(part)


@app.command(rich_help_panel=TEACH)
def export(
    chapters: Chapters = None,
    kind: Annotated[str, typer.Option("--format", help="csv, canvas or moodle.")] = "csv",
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Also grades that wait for points by hand.")
    ] = False,
    folder: Folder = Path(),
) -> None:
    """Print everybody's grades from the gradebook as CSV, for a spreadsheet, Canvas or Moodle."""
    from graders.export import as_text, grades

    course = load_course(folder)
    found = grades(course, course.resolve(chapters))
    typer.echo(as_text(course, found, kind, unfinished=unfinished), nl=False)
    waiting = sum(grade.status == "waiting" for grade in found)
    if waiting and not unfinished and kind != "csv":
        errors.print(f"{waiting} grades were left out: they wait for points by hand (--unfinished).")
        raise typer.Exit(EXIT_ATTENTION)
