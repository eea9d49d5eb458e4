"""Hands in so many files with long names that the list of them is longer than a message to the template."""


def doctor(notebook, folder):
    for number in range(260):
        (folder / f"{number}-{'x' * 240}").write_text("x")
