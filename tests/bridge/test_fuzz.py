"""Tens of thousands of hostile frames against the judge's real receiving side: a value, or a refusal.

Run with ``pytest -s`` to see the figures. Seeded: the same frames every time.
"""

# ruff: noqa: E501 (tables of hostile values)

import random
import resource
import socket
import struct
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graders.bridge.remote import Bridge, Remote
from graders.bridge.student_errors import StudentEnded, StudentError
from graders.bridge.wire import MAGIC, Encoder, Frame, send

FRAMES = 24_000
SECONDS = 240.0  # far more than it takes; the number of frames is what counts
LIMIT = 2**16
SLOWEST_CPU = 5.0
MOST_MB = 200.0
PREFIX = struct.Struct("!4sIQ")

VALUES = [
    None,
    [1, 2.5, "text", b"bytes", True, 2**70, -(2**63), float("nan"), float("-inf"), 1j],
    {"a": [1, (2, {3, 4})], 5: frozenset({"x"}), (1, 2): range(3, 9, 2), "s": slice(1, None, 2)},
    list(range(300)),
    [0.5] * 300,
    np.arange(24.0).reshape(2, 3, 4),
    np.array(["ab", "c"]),
    np.array(["2020-01-01", "NaT"], "M8[D]"),
    np.float16(1.5),
    np.zeros((0, 5), np.int8),
    np.random.default_rng(3),
    np.random.RandomState(4),
    sp.csr_array(np.eye(4)),
    sp.coo_matrix(np.ones((2, 3))),
    pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])}),
    pd.DataFrame([[1, 2]], columns=["same", "same"]),
    pd.Series(pd.Categorical(["u", "v", "u"]), index=pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")])),
    pd.Series([1, None, 3], dtype="Int64", name="n"),
    pd.date_range("2020-01-01", periods=3, tz="Europe/Amsterdam").to_series(),
    pd.Timestamp("2021-05-05"),
    pd.RangeIndex(5),
]
WORDS = ["array", "frame", "series", "index", "dict", "list", "set", "sparse", "generator", "texts", "category",
         "remote", "callback", "packed", "scalar", "range", "int", "zoned", "nullable", "multiindex", "bytes",
         "<f8", "|O", "<U99999999", "M8[ns]", "csr", "dia", "PCG64", "MT19937", "UTC", "../../etc/localtime", "nan",
         "0x7fffffffffffffff", "", "\ud800", "x" * 3000, "builtins.SystemExit"]  # fmt: skip
NUMBERS = [0, 1, -1, 2**31, -(2**31), 2**48, 2**63 - 1, 10**30, 1e308, -0.0, 3.5, True, None]


def frame_of(value):
    """A well-formed answer that carries a value, as bytes."""
    encoder = Encoder(lambda value, encoder: ["remote", 1, ["a.B"], True])
    return as_bytes({"id": 1, "ok": encoder.encode(value)}, encoder.buffers)


def as_bytes(body, buffers):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**21)
        send(ours, Frame(body, buffers))
        ours.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: theirs.recv(2**20), b""))


def tampered(tree, rng, depth=0):
    """A tree in which here and there something is not what it was."""
    roll = rng.random()
    if roll < 0.04:
        return rng.choice(WORDS)
    if roll < 0.08:
        return rng.choice(NUMBERS)
    if not isinstance(tree, list):
        return tree
    items = [tampered(item, rng, depth + 1) for item in tree]
    if items and roll < 0.12:
        items.insert(rng.randrange(len(items) + 1), rng.choice(items))
    elif items and roll < 0.16:
        items.pop(rng.randrange(len(items)))
    elif roll < 0.18:
        items = [items] * rng.randrange(1, 4)
    elif roll < 0.185:
        for _ in range(rng.choice([30, 70, 900])):
            items = ["list", [items]]
    return items


def tampered_frame(rng):
    """A frame whose body was tampered with, with buffers that may be cut, doubled or gone."""
    encoder = Encoder(lambda value, encoder: ["remote", 1, ["a.B"], True])
    tree = tampered(encoder.encode(rng.choice(VALUES)), rng)
    buffers = list(encoder.buffers)
    for number in range(len(buffers)):
        if rng.random() < 0.2:
            buffers[number] = rng.choice([b"", buffers[number][:-1], buffers[number] * 2, rng.randbytes(40)])
    body = {"id": 1, "ok": tree}
    if rng.random() < 0.1:
        body = rng.choice([{"id": 1, "error": tree}, {"id": 1, "ok": None, "changed": tree}, {"id": tree},
                           {"callback": tree, "args": tree, "kwargs": tree}, {"id": 1, "missing": tree}])  # fmt: skip
    try:
        return as_bytes(body, buffers)
    except (ValueError, RecursionError):  # NaN and what is too deep is not written in headers
        return rng.randbytes(20)


def mutated_bytes(rng):
    """A valid frame with bytes flipped, cut out, doubled, or put in."""
    data = bytearray(frame_of(rng.choice(VALUES)))
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[place : place + rng.randrange(1, 9)]
        elif kind == 2:
            data[place:place] = data[place : place + 20]
        else:
            data[place:place] = rng.randbytes(rng.randrange(1, 9))
        data = data or bytearray(b"\0")
    return bytes(data)


def hostile_header(rng):
    """A prefix with lengths that are not those of what follows, or a header that is no proper one."""
    header = rng.choice([b"", b"{}", b"[" * 5000, b"9" * 5000, b'{"body":{},"sizes":[-1]}', b'{"body":1,"sizes":[]}',
                         b'{"body":{"id":1,"ok":1e999},"sizes":[]}', b'{"body":{"id":1,"ok":NaN},"sizes":[]}',
                         b'{"body":{"id":1},"sizes":[99999999999]}', b'{"body":{"id":1},"sizes":[true]}', rng.randbytes(50),
                         b'{"body":{"id":1,"ok":' + b"[" * 300 + b"]" * 300 + b'},"sizes":[]}'])  # fmt: skip
    sizes = [len(header), 0, 1, 2**16, 2**22, 2**32 - 1]
    return PREFIX.pack(rng.choice([MAGIC, MAGIC, MAGIC, b"GRB2"]), rng.choice(sizes),
                       rng.choice([0, 0, 1, 2**16, 2**40, 2**64 - 1])) + header  # fmt: skip


def random_bytes(rng):
    return rng.randbytes(rng.randrange(200))


KINDS = (tampered_frame, tampered_frame, mutated_bytes, hostile_header, random_bytes)


@dataclass
class Figures:
    """What became of the frames."""

    ends: Counter = field(default_factory=Counter)
    slowest: float = 0.0

    @property
    def frames(self):
        return self.ends.total()


def answer_of(data):
    """What the judge makes of these bytes as the answer to a call."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**21)
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        bridge = Bridge(ours, call_seconds=5.0, limit=LIMIT)
        bridge.copy_back = lambda: True
        bridge._callbacks.append(lambda *args, **kwargs: args)
        target = Remote(bridge, 1, ("a.B",), True, ("f",))
        return target(np.zeros(3), [1, 2], key={"a": 1})


def test_fuzzed_frames_are_values_or_refused():
    rng, figures, began = random.Random(20_240_607), Figures(), time.monotonic()
    answer_of(frame_of(VALUES))  # what libraries load once is no one frame's memory
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while figures.frames < FRAMES and time.monotonic() - began < SECONDS:
        data = KINDS[figures.frames % len(KINDS)](rng)
        started = time.process_time()
        try:
            answer_of(data)
            figures.ends["accepted"] += 1
        except StudentEnded:
            figures.ends["ended the conversation"] += 1
        except (StudentError, NameError):
            figures.ends["refused"] += 1
        figures.slowest = max(figures.slowest, time.process_time() - started)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n{figures.frames} frames in {time.monotonic() - began:.0f} s: {dict(sorted(figures.ends.items()))}, "
          f"slowest {figures.slowest * 1000:.0f} ms of CPU, memory grew by {grown:.0f} MB")  # fmt: skip
    assert figures.frames >= 20_000
    assert min(figures.ends[kind] for kind in ("accepted", "refused", "ended the conversation")) > 500
    assert figures.slowest < SLOWEST_CPU
    assert grown < MOST_MB
