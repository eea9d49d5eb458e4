"""A cell whose source is nested as deep as JSON can just be read, and hardly be written as text."""


def doctor(notebook, folder):
    import json

    path = folder / "ch01_victim.ipynb"
    cells = ",".join('{"cell_type": "markdown", "source": ' + "[" * n + "]" * n + "}" for n in range(900, 975))
    path.write_text(json.dumps(notebook).replace('"cells": [', f'"cells": [{cells}, ', 1))
