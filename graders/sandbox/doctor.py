"""Live self-test: raise a real wall on this machine and look around from inside it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from graders.errors import SandboxError
from graders.sandbox.containers import Plan
from graders.sandbox.launch import Template, start
from graders.sandbox.launch_pool import ContainerPool
from graders.sandbox.limits import WallLimits
from graders.sandbox.namespaces import HOME

# Small enough to reach at once, and none of them what a machine would have anyway.
LIMITS = WallLimits(memory_mb=200, processes=40, disk_mb=8, files=200, open_files=100)


@dataclass(frozen=True)
class Finding:
    """One promise of the wall, whether this machine keeps it, and what was seen or what to do."""

    promise: str
    kept: bool
    seen: str


_Promise = tuple[str, Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], str]]

# What each promise means, as a condition on what the probe saw from inside.
PROMISES: tuple[_Promise, ...] = (
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
    (
        "Its processes are limited",
        lambda s: s["processes_made"] <= LIMITS.processes,
        lambda s: f"{s['processes_made']} of {LIMITS.processes} could be made",
    ),
    (
        "Its open files are limited",
        lambda s: s["open_files"] <= LIMITS.open_files,
        lambda s: f"{s['open_files']} of {LIMITS.open_files} could be opened",
    ),
    (
        "Its disk space is limited",
        lambda s: s["disk_mb"] <= LIMITS.disk_mb,
        lambda s: f"{s['disk_mb']} of {LIMITS.disk_mb} MB could be written",
    ),
    (
        "Its files are limited",
        lambda s: s["files"] <= LIMITS.files,
        lambda s: f"{s['files']} of {LIMITS.files} could be made",
    ),
    (
        "Its memory is limited",
        lambda s: s["ending"] == "memory",
        lambda s: f"ended at {s['peak_mb']:.0f} MB, with a limit of {LIMITS.memory_mb}",
    ),
)


# A container's own limits, which stand behind those that we keep.
CONTAINER_PROMISES: tuple[_Promise, ...] = (
    (
        "The container's memory is limited",
        lambda s: 0 < s["memory_limit_mb"] <= LIMITS.memory_mb + LIMITS.disk_mb + s["imports_mb"],
        lambda s: f"{s['memory_limit_mb']} MB, libraries and files included",
    ),
    (
        "The container's processes are limited",
        lambda s: 0 < s["processes_limit"] <= LIMITS.processes + 2,
        lambda s: f"{s['processes_limit']} processes",
    ),
)


def examine(course: str, plan: Plan | None = None) -> list[Finding]:
    """Test every promise of the namespaces wall, or of the containers of a plan.

    ``course`` is a folder that the wall must hide.
    """
    try:
        seen = _look(course, plan)
    except SandboxError as error:
        advice = "" if plan is not None else _advice()
        return [Finding("A wall can be raised", False, f"{error} {advice}".strip())]
    promises = PROMISES if plan is None else (*PROMISES, *CONTAINER_PROMISES)
    raised = Finding("A wall can be raised", True, "as root" if os.geteuid() == 0 else "as a plain user")
    return [raised, *(Finding(name, test(seen), tell(seen)) for name, test, tell in promises)]


def _look(course: str, plan: Plan | None) -> dict[str, Any]:
    """Return what a probe saw behind the wall, and how one ended that took too much memory."""
    with _source(plan) as source:
        wall = "namespaces" if plan is None else "container"
        seen = _report(source.address, wall, course)
        most = 4 * LIMITS.memory_mb
        hog = start(
            source.address,
            "graders.sandbox.probe:hog",
            arguments={"mb": most},
            fds=[],
            limits=LIMITS,
            wall=wall,
        )
        ending = hog.poll(60.0) or hog.close()
        hog.close()
    allowance = 0 if plan is None else plan.imports_mb
    return {**seen, "ending": ending.reason, "peak_mb": ending.peak_memory_mb, "imports_mb": allowance}


def _source(plan: Plan | None) -> Template:
    if plan is None:
        return Template(("pyseccomp",))  # its import runs programs, which the probe would see
    return ContainerPool(replace(plan, limits=LIMITS, modules=(), ahead=2))


def _report(address: str, wall: str, course: str) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            sandbox = start(
                address,
                "graders.sandbox.probe:report",
                arguments={"course": course, "reach": True},
                fds=[theirs.fileno()],
                limits=LIMITS,
                wall=wall,
            )
        ours.settimeout(60)
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
