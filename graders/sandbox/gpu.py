"""GPUs as slots: what one kernel is told of its own, and what it does with them, measured from outside.

Numbers come from NVML, the library that nvidia-smi uses, in a process that runs no student code. A slot is
a GPU by its number or UUID, or a part of one (MIG) by its UUID, and belongs to one submission at a time:
all that happens on it is that submission's doing. Imports pynvml only when a GPU is asked about.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.errors import SandboxError

_MB = 2**20
_SAMPLE_SECONDS = 0.2
_SHARED_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
# NVML's errors that tell of a device that will not come back by itself (nvml.h: nvmlReturn_t).
_LOST_CODES = (15, 16, 999)  # GPU_IS_LOST, RESET_REQUIRED, UNKNOWN


def environment(slots: tuple[str, ...]) -> dict[str, str]:
    """Return what a kernel's environment says of GPUs: exactly its slots, and memory as it is needed.

    Libraries that take memory at their start would else take nearly all of it, whatever they use.
    """
    if not slots:
        return {"CUDA_VISIBLE_DEVICES": ""}
    return {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # numbers mean the same as NVML's
        "CUDA_VISIBLE_DEVICES": ",".join(slots),
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True",
    }


def renumbered(slots: tuple[str, ...]) -> tuple[str, ...]:
    """Return how slots are called where nothing but them can be seen, as in a container that was given them."""
    return tuple(str(place) if slot.isdigit() else slot for place, slot in enumerate(slots))


def prepare(slots: tuple[str, ...], memory_mb: int) -> None:
    """Tell the calling process which GPUs are its own, before anything in it has looked for some."""
    if slots:
        os.environ.update(environment(slots))
        bound_memory(memory_mb)


def bound_memory(memory_mb: int) -> None:
    """Limit what TensorFlow and torch take of each GPU, if this process has them loaded; no GPU is started.

    What is loaded later has only the environment, and the watch from outside.
    """
    import sys

    if not memory_mb:
        return
    tensorflow, torch = sys.modules.get("tensorflow"), sys.modules.get("torch")
    if tensorflow is not None:
        config = tensorflow.config
        for gpu in config.list_physical_devices("GPU"):
            limit = config.LogicalDeviceConfiguration(memory_limit=memory_mb)
            config.set_logical_device_configuration(gpu, [limit])
    if torch is not None and torch.cuda.is_available():
        for number in range(torch.cuda.device_count()):
            total = torch.cuda.get_device_properties(number).total_memory / _MB
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory_mb / total), number)


def devices(slots: tuple[str, ...], folder: Path = Path("/dev")) -> list[Path]:
    """Return the device files that a kernel with these slots needs; those of other GPUs are not among them.

    A number is that of the file. For a slot that is named by its UUID NVML says which it is.
    """
    if not slots:
        return []
    own = [folder / f"nvidia{number}" for number in _minor_numbers(slots)]
    parts = sorted((folder / "nvidia-caps").glob("*")) if any(s.startswith("MIG") for s in slots) else []
    shared = [folder / name for name in _SHARED_DEVICES]
    return [path for path in (*own, *shared, *parts) if path.exists()]


def _minor_numbers(slots: tuple[str, ...]) -> list[int]:
    if all(slot.isdigit() for slot in slots):
        return sorted({int(slot) for slot in slots})
    nvml = Nvml()
    return sorted({nvml.minor_number(slot) for slot in slots})


class GpuLost(Exception):
    """A GPU does not answer any more."""


class Nvml:
    """The few questions we ask NVML; the library can be another one with the same functions."""

    def __init__(self, library: Any = None) -> None:
        """Load and start NVML; raises GpuLost if it is not there or knows no driver."""
        try:
            self._library = importlib.import_module("pynvml") if library is None else library
            self._library.nvmlInit()
        except Exception as error:
            raise GpuLost(f"NVML cannot be used: {error}") from error

    def slots(self) -> tuple[str, ...]:
        """Return all slots of this machine: GPUs by number, those divided by MIG as their parts' UUIDs."""
        return tuple(slot for number in range(self._ask("nvmlDeviceGetCount")) for slot in self._parts(number))

    def _parts(self, number: int) -> Iterator[str]:
        handle = self._ask("nvmlDeviceGetHandleByIndex", number)
        parts = []
        with suppress(Exception):  # GPUs that cannot be divided say so in several ways
            if self._library.nvmlDeviceGetMigMode(handle)[0]:
                for index in range(self._library.nvmlDeviceGetMaxMigDeviceCount(handle)):
                    with suppress(Exception):  # fewer parts than there could be
                        part = self._library.nvmlDeviceGetMigDeviceHandleByIndex(handle, index)
                        parts.append(_text(self._library.nvmlDeviceGetUUID(part)))
        yield from parts or [str(number)]

    def memory_mb(self, slot: str) -> tuple[float, float]:
        """Return how much memory of a slot is used, and how much it has, in MB."""
        info = self._ask("nvmlDeviceGetMemoryInfo", self._handle(slot))
        return info.used / _MB, info.total / _MB

    def memory_of_mb(self, slot: str, pids: set[int]) -> float | None:
        """Return how much memory of a slot some processes have, in MB; None where NVML names no processes."""
        found = self._ask("nvmlDeviceGetComputeRunningProcesses", self._handle(slot))
        sizes = [process.usedGpuMemory or 0 for process in found if process.pid in pids]
        return sum(sizes) / _MB if sizes else None

    def busy(self, slot: str) -> float:
        """Return for how much of the last moments a slot computed, 0 to 1; 0 if NVML cannot tell (MIG)."""
        try:
            return float(self._library.nvmlDeviceGetUtilizationRates(self._handle(slot)).gpu) / 100
        except GpuLost:
            raise
        except Exception as error:  # noqa: BLE001 (NVML's own classes are made at run time)
            self._raise_if_lost(error)
            return 0.0

    def errors(self, slot: str) -> int:
        """Return how many errors of its memory a slot could not correct since the driver started."""
        with suppress(Exception):  # most consumer GPUs count none
            library, handle = self._library, self._handle(slot)
            kind = (library.NVML_MEMORY_ERROR_TYPE_UNCORRECTED, library.NVML_VOLATILE_ECC)
            return int(library.nvmlDeviceGetTotalEccErrors(handle, *kind))
        return 0

    def minor_number(self, slot: str) -> int:
        """Return the number of a slot's device file."""
        handle = self._handle(slot)
        if slot.startswith("MIG"):
            handle = self._ask("nvmlDeviceGetDeviceHandleFromMigDeviceHandle", handle)
        return int(self._ask("nvmlDeviceGetMinorNumber", handle))

    def _handle(self, slot: str) -> Any:
        if slot.isdigit():
            return self._ask("nvmlDeviceGetHandleByIndex", int(slot))
        return self._ask("nvmlDeviceGetHandleByUUID", slot)

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._library, name)(*arguments)
        except Exception as error:
            raise GpuLost(f"{name}: {error}") from error

    @staticmethod
    def _raise_if_lost(error: Exception) -> None:
        if getattr(error, "value", None) in _LOST_CODES:
            raise GpuLost(str(error)) from error


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@dataclass(frozen=True)
class GpuUse:
    """What a kernel did on its slots: seconds in which they computed, and the most memory it had, in MB."""

    seconds: float = 0.0
    peak_mb: float = 0.0


class GpuMeter:
    """Samples the slots of one kernel while it runs; calls ``over`` once if it takes more than it may."""

    def __init__(
        self,
        slots: tuple[str, ...],
        limit_mb: int = 0,
        over: Callable[[], None] = lambda: None,
        *,
        nvml: Nvml | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Note how the slots are before the kernel starts; raises GpuLost if one does not answer."""
        self._slots, self._limit_mb, self.over, self._clock = slots, limit_mb, over, clock
        self._nvml = nvml or Nvml()
        self._before = {slot: self._nvml.memory_mb(slot)[0] for slot in slots}
        self._errors = {slot: self._nvml.errors(slot) for slot in slots}
        self.pids: Callable[[], list[int]] = list
        self._seconds = self._peak_mb = 0.0
        self._last = clock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.exceeded = False
        self.lost = ""

    def start(self) -> None:
        """Sample in a thread until :meth:`stop`."""
        self._thread = threading.Thread(target=self._run, name="graders-gpu", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(_SAMPLE_SECONDS) and not self.lost:
            self.sample()

    def sample(self) -> None:
        """Look once at all slots."""
        now = self._clock()
        passed, self._last = now - self._last, now
        try:
            self._seconds += passed * sum(map(self._nvml.busy, self._slots))
            used = list(map(self._used_mb, self._slots))
        except GpuLost as error:
            self.lost = str(error)[:200]
            return
        self._peak_mb = max(self._peak_mb, *used)
        if self._limit_mb and max(used) > self._limit_mb and not self.exceeded:
            self.exceeded = True
            self.over()

    def _used_mb(self, slot: str) -> float:
        """Return what the kernel has of a slot: its processes' memory, or if none is named all that is new."""
        own = self._nvml.memory_of_mb(slot, set(self.pids()))
        return self._nvml.memory_mb(slot)[0] - self._before[slot] if own is None else own

    def stop(self) -> GpuUse:
        """Look a last time, for errors too, and return what was seen."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if not self.lost:
            self.sample()
        broken = [slot for slot in self._slots if self._nvml.errors(slot) > self._errors[slot]]
        if broken and not self.lost:
            self.lost = f"GPU {broken[0]} has errors in its memory that it could not correct"
        return GpuUse(self._seconds, max(0.0, self._peak_mb))


def visible() -> tuple[str, ...]:
    """Return the slots that this process may use: those named in its environment, else all NVML knows."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(part.strip() for part in named.split(",") if part.strip() not in ("", "-1"))
    try:
        return Nvml().slots()
    except GpuLost:
        return ()


class GpuAccount:
    """What all kernels of a submission did on its slots, one after another; without slots it does nothing."""

    def __init__(self, slots: tuple[str, ...], limit_mb: int = 0) -> None:
        self.slots, self._limit_mb = slots, limit_mb
        self._meter: GpuMeter | None = None
        self.seconds = self.peak_mb = 0.0
        self._exceeded = False
        self.lost = ""

    @property
    def exceeded(self) -> bool:
        """Whether a kernel took more memory than it may, this one or one before it."""
        return self._exceeded or (self._meter is not None and self._meter.exceeded)

    def prepare(self) -> None:
        """Look at the slots before a kernel starts; raises SandboxError if one does not answer."""
        if not self.slots:
            return
        try:
            self._meter = GpuMeter(self.slots, self._limit_mb)
        except GpuLost as error:
            told = f"GPU {', '.join(self.slots)} cannot be used ({error})."
            raise SandboxError(told, hint="Look at: nvidia-smi") from error

    def begin(self, over: Callable[[], None], pids: Callable[[], list[int]]) -> None:
        """Measure processes from now on; ``over`` ends the kernel if it takes more memory than it may."""
        if self._meter is not None:
            self._meter.over, self._meter.pids = over, pids
            self._meter.start()

    def end(self) -> None:
        """Stop measuring, and add up."""
        if self._meter is None:
            return
        use = self._meter.stop()
        self.seconds += use.seconds
        self.peak_mb = max(self.peak_mb, use.peak_mb)
        self._exceeded, self.lost = self.exceeded, self.lost or self._meter.lost
        self._meter = None
