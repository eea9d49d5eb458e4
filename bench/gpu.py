"""Check GPU slots on a real GPU, with whatever library is there, and write what was seen.

Run as ``python bench/gpu.py [--write FILE]`` on a machine with an NVIDIA GPU, its driver and nvidia-ml-py, and
TensorFlow, JAX or torch. Students' kernels are forked from a warm template behind the namespaces wall, as in
grading. Every check is a sentence with yes or no and figures; the exit code is 1 if one fails.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from graders.course import Limits  # noqa: E402
from graders.notebooks.run import Code, Run, Session  # noqa: E402
from graders.results import Outcome  # noqa: E402
from graders.sandbox.gpu import GpuLost, Nvml, visible  # noqa: E402
from graders.sandbox.launch import KERNEL_MODULES, Template  # noqa: E402


@dataclass(frozen=True)
class Backend:
    """How a library counts its GPUs, computes for a while, takes so many GB, and trains a network."""

    module: str
    count: str
    work: str
    take: str
    train: str


_KERAS = """
import os; os.environ["KERAS_BACKEND"] = "{backend}"
import keras, numpy as np
keras.utils.set_random_seed(1)
X = np.random.default_rng(1).normal(size=(2000, 20)).astype("float32")
y = (X.sum(axis=1) > 0).astype("float32")
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
print("TOLD", float(model.fit(X, y, epochs=8, verbose=0).history["accuracy"][-1]))
"""
BACKENDS = {
    "tensorflow": Backend(
        "tensorflow",
        "import tensorflow as tf; print('TOLD', len(tf.config.list_physical_devices('GPU')))",
        "import tensorflow as tf, time\na = tf.random.normal((4096, 4096))\nend = time.monotonic() + 3\n"
        "while time.monotonic() < end:\n    b = tf.linalg.matmul(a, a).numpy()[0, 0]",
        "import tensorflow as tf; kept = [tf.random.normal((2**28,)) for _ in range({gb})]; print(kept[-1][0])",
        _KERAS.format(backend="tensorflow"),
    ),
    "jax": Backend(
        "jax",
        "import jax; print('TOLD', sum(d.platform == 'gpu' for d in jax.devices()))",
        "import jax, time\na = jax.random.normal(jax.random.key(1), (4096, 4096))\nend = time.monotonic() + 3\n"
        "while time.monotonic() < end:\n    (a @ a).block_until_ready()",
        "import jax.numpy as jnp; kept = [jnp.ones((2**28,)).block_until_ready() for _ in range({gb})]",
        _KERAS.format(backend="jax"),
    ),
    "torch": Backend(
        "torch",
        "import torch; print('TOLD', torch.cuda.device_count())",
        "import torch, time\na = torch.randn(4096, 4096, device='cuda')\nend = time.monotonic() + 3\n"
        "while time.monotonic() < end:\n    (a @ a).sum().item()",
        "import torch; kept = [torch.ones(2**28, device='cuda') for _ in range({gb})]; print(kept[-1][0])",
        _KERAS.format(backend="torch"),
    ),
}


Ran = tuple[list[Run], Session, float]


def run(address: str, slots: tuple[str, ...], *texts: str, memory_mb: int = 0) -> Ran:
    """Run cells in a walled kernel with some slots; return what became of them, and the wall seconds."""

    async def go() -> Ran:
        limits = Limits(cell_seconds=180, memory_mb=16_000, gpu_memory_mb=memory_mb)
        session, began = Session(address, limits, wall="namespaces", files={}, gpus=slots), time.monotonic()
        try:
            await session.start()
            found = await session.run([Code(f"c{n}", f"cell {n}", text) for n, text in enumerate(texts)])
            return list(found.values()), session, time.monotonic() - began
        finally:
            await session.close()

    return asyncio.run(go())


def told(ran: Run) -> float:
    """Return the number after the word TOLD in what a cell printed, -1 if there is none."""
    text = "".join(output.get("text", "") for output in ran.outputs)
    return float(text.split("TOLD")[1].split()[0]) if "TOLD" in text else -1.0


Check = tuple[str, bool, dict[str, Any]]


def checks(address: str, backend: Backend, slots: tuple[str, ...]) -> Iterator[Check]:
    """Yield every check: the sentence, whether it holds, and figures."""
    first, total = slots[:1], Nvml().memory_mb(slots[0])[1]
    (count,), _, _ = run(address, first, backend.count)
    yield "a kernel sees exactly its slot", told(count) == 1, {"seen": told(count), "error": str(count.error)}
    (none,), _, _ = run(address, (), backend.count)
    yield "a kernel without slots sees none", told(none) in (0, -1), {"seen": told(none)}
    (work,), session, seconds = run(address, first, backend.work)
    figures = {"gpu_seconds": session.gpus.seconds, "peak_mb": session.gpus.peak_mb, "seconds": seconds}
    yield "it computes", work.outcome is Outcome.PASSED, {"error": str(work.error), **figures}
    yield "the time its GPU computes is metered", 1.0 < session.gpus.seconds <= seconds, figures
    yield "it takes memory as it needs it", 0 < session.gpus.peak_mb < total / 4, {**figures, "total_mb": total}
    (train,), session, seconds = run(address, first, backend.train)
    accuracy = told(train)
    yield (
        "a Keras model trains",
        accuracy > 0.8,
        {"accuracy": accuracy, "seconds": seconds, "error": str(train.error)},
    )
    yield from memory_checks(address, backend, first, total)
    if len(slots) > 1:
        (both,), _, _ = run(address, slots[:2], backend.count)
        yield "two slots are two GPUs", told(both) == 2, {"seen": told(both)}


def memory_checks(address: str, backend: Backend, slots: tuple[str, ...], total: float) -> Iterator[Check]:
    """Yield what happens to a kernel that wants more memory than it may have, or than there is."""
    for sentence, memory_mb, gb in (
        ("more memory than allowed is out_of_memory", 4000, 8),
        ("more memory than there is is out_of_memory", 0, int(total / 1024) + 2),
    ):
        (ran, after), session, _ = run(address, slots, backend.take.format(gb=gb), "1", memory_mb=memory_mb)
        figures = {"outcome": ran.outcome.value, "error": str(ran.error)[:200], "peak_mb": session.gpus.peak_mb}
        yield sentence, ran.outcome is Outcome.OUT_OF_MEMORY, figures
        yield (
            f"{sentence}, and the next cell runs",
            after.outcome is Outcome.PASSED,
            {"lost": session.gpus.lost},
        )
    time.sleep(2)
    yield "the memory is free afterwards", Nvml().memory_mb(slots[0])[0] < total / 4, {}


def main() -> int:
    """Check with every library that is there; print and write the figures; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=sorted(BACKENDS), help="one library; else all that are there")
    parser.add_argument("--write", type=Path, help="a JSON file for the figures")
    options = parser.parse_args()
    try:
        slots = visible()
        Nvml()
    except GpuLost as error:
        print(error)
        return 1
    report: dict[str, Any] = {"slots": slots, "checks": []}
    for name, backend in BACKENDS.items():
        if options.backend in (None, name) and importlib.util.find_spec(backend.module):
            report["checks"] += list(_checked(name, backend, slots))
    if options.write:
        options.write.write_text(json.dumps(report, indent=1) + "\n")
    return int(not report["checks"] or not all(check["holds"] for check in report["checks"]))


def _checked(name: str, backend: Backend, slots: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    with Template((*KERNEL_MODULES, "numpy", backend.module)) as template:  # warm, as in grading
        for sentence, holds, figures in checks(template.address, backend, slots):
            print(f"{'yes' if holds else 'NO '} {name}: {sentence} {figures}", flush=True)
            yield {"library": name, "check": sentence, "holds": holds, **figures}


if __name__ == "__main__":
    raise SystemExit(main())
