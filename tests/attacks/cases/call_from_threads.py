"""Calls the judge's functions from many threads at once, while it asks something else and after it was answered."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 1, "cell_seconds": 2}
ANSWERS = {
    "search": """
import threading
kept = []
def call_on(function):
    while True:
        try:
            function(1.0)
        except Exception:
            pass
def search(loss, start):
    kept.append(loss)
    for _ in range(8):
        threading.Thread(target=call_on, args=(loss,), daemon=True).start()
    return 3.25
""",
    "clean": "def clean(frame):\n    return frame.dropna()",
}


def observe(graded):
    assert graded.records["search_test#1"].points in (0, 1)  # 3.25 is the right number; nothing else is
    assert graded.result.points is not None


POINTS = 4  # the minimum it guessed, and the frame it answered
