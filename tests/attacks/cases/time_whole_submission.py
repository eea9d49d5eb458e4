"""Takes nearly the time of one call in every call, so that only the whole is too long."""

LIMITS = {"call_seconds": 3, "cell_seconds": 4, "submission_seconds": 8}
CODE = """
import time
def centre(values):
    time.sleep(1.3)
    return values
"""


def observe(graded):
    assert graded.cells["last_test"].outcome == graded.cells["later_test"].outcome == "timed_out"
