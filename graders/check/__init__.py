"""The vocabulary of checks that notebooks use, the same in a student's notebook and in the judge.

In a notebook a passed check prints one line and a failed one raises a friendly error. In the judge
every check becomes a record and the cell goes on. Student environments import this package, so it
imports nothing heavy before it is needed, and nothing of the grader.
"""

from graders.check.curves import learns
from graders.check.densities import density
from graders.check.environments import returns
from graders.check.figures import figure
from graders.check.learning import no_leakage, probabilities, split
from graders.check.networks import dropout, frozen, output_shape, parameters
from graders.check.probes import probe
from graders.check.properties import (
    agrees,
    deterministic,
    gradient,
    invariant,
    row_independent,
    unchanged,
    works_on,
)
from graders.check.scores import score
from graders.check.session import CheckFailed
from graders.check.timing import faster, within
from graders.check.values import close, equal, frame, instance, raises, shape, true

__all__ = [
    "CheckFailed",
    "agrees",
    "close",
    "density",
    "deterministic",
    "dropout",
    "equal",
    "faster",
    "figure",
    "frame",
    "frozen",
    "gradient",
    "instance",
    "invariant",
    "learns",
    "no_leakage",
    "output_shape",
    "parameters",
    "probabilities",
    "probe",
    "raises",
    "returns",
    "row_independent",
    "score",
    "shape",
    "split",
    "true",
    "unchanged",
    "within",
    "works_on",
]
