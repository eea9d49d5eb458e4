"""Digits: MNIST's format, learnable, and honest about which images belong together."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from graders import datasets
from graders.errors import UsageError


def test_mnist_like_has_the_format_of_mnist_and_groups() -> None:
    images, labels, groups = datasets.mnist_like(300, seed=1)
    assert images.shape == (300, 28, 28) and images.dtype == np.uint8
    assert labels.shape == groups.shape == (300,)
    assert set(labels.tolist()) == set(range(10))
    assert images.max() == 255 and (images[:, 0, 0] == 0).all()


def test_images_of_one_group_show_one_digit_but_differ() -> None:
    images, labels, groups = datasets.mnist_like(2000, seed=1)
    twice = next(g for g in groups if (groups == g).sum() > 1)
    assert len(set(labels[groups == twice].tolist())) == 1
    assert not np.array_equal(*images[groups == twice][:2])


def test_train_and_test_share_no_base_image() -> None:
    train, test = (datasets.mnist_like(4000, seed=0, split=s)[2] for s in ("train", "test"))
    assert not set(train.tolist()) & set(test.tolist())
    assert len(set(train.tolist())) > 1000 and len(set(test.tolist())) > 400


def test_the_same_arguments_give_the_same_images() -> None:
    first, again, other = (datasets.mnist_like(40, seed=s)[0] for s in (5, 5, 6))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@pytest.mark.parametrize("size, n_train, n_test", [("small", 6000, 1000)])
def test_small_mnist_can_be_learned(size: str, n_train: int, n_test: int) -> None:
    (X_train, y_train), (X_test, y_test) = datasets.load_mnist(size)
    assert X_train.shape == (n_train, 28, 28) and X_test.shape == (n_test, 28, 28)
    model = KNeighborsClassifier(3).fit(X_train[:2000].reshape(2000, -1), y_train[:2000])
    assert 0.90 < model.score(X_test[:300].reshape(300, -1), y_test[:300])


def test_unknown_split_and_size_are_named() -> None:
    with pytest.raises(UsageError, match="'valid'"):
        datasets.mnist_like(10, split="valid")
    with pytest.raises(UsageError, match="'huge'"):
        datasets.load_mnist("huge")


def test_full_mnist_without_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline() -> None:
        raise Exception("URL fetch failure on …: None -- unreachable")  # what keras.utils.get_file raises

    monkeypatch.setattr("keras.datasets.mnist.load_data", offline)
    with pytest.raises(UsageError, match='size="small"'):
        datasets.load_mnist("full")


def test_full_mnist_is_what_keras_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = np.zeros((3, 28, 28), np.uint8), np.array([1, 2, 3], np.uint8)
    monkeypatch.setattr("keras.datasets.mnist.load_data", lambda: ((images, labels), (images, labels)))
    (X_train, y_train), _ = datasets.load_mnist("full")
    assert X_train is images
    assert y_train.dtype == np.int64 and y_train.tolist() == [1, 2, 3]
