"""Kernels of other languages: found as Jupyter finds them, as something to start behind a wall."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.errors import CourseError
from graders.sandbox import namespaces


@dataclass(frozen=True)
class Program:
    """How a kernel is started: its command, what it adds to the environment, how it is interrupted."""

    language: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    interrupt: str = "signal"

    def to_dict(self) -> dict[str, Any]:
        """Return what the wall needs to know, as plain data."""
        return {"argv": list(self.argv), "env": dict(self.env), "interrupt": self.interrupt}


def find_kernel(notebook: str, name: str, language: str) -> Program:
    """Return the installed kernel that a notebook names; raises CourseError if it cannot be used here."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    said = f"{notebook} is for the kernel {name or language!r} ({language})"
    try:
        spec = KernelSpecManager().get_kernel_spec(name or language.lower())
    except NoSuchKernel as error:
        raise CourseError(
            f"{said}, which is not installed here.",
            hint="Install it: jupyter kernelspec list shows what there is. Or grade it with nbgrader.",
        ) from error
    words = {"{resource_dir}": spec.resource_dir, "{prefix}": sys.prefix}
    argv = [_filled(part, words) for part in spec.argv]
    argv[0] = shutil.which(argv[0]) or argv[0]
    hidden = [part for part in argv if os.path.isabs(part) and not namespaces.shows(Path(part))]
    if hidden:
        raise CourseError(
            f"{said}, which needs {hidden[0]}: no sandbox shows that.",
            hint="Install the kernel for all users, below /usr or into the environment of graders.",
        )
    return Program(language, tuple(argv), tuple(sorted(spec.env.items())), spec.interrupt_mode)


def _filled(part: str, words: dict[str, str]) -> str:
    for word, meant in words.items():
        part = part.replace(word, meant)
    return part
