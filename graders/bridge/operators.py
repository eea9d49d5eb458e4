"""Python's operators on handles of a student's objects: which are asked there, and which are never.

A comparison or sum with a plain value is the judge's own business: who asks a student's object whether it
equals 5 tells it what is expected, and takes its word for it. So an operator crosses only between two objects
of the student's, or for an object that the check itself made from a class of the student's: then it is the
class that is tested. Comparing two of them is their own `==`, an answer like any other method's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from graders.errors import BridgeError

_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
_BITS = ("and", "or", "xor", "lshift", "rshift")
_UNARY = ("neg", "pos", "abs", "invert")
_CONVERSIONS: dict[str, type] = {"int": int, "float": float, "complex": complex}

# What the student's end does for each name; it holds no secret, and is theirs to change.
OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in (*_COMPARISONS, *_ARITHMETIC, *_UNARY)},
    **{name: getattr(operator, f"{name}_" if name in ("and", "or") else name) for name in _BITS},
    **{f"i{name}": getattr(operator, f"i{name}") for name in (*_ARITHMETIC, *_BITS)},
    **_CONVERSIONS,
    "divmod": divmod,
    "round": round,
    "str": str,
    "repr": repr,
    "format": format,
    "hash": hash,
    "bool": bool,
    "reversed": reversed,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "hasattr": hasattr,
    "vars": vars,
    "dir": dir,
    "type": type,
    "setattr": setattr,
    "delattr": delattr,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
}


def ask(handle: Any, name: str, *others: Any) -> Any:
    """Have an operation done where the object is; the first argument is the object."""
    return apply(handle, name, handle, *others)


def apply(handle: Any, name: str, *operands: Any) -> Any:
    """Have an operation done in the kernel of a handle, with any operands."""
    return handle._graders_bridge._ask("operate", {"name": name}, operands=list(operands))


def may_cross(handle: Any, other: Any) -> bool:
    """Whether an operator between a handle and something else is asked over the bridge."""
    return bool(handle._graders_made) or bool(getattr(type(other), "_graders_is_remote", False))


def _compare(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not may_cross(self, other):
            return NotImplemented
        if name in ("eq", "ne") and getattr(other, "_graders_number", None) == self._graders_number:
            if not self._graders_made:
                return name == "eq"
        try:
            answer = ask(self, name, other)
        except BridgeError:
            return NotImplemented
        return answer if type(answer) is bool else answer is not None and bool(answer)

    return method


def _binary(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: ask(self, name, other) if may_cross(self, other) else NotImplemented


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: apply(self, name, other, self) if may_cross(self, other) else NotImplemented


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not may_cross(self, other):
            return NotImplemented
        answer = ask(self, f"i{name}", other)
        return self if getattr(answer, "_graders_number", None) == self._graders_number else answer

    return method


def _converted(name: str, kind: type) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        answer = ask(self, name)
        if type(answer) is not kind:
            raise TypeError(f"{name}() of the student's object gave something else")
        return answer

    return method


def text_of(name: str) -> Callable[[Any], str]:
    """Return the method that asks for ``str`` or ``repr`` of an object."""

    def method(self: Any) -> str:
        try:
            answer = ask(self, name)
        except BridgeError:
            return handle_name(self)
        return answer if type(answer) is str else handle_name(self)

    return method


def handle_name(handle: Any) -> str:
    """Return a text for a handle that asks nobody."""
    return f"<{handle._graders_names[0] if handle._graders_names else 'object'} of the student>"


def _hash(self: Any) -> int:
    return _converted("hash", int)(self) if self._graders_made else hash(("handle", self._graders_number))


def _bool(self: Any) -> bool:
    return _converted("bool", bool)(self) if self._graders_made else True


def methods() -> dict[str, Callable[..., Any]]:
    """Return the special methods of a handle by their names."""
    made: dict[str, Callable[..., Any]] = {f"__{name}__": _compare(name) for name in _COMPARISONS}
    for name in (*_ARITHMETIC, *_BITS):
        made |= {
            f"__{name}__": _binary(name),
            f"__r{name}__": _reflected(name),
            f"__i{name}__": _in_place(name),
        }
    made |= {f"__{name}__": _asked(name) for name in _UNARY}
    made |= {f"__{name}__": _converted(name, kind) for name, kind in _CONVERSIONS.items()}
    made |= {"__divmod__": _binary("divmod"), "__round__": _asked("round"), "__reversed__": _asked("reversed")}
    made |= {"__str__": text_of("str"), "__hash__": _hash, "__bool__": _bool}
    made |= {"__instancecheck__": lambda self, value: apply(self, "isinstance", value, self) is True}
    made |= {"__subclasscheck__": lambda self, value: apply(self, "issubclass", value, self) is True}
    return made


def _asked(name: str) -> Callable[..., Any]:
    return lambda self, *others: ask(self, name, *others)
