"""Kernels with GPUs that are made up: what they are told, and what becomes of those that take too much."""

import asyncio
import sys
from pathlib import Path

import pytest

from graders.course import Limits
from graders.errors import SandboxError
from graders.notebooks.run import Code, Session
from graders.results import Outcome

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sandbox"))

from test_gpu import FakeNvml


@pytest.fixture
def nvml(monkeypatch):
    """A machine with two GPUs, of whose memory one GB is taken."""
    fake = FakeNvml({0: 1.0, 1: 1.0})
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    return fake


def run(address, *texts, during=lambda: None, **limits):
    async def go():
        session = Session(address, Limits(**limits), wall="namespaces", files={}, gpus=("1",))
        try:
            await session.start()
            during()
            return await session.run(
                [Code(f"c{n}", f"cell {n}", text) for n, text in enumerate(texts)]
            ), session
        finally:
            await session.close()

    runs, session = asyncio.run(go())
    return list(runs.values()), session


def test_a_kernel_is_told_its_slot_and_metered_on_it(kernels, nvml):
    def during():
        nvml.used, nvml.busy = {0: 70.0, 1: 3.0}, {1: 100}

    code = "import os, time; time.sleep(0.6); print(os.environ['CUDA_VISIBLE_DEVICES'])"
    (ran,), session = run(kernels.address, code, during=during)
    assert ran.outputs[0]["text"] == "1\n"
    assert session.gpus.peak_mb == pytest.approx(2048)
    assert session.gpus.seconds > 0.3
    assert not session.gpus.lost


def test_too_much_memory_of_a_gpu_is_the_students_out_of_memory(kernels, nvml):
    def during():
        nvml.used = {1: 9.0}

    (ran,), session = run(kernels.address, "import time; time.sleep(20)", during=during, gpu_memory_mb=2000)
    assert ran.outcome is Outcome.OUT_OF_MEMORY
    assert "2000 MB of a GPU's memory" in ran.error.message
    assert not session.gpus.lost


LIBRARIES = [
    ("ResourceExhaustedError", "OOM when allocating tensor"),  # TensorFlow
    ("OutOfMemoryError", "CUDA out of memory."),  # torch
    ("XlaRuntimeError", "RESOURCE_EXHAUSTED: Out of memory while trying to allocate"),  # JAX
]


def test_what_libraries_raise_is_out_of_memory_too(kernels, nvml):
    texts = [f"class {name}(RuntimeError): pass\nraise {name}({message!r})" for name, message in LIBRARIES]
    runs, _ = run(kernels.address, *texts, "raise RuntimeError('RESOURCE_EXHAUSTED')")
    expected = [Outcome.OUT_OF_MEMORY] * len(LIBRARIES) + [Outcome.FAILED]
    assert [ran.outcome for ran in runs] == expected


def test_a_gpu_that_does_not_answer_is_ours_to_mend(kernels, nvml):
    nvml.broken = {1: 15}
    with pytest.raises(SandboxError, match="nvidia-smi"):
        run(kernels.address, "1")
