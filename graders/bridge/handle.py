"""A handle on an object in a student kernel: what the judge can do with it, asked over the bridge.

Imports only what operators mean and how a student's errors are told; the bridge makes the handles.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from graders.bridge.operators import ask, handle_name, methods, text_of
from graders.bridge.student_errors import StudentError, exception_class


class Remote:
    """A handle on an object in a student kernel: call it, index it, read its public attributes."""

    _graders_is_remote = True
    __array_ufunc__ = None  # numpy's operators are to leave what they mean to the handle
    __slots__ = (
        "__weakref__",
        "_graders_bridge",
        "_graders_callable",
        "_graders_is_class",
        "_graders_made",
        "_graders_names",
        "_graders_number",
        "_graders_path",
    )

    def __init__(
        self, bridge: Any, number: int, names: tuple[str, ...], is_callable: bool, path: tuple[str, ...]
    ) -> None:
        keep = object.__setattr__
        keep(self, "_graders_bridge", bridge)
        keep(self, "_graders_number", number)
        keep(self, "_graders_names", names)
        keep(self, "_graders_callable", is_callable)
        keep(self, "_graders_path", path)
        keep(self, "_graders_is_class", False)  # a class that the exercise asks for
        keep(self, "_graders_made", False)  # made by the check from such a class

    def _graders_type_names(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self._graders_names
        return names

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object in the student kernel."""
        result = self._graders_bridge.call(self, args, kwargs)
        if self._graders_is_class and type(result) is Remote:
            object.__setattr__(result, "_graders_made", True)
        return result

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name not in _OPEN:
            raise AttributeError(name)
        return self._graders_look(name)

    def _graders_look(self, name: str) -> Any:
        """Read any attribute, private ones too: where the check's own text asks for it."""
        path = (*self._graders_path, name) if self._graders_path else ()
        return self._graders_bridge._ask("attribute", {"name": name}, path=path, target=self)

    def __getitem__(self, key: Any) -> Any:
        return self._graders_bridge._ask("item", {}, target=self, key=key)

    def __len__(self) -> int:
        length = self._graders_bridge._ask("length", {}, target=self)
        if type(length) is not int or length < 0:
            raise StudentError("The length is not a number.")
        return length

    def __contains__(self, key: Any) -> bool:
        return self._graders_bridge._ask("contains", {}, target=self, key=key) is True

    def __iter__(self) -> Iterator[Any]:
        iterator = self._graders_bridge._ask("iterate", {}, target=self)
        if type(iterator) is not Remote:
            raise StudentError("The iterator is not one.")
        if iterator._graders_number == self._graders_number:
            yield from iter(lambda: _next_of(iterator), _END)  # one at a time: the check may stop and go on
            return
        while items := self._graders_bridge._ask("next", {"many": True}, target=iterator):
            if type(items) is not list:
                raise StudentError("The items are not a list.")
            yield from items

    def __next__(self) -> Any:
        found = _next_of(self)
        if found is _END:
            raise StopIteration
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delattr", name)

    def __setitem__(self, key: Any, value: Any) -> None:
        ask(self, "setitem", key, value)

    def __delitem__(self, key: Any) -> None:
        ask(self, "delitem", key)

    def __enter__(self) -> Any:
        return self._graders_bridge._ask("enter", {}, target=self)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        """Leave a context manager of the student's; what the check found wrong it cannot swallow."""
        bridge = self._graders_bridge
        if error is None:
            bridge._ask("exit", {}, target=self)
            return False
        told = {"error": kind.__name__, "message": str(error)[:500]}
        if bridge.may_swallow(error, trace):
            return bridge._ask("exit", told, target=self) is True
        with contextlib.suppress(StudentError):  # nor can one of its own take the place of it
            bridge._ask("exit", told, target=self)
        return False

    def __deepcopy__(self, memo: dict[int, Any]) -> Remote:
        return self

    def __copy__(self) -> Remote:
        return self

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"an object of type {self._graders_names[0].rsplit('.', 1)[-1]} is not an array")

    def __repr__(self) -> str:
        return _asked_repr(self) if self._graders_made else handle_name(self)


def as_class(handle: Remote) -> Any:
    """Return a handle as that of a class the exercise asks for; a class of exceptions can be caught by it."""
    object.__setattr__(handle, "_graders_is_class", True)
    names = handle._graders_bridge._ask("lineage", {}, target=handle)
    if type(names) is list and "builtins.BaseException" in names:
        return exception_class([name for name in names if type(name) is str])
    return handle


def _next_of(iterator: Remote) -> Any:
    items = iterator._graders_bridge._ask("next", {"many": False}, target=iterator)
    if type(items) is not list or len(items) > 1:
        raise StudentError("The items are not a list.")
    return items[0] if items else _END


_END = object()
# What of Python's own attributes may be read like public ones; nothing of the judge looks at them by itself.
_OPEN = frozenset(("__name__", "__qualname__", "__annotations__", "__defaults__", "__kwdefaults__"))
_asked_repr = text_of("repr")
for _name, _method in methods().items():
    setattr(Remote, _name, _method)
