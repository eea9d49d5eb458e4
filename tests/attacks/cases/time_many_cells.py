"""Hands in thousands of cells, so that each of them costs a little."""

LIMITS = {"submission_seconds": 3}


def doctor(notebook, folder):
    notebook["cells"][2:2] = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None, "source": "1"}
        for n in range(4000)
    ]
