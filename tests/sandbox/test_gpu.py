"""GPU slots with an NVML that is made up: what is visible, what is metered, and whose fault an end is."""

from dataclasses import dataclass, field

import pytest

from graders.sandbox.gpu import GpuLost, GpuMeter, Nvml, devices, environment, renumbered, visible

GB = 2**30


class FakeError(Exception):
    """NVML's error with its code."""

    def __init__(self, value):
        super().__init__(f"code {value}")
        self.value = value


@dataclass
class Memory:
    used: float
    total: float


@dataclass
class Process:
    pid: int
    usedGpuMemory: float


@dataclass
class Rates:
    gpu: int


@dataclass
class FakeNvml:
    """Functions of pynvml over GPUs that are numbers."""

    used: dict[int, float]
    busy: dict[int, int] = field(default_factory=dict)
    mig: dict[int, list[str]] = field(default_factory=dict)
    broken: dict[int, int] = field(default_factory=dict)  # the code that every question gets
    ecc: dict[int, int] = field(default_factory=dict)
    processes: dict[int, dict[int, float]] = field(default_factory=dict)
    NVML_MEMORY_ERROR_TYPE_UNCORRECTED = NVML_VOLATILE_ECC = 1

    def nvmlInit(self):
        if not self.used:
            raise FakeError(9)  # the driver is not loaded

    def nvmlDeviceGetCount(self):
        return len(self.used)

    def nvmlDeviceGetHandleByIndex(self, number):
        return number

    def nvmlDeviceGetHandleByUUID(self, uuid):
        return next(uuid for parts in self.mig.values() for part in parts if part == uuid)

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, handle):
        return next(number for number, parts in self.mig.items() if handle in parts)

    def nvmlDeviceGetMinorNumber(self, handle):
        return handle

    def nvmlDeviceGetMemoryInfo(self, handle):
        self._check(handle)
        return Memory(self.used.get(handle, 0) * GB, 80 * GB)

    def nvmlDeviceGetComputeRunningProcesses(self, handle):
        self._check(handle)
        return [Process(pid, size * GB) for pid, size in self.processes.get(handle, {}).items()]

    def nvmlDeviceGetUtilizationRates(self, handle):
        self._check(handle)
        if isinstance(handle, str):
            raise FakeError(3)  # not supported on a part
        return Rates(self.busy.get(handle, 0))

    def nvmlDeviceGetMigMode(self, handle):
        return (int(handle in self.mig), 0)

    def nvmlDeviceGetMaxMigDeviceCount(self, handle):
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle, index):
        return self.mig[handle][index]

    def nvmlDeviceGetUUID(self, handle):
        return handle

    def nvmlDeviceGetTotalEccErrors(self, handle, kind, counter):
        return self.ecc.get(handle, 0)

    def _check(self, handle):
        if handle in self.broken:
            raise FakeError(self.broken[handle])


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self):
        return self.now


def test_slots_are_gpus_or_the_parts_of_divided_ones():
    fake = FakeNvml({0: 0, 1: 0}, mig={1: ["MIG-a", "MIG-b"]})
    assert Nvml(fake).slots() == ("0", "MIG-a", "MIG-b")
    assert Nvml(fake).minor_number("MIG-b") == 1


def test_without_a_driver_there_is_nothing_to_ask():
    with pytest.raises(GpuLost, match="NVML"):
        Nvml(FakeNvml({}))


def test_a_kernel_sees_its_own_slots_and_takes_memory_as_it_needs_it():
    told = environment(("1", "3"))
    assert told["CUDA_VISIBLE_DEVICES"] == "1,3"
    assert told["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert told["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert told["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert environment(()) == {"CUDA_VISIBLE_DEVICES": ""}
    assert renumbered(("3", "5", "MIG-a")) == ("0", "1", "MIG-a")  # in a container that has only these


def test_only_the_device_files_of_its_own_slots_are_in_a_view(tmp_path):
    for name in ("nvidia0", "nvidia1", "nvidia2", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert [path.name for path in devices(("1",), tmp_path)] == ["nvidia1", "nvidiactl", "nvidia-uvm"]
    assert devices((), tmp_path) == []


def test_the_meter_counts_the_time_slots_compute_and_memory_beyond_what_was_there():
    clock, fake = Clock(), FakeNvml({0: 1.0, 1: 0.5})
    meter = GpuMeter(("0", "1"), nvml=Nvml(fake), clock=clock)
    fake.busy, fake.used = {0: 50, 1: 100}, {0: 3.0, 1: 1.0}
    clock.now = 2.0
    meter.sample()
    fake.used, fake.busy = {0: 1.0, 1: 0.5}, {}
    use = meter.stop()
    assert use.seconds == pytest.approx(3.0)
    assert use.peak_mb == pytest.approx(2048)
    assert not meter.lost and not meter.exceeded


def test_memory_of_others_on_a_slot_is_not_the_kernels():
    fake = FakeNvml({0: 1.0})
    meter = GpuMeter(("0",), 2500, nvml=Nvml(fake), clock=Clock())
    meter.pids = lambda: [7, 8]
    fake.used, fake.processes = {0: 9.0}, {0: {7: 1.0, 8: 1.0, 99: 6.0}}
    meter.sample()
    assert meter.stop().peak_mb == pytest.approx(2048)
    assert not meter.exceeded


def test_a_part_of_a_gpu_has_memory_but_no_time():
    fake = FakeNvml({0: 0}, mig={0: ["MIG-a"]})
    meter = GpuMeter(("MIG-a",), nvml=Nvml(fake), clock=Clock())
    assert meter.stop().seconds == 0.0
    assert not meter.lost


def test_too_much_memory_is_told_once_and_is_not_the_machines_fault():
    calls, fake = [], FakeNvml({0: 1.0})
    meter = GpuMeter(("0",), 2000, lambda: calls.append(1), nvml=Nvml(fake), clock=Clock())
    fake.used = {0: 4.0}
    meter.sample()
    meter.sample()
    meter.stop()
    assert calls == [1]
    assert meter.exceeded and not meter.lost


@pytest.mark.parametrize("code", [15, 16, 999])
def test_a_gpu_that_is_lost_is_the_machines_fault(code):
    fake = FakeNvml({0: 1.0})
    meter = GpuMeter(("0",), 2000, nvml=Nvml(fake), clock=Clock())
    fake.broken = {0: code}
    meter.sample()
    meter.stop()
    assert meter.lost and not meter.exceeded


def test_memory_that_broke_meanwhile_is_the_machines_fault_and_old_errors_are_not():
    old = FakeNvml({0: 1.0}, ecc={0: 4})
    meter = GpuMeter(("0",), nvml=Nvml(old), clock=Clock())
    meter.stop()
    assert not meter.lost
    meter = GpuMeter(("0",), nvml=Nvml(old), clock=Clock())
    old.ecc = {0: 5}
    meter.stop()
    assert "could not correct" in meter.lost


def test_the_slots_of_this_process_are_those_it_may_see(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, MIG-x")
    assert visible() == ("2", "MIG-x")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert visible() == ()
