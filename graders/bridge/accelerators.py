"""Waiting for accelerators: calls of libraries that use a GPU queue the work and come back before it is done.

Imports nothing: a library that nobody imported has nothing queued.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def synchronise() -> list[str]:
    """Wait until nothing is left to compute on an accelerator; return the loaded libraries that have one.

    Keras says which library computes. Each is waited for in its own way, see ``_WAYS``.
    """
    keras = sys.modules.get("keras")
    names = sorted(_WAYS) if keras is None else [str(keras.config.backend())]
    return [name for name in names if name in _WAYS and name in sys.modules and _WAYS[name](sys.modules[name])]


def _tensorflow(tf: Any) -> bool:
    """Wait as tf.test.experimental.sync_devices does; never starts TensorFlow where there is no GPU."""
    if not tf.config.list_physical_devices("GPU"):
        return False
    tf.test.experimental.sync_devices()
    return True


def _jax(jax: Any) -> bool:
    """Wait for something new: a device works in the order it was asked (JAX, Asynchronous dispatch)."""
    devices = [device for device in jax.local_devices() if device.platform != "cpu"]
    jax.block_until_ready([jax.device_put(0.0, device) + 1.0 for device in devices])
    return bool(devices)


def _torch(torch: Any) -> bool:
    """Wait as torch.cuda.synchronize does, on each device."""
    devices = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    for device in devices:
        torch.cuda.synchronize(device)
    return bool(devices)


_WAYS: dict[str, Callable[[Any], bool]] = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
