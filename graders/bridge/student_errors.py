"""What a student's code raised, as an exception of the judge's own making.

Only names and text come over the bridge. A name chooses among the builtins and the exceptions of loaded
libraries; nothing of a student's is imported or called.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any

from graders.results import says_out_of_memory

# Python takes these for the end of an iteration: a `map` over a function that raises one just ends.
_SILENT = (StopIteration, StopAsyncIteration)
_LIBRARY_ERRORS = ("sklearn.exceptions", "numpy.linalg", "numpy.exceptions", "pandas.errors")


class StudentError(Exception):
    """An exception that a student's code raised, as data; also an instance of the builtin it names.

    ``public_name`` is a class name safe to show, ``message`` is the student's text and must not be
    shown for hidden checks, ``where`` is (cell file, line) as the student's process tells it.
    """

    graders_ended = False
    public_name = "Exception"
    starved = False  # whether it says that memory was not enough, a GPU's or the machine's
    stopped = False  # whether it says that an iteration is over
    message = ""
    where: tuple[str, int] = ("", 0)


class StudentTimeout(StudentError):
    """A call took longer than it may."""

    graders_ended = True
    public_name = "a call that took too long"


class StudentEnded(StudentError):
    """The student's kernel ended, or talked nonsense, in the middle of a question."""

    graders_ended = True
    public_name = "the end of the kernel"


def student_error(told: Any) -> StudentError:
    """Make the judge's exception for what a student's process tells of one of its own."""
    told = told if isinstance(told, dict) else {}
    types = told.get("types")
    names = [n for n in types if type(n) is str][:30] if isinstance(types, list) else []
    base = next((cls for cls in map(_known_exception, names) if cls is not None), Exception)
    message = told.get("message") if type(told.get("message")) is str else ""
    message = str(message).encode("utf-8", "replace").decode()
    parents = _parents(names, base)
    kind: Any = parents[0] if len(parents) == 1 else _made(base.__name__, parents)
    error: StudentError = kind(message[:500] if message else "")
    error.message = (message or "")[:500]
    error.starved = says_out_of_memory(names, error.message)
    error.stopped = names[:1] == ["builtins.StopIteration"]
    ends = {"builtins.SystemExit": "SystemExit", "builtins.StopIteration": "StopIteration"}
    error.public_name = next((ends[n] for n in names if n in ends), base.__name__)
    file, line = told.get("file"), told.get("line")
    if type(file) is str and type(line) is int:
        error.where = (file[:40], line)
    return error


def exception_class(names: list[str]) -> type[StudentError]:
    """Return a class of our own for a student's class of exceptions, told by its names: to catch it by.

    Errors that a student's code raises from now on are of this class if they name it.
    """
    name = names[0][:200]
    if name not in _CAUGHT:
        if len(_CAUGHT) > _MAX_CAUGHT:
            _CAUGHT.clear()
        base = next((cls for cls in map(_known_exception, names) if cls is not None), Exception)
        parents = _parents(names[1:], base)
        short = name.rsplit(".", 1)[-1][:60]
        _CAUGHT[name] = _made(short if short.isidentifier() else base.__name__, parents)
    return _CAUGHT[name]


def _parents(names: list[str], base: type[Exception]) -> tuple[type[Exception], ...]:
    """Return the students' classes among some names, none of them the base of another, and the builtin."""
    found: list[type[Exception]] = []
    for cls in (*(_CAUGHT[name] for name in names if name in _CAUGHT), _combined(base)):
        if not any(issubclass(known, cls) for known in found):
            found.append(cls)
    return tuple(found)


def _made(name: str, parents: tuple[type[Exception], ...]) -> type[StudentError]:
    return type(name, parents, {"__init__": _plain_init, "__str__": _message})


_CAUGHT: dict[str, type[StudentError]] = {}
_MAX_CAUGHT = 100


def _known_exception(name: str) -> type[Exception] | None:
    """Return the exception class of a name if it is a builtin or one a loaded library defines."""
    module, _, cls_name = name.rpartition(".")
    if module == "builtins":
        found = getattr(builtins, cls_name, None)
    elif module.startswith(_LIBRARY_ERRORS):
        found = getattr(sys.modules.get(module), cls_name, None)
    else:
        return None
    known = isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, _SILENT)
    return found if known else None


def _combined(base: type[Exception]) -> type[StudentError]:
    """Return a class that is both a StudentError and the builtin, so that `except ValueError` works."""
    known = _COMBINED.get(base)
    if known is not None:
        return known
    try:
        made = type(base.__name__, (StudentError, base), {"__init__": _plain_init, "__str__": _message})
        made("probe")
    except TypeError:  # a class whose layout or constructor does not allow it
        made = StudentError
    _COMBINED[base] = made
    return made


_COMBINED: dict[type[Exception], type[StudentError]] = {Exception: StudentError}


def _plain_init(self: StudentError, message: str) -> None:
    self.args = (message,)


def _message(self: StudentError) -> str:
    return str(self.args[0]) if self.args else ""
