"""Clothing: Fashion MNIST's format and classes, learnable but not trivially."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from graders import datasets
from graders.errors import UsageError


def test_fashion_like_is_learnable_and_shirts_are_hard() -> None:
    X_train, y_train = datasets.fashion_like(2500, seed=1)
    X_test, y_test = datasets.fashion_like(800, seed=2)
    assert X_train.dtype == np.uint8 and X_train.shape == (2500, 28, 28)
    model = ExtraTreesClassifier(40, random_state=0).fit(X_train.reshape(2500, -1), y_train)
    right = model.predict(X_test.reshape(800, -1)) == y_test
    assert 0.85 < right.mean() < 0.99
    assert right[y_test == 6].mean() < right[y_test == 8].mean()


def test_the_same_seed_gives_the_same_images() -> None:
    first, again = datasets.fashion_like(60, seed=4), datasets.fashion_like(60, seed=4)
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])


def test_small_fashion_mnist_has_different_train_and_test_images() -> None:
    (X_train, y_train), (X_test, y_test) = datasets.load_fashion_mnist()
    assert (len(X_train), len(X_test)) == (6000, 1000)
    assert set(y_train.tolist()) == set(y_test.tolist()) == set(range(10))
    assert not {x.tobytes() for x in X_train} & {x.tobytes() for x in X_test}


def test_unknown_size_is_named() -> None:
    with pytest.raises(UsageError, match="'large'"):
        datasets.load_fashion_mnist("large")
