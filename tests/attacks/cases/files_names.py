"""Hands in files with names that are paths, options, code, or no text at all."""


def doctor(notebook, folder):
    import os

    names = ["..\\..\\evil", "-rf", "a\nb", "<script>alert(1)<script>.txt", "x" * 250, "con", " ", "%2e%2e%2fevil", "~root", "$(id)", "{0}", "\u202etxt.exe"]
    for name in names:
        (folder / name).write_text("x")
    with open(os.fsencode(folder) + b"/\xff\xfe.txt", "wb") as file:
        file.write(b"x")


def observe(graded):
    assert "<script>" not in graded.html
