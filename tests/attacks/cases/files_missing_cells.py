"""Hands in only the first answer cell, without given cells and without checks."""


def doctor(notebook, folder):
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] == "centre"]
    notebook["cells"][0]["source"] = "def centre(values): return None"
