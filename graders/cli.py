"""The command line: parses, prints, exits; no logic."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from graders import __version__
from graders.course import load_course
from graders.display import Display, results_table, score
from graders.errors import GradersError, UsageError
from graders.progress import plain

if TYPE_CHECKING:
    from graders.batch.autograde import Summary

EXIT_DONE, EXIT_ATTENTION, EXIT_USAGE, EXIT_OURS = 0, 1, 2, 3

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, help=__doc__)
source_app = typer.Typer(no_args_is_help=True, help="Work on the text of chapters.")
app.add_typer(source_app, name="source")
console = Console()
errors = Console(stderr=True)

Chapters = Annotated[list[str] | None, typer.Argument(help="Chapters, by name or its beginning; all if none.")]
Folder = Annotated[Path, typer.Option("--course", help="The course folder.", envvar="GRADERS_COURSE")]
Student = Annotated[str, typer.Option("--student", help="Only this student.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one per core.")]


def main() -> None:
    """Run the command line; our own errors become a sentence and an exit code."""
    try:
        app()  # ends by itself: wrong options are told and are exit code 2
    except GradersError as error:
        errors.print(f"[red]{error.code}[/]: {plain(error.message)}")
        if error.hint:
            errors.print(plain(error.hint))
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 (the command line's boundary: what nobody expected is our fault)
        errors.print_exception()
        sys.exit(EXIT_OURS)


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
    jobs: Jobs = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace scores that edited tests change.")] = False,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="The course's secret was changed on purpose.")
    ] = False,
    json_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object per event.")] = False,
    folder: Folder = Path(),
) -> None:
    """Grade what was submitted, in parallel; exit code 1 if a submission needs attention."""
    from graders.batch.autograde import autograde as run

    course = load_course(folder)
    with Display(json_lines, yes) as display:
        summary = run(
            course,
            course.resolve(chapters),
            student=student,
            jobs=jobs,
            force=force,
            new_secret=new_secret,
            hooks=display.hooks(),
        )
        display.ended(summary)
    if not json_lines:
        console.print(results_table(summary.results))
        console.print(f"{len(summary.graded)} graded, {len(summary.known)} unchanged since the last time.")
    _tell(summary, f"graders autograde {'--force ' * force}--yes")
    if any(result.needs_attention for result in summary.results) or summary.held_back:
        raise typer.Exit(EXIT_ATTENTION)


def _tell(summary: Summary, replace: str) -> None:
    """Say what is not as it should be; exit code 3 if something could not be written."""
    if summary.note:
        errors.print(plain(summary.note))
    for problem in summary.problems:
        errors.print(f"not written: {plain(problem)}")
    if summary.held_back:
        errors.print(f"{len(summary.held_back)} scores were not replaced. Replace them with: {replace}")
    if summary.problems:
        raise typer.Exit(EXIT_OURS)


@app.command()
def adopt(chapters: Chapters = None, jobs: Jobs = 0, folder: Folder = Path()) -> None:
    """Decide how each test of an nbgrader course runs, write it to adopted.toml, and report on the tests."""
    from graders.adopting import adopt as run
    from graders.adopting import in_workers
    from graders.adoption_report import lines

    course = load_course(folder)
    for line in lines(run(course, course.resolve(chapters), in_workers(jobs))):
        console.print(line, markup=False, soft_wrap=True, highlight=False)


@app.command()
def feedback(chapters: Chapters = None, student: Student = "", folder: Folder = Path()) -> None:
    """Write a feedback page for every graded submission."""
    from graders.classes import feedback_of
    from graders.feedback import page
    from graders.feedback.rehearsal import rehearse

    course = load_course(folder)
    rehearse(course)
    written = [
        path
        for result, beside in feedback_of(course, course.resolve(chapters), student)
        for path in page.write(course, result, beside)
    ]
    console.print(f"{len(written)} pages in {course.directories.feedback}/")


@app.command()
def report(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Write a report on the class, for staff: points, exercises, checks, who needs a look; also as CSV."""
    from graders.classes import class_work
    from graders.feedback.rehearsal import rehearse
    from graders.feedback.report import page

    course = load_course(folder)
    rehearse(course)
    for path in page.write(course, class_work(course, course.resolve(chapters))):
        console.print(str(path.relative_to(course.root)), soft_wrap=True, markup=False)


@app.command()
def texts(language: str, folder: Folder = Path()) -> None:
    """Print every text of pages in a language, as a gettext catalogue: to translate, or to change some."""
    from graders.feedback.catalogue import catalogue

    course = load_course(folder).model_copy(update={"language": language})
    typer.echo(catalogue(course), nl=False)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def sync(chapters: Chapters = None, folder: Folder = Path()) -> None:
    """Write the gradebook and the autograded folder anew from the ledger."""
    from graders.batch.autograde import sync as run

    summary = run(load_course(folder), chapters)
    console.print(f"{len(summary.known)} results written.")
    _tell(summary, "graders autograde --yes")
    if summary.held_back:
        raise typer.Exit(EXIT_ATTENTION)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def doctor(folder: Folder = Path()) -> None:
    """Test whether this machine can hold the walls, and say what to do if not."""
    from graders.sandbox.doctor import examine

    findings = examine(str(folder.resolve()))
    table = Table("promise of the wall", "kept", "seen", box=None, header_style="bold", pad_edge=False)
    for finding in findings:
        table.add_row(finding.promise, "[green]yes[/]" if finding.kept else "[red]no[/]", plain(finding.seen))
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
