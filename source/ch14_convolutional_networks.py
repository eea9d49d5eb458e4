# %% [markdown]
# # 14. Deep computer vision with convolutional networks
#
# A dense network does not know that two pixels are neighbours: shuffle all pixels of all images in the same way, and
# it learns just as well. Convolutional networks do know. In this chapter you build their parts by hand, train one that
# finds digits wherever they stand, and then ask more than "what is it?": where is it, how many are there, which
# pixels belong to it?
#
# The images are small digits that come with scikit-learn, and shapes drawn here, so that everything runs in seconds
# and without a network. How the same is done with photographs is told at the end.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars from predict
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that


def small_digits(n, seed, split="train"):
    """Return X (n, 14, 14, 1), grey values 0..255, and y (n,), the digits."""
    images, digits, _ = datasets.mnist_like(n, seed, split)
    return images.reshape(n, 14, 2, 14, 2, 1).mean(axis=(2, 4)).astype(np.float32), digits


def show_row(images, titles=(), boxes=()):
    """Show images (height, width) side by side, with titles, and with boxes (edges as shares of the side)."""
    _, axes = plt.subplots(1, len(images), figsize=(2 * len(images), 2))
    for ax, image in zip(axes, images, strict=True):
        ax.imshow(image, cmap="gray", extent=(0, 1, 1, 0))
        ax.set(xticks=[], yticks=[])
    for ax, title in zip(axes, titles, strict=False):
        ax.set_title(title)
    for ax, (left, top, right, bottom) in zip(axes, boxes, strict=False):
        ax.add_patch(plt.Rectangle((left, top), right - left, bottom - top, fill=False, color="tab:orange"))
    plt.show()

# %% [markdown]
# ## Exercise 1 — Convolution by hand
#
# A neuron of a convolutional layer looks at a small window of the image, in all its channels, and the neurons of one
# *feature map* look everywhere for the same thing, with the same weights (the *filter* or *kernel*). With kernels of
# shape $(k, k, \text{channels}, \text{filters})$ and stride $s$, the sum of output pixel $(i, j)$ in map $f$ is
#
# $$z_{i,j,f} = b_f + \sum_{u,v,c} x_{i s+u,\; j s+v,\; c}\; w_{u,v,c,f} .$$
#
# Mathematicians turn the kernel round first and call this one cross-correlation; in deep learning nobody turns
# anything. Sharing weights makes layers small: $k^2$ · channels · filters weights and one bias per filter, however
# large the image is. The work and the memory for the maps do grow with the image.
#
# What happens at the border? With `valid` the window stays inside the image, so the result has
# $\lfloor (n-k)/s \rfloor + 1$ pixels in a direction with $n$. With `same` it has $\lceil n/s \rceil$: zeros are put
# around the image, as few as are needed for the last window to fit, in total $\max((\text{out}-1)\,s + k - n,\ 0)$.
# Half of them go before, half behind, and if their number is odd, the one more goes *behind*. (PyTorch pads both
# sides alike. Weights that move from one library to the other then see everything one pixel off.)
#
# **Task.** `paddings` returns for one direction how many zeros go before and behind, and how many pixels come out.
# `conv_cost` returns for a whole layer how many weights it has, biases included, how many multiplications one image
# takes, and how many numbers its output has. Count the multiplications by zeros of the padding too.
# <!-- covers: 14.N1 14.N2 -->

# %% answer="sizes"
def paddings(size, kernel, stride=1, padding="valid"):
    """Return (before, behind, out) for one direction, all int; padding is valid or same."""
    ### BEGIN SOLUTION
    if padding == "valid":
        return 0, 0, (size - kernel) // stride + 1
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, out
    ### END SOLUTION


def conv_cost(height, width, channels, filters, kernel, stride=1, padding="valid"):
    """Return (weights, multiplications, outputs) of a layer with square kernels for one image."""
    ### BEGIN SOLUTION
    rows, columns = (paddings(n, kernel, stride, padding)[2] for n in (height, width))
    one = kernel * kernel * channels
    return filters * (one + 1), rows * columns * filters * one, rows * columns * filters
    ### END SOLUTION

# %% checks="sizes_test" points=1
check.equal("Ten pixels, windows of three: eight places, or ten with one zero on each side",
            [paddings(10, 3), paddings(10, 3, padding="same")], [(0, 0, 8), (1, 1, 10)])

### BEGIN HIDDEN TESTS
shift = datasets.hidden_seed("ch14 sizes") % 7
asked = [(n + shift, k, s) for n in (7, 8, 13, 30) for k in (1, 2, 3, 5) for s in (1, 2, 3)]


def by_counting(n, kernel, stride, same):
    """The places of windows, counted one by one."""
    before, behind, places = 0, 0, len(range(0, n - kernel + 1, stride))
    while same and places < len(range(0, n, stride)):
        before, behind = (before, behind + 1) if before == behind else (before + 1, behind)
        places = len(range(0, n + before + behind - kernel + 1, stride))
    return before, behind, places


def cost(h, w, c, f, k, s):
    places = by_counting(h, k, s, True)[2] * by_counting(w, k, s, True)[2]
    return (k * k * c * f + f, places * f * k * k * c, places * f)


check.equal("Valid windows stay inside the image", [tuple(paddings(*case)) for case in asked],
            [by_counting(*case, False) for case in asked], hint="Rows that no window reaches are left out.")
check.equal("With `same`, as many pixels come out as there are steps", [
    tuple(paddings(*case, "same"))[2] for case in asked], [-(-n // s) for n, _, s in asked], hint="Round up.")
check.equal("With `same`, as few zeros as possible are put around, one more behind if the number is odd",
            [tuple(paddings(*case, "same")) for case in asked], [by_counting(*case, True) for case in asked],
            hint="A kernel smaller than the stride needs none.")
check.equal("Weights, multiplications and outputs of a layer are counted",
            [tuple(conv_cost(28 + shift, 19, c, f, k, s, "same")) for c, f, k, s in [(3, 8, 5, 2), (16, 4, 3, 1)]],
            [cost(28 + shift, 19, 3, 8, 5, 2), cost(28 + shift, 19, 16, 4, 3, 1)],
            hint="Each filter has one weight per pixel of its window and channel, and one bias.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** `conv2d` applies kernels to a batch of images, without biases. It is timed: looping over the pixels of the
# result in Python takes too long. Either loop over the few pixels of the *kernel* and add up shifted images, or let
# `np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))` make all windows, without copying, and
# `np.tensordot` the sums.

# %% answer="conv"
def conv2d(x, kernels, stride=1, padding="valid"):
    """Return (n, rows, columns, filters) for x (n, height, width, channels), kernels (k, l, channels, filters)."""
    ### BEGIN SOLUTION
    margins = [paddings(x.shape[axis + 1], kernels.shape[axis], stride, padding)[:2] for axis in (0, 1)]
    x = np.pad(x, [(0, 0), *margins, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[:2], axis=(1, 2))
    return np.tensordot(windows[:, ::stride, ::stride], kernels, axes=((4, 5, 3), (0, 1, 2)))
    ### END SOLUTION

# %% given="conv_demo"
digits_shown, _ = small_digits(1, seed=4)
lines = np.array([[-1.0, 2.0, -1.0]] * 3)
maps = conv2d(digits_shown, np.stack([lines, lines.T], axis=-1)[:, :, None], padding="same")
show_row([digits_shown[0, ..., 0], *np.maximum(maps[0], 0).transpose(2, 0, 1)], ["image", "upright", "level"])

# %% checks="conv_test" points=1
check.close("A window of ones adds up what it sees", conv2d(np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))),
            np.array([8.0, 12.0, 20.0, 24.0]).reshape(1, 2, 2, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 conv"))
x, kernels = rng.normal(size=(2, 9, 12, 3)), rng.normal(size=(3, 2, 3, 4))


def window_by_window(x, w, stride, same):
    (n, height, width, _), (k, l, _, filters) = x.shape, w.shape
    out = [-(-size // stride) if same else (size - m) // stride + 1 for size, m in ((height, k), (width, l))]
    need = [max((o - 1) * stride + m - size, 0) for o, m, size in zip(out, (k, l), (height, width), strict=True)]
    x = np.pad(x, [(0, 0), *((same * (m // 2), same * (m - m // 2)) for m in need), (0, 0)])
    result = np.zeros((n, *out, filters))
    for i, j in np.ndindex(*out):
        window = x[:, i * stride : i * stride + k, j * stride : j * stride + l]
        result[:, i, j] = window.reshape(n, -1) @ w.reshape(-1, filters)
    return result


check.close("Without padding, all channels are added up, and the kernel is not turned",
            conv2d(x, kernels), window_by_window(x, kernels, 1, False), weight=2,
            hint="x[i + u, j + v] goes with w[u, v].")
check.close("Strides leave out places", [conv2d(x, kernels, s) for s in (2, 3)],
            [window_by_window(x, kernels, s, False) for s in (2, 3)], hint="Windows begin at 0, s, 2 s, ...")
check.close("With `same`, zeros are put where paddings says",
            [conv2d(x, w, s, "same") for w in (kernels, x[:, :2, :2].transpose(1, 2, 3, 0)) for s in (1, 2, 3)],
            [window_by_window(x, w, s, True) for w in (kernels, x[:, :2, :2].transpose(1, 2, 3, 0)) for s in (1, 2, 3)],
            hint="Rows and columns have paddings of their own.")
check.faster("A batch takes no loop over pixels", conv2d, times=8, inputs=lambda seed: (
    np.random.default_rng(seed).normal(size=(8, 60, 60, 4)), np.random.default_rng(seed).normal(size=(3, 3, 4, 8))))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Pooling, and what a neuron sees
#
# A *pooling layer* has no weights. It replaces each window by its maximum or its mean, usually 2×2 with stride 2:
# a quarter of the numbers, and a feature that moves by a pixel often gives the same result. *Global* pooling takes
# the mean of a whole map: one number per channel for images of any size. *Depth* pooling works across channels: if
# several filters have learned the same thing turned by different angles, the maximum over them no longer depends on the
# angle.
#
# **Task.** For x of shape (n, height, width, channels):
#
# - `pool2d(x, size, kind)` with windows of size × size side by side; `kind` is `max` or `mean`. Rows and columns at
#   the end that fill no window are left out.
# - `global_mean(x)` of shape (n, channels).
# - `depth_pool(x, group)`: the maximum over each `group` channels that follow one another. Raise `ValueError` if the
#   number of channels is no multiple of the group.
# <!-- covers: 14.N1 14.N3 -->

# %% answer="pool"
def pool2d(x, size=2, kind="max"):
    """Return (n, height // size, width // size, channels); kind is max or mean."""
    ### BEGIN SOLUTION
    n, height, width, channels = x.shape
    rows, columns = height // size, width // size
    windows = x[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    return windows.max(axis=(2, 4)) if kind == "max" else windows.mean(axis=(2, 4))
    ### END SOLUTION


def global_mean(x):
    """Return the mean of every map, (n, channels)."""
    ### BEGIN SOLUTION
    return x.mean(axis=(1, 2))
    ### END SOLUTION


def depth_pool(x, group):
    """Return (n, height, width, channels // group): the maximum of each group of channels."""
    ### BEGIN SOLUTION
    if x.shape[-1] % group:
        raise ValueError(f"{x.shape[-1]} channels cannot be divided into groups of {group}")
    return x.reshape(*x.shape[:-1], -1, group).max(axis=-1)
    ### END SOLUTION

# %% checks="pool_test" points=1
check.close("The largest of four pixels is left",
            pool2d(np.array([[1.0, 5.0, 0.0], [2.0, 3.0, 9.0]]).reshape(1, 2, 3, 1)), [[[[5.0]]]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 pool"))
x = rng.normal(-3.0, 1.0, (2, 11, 8, 6))


def pooled(size, reduce):
    return np.array([[[[reduce(image[i : i + size, j : j + size, c]) for c in range(6)]
                       for j in range(0, 9 - size, size)] for i in range(0, 12 - size, size)] for image in x])


check.close("The maximum is taken of windows side by side", [pool2d(x, s) for s in (2, 3)],
            [pooled(s, np.max) for s in (2, 3)], hint="Every image and channel by itself; values may be negative.")
check.close("And so is the mean", [pool2d(x, s, "mean") for s in (2, 3)], [pooled(s, np.mean) for s in (2, 3)])
check.close("Global pooling gives one number for each image and channel", global_mean(x),
            [[image[..., c].mean() for c in range(6)] for image in x])
check.close("Depth pooling takes channels that follow one another", [depth_pool(x, 2), depth_pool(x, 3)],
            [np.stack([np.max(x[..., c : c + g], axis=-1) for c in range(0, 6, g)], axis=-1) for g in (2, 3)],
            hint="Channels 0, 1, 2 are the first group of three.")
check.raises("Groups that do not fit raise ValueError", ValueError, depth_pool, args=(x, 4),
             hint="Compare channels and group before anything else.")
check.faster("Large maps take no loop", pool2d, times=5,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=(8, 128, 128, 8)), 2, "mean"))
### END HIDDEN TESTS

# %% [markdown]
# ### The receptive field
#
# How much of the image can a neuron deep in the network see? Go through the layers from the image upwards and keep two
# numbers: the side $r$ of what one neuron sees, and the jump $d$, how many image pixels lie between neighbours. At the
# image both are 1. A layer with kernel $k$ and stride $s$ makes
#
# $$r \leftarrow r + (k-1)\,d, \qquad d \leftarrow d\,s .$$
#
# Two layers of 3×3 see as much as one of 5×5, with 18 weights per pair of channels rather than 25, and with a
# non-linearity between them. That is why modern networks stack small kernels. Pooling layers count like convolutions.
# What a neuron does not see it cannot use, so look at this first when a network fails for large objects.
#
# **Task.** `receptive_field(layers)` returns $(r, d)$ for a list of pairs (kernel, stride). `blocks_needed(size)`
# returns how many blocks are needed until $r$ is at least `size`, where a block is two 3×3 convolutions (stride 1) and
# one 2×2 pooling (stride 2).

# %% answer="field"
def receptive_field(layers):
    """Return (side, jump), two int, for layers [(kernel, stride), ...], the one next to the image first."""
    ### BEGIN SOLUTION
    side, jump = 1, 1
    for kernel, stride in layers:
        side += (kernel - 1) * jump
        jump *= stride
    return side, jump
    ### END SOLUTION


def blocks_needed(size):
    """Return how many blocks of conv 3×3, conv 3×3, pool 2×2 it takes to see size pixels."""
    ### BEGIN SOLUTION
    blocks = 0
    while receptive_field([(3, 1), (3, 1), (2, 2)] * blocks)[0] < size:
        blocks += 1
    return blocks
    ### END SOLUTION

# %% checks="field_test" points=1
check.equal("Two layers of 3×3 see 5 pixels, next to each other", receptive_field([(3, 1), (3, 1)]), (5, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 field"))
stacks = [[(int(k), int(s)) for k, s in rng.integers(1, 5, (depth, 2))] for depth in (1, 2, 3, 4)]


def seen(layers, neurons=range(2)):
    """Which pixels neurons see, walked back from the top: the first and last of each."""
    spans = [(i, i) for i in neurons]
    for kernel, stride in layers[::-1]:
        spans = [(a * stride, b * stride + kernel - 1) for a, b in spans]
    return spans


def truth(layers):
    (a, b), (c, _) = seen(layers)
    return (b - a + 1, c - a)


check.equal("Layers of stride 1 add up", [tuple(receptive_field([(k, 1)] * n)) for k, n in ((2, 7), (5, 3), (9, 1))],
            [(8, 1), (13, 1), (9, 1)])
check.equal("Strides below make the window larger", [tuple(receptive_field(layers)) for layers in stacks],
            [truth(layers) for layers in stacks], weight=2,
            hint="A layer's own stride counts for the layers above it.")
check.equal("Enough blocks are stacked, and not one too many", [blocks_needed(n) for n in (1, 2, 6, 7, 16, 17, 200)],
            [next(b for b in range(9) if truth([(3, 1), (3, 1), (2, 2)] * b)[0] >= n)
             for n in (1, 2, 6, 7, 16, 17, 200)], hint="One block sees six pixels; exactly enough is enough.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — A network that finds digits anywhere
#
# The usual plan is old: convolution and pooling in turn, while maps get smaller and more numerous, then dense
# layers. What was new, year by year:
#
# - **LeNet-5** (1998) read cheques. Its last layer did not multiply: each output was the squared distance between the
#   features and the vector of its digit, like a drawing of the ideal 7. Today it is softmax with the cross-entropy,
#   which punishes wrong answers harder and so has larger gradients.
# - **AlexNet** (2012): larger, deeper, convolutions directly on top of each other, ReLU, dropout, and *data
#   augmentation*: images moved, mirrored, made brighter or darker at random.
# - **GoogLeNet** (2014): modules with kernels of several sizes side by side, and 1×1 convolutions that shrink the
#   number of channels first; ten times fewer weights than AlexNet.
# - **VGG** (2014): nothing but 3×3 convolutions and pooling, many of them.
# - **ResNet** (2015), **Xception** (2016), **SENet** (2017): Exercise 4.
#
# (One can also read an image row by row, as a sequence, with the recurrent networks of the next chapter. It works for
# digits; convolutional networks are usually better.)
#
# Below, the digits to learn from were all centred by somebody. Those that come later will not be: they lie up to three
# pixels off. A network that was never shown such digits guesses badly, so show them: layers like
# `keras.layers.RandomTranslation(height, width, fill_mode="constant")`, given the largest shift as a share of the side,
# are a part of the model that works while training only: in `fit`, not in `evaluate` or `predict`. (If you call a model
# yourself, say `model(X, training=False)`; else these layers, unlike dropout, move the images.)
#
# **Task.** `train_cnn(X, y)` returns a trained `keras.Sequential` for raw grey values 0…255 of shape (rows, 14, 14, 1)
# and ten classes, with softmax. It has at most 25,000 weights, recognises at least 75 % of new centred digits and 65 %
# of shifted ones, and needs a few seconds. Start from a convolution 5×5 with 16 filters and stride 2, which halves the
# maps as pooling would, then one of 3×3 with 32 filters, pooling, and one hidden dense layer of 48 neurons; seven
# epochs with Adam at 0.004 are enough.
# <!-- covers: 14.9 14.10 14.11 14.N4 14.N7 -->

# %% given="digits"
X_digits, y_digits = small_digits(2000, seed=14)


def shift_images(X, reach, seed):
    """Return images moved by up to reach pixels, each its own way; what comes in from outside is black."""
    rng, side = np.random.default_rng(seed), X.shape[1]
    wide = np.pad(X, [(0, 0), (reach, reach), (reach, reach), (0, 0)])
    starts = rng.integers(0, 2 * reach + 1, (len(X), 2))
    return np.stack([image[i : i + side, j : j + side] for image, (i, j) in zip(wide, starts, strict=True)])

# %% answer="cnn"
def train_cnn(X, y):
    """Return a trained classifier with ten probabilities for X (rows, 14, 14, 1), grey values 0..255, y (rows,)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(14)
    layers = keras.layers
    parts = [layers.Rescaling(1 / 255), layers.RandomTranslation(0.22, 0.22, fill_mode="constant")]
    for filters, kernel, stride in ((16, 5, 2), (32, 3, 1)):
        parts.append(layers.Conv2D(filters, kernel, stride, "same", activation="relu", kernel_initializer="he_normal"))
    parts += [layers.MaxPooling2D(), layers.Flatten()]
    parts.append(layers.Dense(48, activation="relu", kernel_initializer="he_normal"))
    model = keras.Sequential([layers.Input((14, 14, 1)), *parts, layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.004))
    model.fit(X, y, epochs=7, batch_size=64, verbose=0)
    return model
    ### END SOLUTION

# %% given="cnn_demo"
cnn = None
cnn = train_cnn(X_digits, y_digits)
for place, images in [("centred", X_digits[:500]), ("shifted", shift_images(X_digits[:500], 3, seed=1))]:
    print(f"known digits, {place}: {np.mean(cnn.predict(images, verbose=0).argmax(axis=1) == y_digits[:500]):.3f}")

# %% checks="cnn_test" points=2
check.true("The cell above has trained a network", cnn is not None)
check.probabilities("There are ten probabilities per image", cnn.predict(X_digits[:9], verbose=0), (9, 10), atol=1e-4)

### BEGIN HIDDEN TESTS
X_new, y_new = small_digits(1000, datasets.hidden_seed("ch14 digits"), "test")
X_off = shift_images(X_new, 3, datasets.hidden_seed("ch14 shifts"))


def told_digits(X, training=False):
    return cnn(X, training=training)


check.score("New digits in the middle are recognised", y_new, cnn.predict(X_new, verbose=0).argmax(axis=1),
            at_least=0.75, hint="Does the training loss still fall? Then train longer, or at another rate.")
check.score("And so are digits that lie up to three pixels off", y_new, cnn.predict(X_off, verbose=0).argmax(axis=1),
            at_least=0.65, weight=2, hint="While training, move images by up to three pixels of 14.")
check.parameters("It gets along with 25,000 weights", cnn, at_most=25_000,
                 hint="Most weights sit between the last maps and the dense layer: pool before you flatten.")
check.dropout("Images are moved while training only", told_digits, X_digits[:20],
              hint="A random layer of the model, not images changed beforehand.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Four blocks
#
# ### The residual unit
#
# A *residual unit* (He et al., 2015) adds its input to what its layers compute. The layers then have to learn only
# the difference to the identity, and at the start, when they give next to nothing, the signal still passes through, and
# so does the gradient. With that, networks of 152 layers could be trained. The main path is
#
# convolution 3×3 (stride $s$) → batch normalisation → ReLU → convolution 3×3 → batch normalisation,
#
# then the input is added, and *then* comes one more ReLU. If the unit changes the shape, because $s > 1$ or because the
# number of filters differs from the number of channels, the input cannot be added as it is: it passes a convolution 1×1
# with the same stride and filters, and a batch normalisation. The convolutions are `same` and have no biases (the
# normalisation would take them away again).
#
# **Task.** Complete the layer. `build` knows the number of channels: decide there whether the skip path needs layers.
# Layers kept in a list attribute are found by Keras. It also passes `training` on to the layers inside, so `call`
# needs no such argument.
# <!-- covers: 14.1 14.2 14.N4 14.N5 14.N11 -->

# %% answer="unit"
@keras.saving.register_keras_serializable("ch14")
class ResidualUnit(keras.layers.Layer):
    """Two convolutions and the way around them, for inputs (rows, height, width, channels)."""

    def __init__(self, filters, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def build(self, input_shape):
        """Make the layers of both paths."""
        ### BEGIN SOLUTION
        layers = keras.layers
        self.first = layers.Conv2D(self.filters, 3, self.strides, padding="same", use_bias=False)
        self.second = layers.Conv2D(self.filters, 3, padding="same", use_bias=False)
        self.norms = [layers.BatchNormalization() for _ in range(2)]
        self.skip = []
        if self.strides > 1 or input_shape[-1] != self.filters:
            self.skip = [layers.Conv2D(self.filters, 1, self.strides, padding="same", use_bias=False)]
            self.skip.append(layers.BatchNormalization())
        ### END SOLUTION

    def call(self, inputs):
        """Return the maps (rows, height / strides, width / strides, filters)."""
        ### BEGIN SOLUTION
        main = self.norms[0](self.first(inputs))
        main = self.norms[1](self.second(keras.ops.relu(main)))
        if self.skip:
            inputs = self.skip[1](self.skip[0](inputs))
        return keras.ops.relu(main + inputs)
        ### END SOLUTION

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
        ### END SOLUTION

# %% given="unit_tools"
def unit_with(filters, strides, x, weights=None):
    """Return a unit that has seen x (and, in the shapes of a list of arrays, has these as its kernels)."""
    unit = ResidualUnit(filters, strides)
    unit(x)
    if weights is not None:
        left = [np.asarray(w) for w in weights]
        kernels = [w for w in unit.trainable_weights if len(w.shape) == 4]
        for kernel in sorted(kernels, key=lambda w: tuple(w.shape)):
            kernel.assign(left.pop(0))
    return unit


def unit_sizes(filters, strides, x):
    """Return how many numbers each trainable weight of a unit has, sorted."""
    return sorted(int(np.prod(w.shape)) for w in unit_with(filters, strides, x).trainable_weights)


def averages_moved(x, training):
    """Return for each moving average of a unit without a skip path whether a call with x changes it."""
    unit = unit_with(x.shape[-1], 1, x)
    before = [np.asarray(w) for w in unit.non_trainable_weights]
    unit(5 * x, training=training)
    return [not np.allclose(a, np.asarray(b)) for a, b in zip(before, unit.non_trainable_weights, strict=True)]


def unit_again(filters, strides, x):
    """Return what a unit that was made from the configuration of another gives for x: its shape."""
    again = ResidualUnit.from_config(ResidualUnit(filters, strides).get_config())
    return list(again(x).shape)

# %% checks="unit_test" points=1
some_maps = np.random.default_rng(1).normal(size=(2, 6, 6, 4)).astype(np.float32)
check.close("With kernels of zeros, only the input is left, and the ReLU behind the sum",
            unit_with(4, 1, some_maps, [np.zeros((3, 3, 4, 4))] * 2)(some_maps), np.maximum(some_maps, 0), atol=1e-5,
            hint="No layer stands in the skip path if the shape stays as it is.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 unit"))
x_maps = rng.normal(size=(3, 7, 8, 2)).astype(np.float32)
mine = [rng.normal(0, 0.3, s).astype(np.float32) for s in ((1, 1, 2, 5), (3, 3, 2, 5), (3, 3, 5, 5))]
through, wide, deep = mine


def folded(x, w, stride):
    """A convolution with `same`, then a batch normalisation that has seen nothing yet."""
    k, n, m = len(w), -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    need = [max((out - 1) * stride + k - size, 0) for out, size in ((n, x.shape[1]), (m, x.shape[2]))]
    x = np.pad(x, [(0, 0), *((p // 2, p - p // 2) for p in need), (0, 0)])
    return sum(x[:, i : i + n * stride : stride, j : j + m * stride : stride][:, :n, :m] @ w[i, j]
               for i in range(k) for j in range(k)) / np.sqrt(1.001)


def by_hand(x, stride):
    return np.maximum(folded(np.maximum(folded(x, wide, stride), 0), deep, 1) + folded(x, through, stride), 0)


check.close("With more filters, the unit computes what its description says",
            unit_with(5, 1, x_maps, mine)(x_maps), by_hand(x_maps, 1), rtol=1e-3, atol=1e-3,
            hint="The sum comes before the second ReLU, and normalisation before the sum.")
check.close("With stride 2 both paths halve the maps", unit_with(5, 2, x_maps, mine)(x_maps), by_hand(x_maps, 2),
            rtol=1e-3, atol=1e-3,
            hint="Only the first convolution of the main path has the stride, and so has the one in the skip path.")
check.equal("It has just the weights it needs", [unit_sizes(2, 1, x_maps), unit_sizes(5, 2, x_maps)],
            [[2, 2, 2, 2, 36, 36], [5] * 6 + [10, 90, 225]],
            hint="No biases; the skip path has weights only where the shape changes.")
check.equal("Batch normalisation follows batches while training, and only then", [
    averages_moved(x_maps, training) for training in (True, False)], [[True] * 4, [False] * 4],
            hint="Leave the training argument to Keras.")
check.equal("It can be made again from its configuration", unit_again(4, 2, x_maps), [3, 4, 4, 4],
            hint="get_config returns all arguments of __init__.")
### END HIDDEN TESTS

# %% [markdown]
# ### ResNet-34
#
# A ResNet begins with a convolution 7×7 with 64 filters and stride 2 (`same`, no biases), batch normalisation, ReLU,
# and maximum pooling 3×3 with stride 2 (`same`). Then come the residual units in four stages. All units of a stage
# have the same number of filters, and each stage has twice as many as the one before. The first unit of each stage
# *but the first* has stride 2. At the end stand global average pooling and a dense layer with softmax. With stages of
# 3, 4, 6 and 3 units, that is 1 + 2·16 + 1 = 34 layers with weights, the skip paths not counted.
#
# **Task.** `build_resnet` returns such a `keras.Sequential`. With `width=8` it is small enough to try. Put all layers
# in a list first and make the model of that: `model.add` goes through the whole model again each time.

# %% answer="resnet"
def build_resnet(stages=(3, 4, 6, 3), width=64, classes=10, channels=3):
    """Return an uncompiled ResNet for images of any size; the first stage has width filters."""
    ### BEGIN SOLUTION
    layers = keras.layers
    stem = [layers.Conv2D(width, 7, strides=2, padding="same", use_bias=False), layers.BatchNormalization()]
    stem += [layers.ReLU(), layers.MaxPooling2D(3, strides=2, padding="same")]
    body = [ResidualUnit(width * 2**stage, strides=2 if stage and not unit else 1)
            for stage, units in enumerate(stages) for unit in range(units)]
    top = [layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax")]
    return keras.Sequential([layers.Input((None, None, channels)), *stem, *body, *top])
    ### END SOLUTION

# %% given="resnet_tools"
def map_sizes(model, side):
    """Return the sides and channels of the maps after each layer, [[side, channels], ...], for a square image."""
    x, sizes = np.zeros((1, side, side, model.input_shape[-1]), np.float32), []
    for layer in model.layers:
        x = layer(x)
        sizes += [[x.shape[1], x.shape[3]]] if len(x.shape) == 4 else []
    return sizes

# %% checks="resnet_test" points=1
check.shape("Images of any size get four probabilities",
            build_resnet((1, 1), 4, classes=4)(np.zeros((2, 40, 24, 3), np.float32)), (2, 4))

### BEGIN HIDDEN TESTS
classes, small = 3 + datasets.hidden_seed("ch14 resnet") % 5, {}


def net():
    return small.setdefault("net", build_resnet((2, 1, 2), 6, classes, 1))


def kernels(n_stages):
    """Shapes of all kernels of a network with stages of 2, 1, 2, ... units, 6 filters and one channel."""
    shapes, before = [(7, 7, 1, 6)], 6
    for filters, units in zip((6, 12, 24), (2, 1, 2)[:n_stages], strict=False):
        for _ in range(units):
            shapes += [(3, 3, before, filters), (3, 3, filters, filters)]
            shapes += [(1, 1, before, filters)] * (before != filters)
            before = filters
    return sorted([*shapes, (before, classes)], key=str)


check.equal("It has the kernels of its stages", sorted(
    (tuple(np.shape(w)) for w in net().get_weights() if np.ndim(w) > 1), key=str), kernels(3),
            hint="Each stage has twice the filters of the one before.")
check.equal("Maps are halved by the stem, by pooling, and by each stage but the first",
            map_sizes(net(), 64)[-5:], [[16, 6], [16, 6], [8, 12], [4, 24], [4, 24]],
            hint="Only the first unit of a stage has stride 2.")
check.equal("An odd number of pixels is rounded up, in the stem and in pooling", map_sizes(net(), 49)[:4],
            [[25, 6]] * 3 + [[13, 6]], hint="Both are same; normalisation and ReLU stand between them.")
check.probabilities("It ends with probabilities", net()(np.ones((3, 32, 32, 1), np.float32)), (3, classes), atol=1e-4)
### END HIDDEN TESTS

# %% [markdown]
# ### Space and channels, one after the other
#
# A convolution mixes neighbouring pixels and channels at once. *Xception* (Chollet, 2016) takes them apart: first each
# channel gets one k×k filter of its own (*depthwise*), and then a 1×1 convolution mixes the channels (*pointwise*).
# This *depthwise separable* convolution needs $k^2 c + c f$ weights rather than $k^2 c f$, about nine times fewer for
# 3×3, and often does as well or better. Few channels, as in the image itself, are no place for it. *MobileNet* made
# it the basis of networks for phones.
#
# Later families vary the block: **ResNeXt** splits it into many parallel groups of channels; **DenseNet** passes the
# maps of every layer to all later ones in its block, concatenated, not added; **CSPNet** sends half of the channels
# around the block, untouched, which saves work; **EfficientNet** makes depth, width and image size grow together, by
# one rule.
#
# **Task.** `separable_conv` (stride 1, no biases, odd kernels, `same`) and `weights_saved`, how many weights of the
# ordinary convolution it saves, both without biases.

# %% answer="separable"
def separable_conv(x, depth, point):
    """Return (n, height, width, filters) for x (n, height, width, channels).

    depth has shape (k, k, channels), one filter for each channel, and point has shape (channels, filters).
    """
    ### BEGIN SOLUTION
    half = len(depth) // 2
    x = np.pad(x, [(0, 0), (half, half), (half, half), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, depth.shape[:2], axis=(1, 2))
    return np.einsum("nhwcij,ijc->nhwc", windows, depth) @ point
    ### END SOLUTION


def weights_saved(kernel, channels, filters):
    """Return how many weights fewer a separable convolution has than an ordinary one, int."""
    ### BEGIN SOLUTION
    return kernel**2 * channels * filters - (kernel**2 * channels + channels * filters)
    ### END SOLUTION

# %% checks="separable_test" points=1
check.close("A filter that only looks at its own pixel, and a sum over channels",
            separable_conv(np.array([[[[1.0, 2.0]]]]), np.pad(np.ones((1, 1, 2)), ((1, 1), (1, 1), (0, 0))),
                           np.ones((2, 1))), [[[[3.0]]]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 separable"))
x, point = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 4))


def as_one_kernel(depth):
    """The same as an ordinary convolution with the kernel depth ∘ point."""
    half, w = len(depth) // 2, depth[..., None] * point
    big = np.pad(x, [(0, 0), (half, half), (half, half), (0, 0)])
    return sum(big[:, i : i + 6, j : j + 7] @ w[i, j] for i in range(len(depth)) for j in range(len(depth)))


depths = [rng.normal(size=(k, k, 3)) for k in (1, 3, 5)]
check.close("Kernels of 1×1 mix channels only", separable_conv(x, depths[0], point), as_one_kernel(depths[0]))
check.close("Each channel is filtered by itself, then the channels are mixed",
            [separable_conv(x, depth, point) for depth in depths[1:]], [as_one_kernel(depth) for depth in depths[1:]],
            weight=2, hint="depth[u, v, c] belongs to channel c; the window is not turned, the result as large as x.")
check.equal("The weights saved are counted", [weights_saved(*case) for case in ((3, 64, 128), (5, 3, 16), (1, 8, 8))],
            [73728 - 8768, 1200 - 123, -8], hint="It may even need more: see 1×1.")
### END HIDDEN TESTS

# %% [markdown]
# ### Squeeze and excite
#
# *SENet* (Hu et al., 2017) adds a small gate to each block. It takes the global mean of every map (*squeeze*), passes
# these numbers through a dense layer with ReLU that is `ratio` times smaller and one with sigmoid of the old size
# (*excite*), and multiplies every map by its number. If it sees a nose and a mouth, it turns up the map of eyes.
#
# **Task.** Complete the layer. The number of channels is a multiple of `ratio`. Both dense layers have biases.

# %% answer="squeeze"
class SqueezeExcite(keras.layers.Layer):
    """A gate between 0 and 1 for each channel of inputs (rows, height, width, channels)."""

    def __init__(self, ratio=4, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape):
        """Make the two dense layers."""
        ### BEGIN SOLUTION
        self.squeeze = keras.layers.Dense(input_shape[-1] // self.ratio, activation="relu")
        self.excite = keras.layers.Dense(input_shape[-1], activation="sigmoid")
        ### END SOLUTION

    def call(self, inputs):
        """Return the inputs, each map times its gate."""
        ### BEGIN SOLUTION
        means = keras.ops.mean(inputs, axis=(1, 2), keepdims=True)
        return inputs * self.excite(self.squeeze(means))
        ### END SOLUTION

# %% given="squeeze_tools"
def gated(ratio, x, weights=()):
    """Return what a new SqueezeExcite layer makes of x, and the shapes of its weights; weights: put in by shape."""
    layer = SqueezeExcite(ratio)
    layer(x)
    for weight in layer.weights:
        for new in weights:
            if tuple(weight.shape) == np.shape(new):
                weight.assign(new)
    return np.asarray(layer(x)), sorted(list(w.shape) for w in layer.weights)

# %% checks="squeeze_test" points=1
some_maps = np.random.default_rng(1).uniform(1, 2, (2, 3, 3, 8)).astype(np.float32)
check.shape("The maps keep their shape", gated(2, some_maps)[0], (2, 3, 3, 8))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 squeeze"))
x_maps = rng.uniform(0.5, 3.0, (3, 4, 5, 6)).astype(np.float32) * rng.uniform(-1, 1, 6).astype(np.float32)
W, b, V, d = (rng.normal(size=s).astype(np.float32) for s in ((6, 2), 2, (2, 6), 6))


def gates(x):
    return np.asarray(gated(3, x, (W, b, V, d))[0]) / x


expected = 1 / (1 + np.exp(-(np.maximum(x_maps.mean(axis=(1, 2)) @ W + b, 0) @ V + d)))
check.equal("There are two dense layers with biases", gated(3, x_maps)[1], [[2], [2, 6], [6], [6, 2]],
            hint="channels // ratio neurons, then as many as there are channels.")
check.close("A channel has one gate for all its pixels", np.ptp(gates(x_maps), axis=(1, 2)), np.zeros((3, 6)), atol=1e-3,
            hint="The mean is taken over the pixels of a map.")
check.close("The gates follow from the means of all maps", gates(x_maps),
            np.tile(expected[:, None, None], (1, 4, 5, 1)), rtol=1e-3, atol=1e-4, weight=2,
            hint="ReLU in the small layer, sigmoid in the last.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — What is it, and where?
#
# To find one object, let the network predict four more numbers, the edges of its *bounding box*: a regression beside
# the classification, from the same maps. A box here is $(x_0, y_0, x_1, y_1)$, left, top, right and bottom edge, and
# $y$ grows downwards. Others give the middle and the size, or the corner and the size; mixing these up is the most
# common mistake of all. How good a box is, its squared error does not tell. The usual measure is the *intersection
# over union*: the area that two boxes share, over the area that at least one of them covers. It is 1 for equal boxes
# and 0 for boxes that do not touch.
#
# Detectors find the same object several times. *Non-maximum suppression* cleans up: take the box with the highest
# score, drop all boxes of the *same kind* that overlap it with an IoU *above* the limit, and go on with the best of
# those that are left.
#
# **Task.** `iou(a, b)` compares all boxes of one array with all of another; it is timed. A box without area (or turned
# inside out) has an IoU of 0 with everything, itself included. `nms` returns the row numbers of the boxes to keep, the
# highest score first.
# <!-- covers: 14.5 14.N8 14.N10 -->

# %% answer="boxes"
def iou(a, b):
    """Return an array (m, n) of intersections over unions for boxes a (m, 4) and b (n, 4)."""
    ### BEGIN SOLUTION
    a = a[:, None]
    sides = np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=-1)
    area_a, area_b = (np.clip(c[..., 2:] - c[..., :2], 0, None).prod(axis=-1) for c in (a, b))
    union = area_a + area_b - shared
    return np.divide(shared, union, out=np.zeros_like(union), where=union > 0)
    ### END SOLUTION


def nms(boxes, scores, kinds, limit=0.5):
    """Return a list of int, which of the boxes (n, 4) stay; scores and kinds have shape (n,)."""
    ### BEGIN SOLUTION
    rivals = (iou(boxes, boxes) > limit) & (kinds[:, None] == kinds)
    kept, alive = [], np.ones(len(boxes), bool)
    for i in np.argsort(-scores):
        if alive[i]:
            kept.append(int(i))
            alive &= ~rivals[i]
    return kept
    ### END SOLUTION

# %% checks="boxes_test" points=1
check.close("Half of one is a third of both", iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2]])), [[1 / 3]])
check.equal("Of two boxes on one object, the better one stays",
            nms(np.array([[0.0, 0, 4, 4], [0, 0, 4, 5]]), np.array([0.6, 0.9]), np.array([1, 1])), [1])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 boxes"))


def random_boxes(rng, n):
    return np.cumsum([rng.uniform(0, 10, (n, 2)), rng.uniform(0.5, 5, (n, 2))], axis=0).transpose(1, 0, 2).reshape(n, 4)


def one_iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0) * max(h, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def kept_by_rule(boxes, scores, kinds, limit):
    left, kept = [int(i) for i in np.argsort(-scores)], []
    while left:
        kept.append(left[0])
        left = [i for i in left[1:] if kinds[i] != kinds[left[0]] or one_iou(boxes[i], boxes[left[0]]) <= limit]
    return kept


def crowd(seed):
    rng = np.random.default_rng(seed)
    return random_boxes(rng, 120), rng.permutation(120) / 120, rng.integers(0, 3, 120)


A, B = random_boxes(rng, 30), random_boxes(rng, 20)
edges = np.array([[0.0, 0, 4, 4], [4, 0, 8, 4], [1, 1, 3, 2], [2, 2, 2, 5]])
cases = [(limit, *crowd(seed)) for seed, limit in enumerate((0.2, 0.45, 0.7))]
check.close("All pairs have the right overlap", iou(A, B), [[one_iou(a, b) for b in B] for a in A], atol=1e-6,
            hint="Width and height of what is shared are cut off at 0 each, before they are multiplied.")
check.close("Boxes that touch, lie inside each other, or have no area", iou(edges, edges), [
    [1, 0, 1 / 8, 0], [0, 1, 0, 0], [1 / 8, 0, 1, 0], [0, 0, 0, 0]], atol=1e-6,
            hint="Where the union is 0, so is the IoU.")
check.equal("The best boxes of each kind stay, in order", [list(nms(*case[1:], case[0])) for case in cases],
            [kept_by_rule(*case[1:], case[0]) for case in cases], weight=2,
            hint="A box that was dropped suppresses nobody.")
check.faster("Many boxes are compared all at once", iou, times=5,
             inputs=lambda seed: tuple(random_boxes(np.random.default_rng(seed + i), 300) for i in range(2)))
### END HIDDEN TESTS

# %% [markdown]
# ### A network with two answers
#
# **Task.** `train_localiser` returns a trained Keras model that gives a dict for images (rows, 24, 24, 1): under
# `"kind"` three probabilities, under `"box"` the four edges. Name the two output layers so, and pass `loss`, and
# perhaps `loss_weights`, as dicts of these names; the labels come in such a dict too. A squared error of edges from 0
# to 1 is a small number, so without a weight the classification drowns it. To know *where*, the network needs the
# places in its maps: flatten them. Strides lose fewer of them than pooling. Aim at 70 % of the kinds and a mean IoU of
# 0.4 for new images.

# %% given="shapes"
SIDE, SHAPES = 24, ("disc", "frame", "cross")


def draw_shapes(n, seed, most=1):
    """Return images (n, 24, 24, 1) with so many shapes each, kinds (n, most) 0..2, boxes (n, most, 4), masks.

    Edges are shares of the side, 0 to 1. masks (n, 24, 24) says for every pixel: 0 nothing, or 1 + the kind.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    kinds, radius = rng.integers(0, 3, (n, most)), rng.uniform(4.0, 7.0, (n, most))
    middle = radius + rng.random((2, n, most)) * (SIDE - 2 * radius)
    boxes = np.stack([*(middle - radius), *(middle + radius)], axis=-1) / SIDE
    images, masks = rng.uniform(0, 0.3, (n, 1, 1)) * np.ones((SIDE, SIDE)), np.zeros((n, SIDE, SIDE), int)
    for kind, r, cx, cy in zip(kinds.T, radius.T, *middle.transpose(0, 2, 1), strict=True):
        dx, dy, r = np.abs(x - cx[:, None, None]), np.abs(y - cy[:, None, None]), r[:, None, None]
        far = np.maximum(dx, dy)
        rules = [np.hypot(dx, dy) < r, far > r / 2, np.minimum(dx, dy) < r / 3]
        inside = np.choose(kind[:, None, None], rules) & (far < r)
        images = np.where(inside, rng.uniform(0.5, 1.0, (n, 1, 1)), images)
        masks = np.where(inside, 1 + kind[:, None, None], masks)
    return (images + rng.normal(0, 0.1, images.shape))[..., None].astype(np.float32), kinds, boxes, masks


X_shapes, kinds_shapes, boxes_shapes, _ = draw_shapes(1500, seed=15)

# %% answer="localiser"
def train_localiser(X, kinds, boxes):
    """Return a trained model from images to {"kind": (rows, 3), "box": (rows, 4)}; kinds (rows,), boxes (rows, 4)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(15)
    layers = keras.layers
    inputs = maps = layers.Input(X.shape[1:])
    for filters, kernel in ((16, 5), (32, 3)):
        maps = layers.Conv2D(filters, kernel, 2, "same", activation="relu", kernel_initializer="he_normal")(maps)
    hidden = layers.Dense(64, activation="relu", kernel_initializer="he_normal")(layers.Flatten()(maps))
    kind, box = layers.Dense(3, activation="softmax", name="kind"), layers.Dense(4, name="box")
    model = keras.Model(inputs, {"kind": kind(hidden), "box": box(hidden)})
    losses = {"kind": "sparse_categorical_crossentropy", "box": "mse"}
    model.compile(loss=losses, loss_weights={"kind": 1, "box": 10}, optimizer=keras.optimizers.Adam(0.002))
    model.fit(X, {"kind": kinds, "box": boxes}, epochs=8, batch_size=32, verbose=0)
    return model
    ### END SOLUTION

# %% given="localiser_demo"
localiser = None
localiser = train_localiser(X_shapes, kinds_shapes[:, 0], boxes_shapes[:, 0])
guessed = localiser.predict(X_shapes[:5], verbose=0)
show_row(X_shapes[:5, ..., 0], [SHAPES[kind] for kind in guessed["kind"].argmax(axis=1)], guessed["box"])

# %% checks="localiser_test" points=1
check.true("The cell above has trained a model", localiser is not None)
check.equal("The model has two answers, of three and four numbers", {
    name: np.shape(part) for name, part in localiser.predict(X_shapes[:7], verbose=0).items()},
            {"kind": (7, 3), "box": (7, 4)})

### BEGIN HIDDEN TESTS
X_new, kinds_new, boxes_new, _ = draw_shapes(600, datasets.hidden_seed("ch14 localiser"))
told_new = localiser.predict(X_new, verbose=0)


def overlaps(boxes):
    """The IoU of each box with the true one."""
    a, b = np.asarray(boxes, dtype=float), boxes_new[:, 0]
    shared = np.clip(np.minimum(a, b)[:, 2:] - np.maximum(a, b)[:, :2], 0, None).prod(axis=1)
    area_a, area_b = (np.clip(c[:, 2:] - c[:, :2], 0, None).prod(axis=1) for c in (a, b))
    return shared / (area_a + area_b - shared)


check.score("New shapes are told apart", kinds_new[:, 0], told_new["kind"].argmax(axis=1), at_least=0.7,
            hint="More epochs, or another rate?")
check.score("Their boxes overlap the true ones well", boxes_new[:, 0], overlaps(told_new["box"]), metric="mean",
            at_least=0.4, weight=2,
            hint="Do the maps still know where something is? Does the box loss weigh enough?")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Many objects
#
# One could cut a large picture into overlapping pieces and classify each. Neighbouring pieces share most of their
# pixels, so nearly all of the work is done many times over. A *fully convolutional network* (Long et al., 2015) does
# it once. The trick: a dense layer behind maps of $a \times b$ pixels *is* a convolution with $a \times b$ kernels
# and `valid`; there is only one place for the window. So swap it, with the same weights, and the next dense layers
# for 1×1 convolutions. Now images of any size can go in, and out comes a map of answers, one for each position of the
# old input window.
#
# **Task.** `fully_convolutional(model)` gets a Sequential for images of one size: convolutions and pooling (all
# `valid`), one `Flatten`, then dense layers. It returns a new model for images of any size with the same number of
# channels, and weights of its own. `Flatten` reads its maps row by row, pixel by pixel, channel by channel, so a
# `reshape` of the dense kernel is enough. `layer.get_config()` and `type(layer).from_config(...)` make a new layer like
# the old one, `layer.input.shape` tells what goes in, and `dense.activation` is a function that any layer takes.
# <!-- covers: 14.6 14.7 14.N9 14.N12 -->

# %% answer="fcn"
def fully_convolutional(model):
    """Return a Keras model (rows, any height, any width, channels) -> (rows, places, places, classes)."""
    ### BEGIN SOLUTION
    layers, shape, parts = keras.layers, (1, 1), []
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            shape = layer.input.shape[1:3]
            continue
        new = type(layer).from_config(layer.get_config())
        if isinstance(layer, layers.Dense):
            new, shape = layers.Conv2D(layer.units, shape, activation=layer.activation), (1, 1)
        parts.append(new)
    wide = keras.Sequential([layers.Input((None, None, model.input_shape[-1])), *parts])
    wide.set_weights([old.reshape(new.shape) for old, new in zip(model.get_weights(), wide.weights, strict=True)])
    return wide
    ### END SOLUTION

# %% given="fcn_tools"
def piece_model(seed, side=10, channels=2):
    """Return a small classifier of pieces (side, side, channels) with random weights."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    return keras.Sequential([
        layers.Input((side, side, channels)), layers.Conv2D(3, 3, activation="relu", bias_initializer="normal"),
        layers.MaxPooling2D(), layers.Conv2D(4, 2, activation="tanh"), layers.Flatten(),
        layers.Dense(5, activation="relu", bias_initializer="normal"), layers.Dense(3, activation="softmax"),
    ])


def compare(seed, images, pieces):
    """Return what both models say to images and to pieces, and whether the old model stayed as it was."""
    model = piece_model(seed)
    before = model.get_weights()
    wide = fully_convolutional(model)
    told, alone = np.asarray(wide(images)), np.asarray(model(pieces))
    wide.set_weights([0 * w for w in wide.get_weights()])
    same = all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    return told, alone, same

# %% checks="fcn_test" points=1
check.shape("A picture of 16 by 12 has four by two places for windows of 10 that move by 2",
            compare(3, np.zeros((1, 16, 12, 2), np.float32), np.zeros((1, 10, 10, 2), np.float32))[0], (1, 4, 2, 3))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch14 fcn") % 100_000, {}
large = np.random.default_rng(seed).normal(size=(2, 14, 20, 2)).astype(np.float32)
cut = np.array([[[image[i : i + 10, j : j + 10] for j in range(0, 11, 2)] for i in range(0, 5, 2)] for image in large])


def both():
    if not memo:
        told, alone, same = compare(seed, large, cut.reshape(-1, 10, 10, 2))
        one, alone_one, _ = compare(seed + 1, cut[0, 0, :3], cut[0, 0, :3])
        memo.update(told=told, alone=alone.reshape(2, 3, 6, 3), same=same, one=one, alone_one=alone_one)
    return memo


check.close("For one piece it says what the old model says", both()["one"], both()["alone_one"][:, None, None],
            rtol=1e-3, atol=1e-4, hint="Biases and activations belong to the layers too.")
check.close("Each place of a large picture is what the old model says of that piece", both()["told"], both()["alone"],
            rtol=1e-3, atol=1e-4, weight=2, hint="Pooling stays as it is, and padding is valid.")
check.true("The two models share no weights", both()["same"], hint="Make new layers, then copy the weights.")
### END HIDDEN TESTS

# %% [markdown]
# ### From a grid to boxes
#
# **YOLO** (Redmon et al., 2015) is such a network: it looks at the picture once and predicts boxes at every place of a
# coarse grid. Later versions predict, for each place and each of a few *anchors* (typical widths and heights), an
# objectness, four numbers for the box, and a score per kind. With raw outputs $o, t_x, t_y, t_w, t_h, z_1, z_2, \dots$
# at row $i$ and column $j$, cells of $s$ pixels and an anchor $(a_w, a_h)$ in pixels:
#
# $$c_x = (j + \sigma(t_x))\,s, \quad c_y = (i + \sigma(t_y))\,s, \quad w = a_w e^{t_w}, \quad h = a_h e^{t_h},
# \quad \text{score}_k = \sigma(o)\,\text{softmax}(z)_k .$$
#
# $\sigma$ is the sigmoid, so the middle stays inside its cell. What scores too low is dropped, and non-maximum
# suppression does the rest. (Others: *R-CNN* and its successors first propose regions, then classify each; *Mask R-CNN*
# adds a mask per object; *DETR* lets a transformer predict the set of boxes, without anchors or suppression. To *track*
# objects in a video, boxes of one frame are matched with those of the next, by place and by look.)
#
# **Task.** `decode` returns the boxes, scores and kinds of everything that scores at least `least`, the best first;
# each place and anchor counts with its best kind only. No suppression here.

# %% answer="decode"
def decode(raw, anchors, cell, least=0.5):
    """Return boxes (m, 4) in pixels, scores (m,), kinds (m,).

    raw has shape (rows, columns, anchors, 5 + kinds), anchors (anchors, 2), width and height in pixels.
    """
    ### BEGIN SOLUTION
    there, place = (1 / (1 + np.exp(-part)) for part in (raw[..., 0], raw[..., 1:3]))
    rows, columns = np.indices(raw.shape[:2])
    middle = (np.stack([columns, rows], axis=-1)[:, :, None] + place) * cell
    half = anchors * np.exp(raw[..., 3:5]) / 2
    odds = np.exp(raw[..., 5:] - raw[..., 5:].max(axis=-1, keepdims=True))
    best = there * odds.max(axis=-1) / odds.sum(axis=-1)
    boxes = np.concatenate([middle - half, middle + half], axis=-1)
    order = np.argsort(-best, axis=None)[: np.sum(best >= least)]
    return boxes.reshape(-1, 4)[order], best.ravel()[order], odds.argmax(axis=-1).ravel()[order]
    ### END SOLUTION

# %% checks="decode_test" points=1
raw = np.full((2, 3, 1, 7), -9.0)
raw[1, 2, 0] = [9, 0, 0, 0, 0, -5, 5]
found = decode(raw, np.array([[8.0, 4.0]]), 10)
check.close("One object in the last cell: its middle, its size, its kind",
            [np.asarray(found[0])[0], np.asarray(found[2])], [[21.0, 13.0, 29.0, 17.0], [1]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 decode"))
raw, anchors = rng.normal(0, 1.5, (4, 6, 2, 8)), rng.uniform(5, 30, (2, 2))
raw[0, 0, 0, 5:] += 800
raw[0, 0, 0, 0] = -5.0  # too little to be kept at the thresholds below


def one_by_one(least):
    found = []
    for i, j, a in np.ndindex(4, 6, 2):
        o, tx, ty, tw, th, *z = raw[i, j, a]
        z = np.exp(np.array(z) - max(z))
        cx, cy = (j + 1 / (1 + np.exp(-tx))) * 16, (i + 1 / (1 + np.exp(-ty))) * 16
        w, h = anchors[a] * np.exp([tw, th])
        found.append((z.max() / z.sum() / (1 + np.exp(-o)), z.argmax(), cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2))
    return np.array(sorted((f for f in found if f[0] >= least), reverse=True))


def parts(least):
    boxes, scores, kinds = (np.asarray(part, dtype=float) for part in decode(raw, anchors, 16, least))
    return np.column_stack([scores, kinds, boxes])


def by_place(found, columns):
    return found[np.lexsort(found[:, 2:].round(6).T)][:, columns]


check.close("Every place and anchor has its box", by_place(parts(0.0), slice(2, 6)),
            by_place(one_by_one(0.0), slice(2, 6)), atol=1e-6, weight=2,
            hint="Column and t_x go with x, row and t_y with y; w and h are whole sides.")
check.close("Scores are objectness times the probability of the best kind", np.sort(parts(0.0)[:, 0]),
            np.sort(one_by_one(0.0)[:, 0]), atol=1e-6, hint="Softmax of large numbers: subtract the largest first.")
check.close("Kinds fit their scores, and the best comes first", parts(0.0)[:, :2], one_by_one(0.0)[:, :2], atol=1e-6)
check.close("What scores too low is dropped", [parts(t)[:, 0] for t in (0.3, 0.6)],
            [one_by_one(t)[:, 0] for t in (0.3, 0.6)], atol=1e-6, hint="The threshold is for the whole score.")
### END HIDDEN TESTS

# %% [markdown]
# ### How good is a detector?
#
# Sort all boxes it found by score. A box is a *hit* if it overlaps an object of its kind with an IoU above 0.5 that no
# better box has hit before; a second hit on the same object is a mistake. After the best $n$ boxes, the precision is
# the share of hits among them, and the recall the share of objects found. Precision goes up and down, so take at each
# point the best precision *at that recall or any higher one*. The mean of this curve over recalls from 0 to 1 is the
# **average precision** (AP): each hit adds its step of recall times that precision. Recalls never reached count as
# precision 0. Its mean over kinds is the **mean average precision** (mAP). Some benchmarks also take the mean over
# several IoU limits.
#
# **Task.**
#
# - `hits(found, truth, limit)`: for boxes found in one picture (m, 4), best first, and objects (n, 4), which are hits?
#   Each box goes for the object it overlaps most.
# - `precision_recall(hit, scores, n_objects)`: hits and scores of many pictures together, in any order. Returns recall
#   and smoothed precision after each box, the best first.
# - `average_precision(hit, scores, n_objects)`.
# - `plot_curves(curves)` draws one line per entry of `{name: (recall, precision)}`, with a legend and both axes
#   labelled, and returns the Axes.

# %% answer="precision"
def hits(found, truth, limit=0.5):
    """Return a bool array (m,); found (m, 4) is sorted, best first, truth has shape (n, 4), n may be 0."""
    ### BEGIN SOLUTION
    hit, free = np.zeros(len(found), bool), np.ones(len(truth), bool)
    overlap = iou(found, truth)
    for i in range(len(found) if len(truth) else 0):
        best = overlap[i].argmax()
        hit[i] = overlap[i, best] > limit and free[best]
        free[best] &= not hit[i]
    return hit
    ### END SOLUTION


def precision_recall(hit, scores, n_objects):
    """Return (recall, precision), two arrays (m,), for hit (m,) bool and scores (m,)."""
    ### BEGIN SOLUTION
    found = np.cumsum(hit[np.argsort(-scores)])
    precision = found / np.arange(1, len(found) + 1)
    return found / n_objects, np.maximum.accumulate(precision[::-1])[::-1]
    ### END SOLUTION


def average_precision(hit, scores, n_objects):
    """Return the mean of the smoothed precision over recalls from 0 to 1."""
    ### BEGIN SOLUTION
    recall, precision = precision_recall(hit, scores, n_objects)
    return float(np.sum(np.diff(recall, prepend=0) * precision))
    ### END SOLUTION


def plot_curves(curves):
    """Return the Axes of a new figure with one line per entry of curves."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for name, (recall, precision) in curves.items():
        ax.plot(recall, precision, label=name)
    ax.set(xlabel="recall", ylabel="precision")
    ax.legend()
    return ax
    ### END SOLUTION

# %% checks="precision_test" points=1
check.close("Right, wrong, right, with three objects: a third at precision 1, a third at 2/3",
            average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]), 3), (1 + 2 / 3) / 3)
check.figure("The axes and the legend say what is shown", plot_curves({"ours": (np.array([0.5]), np.array([1.0]))}),
             xlabel="recall", ylabel="precision", legend=["ours"])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 precision"))
objects = np.array([[0.0, 0, 10, 10], [20, 0, 30, 10], [0, 20, 10, 30]]) + rng.uniform(2, 7)
tried = objects[[0, 0, 1, 2, 1]] + np.array([[1.0], [0.5], [9.0], [2.0], [0.3]])
results = rng.random(40) < 0.6, rng.permutation(40) / 40, 30


def curve(hit, scores, n):
    """Recall and precision after each box, by counting."""
    good = [bool(hit[i]) for i in np.argsort(-scores)]
    raw = [sum(good[: k + 1]) / (k + 1) for k in range(len(good))]
    return [np.array([sum(good[: k + 1]) / n for k in range(len(good))]),
            np.array([max(raw[k:]) for k in range(len(raw))])]


def area(hit, scores, n):
    recall, precision = curve(hit, scores, n)
    return sum(max([p for r, p in zip(recall, precision, strict=True) if r >= step / n - 1e-9], default=0.0)
               for step in range(1, n + 1)) / n


drawn = plot_curves({"first": curve(*results), "second": (np.array([0.2, 0.7]), np.array([0.9, 0.4]))})
check.equal("An object is hit once, by the best box that is good enough", [
    np.asarray(hits(tried, objects, limit)).tolist() for limit in (0.5, 0.3, 0.75)],
            [[True, False, False, False, True], [True, False, False, True, True], [False, True, False, False, True]],
            hint="A box that is too far off takes no object away from a later one.")
check.equal("A picture without objects has no hits", np.asarray(hits(tried, objects[:0])).tolist(), [False] * 5)
check.close("Recall and precision follow the sorted boxes", list(precision_recall(*results)), curve(*results),
            hint="Sort by score; precision is the best from here on.")
check.close("Average precision is the area below, and what was not found counts as 0",
            [average_precision(*results), average_precision(results[0], results[1], 90)],
            [area(*results), area(results[0], results[1], 90)], hint="Divide by the number of objects.")
check.figure("Each detector has its line", drawn, legend=["first", "second"],
             lines=[curve(*results), (np.array([0.2, 0.7]), np.array([0.9, 0.4]))])
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Which pixels?
#
# *Semantic segmentation* gives every pixel a kind. Objects of one kind are not told apart; that is *instance*
# segmentation, and Mask R-CNN does it. A network that classifies well has shrunk its maps a lot: it knows *what*, and
# only roughly *where*. So the maps are enlarged again. A *transposed convolution* multiplies each input pixel with a
# kernel and adds the products up in the result, `stride` pixels apart: a convolution walked backwards, with weights
# that are learned. And *skip connections* bring back the fine maps from the way down, usually by concatenation (U-Net,
# 2015).
#
# Accuracy flatters here, since most pixels are background. The **mean IoU** counts, for each kind, the pixels where
# truth and answer agree, over those where at least one of them says so, and takes the mean over kinds.
#
# **Task.**
#
# - `conv_transpose(x, kernels, stride)`, for x (n, h, w, channels), kernels (k, l, channels, filters), `valid`: the
#   result has (h − 1) · stride + k rows. Overlapping products add up.
# - `mean_iou(truth, answer, n_kinds)`, for arrays of whole numbers of equal shape. A kind that neither of them has does
#   not count.
# <!-- covers: 14.6 14.8 -->

# %% answer="upsample"
def conv_transpose(x, kernels, stride=2):
    """Return (n, (h - 1) * stride + k, (w - 1) * stride + l, filters)."""
    ### BEGIN SOLUTION
    (n, h, w, _), (k, l, _, filters) = x.shape, kernels.shape
    out = np.zeros((n, (h - 1) * stride + k, (w - 1) * stride + l, filters))
    for i in range(k):
        for j in range(l):
            out[:, i : i + h * stride : stride, j : j + w * stride : stride][:, :h, :w] += x @ kernels[i, j]
    return out
    ### END SOLUTION


def mean_iou(truth, answer, n_kinds):
    """Return the mean, over kinds that occur, of pixels both give it over pixels either gives it."""
    ### BEGIN SOLUTION
    shares = []
    for kind in range(n_kinds):
        either = np.sum((truth == kind) | (answer == kind))
        if either:
            shares.append(np.sum((truth == kind) & (answer == kind)) / either)
    return float(np.mean(shares))
    ### END SOLUTION

# %% checks="upsample_test" points=1
check.close("Two pixels, a kernel of two ones, stride 2: each pixel twice",
            conv_transpose(np.array([3.0, 5.0]).reshape(1, 1, 2, 1), np.ones((1, 2, 1, 1))).ravel(), [3, 3, 5, 5])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch14 upsample"))
x, kernels = rng.normal(size=(2, 4, 5, 3)), rng.normal(size=(3, 2, 3, 4))
truth, answer = rng.integers(0, 3, (2, 2, 9, 9))
answer = np.where(rng.random(answer.shape) < 0.6, truth, answer)


def spread(stride):
    out = np.zeros((2, 3 * stride + 3, 4 * stride + 2, 4))
    for i, j in np.ndindex(4, 5):
        for u, v in np.ndindex(3, 2):
            out[:, i * stride + u, j * stride + v] += x[:, i, j] @ kernels[u, v]
    return out


def iou_by_sets(kinds):
    a, b = ([{int(i) for i in np.flatnonzero(part == kind)} for kind in kinds] for part in (truth, answer))
    return np.mean([len(p & q) / len(p | q) for p, q in zip(a, b, strict=True)])


check.close("Products lie side by side, or leave gaps", conv_transpose(x, kernels, 3), spread(3),
            hint="Input pixel (i, j) starts at (i * stride, j * stride).")
check.close("Products that overlap add up", [conv_transpose(x, kernels, s) for s in (1, 2)], [spread(1), spread(2)],
            hint="The kernel is not turned; rows and columns have their own size.")
check.close("Mean IoU counts each kind alike", mean_iou(truth, answer, 3), iou_by_sets(range(3)),
            hint="First the share of each kind, then their mean.")
check.close("A kind that nowhere occurs does not count", mean_iou(truth, answer, 6), iou_by_sets(range(3)))
### END HIDDEN TESTS

# %% [markdown]
# **Task.** `train_segmenter(X, masks)` returns a trained model from images (rows, height, width, 1) to probabilities
# (rows, height, width, 4): nothing, disc, frame, cross. It has to accept images of any height and width that are
# multiples of 4: `Input((None, None, 1))`, no dense layer. Shapes may cover one another. Brightness says little about
# the kind: a pixel must see the outline of its shape, about 12 pixels across (Exercise 2!), so halve the maps
# twice, by pooling or strides, and double them twice. Aim at a mean IoU of 0.45 on new images.

# %% given="pairs"
X_pairs, _, _, masks_pairs = draw_shapes(400, seed=17, most=2)

# %% answer="segmenter"
def train_segmenter(X, masks):
    """Return a trained Keras model for X (rows, height, width, 1), masks (rows, height, width), 0 to 3."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(17)
    layers = keras.layers

    def conv(filters, kernel, strides=1):
        return layers.Conv2D(filters, kernel, strides, "same", activation="relu", kernel_initializer="he_normal")

    inputs = layers.Input((None, None, 1))
    half = conv(16, 5, 2)(inputs)
    quarter = conv(24, 3)(conv(24, 3, 2)(half))
    maps = layers.Conv2DTranspose(16, 2, strides=2, activation="relu")(quarter)
    maps = layers.Concatenate()([maps, half])
    maps = layers.Conv2DTranspose(8, 2, strides=2, activation="relu")(maps)
    maps = layers.Concatenate()([maps, inputs])
    model = keras.Model(inputs, layers.Conv2D(4, 3, padding="same", activation="softmax")(maps))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, masks, epochs=10, batch_size=16, verbose=0)
    return model
    ### END SOLUTION

# %% given="segmenter_demo"
segmenter = None
segmenter = train_segmenter(X_pairs, masks_pairs)
answered_pairs = segmenter.predict(X_pairs[:3], verbose=0).argmax(axis=-1)
_ = show_row([*X_pairs[:3, ..., 0], *answered_pairs])

# %% checks="segmenter_test" points=1
check.true("The cell above has trained a model", segmenter is not None)
check.shape("Every pixel has four probabilities", segmenter.predict(X_pairs[:2], verbose=0), (2, 24, 24, 4))

### BEGIN HIDDEN TESTS
X_new, _, _, masks_new = draw_shapes(300, datasets.hidden_seed("ch14 segmenter"), most=2)


def mean_over_kinds(truth, answer):
    truth, answer = np.asarray(truth), np.asarray(answer)
    return np.mean([np.sum((truth == k) & (answer == k)) / np.sum((truth == k) | (answer == k)) for k in range(4)])


check.score("New images are taken apart", masks_new.reshape(300, -1),
            np.asarray(segmenter.predict(X_new, verbose=0)).argmax(axis=-1).reshape(300, -1), metric=mean_over_kinds,
            at_least=0.45, weight=2,
            hint="How large is the receptive field of the pixels? Are there skip connections?")
check.shape("Images of another size are welcome", segmenter(np.zeros((1, 32, 20, 1), np.float32)), (1, 32, 20, 4),
            hint="Only convolutions, pooling and what enlarges again.")
check.close("Each pixel has a distribution over the kinds", np.asarray(segmenter(X_new[:3])).sum(axis=-1),
            np.ones((3, 24, 24)), atol=1e-3)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — Standing on shoulders
#
# Nobody trains a large network for a hundred pictures. The lower layers of a good one see edges, corners, textures, and
# these serve for other pictures as well; convolutional networks transfer far better than dense ones.
# `keras.applications` has dozens, with weights from ImageNet:
#
# ```
# base = keras.applications.Xception(weights="imagenet", include_top=False, pooling="avg")
# ready = keras.applications.xception.preprocess_input(images)    # each family wants its own scale!
# ```
#
# To use such a network as it is, with its 1000 classes, keep the top, and `decode_predictions` names the answers.
# To make it your own, take the base and
#
# 1. put a new output layer on it, behind the input scale *the base was trained with*;
# 2. freeze the base and train the head alone: its random weights would send large, useless gradients down;
# 3. unfreeze the upper layers of the base, and go on with a rate at least ten times smaller. Leave *all* its batch
#    normalisation frozen: frozen, it keeps the averages of the millions of images it has seen; else your few
#    pictures replace them. (Older texts call the base with `training=False` for that. In the Keras of today `fit`
#    overrides it, so it does not help.)
#
# After every change of `trainable`, compile again; else Keras goes on as before.
#
# We have no network here, so `pretrained_base` stands in: two layers whose filters are the principal directions
# (chapter 8) of patches of 600 images, then of their maps. It learned without labels, from *digits* with values from
# −1 to 1. Your images are *clothes*, with values from 0 to 255, and there are only 100 of them.
#
# **Task.** Write the three steps. `add_head` returns a model for raw images: rescaled, base, flattened, softmax. Both
# training functions compile and fit, with sparse labels; neither returns anything. `fine_tune` trains everything *but*
# the base's first `n_frozen` layers and its batch normalisation. They get any base: a Sequential for inputs from −1
# to 1.
# <!-- covers: 14.3 14.4 14.12 14.N6 -->

# %% given="base"
def principal_filters(maps, n_filters):
    """Return kernels (3, 3, channels, n_filters): principal directions of 3×3 patches, each with both signs."""
    patches = np.lib.stride_tricks.sliding_window_view(maps[:, ::2], (3, 3), axis=(1, 2))[:, :, ::2]
    patches = patches.transpose(0, 1, 2, 4, 5, 3).reshape(-1, 9 * maps.shape[-1])
    patches = patches - patches.mean(axis=1, keepdims=True)
    directions = np.linalg.eigh(patches.T @ patches)[1][:, : -n_filters // 2 - 1 : -1]
    return np.concatenate([directions, -directions], axis=1).reshape(3, 3, -1, n_filters)


def pretrained_base():
    """Return a Sequential from images (rows, 14, 14, 1), -1 to 1, to maps (rows, 3, 3, 32)."""
    layers, maps = keras.layers, small_digits(600, seed=18)[0] / 127.5 - 1
    base = keras.Sequential([layers.Input(maps.shape[1:])], name="base")
    for number, filters in enumerate((16, 32), start=1):
        conv = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}")
        norm, shrink = layers.BatchNormalization(name=f"norm{number}"), layers.MaxPooling2D(name=f"pool{number}")
        for layer in (conv, norm, layers.ReLU(), shrink):
            base.add(layer)
        conv.set_weights([principal_filters(maps, filters)])
        maps = np.asarray(conv(maps))
        norm.set_weights([np.ones(filters), np.zeros(filters), maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))])
        maps = np.asarray(shrink(keras.ops.relu(norm(maps))))
    return base


def small_clothes(n, seed):
    """Return X (n, 14, 14, 1), grey values 0..255, and y (n,), ten kinds of clothes."""
    images, kinds = datasets.fashion_like(n, seed)
    return images.reshape(n, 14, 2, 14, 2, 1).mean(axis=(2, 4)).astype(np.float32), kinds


X_clothes, y_clothes = small_clothes(100, seed=19)

# %% answer="transfer"
def add_head(base, classes):
    """Return an uncompiled model from raw grey values 0..255 to probabilities of the classes."""
    ### BEGIN SOLUTION
    layers = keras.layers
    inputs = layers.Input(base.input_shape[1:])
    maps = base(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(layers.Flatten()(maps)))
    ### END SOLUTION


def train_head(model, base, X, y):
    """Train all of the model but its base."""
    ### BEGIN SOLUTION
    base.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, y, epochs=30, batch_size=20, verbose=0)
    ### END SOLUTION


def fine_tune(model, base, X, y, n_frozen):
    """Train the model, but not the first n_frozen layers of its base, nor any batch normalisation in it."""
    ### BEGIN SOLUTION
    base.trainable = True
    for number, layer in enumerate(base.layers):
        if number < n_frozen or isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.0005))
    model.fit(X, y, epochs=10, batch_size=20, verbose=0)
    ### END SOLUTION

# %% given="transfer_demo"
def weights_by_layer(base):
    return {layer.name: layer.get_weights() for layer in base.layers if layer.weights}


def reuse(base, X, y, n_frozen):
    """Go through the three steps; return the model, the base's weights before and after, and the two rates."""
    keras.utils.set_random_seed(19)
    model = add_head(base, 10)
    weights, heads, rates = [weights_by_layer(base)], [model.get_weights()[-2]], []
    for train in (train_head, lambda *args: fine_tune(*args, n_frozen)):
        train(model, base, X, y)
        weights.append(weights_by_layer(base))
        heads.append(model.get_weights()[-2])
        rates.append(float(model.optimizer.learning_rate))
    return model, weights, heads, rates


def untrained(X):
    """Return what add_head makes of X with the base and a head that knows nothing yet."""
    return add_head(pretrained_base(), 10).predict(X, verbose=0)


def head_alone(X, W, b):
    """Return what add_head makes of X if the base is an identity and the head has these weights."""
    model = add_head(keras.Sequential([keras.layers.Input(X.shape[1:]), keras.layers.Rescaling(1.0)]), len(b))
    model.set_weights([W, b])
    return model(X)


clothes, base_weights, head_weights, rates_used = reuse(pretrained_base(), X_clothes, y_clothes, 3)
print("known clothes:", np.mean(clothes.predict(X_clothes, verbose=0).argmax(axis=1) == y_clothes))

# %% checks="transfer_test" points=1
check.probabilities("There are ten probabilities per image", untrained(X_clothes[:5]), (5, 10), atol=1e-4)

### BEGIN HIDDEN TESTS
X_new, y_new = small_clothes(800, datasets.hidden_seed("ch14 clothes"))
rng = np.random.default_rng(datasets.hidden_seed("ch14 transfer"))
grey = rng.uniform(0, 255, (5, 2, 3, 1)).astype(np.float32)
W, b = rng.normal(size=(6, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)
z = np.exp((grey / 127.5 - 1).reshape(5, 6) @ W + b)


def stayed(layer, before, after):
    pairs = zip(base_weights[before][layer], base_weights[after][layer], strict=True)
    return [bool(np.array_equal(old, new)) for old, new in pairs]


check.score("With a hundred labels, most new clothes are recognised", y_new,
            clothes.predict(X_new, verbose=0).argmax(axis=1), at_least=0.7,
            hint="Do the images reach the base on the scale it knows?")
check.close("The base gets values from -1 to 1, and the head all of its numbers", head_alone(grey, W, b),
            z / z.sum(axis=1, keepdims=True), rtol=1e-3, atol=1e-4, hint="Rescaling(scale, offset), Flatten, Dense.")
check.equal("Training the head leaves the base as it was, and changes the head", [
    [stayed(name, 0, 1) for name in ("conv1", "norm1", "conv2", "norm2")], bool(np.allclose(*head_weights[:2]))],
            [[[True], [True] * 4, [True], [True] * 4], False], hint="trainable = False before compile.")
check.equal("Fine-tuning changes the upper layers, and no layer that is to stay frozen",
            [stayed("conv1", 1, 2), stayed("norm1", 1, 2), stayed("conv2", 1, 2)], [[True], [True] * 4, [False]],
            hint="Unfreeze the base, freeze its first layers, then compile again.")
check.equal("The base's averages are not replaced by those of a hundred images", stayed("norm2", 0, 2), [True] * 4,
            hint="Leave batch normalisation frozen, wherever it stands.")
check.true("Fine-tuning is at least ten times as careful", bool(0 < rates_used[1] <= rates_used[0] / 9.99))
### END HIDDEN TESTS

# %% [markdown]
# ### A strange report
#
# A colleague writes: "I took Xception with weights from ImageNet for my 300 photographs of three kinds of bolts. I put
# `Dense(3)` on it and trained everything with Adam at 0.01. After two epochs the accuracy on the training images is
# 0.97, but on validation images 0.34, and both together with `model.evaluate` are no better. My images have values
# from 0 to 255. I also tried to mirror and turn all images, but left- and right-handed threads get mixed up."
#
# **Task.** Name at least three things that went wrong, say for each how it explains what was seen or how you would
# check it, and what to do instead. Answer in a few sentences.
# <!-- covers: 14.3 14.4 14.N7 -->

# %% [markdown] essay="report" points=1
# ### BEGIN SOLUTION
# The values are on the wrong scale: Xception was trained with -1 to 1, so use its `preprocess_input` in the model. The
# base was not frozen while the head was random, and 0.01 is far too high for weights that are already good, so they
# were destroyed: train the head alone first, then unfreeze with 1e-4 or less. Accuracy that is high while training and
# at chance in `evaluate`, even on the same images, points to batch normalisation: in training it uses the batch's
# statistics, in `evaluate` moving averages that two epochs of few images have not caught up with; leave those layers
# frozen. Mirroring turns a right-handed thread into a left-handed one, so the labels become wrong: augment
# with shifts, small rotations and brightness only. (Chance is 0.33 with three kinds.)
# ### END SOLUTION

# %% [markdown]
# ### Which one, what for
#
# Maps of a convolutional base are also what networks look at that describe an image in words: for each word they
# weigh the places of the map anew. That is *visual attention*, and chapter 16 builds it.
#
# **Task.** Fill in the dicts. `NETWORKS`: one of `LeNet-5`, `AlexNet`, `GoogLeNet`, `VGG`, `ResNet`, `Xception`,
# `SENet`, `DenseNet`, `ResNeXt`, `CSPNet`, `EfficientNet` for each description. `JOBS`: one of `classification`,
# `localisation`, `detection`, `semantic segmentation`, `instance segmentation`, `tracking`.
#
# `STATEMENTS`: `True` or `False`.
#
# - a: A convolutional layer has more weights for larger images.
# - b: A 3×3 convolution with 32 filters over 16 maps has 4,640 weights with biases.
# - c: A maximum pooling layer has as many weights as a convolution with the same window.
# - d: Two 3×3 layers see as much as one 5×5 layer, with fewer weights.
# - e: Non-maximum suppression drops a cat that sits in front of a dog.
# - f: A fully convolutional network gives one answer for an image of the training size, and more for a larger one.
# - g: A detector that finds nothing wrong, but only half of the objects, has an average precision of about 0.5.
# - h: The last layer of LeNet-5 measured distances to a vector per digit; today we use softmax and cross-entropy.
# - i: Reading images row by row with a recurrent network usually beats a convolutional one.
# - j: After `layer.trainable = True`, `fit` trains the layer at once, without compiling.
# - k: Images go into every network of `keras.applications` as values from 0 to 1.
# - l: Visual attention weighs the places of the feature maps anew for each word of a caption.
# - m: Random changes of images belong into training, not into prediction.
# <!-- covers: 14.1 14.5 14.7 14.8 14.9 14.10 14.11 14.12 14.N2 14.N4 14.N9 14.N11 14.N12 -->

# %% answer="concepts"
NETWORKS = {
    "only 3×3 convolutions and pooling, many of them": None,
    "kernels of several sizes side by side in a module": None,
    "the input of a block is added to its output": None,
    "all earlier maps of a block are concatenated": None,
    "a gate for each channel, from the global means": None,
    "depthwise, then pointwise convolutions throughout": None,
    "half of the channels go around the block": None,
    "depth, width and image size grow by one rule": None,
    "many parallel groups of channels in a block": None,
    "made dropout and augmented images popular in 2012": None,
    "the outputs are squared distances": None,
}
JOBS = {
    "which of ten kinds of waste lies on the picture": None,
    "kind and box of the one animal in front of the camera": None,
    "all cars, each with its box": None,
    "road or pavement, for every pixel": None,
    "every single cell and its exact outline": None,
    "the same ball, from frame to frame": None,
}
STATEMENTS = dict.fromkeys("abcdefghijklm")  # True or False
### BEGIN SOLUTION
NETWORKS = dict(zip(NETWORKS, (
    "VGG", "GoogLeNet", "ResNet", "DenseNet", "SENet", "Xception", "CSPNet", "EfficientNet", "ResNeXt", "AlexNet",
    "LeNet-5"), strict=True))
JOBS = dict(zip(JOBS, (
    "classification", "localisation", "detection", "semantic segmentation", "instance segmentation", "tracking",
), strict=True))
STATEMENTS = {letter: letter in "bdfghlm" for letter in "abcdefghijklm"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*NETWORKS.values(), *JOBS.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Networks up to 2014", [*list(NETWORKS.values())[:2], *list(NETWORKS.values())[9:]],
            ["VGG", "GoogLeNet", "AlexNet", "LeNet-5"], hint="See Exercise 3.")
check.equal("Networks since 2015", list(NETWORKS.values())[2:9],
            ["ResNet", "DenseNet", "SENet", "Xception", "CSPNet", "EfficientNet", "ResNeXt"], hint="See Exercise 4.")
check.equal("Jobs", list(JOBS.values()), ["classification", "localisation", "detection", "semantic segmentation",
                                          "instance segmentation", "tracking"], hint="See Exercises 5 to 7.")
check.equal("Layers and fields, a to d", told("abcd"), [False, True, False, True], hint="See Exercises 1 and 2.")
check.equal("Detectors, e to g", told("efg"), [False, True, True], hint="See Exercises 5 and 6.")
check.equal("Older and other ways, h, i and l", told("hil"), [True, False, True], hint="See Exercises 3 and 8.")
check.equal("Reuse, j, k and m", told("jkm"), [False, False, True], hint="See Exercises 3 and 8.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# On a GPU the code stays the same, and the rest grows.
#
# - **Classification.** `datasets.load_fashion_mnist("full")` fetches 60,000 and 10,000 photographs, 28×28. Two
#   blocks of two convolutions with 64 and 128 filters, batch normalisation and dropout reach 0.91 to 0.93 in 10 to 20
#   epochs: ask for 0.90, and allow five minutes on one GPU. On MNIST (`datasets.load_mnist("full")`) the same network
#   passes 0.99. Our digits are easier to learn, but 2,000 are few, and the shifted ones would not be in any benchmark.
# - **Reuse.** With a network, `tfds.load("tf_flowers")` has 3,670 photographs of five flowers. Frozen Xception with a
#   new head reaches about 0.85 in three epochs, with the upper layers unfrozen at a small rate about 0.91 (figures that
#   others published). Ask for 0.88 and allow ten minutes.
# - **Detection and segmentation.** Train on COCO or Pascal VOC only from pretrained bases (KerasHub has detectors and
#   segmenters ready), and expect hours.
# - **Speed.** Feed the GPU with batches of 64 to 256 and `.prefetch`. `keras.mixed_precision.set_global_policy(
#   "mixed_float16")` with a `float32` output layer, and `jit_compile=True`, often double the speed. Keep channels last,
#   as here; the compiler turns them round if the hardware likes that better. Convolutions add in an order that
#   changes from run to run there, so two runs differ in the last digits.
#
# The stand-ins here, 14×14 digits and 24×24 shapes, show which ideas work. Differences of a point or two, such as those
# between the blocks of Exercise 4, need the full size and several seeds to be seen.
