# %% [markdown]
# # 12. Custom models and training with TensorFlow
#
# Keras has a part for nearly everything. This chapter is about the rest: a loss nobody has written yet, a layer with a
# rule of its own, a training that `fit` does not know. Below Keras lies TensorFlow, and it is much like NumPy, with
# three things added: it runs on other hardware and on many machines, it differentiates what you compute, and it turns
# Python functions into graphs.
#
# Where Keras has a function, we take it from `keras.ops`, and the same code runs on the JAX backend as well. The
# tape of Exercise 4 and the graphs of Exercise 7 are TensorFlow's own. All data is generated here.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import logging
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars from predict
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that

# %% [markdown]
# ## Exercise 1 — Tensors, and what they hold
#
# A *tensor* has a shape, one type for all its elements, and never changes. `tf.constant([[1.0, 2.0]])` makes one,
# `np.asarray(t)` gives the array, and slices, `+`, `@` and `tf.reduce_mean(t, axis=0)` work as you expect. Two things
# differ from NumPy. Floats are `float32`, not `float64`. And no type is ever converted in silence: a
# `float32` plus an `int32` is an error, and `tf.cast` is how you say what you want. What has to change is a
# `tf.Variable`: `v.assign(...)`, `v.assign_add(...)`, `v[0, 1].assign(...)`.
#
# Not everything is a rectangle of numbers:
#
# | structure | for |
# |---|---|
# | string tensor | bytes or texts, one per element; `tf.strings` splits, joins, lowers them |
# | ragged tensor | rows of different lengths: `tf.strings.split(texts)` gives one |
# | sparse tensor | mostly zeros: positions and values of the others |
# | tensor array | a list of tensors of one shape that a loop fills, inside a graph |
# | set | rows of a tensor as sets: `tf.sets.union`, `difference`, `intersection` |
# | queue | first in, first out (and priority, shuffling ...): `tf.queue` hands elements from producers to consumers |
#
# **Task.**
#
# - `count_words(texts, vocabulary)` counts how often each word of the vocabulary stands in each text. Words are
#   separated by white space, and capitals do not matter, in no language: `"Öl"` counts for `"öl"`. Other words
#   do not count. Work on all texts at once; thousands of texts with a large vocabulary are timed.
#   `tf.lookup.StaticHashTable` turns words into numbers, `.flat_values` and `.value_rowids()` of a ragged tensor
#   are its words and their rows, and `tf.scatter_nd` adds up.
# - `brighten(images, factor)` multiplies grey values of type `uint8` by a factor, rounds, cuts off at 255, and returns
#   `uint8` again.
# <!-- covers: 12.1 12.2 12.N1 -->

# %% answer="tensors"
def count_words(texts, vocabulary):
    """Return an integer tensor (texts, words) of counts; both arguments are lists of str, vocabulary in lower case."""
    ### BEGIN SOLUTION
    words = tf.strings.split(tf.strings.lower(texts, encoding="utf-8"))
    pairs = tf.lookup.KeyValueTensorInitializer(vocabulary, tf.range(len(vocabulary), dtype=tf.int64))
    numbers = tf.lookup.StaticHashTable(pairs, default_value=-1).lookup(words.flat_values)
    places = tf.stack([words.value_rowids(), numbers], axis=1)
    places = tf.boolean_mask(places, numbers >= 0)
    shape = tf.constant([len(texts), len(vocabulary)], tf.int64)
    return tf.scatter_nd(places, tf.ones(len(places), tf.int32), shape)
    ### END SOLUTION


def brighten(images, factor):
    """Return images (any shape, uint8) times factor, rounded and cut off at 255, as a uint8 tensor."""
    ### BEGIN SOLUTION
    return tf.saturate_cast(tf.round(tf.cast(images, tf.float32) * factor), tf.uint8)
    ### END SOLUTION

# %% checks="tensors_test" points=1
check.equal("Every text has its counts", np.asarray(count_words(["a cat and a dog", "A CAT"], ["a", "cat"])).tolist(),
            [[2, 1], [1, 1]], hint="tf.strings.lower first, then tf.strings.split.")
check.equal("Bright pixels stay at 255", np.asarray(brighten(np.array([0, 100, 200], np.uint8), 1.5)).tolist(),
            [0, 150, 255], hint="Compute in float32; a uint8 that grows past 255 begins again at 0.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 tensors"))
stock = [f"wort{i}" for i in range(30)] + ["öl", "ärger", "x", "xx"]


def some_texts(draw, n=40, words=stock, longest=9):
    draws = (draw.choice(words, size=draw.integers(0, longest)) for _ in range(n))
    return [" ".join(w.upper() if draw.random() < 0.3 else str(w) for w in row) for row in draws]


def counted(texts, vocabulary):
    return np.array([[text.lower().split().count(word) for word in vocabulary] for text in texts])


def many_texts(seed):
    names = [f"w{i}" for i in range(1500)]
    return some_texts(np.random.default_rng(seed), 1500, names, 40), names[:600]


texts, known = [*some_texts(rng), "ÖL Öl ärger", ""], stock[3:20] + ["öl", "x"]
grey = rng.integers(0, 256, (5, 8, 8)).astype(np.uint8)
check.equal("Words outside the vocabulary, empty texts and capitals of any language are counted right",
            np.asarray(count_words(texts, known)).tolist(), counted(texts, known).tolist(), weight=2,
            hint='encoding="utf-8" lowers letters beyond a to z; a word is counted as a whole.')
check.equal("Images are brightened and darkened with rounding, and stay uint8",
            [np.asarray(brighten(grey, f)) for f in (0.375, 1.25, 3.5)],
            [np.clip(np.rint(grey * f), 0, 255).astype(np.uint8) for f in (0.375, 1.25, 3.5)],
            hint="tf.round before tf.saturate_cast.")
check.faster("Thousands of texts are counted all at once", count_words, inputs=many_texts, times=5, repeats=3,
             hint="Do not go through the vocabulary word by word.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — A loss of your own
#
# The squared error believes every target. If one measurement in ten is nonsense, the network learns nonsense. The
# *Huber loss* is square for small errors and grows only linearly for large ones. With an error $e$ and a threshold
# $\delta$:
#
# $$H_\delta(e) = \begin{cases} \tfrac12 e^2 & \text{if } |e| \le \delta \\ \delta\,|e| - \tfrac12 \delta^2 &
# \text{otherwise} \end{cases}$$
#
# For Keras, any function of `(y_true, y_pred)` is a loss. But a function in a file is only a name, and $\delta$ would
# be lost. A class keeps it: `get_config` returns what `__init__` needs, and `register_keras_serializable` tells
# `load_model` which class is meant (without it, you pass `custom_objects=` each time).
#
# **Task.** `huber_of(delta)` returns a function `(y_true, y_pred)` that gives the loss of each element. Use
# `keras.ops`. Then complete `HuberLoss`: its `call` returns the mean over the last axis, one loss for each row;
# Keras averages over the rows. Its `get_config` adds `delta` to what `super().get_config()` returns.
# <!-- covers: 12.3 12.N2 12.N3 -->

# %% answer="huber"
def huber_of(delta):
    """Return a loss function (y_true, y_pred) -> losses, element by element, for arrays of equal shape."""
    ### BEGIN SOLUTION
    def huber(y_true, y_pred):
        error = keras.ops.abs(y_true - y_pred)
        return keras.ops.where(error <= delta, error**2 / 2, delta * error - delta**2 / 2)

    return huber
    ### END SOLUTION


@keras.saving.register_keras_serializable("ch12")
class HuberLoss(keras.losses.Loss):
    """The Huber loss with threshold delta, which a saved model keeps."""

    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        """Return one loss per row, shape (rows,), for y_true and y_pred of shape (rows, outputs)."""
        ### BEGIN SOLUTION
        return keras.ops.mean(huber_of(self.delta)(y_true, y_pred), axis=-1)
        ### END SOLUTION

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "delta": self.delta}
        ### END SOLUTION

# %% given="huber_tools"
def loaded_again(delta, y_true, y_pred):
    """Return the loss before and after a model compiled with HuberLoss(delta) went through a file."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss=HuberLoss(delta), optimizer="sgd")
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        again = keras.models.load_model(f"{folder}/model.keras")
    return [float(net.loss(y_true, y_pred)) for net in (model, again)]


def slopes_of_loss(delta, errors):
    """Return the slope of the loss at each error, by the tape of Exercise 4."""
    errors = tf.constant(errors, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(errors)
        losses = huber_of(delta)(tf.zeros_like(errors), errors)
    return tape.gradient(losses, errors)

# %% checks="huber_test" points=1
check.close("With delta 1, an error of 0.5 costs 0.125 and one of 3 costs 2.5",
            huber_of(1.0)(np.zeros(2, np.float32), np.array([0.5, -3.0], np.float32)), [0.125, 2.5],
            hint="The two formulas meet at the threshold.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 huber"))
y_a, y_b = rng.normal(0.0, 3.0, (2, 40, 2)).astype(np.float32)
row_weights = rng.uniform(0.0, 2.0, 40).astype(np.float32)


def by_formula(delta):
    e = np.abs(y_a - y_b)
    return np.where(e <= delta, e**2 / 2, delta * e - delta**2 / 2)


check.close("The losses are those of the formula for any delta", [huber_of(d)(y_a, y_b) for d in (0.3, 1.0, 2.5)],
            [by_formula(d) for d in (0.3, 1.0, 2.5)], rtol=1e-4, atol=1e-5,
            hint="delta is the slope of the straight part.")
check.close("The slope is the error, and at most delta", slopes_of_loss(1.5, [-9.0, -1.0, 0.5, 1.2, 4.0]),
            [-1.5, -1.0, 0.5, 1.2, 1.5], rtol=1e-4, hint="Only keras.ops and tf can be differentiated, NumPy cannot.")
check.close("HuberLoss weighs rows, each with the mean over its outputs",
            [HuberLoss(d)(y_a, y_b, sample_weight=row_weights) for d in (0.3, 2.5)],
            [np.mean(by_formula(d).mean(axis=1) * row_weights) for d in (0.3, 2.5)], rtol=1e-4,
            hint="call returns one number per row.")
check.close("A model that was saved and loaded has the same delta", loaded_again(2.5, y_a, y_b),
            [by_formula(2.5).mean()] * 2, rtol=1e-4, hint="What get_config leaves out is lost in the file.")
### END HIDDEN TESTS

# %% [markdown]
# ### A metric that streams
#
# A metric is shown to people and never differentiated. Over an epoch it has to be right for *all rows together*. The
# mean of the batches' means is not: a short last batch would count as much as a full one. So a metric keeps *state*,
# two variables here: the weighted sum of the losses and the sum of the weights. `add_weight(shape=(),
# initializer="zeros", name="total")` makes one; with state, `reset_state` of the base class sets all variables back
# to zero.
#
# **Task.** Complete `HuberMetric`. A row's loss is the mean over its outputs; without `sample_weight` each row weighs
# 1. `result` is the weighted mean over all rows since the last reset, and 0 if there were none. And it keeps `delta`
# in its configuration.

# %% answer="metric"
@keras.saving.register_keras_serializable("ch12")
class HuberMetric(keras.metrics.Metric):
    """The mean Huber loss of all rows seen since the last reset."""

    def __init__(self, delta=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        ### BEGIN SOLUTION
        self.delta = delta
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.rows = self.add_weight(shape=(), initializer="zeros", name="rows")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: y_true and y_pred (rows, outputs), sample_weight (rows,) or None."""
        ### BEGIN SOLUTION
        losses = keras.ops.mean(huber_of(self.delta)(y_true, y_pred), axis=-1)
        weights = keras.ops.ones_like(losses) if sample_weight is None else sample_weight
        weights = keras.ops.cast(weights, losses.dtype)
        self.total.assign_add(keras.ops.sum(losses * weights))
        self.rows.assign_add(keras.ops.sum(weights))
        ### END SOLUTION

    def result(self):
        """Return the weighted mean as a scalar tensor."""
        ### BEGIN SOLUTION
        return keras.ops.divide_no_nan(self.total, self.rows)
        ### END SOLUTION

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "delta": self.delta}
        ### END SOLUTION

# %% checks="metric_test" points=1
small_metric = HuberMetric(1.0)
small_metric.update_state(np.zeros((2, 1), np.float32), np.array([[1.0], [3.0]], np.float32))
check.close("Errors of 1 and 3 cost 1.5 on average", small_metric.result(), 1.5)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 metric"))
y_a, y_b = rng.normal(0.0, 2.0, (2, 50, 3)).astype(np.float32)
row_weights = rng.uniform(0.0, 3.0, 50).astype(np.float32)
pieces = [slice(0, 32), slice(32, 48), slice(48, 50)]


def row_losses(delta):
    e = np.abs(y_a - y_b)
    return np.where(e <= delta, e**2 / 2, delta * e - delta**2 / 2).mean(axis=1)


def streamed(metric, weights=None):
    for part in pieces:
        metric.update_state(y_a[part], y_b[part], *([] if weights is None else [weights[part]]))
    return float(metric.result())


def twice(metric):
    first = streamed(metric)
    metric.reset_state()
    return [first, float(metric.result()), streamed(metric)]


check.close("Batches of different sizes give the mean over all rows", streamed(HuberMetric(0.7)),
            row_losses(0.7).mean(), rtol=1e-4, hint="Keep the sum and the number of rows, not a mean.")
check.close("Rows count by their weights", streamed(HuberMetric(2.0), row_weights),
            np.average(row_losses(2.0), weights=row_weights), rtol=1e-4, hint="Divide by the sum of the weights.")
check.close("After a reset it begins again at 0", twice(HuberMetric(1.3)),
            [row_losses(1.3).mean(), 0.0, row_losses(1.3).mean()], rtol=1e-4,
            hint="Only what add_weight made is reset; without rows the result is 0.")
check.close("Made anew from its configuration it is the same metric",
            streamed(HuberMetric.from_config(HuberMetric(0.4).get_config())), row_losses(0.4).mean(), rtol=1e-4)
### END HIDDEN TESTS

# %% [markdown]
# ### Put to use
#
# A bakery delivers by bicycle. Distance, load and wind say how many minutes a ride takes. In one record of ten somebody
# wrote the seconds instead.
#
# **Task.** `train_robust(X, y)` builds and trains a network with your loss and returns it. A linear one is enough. It
# is judged by its mean absolute error on rides whose records are right. (Watching `HuberMetric` while training does
# no harm.)
#
# `plot_losses(deltas)` draws the losses at `ERRORS` into a new figure and returns its Axes: the squared loss $e^2/2$
# with the label `squared`, and one line per $\delta$, labelled with the number, such as `delta = 0.5`; a legend, and
# names on both axes.

# %% given="rides"
def make_rides(m, seed, muddled=0.1):
    """Return X (m, 3) of distance, load and wind, scaled, and y (m, 1) in minutes, a share of them in seconds."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, 3)).astype("float32")
    y = 12 + X @ np.array([[3.0], [1.0], [-2.0]]) + rng.normal(0.0, 1.0, (m, 1))
    wrong = rng.random((m, 1)) < muddled
    return X, np.where(wrong, 60 * y, y).astype("float32")


X_rides, y_rides = make_rides(1200, seed=12)
ERRORS = np.linspace(-4, 4, 81)

# %% answer="robust"
def train_robust(X, y):
    """Return a Keras model trained on X (rows, 3) and y (rows, 1); it predicts minutes, shape (rows, 1)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(12)
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), keras.layers.Dense(1)])
    model.compile(loss=HuberLoss(1.0), optimizer=keras.optimizers.Adam(0.05), metrics=[HuberMetric(1.0)])
    model.fit(X, y, epochs=30, batch_size=64, verbose=0)
    return model
    ### END SOLUTION

# %% answer="plot"
def plot_losses(deltas):
    """Return an Axes with the squared loss and the Huber losses of all deltas over ERRORS."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    ax.plot(ERRORS, ERRORS**2 / 2, "--", label="squared")
    for delta in deltas:
        ax.plot(ERRORS, huber_of(delta)(np.zeros(81), ERRORS), label=f"delta = {delta}")
    ax.set(xlabel="error", ylabel="loss")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="robust_demo"
robust = train_robust(X_rides, y_rides)
plot_losses([0.5, 1.0, 2.0])
plt.show()

# %% checks="robust_test" points=1
check.shape("There is one prediction for each ride",
            train_robust(X_rides[:64], y_rides[:64]).predict(X_rides[:7], verbose=0), (7, 1))

### BEGIN HIDDEN TESTS
X_right, y_right = make_rides(1500, datasets.hidden_seed("ch12 rides"), muddled=0.0)
X_other, y_other = make_rides(1000, datasets.hidden_seed("ch12 other rides"), muddled=0.15)
check.score("Rides with right records are predicted well", y_right[:, 0], robust.predict(X_right, verbose=0)[:, 0],
            metric="mae", at_most=1.0, partial=2.5, hint="Compile with your loss; and was the training long enough?")
check.score("It learns from the records it is given", 30 - y_right[:, 0],
            train_robust(X_other, np.where(y_other > 100, y_other, 30 - y_other)).predict(X_right, verbose=0)[:, 0],
            metric="mae", at_most=1.2, partial=3.0, hint="Use the arguments, not the variables of the notebook.")
### END HIDDEN TESTS

# %% checks="plot_test" points=1
drawn = plot_losses([1.0])
check.figure("Both axes say what is shown, and a legend tells the lines apart", drawn, xlabel=True, ylabel=True,
             legend=["squared", "1.0"])

### BEGIN HIDDEN TESTS
several = plot_losses([0.25, 3.0])
heights = {d: np.where(abs(ERRORS) <= d, ERRORS**2 / 2, d * abs(ERRORS) - d**2 / 2) for d in (0.25, 3.0)}
check.figure("The squared loss is drawn", several, lines=[(ERRORS, ERRORS**2 / 2)], hint="Half the square.")
check.figure("There is a line for each delta", several, lines=[(ERRORS, heights[d]) for d in (0.25, 3.0)])
check.true("Every line has its own label, and nothing else is drawn",
           bool(len(several.get_lines()) == 3
                and all(np.allclose(line.get_ydata(), heights[d], atol=1e-4) for d in (0.25, 3.0)
                        for line in several.get_lines() if str(d) in line.get_label())
                and all(any(str(d) in line.get_label() for line in several.get_lines()) for d in (0.25, 3.0))),
           hint="Two lines for two deltas, and the squared loss.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Layers of your own
#
# Small parts are plain functions: an *activation* takes a tensor, an *initializer* a shape (and a type), a
# *regularizer* the weights, and returns what they cost; a *constraint* takes the weights after each step and returns
# those to use instead. All go into a `Dense` layer by name of argument: `activation=`, `kernel_initializer=`,
# `kernel_regularizer=`, `kernel_constraint=`.
#
# **Task.** Write the four, with `keras.ops` and `keras.random`:
#
# - `softsign(z)`: $z / (1 + |z|)$;
# - `he_start(shape, dtype=None)`: normal with mean 0 and standard deviation $\sqrt{2/n_\text{in}}$, where `shape` is
#   `(n_in, n_out)`, and new numbers in each call;
# - `elastic(weights)`: $0.01 \sum |w| + 0.001 \sum w^2$, a scalar;
# - `short_columns(weights)`: columns whose length (root of the sum of squares) is more than 1 are scaled to length
#   1, the others stay as they are.
# <!-- covers: 12.3 12.N2 12.N4 12.N5 -->

# %% answer="parts"
def softsign(z):
    """Return z / (1 + |z|), element by element."""
    ### BEGIN SOLUTION
    return z / (1 + keras.ops.abs(z))
    ### END SOLUTION


def he_start(shape, dtype=None):
    """Return new random weights of shape (n_in, n_out) with He's standard deviation."""
    ### BEGIN SOLUTION
    return keras.random.normal(shape, stddev=(2 / shape[0]) ** 0.5, dtype=dtype)
    ### END SOLUTION


def elastic(weights):
    """Return what the weights cost: 0.01 times their absolute values and 0.001 times their squares."""
    ### BEGIN SOLUTION
    return 0.01 * keras.ops.sum(keras.ops.abs(weights)) + 0.001 * keras.ops.sum(weights**2)
    ### END SOLUTION


def short_columns(weights):
    """Return the weights (n_in, n_out) with no column longer than 1."""
    ### BEGIN SOLUTION
    lengths = keras.ops.sqrt(keras.ops.sum(weights**2, axis=0))
    return weights / keras.ops.maximum(lengths, 1.0)
    ### END SOLUTION

# %% given="parts_demo"
def layer_of_parts(X):
    """Return output, weights and losses of a Dense layer of your parts for X (rows, features)."""
    layer = keras.layers.Dense(3, activation=softsign, kernel_initializer=he_start, kernel_regularizer=elastic,
                               kernel_constraint=short_columns)
    return layer(tf.constant(X, tf.float32)), layer.get_weights(), layer.losses

# %% checks="parts_test" points=1
check.close("softsign of -3, 0 and 1", softsign(np.array([-3.0, 0.0, 1.0], np.float32)), [-0.75, 0.0, 0.5])
check.shape("he_start has the shape asked for", he_start((4, 2)), (4, 2))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 parts"))
W = (rng.normal(0.0, 0.6, (5, 40)) * np.repeat([0.1, 1.0], 20)).astype(np.float32)
W[:, 0] = 0.0
lengths, X_in, memo = np.sqrt((W**2).sum(axis=0)), rng.normal(size=(20, 4)), {}


def in_a_layer():
    if not memo:
        memo["out"], (memo["W"], _), memo["losses"] = layer_of_parts(X_in)
    return memo


# The standard deviation of 40,000 weights is known to 0.4 %, their mean to 0.5 % of it.
check.close("The initial weights have He's spread, and the mean 0",
            [np.std(he_start((400, 100))) * np.sqrt(200), np.mean(he_start((400, 100)))], [1.0, 0.0], atol=0.03, rtol=0,
            hint="n_in stands under the root, and it is the first of the two numbers.")
check.true("Every call gives new weights", bool(not np.allclose(he_start((4, 2)), he_start((4, 2)))))
check.close("elastic is the sum of both parts", elastic(W), 0.01 * abs(W).sum() + 0.001 * (W**2).sum(), rtol=1e-4)
check.close("Long columns get length 1, short ones stay", short_columns(W), W / np.maximum(lengths, 1.0), rtol=1e-4,
            atol=1e-6, hint="A column belongs to one neuron: sum over axis 0. Do not lengthen the short ones.")
check.close("In a Dense layer they work together", [in_a_layer()["out"], *in_a_layer()["losses"]],
            [(X_in @ in_a_layer()["W"]) / (1 + abs(X_in @ in_a_layer()["W"])),
             0.01 * abs(in_a_layer()["W"]).sum() + 0.001 * (in_a_layer()["W"] ** 2).sum()], rtol=1e-3, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# ### A whole layer
#
# What has weights is a class. `__init__` keeps the settings. `build(input_shape)` is called once, before the first
# data, when the number of inputs is known: `self.add_weight(shape=..., initializer=..., name=...)` makes the weights
# there. `call` computes. `get_config` is as for the loss.
#
# **Task.** Write `MyDense` without using Keras' own: `activation(inputs @ kernel + bias)`. The kernel starts with
# `glorot_normal`, the bias at zero; the last axis of the inputs counts, so three-dimensional inputs work too.
# `keras.activations.get` turns a name, a function or None into a function, `keras.activations.serialize` back.

# %% answer="my_dense"
@keras.saving.register_keras_serializable("ch12")
class MyDense(keras.layers.Layer):
    """A dense layer: every output sees every input."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        ### BEGIN SOLUTION
        self.units = units
        self.activation = keras.activations.get(activation)
        ### END SOLUTION

    def build(self, input_shape):
        """Make the weights self.kernel (inputs, units) and self.bias (units,)."""
        ### BEGIN SOLUTION
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_normal", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        ### END SOLUTION

    def call(self, inputs):
        """Return the outputs (..., units) for inputs (..., features)."""
        ### BEGIN SOLUTION
        return self.activation(inputs @ self.kernel + self.bias)
        ### END SOLUTION

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        ### BEGIN SOLUTION
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
        ### END SOLUTION

# %% given="my_dense_tools"
def dense_from_file(units, activation, X):
    """Return predictions of a model with MyDense before and after it went through a file."""
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), MyDense(units, activation), MyDense(1)])
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        again = keras.models.load_model(f"{folder}/model.keras")
    return [np.asarray(net(X)) for net in (model, again)]

# %% checks="my_dense_test" points=1
check.shape("Five units give five outputs", MyDense(5)(np.ones((2, 3), np.float32)), (2, 5))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 dense"))
X_flat, X_deep = rng.normal(size=(30, 60)).astype(np.float32), rng.normal(size=(4, 5, 60)).astype(np.float32)


def from_numpy(X, after):
    layer = MyDense(80, after[0])
    layer(X)
    kernel, bias = rng.normal(size=(60, 80)), rng.normal(size=80)
    layer.set_weights([kernel, bias])
    return np.abs(np.asarray(layer(X)) - after[1](X @ kernel + bias)).max() < 1e-3


def weights_made():
    layer = MyDense(4)
    before = len(layer.weights)
    layer(X_flat)
    return [before, len(layer.trainable_weights)]


def at_start():
    layer = MyDense(80)
    layer(X_flat)
    kernel, bias = (np.asarray(w) for w in layer.get_weights())
    return [np.std(kernel) / np.sqrt(2 / 140), np.abs(bias).max(), *kernel.shape, *bias.shape]


check.equal("Before it has seen data it has no weights, afterwards two that can be trained", weights_made(), [0, 2],
            hint="Make them in build, with self.add_weight.")
check.close("The weights have the right shapes and starting values", at_start(), [1.0, 0.0, 60, 80, 80], rtol=0,
            atol=0.1)
check.true("It computes activation(inputs @ kernel + bias)",
           bool(from_numpy(X_flat, ("tanh", np.tanh)) and from_numpy(X_flat, (None, lambda z: z))),
           hint="No activation means that the sum stays as it is.")
check.true("Inputs may have more than two axes", bool(from_numpy(X_deep, ("relu", lambda z: np.maximum(z, 0)))),
           hint="input_shape[-1] is the number of features.")
check.close("A model in a file predicts as before", *dense_from_file(6, "sigmoid", X_flat), rtol=1e-4, atol=1e-5,
            hint="units and activation belong into get_config.")
### END HIDDEN TESTS

# %% [markdown]
# ### Layers that know when, and layers with two inputs
#
# **Task.** Two more, both short:
#
# - `AddNoise(stddev)` adds normal noise, new in each call, while training (`training=True`), and returns its input as
#   it is otherwise. Draw with `keras.random.normal` and a `keras.random.SeedGenerator` made in `__init__`: NumPy
#   would draw once, when a graph is made, and never again.
# - `Blend()` gets a pair `(a, b)` of equal shape (rows, features) and returns $s\,a + (1 - s)\,b$, where
#   $s = \operatorname{sigmoid}(g)$ has one trainable number $g$ per feature, which starts at 0.

# %% answer="noise"
class AddNoise(keras.layers.Layer):
    """Adds noise of a standard deviation while training."""

    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        ### BEGIN SOLUTION
        self.stddev = stddev
        self.seeds = keras.random.SeedGenerator()
        ### END SOLUTION

    def call(self, inputs, training=False):
        """Return inputs, of any shape, with noise if training."""
        ### BEGIN SOLUTION
        if not training:
            return inputs
        return inputs + keras.random.normal(keras.ops.shape(inputs), stddev=self.stddev, seed=self.seeds)
        ### END SOLUTION


class Blend(keras.layers.Layer):
    """A trainable mean of two inputs, feature by feature."""

    def build(self, input_shapes):
        """Make the weight self.gate (features,); input_shapes is a pair of shapes."""
        ### BEGIN SOLUTION
        self.gate = self.add_weight(shape=(input_shapes[0][-1],), initializer="zeros", name="gate")
        ### END SOLUTION

    def call(self, inputs):
        """Return the blend of a pair of tensors (rows, features)."""
        ### BEGIN SOLUTION
        share = keras.ops.sigmoid(self.gate)
        return share * inputs[0] + (1 - share) * inputs[1]
        ### END SOLUTION

# %% given="noise_tools"
def noise_in_graph(stddev, X):
    """Return what AddNoise adds in two calls of one graph, while training."""
    layer = AddNoise(stddev)
    graph = tf.function(lambda rows: layer(rows, training=True))
    return [np.asarray(graph(X)) - X for _ in range(2)]


def blended(a, b, gate):
    """Return the output of a functional model with Blend, once its weights are set to gate."""
    pair = keras.layers.Input(a.shape[1:]), keras.layers.Input(b.shape[1:])
    model = keras.Model(pair, Blend()(pair))
    before = np.asarray(model((a, b)))
    model.set_weights([gate])
    return before, np.asarray(model((a, b))), len(model.trainable_weights)

# %% checks="noise_test" points=1
check.close("Without training nothing is added", AddNoise(0.5)(np.ones((2, 3), np.float32)), np.ones((2, 3)))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 noise"))
still, a, b = np.zeros((200, 100), np.float32), *rng.normal(size=(2, 6, 4)).astype(np.float32)
gate = rng.normal(size=4).astype(np.float32)
share = 1 / (1 + np.exp(-gate))
check.dropout("Noise is for training only", AddNoise(0.3), a, hint="The default of training is False.")
# The spread of 20,000 draws is known to 0.5 %, their mean to 0.7 % of it.
check.close("The noise has the mean 0 and the standard deviation asked for",
            [f(noise_in_graph(d, still)[1]) / d for d in (0.2, 3.0) for f in (np.mean, np.std)], [0.0, 1.0] * 2,
            rtol=0, atol=0.04)
check.true("In a graph, too, each call draws again",
           bool(np.abs(np.diff(noise_in_graph(1.0, still), axis=0)).max() > 0.1),
           hint="keras.random, with the layer's SeedGenerator.")
check.close("Blend begins with the mean of both inputs", blended(a, b, gate)[0], (a + b) / 2, rtol=1e-4, atol=1e-5)
check.close("Each feature has a trainable share of its own", blended(a, b, gate)[1], share * a + (1 - share) * b,
            rtol=1e-4, atol=1e-5, hint="sigmoid(gate) belongs to the first input, the rest to the second.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — The tape
#
# A `tf.GradientTape` records what is computed while it is open, and then goes through the record backwards:
# *reverse-mode automatic differentiation*. One backward pass gives the slopes of one number with respect to
# everything it came from, however many weights that is. What to know:
#
# - Variables are watched, constants are not: `tape.watch(w)`.
# - A tape is used once, and then lets go of its memory; `persistent=True` keeps it.
# - Where no path leads from the weights to the result, the gradient is `None`, or zeros with
#   `unconnected_gradients="zero"`.
# - Gradients computed inside an outer tape can be differentiated again. `tape.jacobian(g, w)` does it for each
#   element of `g`: for a gradient that is the *Hessian* matrix.
#
# With gradient and Hessian $\mathbf H$, *Newton's method* goes straight for the minimum of a bowl:
# $\mathbf w \leftarrow \mathbf w - \mathbf H^{-1} \mathbf g$. One Hessian has as many entries as there are weights,
# squared; for networks that is too many, for logistic regression it takes a handful of steps.
#
# **Task.** `derivatives(f, w)` returns value, gradient and Hessian of a function at a vector. `logistic_weights(X, y,
# l2)` minimises, by Newton's method with your `derivatives`, from zero, $\sum_i \log(1 + e^{z_i}) - y_i z_i +
# \frac{\lambda}{2} \lVert \mathbf w \rVert^2$ with $\mathbf z = X \mathbf w$.
# <!-- covers: 12.2 12.4 12.6 12.N8 -->

# %% answer="derivatives"
def derivatives(f, w):
    """Return (value, gradient, Hessian), tensors of shapes (), (n,), (n, n) and the type of w.

    f maps a tensor (n,) to a scalar tensor; w is an array or tensor. What f does not depend on has slope zero.
    """
    ### BEGIN SOLUTION
    w = tf.convert_to_tensor(w)
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            value = f(w)
        gradient = inner.gradient(value, w, unconnected_gradients="zero")
    return value, gradient, outer.jacobian(gradient, w, unconnected_gradients="zero")
    ### END SOLUTION


def logistic_weights(X, y, l2=1.0, steps=8):
    """Return the weights (features,) of logistic regression without intercept; X (rows, features), y of 0 and 1."""
    ### BEGIN SOLUTION
    X, y = tf.constant(X, tf.float64), tf.constant(y, tf.float64)

    def cost(w):
        z = tf.linalg.matvec(X, w)
        return tf.reduce_sum(tf.nn.softplus(z) - y * z) + l2 / 2 * tf.reduce_sum(w**2)

    w = tf.zeros(X.shape[1], tf.float64)
    for _ in range(steps):
        _, gradient, hessian = derivatives(cost, w)
        w -= tf.linalg.solve(hessian, gradient[:, None])[:, 0]
    return w
    ### END SOLUTION

# %% given="surfaces"
def at_surface(kind, A, w):
    """Return your derivatives at w of a function of A (rows, n): log of a sum of exponentials, a plane, a constant."""
    A = tf.constant(A)
    surfaces = {
        "logsum": lambda v: tf.reduce_logsumexp(tf.linalg.matvec(A, v)),
        "plane": lambda v: tf.reduce_sum(tf.linalg.matvec(A, v)),
        "constant": lambda v: tf.reduce_sum(A),
    }
    return [np.asarray(part) for part in derivatives(surfaces[kind], w)]

# %% checks="derivatives_test" points=1
check.close("A plane has a constant slope and no curvature", at_surface("plane", np.eye(2), np.array([1.0, 2.0])),
            [3.0, np.ones(2), np.zeros((2, 2))], hint="Watch w with both tapes, and ask for zeros instead of None.")

### BEGIN HIDDEN TESTS
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(datasets.hidden_seed("ch12 tape"))
A, w_at, X_log = rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal(size=(300, 5)) * [1, 3, 0.2, 1, 1]
y_log = (X_log @ rng.normal(size=5) + rng.normal(size=300) > 0).astype(int)
p = np.exp(A @ w_at) / np.exp(A @ w_at).sum()


def by_sklearn(l2):
    return LogisticRegression(C=1 / l2, fit_intercept=False, tol=1e-9, max_iter=5000).fit(X_log, y_log).coef_[0]


check.close("Value and gradient of a curved function", at_surface("logsum", A, w_at)[:2],
            [np.log(np.exp(A @ w_at).sum()), A.T @ p])
check.close("Its Hessian", at_surface("logsum", A, w_at)[2], A.T @ (np.diag(p) - np.outer(p, p)) @ A, atol=1e-7,
            hint="The gradient has to be computed while the outer tape is open.")
check.close("A constant has slopes too, all of them zero", at_surface("constant", A, w_at),
            [A.sum(), np.zeros(4), np.zeros((4, 4))])
check.close("Newton's method finds scikit-learn's weights", [logistic_weights(X_log, y_log, l2) for l2 in (0.3, 10.0)],
            [by_sklearn(l2) for l2 in (0.3, 10.0)], rtol=1e-3, atol=1e-4, weight=2,
            hint="Subtract the solution of H d = g; the penalty is l2 / 2 times the sum of squares.")
### END HIDDEN TESTS

# %% [markdown]
# ### Saying yourself what the slope is
#
# Sometimes the tape's answer is useless. $\log(1 + e^z)$ overflows for $z = 1000$, and although the slope is simply
# 1, the tape divides infinity by infinity and gets NaN. With `@tf.custom_gradient` a function returns its value and a
# function `grad(upstream)`: the slope that comes from above, times its own. `tf.stop_gradient(x)` has the value of
# `x` and the slope zero.
#
# **Task.**
#
# - `softplus(z)`: the value written so that nothing overflows, and the slope, which is the sigmoid of $z$.
# - `straight_round(x)`: the value is rounded, the slope is that of `x` itself, 1. (Networks with rounded weights are
#   trained with this trick; the slope of a staircase is 0 nearly everywhere, and nothing would be learned.)

# %% answer="custom_gradient"
@tf.custom_gradient
def softplus(z):
    """Return log(1 + exp(z)) and the function that passes its slope on, for a float tensor of any shape."""
    ### BEGIN SOLUTION
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0.0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad
    ### END SOLUTION


def straight_round(x):
    """Return x rounded, with the slope of x."""
    ### BEGIN SOLUTION
    return x + tf.stop_gradient(tf.round(x) - x)
    ### END SOLUTION

# %% given="slopes"
def value_and_slope(name, x, factor):
    """Return one of your functions at x, and the slope of factor times it."""
    x = tf.constant(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = {"softplus": softplus, "straight_round": straight_round}[name](x)
        scaled = factor * value
    return np.asarray(value), np.asarray(tape.gradient(scaled, x))

# %% checks="custom_gradient_test" points=1
check.close("softplus of 0 is log 2, its slope there 1/2", value_and_slope("softplus", [0.0], 1.0),
            [[np.log(2)], [0.5]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 slopes"))
z = np.concatenate([rng.normal(0.0, 4.0, 40), [-1000.0, -90.0, 90.0, 1000.0]])
factor = rng.normal(size=44).astype(np.float32)
with np.errstate(over="ignore"):
    sigmoid = 1 / (1 + np.exp(-z))
x_any = rng.uniform(-5.0, 5.0, 44)
check.close("softplus is right for numbers of any size", value_and_slope("softplus", z, 1.0)[0], np.logaddexp(0, z),
            rtol=1e-4, hint="max(z, 0) + log(1 + exp(-|z|)) never overflows.")
check.close("Its slope is finite and right everywhere", value_and_slope("softplus", z, 1.0)[1], sigmoid, rtol=1e-4,
            atol=1e-6)
check.close("The slope from above is passed on", value_and_slope("softplus", z, factor)[1], factor * sigmoid,
            rtol=1e-4, atol=1e-6, hint="grad gets the slope of what comes after; multiply.")
check.close("straight_round rounds", value_and_slope("straight_round", x_any, 1.0)[0], np.rint(x_any))
check.close("and passes slopes on as if it did not", value_and_slope("straight_round", x_any, factor)[1], factor,
            hint="tf.stop_gradient belongs around what should have no slope.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — A model with a loss of its own
#
# Two ideas in one network. In a *residual block* the input jumps over a few layers and is added to their output,
# $\mathbf x + F(\mathbf x)$: with weights near zero the block passes its input on unchanged, so many blocks can be
# stacked and still be trained. (That is why nothing comes after the sum: a ReLU there would cut off all negative
# inputs.)
#
# And a loss need not compare with targets. Whatever `call` passes to `self.add_loss` is added to the loss that
# `compile` was given. Here the network has to be able to *rebuild its inputs* from its hidden layer, so that it
# cannot throw away what it sees.
#
# **Task.** Complete `ResidualBlock(units)`: attributes `inner` (a ReLU layer with `units` neurons) and `outer` (a
# linear layer with as many as the block's input has features, made in `build`), and the sum. Then `RebuildingNet`:
#
# - attributes `first` (ReLU, `units` neurons), `block` (your block with `units`), `head` (one linear neuron) and
#   `rebuild` (linear, `n_features` neurons);
# - `call` computes `first`, then `block`, then the prediction with `head`; `rebuild` works on the output of the
#   block. It adds the mean squared difference between rebuilt and real inputs, times `weight`, as a loss.
#
# `train_rebuilding(X, y)` builds, trains and returns such a network; it is judged by $R^2$ on new rows.
# <!-- covers: 12.3 12.N2 12.N6 12.N7 -->

# %% given="bends"
def make_bends(m, seed):
    """Return X (m, 6) and y (m, 1), a function of X that no straight line comes near."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1.5, 1.5, (m, 6))
    y = 2 * X[:, 0] * X[:, 1] + np.sin(3 * X[:, 2]) + X[:, 3] ** 2 + rng.normal(0.0, 0.2, m)
    return X.astype("float32"), y[:, None].astype("float32")


X_bends, y_bends = make_bends(1500, seed=5)

# %% answer="residual"
@keras.saving.register_keras_serializable("ch12")
class ResidualBlock(keras.layers.Layer):
    """Two dense layers, and a way around them."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Make and build self.inner and self.outer."""
        ### BEGIN SOLUTION
        self.inner = keras.layers.Dense(self.units, activation="relu")
        self.outer = keras.layers.Dense(input_shape[-1])
        self.inner.build(input_shape)
        self.outer.build((*input_shape[:-1], self.units))
        ### END SOLUTION

    def call(self, inputs):
        """Return the inputs (rows, features) plus what the two layers make of them."""
        ### BEGIN SOLUTION
        return inputs + self.outer(self.inner(inputs))
        ### END SOLUTION

# %% answer="rebuilding"
@keras.saving.register_keras_serializable("ch12")
class RebuildingNet(keras.Model):
    """Predicts one number, and can rebuild its n_features inputs from what its block gives."""

    def __init__(self, n_features, units=32, weight=0.05, **kwargs):
        super().__init__(**kwargs)
        self.n_features, self.units, self.weight = n_features, units, weight
        self.first = keras.layers.Dense(units, activation="relu")
        self.block = ResidualBlock(units)
        self.head, self.rebuild = keras.layers.Dense(1), keras.layers.Dense(n_features)

    def call(self, inputs):
        """Return predictions (rows, 1), and add the loss of rebuilding."""
        ### BEGIN SOLUTION
        hidden = self.block(self.first(inputs))
        self.add_loss(self.weight * keras.ops.mean((self.rebuild(hidden) - inputs) ** 2))
        return self.head(hidden)
        ### END SOLUTION

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        ### BEGIN SOLUTION
        mine = {"n_features": self.n_features, "units": self.units, "weight": self.weight}
        return {**super().get_config(), **mine}
        ### END SOLUTION

# %% answer="train_rebuilding"
def train_rebuilding(X, y):
    """Return a trained RebuildingNet for X (rows, features) and y (rows, 1)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(5)
    model = RebuildingNet(X.shape[1])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, y, epochs=30, batch_size=32, verbose=0)
    return model
    ### END SOLUTION

# %% given="rebuilding_tools"
def rebuilding_from_file(X):
    """Return [prediction, extra losses] of an untrained RebuildingNet before and after it went through a file."""
    model, found = RebuildingNet(X.shape[1], units=7, weight=0.5), []
    model(X)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        again = keras.models.load_model(f"{folder}/model.keras")
    for net in (model, again):
        found.append([np.asarray(net(X)), [float(loss) for loss in net.losses]])
    return found

# %% checks="rebuilding_test" points=1
check.shape("A block of 4 units keeps 3 features", ResidualBlock(4)(np.ones((2, 3), np.float32)), (2, 3))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 rebuilding"))
X_in, memo = rng.normal(size=(50, 6)).astype(np.float32), {}


def block_with(scale):
    block = ResidualBlock(9)
    block(X_in)
    block.set_weights([scale * rng.normal(size=w.shape) for w in map(np.asarray, block.get_weights())])
    W1, b1, W2, b2 = (np.asarray(w) for w in block.get_weights())
    return np.asarray(block(X_in)), X_in + np.maximum(X_in @ W1 + b1, 0) @ W2 + b2


def net_by_hand():
    if not memo:
        net = RebuildingNet(6, units=11, weight=0.3)
        memo["out"] = np.asarray(net(X_in))
        memo["losses"] = [float(loss) for loss in net.losses]
        W = {name: [np.asarray(w) for w in getattr(net, name).get_weights()]
             for name in ("first", "block", "head", "rebuild")}
        H = np.maximum(X_in @ W["first"][0] + W["first"][1], 0)
        H = H + np.maximum(H @ W["block"][0] + W["block"][1], 0) @ W["block"][2] + W["block"][3]
        memo["by_hand"] = H @ W["head"][0] + W["head"][1]
        memo["rebuilt"] = H @ W["rebuild"][0] + W["rebuild"][1]
    return memo


check.close("With weights of zero the block passes its input on, negative numbers too", block_with(0)[0], X_in,
            hint="Nothing comes after the sum.")
check.close("The block adds two layers, the first with ReLU", *block_with(0.5), rtol=1e-3, atol=1e-4)
check.close("The network predicts from its block", net_by_hand()["out"], net_by_hand()["by_hand"], rtol=1e-3, atol=1e-4)
check.close("It adds one loss: the weight times the mean squared error of rebuilding", net_by_hand()["losses"],
            [0.3 * np.mean((net_by_hand()["rebuilt"] - X_in) ** 2)], rtol=1e-3, hint="self.add_loss in call, once.")
check.close("After a file it predicts and adds the same", *rebuilding_from_file(X_in), rtol=1e-3, atol=1e-5,
            hint="weight and units belong into get_config.")
### END HIDDEN TESTS

# %% given="rebuilding_demo"
rebuilding = train_rebuilding(X_bends, y_bends)

# %% checks="train_rebuilding_test" points=1
check.shape("There is one prediction for each row",
            train_rebuilding(X_bends[:64], y_bends[:64]).predict(X_bends[:5], verbose=0), (5, 1))

### BEGIN HIDDEN TESTS
X_new, y_new = make_bends(1500, datasets.hidden_seed("ch12 bends"))


def rebuilt_part():
    rebuilding(X_new)
    return float(rebuilding.losses[0]) / 0.05  # the inputs' own variance is 0.75


check.score("New rows are predicted", y_new[:, 0], rebuilding.predict(X_new, verbose=0)[:, 0], metric="r2",
            at_least=0.85, hint="More epochs, or another learning rate?")
check.true("The trained network can rebuild most of its inputs", rebuilt_part() < 0.4,
           hint="The loss of rebuilding, with the weight 0.05, has to be there while fitting.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — The loop behind `fit`
#
# `fit` does for each batch what you can write in ten lines:
#
# 1. with a tape open: outputs of the model with `training=True` (batch normalisation and dropout need to know), the
#    loss, **plus** `model.losses` (regularisers and `add_loss`), which are easily forgotten;
# 2. gradients with respect to `model.trainable_variables`, and `optimizer.apply(gradients, variables)`, which applies
#    the constraints, too;
# 3. metrics updated; at the start of an epoch all of them are reset.
#
# Loops that step through Python for every operation are slow, so the step is a `tf.function` (Exercise 7).
#
# **Task.** Write `train`. Rows are taken in their order, `batch_size` at a time; the last batch of an epoch may be
# shorter. It returns a dict like `history.history`: `loss`, the mean over *rows* of the whole loss (extra losses
# included, each batch before its own step), and one list for each metric under its name, with a float per epoch.
# The checks compare with an exact computation, and the time is measured.
# <!-- covers: 12.3 12.4 12.5 12.N3 12.N9 -->

# %% answer="train"
def train(model, X, y, loss, optimizer, epochs, batch_size, metrics=()):
    """Train a built Keras model on arrays X and y; return a dict of lists with one float per epoch.

    loss and metrics are Keras objects, called as loss(y_true, y_pred) and metric.update_state(y_true, y_pred).
    """
    ### BEGIN SOLUTION
    mean = keras.metrics.Mean(name="loss")
    watched = [mean, *metrics]
    history = {metric.name: [] for metric in watched}
    batches = tf.data.Dataset.from_tensor_slices((X, y)).batch(batch_size)
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function(reduce_retracing=True)
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            total = tf.add_n([loss(targets, outputs), *model.losses])
        optimizer.apply(tape.gradient(total, weights), weights)
        mean.update_state(total, sample_weight=tf.shape(targets)[0])
        for metric in metrics:
            metric.update_state(targets, outputs)

    for _ in range(epochs):
        for metric in watched:
            metric.reset_state()
        for inputs, targets in batches:
            step(inputs, targets)
        for metric in watched:
            history[metric.name].append(float(metric.result()))
    return history
    ### END SOLUTION

# %% given="drill"
def drill(X, y, start, epochs=3, batch_size=20):
    """Return (history, weights) of a linear network on normalised batches, with a penalty and no negative weights.

    The kernel begins as start (features, 1); weights are moving mean and variance, kernel and bias after training.
    """
    dense = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.05), kernel_constraint="non_neg")
    norm = keras.layers.BatchNormalization(momentum=0.9, center=False, scale=False)
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), norm, dense])
    dense.set_weights([start, np.zeros(1)])
    history = train(model, X.astype("float32"), y.astype("float32"), keras.losses.MeanSquaredError(),
                    keras.optimizers.SGD(0.05), epochs, batch_size, [keras.metrics.MeanAbsoluteError(name="mae")])
    return history, model.get_weights()


def drill_data(m, seed, n=3):
    """Return X (m, n), y (m, 1) and a kernel to start with, for drill."""
    rng = np.random.default_rng(seed)
    X, slopes = rng.normal(3.0, 2.0, (m, n)), rng.normal(size=(n, 1))
    slopes[0] = -1.0
    return X, X @ slopes + rng.normal(size=(m, 1)), rng.uniform(0.2, 1.0, (n, 1))

# %% checks="train_test" points=2
curves = drill(*drill_data(50, seed=6))[0]
check.equal("The curves are loss and mae, three epochs long", {name: len(values) for name, values in curves.items()},
            {"loss": 3, "mae": 3}, hint="One value per epoch, under the name of the metric.")

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch12 loop"), {}


def by_hand(X, y, W, epochs=3, size=20):
    b, mean, var, losses, maes = 0.0, np.zeros(X.shape[1]), np.ones(X.shape[1]), [], []
    for _ in range(epochs):
        total = off = 0.0
        for at in range(0, len(X), size):
            x, t = X[at : at + size], y[at : at + size]
            mean, var = 0.9 * mean + 0.1 * x.mean(axis=0), 0.9 * var + 0.1 * x.var(axis=0)
            Z = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3)
            e = Z @ W + b - t
            total, off = total + len(x) * (np.mean(e**2) + 0.05 * np.sum(W**2)), off + np.abs(e).sum()
            W, b = np.maximum(W - 0.05 * (2 * Z.T @ e / len(x) + 0.1 * W), 0), b - 0.1 * e.mean()
        losses.append(total / len(X))
        maes.append(off / len(X))
    return {"loss": losses, "mae": maes}, mean, var, W, b


def both():
    if not memo:
        data = drill_data(70, seed)
        (memo["curves"], memo["weights"]), memo["exact"] = drill(*data), by_hand(*data)
    return memo


check.close("The loss curve is exact, penalties and the short last batch included", both()["curves"]["loss"],
            both()["exact"][0]["loss"], rtol=2e-3, hint="Add model.losses, and count rows, not batches.")
check.close("So is the metric's", both()["curves"]["mae"], both()["exact"][0]["mae"], rtol=2e-3,
            hint="Reset metrics when an epoch begins.")
check.close("Batch normalisation learned its moving mean and variance", both()["weights"][:2],
            list(both()["exact"][1:3]), rtol=2e-3, atol=1e-4, hint="model(inputs, training=True)")
check.close("The weights are where gradient descent leads, never negative", np.ravel(both()["weights"][2]),
            np.ravel(both()["exact"][3]), rtol=5e-3, atol=1e-4, weight=2,
            hint="The penalty has a slope; optimizer.apply.")
check.faster("Hundreds of steps run as a graph", drill, times=2.5, repeats=3,
             inputs=lambda draw: (*drill_data(1600, draw), 3, 8), hint="Put the step into a tf.function.")
### END HIDDEN TESTS

# %% [markdown]
# ### A loss made of slopes
#
# What is a loop of your own good for? For losses that `fit` cannot compute, for instance a differential equation.
# Outside a wall it is warm by day and cold by night, and the wall follows slowly:
#
# $$u'(t) = r\,\big(\sin 2t - u(t)\big), \qquad u(0) = u_0 .$$
#
# Let a small network $N$ give $u(t) = u_0 + t\,N(t)$, which is right at $t = 0$ whatever the weights. Its slope $u'(t)$
# comes from a tape over $t$. The loss is the mean square of $u' - r\,(\sin 2t - u)$ at many times: no data at all. And
# because the slope is part of the loss, the tape for the weights has to be open while the slope is computed.
#
# **Task.** `solve_wall(rate, start)` trains such a network for times from 0 to 4 and returns a function from times
# (n,) to temperatures, an array (n,). Two layers of 20 neurons with a smooth activation (`tanh`) and some hundred steps
# of Adam, as a graph, are enough; take no longer than a few seconds.

# %% answer="wall"
def solve_wall(rate, start):
    """Return a function that gives u at times t, arrays (n,); times are from 0 to 4."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(6)
    net = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(20, activation="tanh")])
    net.add(keras.layers.Dense(20, activation="tanh"))
    net.add(keras.layers.Dense(1))
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.02, 1000))
    adam.build(net.trainable_variables)
    times = tf.linspace(0.0, 4.0, 60)[:, None]

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            with tf.GradientTape() as slope_tape:
                slope_tape.watch(times)
                u = start + times * net(times)
            slope = slope_tape.gradient(u, times)
            loss = tf.reduce_mean((slope - rate * (tf.sin(2 * times) - u)) ** 2)
        adam.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)

    for _ in range(1000):
        step()
    return lambda t: start + np.asarray(t) * np.asarray(net(np.asarray(t, "float32")[:, None]))[:, 0]
    ### END SOLUTION

# %% given="exact"
def exact_wall(t, rate, start):
    """Return the exact temperatures at times t."""
    swing = (rate * np.sin(2 * t) - 2 * np.cos(2 * t)) * rate / (rate**2 + 4)
    return swing + (start + 2 * rate / (rate**2 + 4)) * np.exp(-rate * t)


HOURS = np.linspace(0, 4, 100)

# %% given="wall_demo"
wall = solve_wall(1.5, 0.8)
plt.plot(HOURS, wall(HOURS), label="network")
plt.plot(HOURS, exact_wall(HOURS, 1.5, 0.8), "--", label="exact")
plt.xlabel("time")
plt.ylabel("temperature")
plt.legend()
plt.show()

# %% checks="wall_test" points=1
check.close("At time 0 the temperature is the one given", solve_wall(1.5, 0.8)(np.zeros(1)), [0.8], atol=1e-5)

### BEGIN HIDDEN TESTS
draws = np.random.default_rng(datasets.hidden_seed("ch12 wall"))
rate, first = float(draws.uniform(0.5, 0.9)), float(draws.uniform(-0.9, -0.4))
t_new = draws.uniform(0.0, 4.0, 300)
check.score("The temperatures of the example are right", exact_wall(t_new, 1.5, 0.8), wall(t_new), metric="rmse",
            at_most=0.03, hint="Is the slope computed while the tape for the weights is open?")
check.score("So are those of another wall", exact_wall(t_new, rate, first), solve_wall(rate, first)(t_new),
            metric="rmse", at_most=0.03, hint="Use the arguments.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Functions that become graphs
#
# `@tf.function` runs your Python *once* to *trace* it: it notes which operations on tensors happen, and from then on
# only this graph is run, without Python. *Autograph* turns `while`, `if` and `for ... in tf.range(...)` over tensors
# into operations of the graph. Some consequences:
#
# - For each new shape or type of a tensor, and for **each new value of a Python number**, it traces again: a *concrete
#   function* is kept for each. An `input_signature=[tf.TensorSpec((None,), tf.float32)]` says once for all what
#   may come; `f.experimental_get_tracing_count()` counts.
# - What Python does besides (print, append, NumPy's random numbers) happens while tracing only.
# - A Python loop `for i in range(1000)` becomes a graph with a thousand copies; `tf.range` becomes one loop. A
#   `tf.TensorArray` collects what such a loop computes; a list cannot.
# - State lives in a `tf.Variable`, a *resource* that graphs share and change. It is made once, outside: in `__init__`.
#
# **Task.**
#
# - `smooth(values, decay)`: exponential smoothing, $s_0 = v_0$ and $s_i = d\,s_{i-1} + (1-d)\,v_i$.
# - `largest_eigenvalue(A)` of a symmetric matrix with positive entries: start with the vector of ones, and repeat
#   $\mathbf v \leftarrow A\mathbf v / \lVert A\mathbf v \rVert$ until no element changes by more than $10^{-10}$. It
#   returns $\lVert A\mathbf v \rVert$ and how many times it was repeated.
#
# Both are graph functions with a signature (given), traced once for all sizes, and timed.
# <!-- covers: 12.1 12.5 12.N1 12.N10 -->

# %% answer="graphs"
@tf.function(input_signature=[tf.TensorSpec((None,), tf.float32), tf.TensorSpec((), tf.float32)])
def smooth(values, decay):
    """Return the smoothed values, a tensor (n,), for values (n,), at least one, and a decay from 0 to 1."""
    ### BEGIN SOLUTION
    n = tf.shape(values)[0]
    found = tf.TensorArray(tf.float32, n)
    state = values[0]
    for i in tf.range(n):
        state = decay * state + (1 - decay) * values[i]
        found = found.write(i, state)
    return found.stack()
    ### END SOLUTION


@tf.function(input_signature=[tf.TensorSpec((None, None), tf.float64)])
def largest_eigenvalue(A):
    """Return (eigenvalue, repetitions), scalar tensors, for a symmetric matrix (n, n) of positive numbers."""
    ### BEGIN SOLUTION
    v, change, repeated = tf.ones(tf.shape(A)[0], tf.float64), tf.constant(1.0, tf.float64), 0
    while change > 1e-10:
        new = tf.linalg.matvec(A, v)
        new /= tf.norm(new)
        change, v = tf.reduce_max(tf.abs(new - v)), new
        repeated += 1
    return tf.norm(tf.linalg.matvec(A, v)), repeated
    ### END SOLUTION

# %% checks="graphs_test" points=1
check.close("Smoothing 0, 1, 1 with decay 0.5", smooth(np.array([0, 1, 1], np.float32), 0.5), [0.0, 0.5, 0.75])
check.close("The largest eigenvalue of [[2, 1], [1, 2]] is 3", largest_eigenvalue(np.array([[2.0, 1], [1, 2]]))[0], 3.0)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 graphs"))
series = [rng.normal(5.0, 1.0, n).astype(np.float32) for n in (1, 7, 60)]
squares = [rng.uniform(0.1, 1.0, (n, n)) for n in (2, 5, 9)]


def smoothed(values, decay):
    found = [float(values[0])]
    for value in values[1:]:
        found.append(decay * found[-1] + (1 - decay) * float(value))
    return np.array(found)


def repetitions(A):
    v, count, change = np.ones(len(A)), 0, 1.0
    while change > 1e-10:
        new = A @ v / np.linalg.norm(A @ v)
        v, change, count = new, np.abs(new - v).max(), count + 1
    return count


check.close("Series of any length are smoothed", [smooth(v, 0.8) for v in series], [smoothed(v, 0.8) for v in series],
            rtol=1e-4, hint="Loop over tf.range(tf.shape(values)[0]).")
check.close("Eigenvalues are those of NumPy", [largest_eigenvalue(S + S.T)[0] for S in squares],
            [np.linalg.eigvalsh(S + S.T)[-1] for S in squares], rtol=1e-6)
check.close("The loop ends when nothing changes any more", [largest_eigenvalue(S + S.T)[1] for S in squares],
            [repetitions(S + S.T) for S in squares], rtol=0, atol=1, hint="Count inside the loop.")
check.equal("One graph serves all sizes and decays",
            [f.experimental_get_tracing_count() for f in (smooth, largest_eigenvalue)], [1, 1])
check.faster("Thousands of steps run inside the graph", smooth, times=4, repeats=3,
             inputs=lambda draw: (np.random.default_rng(draw).normal(size=8000).astype(np.float32), 0.9),
             hint="tf.range and a TensorArray: a Python loop, or tf.concat in each step, takes much longer.")
### END HIDDEN TESTS

# %% [markdown]
# ### State in a graph
#
# **Task.** Complete `RunningMean`: `update(batch)` takes in rows and returns the mean of all rows seen so far by this
# object. It is a graph that serves batches of all sizes; its state is two variables that are not trained.

# %% answer="running_mean"
class RunningMean(tf.Module):
    """The mean of all rows seen so far, with n_features columns."""

    def __init__(self, n_features):
        super().__init__()
        ### BEGIN SOLUTION
        self.total = tf.Variable(tf.zeros(n_features), trainable=False)
        self.rows = tf.Variable(0.0, trainable=False)
        ### END SOLUTION

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32)])
    def update(self, batch):
        """Take in a batch (rows, n_features) and return the mean so far, a tensor (n_features,)."""
        ### BEGIN SOLUTION
        self.total.assign_add(tf.reduce_sum(batch, axis=0))
        self.rows.assign_add(tf.cast(tf.shape(batch)[0], tf.float32))
        return self.total / self.rows
        ### END SOLUTION

# %% checks="running_mean_test" points=1
small_mean = RunningMean(2)  # a graph does not keep its object alive: give it a name
check.close("The mean of one batch", small_mean.update(np.array([[1, 2], [3, 4]], np.float32)), [2.0, 3.0])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch12 running"))
rows = rng.normal(3.0, 2.0, (90, 4)).astype(np.float32)
cuts = [(0, 1), (1, 40), (40, 41), (41, 90)]


def means(shift=0.0):
    running = RunningMean(4)
    return [np.asarray(running.update(rows[i:j] + np.float32(shift))) for i, j in cuts], running


def traces():
    return means()[1].update.experimental_get_tracing_count()


check.close("Batches of any size count by their rows", means()[0], [rows[:j].mean(axis=0) for _, j in cuts], rtol=1e-4,
            hint="Keep the sum and the number of rows.")
check.close("Another object begins afresh", means(7.0)[0], [rows[:j].mean(axis=0) + 7 for _, j in cuts], rtol=1e-4,
            hint="Make the variables in __init__.")
check.equal("It has two variables, none of them trainable, and one graph",
            [len(means()[1].variables), len(means()[1].trainable_variables), traces()], [2, 0, 1])
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A colleague has written a training step and complains:
#
# ```
# seen = []
#
# @tf.function
# def step(X, y, rate):
#     print("step")
#     noise = np.random.normal(size=3)
#     with tf.GradientTape() as tape:
#         loss = tf.reduce_mean((tf.linalg.matvec(X, w + noise) - y) ** 2)
#     w.assign_sub(rate * tape.gradient(loss, w))
#     seen.append(loss)
#     return loss
# ```
#
# "With a fixed rate it prints once and the noise is always the same. When I pass a new Python number as `rate` in each
# step, it gets slower than without `tf.function`, and prints each time. And `seen` has things in it that I cannot
# convert to numbers." Explain all four observations, and say what you would change.

# %% [markdown] essay="trace" points=2
# ### BEGIN SOLUTION
# The function runs as Python only while it is traced. So print happens once per trace, and NumPy's noise is drawn
# once and becomes a constant of the graph. `seen` gets the symbolic tensor of the trace: a place in the graph without
# a value. Later runs of the graph append nothing. (1 point)
#
# A Python number is part of the key under which a graph is kept, so each new rate is traced again, which costs
# more than the step itself; every trace prints and draws anew. Pass the rate as a tensor or keep it in a variable; draw
# with tf.random.normal; print with tf.print; collect the returned losses outside, or in a metric. An
# input_signature makes sure that there is one trace. (1 point)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 8 — What is where, and what happens
#
# A tour of TensorFlow, by module: `tf.data` feeds models from files too large for memory; `tf.io` reads and writes
# files and records; `tf.image` and `tf.signal` hold what images and sounds need; `tf.linalg` solves and decomposes;
# `tf.lookup` keeps tables; `tf.random` draws; `tf.distribute` spreads training over several devices and machines (a
# graph says what depends on what, so its parts can run in different places); `tf.saved_model` stores graphs that run
# without Python, on servers and telephones. Keras stands on top of it, or of JAX or PyTorch: what only uses Keras and
# `keras.ops` runs on all three.
#
# **Task.** Fill in the four dicts.
#
# `STRUCTURES`: one of `ragged`, `sparse`, `string`, `tensor array`, `set`, `queue`, `variable`.
#
# `MODULES`: one of `data`, `io`, `image`, `signal`, `linalg`, `lookup`, `random`, `distribute`, `saved_model`.
#
# `TRACES`: how often is `f` traced, if it was just made by `@tf.function` and the calls follow each other?
#
# `STATEMENTS`: `True` or `False`.
#
# - a: `tf.constant(1.0) + tf.constant(1)` is 2.0.
# - b: After `tape.gradient(...)`, a tape that is not persistent cannot be asked again.
# - c: Reverse mode needs one pass through the network for each weight.
# - d: A saved graph can be run where there is no Python.
# - e: The value of a metric for an epoch is the mean of its values for the batches, whatever their sizes.
# - f: `loss(y, model(X))` contains the penalties of the model's regularisers.
# - g: The parts of one graph can run on different devices at the same time.
# - h: A `GradientTape` works the same when Keras runs on JAX.
# - i: A loss function can be any function of (y_true, y_pred); only to be saved with its settings it needs a class.
# <!-- covers: 12.1 12.2 12.4 12.5 12.6 12.N1 12.N2 12.N3 12.N8 12.N10 -->

# %% answer="concepts"
STRUCTURES = {
    "sentences of different lengths, as word numbers": None,
    "a million words, of which each text has a few": None,
    "what a loop in a graph collects, step by step": None,
    "names, as bytes": None,
    "which tags two articles have in common": None,
    "examples that one thread makes and another takes": None,
    "the weights of a layer": None,
}
MODULES = {"batches of rows from many files": None, "the same model on four GPUs": None,
           "the eigenvalues of a matrix": None, "the spectrum of a sound": None,
           "a model for a server in C++": None, "word to number": None}
TRACES = {
    "f(1), f(2), f(3)": None,
    "f(tf.constant(1)), f(tf.constant(2)), f(tf.constant(3))": None,
    "f(tf.constant(1)), f(tf.constant(1.0)), f(tf.constant(2.0))": None,
    "f(1), f(1), f(tf.constant(1))": None,
}
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
### BEGIN SOLUTION
kinds = ("ragged", "sparse", "tensor array", "string", "set", "queue", "variable")
STRUCTURES = dict(zip(STRUCTURES, kinds, strict=True))
places = ("data", "distribute", "linalg", "signal", "saved_model", "lookup")
MODULES = dict(zip(MODULES, places, strict=True))
TRACES = dict(zip(TRACES, (3, 1, 2, 2), strict=True))
STATEMENTS = {letter: letter in "bdgi" for letter in "abcdefghi"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer",
           None not in [*STRUCTURES.values(), *MODULES.values(), *TRACES.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Which structure holds what", list(STRUCTURES.values()),
            ["ragged", "sparse", "tensor array", "string", "set", "queue", "variable"],
            hint="See the table of Exercise 1.")
check.equal("Which module does what", list(MODULES.values()),
            ["data", "distribute", "linalg", "signal", "saved_model", "lookup"], hint="See the tour.")
check.equal("How often a function is traced", list(TRACES.values()), [3, 1, 2, 2],
            hint="Python numbers count by value, tensors by type and shape.")
check.equal("Tensors and tapes, a to c", told("abc"), [False, True, False], hint="See Exercises 1 and 4.")
check.equal("Graphs, metrics and losses, d to f", told("def"), [True, False, False], hint="See Exercises 2 and 6.")
check.equal("What runs where, g to i", told("ghi"), [True, False, True], hint="See the tour, and Exercise 2.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# Nothing here needs a GPU; what changes with one is the time per step, not the code.
#
# - **Data.** `datasets.load_housing("full")` fetches California's 20,640 districts (needs a network), and
#   `datasets.load_fashion_mnist("full")` 70,000 images. `HuberLoss`, `RebuildingNet` and `train` work on both as they
#   are (cut the text columns, scale the rest). Our rides and bends are cleaner: a few thousand rows, few features,
#   known noise, so the scores say nothing about real tables.
# - **Time.** On a CPU the gain of `tf.function` comes from Python left out, and is largest for small models; with
#   large layers the multiplications dominate. On a GPU feed it well: batches of 256 and more, `.cache()` and
#   `.prefetch(tf.data.AUTOTUNE)` on the dataset, `jit_compile=True` for fused operations, and
#   `keras.mixed_precision.set_global_policy("mixed_float16")` with `keras.optimizers.LossScaleOptimizer` in a loop of
#   your own. Compare times only on one machine, after the first (traced) step.
# - **Several devices.** Make model and optimizer within `tf.distribute.MirroredStrategy().scope()`, and call the
#   step through `strategy.run`. Chapter 19 does that.
