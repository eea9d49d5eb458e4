"""The vocabulary of checks that notebooks use, the same in a student's notebook and in the judge.

In a notebook a passed check prints one line and a failed one raises a friendly error. In the judge
every check becomes a record and the cell goes on. Student environments import this package, so it
imports nothing heavy before it is needed, and nothing of the grader.
"""

from graders.check.properties import deterministic, unchanged
from graders.check.scores import score
from graders.check.session import CheckFailed
from graders.check.timing import faster
from graders.check.values import close, equal, frame, instance, raises, shape, true

__all__ = [
    "CheckFailed",
    "close",
    "deterministic",
    "equal",
    "faster",
    "frame",
    "instance",
    "raises",
    "score",
    "shape",
    "true",
    "unchanged",
]
