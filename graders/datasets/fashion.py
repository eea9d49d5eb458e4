"""Clothing images: Fashion MNIST through Keras, and a stand-in of simple drawn silhouettes.

Imports Keras only inside a function; knows nothing of notebooks or checks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graders.datasets.digits import SIDE, Images, Labels, Split, fetch_with_keras
from graders.errors import UsageError

Field = NDArray[np.float64]
Mask = NDArray[np.bool_]

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

# class -> half width at the shoulders, half width at the hem, length, sleeve length (pixels), open front
_TOPS = {
    0: (5.5, 5.5, 18.0, 5.0, False),
    2: (5.8, 5.8, 19.0, 14.0, False),
    3: (3.8, 6.0, 24.0, 2.0, False),
    4: (6.2, 6.6, 22.0, 15.0, True),
    6: (5.6, 5.8, 20.0, 10.0, True),
}
# class -> height at the toe, height at the heel, strap spacing (0: closed)
_SHOES = {5: (4.0, 8.0, 3.0), 7: (5.5, 9.0, 0.0), 9: (6.0, 16.0, 0.0)}


def fashion_like(n: int = 6000, seed: int = 0) -> tuple[Images, Labels]:
    """Return (images uint8 (n, 28, 28), labels (n,) 0..9 in the order of ``CLASSES``).

    Drawn silhouettes with random size, place, brightness and cloth texture: a stand-in that has the shape,
    type, classes and class confusions (shirt, coat, pullover) of Fashion MNIST but none of its photographs.
    """
    rng = np.random.default_rng((seed, len(CLASSES)))
    labels = rng.integers(0, len(CLASSES), n)
    images = np.zeros((n, SIDE, SIDE))
    for label in range(len(CLASSES)):
        rows = np.flatnonzero(labels == label)
        images[rows] = _shade(_silhouettes(label, len(rows), rng), rng)
    return np.clip(np.rint(images), 0, 255).astype(np.uint8), labels


def load_fashion_mnist(size: str = "small") -> Split:
    """Return ``(X_train, y_train), (X_test, y_test)``: uint8 images (n, 28, 28), labels 0..9.

    ``"full"`` is Fashion MNIST (60,000 and 10,000 photographs; Xiao et al., 2017), which Keras fetches
    over the network once. ``"small"`` is a stand-in of 6,000 and 1,000 images drawn by
    :func:`fashion_like`: scores on the two cannot be compared. Raises UsageError for another size.
    """
    if size == "full":
        return fetch_with_keras("fashion_mnist")
    if size != "small":
        raise UsageError(f"There is no Fashion MNIST of size {size!r}.", hint='Use "small" or "full".')
    return fashion_like(6000, 0), fashion_like(1000, 1)


def _silhouettes(label: int, n: int, rng: np.random.Generator) -> Mask:
    """Return n masks (n, 28, 28) of one class, each with its own size and place."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    stretch = np.exp(rng.normal(0.0, 0.08, (2, n, 1, 1)))
    middle = (SIDE - 1) / 2 + rng.normal(0.0, 0.6, (2, n, 1, 1))
    y, x = (rows - middle[0]) / stretch[0], (columns - middle[1]) / stretch[1]
    if label in _TOPS:
        return _top(y, x, *(_vary(v, n, rng) for v in _TOPS[label][:4]), open_front=_TOPS[label][4])
    if label in _SHOES:
        return _shoe(y, x, *(_vary(v, n, rng) for v in _SHOES[label]))
    return _trousers(y, x, n, rng) if label == 1 else _bag(y, x, n, rng)


def _vary(value: float, n: int, rng: np.random.Generator) -> Field:
    return value * np.exp(rng.normal(0.0, 0.15, (n, 1, 1)))


def _top(
    y: Field, x: Field, shoulder: Field, hem: Field, length: Field, sleeve: Field, *, open_front: bool
) -> Mask:
    down = (y + length / 2) / length  # 0 at the shoulders, 1 at the hem
    body = (np.abs(x) < shoulder + (hem - shoulder) * down) & (down > 0) & (down < 1)
    along = y + length / 2
    arm = (np.abs(np.abs(x) - shoulder - 1.0 - 0.2 * along) < 1.8) & (along > 0) & (along < sleeve)
    neck = np.hypot(x, along) < 2.2
    front = (np.abs(x) < 0.5) & (along > 2) if open_front else np.zeros_like(body)
    return np.asarray((body | arm) & ~neck & ~front)


def _shoe(y: Field, x: Field, toe: Field, heel: Field, strap: Field) -> Mask:
    along = (x + 11) / 22  # 0 at the toe, 1 at the heel
    top = 6 - (toe + (heel - toe) * np.clip(along, 0, 1) ** 1.5)
    shape = (along > 0) & (along < 1) & (y < 6) & (y > top)
    holes = (strap > 0) & (np.sin(2 * np.pi * x / np.maximum(strap, 1.0)) > 0.2) & (y < 4)
    return np.asarray(shape & ~holes)


def _trousers(y: Field, x: Field, n: int, rng: np.random.Generator) -> Mask:
    gap = 0.08 * (y + _vary(7.0, n, rng))
    return np.asarray((np.abs(x) < _vary(4.8, n, rng)) & (np.abs(y) < 12) & (np.abs(x) > gap))


def _bag(y: Field, x: Field, n: int, rng: np.random.Generator) -> Mask:
    height, width = _vary(6.5, n, rng), _vary(9.5, n, rng)
    body = (np.abs(x) < width) & (np.abs(y - 4) < height)
    handle = np.abs(np.hypot(x, y - 4 + height) - width * 0.55) < 0.9
    return np.asarray(body | (handle & (y < 4 - height)))


def _shade(masks: Mask, rng: np.random.Generator) -> Field:
    """Fill the silhouettes with cloth: a brightness, soft stripes, and grain; the rest stays black."""
    n = len(masks)
    brightness = rng.uniform(110.0, 235.0, (n, 1, 1))
    direction = rng.normal(0.0, 0.6, (2, n, 1, 1))
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    stripes = 30.0 * np.sin(direction[0] * rows + direction[1] * columns)
    grain = rng.normal(0.0, 18.0, (n, SIDE, SIDE))
    return np.asarray(np.where(masks, np.maximum(brightness + stripes + grain, 1.0), 0.0))
