"""What a walled process may use, as plain data that travels to the template that forks it."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_MB = 2**20
# Address space that is reserved but never used (thread stacks, allocator arenas) is no memory.
_RESERVE_MB = 1024


@dataclass(frozen=True)
class WallLimits:
    """Limits of one walled process tree; sizes in MB, see Course.limits for what each means."""

    memory_mb: int = 2048
    processes: int = 128
    disk_mb: int = 256
    files: int = 4096
    open_files: int = 512

    @classmethod
    def taken_from(cls, settings: object) -> WallLimits:
        """Return those of a course's limits that a wall keeps."""
        return cls(**{name: getattr(settings, name) for name in cls.__dataclass_fields__})

    def to_dict(self) -> dict[str, Any]:
        """Return the limits as JSON-ready data."""
        return asdict(self)


def apply(limits: WallLimits, *, processes: bool = True) -> None:
    """Set the calling process's resource limits; they bind everything it starts.

    The limit on processes counts all of the user's: leave it out where others run as the same user.
    """
    data = (_mapped_mb() + limits.memory_mb + _RESERVE_MB) * _MB
    for name, value in (
        (resource.RLIMIT_DATA, data),
        *([(resource.RLIMIT_NPROC, limits.processes)] if processes else []),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.disk_mb * _MB),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 8 * _MB),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(name)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


def bound_memory(memory_mb: int) -> None:
    """Limit what the calling process may allocate from now on, beyond what it has; more is a MemoryError."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = (_mapped_mb() + memory_mb) * _MB
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (value, hard))


@contextlib.contextmanager
def bound_cpu(seconds: float) -> Iterator[None]:
    """End the calling process after so many CPU seconds in the block, whatever compiled code it is in."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (min(x for x in (wanted, soft, hard) if x >= 0), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _mapped_mb() -> int:
    """Return what the template had mapped before the fork; it is not the student's doing."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) // 1024
    return 0
