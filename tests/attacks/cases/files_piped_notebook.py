"""Hands in a pipe that nobody writes to as the notebook."""


def doctor(notebook, folder):
    import os

    (folder / "ch01_victim.ipynb").unlink()
    os.mkfifo(folder / "ch01_victim.ipynb")


EXPECT = {"outcome": ["failed"]}
