"""Commands for whoever runs grading and explains it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from graders import __version__
from graders.commands.options import (
    EXIT_ATTENTION,
    EXIT_OURS,
    EXIT_USAGE,
    OPERATE,
    Chapters,
    Folder,
    Student,
    console,
    tell,
)
from graders.course import load_course
from graders.display import score
from graders.progress import plain

app = typer.Typer()


@app.command(rich_help_panel=OPERATE)
def version() -> None:
    """Print the version."""
    console.print(__version__)


@app.command(rich_help_panel=OPERATE)
def explain(
    code: Annotated[
        str, typer.Argument(help="Of an error, as it was printed, or an outcome; all errors if none.")
    ] = "",
) -> None:
    """Say why an error happens, or what an outcome means, and what to do."""
    from graders.explanations import codes, explained

    for name in [code] if code else codes():
        text = explained(name)
        console.print(f"[bold]{name}[/]")
        console.print(text, markup=False, highlight=False)


@app.command(rich_help_panel=OPERATE)
def texts(language: str, folder: Folder = Path()) -> None:
    """Print every text of pages in a language, as a gettext catalogue: to translate, or to change some."""
    from graders.feedback.catalogue import catalogue

    course = load_course(folder).model_copy(update={"language": language})
    typer.echo(catalogue(course), nl=False)


@app.command(rich_help_panel=OPERATE)
def history(student: str, chapter: str, folder: Folder = Path()) -> None:
    """Explain every score a student's submission of a chapter ever got, and why it changed."""
    from graders.batch.autograde import history as runs
    from graders.batch.autograde import in_gradebook

    course = load_course(folder)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("when", "points", "outcome", "why", "gradebook"):
        table.add_column(name, overflow="fold")
    for step in runs(course, chapter, student):
        result = step.entry.result
        table.add_row(step.when, score(result), result.outcome.value, step.why, step.gradebook)
    console.print(table)
    console.print(plain(in_gradebook(course, chapter, student)))


@app.command(rich_help_panel=OPERATE)
def sync(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Write the gradebook and the autograded folder anew from the ledger."""
    from graders.batch.autograde import sync as run

    summary = run(load_course(folder), chapters)
    console.print(f"{len(summary.known)} results written.")
    tell(summary, "graders autograde --yes")
    if summary.held_back:
        raise typer.Exit(EXIT_ATTENTION)


@app.command(rich_help_panel=OPERATE)
def audit(chapters: Chapters = None, student: Student = "", folder: Folder = Path()) -> None:
    """List the facts seen while grading: calls denied, limits reached, cells restored, files left out."""
    from graders.batch.autograde import latest_results

    course = load_course(folder)
    table = Table("student", "chapter", "fact", box=None, header_style="bold", pad_edge=False)
    for result in latest_results(course, course.resolve(chapters), student):
        for fact in result.audit:
            table.add_row(plain(result.student), result.chapter, plain(fact))
    console.print(table)
    console.print("These are facts. Most have harmless reasons; none says what anybody meant.")


@app.command(rich_help_panel=OPERATE)
def doctor(folder: Folder = Path()) -> None:
    """Test whether this machine can hold the walls, and say what to do if not."""
    from graders.batch.templates import plan_of
    from graders.sandbox.doctor import examine

    findings = examine(str(folder.resolve()), plan_of(folder))
    table = Table("promise of the wall", "kept", "seen", box=None, header_style="bold", pad_edge=False)
    for finding in findings:
        table.add_row(finding.promise, "[green]yes[/]" if finding.kept else "[red]no[/]", plain(finding.seen))
    console.print(table)
    if not all(finding.kept for finding in findings):
        raise typer.Exit(EXIT_USAGE)


@app.command(rich_help_panel=OPERATE)
def demo(
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one per core.")
    ] = 0,
    folder: Folder = Path(),
) -> None:
    """Make a class of 24 in a temporary folder, grade it, write feedback and show what each got."""
    from graders.demo import run

    if not run(load_course(folder), jobs, console):
        raise typer.Exit(EXIT_OURS)
