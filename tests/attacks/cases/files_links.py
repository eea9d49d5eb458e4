"""Hands in links instead of files: to the password file, to the neighbour's work, to the course, to itself."""


def doctor(notebook, folder):
    import os

    neighbour = folder.parent.parent / "neighbour"
    os.symlink("/etc/passwd", folder / "passwd.txt")
    os.symlink(neighbour / "ch01_victim" / "ch01_victim.ipynb", folder / "neighbour.txt")
    os.symlink(neighbour, folder / "neighbour")
    os.symlink(folder.parents[2] / "source" / "ch01_victim" / "ch01_victim.ipynb", folder / "source.txt")
    os.symlink("/", folder / "root")
    os.symlink("loop", folder / "loop")
    os.symlink("/proc/self/environ", folder / "environ.txt")
    (folder / "sub").mkdir()
    os.symlink("../passwd.txt", folder / "sub" / "link.txt")
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = "import glob, json\nprint('TRACE', json.dumps(sorted(glob.glob('**', recursive=True))))"


def observe(graded):
    assert set(graded.told()) <= {"data.csv"}
    assert len(graded.result.notebooks[0].notes) == 8
