"""The asking side of the container wall: start a pool of containers that is used like a template."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

from graders.sandbox.containers import Plan
from graders.sandbox.launch import KERNEL_MODULES, Template, kernel_environment

_CLOSE_SECONDS = 20.0


class ContainerPool(Template):
    """A running pool of containers; who asks at its address gets a kernel in a container of its own."""

    _module = "graders.sandbox.pool"
    _start_seconds = 330.0

    def __init__(self, plan: Plan, *, wait: bool = True) -> None:
        """Start a pool and, unless ``wait`` is false, wait until its first container is ready."""
        self.plan = replace(
            plan, environment={**_inside(plan), **plan.environment}, modules=(*KERNEL_MODULES, *plan.modules)
        )
        super().__init__((), self.plan.to_json(), wait=wait)

    def _environment(self) -> dict[str, str]:
        return dict(os.environ)  # container programs look for their settings in it

    def close(self) -> None:
        """End the pool and with it every container, which takes it a moment."""
        self._lifeline.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSE_SECONDS)
        super().close()

    def expect(self, number: int) -> None:
        """Tell the pool how many more containers will be asked for at most, so that none starts in vain."""
        try:
            self._lifeline.send(json.dumps({"expect": number}).encode(), socket.MSG_DONTWAIT)
        except OSError:
            return  # it ended, which who asks next will hear, or has more to read than it needs


def _inside(plan: Plan) -> dict[str, str]:
    """Return the environment of kernels in containers, with the path of the image's own Python."""
    environment = kernel_environment()
    if not plan.host_python:
        environment["PATH"] = f"{Path(plan.python).parent}:/usr/local/bin:/usr/bin:/bin"
        environment.pop("LD_LIBRARY_PATH", None)
    return environment
