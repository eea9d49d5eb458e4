"""What all commands share: options, exit codes, headings of the help, and where they print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.progress import plain

if TYPE_CHECKING:
    from graders.batch.autograde import Summary

# The readers of `graders --help`.
WRITE = "Write chapters"
TEACH = "Grade a class"
OPERATE = "Operate and explain"

EXIT_DONE, EXIT_ATTENTION, EXIT_USAGE, EXIT_OURS = 0, 1, 2, 3

console = Console()
errors = Console(stderr=True)

Chapters = Annotated[list[str] | None, typer.Argument(help="Chapters, by name or its beginning; all if none.")]
Folder = Annotated[Path, typer.Option("--course", help="The course folder.", envvar="GRADERS_COURSE")]
Student = Annotated[str, typer.Option("--student", help="Only this student.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one per core.")]


def tell(summary: Summary, replace: str) -> None:
    """Say what is not as it should be; exit code 3 if something could not be written."""
    if summary.note:
        errors.print(plain(summary.note))
    for problem in summary.problems:
        errors.print(f"not written: {plain(problem)}")
    if summary.held_back:
        errors.print(f"{len(summary.held_back)} scores were not replaced. Replace them with: {replace}")
    if summary.problems:
        raise typer.Exit(EXIT_OURS)
