"""The command line: parses, prints, exits; no logic."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from graders import __version__
from graders.commands import chapters, classes, operating
from graders.commands.options import EXIT_OURS, errors
from graders.errors import DiskFull, GradersError
from graders.progress import plain

ABOUT = "Course kit and autograder for notebooks of machine-learning courses. Errors: graders explain."

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)


def _version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback(help=ABOUT)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version)] = False,
) -> None: ...


for part in (chapters.app, classes.app, operating.app):
    app.add_typer(part)


def main() -> None:
    """Run the command line; our own errors become a sentence and an exit code."""
    try:
        app()  # ends by itself: wrong options are told and are exit code 2
    except GradersError as error:
        _tell(error)
    except Exception as error:  # noqa: BLE001 (the command line's boundary: what nobody expected is our fault)
        if isinstance(error, OSError) and (full := DiskFull.of(error)):
            _tell(full)
        errors.print_exception()
        sys.exit(EXIT_OURS)


def _tell(error: GradersError) -> NoReturn:
    errors.print(f"[red]{error.code}[/]: {plain(error.message)}")
    if error.hint:
        errors.print(plain(error.hint))
    errors.print(f"[dim]More: graders explain {error.code}[/]")
    sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
