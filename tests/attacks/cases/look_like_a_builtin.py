"""Says with a KeyError that its name is missing, so that Python would find its own function of that name."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "pow": """
from graders.bridge import shim
get = shim.Server._get
def missing(self, body, decode):
    if body["name"] == "pow":
        raise KeyError("pow")
    return get(self, body, decode)
shim.Server._get = missing
""",
}


def observe(graded):
    assert [r.points for r in graded.cells["pow_test"].records] == [0, 0, 0, 0]
