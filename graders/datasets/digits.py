"""Handwritten digits: MNIST through Keras, and a stand-in drawn from scikit-learn's small digits.

Imports scikit-learn, SciPy and Keras only inside functions; knows nothing of notebooks or checks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.errors import UsageError

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
Split = tuple[tuple[Images, Labels], tuple[Images, Labels]]

SIDE = 28
_TRAIN_WRITERS = 1300  # of the 1,797 base images; the other 497 are for the test split
_ROTATION, _SCALE, _SHEAR, _SHIFT, _PIXEL_NOISE = 0.07, 0.05, 0.07, 0.55, 10.0


def mnist_like(n: int = 6000, seed: int = 0, split: str = "train") -> tuple[Images, Labels, Labels]:
    """Return (images uint8 (n, 28, 28), labels (n,) 0..9, groups (n,)) that look like MNIST.

    Each image is one of the 1,797 8x8 digits bundled with scikit-learn, enlarged, slightly rotated,
    scaled, sheared, shifted and made noisy. Many images come from the same base image: ``groups`` is its
    number, so cross-validation on these images must keep groups together. The base images of ``"train"``
    and ``"test"`` are disjoint. It is easier and much smaller than MNIST: 13 writers instead of about 500.
    Raises UsageError for another split.
    """
    rng = np.random.default_rng((seed, ("train", "test").index(_known(split))))
    base, labels = _base_images()
    groups = rng.choice(_groups_of(split), size=n)
    images = _distort(base[groups], rng)
    return images, labels[groups], groups


def load_mnist(size: str = "small") -> Split:
    """Return ``(X_train, y_train), (X_test, y_test)``: uint8 images (n, 28, 28), labels 0..9.

    ``"full"`` is MNIST (60,000 and 10,000 images; LeCun et al., 1998), which Keras fetches over the
    network once and checks. ``"small"`` is a stand-in of 6,000 and 1,000 images made by
    :func:`mnist_like`: not MNIST, and scores on the two cannot be compared. Raises UsageError.
    """
    if size == "full":
        return fetch_with_keras("mnist")
    if size != "small":
        raise UsageError(f"There is no MNIST of size {size!r}.", hint='Use "small" or "full".')
    return mnist_like(6000, 0, "train")[:2], mnist_like(1000, 0, "test")[:2]


def fetch_with_keras(name: str) -> Split:
    """Return the data set ``keras.datasets.<name>``; raises UsageError if it cannot be fetched."""
    import importlib

    try:
        module: Any = importlib.import_module(f"keras.datasets.{name}")
        (X_train, y_train), (X_test, y_test) = module.load_data()
    except Exception as error:  # Keras turns network trouble into bare Exception
        raise UsageError(
            f"The real {name} data could not be fetched ({type(error).__name__}).",
            hint='Connect to the network once, or use size="small".',
        ) from error
    return (X_train, y_train.astype(np.int64)), (X_test, y_test.astype(np.int64))


def _known(split: str) -> str:
    if split not in ("train", "test"):
        raise UsageError(f"There is no split {split!r}.", hint='Use "train" or "test".')
    return split


@cache
def _base_images() -> tuple[NDArray[np.float64], Labels]:
    """The bundled digits enlarged to 20x20 in a 28x28 frame, brightness 0..255."""
    from scipy import ndimage
    from sklearn.datasets import load_digits

    bunch = load_digits()
    big = ndimage.zoom(bunch.images, (1, 2.5, 2.5), order=1) * (255.0 / 16.0)
    return np.pad(big, ((0, 0), (4, 4), (4, 4))), bunch.target.astype(np.int64)


def _groups_of(split: str) -> Labels:
    order = np.random.default_rng(1797).permutation(len(_base_images()[1]))
    return order[:_TRAIN_WRITERS] if split == "train" else order[_TRAIN_WRITERS:]


def _distort(images: NDArray[np.float64], rng: np.random.Generator) -> Images:
    matrices, offsets = _random_affine(len(images), rng)
    moved = _resample(images, matrices, offsets)
    peak = moved.max(axis=(1, 2), keepdims=True)
    stretched = moved * (255.0 / np.maximum(peak, 1.0))
    noisy = stretched + rng.normal(0.0, _PIXEL_NOISE, stretched.shape) * (stretched > 8.0)
    result: Images = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    return result


def _random_affine(n: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return n matrices (n, 2, 2) and offsets (n, 2) from output to input pixels, about the centre."""
    angle, shear = rng.normal(0.0, _ROTATION, n), rng.normal(0.0, _SHEAR, n)
    scale = np.exp(rng.normal(0.0, _SCALE, (n, 2)))
    cos, sin = np.cos(angle), np.sin(angle)
    rotate = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    slant = np.zeros((n, 2, 2)) + np.eye(2)
    slant[:, 1, 0] = shear
    matrices = (rotate @ slant) * scale[:, None, :]
    centre = np.full(2, (SIDE - 1) / 2.0)
    return matrices, centre + rng.normal(0.0, _SHIFT, (n, 2)) - matrices @ centre


def _resample(
    images: NDArray[np.float64], matrices: NDArray[np.float64], offsets: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy import ndimage

    out = np.empty_like(images)
    for i, (image, matrix, offset) in enumerate(zip(images, matrices, offsets, strict=True)):
        ndimage.affine_transform(image, matrix, offset, output=out[i], order=1)
    return out
