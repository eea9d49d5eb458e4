"""Hands in files that are large on disk, sparse, or larger than all there is."""


def doctor(notebook, folder):
    with (folder / "sparse.bin").open("wb") as file:
        file.truncate(2**40)
    (folder / "large.bin").write_bytes(b"x" * 9 * 2**20)
    (folder / "fits.bin").write_bytes(b"x" * 5 * 2**20)


def observe(graded):
    assert sum("no room" in note for note in graded.result.notebooks[0].notes) == 2
