"""Waits for a hidden check to bind one of its names: reads the labels there and puts its own in their place."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "draw": """
import sys
y_check = np.zeros(1)
class Names(dict):
    pass
def draw(values, generator): pass
def double(values):
    global y_check
    if y_check.any():
        raise ValueError(str(y_check))
    y_check = np.zeros(1)
    return np.zeros(1)
""",
}


def observe(graded):
    assert graded.records["draw_test#2"].points == 0
    assert "raised" not in graded.records["draw_test#2"].detail
