"""Run nbgrader's own commands in many course folders, in one process: `COMMAND ROOT...`."""

import os
import shutil
import sys
from pathlib import Path

from jupyter_core.application import NoStart
from nbgrader.apps import (
    AutogradeApp,
    DbApp,
    ExportApp,
    GenerateAssignmentApp,
    GenerateFeedbackApp,
    NbGrader,
    ZipCollectApp,
)

APPS = {"generate_assignment": (GenerateAssignmentApp, ["ps1"]), "autograde": (AutogradeApp, ["ps1"])}


def run(app_class: type, arguments: list[str]) -> bool:
    """Run a command as from the command line; return whether it went well."""
    if NbGrader.initialized():  # a subcommand registers itself, and no other could after it
        type(NbGrader.instance()).clear_instance()
    app = app_class()
    app.initialize(arguments)
    try:
        app.start()
    except NoStart:  # a subcommand has done it
        return True
    except SystemExit as error:
        return not error.code
    return True


def round_trip(root: Path) -> list[bool]:
    """Do what comes after grading, and grade one submission again."""
    archive = root / "downloaded" / "ps1" / "archive"
    archive.mkdir(parents=True)
    shutil.copy(
        root / "submitted" / "reference" / "ps1" / "one.ipynb", archive / "ps1_zipped_attempt_x_one.ipynb"
    )
    collect = [
        "ps1",
        r"--FileNameCollectorPlugin.named_regexp=.*_(?P<student_id>\w+)_attempt_x_(?P<file_id>.*)",
    ]
    return [
        run(GenerateFeedbackApp, ["ps1"]),
        run(ExportApp, []),
        run(DbApp, ["student", "list"]),
        run(DbApp, ["assignment", "list"]),
        run(AutogradeApp, ["ps1", "--student", "reference", "--force"]),
        run(ZipCollectApp, collect),
    ]


def main(command: str, roots: list[str]) -> None:
    done = []
    for root in roots:
        os.chdir(root)
        done += round_trip(Path(root)) if command == "round_trip" else [run(*APPS[command])]
    if not all(done):
        sys.exit(f"failed: {done}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
