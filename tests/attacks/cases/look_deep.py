"""Answers values so deep or so large that passing them on, as a check may, breaks the rules of the wire."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "pow": """
def pow(base, exponent):
    deep = 1
    for _ in range(62): deep = [deep]
    return deep
""",
    "draw": """
def draw(values, generator): return None
def double(values):
    deep = 1.0
    for _ in range(61): deep = (deep,)
    return deep
""",
}
