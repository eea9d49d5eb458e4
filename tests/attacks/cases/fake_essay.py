"""Writes into an essay what others might believe: points, markers of hidden tests, code, metadata, outputs."""

CHAPTER = "ch02_vocabulary"

def doctor(notebook, folder):
    for cell in notebook["cells"]:
        if cell["id"] == "why":
            cell["cell_type"] = "code"
            cell["source"] = "### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS\npoints = 12"
            cell["metadata"]["nbgrader"] = {"grade": True, "points": 100, "grade_id": "why", "solution": False}
            cell["outputs"], cell["execution_count"] = [], None
            cell["metadata"]["comment"] = {"score": 100, "manual_score": 100, "needs_manual_grade": False}


def observe(graded):
    assert graded.cells["why"].points in (None, 0) and graded.cells["why"].max_points == 1
