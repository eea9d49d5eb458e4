"""Hands in a folder with the name of one of the chapter's files, and files within it."""


def doctor(notebook, folder):
    (folder / "data.csv").mkdir()
    (folder / "data.csv" / "evil.csv").write_text("1")
