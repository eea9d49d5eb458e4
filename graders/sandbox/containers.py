"""What a pool of containers is told, and how one container is started, spoken to and ended.

The host's side of a container. Must not import anything that knows notebooks.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from graders.errors import SandboxError
from graders.sandbox import system
from graders.sandbox.limits import WallLimits
from graders.sandbox.namespaces import visible
from graders.sandbox.runtimes import DOOR, HOME, RUNTIMES, Start

_FIRST_UID = 1_000_000
_PLACES = {"home": HOME, "tmp": "/tmp", "shm": "/dev/shm"}  # noqa: S108 (in the container)
_SPARE_FILES = 256  # the first process places descriptors from 100 on, before the kernel's limit is set
_SPARE_PROCESSES = 2  # the first process, and one that enters to look


@dataclass(frozen=True)
class Plan:
    """Everything that containers of one pool have in common, as plain data.

    ``host_python`` mounts this machine's Python and libraries, read-only, in place of the image's.
    ``imports_mb`` is what the libraries of a kernel take; a container may use that on top of its limits.
    """

    image: str
    runtime: str = "podman"
    program_options: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    python: str = "python3"
    host_python: bool = False
    modules: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    limits: WallLimits = field(default_factory=WallLimits)
    cpus: float = 2.0
    imports_mb: int = 1024
    ahead: int = 1
    gpus: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the plan as text for a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what :meth:`to_json` wrote."""
        plain = json.loads(text)
        lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
        return cls(**{**plain, **lists, "limits": WallLimits(**plain["limits"])})

    def command(self, words: list[str]) -> list[str]:
        """Return a command of the container program with the options that all its commands get."""
        return [words[0], *self.program_options, *words[1:]] if words else []


def digest(plan: Plan) -> str:
    """Return the digest of a plan's image, by which containers are then started.

    Raises SandboxError if the program is missing or does not know the image.
    """
    command = plan.command(RUNTIMES[plan.runtime].digest(plan.image))
    if not command:
        return _hash_of(Path(plan.image))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)  # noqa: S603 (of the course)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"{plan.runtime} cannot be used ({error}).", hint="Run: graders doctor") from error
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or ["it says nothing"]
        raise SandboxError(f"{plan.runtime}: {told[0][:300]}.", hint="Build or load the image of `container`.")
    found = done.stdout.strip()
    return found if found.startswith("sha256:") else f"sha256:{found}"


def _hash_of(path: Path) -> str:
    import hashlib

    try:
        with path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        raise SandboxError(f"There is no image {path}.", hint="Build it: see docs/containers.md") from error


class Container:
    """One container on its way: started, then ready, then handed to who asks first."""

    def __init__(self, plan: Plan, number: int, folder: Path) -> None:
        """Start a container; it says that it is ready over the door, see :meth:`open_door`."""
        self.name = f"graders-{os.getpid()}-{number}"
        self.plan, self.began = plan, time.monotonic()
        self.pid = self.pidfd = -1
        self.door: socket.socket | None = None
        self._folder = folder / str(number)
        self._folder.mkdir(mode=0o755)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        (self._folder / "door").mkdir(mode=0o755)
        self.listener.bind(str(self._folder / "door/door"))
        (self._folder / "door/door").chmod(0o666)
        self.listener.listen(1)
        self._errors = (self._folder / "errors").open("w+")
        start = self._start(_FIRST_UID + os.getpid() % 30_000 * 1000 + number % 1000)
        command = plan.command(RUNTIMES[plan.runtime].run(start))
        self.process = subprocess.Popen(  # noqa: S603 (the course's container program)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors
        )

    def _start(self, number: int) -> Start:
        plan, limits, as_root = self.plan, self.plan.limits, os.geteuid() == 0
        mounts = [(str(self._folder / "door"), DOOR, "ro")]
        if plan.host_python:
            mounts += [(str(p), str(p), "ro,nosuid,nodev") for p in visible() if not p.is_symlink()]
        if as_root:
            mounts += self._writable(number, limits)
        python = sys.executable if plan.host_python else plan.python
        return Start(
            name=self.name,
            owner=owner(),
            image=plan.image,
            command=(python, "-P", "-s", "-m", "graders.sandbox.inside", *plan.modules),
            user=number if as_root else os.geteuid(),
            memory_mb=limits.memory_mb + limits.disk_mb + plan.imports_mb,
            disk_mb=limits.disk_mb,
            processes=limits.processes + _SPARE_PROCESSES,
            open_files=limits.open_files + _SPARE_FILES,
            cpus=plan.cpus,
            mounts=tuple(mounts),
            tmpfs=() if as_root else tuple(_PLACES.values())[:2],
            environment=plan.environment,
            gpus=plan.gpus,
            as_root=as_root,
            options=plan.options,
        )

    def _writable(self, user: int, limits: WallLimits) -> list[tuple[str, str, str]]:
        """Mount one sized tmpfs for all that is writable, as no option of a container program can."""
        store = self._folder / "writable"
        store.mkdir()
        options = f"size={limits.disk_mb}m,nr_inodes={limits.files},mode=755"
        system.mount("writable", str(store), "tmpfs", system.MS_NOSUID | system.MS_NODEV, options)
        for name in _PLACES:
            (store / name).mkdir()
            os.chown(store / name, user, user)
        return [(str(store / name), place, "rw,nosuid,nodev") for name, place in _PLACES.items()]

    def open_door(self) -> socket.socket:
        """Let the container in, and nobody after it; take away here what it has mounted there."""
        self.door, _ = self.listener.accept()
        self.close_listener()
        return self.door

    def close_listener(self) -> None:
        """Close the listening socket and take the mount away; what the container bound from it stays."""
        self.listener.close()
        (self._folder / "door/door").unlink(missing_ok=True)
        if (self._folder / "writable").is_dir():
            with contextlib.suppress(OSError):
                system.unmount(str(self._folder / "writable"))

    def hear(self) -> str:
        """Read that the container is ready; return what is wrong with it, empty if nothing is."""
        assert self.door is not None  # noqa: S101 (it was opened before something was heard)
        data, fds, _, _ = socket.recv_fds(self.door, 2**16, 1)
        message: dict[str, Any] = json.loads(data) if data else {"error": "it ended while it started"}
        if "ready" not in message or not fds:
            return str(message.get("error", "it said nothing"))[:300]
        self.pidfd = fds[0]
        self.pid = system.pid_of(self.pidfd)
        return ""

    def problem(self) -> str:
        """Return why the container did not start, empty if nothing is known to be wrong."""
        if self.door is not None or not self.process.poll():
            return ""
        self._errors.seek(0)
        told = self._errors.read().strip().splitlines()[-1:] or ["it says nothing"]
        return f"{self.plan.runtime}: {told[0][:300]}"

    def forget(self) -> None:
        """Close our ends, which ends the container if nobody else has them, and remove its folder."""
        self.close_listener()
        if self.door is not None:
            self.door.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """End every process of the container."""
        if self.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


def owner(pid: int = 0) -> str:
    """Name a process for good: its id, and when it started, so that a later one of the same id differs."""
    number = pid or os.getpid()
    try:
        return f"{number}:{Path(f'/proc/{number}/stat').read_text().rsplit(')', 1)[1].split()[19]}"
    except OSError:
        return ""


def sweep(plan: Plan) -> int:
    """Remove the containers and mounts of pools that are gone; return how many containers there were."""
    _sweep_mounts()
    runtime = RUNTIMES[plan.runtime]
    command = plan.command(runtime.owned())
    if not command:
        return 0
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (of the course)
    if done.returncode:
        raise SandboxError(f"{plan.runtime}: {done.stderr.strip()[-300:]}.", hint="Run: graders doctor")
    pairs = [line.split() for line in done.stdout.splitlines() if len(line.split()) == 2]
    left = [name for name, whose in pairs if owner(int(whose.split(":")[0])) != whose]
    for name in left:
        removal = plan.command(runtime.remove(name))
        subprocess.run(removal, capture_output=True, check=False)  # noqa: S603 (of the course)
    return len(left)


def _sweep_mounts() -> None:
    """Take away the mounts that a pool made and was killed before it could."""
    if os.geteuid() != 0:
        return
    for line in Path("/proc/self/mounts").read_text().splitlines():
        kind, place = line.split()[:2]
        folder = Path(place).parent
        if kind == "writable" and folder.parent.name.startswith(POOL_FOLDER):
            pid = folder.parent.name.removeprefix(POOL_FOLDER).split("-")[0]
            if not Path("/proc", pid).exists():
                with contextlib.suppress(OSError):
                    system.unmount(place)
                shutil.rmtree(folder.parent, ignore_errors=True)


POOL_FOLDER = "graders-c"


def make_folder() -> Path:
    """Make the folder of a pool, which nobody else may enter; its name says whose it is."""
    return Path(tempfile.mkdtemp(prefix=f"{POOL_FOLDER}{os.getpid()}-"))


def pinned(plan: Plan) -> Plan:
    """Return a plan with the image named by its digest, so that all its containers are of the same."""
    return plan if plan.runtime == "apptainer" else replace(plan, image=digest(plan))
