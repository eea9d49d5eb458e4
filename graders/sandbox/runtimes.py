"""The seam to container programs: what podman, docker and apptainer are told, as command lines.

Nothing is run here. All three get the same promises: one container for one submission, no network, a
read-only root, no capabilities, no way to gain rights, and limits on memory, processes and CPU.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

LABEL = "graders.owner"
HOME = "/home/student"
# Where the container finds the socket over which it says that it is ready and is told what to run.
DOOR = "/run/graders"


@dataclass(frozen=True)
class Start:
    """One container to start; sizes in MB, ``mounts`` are (outside, inside, options)."""

    name: str
    owner: str
    image: str
    command: tuple[str, ...]
    user: int
    memory_mb: int
    disk_mb: int
    processes: int
    open_files: int
    cpus: float
    mounts: tuple[tuple[str, str, str], ...]
    tmpfs: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    gpus: tuple[str, ...] = ()
    as_root: bool = True
    options: tuple[str, ...] = ()


class Runtime(Protocol):
    """A container program."""

    def run(self, start: Start) -> list[str]:
        """Return the command that starts a container."""
        ...

    def remove(self, name: str) -> list[str]:
        """Return the command that ends and removes a container; empty if none is needed."""
        ...

    def owned(self) -> list[str]:
        """Return the command that lists our containers, a name and its owner on each line; empty if none."""
        ...

    def digest(self, image: str) -> list[str]:
        """Return the command that prints an image's digest; empty if the image is a file."""
        ...


@dataclass(frozen=True)
class Engine:
    """podman or docker, whose command lines are nearly the same."""

    program: str

    def run(self, start: Start) -> list[str]:
        """Return the command that starts a container and comes back; it removes itself when it has ended."""
        own = _PODMAN_ONLY if self.program == "podman" else ()
        command = [self.program, "run", "--detach", "--rm", "--pull=never", "--log-driver=none", *own]
        command += [f"--name={start.name}", f"--label={LABEL}={start.owner}", "--hostname=sandbox"]
        command += ["--network=none", "--ipc=private", "--read-only", "--cap-drop=all"]
        command += ["--security-opt=no-new-privileges", f"--user={start.user}:{start.user}"]
        if self.program == "podman" and not start.as_root:
            command.append("--userns=keep-id")
        command += [f"--memory={start.memory_mb}m", f"--memory-swap={start.memory_mb}m"]
        command += [f"--pids-limit={start.processes}", *([f"--cpus={start.cpus:g}"] if start.cpus else [])]
        command += [f"--ulimit=nofile={start.open_files}:{start.open_files}", "--ulimit=core=0:0"]
        if start.as_root:  # the user has no other processes: of one that has, all would be counted
            command.append(f"--ulimit=nproc={start.processes}:{start.processes}")
        command += [f"--tmpfs={place}:rw,nosuid,nodev,size={start.disk_mb}m,mode=1777" for place in start.tmpfs]
        command += [f"--shm-size={start.disk_mb}m"] if start.tmpfs else []
        command += [f"--volume={outside}:{inside}:{how}" for outside, inside, how in start.mounts]
        command += [f"--env={name}={value}" for name, value in sorted(start.environment.items())]
        command += self._gpus(start.gpus)
        first, *rest = start.command
        return [*command, f"--workdir={HOME}", *start.options, f"--entrypoint={first}", start.image, *rest]

    def _gpus(self, gpus: tuple[str, ...]) -> list[str]:
        """Return the options for GPUs, and parts of them (MIG): podman knows the names of CDI."""
        if self.program == "docker":
            return [f'--gpus="device={",".join(gpus)}"'] if gpus else []
        return [f"--device=nvidia.com/gpu={gpu}" for gpu in gpus]

    def remove(self, name: str) -> list[str]:
        """Return the command that ends and removes a container."""
        return [self.program, "rm", "--force", *(["--time=0"] if self.program == "podman" else []), name]

    def owned(self) -> list[str]:
        """Return the command that lists our containers and whose they are."""
        label = f'.Label "{LABEL}"' if self.program == "docker" else f'index .Labels "{LABEL}"'
        shown = "{{.Names}} {{" + label + "}}"
        return [self.program, "ps", "--all", f"--filter=label={LABEL}", f"--format={shown}"]

    def digest(self, image: str) -> list[str]:
        """Return the command that prints an image's id, the hash of its configuration and layers."""
        return [self.program, "image", "inspect", "--format={{.Id}}", image]


@dataclass(frozen=True)
class Apptainer:
    """apptainer, as it is found on clusters: no daemon, no names; a container is a process of its caller."""

    program: str = "apptainer"

    def run(self, start: Start) -> list[str]:
        """Return the command that runs a container and stays as long as it does."""
        command = [self.program, "exec", "--containall", "--cleanenv", "--no-home", "--net", "--network=none"]
        command += ["--no-privs", "--hostname=sandbox", f"--pwd={HOME}"]
        command += [f"--memory={start.memory_mb}M", f"--memory-swap={start.memory_mb}M"]
        command += [f"--pids-limit={start.processes}"]
        command += [f"--cpus={start.cpus:g}"] if start.cpus else []
        command += [f"--scratch={place}" for place in start.tmpfs]
        command += [f"--bind={outside}:{inside}:{how.split(',')[0]}" for outside, inside, how in start.mounts]
        command += [f"--env={name}={value}" for name, value in sorted(start.environment.items())]
        command += ["--nv"] if start.gpus else []
        return [*command, *start.options, start.image, *start.command]

    def remove(self, name: str) -> list[str]:
        """Return nothing: it ends with its process."""
        return []

    def owned(self) -> list[str]:
        """Return nothing: no container outlives the process that started it."""
        return []

    def digest(self, image: str) -> list[str]:
        """Return nothing: the image is a file, whose hash is its digest."""
        return []


_PODMAN_ONLY = ("--no-hosts", "--read-only-tmpfs=false", "--image-volume=ignore")
RUNTIMES: dict[str, Runtime] = {
    "podman": Engine("podman"),
    "docker": Engine("docker"),
    "apptainer": Apptainer(),
}
