"""Live self-test: raise a real wall on this machine and look around from inside it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.errors import SandboxError
from graders.sandbox.launch import Template, start
from graders.sandbox.limits import WallLimits
from graders.sandbox.namespaces import HOME

_TARGET = "graders.sandbox.probe:report"


@dataclass(frozen=True)
class Finding:
    """One promise of the wall, whether this machine keeps it, and what was seen or what to do."""

    promise: str
    kept: bool
    seen: str


# What each promise means, as a condition on what the probe saw from inside.
PROMISES: tuple[tuple[str, Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], str]], ...] = (
    ("It is not root outside", lambda s: s["uid"] != 0, lambda s: f"uid {s['uid']}"),
    (
        "It sees no process but its own",
        lambda s: len(s["processes"]) <= 2,
        lambda s: f"{len(s['processes'])} processes",
    ),
    ("It has no capabilities", lambda s: set(s["capabilities"]) == {"0"}, lambda s: "none"),
    ("It cannot gain rights", lambda s: s["no_new_privileges"] == "1", lambda s: "no_new_privs"),
    (
        "Dangerous system calls are denied",
        lambda s: s["denied"] == [],
        lambda s: ", ".join(s["denied"]) or "all denied",
    ),
    ("It has no network", lambda s: s["interfaces"] == ["lo"], lambda s: ", ".join(s["interfaces"])),
    ("It works in a folder of its own", lambda s: s["cwd"] == HOME, lambda s: s["cwd"]),
    (
        "It cannot change the system",
        lambda s: s["writable"] == [],
        lambda s: ", ".join(s["writable"]) or "read-only",
    ),
    ("It cannot see the course", lambda s: not s["course_visible"], lambda s: "hidden"),
    (
        "It inherits nothing of ours",
        lambda s: s["descriptors"] <= 4,
        lambda s: f"{s['descriptors']} descriptors",
    ),
)


def examine(course: str) -> list[Finding]:
    """Test every promise of the namespaces wall; ``course`` is a folder it must not see."""
    try:
        seen = _look(course)
    except SandboxError as error:
        return [Finding("A wall can be raised", False, f"{error.message} {_advice()}")]
    raised = Finding("A wall can be raised", True, "as root" if os.geteuid() == 0 else "as a plain user")
    return [raised, *(Finding(name, test(seen), tell(seen)) for name, test, tell in PROMISES)]


def _look(course: str) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    with Template(("pyseccomp",)) as template, ours:  # its import runs programs, which the probe would see
        with theirs:
            sandbox = start(
                template.address,
                _TARGET,
                arguments={"course": course},
                fds=[theirs.fileno()],
                limits=WallLimits(),
                wall="namespaces",
            )
        ours.settimeout(20)
        data = b"".join(iter(lambda: ours.recv(65536), b""))
        sandbox.close()
    if not data:
        raise SandboxError("The probe behind the wall said nothing.")
    seen: dict[str, Any] = json.loads(data)
    return seen


def _advice() -> str:
    """Say what usually keeps a machine from making namespaces, and the remedy."""
    remedies = {
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        "/proc/sys/user/max_user_namespaces": ("0", "sysctl -w user.max_user_namespaces=15000"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    }
    for path, (bad, remedy) in remedies.items():
        try:
            with open(path) as file:
                if file.read().strip() == bad:
                    return f"As root, run: {remedy}"
        except OSError:
            continue
    return "Inside a container, allow it to make namespaces, or set wall='process' (not safe)."
