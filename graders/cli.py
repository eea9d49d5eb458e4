"""The command line: parses, prints, exits; no logic."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from click import ClickException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from graders import __version__
from graders.course import Course, load_course
from graders.errors import GradersError
from graders.results import Outcome, SubmissionResult

EXIT_DONE, EXIT_ATTENTION, EXIT_USAGE, EXIT_OURS = 0, 1, 2, 3

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, help=__doc__)
source_app = typer.Typer(no_args_is_help=True, help="Work on the text of chapters.")
app.add_typer(source_app, name="source")
console = Console()
errors = Console(stderr=True)

Chapters = Annotated[list[str] | None, typer.Argument(help="Chapters, by name or its beginning; all if none.")]
Folder = Annotated[Path, typer.Option("--course", help="The course folder.", envvar="GRADERS_COURSE")]
Student = Annotated[str, typer.Option("--student", help="Only this student.")]


def main() -> None:
    """Run the command line; our own errors become a sentence and an exit code."""
    try:
        app(standalone_mode=False)
    except typer.Exit as exit_:
        sys.exit(exit_.exit_code)
    except typer.Abort:
        sys.exit(EXIT_USAGE)
    except GradersError as error:
        errors.print(f"[red]{error.code}[/]: {_plain(error.message)}")
        if error.hint:
            errors.print(_plain(error.hint))
        sys.exit(error.exit_code)
    except ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except Exception:  # noqa: BLE001 (the command line's boundary: what nobody expected is our fault)
        errors.print_exception()
        sys.exit(EXIT_OURS)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


@app.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


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


@app.command()
def release(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Make the student version of chapters, unless something hidden would be in it."""
    from graders.notebooks.release import release as make

    course = load_course(folder)
    for name in course.resolve(chapters):
        console.print(f"{name}: {make(course, name).relative_to(course.root)}")


@app.command()
def autograde(
    chapters: Chapters = None,
    student: Student = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one per core.")
    ] = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")] = False,
    folder: Folder = Path(),
) -> None:
    """Grade what was submitted, in parallel; exit code 1 if a submission needs attention."""
    course = load_course(folder)
    summary = run_autograde(course, course.resolve(chapters), student, jobs, force)
    console.print(results_table(summary.results))
    for problem in summary.problems:
        errors.print(f"not written: {_plain(problem)}")
    console.print(f"{len(summary.graded)} graded, {len(summary.known)} unchanged since the last time.")
    if summary.problems:
        raise typer.Exit(EXIT_OURS)
    if any(result.needs_attention for result in summary.results):
        raise typer.Exit(EXIT_ATTENTION)


def run_autograde(course: Course, chapters: list[str], student: str, jobs: int, force: bool) -> Any:
    """Grade with a progress bar and return the summary."""
    from graders.batch import autograde as batch

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("grading", total=None)

        def finished(result: SubmissionResult) -> None:
            bar.advance(task)

        show = batch.Progress(
            planned=lambda total, known: bar.update(task, total=total),
            started=lambda who, chapter: bar.update(task, description=_plain(f"{who}, {chapter}"[:50])),
            finished=finished,
        )
        return batch.autograde(course, chapters, student=student, jobs=jobs, force=force, progress=show)


_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "yellow", Outcome.UNGRADABLE: "magenta"}


def results_table(results: list[SubmissionResult]) -> Table:
    """Return a table of results: who, what, points, outcome and why."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("student", "chapter", "points", "outcome", "why"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    for result in results:
        points = "-" if result.points is None else f"{result.points:g}/{result.max_points:g}"
        colour = _COLOURS.get(result.outcome, "red")
        outcome = f"[{colour}]{result.outcome.value}[/]"
        table.add_row(_plain(result.student), result.chapter[:4], points, outcome, _plain(why(result)))
    return table


def why(result: SubmissionResult) -> str:
    """Say in one line why a submission did not earn everything."""
    if result.staff or result.message:
        return (result.staff or result.message)[:160]
    lost = [r for n in result.notebooks for c in n.cells for r in c.records if r.outcome is not Outcome.PASSED]
    stopped = [c for n in result.notebooks for c in n.cells if c.error and c.outcome is not Outcome.FAILED]
    if stopped and stopped[0].error:
        return f"cell {stopped[0].cell_id}: {stopped[0].error.message}"[:160]
    paying = [record for record in lost if record.max_points] or lost
    if not paying:
        return ""
    more = f" (+{len(paying) - 1})" if len(paying) > 1 else ""
    return f"{paying[0].asked}: {paying[0].detail}"[:120] + more


@app.command()
def feedback(chapters: Chapters = None, student: Student = "", folder: Folder = Path()) -> None:
    """Write a feedback page for every graded submission."""
    from graders.batch.autograde import latest_results
    from graders.feedback import page

    course = load_course(folder)
    written = [
        path
        for r in latest_results(course, course.resolve(chapters), student)
        for path in page.write(course, r)
    ]
    console.print(f"{len(written)} pages in {course.directories.feedback}/")


@app.command()
def audit(chapters: Chapters = None, student: Student = "", folder: Folder = Path()) -> None:
    """List the facts seen while grading: calls denied, limits reached, cells restored, files left out."""
    from graders.batch.autograde import latest_results

    course = load_course(folder)
    table = Table("student", "chapter", "fact", box=None, header_style="bold", pad_edge=False)
    for result in latest_results(course, course.resolve(chapters), student):
        for fact in result.audit:
            table.add_row(_plain(result.student), result.chapter, _plain(fact))
    console.print(table)
    console.print("These are facts. Most have harmless reasons; none says what anybody meant.")


@app.command()
def verify(
    chapters: Chapters = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one per core.")
    ] = 0,
    folder: Folder = Path(),
) -> None:
    """Test the hidden tests: the reference earns all, the release nothing, mistakes lose what they should."""
    from graders.quality.verify import verify as run

    course = load_course(folder)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "chapter", "case", "lost", "should lose", "CPU s"):
        table.add_column(name, justify="right" if name in ("lost", "should lose", "CPU s") else "left")
    good = True
    for case in run(course, course.resolve(chapters), jobs):
        good = good and case.holds
        lost = ", ".join(f"{cell} {points:g}" for cell, points in sorted(case.lost.items())) or "nothing"
        expected = (
            ", ".join(f"{cell} {points:g}" for cell, points in sorted(case.expected.items())) or "nothing"
        )
        mark = "[green]✓[/]" if case.holds else "[red]✗[/]"
        seconds = f"{case.cpu_seconds:.1f}"
        shown = ("", "") if case.holds else (_plain(lost), _plain(expected))
        table.add_row(mark, case.chapter[:4], case.name, *shown, seconds)
        for problem in case.problems:
            table.add_row("", "", _plain(f"  {problem}"[:200]))
    console.print(table)
    if not good:
        raise typer.Exit(EXIT_ATTENTION)


@app.command()
def doctor(folder: Folder = Path()) -> None:
    """Test whether this machine can hold the walls, and say what to do if not."""
    from graders.sandbox.doctor import examine

    findings = examine(str(folder.resolve()))
    table = Table("promise of the wall", "kept", "seen", box=None, header_style="bold", pad_edge=False)
    for finding in findings:
        table.add_row(finding.promise, "[green]yes[/]" if finding.kept else "[red]no[/]", _plain(finding.seen))
    console.print(table)
    if not all(finding.kept for finding in findings):
        raise typer.Exit(EXIT_USAGE)


@app.command()
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


if __name__ == "__main__":
    main()
