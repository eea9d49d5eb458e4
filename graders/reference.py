"""Write the reference pages of docs/ from the program itself: ``python -m graders.reference``.

Commands, settings, outcomes, errors and the tables of the ledger. Pages made as a whole say so; settings and
outcomes are tables in pages that people write. Checks: :mod:`graders.check.reference`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

from graders import explanations
from graders.batch import schema
from graders.cli import app
from graders.containers import Container
from graders.course import Chapter, Cluster, Course, Directories, Hub, Limits
from graders.results import Outcome

SETTINGS: tuple[type[BaseModel], ...] = (Course, Chapter, Limits, Hub, Directories, Cluster, Container)
_KINDS = {int: "NUMBER", str: "TEXT", Path: "FOLDER"}
_MADE = "Written by `python -m graders.reference`; change the program.\n"


# -- commands -------------------------------------------------------------------------------------


def commands(command: Any = None, name: str = "graders") -> Iterator[tuple[str, Any]]:
    """Yield every command that does something with its full name, sorted."""
    command = command or get_command(app)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
    for word, part in sorted((inner or {}).items()):
        yield from commands(part, f"{name} {word}")


def commands_page() -> str:
    """Return docs/commands.md: every command as ``--help`` tells it, by reader."""
    found: dict[str, list[str]] = {}
    for name, command in commands():
        panel = _panel(name)
        found.setdefault(panel, []).append(_command(name, command))
    head = f"# Commands\n\n{_MADE}What commands do together, exit codes and progress: [grading](grading.md).\n"
    return head + "".join(f"\n## {panel}\n{''.join(parts)}" for panel, parts in found.items())


def _panel(name: str) -> str:
    """Return the reader that `graders --help` lists a command under."""
    command = get_command(app).commands[name.split()[1]]  # type: ignore[attr-defined]
    return str(command.rich_help_panel)


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    words = [p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments]
    rows = [f"| `{p.name.upper()}` | {p.help or ''} |" for p in arguments if p.help]
    rows += [f"| {_spelt(p)} | {_help(p)} |" for p in options]
    table = "\n".join(["| | |", "|---|---|", *rows]) + "\n" if rows else ""
    return f"\n### `{' '.join([name, *words])}`\n\n{inspect.cleandoc(command.help or '')}\n\n{table}"


def _spelt(option: Any) -> str:
    value = "" if option.is_flag else f" {_KINDS[option.type_descriptor.annotation]}"
    return ", ".join(f"`{spelling}{value if spelling.startswith('--') else ''}`" for spelling in option.opts)


def _help(option: Any) -> str:
    default = option.default
    known = (
        f" If not given: {default}." if default not in (None, "", False, ".") and str(default) != "." else ""
    )
    return f"{option.help or ''}{known}".strip()


# -- settings -------------------------------------------------------------------------------------


def settings_table(model: type[BaseModel]) -> str:
    """Return the table of a model's settings as docs/settings.md shows it."""
    rows = [f"| `{name}` | {_default(info)} | {info.description or ''} |" for name, info in settings_of(model)]
    return "\n".join(["| setting | if you say nothing | what it is |", "|---|---|---|", *rows])


def settings_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the settings that a course may give, in their order."""
    return [(name, info) for name, info in model.model_fields.items() if name != "root"]


def _default(info: FieldInfo) -> str:
    default: Any = info.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        return f"`{type(default).__name__}()`"
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, int):
        return str(default)
    return f"`{default}`" if default else "nothing"


# -- outcomes -------------------------------------------------------------------------------------


def outcomes_table() -> str:
    """Return the table of outcomes as docs/grading.md shows it."""
    told = [(outcome.value, explanations.OUTCOMES[outcome.value]) for outcome in Outcome]
    rows = [f"| `{name}` | {found.meaning} | {found.remedy} |" for name, found in told]
    return "\n".join(["| outcome | what it means | what to do |", "|---|---|---|", *rows])


# -- the ledger -----------------------------------------------------------------------------------


def ledger_page() -> str:
    """Return docs/ledger.md: the tables of the ledger, their columns and their version."""
    head = (
        f"# The ledger's tables\n\n{_MADE}"
        "`ledger.db`, or the database of `ledger_url`, has every run that ever finished. Rows are added by "
        "`graders autograde` and `graders watch` only. Read it with any SQL program; change nothing in it but "
        "to [delete a person](privacy.md#retention). [What it is for](grading.md#the-ledger)\n\n"
        f"This is version {schema.VERSION} of the tables, which `about` names. An older ledger is upgraded "
        "when it is opened, in one transaction; a newer one is refused and left as it is:\n\n"
        "| version | what was new |\n|---|---|\n"
    )
    versions = "".join(f"| {number} | {new} |\n" for number, new in sorted(schema.VERSIONS.items()))
    return head + versions + "".join(_table(model) for model in _models())


def _models() -> list[Any]:
    return sorted(schema.Base.__subclasses__(), key=lambda model: str(model.__tablename__), reverse=True)


def _table(model: Any) -> str:
    rows = "".join(
        f"| `{column.name}` | {column.type} | {'may be empty' if column.nullable else ''} |\n"
        for column in model.__table__.columns
    )
    told = inspect.cleandoc(model.__doc__ or "").replace("``", "`")
    return f"\n## `{model.__tablename__}`\n\n{told}\n\n| column | type | |\n|---|---|---|\n{rows}"


# -- writing --------------------------------------------------------------------------------------


def pages(docs: Path) -> dict[str, str]:
    """Return the reference pages by name as they should be, those that people write with new tables."""
    settings = (docs / "settings.md").read_text(encoding="utf-8")
    for model in SETTINGS:
        settings = _with_table(settings, model.__name__, settings_table(model))
    grading = (docs / "grading.md").read_text(encoding="utf-8")
    return {
        "commands.md": commands_page(),
        "errors.md": explanations.page(),
        "grading.md": _with_table(grading, "Outcomes", outcomes_table()),
        "ledger.md": ledger_page(),
        "settings.md": settings,
    }


def _with_table(page: str, heading: str, table: str) -> str:
    """Put a table in the place of the first one below a heading."""
    before, mark, after = page.partition(f"\n## {heading}\n")
    start = after.index("\n|") + 1
    end = start + len("".join(line for line in _table_lines(after[start:])))
    return before + mark + after[:start] + table + "\n" + after[end:]


def _table_lines(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        if not line.startswith("|"):
            return
        yield line


def main() -> None:
    """Write the pages into docs/ of this folder."""
    docs = Path("docs")
    for name, text in pages(docs).items():
        (docs / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
