"""Ends the process in many cells, so that there is no kernel left for the checks."""


def doctor(notebook, folder):
    ends = [
        {"cell_type": "code", "id": f"end{n}", "metadata": {}, "outputs": [], "execution_count": None,
         "source": f"import os\nos._exit({n})"}
        for n in range(6)
    ]
    notebook["cells"][2:2] = ends


EXPECT = {"outcome": ["crashed"]}
