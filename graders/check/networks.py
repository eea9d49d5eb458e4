"""Checks of neural networks, through what a Keras model tells and does: shapes, sizes, modes, frozen layers.

Weights are compared by value, not by a model's word on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from graders.check.compare import difference, is_remote, plain, wrong_kind
from graders.check.session import PASS, Verdict, fail, settle
from graders.errors import JudgeError

_MOST = 10_000  # arrays of weights that are counted


def output_shape(
    asked: str,
    predict: Callable[[Any], Any],
    X: Any,
    shape: Sequence[int | None],
    *,
    batches: Sequence[int] = (1, 2, 5),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check the shape of a model's output for batches of several sizes.

    ``shape`` is that of one row: (10,) for ten classes, (None, 3) for three values at any number of steps, ()
    for a number. ``X`` has at least as many rows as the largest of ``batches``. A student sees the shapes.

    >>> check.output_shape("Two values for each row", lambda X: X @ np.ones((3, 2)), np.ones((5, 3)), (2,))
    ✓ Two values for each row
    """

    def find() -> Verdict:
        import numpy as np

        for size in batches:
            result = plain(predict(X[:size]))
            if is_remote(result) or not hasattr(result, "__len__"):
                return wrong_kind(result, "an array")
            found, wanted = np.shape(result), (size, *shape)
            if len(found) != len(wanted) or any(w not in (None, f) for w, f in zip(wanted, found, strict=True)):
                return fail(
                    "The shape is not the one asked for.",
                    f"Expected shape {wanted} for {size} rows, found {found}.",
                )
        return PASS

    settle(asked, hint, find)


def parameters(
    asked: str,
    model: Any,
    *,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    trainable: bool | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check how many parameters a model has, counted in its weights.

    ``model`` is a Keras model or layer, or a list of arrays. ``trainable=True`` counts those that training
    changes, ``False`` the others, None all. A student sees the number asked for and the number found.

    >>> check.parameters("Three inputs, two outputs and their biases", [np.ones((3, 2)), np.ones(2)], exactly=8)
    ✓ Three inputs, two outputs and their biases
    """

    def find() -> Verdict:
        count = sum(_sizes(model, trainable))
        low, high = (exactly, exactly) if exactly is not None else (at_least, at_most)
        if (low is None or count >= low) and (high is None or count <= high):
            return PASS
        wanted = [
            f"at least {low:,}" if low is not None else "",
            f"at most {high:,}" if high is not None else "",
        ]
        required = f"{exactly:,}" if exactly is not None else " and ".join(filter(None, wanted))
        problem = "The number of parameters is not the one asked for."
        return fail(problem, f"Expected {required} parameters, found {count:,}.")

    settle(asked, hint, find)


def _sizes(model: Any, trainable: bool | None) -> list[int]:
    names = {None: "weights", True: "trainable_weights", False: "non_trainable_weights"}
    weights = model if isinstance(model, list | tuple) else getattr(model, names[trainable])
    shapes = [getattr(plain(w), "shape", None) for w in islice(weights, _MOST)]
    if any(not isinstance(shape, tuple) for shape in shapes):
        raise JudgeError("Parameters are counted in arrays.")
    return [_product(shape) for shape in shapes if shape is not None]


def _product(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= int(side)
    return size


def frozen(
    asked: str,
    model: Any,
    train: Callable[[], Any],
    *,
    layers: Sequence[str],
    moving: Sequence[str] = (),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that training leaves some layers' weights exactly as they were, and moves others.

    ``train()`` trains ``model``; ``layers`` and ``moving`` are names for ``model.get_layer``. The model is
    changed by this check. A student sees whether something frozen moved or nothing moved that should.

    >>> class Layer:
    ...     def __init__(self):
    ...         self.values = [np.zeros(2)]
    ...     def get_weights(self):
    ...         return [values.copy() for values in self.values]
    >>> class Model:
    ...     parts = {"base": Layer(), "head": Layer()}
    ...     def get_layer(self, name):
    ...         return self.parts[name]
    ...     def fit(self):
    ...         self.parts["head"].values[0] += 1
    >>> model = Model()
    >>> check.frozen("Only the head is trained", model, model.fit, layers=["base"], moving=["head"])
    ✓ Only the head is trained
    """

    def find() -> Verdict:
        before = {name: _weights(model, name) for name in (*layers, *moving)}
        train()
        changed = {name for name, held in before.items() if difference(_weights(model, name), held)}
        if changed & set(layers):
            return fail("A frozen layer was changed by training.", hint="Freeze first, then compile again.")
        if set(moving) - changed:
            return fail("A layer that should learn was not changed by training.")
        return PASS

    settle(asked, hint, find)


def _weights(model: Any, layer: str) -> list[Any]:
    return [plain(array) for array in model.get_layer(layer).get_weights()]


def dropout(
    asked: str,
    model: Callable[..., Any],
    X: Any,
    *,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that dropout (or any noise) is on while training and off while predicting.

    ``model(X)`` must give the same twice, and ``model(X, training=True)`` must not, in five calls (batch
    normalisation is another thing while training too, but not a random one). A student sees which of the two
    does not hold.

    >>> rng = np.random.default_rng(0)
    >>> def model(X, training=False):
    ...     return X * (rng.random(X.shape) < 0.5) * 2 if training else X
    >>> check.dropout("Dropout is for training only", model, np.ones((4, 3)))
    ✓ Dropout is for training only
    """

    def find() -> Verdict:
        quiet = plain(model(X))
        if difference(model(X), quiet, rtol=1e-5, atol=1e-6) is not None:
            return fail("Two predictions for the same rows differ.", hint="Noise belongs into training only.")
        first = plain(model(X, training=True))
        again = (difference(model(X, training=True), first, rtol=1e-5, atol=1e-6) for _ in range(4))
        if all(found is None for found in again):
            return fail("Nothing is random while training.", hint="Is there a Dropout layer on the way?")
        return PASS

    settle(asked, hint, find)
