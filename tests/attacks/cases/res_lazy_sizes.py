"""Returns small values that become huge when they are looked at: ranges, range indexes, empty frames."""

LIMITS = {"cell_seconds": 4, "call_seconds": 2}


def doctor(notebook, folder):
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = """
answers = iter([range(10**8), pd.RangeIndex(10**8), pd.DataFrame(index=pd.RangeIndex(10**9)), pd.Series(dtype=float).index, np.zeros((10**9, 0))] * 9)
def centre(values):
    return next(answers)
"""
        elif cell["id"] == "predict":
            cell["source"] = "def predict(*args):\n    return range(3 * 10**7)"


def observe(graded):
    assert graded.seconds < 15, f"looking at small values took {graded.seconds:.0f} s"
