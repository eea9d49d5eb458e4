"""Whether given cells are deterministic: run twice, in kernels of their own, and what they bind compared.

Given cells run in the student's kernel and again in the judge, so a draw without a seed would give the
two different data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from graders.notebooks.bundle import Bundle, SourceCell
from graders.notebooks.plan import make_plan
from graders.quality import reduce
from graders.results import Role, SubmissionResult

NAME = "graders_fingerprint"
_BEGIN, _END = "<<fingerprint ", ">>"
_FOUND = re.compile(re.escape(_BEGIN) + "(.*?)" + re.escape(_END), re.DOTALL)

# Runs in the kernel, as the last cell. Values are hashed, objects are known by their type only: two runs
# of a function or model are two objects.
_CODE = """
def _graders_print(names, space):
    import hashlib, json
    import numpy as np

    def plain(value, depth=0):
        kind = type(value).__name__
        if depth > 6:
            return kind
        if hasattr(value, "to_numpy") and hasattr(value, "index"):
            columns = [str(c) for c in getattr(value, "columns", [getattr(value, "name", "")])]
            parts = [np.asarray(value.index), value.to_numpy()]
            return [kind, columns, *(plain(part, depth + 1) for part in parts)]
        if callable(getattr(value, "numpy", None)) and hasattr(value, "shape"):
            value = value.numpy()
        if isinstance(value, np.ndarray):
            data = repr(value.tolist()) if value.dtype == object else value.tobytes()
            data = data.encode() if isinstance(data, str) else data
            return [kind, str(value.dtype), list(value.shape), hashlib.sha256(data).hexdigest()]
        if isinstance(value, (list, tuple)):
            return [kind, [plain(part, depth + 1) for part in value]]
        if isinstance(value, (set, frozenset)):
            return [kind, sorted(map(repr, value))]
        if isinstance(value, dict):
            return [kind, [[repr(key), plain(part, depth + 1)] for key, part in value.items()]]
        if isinstance(value, np.random.Generator):
            return [kind, repr(value.bit_generator.state)]
        if isinstance(value, (bool, int, float, complex, str, bytes, type(None), np.generic)):
            return [kind, repr(value)]
        return kind

    found = {n: hashlib.sha256(json.dumps(plain(space[n])).encode()).hexdigest() for n in names if n in space}
    print("%s" + json.dumps(found, sort_keys=True) + "%s")


_graders_print(%s, globals())
"""


def with_fingerprint(bundle: Bundle) -> Bundle:
    """Return the bundle's given cells, followed by a cell that prints a hash of every name they bind."""
    given = reduce.given_only(bundle)
    first = given.notebooks[0]
    names = sorted({name for step in make_plan(first).cells for name in step.binds})
    code = _CODE % (_BEGIN, _END, repr(names))
    last = SourceCell(NAME, NAME, "code", Role.ANSWER, code, code, code, 0.0, "", True)
    return replace(given, notebooks=(replace(first, cells=(*first.cells, last)),))


def unsteady(first: SubmissionResult, second: SubmissionResult) -> Iterator[str]:
    """Yield what differs between two runs, or what kept them from being compared."""
    prints = [_fingerprint(result) for result in (first, second)]
    if prints[0] is None or prints[1] is None:
        yield f"the given cells could not be run: {_why(first) or _why(second)}"
        return
    for name in sorted(prints[0].keys() | prints[1].keys()):
        if prints[0].get(name) != prints[1].get(name):
            yield f"`{name}` is another value each time the given cells run: seed what makes it"


def _fingerprint(result: SubmissionResult) -> dict[str, str] | None:
    for cell in (c for n in result.notebooks for c in n.cells if c.cell_id == NAME):
        found = _FOUND.search("".join(str(output.get("text", "")) for output in cell.outputs))
        if found:
            return dict(json.loads(found[1]))
    return None


def _why(result: SubmissionResult) -> str:
    failed = [cell.error for n in result.notebooks for cell in n.cells if cell.error]
    return result.staff or (f"{failed[0].name}: {failed[0].message}" if failed else "")
