"""Waiting for accelerators: nothing is loaded for it, and what is there is asked in its own way."""

import os
import subprocess
import sys

import pytest


def said(code):
    """What a process without a GPU prints."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_without_libraries_there_is_nothing_to_wait_for_and_none_is_loaded():
    code = "import sys\nfrom graders.bridge.accelerators import synchronise\nprint(len(synchronise()))\n"
    code += "print(*sorted({'jax', 'keras', 'tensorflow', 'torch'} & set(sys.modules)))"
    assert said(code) == ["0"]


@pytest.mark.slow
def test_tensorflow_on_a_cpu_has_none_and_knows_how_to_wait():
    code = "import keras, tensorflow as tf\nfrom graders.bridge.accelerators import _WAYS, synchronise\n"
    code += "print(len(synchronise()), keras.config.backend() in _WAYS)\ntf.test.experimental.sync_devices()"
    assert said(code) == ["0", "True"]
