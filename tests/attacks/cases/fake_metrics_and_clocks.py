"""Replaces metrics, clocks and the modules that hold them."""

CODE = r"""
import sys, time, types
perfect = lambda *args, **options: 1.0
metrics = types.ModuleType("sklearn.metrics")
metrics.__getattr__ = lambda name: perfect
sys.modules["sklearn.metrics"] = metrics
for name in ("time", "perf_counter", "process_time", "monotonic", "clock_gettime"):
    setattr(time, name, lambda *args: 0.0)
rmse = lambda *args: 0.0
def centre(values):
    return rmse
"""
LIMITS = {"cell_seconds": 2}
