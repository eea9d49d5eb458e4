"""Frames and plain values: what may cross between judge and student kernel, and how it is checked.

A frame is ``magic, header length, payload length, header (JSON), payload``. Values are a tree of
JSON scalars and tagged lists; array data lies in the payload. Both lengths are compared with the
limits before anything is allocated, ``count x itemsize`` with the bytes that came before an array is
made, depth and number of nodes while decoding. Nothing is ever unpickled.

The student's end of the wire belongs to the attacker: decoding must hold against any bytes.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from array import array
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from graders.bridge import zones
from graders.errors import BridgeError

MAGIC = b"GRB1"
_PREFIX = struct.Struct("!4sIQ")
MAX_DEPTH = 64
MAX_NODES = 2_000_000
MAX_HEADER = 4 * 2**20  # parsed JSON takes up to thirty times its size
DEFAULT_LIMIT = 64 * 2**20
_PACKED = 256
_MAX_COLLISIONS = 100
_MAX_RANGE = 2**31

_MALFORMED = (ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError)

Tree = Any  # JSON scalars and tagged lists


class WireError(BridgeError):
    """Bytes or a value break a rule of the wire."""

    code = "wire"


class PeerGone(WireError):
    """The other end closed the connection: its process has ended."""


class PeerSlow(WireError):
    """The other end did not answer in time."""


@dataclass
class Frame:
    """One message: a small JSON body and the buffers its values refer to."""

    body: dict[str, Any]
    buffers: list[bytes] = field(default_factory=list)


# -- frames on a socket ---------------------------------------------------------------------------


def send(sock: socket.socket, frame: Frame, *, limit: int = DEFAULT_LIMIT) -> None:
    """Send a frame; raises WireError if it is larger than ``limit`` bytes, PeerGone if nobody listens."""
    header = json.dumps(
        {"body": frame.body, "sizes": [len(b) for b in frame.buffers]}, allow_nan=False, separators=(",", ":")
    ).encode()
    size = sum(len(b) for b in frame.buffers)
    if len(header) > MAX_HEADER:
        raise WireError("A value has too many parts to cross.")
    if size + len(header) > limit:
        raise WireError(f"A value of {(size + len(header)) / 2**20:.0f} MB is too large to cross.")
    try:
        sock.sendall(_PREFIX.pack(MAGIC, len(header), size) + header)
        for buffer in frame.buffers:
            sock.sendall(buffer)
    except TimeoutError as error:
        raise PeerSlow("The other end does not read.") from error
    except OSError as error:
        raise PeerGone("The other end is gone.") from error


def receive(sock: socket.socket, *, limit: int = DEFAULT_LIMIT, deadline: float | None = None) -> Frame:
    """Receive a frame of at most ``limit`` bytes; ``deadline`` is a time of ``time.monotonic()``.

    Raises PeerSlow after the deadline, PeerGone at the end of the stream, WireError for anything
    that is not a well-formed frame.
    """
    magic, header_size, size = _PREFIX.unpack(_read(sock, _PREFIX.size, deadline))
    if magic != MAGIC or header_size > min(MAX_HEADER, limit) or size > limit:
        raise WireError("The other end sent something that is not a message, or too large a one.")
    header = _parse(_read(sock, header_size, deadline))
    sizes = header.get("sizes")
    if not isinstance(sizes, list) or not all(type(n) is int and n >= 0 for n in sizes):
        raise WireError("The parts of a message have no sizes.")
    if sum(sizes) != size or not isinstance(header.get("body"), dict):
        raise WireError("The parts of a message do not add up.")
    return Frame(header["body"], [_read(sock, n, deadline) for n in sizes])


def _parse(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise WireError("The header of a message is not JSON.") from error
    if not isinstance(header, dict):
        raise WireError("The header of a message is not an object.")
    return header


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise PeerSlow("The other end did not answer in time.")
            sock.settimeout(left)
        try:
            # Grow with what arrives: a header that promises much cannot make us allocate much.
            chunk = sock.recv(min(size - len(parts), 2**20))
        except TimeoutError as error:
            raise PeerSlow("The other end did not answer in time.") from error
        except OSError as error:
            raise PeerGone("The other end is gone.") from error
        if not chunk:
            raise PeerGone("The other end is gone.")
        parts += chunk
    return bytes(parts)


# -- values ---------------------------------------------------------------------------------------

Special = Callable[[Any, "Encoder"], Tree]
Handler = Callable[[list[Any], "Decoder"], Any]


class Encoder:
    """Turns plain values into a tree and buffers; ``special`` decides about everything else."""

    def __init__(self, special: Special | None = None) -> None:
        self.buffers: list[bytes] = []
        self._special = special
        self._depth = 0

    def buffer(self, data: bytes) -> int:
        """Keep bytes for the payload and return their number."""
        self.buffers.append(data)
        return len(self.buffers) - 1

    def encode(self, value: Any) -> Tree:
        """Return the tree of a value; raises WireError if it may not cross or is nested too deep."""
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise WireError("A value is nested too deep to cross.")
            return self._encode(value)
        finally:
            self._depth -= 1

    def _encode(self, value: Any) -> Tree:
        kind = type(value)
        if value is None or kind is bool:
            return value
        plain = _PLAIN.get(kind)
        if plain is not None:
            return plain(self, value)
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return _PLAIN[tuple](self, tuple(value))
        from graders.bridge import arrays, frames

        tree = arrays.encode(value, self)
        tree = frames.encode(value, self) if tree is None else tree
        if tree is not None:
            return tree
        if self._special is None:
            raise WireError(f"A value of type {kind.__name__} cannot cross by value.")
        return self._special(value, self)


def _encode_int(encoder: Encoder, value: int) -> Tree:
    return value if -(2**63) <= value < 2**63 else ["int", hex(value)]


def _encode_float(encoder: Encoder, value: float) -> Tree:
    return value if math.isfinite(value) else ["float", repr(value)]


def _encode_str(encoder: Encoder, value: str) -> Tree:
    return value


def _encode_items(tag: str) -> Callable[[Encoder, Any], Tree]:
    return lambda encoder, value: [tag, [encoder.encode(item) for item in value]]


def _encode_list(encoder: Encoder, value: list[Any]) -> Tree:
    """Encode a list; long ones of numbers as bytes, so that headers stay small."""
    for code, kind in (("d", float), ("q", int)):
        if len(value) >= _PACKED and all(type(item) is kind for item in value):
            try:
                return ["packed", code, encoder.buffer(array(code, value).tobytes())]
            except OverflowError:
                break
    return ["list", [encoder.encode(item) for item in value]]


def _decode_packed(tree: list[Any], decoder: Decoder) -> list[Any]:
    data = decoder.bytes_of(tree[2])
    if tree[1] not in ("d", "q") or len(data) % 8:
        raise WireError("A list of numbers is malformed.")
    return array(tree[1], data).tolist()


def _encode_dict(encoder: Encoder, value: Any) -> Tree:
    return ["dict", [[encoder.encode(k), encoder.encode(v)] for k, v in value.items()]]


def _encode_date(encoder: Encoder, value: date) -> Tree:
    return ["date", value.isoformat()]


def _encode_datetime(encoder: Encoder, value: datetime) -> Tree:
    """Encode a moment with its offset, and the name of its time zone if both ends know it."""
    zone = zones.name_of(value.tzinfo) if type(value.tzinfo) is ZoneInfo else ""
    return ["datetime", value.isoformat(), zone]


def _decode_datetime(tree: list[Any], decoder: Decoder) -> datetime:
    moment = datetime.fromisoformat(tree[1])
    if not tree[2]:
        return moment
    if type(tree[2]) is not str or not zones.is_known(tree[2]):
        raise WireError("A moment has an unknown time zone.")
    return moment.astimezone(ZoneInfo(tree[2]))


_PLAIN: dict[type, Callable[[Encoder, Any], Tree]] = {
    int: _encode_int,
    float: _encode_float,
    str: _encode_str,
    complex: lambda e, v: ["complex", e.encode(v.real), e.encode(v.imag)],
    bytes: lambda e, v: ["bytes", e.buffer(v)],
    bytearray: lambda e, v: ["bytearray", e.buffer(bytes(v))],
    list: _encode_list,
    tuple: _encode_items("tuple"),
    set: _encode_items("set"),
    frozenset: _encode_items("frozenset"),
    dict: _encode_dict,
    OrderedDict: _encode_dict,
    defaultdict: _encode_dict,
    Counter: _encode_dict,
    range: lambda e, v: ["range", v.start, v.stop, v.step],
    slice: lambda e, v: ["slice", e.encode(v.start), e.encode(v.stop), e.encode(v.step)],
    type(...): lambda e, v: ["ellipsis"],
    Decimal: lambda e, v: ["decimal", str(v)],
    Fraction: lambda e, v: ["fraction", e.encode(v.numerator), e.encode(v.denominator)],
    date: _encode_date,
    datetime: _encode_datetime,
    timedelta: lambda e, v: ["timedelta", v.days, v.seconds, v.microseconds],
}


class Decoder:
    """Turns a tree and its buffers back into values, believing nothing.

    ``handlers`` adds tags that only one side accepts (handles, callbacks, library objects).
    """

    def __init__(self, buffers: list[bytes], handlers: dict[str, Handler] | None = None) -> None:
        self.buffers = buffers
        self._handlers = handlers or {}
        self._used: set[int] = set()
        self._nodes = 0
        self._depth = 0

    def decode(self, tree: Tree) -> Any:
        """Return the value of a tree; raises WireError for anything malformed."""
        self._nodes += 1
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH or self._nodes > MAX_NODES:
                raise WireError("A value is nested too deep or has too many parts.")
            return self._decode(tree)
        finally:
            self._depth -= 1

    def _decode(self, tree: Tree) -> Any:
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise WireError("A value is not a tagged list.")
        handler = self._handlers.get(tree[0]) or _TAGS.get(tree[0]) or _array_tag(tree[0])
        if handler is None:
            raise WireError(f"A value has the unknown tag {tree[0][:20]!r}.")
        try:
            return handler(tree, self)
        except BridgeError:
            raise
        except (*_MALFORMED, InvalidOperation) as error:
            raise WireError(f"A value tagged {tree[0][:20]!r} is malformed.") from error

    def bytes_of(self, number: Any) -> bytes:
        """Return a buffer by its number, once: a thousand arrays of one buffer would take its size each."""
        if type(number) is not int or not 0 <= number < len(self.buffers) or number in self._used:
            raise WireError("A value refers to data that did not come.")
        self._used.add(number)
        return self.buffers[number]

    def items(self, trees: Any) -> list[Any]:
        """Decode a list of trees."""
        if type(trees) is not list:
            raise WireError("A value's parts are not a list.")
        return [self.decode(tree) for tree in trees]


def _array_tag(tag: str) -> Handler | None:
    from graders.bridge import arrays, frames

    return arrays.TAGS.get(tag) or frames.TAGS.get(tag)


def _decode_dict(tree: list[Any], decoder: Decoder) -> dict[Any, Any]:
    keys = _spread(decoder.items([key for key, _ in tree[1]]))
    return dict(zip(keys, decoder.items([value for _, value in tree[1]]), strict=True))


def _spread(keys: list[Any]) -> list[Any]:
    """Refuse keys made to have one hash: a dict or set of them takes time that grows with the square."""
    if len(keys) - len({hash(key) for key in keys}) > _MAX_COLLISIONS:
        raise WireError("The keys of a value all have the same hash.")
    return keys


def _decode_range(tree: list[Any], decoder: Decoder) -> range:
    if not all(type(part) is int for part in tree[1:4]):
        raise WireError("A range has parts that are not integers.")
    made = range(*tree[1:4])
    if len(made) > _MAX_RANGE:  # an OverflowError counts as malformed too
        raise WireError("A range is larger than any value may be.")
    return made


def _decode_int(tree: list[Any], decoder: Decoder) -> int:
    if len(tree[1]) > 20_000:
        raise WireError("An integer is too large to cross.")
    return int(tree[1], 16)


def _short_text(text: Any) -> str:
    if type(text) is not str or len(text) > 200:
        raise WireError("A decimal number is too long to cross.")
    return text


def _decode_fraction(tree: list[Any], decoder: Decoder) -> Fraction:
    parts = [decoder.decode(part) for part in tree[1:3]]
    if not all(type(part) is int for part in parts) or parts[1] <= 0:
        raise WireError("A fraction has parts that are not integers.")
    return Fraction(*parts)


_TAGS: dict[str, Handler] = {
    "int": _decode_int,
    "float": lambda t, d: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[t[1]],
    "complex": lambda t, d: complex(d.decode(t[1]), d.decode(t[2])),
    "bytes": lambda t, d: d.bytes_of(t[1]),
    "bytearray": lambda t, d: bytearray(d.bytes_of(t[1])),
    "list": lambda t, d: d.items(t[1]),
    "packed": _decode_packed,
    "tuple": lambda t, d: tuple(d.items(t[1])),
    "set": lambda t, d: set(_spread(d.items(t[1]))),
    "frozenset": lambda t, d: frozenset(_spread(d.items(t[1]))),
    "dict": _decode_dict,
    "range": _decode_range,
    "slice": lambda t, d: slice(*(d.decode(part) for part in t[1:4])),
    "ellipsis": lambda t, d: ...,
    "decimal": lambda t, d: Decimal(_short_text(t[1])),
    "fraction": lambda t, d: _decode_fraction(t, d),
    "date": lambda t, d: date.fromisoformat(t[1]),
    "datetime": _decode_datetime,
    "timedelta": lambda t, d: timedelta(t[1], t[2], t[3]),
}
