"""Hands in a notebook that is larger than may be read."""


def doctor(notebook, folder):
    notebook["metadata"]["x"] = "y" * (3 * 2**20)


EXPECT = {"outcome": ["failed"]}
