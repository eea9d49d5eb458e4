"""Whether a given cell makes the same data each time: what it draws must follow from a seed that was set.

The judge and the student's kernel run given cells each for itself. Where one draws without a seed, or after
a student's cell that may have drawn, the two would differ: what it binds is taken from the student's kernel.
"""

from __future__ import annotations

import ast

_FROM_NUMPY = frozenset("train_test_split shuffle resample ShuffleSplit KFold permutation".split())
_SEEDS_THEMSELVES = ("default_rng", "RandomState", "Random", "Generator", "SeedSequence", "PCG64", "MT19937")
_FROM_OUTSIDE = frozenset(
    "time.time time.time_ns datetime.now datetime.datetime.now uuid.uuid4 os.urandom".split()
)
_SHELL = ("getoutput", "getoutput_split")  # what `x = !command` becomes: the judge runs no commands
_NO_DRAW = ("seed", "get_state", "set_state", "getstate", "setstate")


class Draws:
    """What is known of the two global random generators, from given cell to given cell."""

    def __init__(self) -> None:
        self._seeded: set[str] = set()  # of "numpy" and "random"

    def lose(self) -> None:
        """Note that a student's cell comes, which may draw as often as it likes."""
        self._seeded.clear()

    def take(self, tree: ast.Module) -> bool:
        """Return whether a given cell, run here, makes the same each time."""
        if any(isinstance(node, ast.Attribute) and node.attr in _SHELL for node in ast.walk(tree)):
            return False
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        calls.sort(key=lambda node: (node.lineno, node.col_offset))
        return all([self._steady(call) for call in calls])

    def _steady(self, call: ast.Call) -> bool:
        path = _path(call.func)
        name = path.rpartition(".")[2]
        if path in _FROM_OUTSIDE:
            return False
        if name in _SEEDS_THEMSELVES:
            return bool(call.args or call.keywords)
        if name in _FROM_NUMPY or name.startswith("make_") or name == "sample":
            drawn = "random_state" not in {word.arg for word in call.keywords}
            known = name == "sample" and path.startswith("random.") and "random" in self._seeded
            return not drawn or known or "numpy" in self._seeded or name.startswith("make_")
        library = _library(path)
        if library and name == "seed":
            self._seeded |= {library} if call.args else set()
            self._seeded -= set() if call.args else {library}
            return True
        return not library or name in _NO_DRAW or library in self._seeded


def _library(path: str) -> str:
    """Return whose global generator a call belongs to, empty if to none."""
    parts = path.split(".")
    if len(parts) == 3 and parts[0] in ("np", "numpy") and parts[1] == "random":
        return "numpy"
    return "random" if len(parts) == 2 and parts[0] == "random" else ""


def _path(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
