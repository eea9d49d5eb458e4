"""Fills the page templates: ours, or those that a course puts in their place in its folder ``templates/``.

A course's templates get the same values and the same protection: everything is escaped, nothing can turn
that off, and a page without the security policy is not written. Imports only the course, errors and texts.
"""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from graders.course import Course
from graders.errors import CourseError
from graders.feedback.markup import sentence

FOLDER = "templates"
OURS = "graders"  # "graders/page.html.jinja" is ours, also where the course has one of its own
# Filters that return markup, and so a way around escaping: no template of a course may use them.
_REFUSED = ("safe", "urlize", "tojson", "xmlattr")
_HELP = f"Correct it, or remove it to use ours: docs/pages.md has what a file in {FOLDER}/ may do."
_FIRST = '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">'


def names() -> list[str]:
    """Return the names of the templates that a course can replace."""
    return sorted(entry.name for entry in (files("graders.feedback") / "templates").iterdir())


def whole(course: Course, name: str, sheets: tuple[str, ...], *, images: bool = False, **values: Any) -> str:
    """Return a page with its style sheets and a policy that lets in nothing else, except its own images.

    Raises CourseError where a template of the course cannot be filled in, or leaves the policy out.
    """
    made = environment_of(course)
    with telling(course):
        style = "".join(made.get_template(sheet).render() for sheet in sheets)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; {'img-src data:; ' if images else ''}"
        policy += "base-uri 'none'; form-action 'none'"
        # The style sheets are ours or the course's, and no value of a student was in their reach.
        html = made.get_template(name).render(style=Markup(style), policy=policy, **values)  # noqa: S704
    start = _FIRST.format(policy=escape(policy))
    if not re.match(rf"\s*<!doctype html>\s*<html[^<>]*>\s*<head>\s*{re.escape(start)}", html):
        raise CourseError(
            f"{FOLDER}/{name} does not begin with the security policy.",
            hint=f"Begin its <head> as {OURS}/{name} does, or replace only blocks of it.",
        )
    return html


def environment_of(course: Course) -> Environment:
    """Return what fills a course's templates; a template that is changed takes effect at once."""
    folder = course.root / FOLDER
    return _environment(folder if folder.is_dir() else None)


@lru_cache(maxsize=16)
def _environment(folder: Path | None) -> Environment:
    """Return our own environment, or for a course's templates one that they cannot get out of."""
    ours = PackageLoader("graders.feedback")
    both = [FileSystemLoader(folder), PrefixLoader({OURS: ours}), ours] if folder else [ours]
    made = (_Fenced if folder else Environment)(
        loader=ChoiceLoader(both),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["sentence"] = sentence
    return made


class _Fenced(SandboxedEnvironment):
    """Jinja's sandbox, in which a template cannot turn escaping off either."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in _REFUSED:
            del self.filters[name]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.EvalContextModifier):
            raise TemplateSyntaxError("Escaping cannot be turned off", node.lineno, name, filename)
        return tree


# -- what is wrong with a course's templates --------------------------------------------------------


def check_files(course: Course) -> None:
    """Read every template of a course; raises CourseError for one that cannot be read or replaces nothing."""
    made, loader = environment_of(course), FileSystemLoader(course.root / FOLDER)
    own = [name for name in loader.list_templates() if not name.endswith(".po")]
    used = set(names())
    with telling(course):
        for name in own:
            source, path, _ = loader.get_source(made, name)
            tree = made.parse(source, name, path)
            made.compile(tree, name, path)
            used |= {found for found in meta.find_referenced_templates(tree) if found}
    for name in sorted({*own} - used):
        known = ", ".join(names())
        raise CourseError(f"{FOLDER}/{name} replaces no template of ours.", hint=f"There are: {known}.")


@contextmanager
def telling(course: Course) -> Iterator[None]:
    """Turn what goes wrong in a course's template into an error that names its file and line.

    What goes wrong in our own templates is our bug and stays what it is.
    """
    try:
        yield
    except Exception as error:
        place = _place(course.root / FOLDER, error)
        if place is None:
            raise
        message = str(error).split("\n")[0][:300].rstrip(".")
        raise CourseError(f"{FOLDER}/{place}: {message}.", hint=_HELP) from error


def _place(folder: Path, error: Exception) -> str | None:
    """Return file and line of a course's template in an error, the last of those that led to it."""
    if isinstance(error, TemplateSyntaxError):
        found = [(error.filename or "", error.lineno)]
    else:  # Jinja puts the lines of templates into the traceback
        frames = traceback.extract_tb(error.__traceback__)
        found = [(frame.filename, frame.lineno or 0) for frame in frames]
    inside = [(Path(file), line) for file, line in found if Path(file).is_relative_to(folder)]
    return f"{inside[-1][0].relative_to(folder)}, line {inside[-1][1]}" if inside else None
