"""Hands in more files than the kernel's folder can hold."""


def doctor(notebook, folder):
    (folder / "sub").mkdir()
    for number in range(320):
        (folder / "sub" / f"{number}.txt").write_text("x")
