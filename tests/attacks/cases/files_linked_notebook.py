"""Hands in the notebook itself as a link to the neighbour's."""


def doctor(notebook, folder):
    import os

    (folder / "ch01_victim.ipynb").unlink()
    os.symlink(folder.parent.parent / "neighbour" / "ch01_victim" / "ch01_victim.ipynb", folder / "ch01_victim.ipynb")


EXPECT = {"outcome": ["failed"]}
