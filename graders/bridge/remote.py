"""The judge's end of the bridge: names, values and handles of a student kernel.

Values arrive as exact built-in types, arrays and frames. Everything else is a :class:`Remote`, which
can be called, indexed, iterated and asked for public attributes. Every answer is bounded in size and
time, and none of it is believed beyond what it is: an answer.
"""

from __future__ import annotations

import itertools
import math
import socket
import sys
import time
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

from graders.bridge import arrays
from graders.bridge.alarm import Overtime, within
from graders.bridge.handle import Remote
from graders.bridge.student_errors import StudentEnded, StudentError, StudentTimeout, student_error
from graders.bridge.wire import (
    DEFAULT_LIMIT,
    Decoder,
    Encoder,
    Frame,
    PeerGone,
    PeerSlow,
    WireError,
    receive,
    send,
)
from graders.errors import BridgeError

_GRACE_SECONDS = 2.0
_LEAST_SECONDS = 0.1  # for a question to arrive: an interrupt that overtakes it ends nothing
_TOO_LONG = "Your code took longer than it may."
_MAX_NESTED = 20  # calls back within calls
_MAX_ECHO = 2**21  # characters of what a student's code prints during checks


class Bridge:
    """Questions to one student kernel over one socket."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        interrupt: Callable[[], None] = lambda: None,
        call_seconds: float = 30.0,
        limit: int = DEFAULT_LIMIT,
    ) -> None:
        self._sock = sock
        self._interrupt = interrupt
        self.call_seconds = call_seconds
        self._limit = limit
        self._next_id = 0
        self._callbacks: list[Callable[..., Any]] = []
        self._forgotten: list[int] = []
        self._alive_handles: Counter[int] = Counter()  # several may stand for one object
        self._echo_left = _MAX_ECHO
        self._deadline: float | None = None
        self._allowed = math.inf
        self._nested = 0
        self.alive = True
        self.calls = 0
        self.waited = 0.0  # seconds spent on outermost calls
        self.copy_back: Callable[[], bool] = lambda: False
        self.may_swallow: Callable[[BaseException, Any], bool] = lambda error, trace: False

    def allow(self, seconds: float) -> None:
        """Bound the wall time of all that is asked from now on; the judge's own work is not in it."""
        self._allowed = self.waited + seconds

    @property
    def _left(self) -> float:
        return self._allowed - self.waited

    # What one may ask.

    def get(self, name: str) -> Any:
        """Return the value or handle of a name; raises NameError if the student has no such name."""
        value = self._ask("get", {"name": name}, path=(name,))
        if value is _MISSING:
            raise NameError(f"name {name!r} is not defined")
        return value

    def set(self, name: str, value: Any) -> None:
        """Bind a name in the student kernel."""
        self._ask("set", {"name": name}, value=value)

    def delete(self, name: str) -> None:
        """Delete a name in the student kernel."""
        self._ask("delete", {"name": name})

    def define(self, name: str, source: str) -> Any:
        """Define a function in a module of its own in the student kernel and return a handle to it."""
        return self._ask("define", {"name": name, "source": source})

    def call(self, target: Remote, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object in the student kernel.

        Where ``copy_back`` says so, mutable arguments take over what the call left in them. Otherwise
        they stay as they are: a student who changes them must not change what the judge compares with.
        """
        self.calls += 1
        return self._ask("call", {}, target=target, args=args, kwargs=kwargs)

    def file(self, name: str) -> bytes | None:
        """Return what a file in the student's working folder holds, None if there is no plain one."""
        found = self._ask("file", {"name": name})
        return found if type(found) is bytes else None

    def pause(self) -> None:
        """Have the kernel stop serving, so that it can run cells; it serves on when it is told to."""
        self._allowed = math.inf  # the time that was allowed is for what was asked before
        self._ask("pause", {})

    def synchronise(self) -> bool:
        """Wait until the kernel has nothing left to compute on an accelerator; return whether it has one.

        Calls of libraries that use a GPU come back before the work is done. What a student's kernel says
        is an answer: whoever does not wait is still measured where the result is fetched or compared.
        """
        found = self._ask("synchronise", {})
        return type(found) is list and len(found) > 0

    # How it is asked.

    def _ask(self, op: str, body: dict[str, Any], *, path: tuple[str, ...] = (), **values: Any) -> Any:
        if not self.alive:
            raise StudentEnded("The student's kernel has ended.")
        if self._deadline is None and self._left <= 0:
            raise StudentTimeout(_TOO_LONG)
        encoder = Encoder(self._special)
        encoded = {key: encoder.encode(_listed(value)) for key, value in values.items()}
        self._next_id += 1
        number = self._next_id
        forget, self._forgotten = self._forgotten, []
        request = {**body, **encoded, "op": op, "id": number, "forget": forget}
        reply = self._exchange(Frame(request, encoder.buffers), number)
        return self._result(reply, path, values)

    def _exchange(self, frame: Frame, number: int) -> Frame:
        """Send a request and wait for its reply within the time of the outermost call."""
        outermost, began = self._deadline is None, time.monotonic()
        deadline = self._deadline or began + self.call_seconds
        if outermost:
            deadline = min(deadline, began + max(_LEAST_SECONDS, self._left))
        self._deadline = deadline
        try:
            self._sock.settimeout(max(_LEAST_SECONDS, deadline - time.monotonic()))
            send(self._sock, frame, limit=self._limit)
            return self._wait(number, deadline)
        except PeerSlow:
            self._recover(number)
            raise StudentTimeout(_TOO_LONG) from None
        except PeerGone:
            self.alive = False
            raise StudentEnded("The student's kernel ended.") from None
        except MemoryError:
            self.alive = False  # in the middle of an answer
            raise
        finally:
            if outermost:
                self._deadline = None
                self.waited += time.monotonic() - began

    def _wait(self, number: int, deadline: float) -> Frame:
        while True:
            reply = self._receive(deadline)
            if "callback" in reply.body:
                self._run_callback(reply, deadline)
            elif reply.body.get("id") == number:
                self._echo(reply.body.get("printed"))
                return reply

    def _echo(self, printed: Any) -> None:
        """Print here what the call printed there, for checks that look at it; so much and no more."""
        for part in printed if type(printed) is list else ():
            to_errors, text = part if type(part) is list and len(part) == 2 else (False, None)
            if type(text) is str and self._echo_left > 0:
                print(text[: self._echo_left], end="", file=sys.stderr if to_errors is True else sys.stdout)
                self._echo_left -= len(text)

    def _receive(self, deadline: float) -> Frame:
        try:
            return receive(self._sock, limit=self._limit, deadline=deadline)
        except (PeerGone, PeerSlow):
            raise
        except WireError:
            self.alive = False
            raise StudentEnded("The student's kernel sent something that is not an answer.") from None

    def _recover(self, number: int) -> None:
        """Interrupt a call that takes too long; the bridge lives on if the kernel then answers."""
        self._interrupt()
        try:
            self._wait(number, time.monotonic() + _GRACE_SECONDS)
        except (PeerSlow, PeerGone, StudentError):
            self.alive = False

    def _run_callback(self, frame: Frame, deadline: float) -> None:
        """Call a function of the judge with what the student passes, in the time of the call that waits.

        The arguments are the student's: they may make it work for ever, or return what no message holds.
        """
        self._nested += 1
        try:
            with within(deadline + _GRACE_SECONDS + 0.5 - time.monotonic()):  # calls in it end before
                reply = self._called_back(frame)
        except Overtime:
            raise PeerSlow("A function of the check took too long.") from None
        finally:
            self._nested -= 1
        try:
            send(self._sock, reply, limit=self._limit)
        except (PeerGone, PeerSlow):
            raise
        except WireError:
            send(self._sock, Frame({"raise": "the result is too large"}))

    def _called_back(self, frame: Frame) -> Frame:
        encoder = Encoder(self._special)
        try:
            function = self._callbacks[_index(frame.body["callback"], len(self._callbacks))]
            if self._nested > _MAX_NESTED:
                raise RecursionError
            decoder = self._decoder(frame)
            args, kwargs = decoder.decode(frame.body["args"]), decoder.decode(frame.body["kwargs"])
            return Frame({"return": encoder.encode(function(*args, **kwargs))}, encoder.buffers)
        except StudentError:
            raise
        except Exception as error:  # noqa: BLE001 (what the judge's function raises goes to its caller)
            return Frame({"raise": f"{type(error).__name__} in a function of the check"})

    def _result(self, reply: Frame, path: tuple[str, ...], values: dict[str, Any]) -> Any:
        if reply.body.get("missing") is True:
            return _MISSING
        if "error" in reply.body:
            raise student_error(reply.body["error"])
        try:
            decoder = self._decoder(reply, path)
            for key, tree in reply.body.get("changed", []) if self.copy_back() else []:
                _take_over(values, key, decoder.decode(tree))
            return decoder.decode(reply.body.get("ok"))
        except (WireError, ValueError, TypeError, KeyError, IndexError) as error:
            raise StudentError("The answer is not a value that can cross.") from error

    def _decoder(self, frame: Frame, path: tuple[str, ...] = ()) -> Decoder:
        return Decoder(
            frame.buffers,
            {
                **arrays.ANSWER_TAGS,
                "remote": lambda tree, decoder: self._remote(tree, path),
                "callback": lambda tree, decoder: self._callbacks[_index(tree[1], len(self._callbacks))],
            },
        )

    def _remote(self, tree: list[Any], path: tuple[str, ...]) -> Remote:
        _, number, names, is_callable = tree
        if type(number) is not int or not all(type(n) is str for n in names[:30]):
            raise WireError("A handle is malformed.")
        remote = Remote(self, number, tuple(n[:200] for n in names[:30]), is_callable is True, path)
        self._alive_handles[number] += 1
        if number in self._forgotten:
            self._forgotten.remove(number)
        weakref.finalize(remote, self._let_go, number)
        return remote

    def _let_go(self, number: int) -> None:
        self._alive_handles[number] -= 1
        if self._alive_handles[number] <= 0:
            del self._alive_handles[number]
            self._forgotten.append(number)

    def _special(self, value: Any, encoder: Encoder) -> Any:
        """Decide how something that is no plain value goes to the student, if at all."""
        if isinstance(value, Remote):
            if value._graders_bridge is not self:
                if not value._graders_bridge.alive:
                    raise StudentEnded("The kernel that had this object has ended.")
                raise BridgeError("A handle of one kernel was passed to another.")
            return ["remote", value._graders_number]
        if hasattr(type(value), "__next__"):
            self._callbacks.append(lambda: list(itertools.islice(value, 1)))
            return ["iterator", len(self._callbacks) - 1]
        found = library_name(value)
        if found is not None:
            return ["library", *found]
        if _is_unfitted_estimator(value):
            cls, params = type(value), value.get_params(deep=False)
            return ["estimator", cls.__module__, cls.__qualname__, encoder.encode(params)]
        if callable(value):
            self._callbacks.append(value)
            return ["callback", len(self._callbacks) - 1]
        raise BridgeError(
            f"A check passes a {type(value).__name__} to the student's code; such a value cannot cross.",
            hint="Pass plain values, arrays, frames, library objects or functions.",
        )


_MISSING = object()


def _listed(value: Any) -> Any:
    return list(value) if type(value) is tuple else value


def _index(number: Any, size: int) -> int:
    if type(number) is not int or not 0 <= number < size:
        raise WireError("A function that was never passed was called.")
    return number


def _take_over(values: dict[str, Any], key: Any, new: Any) -> None:
    """Update the judge's own argument, chosen by position or name, with its changed content."""
    if type(key) is int and 0 <= key < len(values["args"]):
        arrays.update_in_place(values["args"][key], new)
    elif type(key) is str and key in values["kwargs"]:
        arrays.update_in_place(values["kwargs"][key], new)


def library_name(value: Any) -> tuple[str, str] | None:
    """Return module and name of an importable public object of a library, else None."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None) or ("numpy" if type(value).__name__ == "ufunc" else None)
    if not isinstance(name, str) or not isinstance(module, str) or module.split(".")[0] in _OURS:
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return (module, name) if found is value else None


_OURS = ("__main__", "graders")


def _is_unfitted_estimator(value: Any) -> bool:
    if not hasattr(value, "get_params") or isinstance(value, type) or library_name(type(value)) is None:
        return False
    return not any(name.endswith("_") and not name.startswith("_") for name in vars(value))
