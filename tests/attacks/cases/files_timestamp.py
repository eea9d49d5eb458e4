"""Hands in a forged, huge or unreadable time of submission."""


def doctor(notebook, folder):
    (folder / "timestamp.txt").write_bytes(b"1999-01-01 00:00:00 \xff\xfe<b>early</b> UTC" + b"\xf0\x9f")
    (folder / "submission_secret.txt").write_text("x" * 100)


def observe(graded):
    assert "<b>early" not in graded.html
