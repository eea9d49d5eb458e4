"""The command line: parses, prints, exits; no logic."""

from __future__ import annotations

import sys

import typer

from graders.commands import chapters, classes, operating
from graders.commands.options import EXIT_OURS, errors
from graders.errors import GradersError
from graders.progress import plain

ABOUT = "Course kit and autograder for notebooks of machine-learning courses. Errors: graders explain."

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, help=ABOUT)
for part in (chapters.app, classes.app, operating.app):
    app.add_typer(part)


def main() -> None:
    """Run the command line; our own errors become a sentence and an exit code."""
    try:
        app()  # ends by itself: wrong options are told and are exit code 2
    except GradersError as error:
        errors.print(f"[red]{error.code}[/]: {plain(error.message)}")
        if error.hint:
            errors.print(plain(error.hint))
        errors.print(f"[dim]More: graders explain {error.code}[/]")
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 (the command line's boundary: what nobody expected is our fault)
        errors.print_exception()
        sys.exit(EXIT_OURS)


if __name__ == "__main__":
    main()
