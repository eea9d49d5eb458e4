"""Gives checks cells the names of answer cells and the other way round, twice and in another order."""


def doctor(notebook, folder):
    cells = notebook["cells"]
    names = [cell["id"] for cell in cells]
    for cell, name in zip(cells, reversed(names), strict=True):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = name
        cell["id"] = name
    cells.reverse()
    cells += cells[:4]
