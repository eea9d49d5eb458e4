"""The judge's names: given ones are its own, a student's are fetched from their kernel when they are read.

Also runs given cells early, in the judge's template, so that every forked judge has them for nothing.
"""

from __future__ import annotations

import contextlib
import dis
import io
import json
import os
import random
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from graders.bridge.handle import Remote, as_class
from graders.bridge.remote import Bridge
from graders.bridge.student_errors import StudentEnded, StudentError
from graders.errors import BridgeError
from graders.shadows import BUILTINS


class Undefined(NameError):
    """A name that the student's answer should define is not there."""


class Spoilt(Exception):
    """A name that a failed statement should have bound; no KeyError, which Python would swallow."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Namespace(dict[str, Any]):
    """The judge's globals: given names are its own, the student's are fetched when they are read.

    Deleting or rebinding a student's name does so in the student kernel, as a check that tries
    whether one function relies on another expects. Only what the hidden part binds to such a name stays
    here, unless it is a function: labels would cross, and come back as the student likes.
    """

    def __init__(self) -> None:
        super().__init__(__name__="__main__", __builtins__=BUILTINS)
        self.update(get_ipython=lambda: Shell(self), display=lambda *a, **k: None)
        self.student_names: frozenset[str] = frozenset()
        self.classes: frozenset[str] = frozenset()
        self.anything = False  # whether a name nobody knows may be the student's
        self.bridge: Bridge | None = None
        self.hidden = False  # whether the hidden part of a cell runs
        self.kept: dict[str, Any] = {}  # what it bound to a student's names
        self.touched = False
        self.on_touch: Callable[[], None] = lambda: None  # told before the first value of a cell is fetched
        self.spoilt: dict[str, Exception] = {}  # what a failed statement should have bound, and why not

    def __getitem__(self, name: str) -> Any:
        if name in self.spoilt:
            raise Spoilt(self.spoilt[name])
        if name in self.kept:
            return self.kept[name]
        if name not in self.student_names and not self._may_be_theirs(name):
            return super().__getitem__(name)
        bridge = self._touch()
        try:
            return self._classed(name, bridge.get(name))
        except NameError as error:
            if isinstance(error, StudentError):
                raise
            raise Undefined(name) from None
        except KeyError as error:
            raise Spoilt(error) from None  # Python would look for a builtin of the same name instead

    def _may_be_theirs(self, name: str) -> bool:
        return self.anything and not dict.__contains__(self, name) and name not in BUILTINS

    def _classed(self, name: str, value: Any) -> Any:
        """Mark a handle on a class that the exercise asks for: what is made of it may be tested in full."""
        if type(value) is Remote and name in self.classes:
            return as_class(value)
        return value

    def know_classes(self, names: set[str]) -> None:
        """Look up classes of exceptions before anything raises one, so that it can be caught by them."""
        for name in sorted(names & self.classes & self.student_names):
            with contextlib.suppress(NameError, StudentError, Spoilt):
                self[name]

    def fetch_files(self, names: tuple[str, ...]) -> None:
        """Bring files that the student's code may have written into the judge's folder; data only."""
        for name in names if self.bridge is not None else ():
            content = None
            with contextlib.suppress(StudentError):  # whatever it is, the check itself will meet it
                content = self._touch().file(name)
            if content is not None:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_bytes(content)

    def __setitem__(self, name: str, value: Any) -> None:
        self.spoilt.pop(name, None)
        self.kept.pop(name, None)
        if name in self.student_names and self.hidden and not callable(value):
            self.kept[name] = value
        elif name in self.student_names and self.bridge is not None:
            try:
                self.bridge.set(name, _for_student(value))
            except BridgeError:  # an open file, an object of the check: what cannot cross stays here
                self.kept[name] = value
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if self.kept.pop(name, None) is not None:
            return
        if name in self.student_names and self.bridge is not None:
            self.bridge.delete(name)
        else:
            super().__delitem__(name)

    def _touch(self) -> Bridge:
        """Return the way to the student's kernel; from now on what goes wrong may be the student's doing."""
        if not self.touched:
            self.touched = True
            self.on_touch()
        if self.bridge is None:
            raise StudentEnded("There is no kernel to ask.")
        return self.bridge

    def define(self, name: str, source: str) -> Any:
        """Define a function of the check in the student's kernel and return a handle to it."""
        return self._touch().define(name, source)

    def begin(
        self,
        student_names: frozenset[str],
        classes: frozenset[str] = frozenset(),
        anything: bool = False,
    ) -> None:
        """Begin a checks cell, for which these names are the student's, and these of them classes."""
        self.student_names, self.classes, self.anything = student_names, classes, anything
        self.touched = self.hidden = False
        self.kept.clear()


def _for_student(value: Any) -> Any:
    """Return a value that may be bound to a name of the student's; raises BridgeError for an iterator."""
    if hasattr(type(value), "__next__") and type(value) is not Remote:
        raise BridgeError("An iterator stays where it is.")
    return value


class Shell:
    """What stands for IPython in the judge: most magics of given cells do nothing here."""

    def __init__(self, names: Namespace) -> None:
        self.user_ns = names

    def run_line_magic(self, name: str, line: str, *rest: Any) -> None:
        """Run a file into the names; do nothing for any other magic."""
        path = Path(line.strip().strip("\"'"))
        if name == "run" and path.suffix == ".py" and path.is_file():
            exec(compile(path.read_text(), str(path), "exec"), self.user_ns)  # noqa: S102 (the instructor's)

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """Write a file; do nothing for any other magic."""
        words = line.split()
        if name in ("writefile", "file") and words and not Path(words[-1]).is_absolute():
            with Path(words[-1].strip("\"'")).open("a" if "-a" in words else "w") as file:
                file.write(body)

    def system(self, command: str) -> None:
        """Do nothing."""

    def getoutput(self, command: str) -> list[str]:
        """Run nothing; give no lines."""
        return []


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what the judge's code prints to itself; yields what goes to stderr."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as noise:
        yield noise


class Prepared:
    """What given cells bound when the template ran them: a forked judge takes it over for nothing."""

    def __init__(self) -> None:
        self._bound: dict[str, tuple[dict[str, Any], Any]] = {}
        self._names: Namespace | None = None

    def claim(self) -> Namespace:
        """Return the names for this process's judge: those that functions of given cells look into."""
        names, self._names = self._names or Namespace(), None
        fresh = Namespace()
        names.clear()
        names.update(fresh)
        return names

    def run(self, cells: list[tuple[str, frozenset[str]]]) -> int:
        """Run cells (source, names they use) in order until one is not safe to run early.

        Returns how many are safe; if a cell started threads, which a fork would not carry over, the
        process is spoilt and must be made again with that many cells.
        """
        names = self._names = Namespace()
        for number, (source, uses) in enumerate(cells):
            if number and not all(_is_steady(names.get(name), names) for name in uses if name in names):
                return number  # it may change what an earlier cell made, which checks between them see
            before = dict(names)
            try:
                with quiet():
                    exec(compile(source, "<given>", "exec"), names)  # noqa: S102 (the instructor's)
            except Exception:  # noqa: BLE001 (each judge meets it again, and says so)
                return number
            if not _alone():
                return number
            bound = {k: v for k, v in names.items() if k not in before or before[k] is not v}
            self._bound[source] = (bound, _random_states())
        return len(cells)

    def take(self, source: str, names: Namespace) -> bool:
        """Give names what the cell bound; False if it was not run early."""
        if source not in self._bound:
            return False
        bound, states = self._bound[source]
        names.update(bound)
        for set_state, state in states:
            set_state(state)
        return True


PREPARED = Prepared()


def _is_steady(value: Any, names: Namespace, seen: tuple[Any, ...] = ()) -> bool:
    """Whether using a value cannot change it: modules, classes and functions of libraries, numbers, text.

    A function of a given cell is steady if it rebinds no global name and uses only steady ones.
    """
    if isinstance(value, types.FunctionType) and value.__globals__ is names:
        code = value.__code__
        if value in seen or any(
            op.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") for op in dis.get_instructions(code)
        ):
            return value in seen
        used = [names[name] for name in code.co_names if dict.__contains__(names, name)]
        return not value.__closure__ and all(_is_steady(other, names, (*seen, value)) for other in used)
    plain = (type(None), bool, int, float, str, bytes, type, types.ModuleType)
    return isinstance(value, plain) or isinstance(value, types.FunctionType | types.BuiltinFunctionType)


def _alone() -> bool:
    """Whether this process has one thread only; one that was joined may take a moment to be gone."""
    for _ in range(50):
        if len(os.listdir("/proc/self/task")) == 1:
            return True
        time.sleep(0.01)
    return False


def _random_states() -> list[tuple[Callable[[Any], None], Any]]:
    states: list[tuple[Callable[[Any], None], Any]] = [(random.setstate, random.getstate())]
    if "numpy" in sys.modules:
        numpy_random = sys.modules["numpy"].random
        states.append((numpy_random.set_state, numpy_random.get_state()))
    return states


def prepare(path: str) -> int:
    """Run a chapter's given cells in the template; return how many are safe, see :meth:`Prepared.run`."""
    os.environ["MPLBACKEND"] = "agg"
    plan = json.loads(Path(path).read_text())
    sys.path.insert(0, "")
    os.chdir(plan["folder"])
    safe = PREPARED.run([(source, frozenset(uses)) for source, uses in plan["cells"]])
    os.chdir("/")
    sys.path.remove("")
    return safe
