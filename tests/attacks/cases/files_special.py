"""Hands in a pipe that nobody writes to, a socket, and folders where files should be."""


def doctor(notebook, folder):
    import os
    import socket

    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "timestamp.txt")
    (folder / "other.ipynb").mkdir()
    (folder / "submission_secret.txt").mkdir()
    here = os.getcwd()
    os.chdir(folder)
    socket.socket(socket.AF_UNIX).bind("socket.txt")
    os.chdir(here)
