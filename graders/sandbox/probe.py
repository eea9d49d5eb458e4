"""Live self-test: what a process behind the wall can see and do, told over an inherited socket."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders.sandbox import system


def report(fds: list[int], arguments: dict[str, Any]) -> None:
    """Send what this process sees as JSON over the first descriptor."""
    with socket.socket(fileno=fds[0]) as sock:
        sock.sendall(json.dumps(look_around(arguments["course"])).encode())


def look_around(course: str) -> dict[str, Any]:
    """Return facts about the calling process and its surroundings."""
    status = dict(line.split(":\t", 1) for line in _text("/proc/self/status").splitlines() if ":\t" in line)
    return {
        "uid": os.getuid(),
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "processes": sorted(int(p) for p in _list("/proc") if p.isdigit()),
        "descriptors": len([fd for fd in range(1024) if _is_open(fd)]),
        "capabilities": status.get("CapEff", "") + status.get("CapBnd", ""),
        "no_new_privileges": status.get("NoNewPrivs", ""),
        "seccomp": status.get("Seccomp", ""),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "denied": [name for name, call in _CALLS.items() if _works(call)],
        "writable": [path for path in _PROTECTED if _can_write(path)],
        "course_visible": os.path.exists(os.path.join(course, "source")),
    }


_PROTECTED = ("/", "/usr", "/etc", "/dev", "/proc/sys/kernel/hostname", sys.prefix)
_CALLS: dict[str, Callable[[], object]] = {
    "unshare": lambda: system.unshare(system.CLONE_NEWUSER),
    "mount": lambda: system.mount("none", "/tmp", "tmpfs", 0),  # noqa: S108 (must fail)
    "setuid": lambda: os.setuid(0),
    "chroot": lambda: os.chroot("/"),
}


def _works(call: Callable[[], object]) -> bool:
    try:
        call()
    except OSError:
        return False
    return True


def _can_write(path: str) -> bool:
    """Try to write, rather than ask: what counts is what the kernel does."""
    target = os.path.join(path, "probe") if os.path.isdir(path) else path
    try:
        with open(target, "w"):
            return True
    except OSError:
        return False


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _list(path: str) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []
