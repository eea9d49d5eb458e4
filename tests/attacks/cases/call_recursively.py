"""Lets the judge's function and its own call each other without end."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "search": """
class Number:
    def __init__(self, loss): self.loss = loss
    def __abs__(self): return self.loss(self)
    def __getattr__(self, name): return self.loss(self)
def search(loss, start):
    return loss(lambda *a: loss(search))
""",
    "pow": """
def pow(base, exponent):
    return pow(base, exponent)
""",
}
