"""Python's own questions about objects, as a checks cell asks them: isinstance, type, hasattr, is.

Of a student's object they are asked over the bridge, and answered with the student's word. But of the kinds of
values that cross by value (arrays, frames, lists ...) a handle is never one, whatever it says of itself.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

from graders.bridge.handle import Remote
from graders.bridge.operators import apply, ask
from graders.bridge.remote import library_name
from graders.errors import BridgeError

# Modules whose classes are of values that cross, or would; what stays a handle is none of them.
_BY_VALUE = ("numpy", "pandas", "scipy")
_PLAIN = (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice)
_TYPE, _LOOK, _SAME = "__graders_type__", "__graders_look__", "__graders_same__"


def _is_remote(value: Any) -> bool:
    return builtins.type(value) is Remote


def _isinstance(value: Any, kinds: Any) -> bool:
    if not _is_remote(value):
        return builtins.isinstance(value, kinds)
    if builtins.isinstance(kinds, tuple):
        return any(_isinstance(value, kind) for kind in kinds)
    if kinds is object or not _may_be(value, kinds):
        return kinds is object
    if not (_is_remote(kinds) or library_name(kinds)):  # of no importable name, or the check's own
        return f"{kinds.__module__}.{kinds.__qualname__}" in value._graders_names[:-1]
    try:
        return apply(value, "isinstance", value, kinds) is True
    except BridgeError:
        return False


def _may_be(value: Remote, kind: Any) -> bool:
    """Whether a handle's word is asked for a class: for kinds of plain values only if the check made it."""
    plain = kind in _PLAIN or str(getattr(kind, "__module__", "")).split(".")[0] in _BY_VALUE
    return bool(value._graders_made) or not plain


def _issubclass(kind: Any, kinds: Any) -> bool:
    if not _is_remote(kind):
        return builtins.issubclass(kind, kinds)
    if builtins.isinstance(kinds, tuple):
        return any(_issubclass(kind, one) for one in kinds)
    return kinds is object or apply(kind, "issubclass", kind, kinds) is True


def _hasattr(value: Any, name: str) -> bool:
    return ask(value, "hasattr", name) is True if _is_remote(value) else builtins.hasattr(value, name)


def _getattr(value: Any, name: str, *default: Any) -> Any:
    try:
        return _look(value, name)
    except AttributeError:
        if not default:
            raise
        return default[0]


def _callable(value: Any) -> bool:
    return bool(value._graders_callable) if _is_remote(value) else builtins.callable(value)


def _vars(*values: Any) -> Any:
    return ask(values[0], "vars") if values and _is_remote(values[0]) else builtins.vars(*values)


def _dir(*values: Any) -> Any:
    return ask(values[0], "dir") if values and _is_remote(values[0]) else builtins.dir(*values)


def _type(value: Any) -> Any:
    return ask(value, "type") if _is_remote(value) else builtins.type(value)


def _look(value: Any, name: str) -> Any:
    return value._graders_look(name) if _is_remote(value) else getattr(value, name)


def _same(one: Any, other: Any) -> bool:
    both = _is_remote(one) and _is_remote(other)
    return one is other or (both and one._graders_number == other._graders_number)


# What stands in for Python's builtins in the judge's names, and for syntax that has no name.
SHADOWS: dict[str, Any] = {
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "hasattr": _hasattr,
    "getattr": _getattr,
    "callable": _callable,
    "vars": _vars,
    "dir": _dir,
    _TYPE: _type,
    _LOOK: _look,
    _SAME: _same,
}
BUILTINS = {**vars(builtins), **SHADOWS}


class _Rewriter(ast.NodeTransformer):
    """Gives a name to what a cell asks by syntax: ``type(x)``, ``x.__doc__``, ``x._part``, ``x is y``."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave the check's own classes alone: private names in them are Python's business."""
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite a call of ``type`` with one argument."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1:
            if not node.keywords:
                node.func = ast.copy_location(ast.Name(_TYPE, ast.Load()), node.func)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Rewrite reading an attribute that begins with an underscore."""
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or not node.attr.startswith("_"):
            return node
        name = {"__class__": _TYPE}.get(node.attr, _LOOK)
        rest: list[ast.expr] = [] if name == _TYPE else [ast.Constant(node.attr)]
        return _placed(ast.Call(ast.Name(name, ast.Load()), [node.value, *rest], []), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Rewrite ``is`` between two values that are no constants."""
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        if len(sides) != 2 or any(isinstance(side, ast.Constant) for side in sides):
            return node
        if not isinstance(node.ops[0], ast.Is | ast.IsNot):
            return node
        same = _placed(ast.Call(ast.Name(_SAME, ast.Load()), sides, []), node)
        return same if isinstance(node.ops[0], ast.Is) else _placed(ast.UnaryOp(ast.Not(), same), node)


def _placed(made: ast.expr, node: ast.AST) -> ast.expr:
    return ast.fix_missing_locations(ast.copy_location(made, node))


def rewritten(tree: ast.Module) -> ast.Module:
    """Return a cell in which what it asks of objects by syntax goes by the names above."""
    found: ast.Module = _Rewriter().visit(tree)
    return found
