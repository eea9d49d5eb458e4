"""Leaves a state of its choice in the judge's random generator, to know what is drawn from it later."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "draw": """
def draw(values, generator):
    np.random.default_rng(11).shuffle(values)
    generator.bit_generator.state = np.random.default_rng(1).bit_generator.state
def double(values):
    return values
""",
}


def observe(graded):
    assert graded.records["draw_test#1"].points == 0
