"""Raises exceptions that lie: about their class, their names, their text, and to whom they belong."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "clean": """
from graders.errors import GradersError, JudgeError
class Meta(type):
    __module__ = "builtins"
class Liar(JudgeError, TypeError, metaclass=Meta):
    __class__ = property(lambda self: TypeError)
    def __str__(self): raise JudgeError("x")
Liar.__module__, Liar.__qualname__ = "graders.errors", "JudgeError"
def clean(frame):
    raise Liar("MemoryError")
""",
    "pow": """
class AssertionPassed(AssertionError): pass
AssertionPassed.__module__, AssertionPassed.__qualname__ = "builtins", "Warning"
def pow(base, exponent):
    raise AssertionPassed
""",
    "model": """
class Model:
    def __init__(self): raise MemoryError
""",
}


def observe(graded):
    assert "ungradable" not in {r.outcome for r in graded.records.values()}
