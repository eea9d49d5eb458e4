# %% [markdown]
# # 11. Training deep networks
#
# Two hidden layers train almost by themselves. With twenty, a network can look perfectly healthy and learn nothing at
# all. In this chapter you find out why, and build the remedies: starting weights, activations, batch normalisation,
# clipping, optimizers, schedules, reused layers, dropout.
#
# The images are `datasets.mnist_like`, small digits that come with scikit-learn, enlarged, here shrunk to 14×14; they
# are easier than the real ones, so scores are not comparable. How to do it at full size is told at the end.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import functools
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import special

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars from predict
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that


def small_digits(n, seed, split="train"):
    """Return X (n, 196), grey values 0..255 of 14×14 images, and y (n,), the digits."""
    images, digits, _ = datasets.mnist_like(n, seed, split)
    return images.reshape(n, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(n, 196), digits

# %% [markdown]
# ## Exercise 1 — Signals that neither fade nor explode
#
# On its way back, the gradient passes every layer, and each multiplies it by the layer's weights and by the slopes of
# its activation. A factor a little below 1, twenty times over: the lower layers get nothing (*vanishing* gradients). A
# little above 1: they get far too much (*exploding*). Either way the layers learn at quite different speeds.
#
# One culprit was the sigmoid. Its slope is at most 1/4, and for large inputs practically 0: the neuron is *saturated*.
# The other was the start. Glorot and Bengio (2010) asked that a layer change the variance of signals neither forward
# nor backward; with $n_\text{in}$ inputs and $n_\text{out}$ outputs that leads to
#
# | rule | variance of the weights | for |
# |---|---|---|
# | `glorot` | $2/(n_\text{in}+n_\text{out})$ | none, sigmoid, tanh, softmax |
# | `he` | $2/n_\text{in}$ | ReLU and its relatives |
# | `lecun` | $1/n_\text{in}$ | SELU |
#
# The weights are drawn from a normal distribution with mean 0, or evenly from $(-r, r)$, where $r$ is $\sqrt 3$ times
# the standard deviation. Keras' default is `glorot_uniform`, so with ReLU say `kernel_initializer="he_normal"`.
#
# **Task.** Write `draw_weights`.
# <!-- covers: 11.1 11.2 11.3 11.4 11.N1 -->

# %% answer="weights"
def draw_weights(n_in, n_out, rule, kind, rng):
    """Return an array (n_in, n_out); rule is glorot, he or lecun, kind is normal or uniform.

    rng is a numpy Generator, the only source of randomness.
    """
    ### BEGIN SOLUTION
    variance = {"glorot": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[rule]
    if kind == "normal":
        return rng.normal(0.0, np.sqrt(variance), (n_in, n_out))
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (n_in, n_out))
    ### END SOLUTION

# %% checks="weights_test" points=1
check.shape("One row per input, one column per neuron",
            draw_weights(4, 3, "he", "uniform", np.random.default_rng(0)), (4, 3))

### BEGIN HIDDEN TESTS
def drawn(rule, kind, label=""):
    rng = np.random.default_rng(datasets.hidden_seed(f"ch11 weights {label}"))
    return np.asarray(draw_weights(600, 200, rule, kind, rng))


def spreads(kind):
    return [float(np.sqrt(np.mean(drawn(rule, kind) ** 2))) for rule in ("glorot", "he", "lecun")]


right = list(np.sqrt([2 / 800, 2 / 600, 1 / 600]))
# Of 120,000 weights the standard deviation is known to 0.2 %.
check.close("Normal weights have the standard deviation of their rule", spreads("normal"), right, rtol=0.02,
            hint="The table gives variances. Glorot's rule takes inputs and outputs, the others the inputs.")
check.close("Uniform weights have the same standard deviation", spreads("uniform"), right, rtol=0.02,
            hint="An even draw from (-r, r) has the standard deviation r / √3.")
check.equal("Uniform weights end at √3 standard deviations, normal ones do not", [
    bool(np.abs(drawn("he", kind)).max() > 1.8 * drawn("he", kind).std()) for kind in ("normal", "uniform")],
            [True, False])
check.true("Another generator gives other weights, the same generator the same",
           all(np.array_equal(drawn("he", kind), drawn("he", kind))
               and not np.array_equal(drawn("he", kind), drawn("he", kind, "b")) for kind in ("normal", "uniform")),
           hint="Draw from the rng that is passed in.")
### END HIDDEN TESTS

# %% [markdown]
# ### Activations
#
# ReLU does not saturate for positive inputs, but a neuron whose sum is negative for *every* row has slope 0
# everywhere and never comes back: it is *dead*. Its relatives keep a slope:
#
# - `leaky`: $z$, and for negative inputs $0.01\,z$. In *RReLU* that slope is drawn at random while training, in
#   *PReLU* it is learned;
# - `elu`: $z$, and for negative inputs $e^z-1$;
# - `selu`: $\lambda z$, and for negative inputs $\lambda\alpha(e^z-1)$. With these constants (Klambauer et al., 2017)
#   the outputs of a deep stack drift to mean 0 and variance 1 by themselves, *if* all layers are dense, one after the
#   other, with LeCun weights, and the inputs are standardised;
# - `gelu`: $z\,\Phi(z)$ with the normal distribution function $\Phi$ (`special.ndtr`); `swish`: $z\,\sigma(z)$;
#   `mish`: $z\tanh(\ln(1+e^z))$. All three are smooth and dip a little below 0.
#
# Which one? ReLU for shallow networks and where time counts (everything is optimised for it; leaky if neurons
# die). For deeper ones Swish; Mish may be a little better and costs more; GELU is usual in transformers. SELU for deep
# plain stacks. Sigmoid and tanh not in hidden layers.
#
# **Task.** `activate(z, name)` computes them all, and `relu`, `sigmoid` and `tanh` (`np.tanh`), for arrays of any
# shape. It is timed: no Python loop over numbers. `special.expit` is a sigmoid and `np.logaddexp(0, z)` is
# $\ln(1+e^z)$, both without overflow.

# %% given="constants"
SELU_ALPHA, SELU_LAMBDA = 1.6732632423543772, 1.0507009873554805

# %% answer="activations"
def activate(z, name):
    """Return the activation called name of every number in the array z."""
    ### BEGIN SOLUTION
    curve = np.expm1(np.minimum(z, 0.0))
    if name == "selu":
        return SELU_LAMBDA * np.where(z > 0, z, SELU_ALPHA * curve)
    rules = {
        "relu": lambda: np.maximum(z, 0.0),
        "sigmoid": lambda: special.expit(z),
        "tanh": lambda: np.tanh(z),
        "leaky": lambda: np.maximum(z, 0.01 * z),
        "elu": lambda: np.where(z > 0, z, curve),
        "gelu": lambda: z * special.ndtr(z),
        "swish": lambda: z * special.expit(z),
        "mish": lambda: z * np.tanh(np.logaddexp(0.0, z)),
    }
    return rules[name]()
    ### END SOLUTION

# %% checks="activations_test" points=1
check.close("ReLU cuts at zero, the leaky one lets a hundredth through",
            [activate(np.array([-2.0, 3.0]), name) for name in ("relu", "leaky")], [[0.0, 3.0], [-0.02, 3.0]])

### BEGIN HIDDEN TESTS
z = np.random.default_rng(datasets.hidden_seed("ch11 activations")).normal(0.0, 3.0, (40, 10))
below, sigmoid = np.exp(np.minimum(z, 0)) - 1, 1 / (1 + np.exp(-z))
TRUTH = {
    "relu": z * (z > 0), "sigmoid": sigmoid, "tanh": 2 / (1 + np.exp(-2 * z)) - 1, "leaky": np.where(z > 0, z, z / 100),
    "elu": np.where(z > 0, z, below), "selu": 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * below),
    "gelu": z * special.erfc(-z / np.sqrt(2)) / 2, "swish": z * sigmoid, "mish": z * np.tanh(np.log(1 + np.exp(z))),
}


def found(*names):
    return {name: activate(z, name) for name in names}


def truth(*names):
    return {name: TRUTH[name] for name in names}


check.close("ReLU, leaky ReLU, sigmoid and tanh are right", found("relu", "leaky", "sigmoid", "tanh"),
            truth("relu", "leaky", "sigmoid", "tanh"), hint="The leaky slope 0.01 belongs to negative inputs.")
check.close("ELU and SELU are right", found("elu", "selu"), truth("elu", "selu"),
            hint="SELU multiplies both branches by lambda.")
check.close("GELU, Swish and Mish are right", found("gelu", "swish", "mish"), truth("gelu", "swish", "mish"),
            atol=1e-3, hint="Each is z times a number between 0 and 1.")
check.faster("Half a million numbers take no loop", activate, times=3,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=500_000), "swish"))
### END HIDDEN TESTS

# %% [markdown]
# ### Fifty layers
#
# **Task.** Send rows through a deep stack and watch.
#
# - `propagate` returns the root mean square $\sqrt{\text{mean}(h^2)}$ of the outputs of layer 1, 2, … `depth`. All
#   layers are as wide as `X`, with normal weights of the rule and no biases.
# - `stuck(Z, name)`: for the weighted sums `Z` of one layer, which neurons learn from no row, because the slope of
#   their activation (`relu`, `sigmoid` or `tanh`) is below 0.01 on every row? Sigmoid has the slope $s(1-s)$, tanh
#   $1-t^2$.
# - `plot_signals(signals)` draws what `propagate` returned: one line per entry of the dict, over the numbers
#   of the layers from 1, on a logarithmic y-axis, with a legend and both axes labelled; it returns the Axes.

# %% answer="signals"
def propagate(X, depth, name, rule, rng):
    """Return an array (depth,): the root mean square of each layer's outputs for X (rows, width)."""
    ### BEGIN SOLUTION
    sizes = []
    for _ in range(depth):
        X = activate(X @ draw_weights(X.shape[1], X.shape[1], rule, "normal", rng), name)
        sizes.append(np.sqrt(np.mean(X**2)))
    return np.array(sizes)
    ### END SOLUTION


def stuck(Z, name):
    """Return an array (neurons,) of bools for Z (rows, neurons): True where no row moves the neuron."""
    ### BEGIN SOLUTION
    s = activate(Z, name)
    slope = {"relu": (Z > 0).astype(float), "sigmoid": s * (1 - s), "tanh": 1 - s**2}[name]
    return (slope < 0.01).all(axis=0)
    ### END SOLUTION


def plot_signals(signals):
    """Return the Axes of a new figure with one line per entry of signals, a dict from names to arrays."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for label, sizes in signals.items():
        ax.plot(np.arange(1, len(sizes) + 1), sizes, label=label)
    ax.set(yscale="log", xlabel="layer", ylabel="root mean square")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="signals_demo"
rows = np.random.default_rng(1).normal(size=(200, 200))
pairs = [("selu", "lecun"), ("relu", "he"), ("relu", "glorot"), ("tanh", "glorot"), ("sigmoid", "glorot")]
plot_signals({f"{name}, {rule}": propagate(rows, 50, name, rule, np.random.default_rng(2)) for name, rule in pairs})
plt.show()

# %% checks="signals_test" points=1
check.figure("The figure has both labels and a legend", plot_signals({"a": np.array([1.0, 0.1])}), xlabel=True,
             ylabel=True, legend=["a"])

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch11 signals")
X_in = np.random.default_rng(seed).normal(size=(200, 200))


def through(name, rule, depth=50, scale=1.0):
    return np.asarray(propagate(scale * X_in, depth, name, rule, np.random.default_rng(seed + 1)))


def rests(Z, slope):
    return [[bool(max(slope(v) for v in column) < 0.01) for column in W.T] for W in Z]


Z = np.random.default_rng(seed).normal(np.linspace(-8, 8, 60), 1.5, (2, 12, 60))
drawn = plot_signals({"one": 10.0 ** -np.arange(5), "two": np.ones(3)})
# Over 30 draws the first layer lies within 2% of these values.
check.close("The first layer of ReLU and SELU has the size of the theory", [
    *through("relu", "he", 1), *through("relu", "lecun", 1), *through("relu", "he", 1, 3.0)],
            [1.0, np.sqrt(0.5), 3.0], rtol=0.08, hint="The root of the mean of the squares, of the outputs.")
# Layer 50 over layer 1, 30 draws: SELU 0.97 to 1.05, ReLU with He's rule 0.2 to 3.4, with Glorot's at most 1.5e-7.
check.equal("Over fifty layers SELU and He keep the signals, Glorot with ReLU loses them", [
    bool(low < sizes[-1] / sizes[0] < high and len(sizes) == 50) for low, high, sizes in [
        (0.8, 1.25, through("selu", "lecun")), (0.05, 10, through("relu", "he")),
        (0, 1e-4, through("relu", "glorot"))]], [True] * 3,
            hint="Fresh weights in every layer; the output of one is the input of the next.")
check.equal("Neurons that no row can move are found", [
    np.asarray(stuck(W, name)).tolist() for name in ("relu", "sigmoid", "tanh") for W in Z],
            [*rests(Z, lambda v: v > 0), *rests(Z, lambda v: 1 / (2 + np.exp(v) + np.exp(-v))),
             *rests(Z, lambda v: 1 / np.cosh(v) ** 2)], hint="Every row has to be without slope.")
check.figure("Every signal is a line over the layers, on a logarithmic axis", drawn, yscale="log",
             legend=["one", "two"], lines=[(np.arange(1, 6), 10.0 ** -np.arange(5)), (np.arange(1, 4), np.ones(3))])
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Batch normalisation
#
# Good starting weights help at the start. *Batch normalisation* (Ioffe and Szegedy, 2015) keeps signals in shape all
# the time. For every feature, over the $m$ rows of the batch,
#
# $$\mu = \tfrac1m\sum x_i,\quad \sigma^2 = \tfrac1m\sum (x_i-\mu)^2,\quad
# y_i = \gamma\,\frac{x_i-\mu}{\sqrt{\sigma^2+\varepsilon}} + \beta .$$
#
# Scale $\gamma$ and shift $\beta$ are learned. A prediction must not depend on the rows that happen to come with it,
# so while training the layer also keeps moving averages,
# $v \leftarrow \text{momentum}\cdot v + (1-\text{momentum})\cdot v_\text{batch}$, of mean and variance, and uses
# *them* when it is not training. That makes four numbers per feature, two of them not trainable.
#
# It may stand before the activation (as its authors had it; then the `Dense` layer needs no bias, $\beta$ does that)
# or after it. As the first layer it does roughly what standardising does. The noise of the batches regularises a
# little. Epochs take longer, but fewer are needed.
#
# **Task.** Complete the layer `BatchNorm` for inputs (rows, features). In `build` add the weights `gamma` (ones),
# `beta` (zeros), `moving_mean` (zeros) and `moving_variance` (ones) with `self.add_weight(shape=..., initializer=...,
# trainable=..., name=...)`; change them with `.assign(...)`. Use `keras.ops`, not Keras' own layer.
# <!-- covers: 11.5 -->

# %% given="rows"
some_rows = np.random.default_rng(3).normal(5.0, 2.0, (32, 3))

# %% answer="batch_norm"
class BatchNorm(keras.layers.Layer):
    """Batch normalisation of inputs (rows, features)."""

    def __init__(self, momentum=0.9, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        """Add gamma, beta, moving_mean and moving_variance."""
        ### BEGIN SOLUTION
        size = (input_shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=size, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(shape=size, initializer="zeros", trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(shape=size, initializer="ones", trainable=False, name="moving_variance")
        ### END SOLUTION

    def call(self, inputs, training=False):
        """Return the normalised inputs; while training, with the batch's mean and variance."""
        ### BEGIN SOLUTION
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = keras.ops.mean(inputs, axis=0), keras.ops.var(inputs, axis=0)
            self.moving_mean.assign(self.momentum * self.moving_mean + (1 - self.momentum) * mean)
            self.moving_variance.assign(self.momentum * self.moving_variance + (1 - self.momentum) * variance)
        return self.gamma * (inputs - mean) / keras.ops.sqrt(variance + self.epsilon) + self.beta
        ### END SOLUTION

# %% given="batch_norm_demo"
print("mean of the features, normalised:", np.round(np.mean(BatchNorm()(some_rows, training=True), axis=0), 4))

# %% checks="batch_norm_test" points=1
check.close("While training, every feature of the output has mean 0",
            np.mean(BatchNorm()(some_rows, training=True), axis=0), np.zeros(3), atol=1e-4)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 batch norm"))
A, B = rng.normal([3.0, -1.0, 0.0, 8.0], [0.05, 1.0, 3.0, 0.3], (2, 7, 4))
scale, shift, memo = rng.uniform(0.5, 2.0, 4), rng.normal(size=4), {}


def normal(X, mean, variance):
    return (X - mean) / np.sqrt(variance + 0.002)


def parts(layer):
    return [np.asarray(w) for w in (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)]


def seen():
    if not memo:  # one layer serves all checks: a batch, then gamma and beta change, then another batch
        layer = BatchNorm(momentum=0.8, epsilon=0.002)
        layer(A[:1])
        start, first, (gamma, beta, *_) = parts(layer), layer(A, training=True), parts(layer)
        layer.set_weights([scale if np.array_equal(w, gamma) else shift if np.array_equal(w, beta) else w
                           for w in layer.get_weights()])
        both = [first, layer(B, training=True)]
        memo.update(layer=layer, start=start, both=both, moving=parts(layer)[2:])
    return memo


averages = [0.16 * A.mean(axis=0) + 0.2 * B.mean(axis=0), 0.64 + 0.16 * A.var(axis=0) + 0.2 * B.var(axis=0)]
check.close("While training, each batch is normalised by itself, then scaled and shifted",
            seen()["both"], [normal(A, A.mean(axis=0), A.var(axis=0)),
                             scale * normal(B, B.mean(axis=0), B.var(axis=0)) + shift], rtol=1e-3,
            atol=1e-3, hint="Variance is the mean of the squares here; epsilon stands under the root.")
check.close("The moving averages follow the batches", seen()["moving"], averages, rtol=1e-3, atol=1e-4,
            hint="momentum is the share of the old value.")
check.close("Predictions use the moving averages", seen()["layer"](10 * A), scale * normal(10 * A, *averages) + shift,
            rtol=1e-3, atol=1e-3, hint="What if training is not True?")
check.row_independent("A predicted row does not depend on the other rows", lambda X: seen()["layer"](X), A)
check.equal("Two vectors are trained and two are not", [len(seen()["layer"].trainable_weights),
                                                        len(seen()["layer"].non_trainable_weights)], [2, 2])
check.close("The weights start as they are described", seen()["start"],
            [np.ones(4), np.zeros(4), np.zeros(4), np.ones(4)])
### END HIDDEN TESTS

# %% [markdown]
# ### For free at prediction
#
# Once training is over, batch normalisation after a `Dense` layer is only one more linear map. So the two can be
# folded into one `Dense` layer that computes the same, faster.
#
# **Task.** `fold` returns the weights and biases of that layer.

# %% answer="fold"
def fold(W, b, gamma, beta, mean, variance, epsilon=1e-3):
    """Return (W2, b2) so that X @ W2 + b2 is the normalised X @ W + b; W is (n_in, n_out), the rest (n_out,)."""
    ### BEGIN SOLUTION
    factor = gamma / np.sqrt(variance + epsilon)
    return W * factor, (b - mean) * factor + beta
    ### END SOLUTION

# %% checks="fold_test" points=1
nothing = fold(np.eye(2), np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2), np.ones(2), 0.0)
check.close("A normalisation that changes nothing leaves the layer as it is", list(nothing), [np.eye(2), np.zeros(2)])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 fold"))
X, W, (b, beta, mean) = rng.normal(size=(30, 5)), rng.normal(size=(5, 4)), rng.normal(size=(3, 4))
gamma, variance = rng.uniform(0.2, 2.0, (2, 4))


def folded(W, b, epsilon=0.05):
    W2, b2 = fold(W, b, gamma, beta, mean, variance, epsilon)
    return X @ np.asarray(W2) + np.asarray(b2)


def two_steps(W, b, epsilon=0.05):
    return (X @ W + b - mean) * gamma / np.sqrt(variance + epsilon) + beta


check.close("One layer computes what the two did", folded(W, 0 * b), two_steps(W, 0 * b), weight=2,
            hint="Each neuron, a column of W, has a factor of its own.")
check.close("The layer's own biases are part of it", folded(W, b), two_steps(W, b),
            hint="The bias is normalised too.")
check.unchanged("The old weights are left as they were", fold, args=(W, b, gamma, beta, mean, variance))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Rescue a network of twenty layers
#
# `sick` below has twelve hidden sigmoid layers. Where do its gradients go? You need no tool for derivatives to see:
# plain gradient descent changes the weights by $-\eta\,\nabla$, so *one step on a copy* shows the gradient,
# $\nabla = (w_\text{before} - w_\text{after})/\eta$. Weights have only seven digits (`float32`), and a tiny change
# beside a large weight is lost; take a huge rate, such as a million, since that copy need not be good for anything.
#
# **Task.** `gradient_sizes(model, X, y)` returns the root mean square of the gradient of each `Dense` kernel (the
# weights with two dimensions), from the first layer to the last, for the sparse categorical cross-entropy of all
# rows as one batch. `train_on_batch` makes one step. The model itself must not change: copy it with
# `keras.models.clone_model` (which does not copy the weights!) and `set_weights`.
# <!-- covers: 11.1 11.3 11.4 11.5 11.N4 -->

# %% given="deep_data"
X_deep, y_deep = small_digits(4000, seed=11)


def sigmoid_stack(n_hidden, units):
    """Return an untrained classifier of images 0..1 with sigmoid layers, as one would have built it in 1995."""
    keras.utils.set_random_seed(11)
    model = keras.Sequential([keras.layers.Input((196,))])
    for _ in range(n_hidden):
        model.add(keras.layers.Dense(units, activation="sigmoid"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model

# %% answer="gradients"
def gradient_sizes(model, X, y):
    """Return an array: the root mean square of the loss's gradient for each Dense kernel, first layer first."""
    ### BEGIN SOLUTION
    rate = 1e6
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(rate))
    copy.train_on_batch(X, y)
    pairs = zip(model.get_weights(), copy.get_weights(), strict=True)
    return np.array([np.sqrt(np.mean(((old - new) / rate) ** 2)) for old, new in pairs if old.ndim == 2])
    ### END SOLUTION

# %% given="gradients_demo"
sick = sigmoid_stack(12, 30)
for number, size in enumerate(gradient_sizes(sick, X_deep[:200] / 255, y_deep[:200]), start=1):
    print(f"layer {number:2}: {size:.1e}")

# %% checks="gradients_test" points=1
check.shape("There is one number for each of the 13 kernels", gradient_sizes(sick, X_deep[:8] / 255, y_deep[:8]), (13,))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch11 gradients"), {}
X_one, y_one = small_digits(50, seed, "test")


def by_hand(weights, X, y):
    pairs, H = list(zip(weights[::2], weights[1::2], strict=True)), [X / 255]
    for W, b in pairs[:-1]:
        H.append(special.expit(H[-1] @ W + b))
    back = special.softmax(H[-1] @ pairs[-1][0] + pairs[-1][1], axis=1) - np.eye(10)[y]
    sizes = []
    for (W, _), h in zip(pairs[::-1], H[::-1], strict=True):
        sizes.append(np.sqrt(np.mean((h.T @ back / len(X)) ** 2)))
        back = back @ W.T * h * (1 - h)
    return np.array(sizes[::-1])


def measured():
    if not memo:
        rng = np.random.default_rng(seed)
        drawn = [rng.normal(0, 0.2, np.shape(w)).astype(np.float32) for w in sick.get_weights()]
        sick.set_weights(drawn)
        memo.update(drawn=drawn, found=np.asarray(gradient_sizes(sick, X_one / 255, y_one)), left=sick.get_weights())
    return memo


check.close("The gradients are right where they are large", measured()["found"][8:],
            by_hand(measured()["drawn"], X_one, y_one)[8:], rtol=0.02,
            hint="One step of plain SGD for all rows together, then divide by the rate.")
check.close("The gradients are right where they have almost vanished", measured()["found"][:8],
            by_hand(measured()["drawn"], X_one, y_one)[:8], rtol=0.02, hint="A huge rate makes tiny gradients visible.")
check.equal("The model has the weights it had", measured()["left"], measured()["drawn"],
            hint="Take the step with a copy, and give the copy the model's weights.")
### END HIDDEN TESTS

# %% [markdown]
# ### Your network
#
# **Task.** `build_deep(X, n_hidden, units)` returns a `keras.Sequential` that is not compiled yet: raw grey values
# 0…255 (196 of them) go in, probabilities of 10 classes come out, and between them are `n_hidden` hidden `Dense`
# layers of `units` neurons. It is then trained under conditions you cannot change, with momentum, batches of 64, five
# epochs. Whether it learns is up to activation, initialisation and normalisation. If you standardise inside, take one
# mean and one standard deviation for all pixels, `Normalization(axis=None)` adapted to `X`, since some pixels are
# always black.

# %% answer="deep"
def build_deep(X, n_hidden=20, units=50):
    """Return an untrained, uncompiled classifier with n_hidden hidden Dense layers for raw images (rows, 196)."""
    ### BEGIN SOLUTION
    scale = keras.layers.Normalization(axis=None)
    scale.adapt(X)
    model = keras.Sequential([keras.layers.Input((196,)), scale])
    for _ in range(n_hidden):
        model.add(keras.layers.Dense(units, kernel_initializer="he_normal"))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("swish"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model
    ### END SOLUTION

# %% given="deep_demo"
keras.utils.set_random_seed(12)
deep = build_deep(X_deep)
deep.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(0.01, momentum=0.9))
print("loss by epoch:", np.round(deep.fit(X_deep, y_deep, epochs=5, batch_size=64, verbose=0).history["loss"], 3))

# %% checks="deep_test" points=1
check.shape("There are ten probabilities per image", build_deep(X_deep).predict(X_deep[:7], verbose=0), (7, 10))

### BEGIN HIDDEN TESTS
X_far, y_far = small_digits(1500, datasets.hidden_seed("ch11 deep"), "test")


def kernels(model):
    return [np.shape(w) for w in model.get_weights() if np.ndim(w) == 2]


check.equal("The network has all its hidden layers", [kernels(deep), kernels(build_deep(X_deep[:99], 3, 7))],
            [[(196, 50), *[(50, 50)] * 19, (50, 10)], [(196, 7), (7, 7), (7, 7), (7, 10)]],
            hint="n_hidden layers of units neurons, and the output layer.")
check.probabilities("The outputs are probabilities", deep.predict(X_far, verbose=0), (1500, 10), atol=1e-4)
check.row_independent("What an image gets does not depend on the other images",
                      lambda X: deep.predict(X, verbose=0), X_far[:40])
# Accuracy over 3 seeds and draws: reference 0.901, sd 0.033, worst 0.876; with ReLU in its place 0.793 at worst; without
# batch normalisation Swish 0.633 at best, sigmoid 0.104 at best. SELU over 6 seeds 0.882, and once, with seed 12, 0.203.
check.score("The deep network recognises new images", y_far, deep.predict(X_far, verbose=0).argmax(axis=1), weight=3,
            at_least=0.7, partial=0.4, hint="Does the loss fall from the first epoch on? See the table in Exercise 1.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Optimizers from their equations
#
# $g$ is the gradient, $\eta$ the rate. **Momentum** remembers where it was going: $m \leftarrow \beta m - \eta g$,
# $w \leftarrow w + m$. With $\beta = 0.9$ it gets up to ten times faster down a steady slope. **Nesterov** measures
# the gradient a little ahead, at $w + \beta m$, where momentum is going to take it.
#
# One exploding gradient can undo a thousand steps, above all in recurrent networks, where batch normalisation hardly
# helps. *Clipping* cuts it down: `value` limits every number to $[-c, c]$, which may turn the direction; `norm`
# shrinks each array whose length (ℓ2 norm) exceeds $c$ to the length $c$; `global` treats all arrays as one long
# vector, so the direction stays. In Keras these are `clipvalue`, `clipnorm` and `global_clipnorm` of any optimizer.
#
# All are *first-order*: they know slopes only. *Second-order* methods also use curvature, and the Hessian of $n$
# weights has $n^2$ entries; for a million weights that does not fit into any memory.
#
# **Task.** Write `clip` and `momentum_path`. `gradient(w)` returns the gradient at `w`.
# <!-- covers: 11.6 11.12 11.13 11.14 11.15 11.16 11.N2 -->

# %% answer="momentum"
def clip(grads, limit, how):
    """Return a list of new arrays: the arrays of the list grads, clipped; how is value, norm or global."""
    ### BEGIN SOLUTION
    if how == "value":
        return [np.clip(g, -limit, limit) for g in grads]
    norms = [np.sqrt(np.sum(g**2)) for g in grads]
    if how == "global":
        norms = [np.sqrt(np.sum(np.square(norms)))] * len(grads)
    return [g * (limit / max(norm, limit)) for g, norm in zip(grads, norms, strict=True)]
    ### END SOLUTION


def momentum_path(gradient, w, rate, steps, beta=0.9, nesterov=False):
    """Return an array (steps + 1, n): the start w (n,) and the point after each step."""
    ### BEGIN SOLUTION
    path, m = [w], np.zeros_like(w)
    for _ in range(steps):
        ahead = w + beta * m if nesterov else w
        m = beta * m - rate * gradient(ahead)
        w = w + m
        path.append(w)
    return np.array(path)
    ### END SOLUTION

# %% checks="momentum_test" points=1
check.close("On a slope of 1 momentum gets faster: 1, then 1 + 0.9, then 1 + 0.9 + 0.81",
            momentum_path(np.ones_like, np.zeros(1), 1.0, 3), [[0.0], [-1.0], [-2.9], [-5.61]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 momentum"))
grads, far = [rng.normal(0, 2, (3, 4)), rng.normal(0, 0.01, 5)], [rng.normal(0, 2, 6), rng.normal(0, 3, (2, 2))]
length = float(np.sqrt(sum(np.sum(g**2) for g in far)))


def banana(w):
    return np.array([-2 * (1 - w[0]) - 40 * w[0] * (w[1] - w[0] ** 2), 20 * (w[1] - w[0] ** 2)])


def oracle(w, rate, beta, nesterov):
    path, m = [w], 0 * w
    while len(path) < 26:
        m = beta * m - rate * banana(path[-1] + beta * m * nesterov)
        path.append(path[-1] + m)
    return np.array(path)


start = rng.uniform(-0.5, 0.5, 2)
check.close("Clipping by value and by norm", [*clip(grads, 0.5, "value"), *clip(grads, 0.5, "norm")],
            [*(np.clip(g, -0.5, 0.5) for g in grads), grads[0] * 0.5 / np.linalg.norm(grads[0]), grads[1]],
            hint="A short array stays as it is.")
check.close("Clipping by the global norm keeps the direction, and leaves short and zero gradients alone", [
    *clip(far, 1.5, "global"), *clip(far, 2 * length, "global"), *clip([0 * g for g in far], 1.0, "global")],
            [*(g * 1.5 / length for g in far), *far, *(0 * g for g in far)], hint="One length for all arrays.")
check.close("Momentum goes the right way", momentum_path(banana, start, 0.004, 25, 0.8),
            oracle(start, 0.004, 0.8, False), hint="beta times the old m, minus the rate times the gradient.")
check.close("Nesterov looks ahead", momentum_path(banana, start, 0.004, 25, 0.7, True), oracle(start, 0.004, 0.7, True),
            hint="The gradient at w + beta * m, the step from w.")
check.unchanged("The start is left as it was", momentum_path, args=(np.ones_like, start, 0.1, 2))
### END HIDDEN TESTS

# %% [markdown]
# ### A rate for every weight
#
# Where a valley is steep in one direction and flat in another, one rate does not fit both. *Adaptive* optimizers
# divide by the size of the gradients so far, weight by weight; step numbers $t$ count from 1:
#
# - `adagrad`: $s \leftarrow s + g^2$, $w \leftarrow w - \eta\,g/(\sqrt s+\varepsilon)$. $s$ only grows, so it often
#   stops too early; good for simple tasks, not for deep networks;
# - `rmsprop`: the same with $s \leftarrow 0.9\,s + 0.1\,g^2$, which forgets;
# - `adam`: $m \leftarrow \beta_1 m + (1-\beta_1) g$, $s \leftarrow \beta_2 s + (1-\beta_2) g^2$. Both begin at 0 and
#   are too small at first, so $\hat m = m/(1-\beta_1^t)$, $\hat s = s/(1-\beta_2^t)$, and
#   $w \leftarrow w - \eta\,\hat m/(\sqrt{\hat s}+\varepsilon)$;
# - `adamax`: $u \leftarrow \max(\beta_2 u, |g|)$ in the place of $s$, and
#   $w \leftarrow w - \eta\,\hat m/(u+\varepsilon)$;
# - `nadam`: Adam with Nesterov's trick: $\beta_1\hat m + (1-\beta_1)\,g/(1-\beta_1^t)$ in the place of $\hat m$;
# - *AdamW*: Adam, and each step also takes $\eta\lambda w$ from the weights, with the $w$ before the step.
#   That *weight decay* is not part of the gradient, so the division by $\sqrt{\hat s}$ does not distort it.
#
# All states begin at 0; $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-7}$. Adaptive methods converge fast
# and need little tuning, but on some data they end in solutions that generalise worse (Wilson et al., 2017): if a
# model disappoints, try Nesterov. Keras has them all; its Nadam and its places for $\varepsilon$ differ a little from
# these.
#
# **Task.** Write `adaptive_path`; `decay` is $\lambda$, for any rule.

# %% given="valley"
def valley(w):
    """Return the gradient of a long valley, fifty times as steep across as along."""
    return np.array([1.0, 50.0]) * w


far_off = np.array([-4.0, 1.0])

# %% answer="adaptive"
def adaptive_path(gradient, w, rate, steps, rule, decay=0.0):
    """Return an array (steps + 1, n): the start w (n,) and the point after each step of the rule."""
    ### BEGIN SOLUTION
    path, m, s = [w], np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        g = gradient(w)
        m = 0.9 * m + 0.1 * g
        ahead = m / (1 - 0.9**t)
        if rule == "adagrad":
            s, ahead = s + g**2, g
        elif rule == "rmsprop":
            s, ahead = 0.9 * s + 0.1 * g**2, g
        elif rule == "adamax":
            s = np.maximum(0.999 * np.sqrt(s), np.abs(g)) ** 2
        else:
            s = 0.999 * s + 0.001 * g**2
        if rule == "nadam":
            ahead = 0.9 * ahead + 0.1 * g / (1 - 0.9**t)
        size = s / (1 - 0.999**t) if rule in ("adam", "nadam") else s
        w = w - rate * (ahead / (np.sqrt(size) + 1e-7) + decay * w)
        path.append(w)
    return np.array(path)
    ### END SOLUTION

# %% given="adaptive_demo"
trails = {name: adaptive_path(valley, far_off, 0.3, 40, name) for name in ("adagrad", "rmsprop", "adam", "nadam")}
trails["nesterov"] = momentum_path(valley, far_off, 0.015, 40, nesterov=True)
for name, trail in trails.items():
    plt.plot(*trail.T, ".-", label=name)
plt.legend()
plt.show()

# %% checks="adaptive_test" points=1
check.close("The first step of Adam is as long as the rate, in every direction",
            adaptive_path(valley, far_off, 0.1, 1, "adam"), [[-4.0, 1.0], [-3.9, 0.9]], rtol=1e-4)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 adaptive"))
M, spot = rng.normal(size=(4, 4)), rng.normal(size=4)


def pull(w, size=1.0):
    return size * (M @ (M.T @ w) + np.sin(3 * w))


def oracle(rule, size=1.0, decay=0.0):
    w, path, seen = spot, [spot], []
    for t in range(1, 31):
        seen.append(pull(w, size))
        G, late = np.array(seen), np.arange(t)[::-1, None]  # how many steps ago
        m, s = 0.1 * np.sum(0.9**late * G, axis=0), 0.001 * np.sum(0.999**late * G**2, axis=0)
        top = {"adagrad": G[-1], "rmsprop": G[-1], "nadam": (0.9 * m + 0.1 * G[-1]) / (1 - 0.9**t)}
        low = {"adagrad": np.sqrt(np.sum(G**2, axis=0)), "rmsprop": np.sqrt(0.1 * np.sum(0.9**late * G**2, axis=0)),
               "adamax": np.max(0.999**late * np.abs(G), axis=0)}
        step = top.get(rule, m / (1 - 0.9**t)) / (low.get(rule, np.sqrt(s / (1 - 0.999**t))) + 1e-7)
        w = w - 0.05 * step - 0.05 * decay * w
        path.append(w)
    return np.array(path)


def walked(*rules, size=1.0, **more):
    return [adaptive_path(lambda w: pull(w, size), spot, 0.05, 30, rule, **more) for rule in rules]


check.close("AdaGrad and RMSProp are right", walked("adagrad", "rmsprop"), [oracle("adagrad"), oracle("rmsprop")],
            hint="AdaGrad adds up, RMSProp forgets.")
check.close("Adam is right from the first step on", walked("adam"), [oracle("adam")], hint="Correct m and s by t.")
check.close("AdaMax and Nadam are right", walked("adamax", "nadam"), [oracle("adamax"), oracle("nadam")])
check.close("Epsilon is added to the root, as tiny gradients show", walked("adagrad", "rmsprop", "adam", size=1e-6),
            [oracle(rule, 1e-6) for rule in ("adagrad", "rmsprop", "adam")], hint="Not under the root.")
check.close("Weight decay takes its share of the weights, undivided", walked("adam", decay=0.3),
            [oracle("adam", 1.0, 0.3)])
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Schedules
#
# A large rate is fast, a small one ends well; so begin large and get smaller. With the step $t$, the start $\eta_0$
# and a span $s$:
#
# - *power*: $\eta_0 / (1 + t/s)^c$, fast at first, then slower and slower;
# - *exponential*: $\eta_0 \cdot 0.1^{t/s}$, a tenth after every $s$ steps;
# - *piecewise constant*: `rates[0]` before the step `boundaries[0]`, `rates[1]` from there on, and so forth;
# - *performance*: multiply the rate by `factor` after `patience` epochs in a row without a new lowest loss, and count
#   afresh (`ReduceLROnPlateau` in Keras).
#
# The first three are in `keras.optimizers.schedules` (power is called `InverseTimeDecay`). Beware of old code:
# `SGD(decay=...)` is ignored today.
#
# **Task.** Write the four; `t` may be a number or an array.
# <!-- covers: 11.18 -->

# %% answer="schedules"
def power_rate(t, rate, s, c=1.0):
    """Return the rate of the power schedule at step t."""
    ### BEGIN SOLUTION
    return rate / (1 + t / s) ** c
    ### END SOLUTION


def exponential_rate(t, rate, s):
    """Return the rate of the exponential schedule at step t."""
    ### BEGIN SOLUTION
    return rate * 0.1 ** (t / s)
    ### END SOLUTION


def piecewise_rate(t, boundaries, rates):
    """Return the rate at step t; boundaries is sorted, and rates has one entry more."""
    ### BEGIN SOLUTION
    return np.asarray(rates)[np.searchsorted(boundaries, t, side="right")]
    ### END SOLUTION


def performance_rates(losses, rate, patience=2, factor=0.5):
    """Return a list with the rate of each epoch; losses[i] is the validation loss at the end of epoch i."""
    ### BEGIN SOLUTION
    used, best, waited = [], np.inf, 0
    for loss in losses:
        used.append(rate)
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited >= patience:
            rate, waited = rate * factor, 0
    return used
    ### END SOLUTION

# %% checks="schedules_test" points=1
check.close("After s steps: half the rate, a tenth of it, and the second piece",
            [power_rate(100, 0.2, 100), exponential_rate(100, 0.2, 100), piecewise_rate(100, [100], [0.2, 0.05])],
            [0.1, 0.02, 0.05])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 schedules"))
t, s, eta = np.arange(0, 900, 7), int(rng.integers(100, 300)), float(rng.uniform(0.05, 0.5))
edges = np.sort(rng.choice(np.arange(7, 890, 7), 3, replace=False))
check.close("Power scheduling falls as it should", power_rate(t, eta, s, 1.5), eta * (s / (s + t)) ** 1.5)
check.close("Exponential scheduling falls as it should", exponential_rate(t, eta, s),
            eta * np.exp(-np.log(10) * t / s))
check.close("Piecewise constant scheduling changes at its boundaries",
            piecewise_rate(t, list(edges), [8.0, 4.0, 2.0, 1.0]), 8.0 / 2 ** np.sum(t[:, None] >= edges, axis=1),
            hint="At the boundary itself the next rate holds.")
check.close("Performance scheduling waits, falls, and counts afresh", performance_rates(
    [5.0, 4.0, 4.5, 4.2, 4.1, 3.0, 3.5, 3.0, 3.2, 3.1, 3.3, 2.0, 2.5], 0.8, 3, 0.1),
            [0.8] * 5 + [0.08] * 4 + [0.008] * 4, hint="A loss that equals the lowest is no new lowest.")
check.close("A fall of the rate does not change what the lowest loss is", performance_rates(
    [1.0, 2.0, 2.0, 1.5, 1.4, 1.3, 0.9, 1.0], 1.0), [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25])
### END HIDDEN TESTS

# %% [markdown]
# ### One cycle
#
# Smith (2018) begins *small*, climbs to a large rate, so that the network leaves poor regions quickly, and comes down
# again; *1cycle* often needs far fewer epochs. For $T$ steps in all, with `tail = T // 10` and
# `half = (T - tail) // 2`: linear from `max_rate / 10` at step 0 to `max_rate` at step `half`, linear back to
# `max_rate / 10` at step `2 * half`, and linear to `max_rate / 1000` at the last step, $T-1$. (The paper also
# lets momentum run the other way, 0.95 → 0.85 → 0.95; Keras compiles momentum into the training step, so here it
# stays.)
#
# **Task.** `one_cycle(total, max_rate)` returns the rates of all steps; `np.interp` draws straight lines. The callback
# `OneCycle(max_rate)` sets `self.model.optimizer.learning_rate` *before each batch*. Keras tells it in the dict
# `self.params` how many `epochs` there are and how many `steps` each has. A second `fit` begins a new cycle.

# %% answer="one_cycle"
def one_cycle(total, max_rate):
    """Return an array (total,) with the rate of each step."""
    ### BEGIN SOLUTION
    half = (total - total // 10) // 2
    corners = [max_rate / 10, max_rate, max_rate / 10, max_rate / 1000]
    return np.interp(np.arange(total), [0, half, 2 * half, total - 1], corners)
    ### END SOLUTION


class OneCycle(keras.callbacks.Callback):
    """Sets the learning rate of every batch of a fit to one cycle."""

    def __init__(self, max_rate):
        super().__init__()
        self.max_rate = max_rate

    def on_train_begin(self, logs=None):
        """Begin a cycle for all batches of all epochs."""
        ### BEGIN SOLUTION
        self.rates = iter(one_cycle(self.params["epochs"] * self.params["steps"], self.max_rate))
        ### END SOLUTION

    def on_train_batch_begin(self, batch, logs=None):
        """Set the rate of this batch; batch counts from 0 in each epoch."""
        ### BEGIN SOLUTION
        self.model.optimizer.learning_rate = float(next(self.rates))
        ### END SOLUTION

# %% given="one_cycle_demo"
def rates_seen(rows, batch_size, epochs, max_rate, fits=1):
    """Train one neuron with OneCycle and return a list of the rates of all batches, for each fit."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(7.0))
    cycle, all_rates = OneCycle(max_rate), []
    for _ in range(fits):
        rates = []
        watch = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs, rates=rates: rates.append(float(model.optimizer.learning_rate))
        )
        model.fit(np.zeros((rows, 1)), np.zeros((rows, 1)), batch_size=batch_size, epochs=epochs, verbose=0,
                  callbacks=[watch, cycle])
        all_rates.append(rates)
    return all_rates


plt.plot(rates_seen(rows=200, batch_size=32, epochs=6, max_rate=0.1)[0], ".-")
plt.xlabel("batch")
plt.ylabel("learning rate")
plt.show()

# %% checks="one_cycle_test" points=1
check.close("100 steps begin at a tenth of the largest rate, reach it at step 45 and end at a thousandth",
            np.asarray(one_cycle(100, 2.0))[[0, 45, 90, 99]], [0.2, 2.0, 0.2, 0.002])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 one cycle"))
top, total, memo = float(rng.uniform(0.1, 1.0)), int(rng.integers(150, 250)), {}


def legs(T, top):
    half = (T - T // 10) // 2
    up, rest = np.linspace(top / 10, top, half + 1), np.linspace(top / 10, top / 1000, T - 2 * half)
    return np.concatenate([up, up[-2::-1], rest[1:]])


def seen():
    if not memo:
        memo["rates"] = rates_seen(45, 10, 4, top, 2)
    return memo["rates"]


check.close("The cycle has its three legs", [one_cycle(total, top), one_cycle(57, 3.0)],
            [legs(total, top), legs(57, 3.0)], hint="The corners are steps 0, half, 2 * half and total - 1.")
check.close("Every batch of every epoch gets its own rate, the short last one too", seen()[0], legs(20, top), rtol=1e-4,
            weight=2, hint="epochs times steps; set the rate before the batch, and count on over the epochs.")
check.close("A second fit begins a new cycle", seen()[1], legs(20, top), rtol=1e-4, hint="Start in on_train_begin.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Reusing layers
#
# Somebody trained a large network A for a task like yours. Its lower layers have found features you need too; take
# them, put a new output on top, and a few rows will do. The more alike the tasks, the more layers can be reused.
# *Freeze* them first (`trainable = False`), so that the wild gradients of the untrained head do not wreck them; train
# the head; then unfreeze and go on with a small rate. After every change of `trainable`, `compile` again, or it may
# have no effect. Layers are objects: putting A's layers into a new model *shares* them, and training B would change
# A. Clone.
#
# Small dense networks learn few, entangled patterns and transfer badly; convolutional ones, whose lower layers find
# edges and textures, transfer well. Beware of reports on one lucky pair of tasks.
#
# Nothing to transfer from, but plenty of rows without labels? *Unsupervised pretraining* trains on them first: once
# restricted Boltzmann machines, layer by layer, today an autoencoder or a GAN, whose layers you keep. In
# *self-supervised* learning the labels come from the data itself: hide words and let the network guess them. Or train
# on an *auxiliary task* whose labels are cheap.
#
# Here, a machine has eight sensors. Task A, its state (one of 8), has thousands of labelled rows. Task B, whether it is
# worn, has 60. The network A has three hidden layers.
#
# **Task.**
#
# - `build_B_on_A(model_A, n_reused)`: a Sequential of *copies* of A's first `n_reused` layers, with A's weights, and
#   one new sigmoid neuron. A stays as it is and shares nothing.
# - `train_head(model_B, X, y)`: freezes all but the last layer, compiles, and trains the head.
# - `fine_tune(model_B, X, y)`: unfreezes everything, compiles with a smaller rate, and trains a little longer.
#
# Both train `model_B` in place; `build_B_on_A` and the two together are judged by the accuracy on new rows.
# <!-- covers: 11.7 11.8 11.9 11.10 11.11 -->

# %% given="machines"
def machine_rows(n, seed):
    """Return X (n, 8), eight sensors, the states (n,) 0..7 of task A, and whether it is worn (n,), task B."""
    mix = np.random.default_rng(110).normal(size=(8, 10)) / np.sqrt(8)
    heads = np.random.default_rng(111).normal(size=(5, 9))

    def signs(X):  # five signs, each of two sums that agree or do not
        return np.tanh(4 * X @ mix[:, :5]) * np.tanh(4 * X @ mix[:, 5:])

    X = np.random.default_rng(seed).normal(size=(n, 8))
    scores = (signs(X) - signs(np.random.default_rng(1).normal(size=(20_000, 8))).mean(axis=0)) @ heads
    return X, scores[:, :8].argmax(axis=1), (scores[:, 8] > 0).astype(int)


def train_A():
    """Return network A, trained on 8000 rows of task A; its layers are hidden1, hidden2, hidden3 and state."""
    keras.utils.set_random_seed(13)
    X, states, _ = machine_rows(8000, seed=13)
    dense = functools.partial(keras.layers.Dense, 50, activation="relu", kernel_initializer="he_normal")
    model = keras.Sequential([keras.layers.Input((8,)), *(dense(name=f"hidden{i}") for i in (1, 2, 3))])
    model.add(keras.layers.Dense(8, activation="softmax", name="state"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.003))
    model.fit(X, states, epochs=30, batch_size=128, verbose=0)
    return model


X_worn, _, y_worn = machine_rows(60, seed=14)

# %% answer="transfer"
def build_B_on_A(model_A, n_reused):
    """Return an untrained Sequential: copies of model_A's first n_reused layers and one sigmoid neuron."""
    ### BEGIN SOLUTION
    copy = keras.models.clone_model(model_A)
    copy.set_weights(model_A.get_weights())
    head = keras.layers.Dense(1, activation="sigmoid", name="head")
    return keras.Sequential([keras.layers.Input(model_A.input_shape[1:]), *copy.layers[:n_reused], head])
    ### END SOLUTION


def train_head(model_B, X, y):
    """Train the last layer of model_B on X (rows, 8) and y (rows,), all others frozen."""
    ### BEGIN SOLUTION
    for layer in model_B.layers[:-1]:
        layer.trainable = False
    model_B.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model_B.fit(X, y, epochs=40, batch_size=16, verbose=0)
    ### END SOLUTION


def fine_tune(model_B, X, y):
    """Go on training all of model_B, carefully."""
    ### BEGIN SOLUTION
    for layer in model_B.layers:
        layer.trainable = True
    model_B.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.0005))
    model_B.fit(X, y, epochs=10, batch_size=16, verbose=0)
    ### END SOLUTION

# %% given="transfer_demo"
model_A = train_A()
keras.utils.set_random_seed(14)
weights_of_A = model_A.get_weights()
model_B = build_B_on_A(model_A, 3)
train_head(model_B, X_worn, y_worn)
fine_tune(model_B, X_worn, y_worn)
print("A untouched:", all(np.array_equal(a, b) for a, b in zip(weights_of_A, model_A.get_weights(), strict=True)))

# %% checks="transfer_test" points=2
check.shape("The new network gives one number per row", build_B_on_A(model_A, 3).predict(X_worn, verbose=0), (60, 1))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch11 transfer"), {}
X_new, _, y_new = machine_rows(3000, seed)


def moved(before, after):
    return [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]


def again():
    if not memo:  # the same with two layers and other rows, weights read between the phases
        X, _, y = machine_rows(60, seed + 1)
        A, net = model_A.get_weights(), build_B_on_A(model_A, 2)
        start = net.get_weights()
        train_head(net, X, y)
        frozen = net.get_weights()
        fine_tune(net, X, y)
        memo.update(A=A, start=start, frozen=frozen, tuned=net.get_weights(), A_after=model_A.get_weights())
    return memo


check.equal("The network begins with A's weights, as many layers as asked for", [
    [np.shape(w) for w in again()["start"]], *again()["start"][:4]],
            [[(8, 50), (50,), (50, 50), (50,), (50, 1), (1,)], *again()["A"][:4]],
            hint="clone_model draws new weights; use set_weights on the clone.")
check.equal("A is as it was after B was trained", again()["A_after"], again()["A"],
            hint="B has to be made of copies of A's layers.")
check.equal("First only the head is trained", moved(again()["start"], again()["frozen"]), [False] * 4 + [True] * 2,
            hint="Freeze, then compile, then fit.")
check.equal("Then all layers are trained", moved(again()["frozen"], again()["tuned"]), [True] * 6,
            hint="Unfreeze, then compile again, then fit.")
check.score("With 60 rows the worn machines are found", y_new,
            (np.asarray(model_B.predict(X_new, verbose=0))[:, 0] > 0.5).astype(int), at_least=0.75, weight=2,
            hint="Enough epochs for the head? A small rate for fine-tuning?")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A colleague reports: "I took the first three of four layers of a dense network that tells eight kinds of
# shoes apart, as they were, put a new output on top and set `trainable = False`. I tried pairs of other shoes until
# one worked: 98 % with 40 photos, where a new network has 93 %! Strange: the old network has got worse since. And for
# X-ray images the method does not help at all."
#
# Explain in a few sentences: Why did the old network get worse, although layers were frozen (name a mistake in the
# order of calls that fits)? Why should you not believe the 98 %? Why did X-rays not work, and what would you try
# there, with 40 labelled images and 50,000 without labels?

# %% [markdown] essay="reuse" points=2
# ### BEGIN SOLUTION
# The layers were shared, not copied: training the new network changed the old one as well. Freezing had no effect,
# because the model had been compiled (and trained) before `trainable` was changed and was not compiled again. A clone
# with A's weights, and freeze, compile, fit in this order, would have avoided both. The pair of classes was chosen by
# its result, on few images: the best of many tries is too good by luck; it has to be repeated with
# classes chosen before and with several seeds. (1 point)
#
# X-rays have little in common with shoes, so at most the lowest layers could help, and dense layers learn patterns
# of particular pixels, which are of no use elsewhere; convolutional layers find edges and textures anywhere. With
# many images without labels one would pretrain on those: an autoencoder, or self-supervised (predict a hidden part of
# the image), then take its lower layers, add a head, train it with the 40 labels and fine-tune with a small rate.
# Or start from a convolutional network trained on other X-rays. (1 point)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 7 — Dropout, penalties, doubt
#
# *Dropout* switches off each neuron with probability $p$ in every training step, so no neuron can rely on a particular
# other one; it is like training many networks at once. So that the sums keep their size, the others are divided by
# the share that is kept, $1-p$ (*inverted* dropout). Take 10 to 50 %, often only in the top hidden layers.
# It is off for predictions. The loss that `fit` reports was measured *with* dropout, so compare
# `model.evaluate` on the training rows with the validation loss.
#
# In a SELU network zeros would disturb mean and variance. *Alpha dropout* puts the value $\alpha' = -\lambda\alpha$
# that SELU has far on the left in their place, and then computes $a\,x + b$ of all, with
#
# $$q = 1-p,\quad a = \bigl(q + \alpha'^2 q\,(1-q)\bigr)^{-1/2},\quad b = -a\,(1-q)\,\alpha',$$
#
# which gives mean 0 and variance 1 back.
#
# **Task.** Write `drop` and `alpha_drop` for arrays, with the Generator `rng`. `drop` is timed.
# <!-- covers: 11.15 11.17 11.19 11.20 11.21 11.22 11.25 11.N1 11.N2 11.N3 -->

# %% answer="drop"
def drop(A, rate, rng):
    """Return a new array: A with dropout at the given rate (less than 1), as while training."""
    ### BEGIN SOLUTION
    return np.where(rng.random(A.shape) < rate, 0.0, A / (1 - rate))
    ### END SOLUTION


def alpha_drop(A, rate, rng):
    """Return a new array: A with alpha dropout at the given rate."""
    ### BEGIN SOLUTION
    low, kept = -SELU_LAMBDA * SELU_ALPHA, 1 - rate
    a = (kept + low**2 * kept * rate) ** -0.5
    return a * np.where(rng.random(A.shape) < rate, low, A) - a * rate * low
    ### END SOLUTION

# %% checks="drop_test" points=1
check.equal("Nothing is dropped at the rate 0", drop(np.arange(6.0), 0.0, np.random.default_rng(0)), np.arange(6.0))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 drop"))
A = rng.normal(size=(300, 400))
low = -1.0507009873554805 * 1.6732632423543772


def dropped(func, rate, label="a"):
    return np.asarray(func(A, rate, np.random.default_rng(datasets.hidden_seed(f"ch11 drop {label}"))))


def of_kept(rate):
    out = dropped(drop, rate)
    return [float(np.mean(out == 0)), float(np.abs(out / A)[out != 0].min()), float(np.abs(out / A)[out != 0].max())]


def of_alpha(rate):
    out, q = dropped(alpha_drop, rate), 1 - rate
    a = 1 / np.sqrt(q + low**2 * q * rate)
    off = np.isclose(out, a * low - a * rate * low, atol=1e-9)
    return [out.mean(), out.std(), off.mean(), np.ptp(out[~off] - a * A[~off])]


# With 120,000 numbers mean, standard deviation and share are known to 0.003.
check.close("The right share is dropped and the rest is scaled up", [of_kept(0.2), of_kept(0.45)],
            [[0.2, 1.25, 1.25], [0.45, 1 / 0.55, 1 / 0.55]], rtol=0.02, hint="Divide by the share that is kept.")
check.close("Alpha dropout keeps mean 0 and standard deviation 1", [of_alpha(0.1), of_alpha(0.4)],
            [[0, 1, 0.1, 0], [0, 1, 0.4, 0]], rtol=0, atol=0.015, hint="a and b apply to all numbers.")
check.true("Every number is dropped or kept by itself, and the generator decides which",
           bool(np.array_equal(dropped(drop, 0.5), dropped(drop, 0.5))
                and 0.2 < np.mean((dropped(drop, 0.5) == 0) & (dropped(drop, 0.5, "b") == 0)) < 0.3
                and all(0.3 < np.mean(part == 0) < 0.7 for part in (*dropped(drop, 0.5), *dropped(drop, 0.5).T))))
check.unchanged("The array itself is left as it was", lambda B: drop(B, 0.5, np.random.default_rng(1)), args=(A[:5],))
check.faster("A million numbers take no loop", drop, times=5, agrees=lambda x, ref: np.shape(x) == np.shape(ref),
             inputs=lambda seed: (np.ones((1000, 1000)), 0.3, np.random.default_rng(seed)))
### END HIDDEN TESTS

# %% [markdown]
# ### Penalties, limits, and fewer weights
#
# An *ℓ2 penalty* adds $\lambda\sum w^2$ to the loss, *ℓ1* adds $\lambda\sum|w|$ and drives many weights to 0.
# *Max-norm* is no penalty: after each step, every neuron's incoming weights are shrunk to the length $r$ if they are
# longer. Write such arguments once: `dense = functools.partial(keras.layers.Dense, activation=...,
# kernel_regularizer=...)`. (With Adam, ℓ2 in the loss and weight decay are two things; AdamW has the latter.)
#
# A network with mostly zeros is small and fast. Train with ℓ1, or *prune*: set the smallest weights to 0. The
# TensorFlow Model Optimization Toolkit (TF-MOT) does it step by step while training.
#
# **Task.**
#
# - `build_regular` returns a compiled Sequential: `n_hidden` hidden layers with Swish, He normal weights, an ℓ2
#   penalty `l2` and the largest norm `max_norm`, all made with one `functools.partial`; dropout at `rate` after each
#   hidden layer except the first; then a softmax layer without penalty or limit; sparse categorical cross-entropy,
#   AdamW.
# - `prune(kernel, share)` returns a new array in which the given share of the weights, those nearest 0, are 0.

# %% answer="regular"
def build_regular(n_in, n_classes, units=60, n_hidden=3, l2=1e-4, rate=0.2, max_norm=1.0):
    """Return a compiled classifier of rows (rows, n_in) with regularised hidden layers."""
    ### BEGIN SOLUTION
    dense = functools.partial(
        keras.layers.Dense,
        activation="swish",
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
        kernel_constraint=keras.constraints.MaxNorm(max_norm),
    )
    model = keras.Sequential([keras.layers.Input((n_in,)), dense(units)])
    for _ in range(n_hidden - 1):
        model.add(dense(units))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.AdamW(0.003))
    return model
    ### END SOLUTION


def prune(kernel, share):
    """Return a copy of the array with round(share * size) of its numbers, the smallest in size, set to 0."""
    ### BEGIN SOLUTION
    pruned = kernel.copy()
    smallest = np.argsort(np.abs(kernel), axis=None)[: round(share * kernel.size)]
    pruned.flat[smallest] = 0.0
    return pruned
    ### END SOLUTION

# %% checks="regular_test" points=1
check.equal("Five inputs, three layers of 60 and two classes make 7,802 parameters",
            build_regular(5, 2).count_params(), 6 * 60 + 2 * 61 * 60 + 61 * 2)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch11 regular"))
X_any, y_any, kernel, memo = rng.normal(size=(64, 6)), rng.integers(0, 3, 64), rng.normal(size=(8, 15)), {}


def swish_net(W):
    H = X_any
    for K, b in zip(W[:-2:2], W[1:-2:2], strict=True):
        H = (H @ K + b) * special.expit(H @ K + b)
    return special.softmax(H @ W[-2] + W[-1], axis=1)


def net():
    if not memo:  # one network serves all checks
        model = build_regular(6, 3, units=9, n_hidden=4, l2=0.03, rate=0.35, max_norm=0.5)
        W, P = model.get_weights(), np.asarray(model.predict(X_any, verbose=0))
        loss = model.evaluate(X_any, y_any, verbose=0) + np.log(P[np.arange(64), y_any]).mean()
        rates = [r for r in (getattr(layer, "rate", None) for layer in model.layers) if r is not None]
        model.fit(X_any, y_any, epochs=2, verbose=0)
        longest = [np.sqrt((K**2).sum(axis=0)).max() for K in model.get_weights()[::2]]
        memo.update(W=W, P=P, penalty=loss, rates=rates, longest=longest, model=model)
    return memo


check.close("The hidden layers use Swish, the last softmax", net()["P"], swish_net(net()["W"]), rtol=1e-3, atol=1e-4)
check.close("The penalty is that of the hidden kernels", net()["penalty"],
            0.03 * sum(np.sum(K**2) for K in net()["W"][:-2:2]), rtol=0.01, hint="keras.regularizers.L2(l2)")
check.equal("No neuron's weights are longer than max_norm, in the hidden layers",
            [bool(n < 0.501) for n in net()["longest"]], [True] * 4 + [False],
            hint="kernel_constraint, for the hidden layers only.")
check.equal("Dropout follows every hidden layer but the first", net()["rates"], [0.35] * 3)
check.dropout("Dropout is for training only", net()["model"], X_any)
check.agrees("The smallest weights are pruned", prune, lambda K, share: np.where(
    np.abs(K) > np.sort(np.abs(K), axis=None)[round(share * K.size) - 1], K, 0.0),
             cases=[(kernel, 0.5), (kernel.T, 0.9)])
check.unchanged("The kernel itself is left as it was", prune, args=(kernel, 0.5))
### END HIDDEN TESTS

# %% [markdown]
# **Task.** In `X_noisy`, `y_noisy` one label in four is wrong, and nobody knows which. A large network learns them by
# heart, and is then very sure of nonsense. `train_regular(X, y)` returns a trained classifier that does not; its
# cross-entropy on new images with *right* labels is judged. Everything is allowed that helps: your `build_regular`,
# fewer epochs, early stopping on rows you set aside. About ten seconds is all the time there is.

# %% given="noisy"
def noisy_digits(n, seed):
    """Return X (n, 196), grey values 0..1, and y (n,), digits of which about one in four is wrong."""
    X, digits = small_digits(n, seed)
    rng = np.random.default_rng(seed)
    return X / 255, np.where(rng.random(n) < 0.27, rng.integers(0, 10, n), digits)


X_noisy, y_noisy = noisy_digits(800, seed=15)

# %% answer="train_regular"
def train_regular(X, y):
    """Return a trained Keras classifier (ten probabilities) for X (rows, 196), y (rows,), some labels wrong."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(15)
    model = build_regular(X.shape[1], 10, l2=1e-3, rate=0.3, max_norm=2.0)
    model.fit(X, y, epochs=12, batch_size=32, verbose=0)
    return model
    ### END SOLUTION

# %% given="train_regular_demo"
regular = train_regular(X_noisy, y_noisy)
print(f"loss on known rows, without dropout: {regular.evaluate(X_noisy, y_noisy, verbose=0):.2f}")

# %% checks="train_regular_test" points=1
check.probabilities("The network gives ten probabilities",
                    train_regular(X_noisy[:64], y_noisy[:64]).predict(X_noisy[:9], verbose=0), (9, 10), atol=1e-4)

### BEGIN HIDDEN TESTS
X_clean, y_clean = small_digits(1500, datasets.hidden_seed("ch11 clean"), "test")
check.score("The probabilities for new images can be trusted", y_clean, regular.predict(X_clean / 255, verbose=0),
            metric="log_loss", at_most=0.9, weight=2, hint="Fewer epochs, more dropout, a larger penalty?")
check.score("Most new images are recognised", y_clean, regular.predict(X_clean / 255, verbose=0).argmax(axis=1),
            at_least=0.8)
### END HIDDEN TESTS

# %% [markdown]
# ### Monte Carlo dropout
#
# Gal and Ghahramani (2016) leave dropout on for predictions, ask often, and take the mean. Seen the Bayesian way, each
# mask is a draw from what the weights might be, given the data, so the spread of the answers tells how much the model
# doubts. It works with any network with dropout that is already trained. Do not expect the mean to be more
# accurate on a set as small as ours: it may well not be.
#
# **Task.**
#
# - `mc_predict(model, X, samples)`: for a Sequential, an array (samples, rows, classes) of predictions, each with
#   masks of its own. *Only* dropout layers may behave as in training; `model(X, training=True)` would let batch
#   normalisation use (and learn) the statistics of the batch. Pass the rows through `model.layers` yourself:
#   `layer(Z, training=...)`.
# - `doubt(stack)`: from such an array the mean probabilities (rows, classes), and the entropy of these,
#   $-\sum p\ln p$ in nats, (rows,), where $0\ln 0$ is 0 (`special.entr`).

# %% answer="mc_dropout"
def mc_predict(model, X, samples=30):
    """Return an array (samples, rows, classes) of predictions of a Sequential with its dropout left on."""
    ### BEGIN SOLUTION
    stack = []
    for _ in range(samples):
        Z = X
        for layer in model.layers:
            Z = layer(Z, training=isinstance(layer, keras.layers.Dropout))
        stack.append(keras.ops.convert_to_numpy(Z))
    return np.array(stack)
    ### END SOLUTION


def doubt(stack):
    """Return (mean, entropy), arrays (rows, classes) and (rows,), of a stack (samples, rows, classes)."""
    ### BEGIN SOLUTION
    mean = stack.mean(axis=0)
    return mean, special.entr(mean).sum(axis=1)
    ### END SOLUTION

# %% given="mc_demo"
keras.utils.set_random_seed(16)
layers = keras.layers
doubter = keras.Sequential([
    layers.Input((196,)), layers.Dense(60, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3),
    layers.Dense(60, activation="relu"), layers.Dropout(0.3), layers.Dense(10, activation="softmax"),
])
doubter.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
doubter.fit(X_deep[:2000] / 255, y_deep[:2000], epochs=8, verbose=0)
for name, images in [("digits", X_deep[2000:2100] / 255), ("noise", np.random.default_rng(17).random((100, 196)))]:
    print(f"{name}: mean entropy {doubt(mc_predict(doubter, images, 20))[1].mean():.2f} nats")

# %% checks="mc_test" points=1
check.shape("Five predictions for three images of ten classes", mc_predict(doubter, X_deep[:3] / 255, 5), (5, 3, 10))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch11 mc"), {}
stack = np.random.default_rng(seed).dirichlet(np.full(4, 0.3), (6, 20))
stack[:, 0] = np.eye(4)[2]
X_mc = small_digits(40, seed, "test")[0] / 255


def asked():
    if not memo:
        before, stack = doubter.get_weights(), np.asarray(mc_predict(doubter, X_mc, 40), dtype=float)
        alone = np.array([mc_predict(doubter, X_mc[i : i + 1], 40)[:, 0] for i in range(8)], dtype=float)
        memo.update(stack=stack, alone=alone, before=before, after=doubter.get_weights())
    return memo


def closeness():
    alone, among = asked()["alone"].mean(axis=1), asked()["stack"].mean(axis=0)[:8]
    return float(np.abs(alone - among).sum(axis=1).mean())


p = stack.mean(axis=0)
check.probabilities("Each prediction is a distribution", asked()["stack"].reshape(-1, 10), (1600, 10), atol=1e-4)
check.true("Each prediction has masks of its own", bool(asked()["stack"].std(axis=0).max(axis=1).min() > 1e-4),
           hint="Dropout layers need training=True.")
check.equal("Asking leaves the model as it was", asked()["after"], asked()["before"],
            hint="Batch normalisation must not take part in training.")
# Masks differ, so the two means do a little; with the statistics of the batch they are far apart.
check.true("An image gets the same alone and among others, but for the masks", bool(closeness() < 0.3))
check.close("doubt returns the mean and its entropy", list(doubt(stack)), [p, -(p * np.log(p + 1e-300)).sum(axis=1)],
            weight=2, hint="First the mean, then its entropy; 0 log 0 is 0.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — What to begin with
#
# There is no recipe for all networks, but two good starts.
#
# | | usual network | self-normalising stack of dense layers |
# |---|---|---|
# | initialisation | He | LeCun |
# | activation | ReLU if shallow, Swish if deep (some years ago: ELU) | SELU |
# | normalisation | none if shallow, batch if deep | none: it is built in; standardise the inputs |
# | regularisation | early stopping, weight decay if needed | alpha dropout if needed |
# | optimizer | Nesterov or AdamW (before: momentum or Nadam) | Nesterov |
# | schedule | performance or 1cycle | performance or 1cycle |
#
# Self-normalisation is lost with skip connections, recurrent layers, ordinary dropout, ℓ1 or ℓ2 penalties, and inputs
# that are not standardised. If you need sparse models, use ℓ1; for speed, fold batch normalisation and take leaky or
# plain ReLU; if you must know how sure the network is, MC dropout. Reuse a network if there is one for a similar task.
#
# **Task.** Fill in the dicts. `START`: for each network one of the words in brackets.
#
# `STATEMENTS`: `True` or `False`.
#
# - a: A dead ReLU neuron gets no gradient from any row of the training set.
# - b: PReLU draws the slope for negative inputs at random in every step.
# - c: Second-order optimizers are rare because they need $n^2$ numbers for $n$ weights.
# - d: Adam always generalises at least as well as Nesterov.
# - e: A SELU network with ordinary dropout keeps mean 0 and variance 1.
# - f: If the training loss of `fit` with dropout is above the validation loss, something must be wrong.
# - g: For MC dropout the network must be trained in a particular way.
# - h: A Bayesian network has a distribution over its weights, and a prediction averages over it.
# - i: Dense networks transfer better to other tasks than convolutional ones.
# - j: The more similar two tasks are, the more layers can be reused.
# - k: A weight with an ℓ1 penalty ends near 0 more often than one with ℓ2.
#
# `PRETRAINING`: for each story one of `autoencoder`, `gan`, `rbm`, `self-supervised`, `auxiliary`.
# <!-- covers: 11.4 11.9 11.10 11.11 11.15 11.16 11.17 11.20 11.23 11.24 11.25 -->

# %% answer="concepts"
START = {
    "initialisation of 30 plain dense layers with SELU [glorot, he, lecun]": None,
    "dropout in that network, if any [ordinary, alpha]": None,
    "initialisation of 30 dense layers with Swish [glorot, he, lecun]": None,
    "normalisation in that network [none, batch]": None,
    "activation of 2 hidden layers that must be fast [relu, mish, sigmoid]": None,
    "optimizer to try if AdamW generalises badly [nesterov, adagrad, nadam]": None,
}
STATEMENTS = dict.fromkeys("abcdefghijk")  # True or False
PRETRAINING = {
    "a network guesses the next word of texts nobody labelled": None,
    "a network squeezes images through a narrow layer and rebuilds them": None,
    "layers are trained one after the other, each on the one below, in 2006": None,
    "one network invents images, another tells them from real ones": None,
    "to recognise few people, it first learns whether two photos show the same stranger": None,
}
### BEGIN SOLUTION
START = dict(zip(START, ("lecun", "alpha", "he", "batch", "relu", "nesterov"), strict=True))
STATEMENTS = {letter: letter in "achjk" for letter in "abcdefghijk"}
kinds = ("self-supervised", "autoencoder", "rbm", "gan", "auxiliary")
PRETRAINING = dict(zip(PRETRAINING, kinds, strict=True))
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*START.values(), *STATEMENTS.values(), *PRETRAINING.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("A self-normalising start", list(START.values())[:2], ["lecun", "alpha"], hint="See the table.")
check.equal("A usual start", list(START.values())[2:], ["he", "batch", "relu", "nesterov"], hint="See the table.")
check.equal("Activations and optimizers, a to d", told("abcd"), [True, False, True, False],
            hint="See Exercises 1 and 4.")
check.equal("Dropout and doubt, e to h", told("efgh"), [False, False, False, True], hint="See Exercise 7.")
check.equal("Reuse and sparse models, i to k", told("ijk"), [False, True, True], hint="See Exercises 6 and 7.")
check.equal("Ways to pretrain", list(PRETRAINING.values()),
            ["self-supervised", "autoencoder", "rbm", "gan", "auxiliary"], hint="See Exercise 6.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# With a network, `keras.datasets.cifar10.load_data()` gives 50,000 training and 10,000 test images, 32×32 in colour,
# of ten kinds of animals and vehicles. Build 20 hidden layers of 100 neurons with He weights and Swish, standardise,
# use Nadam and early stopping, and find a good rate with a range test. A plain network gets about 47 % on validation
# images, with batch normalisation 51 %, SELU 50 %, and 1cycle 52 % in only 15 epochs (figures that others published; a
# convolutional network gets far more). On one GPU an epoch takes seconds, so allow ten minutes for each variant; let
# batches grow to 256 and raise the rate with them. `datasets.load_mnist("full")` and
# `datasets.load_fashion_mnist("full")` fetch 70,000 real images for the other exercises.
#
# The stand-in here differs: 14×14 grey images that are easy, twenty layers of 50, five epochs of 4,000 rows. It shows
# whether a network learns at all, and that is what most of these remedies decide. Small differences between good
# networks, such as a better schedule or the mean of MC dropout, need the full size and several seeds to be seen.
