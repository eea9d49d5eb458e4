"""Hands in a thousand folders, one in another."""


def doctor(notebook, folder):
    import os

    here = os.getcwd()
    os.chdir(folder)
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    with open("file.txt", "w") as file:
        file.write("x")
    os.chdir(here)
