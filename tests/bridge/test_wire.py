"""Frames and plain values on the wire: what comes back, and what hostile bytes can do (nothing)."""

import json
import math
import random
import socket
import struct
import threading
import time
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, namedtuple
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.bridge.wire import (
    MAGIC,
    MAX_DEPTH,
    MAX_HEADER,
    MAX_NODES,
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

PREFIX = struct.Struct("!4sIQ")


def seeded(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**63, max_value=2**80),
    st.floats(allow_nan=False),
    st.text(st.characters()),  # surrogates included: a student's text may hold half a character
    st.binary(),
    st.complex_numbers(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
)
PLAIN = st.recursive(
    st.one_of(
        HASHABLE,
        st.sets(HASHABLE),
        st.frozensets(HASHABLE),
        st.builds(range, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9)),
        st.builds(slice, st.none() | st.integers(), st.none() | st.integers(), st.none() | st.integers()),
        st.just(...),
        st.binary().map(bytearray),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(HASHABLE, inner, max_size=4),
    ),
    max_leaves=12,
)


def there_and_back(value):
    encoder = Encoder()
    tree = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return Decoder(encoder.buffers).decode(tree)


@contextmanager
def a_pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def hear(data, *, limit=2**20, seconds=2.0):
    """Receive what a peer that sends these bytes and then goes away has to say."""
    with a_pair() as (ours, theirs):
        sender = threading.Thread(target=_pour, args=(theirs, data))
        sender.start()
        try:
            return receive(ours, limit=limit, deadline=time.monotonic() + seconds)
        finally:
            ours.close()
            sender.join()


def _pour(sock, data):
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def message(header, payload=b"", *, size=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return PREFIX.pack(MAGIC, len(text), len(payload) if size is None else size) + text + payload


# -- plain values ---------------------------------------------------------------------------------


@seeded(250)
@given(PLAIN)
def test_plain_values_come_back_equal_and_of_the_same_type(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [True, 1, 1.0, -0.0, "1", b"1", (1,), [1], {1: 2}, {1}, frozenset({1})])
def test_values_that_compare_equal_keep_their_own_type(value):
    back = there_and_back([value])[0]
    assert type(back) is type(value)
    assert repr(back) == repr(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinity_crosses(value):
    assert there_and_back(value) == value
    assert there_and_back(complex(0, value)) == complex(0, value)


def test_nan_crosses():
    assert math.isnan(there_and_back(math.nan))


@pytest.mark.parametrize("bits", [62, 63, 64, 1000, 20_000])
def test_integers_of_any_size_are_exact(bits):
    for value in (2**bits, 2**bits + 1, -(2**bits), -(2**bits) - 1):
        assert there_and_back(value) == value


@pytest.mark.parametrize(
    ("value", "as_plain"),
    [
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (namedtuple("Point", "x y")(1, 2), (1, 2)),
    ],
)
def test_relatives_of_dict_and_tuple_cross_as_their_data(value, as_plain):
    back = there_and_back(value)
    assert back == as_plain
    assert type(back) is type(as_plain)


class Sly(int):
    """Would answer any comparison as its maker likes."""

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class SlyList(list):
    def __eq__(self, other):
        return True


@pytest.mark.parametrize("value", [Sly(3), SlyList([3]), object(), lambda: 3, Sly])
def test_objects_with_a_will_of_their_own_do_not_cross_by_value(value):
    with pytest.raises(WireError, match="cannot cross"):
        there_and_back([value])


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_is_bounded_when_sending():
    assert there_and_back(nested(MAX_DEPTH - 1)) == nested(MAX_DEPTH - 1)
    with pytest.raises(WireError, match="too deep"):
        Encoder().encode(nested(MAX_DEPTH))


def test_a_list_that_holds_itself_is_refused():
    value = []
    value.append(value)
    with pytest.raises(WireError, match="too deep"):
        Encoder().encode(value)


# -- what a hostile tree can do -------------------------------------------------------------------


def test_nesting_is_bounded_when_receiving():
    tree = ["list", []]
    for _ in range(MAX_DEPTH):
        tree = ["list", [tree]]
    with pytest.raises(WireError, match="too deep"):
        Decoder([]).decode(tree)


def test_the_number_of_parts_is_bounded():
    with pytest.raises(WireError, match="too many parts"):
        Decoder([]).decode(["list", [None] * MAX_NODES])


@pytest.mark.parametrize(
    "tree",
    [
        {"a": 1},
        [],
        [3],
        [["list", []]],
        ["list"],
        ["list", 3],
        ["list", {"a": 1}],
        ["tuple", "ab"],
        ["set", [["list", []]]],
        ["dict", [[1]]],
        ["dict", [[["list", []], 1]]],
        ["dict", 3],
        ["int", "12x"],
        ["int", "f" * 20_001],
        ["int", 3],
        ["float", "1.5"],
        ["float", ["nan"]],
        ["complex", "a", "b"],
        ["bytes", 2],
        ["bytes", -1],
        ["bytes", True],
        ["bytes", "0"],
        ["range", 0, 9, 0],
        ["range", 0, 9, "1"],
        ["range", 0, 9, True],
        ["date", 3],
        ["datetime", "yesterday"],
        ["timedelta", 10**30, 0, 0],
        ["pickle", "gASVAA=="],
        ["remote", 1, ["x"], True],
        ["callback", 0],
        ["library", "os", "system"],
        ["estimator", "os", "system", ["dict", []]],
    ],
    ids=str,
)
def test_a_malformed_value_is_refused(tree):
    with pytest.raises(WireError):
        Decoder([b"one", b"two"]).decode(tree)


TREES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.sampled_from(["nan", "inf", "0x1", "list", "<f8", "|O", "csr", "PCG64", "NaT", "Timestamp", "ab"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
        st.tuples(
            st.sampled_from(
                "int float complex bytes bytearray list tuple set frozenset dict range slice ellipsis date "
                "datetime timedelta array scalar dtype generator index rangeindex multiindex frame series "
                "moment missing remote callback pickle".split()
            ),
            st.lists(inner, max_size=5),
        ).map(lambda pair: [pair[0], *pair[1]]),
    ),
    max_leaves=15,
)


@seeded(500)
@given(TREES, st.lists(st.binary(max_size=16), max_size=3))
def test_any_tree_is_a_value_or_refused(tree, buffers):
    try:
        Decoder(buffers).decode(tree)
    except BridgeError:
        pass


# -- frames ---------------------------------------------------------------------------------------


@seeded(100)
@given(st.dictionaries(st.text(), st.integers() | st.text()), st.lists(st.binary(max_size=99), max_size=4))
def test_a_frame_arrives_as_it_was_sent(body, buffers):
    with a_pair() as (ours, theirs):
        send(theirs, Frame(body, buffers))
        assert receive(ours) == Frame(body, buffers)


def test_frames_arrive_one_after_the_other_in_pieces():
    data = message({"body": {"n": 1}, "sizes": [3]}, b"abc") + message({"body": {"n": 2}, "sizes": []})
    with a_pair() as (ours, theirs):
        slow = threading.Thread(target=lambda: [theirs.sendall(bytes([byte])) for byte in data])
        slow.start()
        assert [receive(ours), receive(ours)] == [Frame({"n": 1}, [b"abc"]), Frame({"n": 2}, [])]
        slow.join()


def test_a_large_buffer_crosses_whole():
    buffer = random.Random(0).randbytes(5 * 2**20)
    text = message({"body": {}, "sizes": [len(buffer)]}, buffer)
    assert hear(text, limit=6 * 2**20).buffers == [buffer]


def test_too_large_a_value_is_not_sent():
    with a_pair() as (ours, _), pytest.raises(WireError, match="too large"):
        send(ours, Frame({}, [b"x" * 5000]), limit=4999)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        PREFIX.pack(b"GRB2", 2, 0) + b"{}",
        PREFIX.pack(MAGIC, MAX_HEADER + 1, 0),
        PREFIX.pack(MAGIC, 2, 2**63),
        PREFIX.pack(MAGIC, 2**20 + 1, 0),
        message(b"\xff\xfe{}"),
        message(b"{'a': 1}"),
        message(b"[]"),
        message(b"NaN"),
        message(b'{"body": {"x": Infinity}, "sizes": []}'),
        message(b"[" * 100_000 + b"]" * 100_000),
        message(b'{"body": {"x": ' + b"9" * 5000 + b'}, "sizes": []}'),
        message({"body": {}}),
        message({"sizes": []}),
        message({"body": [], "sizes": []}),
        message({"body": {}, "sizes": 3}),
        message({"body": {}, "sizes": [3]}),
        message({"body": {}, "sizes": [True]}, b"x"),
        message({"body": {}, "sizes": [1.0]}, b"x"),
        message({"body": {}, "sizes": [5, -2]}, b"abc"),
        message({"body": {}, "sizes": [2]}, b"abc"),
    ],
    ids=lambda data: repr(data[16:50]),
)
def test_anything_but_a_frame_is_refused(data):
    with pytest.raises(WireError) as found:
        hear(data)
    assert not isinstance(found.value, PeerGone | PeerSlow)


@pytest.mark.parametrize("data", [b"", b"GR", message({"body": {}, "sizes": [9]}, b"abc", size=9)])
def test_a_peer_that_goes_away_in_the_middle_is_gone(data):
    with pytest.raises(PeerGone):
        hear(data)


def test_a_peer_that_drips_does_not_outlast_the_deadline():
    stop = threading.Event()

    def drip(sock):
        sock.sendall(PREFIX.pack(MAGIC, 10_000, 0))
        while not stop.wait(0.02):
            sock.sendall(b" ")

    with a_pair() as (ours, theirs):
        dripping = threading.Thread(target=drip, args=(theirs,))
        dripping.start()
        began = time.monotonic()
        with pytest.raises(PeerSlow):
            receive(ours, deadline=began + 0.3)
        stop.set()
        dripping.join()
        assert time.monotonic() - began < 5


def test_sending_to_a_peer_that_left_says_so():
    with a_pair() as (ours, theirs):
        theirs.close()
        with pytest.raises(PeerGone):
            send(ours, Frame({}, [b"x" * 100]))


def test_sending_to_a_peer_that_never_reads_ends():
    with a_pair() as (ours, _):
        ours.settimeout(0.2)
        with pytest.raises(PeerSlow):
            send(ours, Frame({}, [b"x" * 20 * 2**20]))


@pytest.mark.parametrize("header", [b'{"body": {}, "sizes": [1073741824]}', b" " * 100])
def test_a_promise_of_much_data_allocates_nothing(header):
    data = PREFIX.pack(MAGIC, len(header), 2**30) + header + b"x" * 1000
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            hear(data, limit=2**31)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_the_largest_header_takes_little_memory():
    start, end = b'{"sizes":[],"body":{"x":[', b"[]]}}"
    header = start + b"[]," * ((MAX_HEADER - len(start) - len(end)) // 3) + end
    tracemalloc.start()
    try:
        hear(message(header), limit=2**31, seconds=30.0)
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()


VALID = message({"body": {"ok": ["list", [1, ["bytes", 0]]], "id": 1}, "sizes": [4, 2]}, b"abcdef")


@seeded(400)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda cut, extra: VALID[:cut] + extra + VALID[cut + len(extra) :],
            st.integers(0, len(VALID)),
            st.binary(min_size=1, max_size=9),
        ),
        st.builds(lambda text: message(text), st.binary(max_size=60)),
        st.builds(
            lambda body, sizes, payload: message({"body": body, "sizes": sizes}, payload),
            st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=2) | st.none(),
            st.lists(st.integers(-3, 2**70) | st.booleans(), max_size=4),
            st.binary(max_size=9),
        ),
    )
)
def test_any_bytes_are_a_frame_or_refused(data):
    try:
        frame = hear(data)
    except BridgeError:
        return
    assert isinstance(frame.body, dict)
    assert all(type(buffer) is bytes for buffer in frame.buffers)
