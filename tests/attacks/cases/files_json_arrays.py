"""A notebook that is small as a file and large in memory: hundreds of thousands of empty lists and cells."""


def doctor(notebook, folder):
    notebook["metadata"]["x"] = [[] for _ in range(150_000)]
    notebook["cells"][1:1] = [{} for _ in range(50_000)] + [None, 3, "x", [], {"cell_type": 5, "source": {"a": 1}, "metadata": []}]
    notebook["nbformat"] = 10**300
