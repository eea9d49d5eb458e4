"""nbgrader_config.py, evaluated as nbgrader does, as settings of a course; what is not supported is refused.

One table says of every setting that could change a grade what becomes of it here. Settings of other parts
(exchange, formgrader, feedback, validation) are nbgrader's business and pass. Imports errors only, and nothing
of nbgrader, whose import takes a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graders.errors import CourseError

NAME = "nbgrader_config"
_NO_LIMIT = 24 * 3600.0  # seconds: what nbgrader calls no timeout
_FOLDERS = ("source", "release", "submitted", "autograded", "feedback")
_STEPS = ("{nbgrader_step}", "{student_id}", "{assignment_id}")

# Where a class takes its settings from, the more special ones last, as traitlets does.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "Execute": ("Preprocessor", "NotebookClient", "ExecutePreprocessor", "Execute"),
    "Autograde": ("BaseNbConvertApp", "BaseConverter", "AutogradeApp", "Autograde"),
    "CourseDirectory": ("CourseDirectory",),
}
_SANITIZE = ("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")
_AUTOGRADE = (
    "Execute",
    "IgnorePattern",
    "ClearMetadataPreprocessor",
    "LimitOutput",
    "SaveAutoGrades",
    "AssignLatePenalties",
    "CheckCellMetadata",
)
# What nbgrader called a setting in older versions, and may still be called so.
_OLD_NAMES = (
    "course_id",
    "student_id",
    "assignment_id",
    "notebook_id",
    "directory_structure",
    "db_url",
    "ignore",
)


def _unset(value: Any) -> bool:
    return not value


def _is(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def _names(expected: tuple[str, ...]) -> Callable[[Any], bool]:
    return lambda value: tuple(getattr(v, "__name__", str(v).rsplit(".", 1)[-1]) for v in value) == expected


# Settings with which grading would be another: class, setting, the values that are as if it was not set.
_REFUSED: tuple[tuple[str, str, Callable[[Any], bool], str], ...] = (
    ("Autograde", "pre_convert_hook", _unset, "Run what it does before `graders autograde`."),
    ("Autograde", "post_convert_hook", _unset, "Run what it does after `graders autograde`."),
    ("Autograde", "sanitize_preprocessors", _names(_SANITIZE), "Use nbgrader's own list."),
    ("Autograde", "autograde_preprocessors", _names(_AUTOGRADE), "Use nbgrader's own list."),
    ("Autograde", "exporter_class", _unset, "Leave it out."),
    ("Execute", "enabled", _is(True), "Notebooks are always executed here."),
    ("Execute", "kernel_name", _unset, "Name the kernel in the notebook."),
    ("Execute", "kernel_manager_class", _unset, "Leave it out."),
    ("Execute", "extra_arguments", _unset, "Leave it out: every kernel starts the same way here."),
    ("Execute", "allow_errors", _is(True), "A cell that fails never stops the notebook here."),
    ("Execute", "force_raise_errors", _is(False), "A cell that fails never stops the notebook here."),
    ("Execute", "skip_cells_with_tag", _is("", "skip-execution"), "Leave it out."),
    ("Execute", "allow_error_names", _unset, "Leave it out."),
    ("Execute", "timeout_func", _unset, "Set Execute.timeout."),
    ("CourseDirectory", "student_id", _is("*"), "Name students with `graders autograde --student`."),
    ("CourseDirectory", "notebook_id", _is("*"), "All notebooks of an assignment are graded together."),
    ("CourseDirectory", "assignment_id", _unset, "Name assignments: `graders autograde NAME`."),
)
# Preprocessors of grading that may be switched off in nbgrader, and are always on here.
_ALWAYS_ON = (*_SANITIZE, "ClearMetadataPreprocessor", "SaveAutoGrades", "AssignLatePenalties")
# Every setting of grading that is honoured, or means nothing here. Others of these classes are not known.
_KNOWN: dict[str, str] = {
    "Execute": "timeout interrupt_on_timeout error_on_timeout raise_on_iopub_timeout iopub_timeout "
    "startup_timeout shutdown_kernel ipython_hist_file store_widget_state record_timing execute_retries "
    "log_level display_data_priority coalesce_streams default_language kernel_manager",
    "Autograde": "create_student exclude_overwriting permissions force create no_database",
    "CourseDirectory": "course_id root db_url directory_structure groupshared ignore include max_file_size "
    "max_dir_size student_id_exclude source_directory release_directory submitted_directory "
    "autograded_directory feedback_directory solution_directory source_with_tests_directory",
}


def course_settings(root: Path) -> dict[str, Any]:
    """Return the settings of a course from a folder's nbgrader_config.py; ``root`` is the course's own folder.

    Raises CourseError for a file that stops with an error, and for the first setting that is not supported.
    """
    settings = _renamed(evaluate(root))
    for problem, hint in _unsupported(settings):
        raise CourseError(f"nbgrader_config.py sets {problem}, which is not supported.", hint=hint)
    directory = settings.get("CourseDirectory", {})
    found: dict[str, Any] = {
        "id": str(directory.get("course_id") or "course").strip(),
        "db_url": _url(str(directory.get("db_url", "")), root),
        "structure": _structure(str(directory.get("directory_structure", os.path.join(*_STEPS)))),
        "directories": {kind: str(directory.get(f"{kind}_directory", kind)) for kind in _FOLDERS},
        "root": (root / str(directory.get("root", ""))).resolve(),
    }
    return found | dict(_optional(settings))


def evaluate(root: Path) -> dict[str, Any]:
    """Evaluate a folder's nbgrader_config.py, and the user's and the system's below it, as nbgrader does.

    Raises CourseError if a file stops with an error.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config.loader import Config, JSONFileConfigLoader, PyFileConfigLoader

    config, before = Config(), os.getcwd()
    os.chdir(root)  # config files build paths from the current directory
    try:
        for folder in dict.fromkeys([*reversed(jupyter_config_path()), str(root)]):
            for ending, loader in ((".json", JSONFileConfigLoader), (".py", PyFileConfigLoader)):
                if Path(folder, NAME + ending).is_file():
                    config.merge(loader(NAME + ending, path=folder).load_config())
        return dict(config)
    except Exception as error:
        raise CourseError(
            f"nbgrader_config.py stopped with {type(error).__name__}: {error}.",
            hint="Correct it and try again.",
        ) from error
    finally:
        os.chdir(before)


def _renamed(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with what older versions of nbgrader called otherwise under today's names."""
    old = {
        **settings.get("BasicConfig", {}),
        **settings.get("NbGraderConfig", {}),
        **settings.get("NbGrader", {}),
    }
    names = {*_OLD_NAMES, *(f"{kind}_directory" for kind in _FOLDERS)}
    moved = {name: value for name, value in old.items() if name in names}
    if "course_directory" in old:
        moved["root"] = old["course_directory"]
    if "course_id" in settings.get("Exchange", {}):
        moved["course_id"] = settings["Exchange"]["course_id"]
    return {**settings, "CourseDirectory": {**moved, **settings.get("CourseDirectory", {})}}


def _of(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what is set for a class, by itself or by the classes it is made from."""
    return {
        key: value for part in _FAMILIES.get(name, (name,)) for key, value in settings.get(part, {}).items()
    }


def _unsupported(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield settings that would make another grade of it, each with what to do."""
    for part, name, as_unset, hint in _REFUSED:
        found = _of(settings, part)
        if name in found and not as_unset(found[name]):
            yield f"{part}.{name}", hint
    for part in _ALWAYS_ON:
        if settings.get(part, {}).get("enabled", True) is not True:
            yield f"{part}.enabled", "It is always on here."
    for part, known in _KNOWN.items():
        judged = {*known.split(), *(name for owner, name, *_ in _REFUSED if owner == part)}
        for name in sorted(set(settings.get(part, {})) - judged):
            yield f"{part}.{name}", "Leave it out; nothing is known of it here."


def _url(given: str, root: Path) -> str:
    """Return the gradebook's address; a file in it is relative to the course folder, where nbgrader is run."""
    kind, slashes, path = given.partition(":///")
    relative = kind.startswith("sqlite") and path and not path.startswith(("/", ":"))
    return f"{kind}{slashes}{(root / path).resolve()}" if relative else given


def _structure(given: str) -> str:
    parts = [part for part in Path(given).parts if "{" in part or "}" in part]
    if sorted(parts) != sorted(_STEPS) or Path(given).is_absolute():
        raise CourseError(
            f"nbgrader_config.py arranges the folders as {given!r}, which is not supported.",
            hint="Use {nbgrader_step}, {student_id} and {assignment_id}, each as a folder of its own.",
        )
    return Path(given).as_posix()


def _optional(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is set of the rest, by our names."""
    directory, autograde = settings["CourseDirectory"], _of(settings, "Autograde")
    around = settings.get("IncludeHeaderFooter", {})
    if around.get("enabled", True):
        yield from ((kind, str(around[kind])) for kind in ("header", "footer") if around.get(kind))
    if "ignore" in directory:
        yield "ignore", tuple(map(str, directory["ignore"]))
    if directory.get("student_id_exclude"):
        yield "students_excluded", tuple(str(directory["student_id_exclude"]).split(","))
    if directory.get("groupshared") or "permissions" in autograde:
        yield "group_shared", bool(directory.get("groupshared"))
        yield "permissions", str(autograde.get("permissions", 664 if directory.get("groupshared") else 444))
    yield "create_students", bool(autograde.get("create_student", True))
    given = autograde.get("exclude_overwriting", {})
    yield "files_of_students", {str(name): tuple(map(str, files)) for name, files in given.items()}
    yield from _execution(settings)


def _execution(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    execute, pattern = _of(settings, "Execute"), settings.get("IgnorePattern", {})
    if "timeout" in execute:
        seconds = execute["timeout"]
        yield "limits", {"cell_seconds": float(seconds) if seconds and seconds > 0 else _NO_LIMIT}
    if pattern.get("enabled", False) and pattern.get("pattern"):
        yield "ignored_noise", str(pattern["pattern"])
    stubs = settings.get("ClearSolutions", {})
    if stubs.get("code_stub"):
        code = stubs["code_stub"]
        yield "code_stubs", dict(code) if isinstance(code, Mapping) else {"python": str(code)}
    if stubs.get("text_stub"):
        yield "text_stub", str(stubs["text_stub"])
