"""Public data for the notebooks: real loaders, honest offline stand-ins, hidden draws.

Students import this module, so importing it is light: pandas, scikit-learn and Keras are imported
inside the functions that need them. Nothing here knows checks, notebooks or the judge, and it must
not import them.
"""

from __future__ import annotations

from graders.datasets.digits import load_mnist, mnist_like
from graders.datasets.fashion import fashion_like, load_fashion_mnist
from graders.datasets.hidden import hidden_seed
from graders.datasets.housing import load_housing, make_housing
from graders.datasets.rides import make_rides

__all__ = [
    "fashion_like",
    "hidden_seed",
    "load_fashion_mnist",
    "load_housing",
    "load_mnist",
    "make_housing",
    "make_rides",
    "mnist_like",
]
