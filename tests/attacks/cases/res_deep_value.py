"""Returns values nested a million levels deep, recursive ones and enormous ones."""

LIMITS = {"cell_seconds": 3, "call_seconds": 1}
CODE = """
deep = []
for _ in range(1_000_000):
    deep = [deep]
loop = []
loop.append(loop)
answers = iter([deep, loop, {"a": deep}, (deep,), [0] * 3_000_000, "x" * 50_000_000, np.zeros((20000, 200)), {n: n for n in range(500_000)}] * 5)
def centre(values):
    return next(answers)
"""
