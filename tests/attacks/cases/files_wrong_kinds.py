"""Hands in JSON that is no notebook: cells that are lists, names that are numbers, sources that are objects."""


def doctor(notebook, folder):
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = [[], None, {"nbgrader": []}, {"nbgrader": {"grade_id": ["x"]}}, {"nbgrader": {"grade_id": None}}][number % 5]
        cell["id"] = [cell["id"], 5, None, [], {"a": 1}][number % 5]
        cell["source"] = [cell["source"], 5, None, [1, [2, [3]]], {"a": 1}][number % 5]
        cell["cell_type"] = ["code", 3, None, "raw", ["code"]][number % 5]
