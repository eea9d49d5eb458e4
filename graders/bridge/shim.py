"""The student kernel's end of the bridge: answers the judge's questions about names and objects.

This code runs in the student's process, so it belongs to the attacker: it keeps no secret, and
whatever it says is an answer, never a verdict. It imports only the wire format, and what waits for
accelerators.
"""

from __future__ import annotations

import builtins
import importlib
import itertools
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from graders.bridge.accelerators import synchronise
from graders.bridge.listening import Listening
from graders.bridge.operators import OPERATIONS
from graders.bridge.wire import DEFAULT_LIMIT, Decoder, Encoder, Frame, PeerGone, WireError, receive, send


class Callback:
    """A judge's function in the student's process: calling it asks the judge."""

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._number = number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask the judge to call its function."""
        return self._server.call_back(self._number, args, kwargs)


class Server:
    """Answers requests on one socket until the judge hangs up."""

    def __init__(self, namespace: dict[str, Any], sock: socket.socket, limit: int = DEFAULT_LIMIT) -> None:
        self._names = namespace
        self._sock = sock
        self._limit = limit
        self._objects: dict[int, Any] = {}
        self._last = 0
        self._numbers: dict[int, int] = {}  # by the identity of an object that is kept
        self._serving = True
        self._working = False  # on an answer: only then an interrupt means something
        self._operations: dict[str, Callable[..., Any]] = {
            "get": self._get,
            "set": self._set,
            "delete": self._delete,
            "define": self._define,
            "attribute": self._attribute,
            "item": lambda body, decode: decode(body["target"])[decode(body["key"])],
            "length": lambda body, decode: len(decode(body["target"])),
            "contains": lambda body, decode: decode(body["key"]) in decode(body["target"]),
            "iterate": lambda body, decode: iter(decode(body["target"])),
            "next": lambda body, decode: self._next(decode(body["target"]), 64 if body.get("many") else 1),
            "operate": lambda body, decode: OPERATIONS[body["name"]](*decode(body["operands"])),
            "lineage": lambda body, decode: _lineage(decode(body["target"])),
            "enter": lambda body, decode: decode(body["target"]).__enter__(),
            "exit": _exit,
            "file": lambda body, decode: read_file(body["name"], self._limit // 2),
            "pause": self._pause,
            "synchronise": lambda body, decode: synchronise(),
        }

    def serve(self) -> None:
        """Answer until the judge is gone."""
        self._serving = True
        with self._heeding_interrupts():
            while self._serving:
                try:
                    self._answer(receive(self._sock, limit=self._limit))
                except KeyboardInterrupt:
                    continue
                except PeerGone:
                    return

    @contextmanager
    def _heeding_interrupts(self) -> Iterator[None]:
        """Let interrupts end the work on an answer, but not its sending: the judge waits for that."""

        def interrupted(*_: Any) -> None:
            if self._working:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the judge to call one of its functions and return what it says."""
        encoder = Encoder(self._handle)
        body = {
            "callback": number,
            "args": encoder.encode(list(args)),
            "kwargs": encoder.encode(kwargs),
        }
        send(self._sock, Frame(body, encoder.buffers), limit=self._limit)
        while True:
            frame = receive(self._sock, limit=self._limit)
            if "op" in frame.body:  # the judge asks something before it answers
                self._answer(frame)
                continue
            if "raise" in frame.body:
                raise RuntimeError(str(frame.body["raise"]))
            return self._decoder(frame).decode(frame.body["return"])

    def _items_of(self, number: int) -> Iterator[Any]:
        """Iterate over an iterator of the judge's, each item when it is asked for."""
        while items := self.call_back(number, (), {}):
            yield from items

    def _answer(self, frame: Frame) -> None:
        number = frame.body.get("id")
        outer, self._working = self._working, False
        self._forget(frame.body.get("forget", []))
        with Listening() as heard:
            try:
                self._working = True
                reply = self._reply(frame)
                self._working = False
            except PeerGone:
                raise
            except BaseException as error:  # noqa: BLE001 (a student's function may raise anything)
                self._working = False
                reply = Frame({"error": describe(error)})
        reply.body |= {"id": number, "printed": heard.printed}
        try:
            send(self._sock, reply, limit=self._limit)
        except WireError as error:
            if isinstance(error, PeerGone):
                raise
            send(self._sock, Frame({"id": number, "error": describe(error)}))
        finally:
            self._working = outer

    def _reply(self, frame: Frame) -> Frame:
        encoder, decoder = Encoder(self._handle), self._decoder(frame)
        if frame.body["op"] == "call":
            return self._call(frame.body, decoder, encoder)
        value = self._operations[frame.body["op"]](frame.body, decoder.decode)
        if value is _MISSING:
            return Frame({"missing": True})
        return Frame({"ok": encoder.encode(value)}, encoder.buffers)

    def _call(self, body: dict[str, Any], decoder: Decoder, encoder: Encoder) -> Frame:
        target = decoder.decode(body["target"])
        args, kwargs = decoder.decode(body["args"]), decoder.decode(body["kwargs"])
        before = {key: _print(value) for key, value in _mutable(args, kwargs)}
        result = target(*args, **kwargs)
        changed = [
            [key, encoder.encode(value)]
            for key, value in _mutable(args, kwargs)
            if key in before and _print(value) != before[key]
        ]
        return Frame({"ok": encoder.encode(result), "changed": changed}, encoder.buffers)

    def _get(self, body: dict[str, Any], decode: Callable[[Any], Any]) -> Any:
        return self._names.get(body["name"], _MISSING)

    def _set(self, body: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        self._names[body["name"]] = decode(body["value"])

    def _delete(self, body: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        del self._names[body["name"]]

    @staticmethod
    def _define(body: dict[str, Any], decode: Callable[[Any], Any]) -> Any:
        module = ModuleType("probe")  # a judge's function that must run here; it sees no name of the student's
        exec(compile(body["source"], "<probe>", "exec"), vars(module))  # noqa: S102 (the judge's own text)
        return getattr(module, body["name"])

    def _attribute(self, body: dict[str, Any], decode: Callable[[Any], Any]) -> Any:
        return getattr(decode(body["target"]), body["name"])

    @staticmethod
    def _next(iterator: Any, most: int) -> Any:
        """Return a few items at a time, so that iterating does not cost a round trip each."""
        return list(itertools.islice(iterator, most))

    def _pause(self, body: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        self._serving = False

    def _handle(self, value: Any, encoder: Encoder) -> Any:
        """Keep an object that cannot cross and return the tree of its handle."""
        if isinstance(value, Callback):
            return ["callback", value._number]
        number = self._numbers.get(id(value), 0)
        if not number:
            self._last = number = self._last + 1
            self._objects[number], self._numbers[id(value)] = value, number
        return ["remote", number, _type_names(type(value)), callable(value)]

    def _forget(self, numbers: list[int]) -> None:
        for number in numbers:
            if number in self._objects:
                self._numbers.pop(id(self._objects.pop(number)), None)

    def _decoder(self, frame: Frame) -> Decoder:
        return Decoder(
            frame.buffers,
            {
                "remote": lambda tree, decoder: self._objects[tree[1]],
                "callback": lambda tree, decoder: Callback(self, tree[1]),
                "iterator": lambda tree, decoder: self._items_of(tree[1]),
                "library": lambda tree, decoder: _library(tree[1], tree[2]),
                "estimator": lambda tree, decoder: _library(tree[1], tree[2])(**decoder.decode(tree[3])),
            },
        )


_MISSING = object()


def _exit(body: dict[str, Any], decode: Callable[[Any], Any]) -> bool:
    """Leave a context manager, with an exception of the builtin class that the judge names, if any."""
    manager, name = decode(body["target"]), body.get("error")
    if name is None:
        return bool(manager.__exit__(None, None, None))
    kind = getattr(builtins, name, RuntimeError)
    try:
        raise kind(body["message"])
    except BaseException as error:  # noqa: BLE001 (whatever the judge's statement raised)
        return bool(manager.__exit__(type(error), error, error.__traceback__))


def read_file(name: str, most: int) -> bytes | None:
    """Return the content of a plain file of bounded size below the working folder, else None."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        return file.read(most) if stat.S_ISREG(facts.st_mode) and facts.st_size <= most else None


def _mutable(args: list[Any], kwargs: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return the arguments a call could change in place, by position or name."""
    pairs = [*enumerate(args), *kwargs.items()]
    plain = (type(None), bool, int, float, str, bytes, tuple, frozenset, Callback)
    return [(key, value) for key, value in pairs if not isinstance(value, plain)]


def _print(value: Any) -> Any:
    """Return something that differs if and only if the content of a value that came by wire differs."""
    encoder = Encoder(lambda value, encoder: ["object", id(value)])
    try:
        return encoder.encode(value), encoder.buffers
    except WireError:
        return None


def _library(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _lineage(value: Any) -> list[str]:
    """Return the names of a class and of those it is made from; none for what is no class."""
    return _type_names(value) if isinstance(value, type) else []


def _type_names(cls: type) -> list[str]:
    return [f"{c.__module__}.{c.__qualname__}"[:200] for c in cls.__mro__[:30]]


def describe(error: BaseException) -> dict[str, Any]:
    """Describe an exception as plain data: class names, shortened message, where in the student's cells."""
    file, line = "", 0
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "ipykernel_" in name:
            file, line = name.rsplit("/", 1)[-1].removesuffix(".py"), trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)[:500]
    except BaseException:  # noqa: BLE001 (a student's __str__ may raise anything)
        message = ""
    return {"types": _type_names(type(error)), "message": message, "file": file, "line": line}


def serve(namespace: dict[str, Any], descriptor: int, limit: int = DEFAULT_LIMIT) -> None:
    """Serve the bridge on an inherited descriptor until the judge hangs up, or has cells run in between."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 3000))
    if descriptor not in _SERVERS:
        _SERVERS[descriptor] = Server(namespace, socket.socket(fileno=descriptor), limit)
    _SERVERS[descriptor].serve()


_SERVERS: dict[int, Server] = {}
