"""Edits points, names, locks and the text of checks and given cells, and moves their tests away."""


def doctor(notebook, folder):
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader")
        if marks:
            marks.update(points=1000, locked=False, schema_version=99, grade=True, solution=True, task=False)
        if cell["id"].endswith(("_test", "_plain", "data")):
            cell["source"] = "class check:\n    close = equal = score = shape = lambda *a, **k: True\nassert True"
            cell["metadata"]["deletable"] = True
        elif cell["cell_type"] == "code":
            cell["source"] = "centre = predict = label = lambda *a: None"


def observe(graded):
    assert graded.result.max_points == 12
    assert sum("was changed" in note for note in graded.result.notebooks[0].notes) == 7
