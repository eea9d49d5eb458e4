"""Answers that are well-formed and absurd: decoding them must neither harm nor mislead the judge."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import numpy as np
import pytest

from graders.bridge.wire import Decoder, Encoder, WireError


def _decode(tree: Any, *buffers: bytes) -> Any:
    return Decoder(list(buffers)).decode(tree)


def _encoded(value: Any) -> tuple[Any, list[bytes]]:
    encoder = Encoder()
    return encoder.encode(value), encoder.buffers


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("MT19937", ("state", "pos"), 10_000_000),
        ("MT19937", ("state", "pos"), -10_000_000),
        ("Philox", ("buffer_pos",), 10_000_000),
        ("Philox", ("buffer_pos",), -10_000_000),
    ],
)
def test_random_state_that_points_outside_itself(kind: str, path: tuple[str, ...], value: int) -> None:
    """A generator made of such a state reads memory of the judge that is not its own, or ends it."""
    state = dict(np.random.Generator(getattr(np.random, kind)(1)).bit_generator.state)
    inner = state
    for name in path[:-1]:
        inner[name] = dict(inner[name])
        inner = inner[name]
    inner[path[-1]] = value
    tree, buffers = _encoded(state)
    with pytest.raises(WireError):
        _decode(["generator", tree], *buffers)


def test_legacy_random_state_that_points_outside_itself() -> None:
    state = dict(np.random.RandomState(1).get_state(legacy=False))
    state["state"] = {**state["state"], "pos": 10_000_000}
    tree, buffers = _encoded(state)
    with pytest.raises(WireError):
        _decode(["randomstate", tree], *buffers)


@pytest.mark.parametrize("name", ["csc", "csr", "coo"])
def test_sparse_matrix_needs_no_more_memory_than_came(name: str) -> None:
    pytest.importorskip("scipy")
    empty, starts = np.zeros(0), np.zeros(2, np.int32)
    parts = [["array", "<f8", [0], 0], ["array", "<i4", [0], 1], ["array", "<i4", [2], 2]]
    tree = ["sparse", True, name, [1, 2**26], *parts]
    tracemalloc.start()
    try:
        _decode(tree, empty.tobytes(), b"", starts.tobytes())
    except WireError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 50 * 2**20


@pytest.mark.parametrize("starts", [[0, 50331648, -301989888], [0, 3, -1], [0, -1, 2], [1, 2, 3], [0, 9, 9]])
def test_sparse_matrix_whose_rows_lie_outside_it(starts: list[int]) -> None:
    """SciPy looks at no index if the last row ends before the first: compiled code then reads any memory."""
    parts = [["array", "<f8", [6], 0], ["array", "<i4", [6], 1], ["array", "<i4", [3], 2]]
    buffers = [np.ones(6), np.array([0, 1, 2, 0, 1, 2], np.int32), np.array(starts, np.int32)]
    with pytest.raises(WireError):
        _decode(["sparse", False, "coo", [2, 3], *parts], *(buffer.tobytes() for buffer in buffers))


@pytest.mark.parametrize("tag", ["set", "frozenset", "dict"])
def test_keys_of_one_hash(tag: str) -> None:
    """The time to build it grows with the square of their number: minutes for a hundred thousand."""
    keys: list[Any] = [["int", hex(n * (2**61 - 1))] for n in range(20, 30_020)]
    tree = [tag, [[key, None] for key in keys] if tag == "dict" else keys]
    began = time.process_time()
    try:
        _decode(tree)
    except WireError:
        pass
    assert time.process_time() - began < 1.0


def test_bools_that_are_neither_true_nor_false() -> None:
    try:
        array = _decode(["array", "|b1", [3], 0], b"\x07\xff\x00")
    except WireError:
        return
    assert array.view(np.uint8).tolist() == [1, 1, 0]


@pytest.mark.parametrize("tree", [["range", 0, 2**40, 1], ["rangeindex", 0, 2**39, 1, ["list", [None]]]])
def test_ranges_larger_than_any_value_may_be(tree: Any) -> None:
    """A range crosses in a few bytes and becomes gigabytes as soon as a check looks at it as an array."""
    with pytest.raises(WireError):
        _decode(tree)
