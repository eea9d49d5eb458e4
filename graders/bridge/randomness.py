"""Random generators whose state comes back from a student's call: they may go on, and go nowhere else.

Whoever chooses the state of the judge's generator chooses what is drawn from it later. A state is taken
over only if drawing from the old one leads to it; it is known to the student either way.
"""

from __future__ import annotations

import copy
from typing import Any

_PCG_FACTOR = {"PCG64": 0x2360ED051FC65DA44385DF649FCCF645, "PCG64DXSM": 0xDA942042E4DD58B5}
_BITS = 128
_FARTHEST = 2**40  # draws of a PCG64, found without drawing
_BLOCK, _BLOCKS = 624, 2000  # draws of a Mersenne twister, found by drawing


def goes_on(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the state of a bit generator (as numpy's ``state`` gives it) lies ahead of another.

    Kinds for which nobody can tell soon count as not going on.
    """
    if old.get("bit_generator") != new.get("bit_generator"):
        return False
    if old["bit_generator"] in _PCG_FACTOR:
        return _pcg_goes_on(old, new)
    return old["bit_generator"] == "MT19937" and _twister_goes_on(old["state"], new["state"])


def _pcg_goes_on(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, after = old["state"], new["state"]
    if before["inc"] != after["inc"]:
        return False
    factor = _PCG_FACTOR[old["bit_generator"]]
    return 0 <= _distance(before["state"], after["state"], factor, before["inc"]) <= _FARTHEST


def _distance(start: int, end: int, factor: int, increment: int) -> int:
    """Return after how many steps a linear congruential generator gets from one state to another.

    F. Brown, "Random number generation with arbitrary strides" (1994), one bit of the distance at a time.
    """
    mask, distance, bit = 2**_BITS - 1, 0, 1
    while start != end and bit <= mask:
        if (start ^ end) & bit:
            start = (start * factor + increment) & mask
            distance |= bit
        increment = (factor + 1) * increment & mask
        factor = factor * factor & mask
        bit <<= 1
    return distance if start == end else -1


def _twister_goes_on(old: dict[str, Any], new: dict[str, Any]) -> bool:
    import numpy as np

    wanted = np.asarray(new["key"])
    if np.array_equal(old["key"], wanted):
        return bool(old["pos"] <= new["pos"])
    bits: Any = np.random.MT19937()
    bits.state = {"bit_generator": "MT19937", "state": copy.deepcopy(old)}
    for _ in range(_BLOCKS):
        bits.random_raw(_BLOCK, output=False)
        if np.array_equal(bits.state["state"]["key"], wanted):
            return True
    return False
