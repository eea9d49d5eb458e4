# %% [markdown]
# # 17. Autoencoders, GANs and diffusion
#
# No labels at all in this chapter. A network that has to squeeze its input through a narrow place, and rebuild it
# afterwards, finds out by itself what matters in the data. A small change makes of it a model that *invents* data;
# two other kinds of networks, GANs and diffusion models, do only that, and better.
#
# The digits are `datasets.mnist_like`, shrunk to 8×8 so that everything trains in seconds; their pixels are between
# 0 and 1. How to do it at full size is told at the end. Networks are Keras, and `keras.ops` does the mathematics; the
# training steps are TensorFlow's, with a tape as in Chapter 12. The first cell has a function `train` for them; keep
# the losses that it returns (`losses = train(...)`) and look at them when a network does not learn.
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
import tensorflow as tf
from keras import layers, ops
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graders import check, datasets

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that


def train(loss, weights, X, steps=300, batch_size=128, rate=0.01, seed=17):
    """Change the weights by Adam so that loss(batch), a scalar tensor, gets small; return the losses (steps,).

    weights is a list of Keras variables, X an array (rows, ...). The batches are drawn at random, the rate falls
    to zero, and all steps run in one graph.
    """
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build(weights)
    order = tf.constant(np.random.default_rng(seed).integers(0, len(X), (steps, batch_size)))
    rows = tf.constant(X, tf.float32)

    @tf.function
    def run():
        losses = tf.TensorArray(tf.float32, steps)
        for step in tf.range(steps):
            with tf.GradientTape() as tape:
                value = loss(tf.gather(rows, order[step]))
            optimizer.apply(tape.gradient(value, weights), weights)
            losses = losses.write(step, value)
        return losses.stack()

    return run().numpy()

# %% given="digits"
def small_digits(n, seed, split="train"):
    """Return images (n, 8, 8), float32 from 0 to 1, and the digits (n,) on them."""
    images, digits, _ = datasets.mnist_like(n, seed, split)
    middle = images[:, 2:-2, 2:-2].astype("float32") / 255
    return middle.reshape(n, 8, 3, 8, 3).mean(axis=(2, 4)), digits


X_digits, y_digits = small_digits(1500, seed=17)

# %% [markdown]
# ## Exercise 1 — The simplest autoencoder
#
# An *autoencoder* has two parts. The *encoder* turns a row into a few numbers, its *code*; the *decoder* rebuilds the
# row from them. The loss compares the rebuilt row with the row itself. With fewer codes than features
# (*undercomplete*), copying is impossible: the network has to learn a *representation*, what rows have in common.
#
# If all is linear and the loss is the mean squared error, the best it can do is known: it is PCA (Chapter 8). The
# codes need not be the principal components, but the directions in which the decoder moves span the *same plane*.
# So compare the planes, never single axes: turned axes do the same work.
#
# How far are two planes from each other? Make an orthonormal basis of each, $Q_A$ and $Q_B$ (columns;
# `np.linalg.qr`). The singular values of $Q_A^\top Q_B$ are the cosines of the angles between the planes, the smallest
# cosine is that of the largest angle.
#
# **Task.** `largest_angle(A, B)` returns that angle in degrees. The axes are the *rows* of A and B, in any length and
# not at right angles.
# <!-- covers: 17.1 17.N1 -->

# %% answer="angle"
def largest_angle(A, B):
    """Return the largest angle, in degrees, between the planes of the rows of A and of B, both (axes, features)."""
    ### BEGIN SOLUTION
    bases = [np.linalg.qr(np.transpose(axes))[0] for axes in (A, B)]
    cosines = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(cosines.min(), -1.0, 1.0))))
    ### END SOLUTION

# %% checks="angle_test" points=1
check.close("Other axes of the same plane are at an angle of 0",
            largest_angle(np.eye(3)[:2], np.array([[1.0, 1.0, 0.0], [3.0, -1.0, 0.0]])), 0.0, atol=1e-4,
            hint="Do not compare the first axis with the first: compare the planes.")

### BEGIN HIDDEN TESTS
from scipy.linalg import subspace_angles

rng = np.random.default_rng(datasets.hidden_seed("ch17 angle"))
pairs = [(rng.normal(size=(d, 7)), rng.normal(size=(d, 7))) for d in (1, 2, 3, 3)]
turned = rng.normal(size=(3, 3)) + 3 * np.eye(3)


def by_scipy(A, B):
    return float(np.degrees(subspace_angles(A.T, B.T).max()))


check.close("A pair of lines has the angle between them", largest_angle(*pairs[0]), by_scipy(*pairs[0]), rtol=1e-4,
            atol=1e-4, hint="In degrees; two lines are never more than 90 degrees apart.")
check.close("Of several angles the largest counts", [largest_angle(*pair) for pair in pairs[1:]],
            [by_scipy(*pair) for pair in pairs[1:]], rtol=1e-4, atol=1e-4,
            hint="The smallest cosine belongs to the largest angle.")
check.invariant("Other axes of the same planes change nothing", largest_angle, args=pairs[3],
                changed=(turned @ pairs[3][0], pairs[3][1] * 5), rtol=1e-4, atol=1e-4,
                hint="Make each basis orthonormal first.")
### END HIDDEN TESTS

# %% [markdown]
# ### A network that finds the plane
#
# Twelve sensors measure what three hidden causes make of them, and all of them are far from zero. A linear network
# without biases can only represent planes through zero, so the mean has to go first (and to come back at the end).
#
# **Task.** `fit_linear(X, n_codes)` subtracts the mean, trains a linear autoencoder with `train`, and returns
# `(rebuild, axes)`: a function from rows to rebuilt rows, in the units of `X`, and the directions of the decoder, an
# array (n_codes, features). One matrix is enough: with $A$ for the decoder, $A^\top$ can be the encoder,
# $\hat{\mathbf z} = \mathbf z A^\top A$; such *tied* weights also learn faster than two matrices.

# %% given="sensors"
def make_sensors(n, seed):
    """Return X (n, 12), float32: three causes, seen by twelve sensors with some noise."""
    plan = np.random.default_rng(1)
    mixing, offset = plan.normal(size=(3, 12)) * [[2.0], [1.3], [0.8]], plan.uniform(3.0, 8.0, 12)
    rng = np.random.default_rng(seed)
    return (offset + rng.normal(size=(n, 3)) @ mixing + rng.normal(0.0, 0.3, (n, 12))).astype("float32")


X_sensors = make_sensors(1000, seed=17)

# %% answer="linear"
def fit_linear(X, n_codes):
    """Return (rebuild, axes) of a linear autoencoder trained on X (rows, features)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(1)
    mean = X.mean(axis=0)
    axes = keras.Variable(0.3 * keras.random.normal((n_codes, X.shape[1])))

    def through(rows):
        return (rows @ ops.transpose(axes)) @ axes

    losses = train(lambda batch: ops.mean((through(batch) - batch) ** 2), [axes], X - mean, steps=300, rate=0.03)
    return lambda rows: np.asarray(through((rows - mean).astype("float32"))) + mean, np.asarray(axes)
    ### END SOLUTION

# %% given="linear_demo"
rebuild_sensors = sensor_axes = None
rebuild_sensors, sensor_axes = fit_linear(X_sensors, 3)

# %% checks="linear_test" points=1
check.true("The cell above has trained a network", rebuild_sensors is not None)
check.shape("Rows are rebuilt in the shape they had", rebuild_sensors(X_sensors[:4]), (4, 12))
check.shape("There is one direction for each code", sensor_axes, (3, 12))

### BEGIN HIDDEN TESTS
from scipy.linalg import subspace_angles

seed, memo = datasets.hidden_seed("ch17 linear"), {}
X_new, pca = make_sensors(600, seed), PCA(3).fit(X_sensors)
narrow = np.random.default_rng(seed).normal(size=(400, 5)) * [3, 2, 1, 0.3, 0.3] + [9, -7, 5, 0, 20]


def flat_spread():
    """How much of the rebuilt rows lies outside of the largest two directions."""
    if not memo:
        rows = np.asarray(fit_linear(narrow.astype("float32"), 2)[0](narrow.astype("float32")))
        s = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
        memo["share"], memo["second"] = float(s[2] / s[0]), float(s[1] / s[0])
    return memo["share"] < 0.01 and memo["second"] > 0.4


check.score("New measurements are rebuilt nearly as well as by PCA", X_new.ravel(),
            np.ravel(rebuild_sensors(X_new)), metric="rmse", at_most=1.05, groups=np.repeat(np.arange(600), 12),
            baseline=pca.inverse_transform(pca.transform(X_new)).ravel(),
            hint="Subtract the mean first. Nothing may bend: no activations. Train until the loss no longer falls.")
check.true("The decoder's directions span the plane of PCA",
           bool(np.degrees(subspace_angles(np.asarray(sensor_axes).T, pca.components_.T).max()) < 5),
           hint="The rows of axes are the directions, after training.")
check.true("With two codes, rebuilt rows lie in a plane", flat_spread(), hint="Use n_codes, and no activations.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Deeper
#
# With activations and several layers (a *stacked* autoencoder), codes can follow curves where PCA has only planes.
# Usually the decoder mirrors the encoder, and then its weights may be *tied* to those of the encoder: its kernel is the
# encoder's, transposed. That halves the number of weights and the danger of overfitting.
#
# **Task.** Write the layer `DenseTranspose(dense, activation)`: it computes
# $f(\mathbf x\, W^\top + \mathbf c)$ with the *very* kernel $W$ of the layer `dense` (already built), not a copy, and
# a bias `self.bias` of its own that starts at zero. (`dense.input_shape` no longer exists in Keras 3;
# `dense.kernel.shape` does.)
# <!-- covers: 17.1 17.N2 17.N3 -->

# %% answer="tied"
class DenseTranspose(layers.Layer):
    """A dense layer with the transposed kernel of another one."""

    def __init__(self, dense, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        """Make self.bias, one number for each input of the other layer."""
        ### BEGIN SOLUTION
        self.bias = self.add_weight(shape=(self.dense.kernel.shape[0],), initializer="zeros", name="bias")
        ### END SOLUTION

    def call(self, inputs):
        """Return the outputs (rows, features) for codes (rows, units)."""
        ### BEGIN SOLUTION
        return self.activation(inputs @ ops.transpose(self.dense.kernel) + self.bias)
        ### END SOLUTION

# %% given="tied_tools"
def tied_step(X, kernel, bias, out_bias, activation=None, rate=0.5):
    """Return what a tied autoencoder with these weights rebuilds, its weights after one step, and how many it has."""
    dense = layers.Dense(kernel.shape[1], activation="tanh")
    dense.build((None, kernel.shape[0]))
    back = DenseTranspose(dense, activation)
    back.build((None, kernel.shape[1]))
    model = keras.Sequential([layers.Input((kernel.shape[0],)), dense, back])
    dense.set_weights([kernel, bias])
    back.bias.assign(out_bias)
    rows, weights = tf.constant(X, tf.float32), model.trainable_variables
    with tf.GradientTape() as tape:
        rebuilt = model(rows)
        loss = tf.reduce_mean((rebuilt - rows) ** 2)
    keras.optimizers.SGD(rate).apply(tape.gradient(loss, weights), weights)
    return np.asarray(rebuilt), dense.get_weights()[0], np.asarray(back.bias), len(weights)

# %% checks="tied_test" points=1
check.shape("Two codes give three outputs",
            tied_step(np.ones((5, 3)), np.ones((3, 2)), np.zeros(2), np.zeros(3))[0], (5, 3))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 tied"))
X_in, W, b, c = rng.normal(size=(40, 6)), rng.normal(0.0, 0.4, (6, 3)), rng.normal(size=3), rng.normal(size=6)
codes = np.tanh(X_in @ W + b)
out = codes @ W.T + c
slope = 2 * (out - X_in) / X_in.size
W_slope = slope.T @ codes + X_in.T @ ((slope @ W) * (1 - codes**2))
check.close("It computes with the transposed kernel and its own bias", tied_step(X_in, W, b, c)[0], out, rtol=1e-3,
            atol=1e-4, hint="The kernel of the other layer, as it is when the layer is called.")
check.close("The activation comes last", tied_step(X_in, W, b, c, "sigmoid")[0], 1 / (1 + np.exp(-out)), rtol=1e-3,
            atol=1e-4)
check.close("The shared kernel learns from both places where it is used", tied_step(X_in, W, b, c)[1],
            W - 0.5 * W_slope, rtol=1e-3, atol=1e-4, hint="Use the variable itself: NumPy or a copy has no slope.")
check.close("Its bias learns too, and kernel and biases are three variables",
            [*tied_step(X_in, W, b, c)[2], tied_step(X_in, W, b, c)[3]], [*(c - 0.5 * slope.sum(axis=0)), 3], rtol=1e-3,
            atol=1e-4, hint="One add_weight, for the bias.")
### END HIDDEN TESTS

# %% [markdown]
# ### Layer by layer, and what it is good for
#
# Deep autoencoders used to be trained *greedily*: first a shallow one for the first layer; then one that encodes the
# *codes* of the first; and so on. Stacked, they are a good start for training all layers together. Today this is
# rarely needed to train at all, but it still helps when steps are few.
#
# And the codes are useful in themselves. If only few rows have labels, train the autoencoder on *all* rows and a small
# classifier on the codes of the labelled ones: *unsupervised pretraining* (a GAN's discriminator can serve as well;
# once it was done with restricted Boltzmann machines). Here a scanner sees a bump in 40 places, with much noise; where
# the bump stands is one number, along a curve in 40 dimensions. Twelve scans have labels: in which quarter is it?
#
# **Task.** `pretrain_stack(X, sizes)` trains a stack with so many units per layer, each layer first by itself, then
# all together (`elu` for all but the codes and the outputs). It returns `(encoder, autoencoder)`, Keras models or
# functions from rows to codes and to rebuilt rows. `few_labels(encoder, X_few, y_few, X_new)` returns the classes of
# new rows, learned from the codes of few; it leaves the encoder as it is. A pipeline from scikit-learn will do.
# <!-- covers: 17.1 17.4 17.N2 17.N4 -->

# %% given="scans"
def make_scans(n, seed, noise=0.4):
    """Return X (n, 40), the quarter (n,) in which the bump stands, and X without the noise."""
    rng = np.random.default_rng(seed)
    place, grid = rng.uniform(0.0, 1.0, n), np.linspace(0.0, 1.0, 40)
    clean = np.exp(-((grid - 0.1 - 0.8 * place[:, None]) ** 2) / 0.03) * rng.uniform(0.7, 1.3, (n, 1))
    X = clean + rng.normal(0.0, noise, clean.shape)
    return X.astype("float32"), (4 * place).astype(int), clean


X_scans = make_scans(1500, seed=17)[0]

# %% answer="stack"
def pretrain_stack(X, sizes):
    """Return (encoder, autoencoder) of a stack with sizes[i] units in layer i, trained on X (rows, features)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(2)

    def fit(model, rows, steps):
        losses = train(lambda batch: ops.mean((model(batch) - batch) ** 2), model.trainable_variables, rows, steps)

    down, up, rows = [], [], X
    for number, units in enumerate(sizes):
        down.append(layers.Dense(units, activation="elu" if number < len(sizes) - 1 else None))
        up.insert(0, layers.Dense(rows.shape[1], activation="elu" if number else None))
        fit(keras.Sequential([layers.Input(rows.shape[1:]), down[-1], up[0]]), rows, 200)
        rows = np.asarray(down[-1](rows))
    autoencoder = keras.Sequential([layers.Input(X.shape[1:]), *down, *up])
    fit(autoencoder, X, 400)
    return keras.Sequential([layers.Input(X.shape[1:]), *down]), autoencoder
    ### END SOLUTION


def few_labels(encoder, X_few, y_few, X_new):
    """Return the classes (rows,) of X_new, learned from the codes of X_few and their classes."""
    ### BEGIN SOLUTION
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10.0))
    model.fit(np.asarray(encoder(X_few)), y_few)
    return model.predict(np.asarray(encoder(X_new)))
    ### END SOLUTION

# %% given="stack_demo"
scan_encoder = scan_autoencoder = None
scan_encoder, scan_autoencoder = pretrain_stack(X_scans, (32, 2))

# %% checks="stack_test" points=1
check.true("The cell above has trained a stack", scan_encoder is not None)
check.shape("Each scan has two codes", scan_encoder(X_scans[:5]), (5, 2))
check.shape("and is rebuilt from them", scan_autoencoder(X_scans[:5]), (5, 40))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch17 stack"), {}
X_new, y_new, clean = make_scans(800, seed)
pca = PCA(2).fit(X_scans)
few = [make_scans(12, seed + i)[:2] for i in range(1, 13)]


def codes_around():
    """The codes of some rows before and after few_labels, and what it found for twelve draws of few labels."""
    if not memo:
        memo["before"] = np.asarray(scan_encoder(X_new[:20]))
        memo["found"] = np.concatenate([few_labels(scan_encoder, *rows, X_new) for rows in few])
        memo["after"] = np.asarray(scan_encoder(X_new[:20]))
    return memo


def from_raw(rows, labels):
    return make_pipeline(StandardScaler(), LogisticRegression(C=10.0)).fit(rows, labels).predict(X_new)


check.score("Rebuilt from two codes, scans are much closer to the truth than by PCA", clean.ravel(),
            np.ravel(scan_autoencoder(X_new)), metric="rmse", at_most=0.75, groups=np.repeat(np.arange(800), 40),
            baseline=pca.inverse_transform(pca.transform(X_new)).ravel(),
            hint="After the layers were trained one by one, train all of them together.")
check.score("With few labels, codes tell more than the scans themselves", np.tile(y_new, 12), codes_around()["found"],
            at_least=0.02, by="difference", baseline=np.concatenate([from_raw(*rows) for rows in few]),
            groups=np.tile(np.arange(800), 12), hint="Classify the codes, of the few and of the new rows.")
check.equal("The encoder stays as it was", codes_around()["before"], codes_around()["after"],
            hint="The classifier learns, the encoder does not.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Away with the noise
#
# Another way to keep an autoencoder from copying: spoil its inputs, by noise or by setting some to zero, and ask for
# the *clean* row. A *denoising* autoencoder has to know what images look like. (As Exercise 7 shows, taking noise
# away, again and again, is enough to *make* images.)
#
# For images, the layers are convolutional: the encoder shrinks the image by strides, the decoder enlarges it by
# `layers.Conv2DTranspose`, and the same few weights work everywhere in an image of any size.
#
# **Task.** `build_dae(side)` returns a Keras model, not trained, that takes images (rows, side, side, 1) and returns
# images of the same shape, between 0 and 1; `side` is a multiple of 4.
#
# - First `layers.GaussianNoise(0.3)`: noise while training, and only then.
# - Two convolutions that halve the image, two that double it again, `padding="same"`; nothing else has weights.
# - At most 20,000 weights.
# <!-- covers: 17.N5 17.N7 -->

# %% answer="dae"
def build_dae(side=8):
    """Return a convolutional denoising autoencoder for images (rows, side, side, 1)."""
    ### BEGIN SOLUTION
    relu = {"strides": 2, "padding": "same", "activation": "relu"}
    return keras.Sequential([
        layers.Input((side, side, 1)),
        layers.GaussianNoise(0.3),
        layers.Conv2D(16, 3, **relu),
        layers.Conv2D(32, 3, **relu),
        layers.Conv2DTranspose(16, 3, **relu),
        layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
    ])
    ### END SOLUTION

# %% checks="dae_test" points=1
check.shape("Images keep their shape", build_dae(8)(np.zeros((2, 8, 8, 1), np.float32)), (2, 8, 8, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 dae"))
X_in, spot, memo = rng.uniform(size=(5, 16, 16, 1)).astype(np.float32), np.zeros((2, 24, 24, 1), np.float32), {}
patch = rng.uniform(size=(4, 4)).astype(np.float32)
spot[0, 8:12, 8:12, 0], spot[1, 12:16, 12:16, 0] = patch, patch


def net(side):
    if side not in memo:
        memo[side] = build_dae(side)
    return memo[side]


def moved():
    """How far the image of a moved spot is from the moved image of the spot, and whether there is an image."""
    a, b = np.asarray(net(24)(spot))[..., 0]
    return bool(np.abs(a[:-4, :-4] - b[4:, 4:]).max() < 1e-4 and a.std() > 1e-5)


check.output_shape("Images of other sizes keep their shape too", lambda X: net(16)(X), X_in, (16, 16, 1))
check.dropout("The noise is for training only", net(16), X_in, hint="layers.GaussianNoise knows when.")
check.true("Pixels are between 0 and 1, whatever comes in",
           bool(0 <= np.min(net(16)(50 * X_in - 25)) and np.max(net(16)(50 * X_in - 25)) <= 1),
           hint="End with a sigmoid.")
check.true("What it does to a spot does not depend on where the spot is", moved(),
           hint="Convolutions only: no Flatten, no Dense.")
check.parameters("There are at most 20,000 weights, however large the image is", net(24), at_most=20_000, at_least=500)
### END HIDDEN TESTS

# %% [markdown]
# **Task.** `train_dae(X)` builds such a model, trains it on clean images (rows, 8, 8) and returns it. Give it the
# batch with `training=True`, and compare what comes out with the *clean* batch. The model is judged on digits of
# other writers, with noise: how far are the cleaned images from the true ones?

# %% answer="train_dae"
def train_dae(X):
    """Return a denoising autoencoder trained on clean images X (rows, 8, 8)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(3)
    model = build_dae(8)
    losses = train(lambda batch: ops.mean((model(batch, training=True) - batch) ** 2), model.trainable_variables,
                   X[..., None], steps=400, batch_size=64)
    return model
    ### END SOLUTION

# %% given="dae_demo"
dae = None
dae = train_dae(X_digits)

# %% checks="train_dae_test" points=1
check.true("The cell above has trained a model", dae is not None)
check.shape("It takes images of 8 times 8 pixels", dae(X_digits[:3, :, :, None]), (3, 8, 8, 1))

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch17 noisy digits")
clean, _ = small_digits(500, seed, "test")
spoilt = np.clip(clean + np.random.default_rng(seed).normal(0.0, 0.3, clean.shape), 0, 1).astype(np.float32)
check.score("Noisy digits come out much closer to the clean ones", clean.ravel(), np.ravel(dae(spoilt[..., None])),
            metric="rmse", at_most=0.62, baseline=spoilt.ravel(), groups=np.repeat(np.arange(500), 64),
            hint="Noise in the inputs while training, none in the targets.")
check.score("Clean digits come out nearly as they were", clean.ravel(), np.ravel(dae(clean[..., None])), metric="rmse",
            at_most=0.75, baseline=np.tile(X_digits.mean(axis=0).ravel(), 500), groups=np.repeat(np.arange(500), 64),
            hint="Pixels are from 0 to 1, in training and later. Was the training long enough?")
### END HIDDEN TESTS

# %% [markdown]
# ### Sequences
#
# A *recurrent* autoencoder encodes a whole sequence in one vector: the encoder is a recurrent layer that returns only
# its last output. The decoder gets this vector at *every* step (`layers.RepeatVector`), and a second recurrent layer,
# which returns its whole sequence, turns it into the steps. Its weights do not depend on the length.
#
# **Task.** `build_recurrent(steps, features, n_codes)` returns `(encoder, decoder)`, two Keras models, not trained,
# with GRU or LSTM layers: sequences (rows, steps, features) to codes (rows, n_codes), and back.
# <!-- covers: 17.N6 -->

# %% answer="recurrent"
def build_recurrent(steps, features, n_codes):
    """Return (encoder, decoder) of a recurrent autoencoder, Keras models."""
    ### BEGIN SOLUTION
    encoder = keras.Sequential([layers.Input((steps, features)), layers.GRU(n_codes)])
    decoder = keras.Sequential([
        layers.Input((n_codes,)),
        layers.RepeatVector(steps),
        layers.GRU(16, return_sequences=True),
        layers.Dense(features),
    ])
    return encoder, decoder
    ### END SOLUTION

# %% checks="recurrent_test" points=1
check.shape("A sequence of 6 steps has one code", build_recurrent(6, 2, 4)[0](np.ones((3, 6, 2), np.float32)), (3, 4))

### BEGIN HIDDEN TESTS
X_in = np.random.default_rng(datasets.hidden_seed("ch17 recurrent")).normal(size=(5, 7, 3)).astype(np.float32)
memo = {}


def pair(steps):
    if steps not in memo:
        memo[steps] = build_recurrent(steps, 3, 4)
    return memo[steps]


def weights_of(part):
    return [int(sum(np.size(w) for w in pair(steps)[part].get_weights())) for steps in (7, 12)]


def differs(a, b):
    return bool(np.abs(np.asarray(a) - np.asarray(b)).max() > 1e-4)


def rebuilt():
    return np.asarray(pair(7)[1](pair(7)[0](X_in)))


check.output_shape("Codes are turned into sequences again", lambda X: pair(7)[1](pair(7)[0](X)), X_in, (7, 3),
                   hint="return_sequences=True in the decoder only.")
check.true("The order of the steps matters for the code", differs(pair(7)[0](X_in), pair(7)[0](X_in[:, ::-1])),
           hint="A recurrent layer, no mean over the steps.")
check.true("One code gives steps that differ from each other", differs(rebuilt()[:, 1:], rebuilt()[:, :-1]),
           hint="After RepeatVector all steps are equal; a recurrent layer makes them different.")
check.equal("Longer sequences need no more weights", [len(set(weights_of(part))) for part in (0, 1)], [1, 1],
            hint="No Flatten, no Reshape.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Few neurons at a time
#
# A third way: as many codes as you like, but only a few of them *active* for each row. With sigmoid codes, an $\ell_1$
# penalty (the mean of the codes) does it. Better behaved is to say how active each code should be *on average*, say
# 10 % of the time, and to punish deviations. With $p$ for this target and $q_j$ for the mean of code $j$ over the
# rows of the *batch*, the Kullback-Leibler divergence is
#
# $$\sum_j \; p \log \frac{p}{q_j} + (1 - p) \log \frac{1 - p}{1 - q_j}.$$
#
# It is zero if all $q_j$ are $p$, and grows faster than a square. (Keras' `activity_regularizer=` would do for it,
# too; but Keras divides what it returns by the rows of the batch: right for sums over rows, wrong for this.)
#
# **Task.** `kl_sparsity(codes, target)` returns this sum for codes between 0 and 1; it is finite even for codes that
# are always 0 or always 1 (clip $q$ to between $10^{-6}$ and $1 - 10^{-6}$). `train_sparse(X, n_codes, target)` trains
# an autoencoder with one layer of sigmoid codes on rows (rows, features) and returns `(encoder, autoencoder)`. Its
# loss is the mean squared error plus a small multiple of the penalty (0.01 if there are 64 codes).
# <!-- covers: 17.N8 -->

# %% answer="sparse"
def kl_sparsity(codes, target):
    """Return the divergence, a scalar tensor, of the mean activity of codes (rows, units) from the target."""
    ### BEGIN SOLUTION
    q = ops.clip(ops.mean(codes, axis=0), 1e-6, 1 - 1e-6)
    return ops.sum(target * ops.log(target / q) + (1 - target) * ops.log((1 - target) / (1 - q)))
    ### END SOLUTION


def train_sparse(X, n_codes=64, target=0.1):
    """Return (encoder, autoencoder), trained on X (rows, features), with codes that are active at the target."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(4)
    encoder = keras.Sequential([layers.Input(X.shape[1:]), layers.Dense(n_codes, activation="sigmoid")])
    decoder = keras.Sequential([layers.Input((n_codes,)), layers.Dense(X.shape[1], activation="sigmoid")])

    def loss(batch):
        codes = encoder(batch)
        return ops.mean((decoder(codes) - batch) ** 2) + 0.01 * kl_sparsity(codes, target)

    losses = train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=400)
    return encoder, keras.Sequential([layers.Input(X.shape[1:]), encoder, decoder])
    ### END SOLUTION

# %% given="sparse_demo"
sparse_encoder = sparse_autoencoder = None
sparse_encoder, sparse_autoencoder = train_sparse(X_digits.reshape(-1, 64))

# %% checks="sparse_test" points=1
check.close("Codes that are active as they should cost nothing", kl_sparsity(np.eye(4, dtype=np.float32), 0.25), 0.0,
            atol=1e-5, hint="Take the mean over the rows first.")
check.true("The cell above has trained an autoencoder", sparse_encoder is not None)
check.shape("Each digit has 64 codes", sparse_encoder(X_digits[:2].reshape(-1, 64)), (2, 64))

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch17 sparse")
codes = np.random.default_rng(seed).uniform(0.0, [0.2, 0.5, 0.9, 1.0, 1.0], (50, 5)).astype(np.float32)
always = np.tile(np.array([0.0, 1.0], np.float32), (3, 1))
X_new = small_digits(600, seed, "test")[0].reshape(-1, 64)


def divergence(q, p):
    return float(np.sum(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))))


check.close("The divergence is that of the formula", [kl_sparsity(codes, p) for p in (0.05, 0.3)],
            [divergence(codes.mean(axis=0).astype(float), p) for p in (0.05, 0.3)], rtol=1e-3, atol=1e-4,
            hint="Mean over the rows, then the formula, then the sum over the units. p/q, not q/p.")
check.true("It stays finite for codes that never change", bool(np.isfinite(kl_sparsity(always, 0.1))),
           hint="ops.clip(q, 1e-6, 1 - 1e-6)")
check.close("New digits activate each code as often as asked for, on average", np.mean(sparse_encoder(X_new)), 0.1,
            rtol=0, atol=0.05, hint="Is the penalty part of the loss, with a weight that counts?")
check.score("and are still rebuilt", X_new.ravel(), np.ravel(sparse_autoencoder(X_new)), metric="rmse", at_most=0.88,
            baseline=np.tile(X_digits.mean(axis=0).ravel(), 600), groups=np.repeat(np.arange(600), 64),
            hint="The mean squared error belongs to the loss as well, and the penalty must not drown it.")
### END HIDDEN TESTS

# %% [markdown]
# ### Images as bits
#
# If codes are nearly 0 or 1, they can be rounded, and an image becomes a few *bits*. Similar images get similar bits,
# so images can be searched by counting the bits that differ: *semantic hashing*. A trick gets codes there: add strong
# noise to the weighted sums *before* the sigmoid, while training. Only sums far from zero survive that.
#
# **Task.**
#
# - `train_hash(X, n_bits)` trains on rows (rows, 64) and returns `(to_bits, from_bits)`: a function from rows to an
#   array (rows, n_bits) of the integers 0 and 1, and one from such bits to rebuilt rows. Noise with a standard
#   deviation of about 3; a hidden layer on both sides. (`keras.random.normal(ops.shape(z), seed=...)` with a
#   `keras.random.SeedGenerator` made outside of the loss.)
# - `nearest_bits(bits, queries, k)`: for each query (m, n_bits) the numbers of the k rows of `bits` (n, n_bits) that
#   differ in fewest bits, nearest first, and of equally near ones the lower number first. It is timed: no loops.
# <!-- covers: 17.N10 -->

# %% answer="hash_net"
def train_hash(X, n_bits=16):
    """Return (to_bits, from_bits), functions between rows (rows, features) and bits (rows, n_bits)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(5)
    seeds = keras.random.SeedGenerator(5)
    features = X.shape[1]
    encoder = keras.Sequential([layers.Input((features,)), layers.Dense(64, activation="relu"), layers.Dense(n_bits)])
    decoder = keras.Sequential([layers.Input((n_bits,)), layers.Dense(64, activation="relu"),
                                layers.Dense(features, activation="sigmoid")])

    def loss(batch):
        sums = encoder(batch)
        noisy_sums = sums + keras.random.normal(ops.shape(sums), stddev=3.0, seed=seeds)
        return ops.mean((decoder(ops.sigmoid(noisy_sums)) - batch) ** 2)

    losses = train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=500)
    return lambda rows: (np.asarray(encoder(rows)) > 0).astype(int), lambda bits: decoder(np.float32(bits))
    ### END SOLUTION

# %% answer="hash_search"
def nearest_bits(bits, queries, k):
    """Return the row numbers (m, k) of the rows of bits (n, n_bits) nearest to queries (m, n_bits)."""
    ### BEGIN SOLUTION
    signs, wanted = 2.0 * bits - 1, 2.0 * queries - 1
    differing = (bits.shape[1] - wanted @ signs.T) / 2
    return np.argsort(differing, axis=1, kind="stable")[:, :k]
    ### END SOLUTION

# %% given="hash_demo"
to_bits = from_bits = None
to_bits, from_bits = train_hash(X_digits.reshape(-1, 64))

# %% checks="hash_net_test" points=1
check.true("The cell above has trained two networks", to_bits is not None)
check.shape("16 bits for each digit", to_bits(X_digits[:3].reshape(-1, 64)), (3, 16))

### BEGIN HIDDEN TESTS
X_new = small_digits(600, datasets.hidden_seed("ch17 bits"), "test")[0].reshape(-1, 64)
check.equal("The codes are the integers 0 and 1, and each bit is used",
            [bool(np.isin(to_bits(X_new), [0, 1]).all()), bool((np.ptp(to_bits(X_new), axis=0) == 1).mean() > 0.6)],
            [True, True], hint="A sum above zero is a 1.")
check.score("Digits can be rebuilt from their bits alone", X_new.ravel(), np.ravel(from_bits(to_bits(X_new))),
            metric="rmse", at_most=0.79, baseline=np.tile(X_digits.mean(axis=0).ravel(), 600),
            groups=np.repeat(np.arange(600), 64), weight=2,
            hint="With strong noise before the sigmoid, rounding changes little.")
### END HIDDEN TESTS

# %% checks="hash_search_test" points=1
check.equal("The same bits are nearest",
            np.asarray(nearest_bits(np.eye(3, dtype=int), np.eye(3, dtype=int), 1)).tolist(), [[0], [1], [2]])

### BEGIN HIDDEN TESTS
def some_bits(seed, n=40, m=12, width=6):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, (n, width)), rng.integers(0, 2, (m, width)), int(rng.integers(2, 9))


def one_by_one(bits, queries, k):
    order = [sorted(range(len(bits)), key=lambda i: (int(np.sum(bits[i] != q)), i)) for q in queries]
    return np.array([numbers[:k] for numbers in order])


first = datasets.hidden_seed("ch17 search")
check.agrees("The rows that differ in fewest bits are found, the lower number first", nearest_bits, one_by_one,
             cases=[some_bits(first + i) for i in range(5)], weight=2,
             hint='kind="stable" keeps the order of equals.')
check.agrees("Many bits are counted right", nearest_bits, one_by_one,
             cases=[some_bits(first + i, 30, 5, 512) for i in range(3)],
             hint="Sums of the type uint8 begin again at 256.")
check.faster("Thousands of rows are searched at once", nearest_bits, times=4, repeats=3,
             inputs=lambda seed: some_bits(seed, 3000, 100, 32), hint="One matrix product counts all differences.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Variational autoencoders
#
# Draw a random code and decode it: with the autoencoders so far you get rubbish, because nobody knows where codes lie.
# A *variational* autoencoder (Kingma and Welling, 2013) sees to it. Its encoder gives, for each row, not a code but a
# *distribution* of codes, normal with mean $\mu$ and variance $\sigma^2$ per code; it returns $\mu$ and
# $\gamma = \log \sigma^2$, which may be any number. A code is drawn from it and decoded. The loss has two parts:
#
# $$\frac{\lVert \mathbf x - \hat{\mathbf x} \rVert^2}{2 s^2} \;+\;
# \underbrace{\tfrac12 \sum_j \left(e^{\gamma_j} + \mu_j^2 - 1 - \gamma_j\right)}_{\text{latent loss}}$$
#
# The latent loss is the Kullback-Leibler divergence from the standard normal distribution: it pulls the distributions
# of all rows together, so that in the end standard normal codes are what the decoder knows. $s$ says how exactly
# pixels have to be rebuilt. If it is too large, the latent loss wins, and the codes say nothing any more (*collapse*).
#
# How can a slope pass a random draw? Draw standard normal noise $\varepsilon$, which depends on nothing, and compute
# $z = \mu + \sigma\varepsilon$. This is the *reparameterisation trick*.
#
# **Task.**
#
# - `Sampling`: a layer that takes `(mean, log_var)` and returns codes, with new noise in each call. Draw with
#   `keras.random.normal` and a `keras.random.SeedGenerator` made in `__init__`.
# - `kl_to_normal(mean, log_var)`: the latent loss of each row, shape (rows,).
# - `used_codes(mean)`: which codes say something about the rows? True where the variance of the means over
#   the rows is above 0.01.
# - `morph(decoder, start, end, n)`: n images on the way from one to another, at codes that are evenly spaced from
#   `start` to `end`, both included. (Codes of which nothing is known are drawn from the standard normal distribution.)
# <!-- covers: 17.1 17.N9 -->

# %% answer="vae_parts"
class Sampling(layers.Layer):
    """Draws codes from normal distributions."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        ### BEGIN SOLUTION
        self.seeds = keras.random.SeedGenerator(6)
        ### END SOLUTION

    def call(self, inputs):
        """Return codes (rows, codes) for a pair of tensors (mean, log_var), each (rows, codes)."""
        ### BEGIN SOLUTION
        mean, log_var = inputs
        return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean), seed=self.seeds)
        ### END SOLUTION


def kl_to_normal(mean, log_var):
    """Return the latent loss (rows,) of means and logarithms of variances, both (rows, codes)."""
    ### BEGIN SOLUTION
    return ops.sum(ops.exp(log_var) + mean**2 - 1 - log_var, axis=1) / 2
    ### END SOLUTION

# %% answer="vae_use"
def used_codes(mean):
    """Return an array (codes,) of bools for an array of means (rows, codes)."""
    ### BEGIN SOLUTION
    return np.var(mean, axis=0) > 0.01
    ### END SOLUTION


def morph(decoder, start, end, n):
    """Return an array (n, features): decoded codes from start to end, arrays (codes,); decoder takes (n, codes)."""
    ### BEGIN SOLUTION
    return np.asarray(decoder(np.linspace(start, end, n).astype("float32")))
    ### END SOLUTION

# %% given="vae_tools"
def drawn_twice(mean, log_var):
    """Return two draws of one graph with Sampling, and the slopes of the sum of the first by mean and log_var."""
    layer, mean, log_var = Sampling(), tf.constant(mean, tf.float32), tf.constant(log_var, tf.float32)

    @tf.function
    def draw():
        with tf.GradientTape() as tape:
            tape.watch([mean, log_var])
            codes = layer((mean, log_var))
        return codes, tape.gradient(codes, [mean, log_var], unconnected_gradients="zero")

    (first, slopes), (second, _) = draw(), draw()
    return [np.asarray(values) for values in (first, second, *slopes)]

# %% checks="vae_parts_test" points=1
check.close("A standard normal distribution costs nothing",
            kl_to_normal(np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32)), [0.0, 0.0], atol=1e-6)
check.shape("There is one code for each mean", Sampling()((np.zeros((4, 2), np.float32), np.zeros((4, 2), np.float32))),
            (4, 2))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 vae parts"))
mu, gamma = np.tile(rng.normal(size=4), (9000, 1)), np.tile(np.array([-2.5, -1.0, 0.4, 1.5]), (9000, 1))
many, W, memo = rng.normal(size=(2, 9, 5)).astype(np.float32), rng.normal(size=(3, 6)), {}
means = rng.normal(size=(300, 4)) * [1.0, 0.02, 0.5, 0.05] + [0.0, 3.0, 1.0, -2.0]


def draws():
    if not memo:
        memo["all"] = drawn_twice(mu, gamma)
    return memo["all"]


def decoder(codes):
    return np.tanh(np.asarray(codes, dtype=float) @ W)


# A mean of 9,000 draws is known to 1 % of the standard deviation, the standard deviation to 0.8 %.
check.close("Codes have the mean and the standard deviation asked for",
            [(draws()[0] - mu).mean(axis=0) / np.exp(gamma[0] / 2), draws()[0].std(axis=0) / np.exp(gamma[0] / 2)],
            [np.zeros(4), np.ones(4)], rtol=0, atol=0.06, hint="The standard deviation is exp(log_var / 2).")
check.true("Each call draws anew, in a graph too", bool(np.abs(draws()[0] - draws()[1]).max() > 0.1),
           hint="keras.random draws in each call of a graph, NumPy only once.")
check.close("Slopes reach the mean and the variance", [draws()[2], draws()[3]],
            [np.ones(mu.shape), (draws()[0] - mu) / 2], rtol=1e-3, atol=1e-3, hint="z = mean + std * noise")
check.close("The latent loss is that of the formula, one number per row", kl_to_normal(*many),
            (np.exp(many[1]) + many[0] ** 2 - 1 - many[1]).sum(axis=1) / 2, rtol=1e-3, atol=1e-4,
            hint="The sum over the codes of a row; every term is at least 0.")
check.equal("Codes that vary from row to row are found", [list(used_codes(m)) for m in (means, means[:, :2])],
            [[True, False, True, False], [True, False]], hint="The variance of the means, over the rows.")
check.close("Between two images, codes change in even steps", [morph(decoder, *rng_pair, n) for rng_pair, n in (
    ((means[0, :3], means[1, :3]), 5), ((means[2, :3], means[3, :3]), 2))], [
        decoder(np.linspace(means[0, :3], means[1, :3], 5)), decoder(np.linspace(means[2, :3], means[3, :3], 2))],
            rtol=1e-3, atol=1e-3, hint="Mix the codes, not the images; the first and the last are start and end.")
### END HIDDEN TESTS

# %% [markdown]
# ### Digits that nobody wrote
#
# **Task.** `train_vae(X, n_codes)` trains a variational autoencoder on rows (rows, 64), with one hidden layer on both
# sides and $s = 0.15$, and returns `(encoder, decoder)`: the encoder maps rows to `(mean, log_var)`, the decoder codes
# to rows of pixels between 0 and 1. The loss of a batch is the mean of the losses of its rows. (`ops.split(h, 2,
# axis=1)` cuts the last layer of the encoder in two.)
#
# The checks draw 600 standard normal codes and decode them. How near is each image to the nearest real one, and, more
# telling, how near is *each real one* to the nearest invented one? They compare with images drawn from a normal
# distribution that has the mean and the covariances of real digits.

# %% answer="vae"
def train_vae(X, n_codes=6):
    """Return (encoder, decoder) of a variational autoencoder for X (rows, features)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(6)
    features, sampling = X.shape[1], Sampling()
    encoder = keras.Sequential([layers.Input((features,)), layers.Dense(64, activation="relu"),
                                layers.Dense(2 * n_codes)])
    decoder = keras.Sequential([layers.Input((n_codes,)), layers.Dense(64, activation="relu"),
                                layers.Dense(features, activation="sigmoid")])

    def encode(rows):
        return ops.split(encoder(rows), 2, axis=1)

    def loss(batch):
        mean, log_var = encode(batch)
        rebuilt = decoder(sampling((mean, log_var)))
        errors = ops.sum((rebuilt - batch) ** 2, axis=1) / (2 * 0.15**2)
        return ops.mean(errors + kl_to_normal(mean, log_var))

    losses = train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=600)
    return encode, decoder
    ### END SOLUTION

# %% given="vae_demo"
vae_encoder = vae_decoder = None
vae_encoder, vae_decoder = train_vae(X_digits.reshape(-1, 64))
ways = [morph(vae_decoder, *np.random.default_rng(i).normal(size=(2, 6)), 8).reshape(-1, 8) for i in range(5)]
plt.imshow(np.hstack(ways), cmap="gray_r")
plt.title("five ways from one invented digit to another")
plt.axis("off")
plt.show()

# %% checks="vae_test" points=1
check.true("The cell above has trained two networks", vae_encoder is not None)
check.shape("Each row has six means", vae_encoder(X_digits[:3].reshape(-1, 64))[0], (3, 6))
check.shape("Codes become rows of 64 pixels", vae_decoder(np.zeros((2, 6), np.float32)), (2, 64))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch17 vae"), {}
X_new = small_digits(600, seed, "test")[0].reshape(-1, 64)
rng, rows = np.random.default_rng(seed), X_digits.reshape(-1, 64)
normal = np.clip(rng.multivariate_normal(rows.mean(axis=0), np.cov(rows.T), 600), 0, 1)
zs = rng.normal(size=(600, 6)).astype(np.float32)


def nearest(A, B):
    """The distance of each row of A to the nearest row of B."""
    return np.sqrt(np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T, 0)).min(axis=1)


def made():
    if not memo:
        memo["images"] = np.asarray(vae_decoder(zs), dtype=float)
        memo["mean"], memo["log_var"] = (np.asarray(part, dtype=float) for part in vae_encoder(X_new))
        memo["all"] = memo["mean"].var(axis=0) + np.exp(memo["log_var"]).mean(axis=0)
    return memo


check.score("Invented digits are near real ones", X_new[:, 0], nearest(made()["images"], X_new), metric="mean",
            at_most=0.88, baseline=nearest(normal, X_new), hint="Decode standard normal codes and look at the images.")
check.score("Every real digit has an invented one near it", X_new[:, 0], nearest(X_new, made()["images"]),
            metric="mean", at_most=0.91, baseline=nearest(X_new, normal),
            hint="Do the codes say anything? Sum the squared errors over the pixels, and divide by 2 s².")
check.true("All codes together are nearly standard normal",
           bool(np.abs(made()["mean"].mean(axis=0)).max() < 0.5 and 0.4 < made()["all"].min()
                and made()["all"].max() < 2.0), hint="Is the latent loss part of the loss, with the right sign?")
check.true("Most codes are used", bool((made()["mean"].var(axis=0) > 0.01).sum() >= 4),
           hint="If the latent loss weighs too much, codes collapse.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Two networks against each other
#
# In a *generative adversarial network* (Goodfellow et al., 2014) a *generator* turns random noise into rows, and a
# *discriminator* tells them from real ones. It gives a *logit* $d$: how sure it is that a row is real. In turns,
#
# - the discriminator learns: real rows have the label 1, generated ones 0. With
#   $\operatorname{softplus}(d) = \log(1 + e^d)$, its loss is
#   $\overline{\operatorname{softplus}(-d_\text{real})} + \overline{\operatorname{softplus}(d_\text{fake})}$;
# - the generator learns to be taken for real: $\overline{\operatorname{softplus}(-d_\text{fake})}$, for *new* noise.
#
# Each step changes one network only. Old recipes set `discriminator.trainable = False` for the second step and compile
# both models before; in Keras 3 the discriminator then never learns. With a tape it is simple: ask for the slopes of
# the variables that you want to change, and of no others.
#
# **Task.** `gan_losses(real_logits, fake_logits)` returns both losses, finite for logits of any size
# (`ops.softplus`). `make_steps` returns two functions: `d_step(real, noise)` and `g_step(noise)`, each a
# `tf.function` that makes one step and returns its loss. Both networks run with `training=True`.
# <!-- covers: 17.2 17.N11 -->

# %% answer="gan_step"
def gan_losses(real_logits, fake_logits):
    """Return (discriminator's loss, generator's loss), scalar tensors, for logits (rows, 1)."""
    ### BEGIN SOLUTION
    d_loss = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    return d_loss, ops.mean(ops.softplus(-fake_logits))
    ### END SOLUTION


def make_steps(generator, discriminator, g_optimizer, d_optimizer):
    """Return (d_step, g_step) for two built Keras models and their optimizers."""
    ### BEGIN SOLUTION
    g_weights, d_weights = generator.trainable_variables, discriminator.trainable_variables
    g_optimizer.build(g_weights)
    d_optimizer.build(d_weights)

    @tf.function
    def d_step(real, noise):
        fake = generator(noise, training=True)
        with tf.GradientTape() as tape:
            logits = [discriminator(rows, training=True) for rows in (real, fake)]
            loss = gan_losses(*logits)[0]
        d_optimizer.apply(tape.gradient(loss, d_weights), d_weights)
        return loss

    @tf.function
    def g_step(noise):
        with tf.GradientTape() as tape:
            logits = discriminator(generator(noise, training=True), training=True)
            loss = gan_losses(logits, logits)[1]
        g_optimizer.apply(tape.gradient(loss, g_weights), g_weights)
        return loss

    return d_step, g_step
    ### END SOLUTION

# %% given="gan_tools"
def gan_drill(weights, real, noises, rate=0.5):
    """Return [A, c, w, b] at the start and after d_step, g_step and d_step again, and the losses of the steps.

    The generator is noise @ A + c, the discriminator rows @ w + b; noises are three arrays (rows, 3).
    """
    generator = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    discriminator = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    generator.set_weights(weights[:2])
    discriminator.set_weights(weights[2:])
    d_step, g_step = make_steps(generator, discriminator, keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    states, losses = [generator.get_weights() + discriminator.get_weights()], []
    for step, args in ((d_step, (real, noises[0])), (g_step, (noises[1],)), (d_step, (real, noises[2]))):
        losses.append(float(step(*[tf.constant(rows, tf.float32) for rows in args])))
        states.append(generator.get_weights() + discriminator.get_weights())
    return states, losses


def moving_means(real, noise):
    """Return the moving means of a batch normalisation in either network after one d_step."""
    norms = [layers.BatchNormalization(momentum=0.5) for _ in range(2)]
    generator = keras.Sequential([layers.Input((3,)), norms[0], layers.Dense(2)])
    discriminator = keras.Sequential([layers.Input((2,)), norms[1], layers.Dense(1)])
    d_step, _ = make_steps(generator, discriminator, keras.optimizers.SGD(), keras.optimizers.SGD())
    d_step(tf.constant(real, tf.float32), tf.constant(noise, tf.float32))
    return [np.asarray(norm.moving_mean) for norm in norms]

# %% checks="gan_step_test" points=1
check.close("Logits of zero: the discriminator loses 2 log 2, the generator log 2",
            gan_losses(*np.zeros((2, 3, 1), np.float32)), [2 * np.log(2), np.log(2)], rtol=1e-4)

### BEGIN HIDDEN TESTS
from scipy.special import expit as sigmoid

rng = np.random.default_rng(datasets.hidden_seed("ch17 gan step"))
start = [rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(2, 1)), rng.normal(size=1)]
real, noises, memo = rng.normal(1.0, 1.0, (30, 2)), rng.normal(size=(3, 30, 3)), {}
a, b = rng.normal(0.0, 3.0, (2, 20, 1)).astype(np.float32)
huge = np.array([[-2000.0], [2000.0]], np.float32)


def after_d(A, c, w, b, noise):
    fake = noise @ A + c
    up_real, up_fake = -sigmoid(-(real @ w + b)) / 30, sigmoid(fake @ w + b) / 30
    return [A, c, w - 0.5 * (real.T @ up_real + fake.T @ up_fake), b - 0.5 * (up_real + up_fake).sum(axis=0)]


def after_g(A, c, w, b, noise):
    up = -sigmoid(-((noise @ A + c) @ w + b)) / 30 @ w.T
    return [A - 0.5 * noise.T @ up, c - 0.5 * up.sum(axis=0), w, b]


def seen():
    if not memo:
        first = after_d(*start, noises[0])
        second = after_g(*first, noises[1])
        memo.update(states=gan_drill(start, real, noises)[0], exact=[start, first, second, after_d(*second, noises[2])])
    return memo


check.close("Both losses are right", gan_losses(a, b),
            [np.logaddexp(0, -a).mean() + np.logaddexp(0, b).mean(), np.logaddexp(0, -b).mean()], rtol=1e-3,
            hint="softplus(-d) is the cross-entropy for the label 1, softplus(d) for 0; all inputs are logits.")
check.close("They are finite for logits of any size", gan_losses(huge, huge), [2000.0, 1000.0], rtol=1e-3,
            hint="No logarithm of a sigmoid: softplus.")
check.close("The discriminator's step changes it as it should, and nothing else", seen()["states"][1],
            seen()["exact"][1], rtol=2e-3, atol=1e-4, hint="Slopes of the discriminator's variables only.")
check.close("The generator's step changes it as it should, and nothing else", seen()["states"][2], seen()["exact"][2],
            rtol=2e-3, atol=1e-4, hint="The generator wants its rows to be taken for real ones.")
check.close("After that the discriminator still learns", seen()["states"][3], seen()["exact"][3], rtol=3e-3, atol=2e-4)
check.true("Both networks know that this is training",
           bool(all(np.abs(m).max() > 0.05 for m in moving_means(real + 1, noises[0] + 1))), hint="training=True")
### END HIDDEN TESTS

# %% [markdown]
# ### A ring
#
# **Task.** `train_gan(X, steps)` trains the two small networks below on points (rows, 2) and returns the generator.
# Adam with a rate of 0.003 and `beta_1=0.5` will do for both, and 800 steps of 128 rows are enough. The cell trains it,
# too, and the time that the whole cell takes is measured: a loop over `tf.range`, inside a `tf.function`, is fastest.
#
# Points near the ring are not all: a generator that makes one good point, again and again, has fooled the discriminator
# for a while, too (*mode collapse*). So the checks look in all directions.

# %% given="ring_tools"
def make_ring(n, seed, radius=2.0, spread=0.1):
    """Return points (n, 2), float32, around a circle."""
    rng = np.random.default_rng(seed)
    angle, length = rng.uniform(0.0, 2 * np.pi, n), rng.normal(radius, spread, n)
    return np.column_stack([length * np.cos(angle), length * np.sin(angle)]).astype("float32")


def ring_networks():
    """Return a new generator, from noise (rows, 4) to points (rows, 2), and a discriminator of points."""
    generator = keras.Sequential([layers.Input((4,)), layers.Dense(32, "relu"), layers.Dense(32, "relu"),
                                  layers.Dense(2)])
    discriminator = keras.Sequential([layers.Input((2,)), layers.Dense(32, "leaky_relu"),
                                      layers.Dense(32, "leaky_relu"), layers.Dense(1)])
    return generator, discriminator


X_ring = make_ring(2000, seed=17)
ring_generator = None  # until the next cell trains one

# %% answer="ring" budget=3
def train_gan(X, steps=800, batch_size=128):
    """Return a generator, a Keras model from noise (rows, 4) to points (rows, 2), trained on points X (rows, 2)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(7)
    generator, discriminator = ring_networks()
    adam = [keras.optimizers.Adam(0.003, beta_1=0.5) for _ in range(2)]
    d_step, g_step = make_steps(generator, discriminator, *adam)
    rows = tf.constant(X)

    @tf.function
    def run():
        for _ in tf.range(steps):
            chosen = tf.random.uniform((batch_size,), maxval=len(X), dtype=tf.int32)
            d_step(tf.gather(rows, chosen), tf.random.normal((batch_size, 4)))
            g_step(tf.random.normal((batch_size, 4)))

    run()
    return generator
    ### END SOLUTION


ring_generator = train_gan(X_ring)

# %% checks="ring_test" points=1
check.true("The cell above has trained a generator", ring_generator is not None)
check.shape("Noise becomes points", ring_generator(np.zeros((5, 4), np.float32)), (5, 2))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch17 ring"), {}
noise = np.random.default_rng(seed).normal(size=(1500, 4)).astype(np.float32)


def points():
    if not memo:
        memo["points"] = np.asarray(ring_generator(noise), dtype=float)
    return memo["points"]


def shares():
    return np.histogram(np.arctan2(points()[:, 1], points()[:, 0]), 12, (-np.pi, np.pi))[0] / len(points())


check.score("Nearly all points lie near the ring", np.ones(1500, int),
            (np.abs(np.hypot(*points().T) - 2) < 0.4).astype(int), at_least=0.85,
            hint="In each step first the discriminator, then the generator, and some hundred steps.")
check.true("They lie in all directions", bool(shares().min() > 0.02),
           hint="New noise in every step; and look at the losses: neither network should win for long.")
### END HIDDEN TESTS

# %% [markdown]
# ### For images
#
# GANs are hard to train. What helped images (Radford et al., 2015, *DCGAN*): strides instead of pooling, in both
# networks; batch normalisation in both, but not at the generator's output and the discriminator's input; no dense
# layers in between; ReLU in the generator and tanh at its end, leaky ReLU in the discriminator.
#
# What came later: *progressive growing* starts with tiny images and adds layers for larger ones while training.
# *StyleGAN* first turns the noise into a style vector, which then scales the channels of each layer, while fresh
# noise gives the details. The *Wasserstein* GAN trains a critic without sigmoid, whose slope is kept at 1 or less; its
# loss estimates how far the generated rows would have to be moved to become the real ones, and says how good they are.
#
# **Task.** `build_dcgan(n_noise)` returns `(generator, discriminator)`, Keras models, not trained, for images
# (rows, 8, 8, 1) with pixels from −1 to 1. The generator starts with a dense layer for 2×2 pixels and doubles the
# image twice; it has batch normalisation between. The discriminator has two strided convolutions, dropout, and one
# logit.
# <!-- covers: 17.2 17.N12 17.N13 -->

# %% answer="dcgan"
def build_dcgan(n_noise=16):
    """Return (generator, discriminator): from noise (rows, n_noise) to images, and from images to logits (rows, 1)."""
    ### BEGIN SOLUTION
    generator = keras.Sequential([
        layers.Input((n_noise,)),
        layers.Dense(2 * 2 * 64),
        layers.Reshape((2, 2, 64)),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(32, 5, strides=2, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
    ])
    discriminator = keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(32, 5, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2D(64, 5, strides=2, padding="same", activation="leaky_relu"),
        layers.Dropout(0.4),
        layers.Flatten(),
        layers.Dense(1),
    ])
    return generator, discriminator
    ### END SOLUTION

# %% checks="dcgan_test" points=1
check.shape("Noise becomes an image", build_dcgan(5)[0](np.zeros((2, 5), np.float32)), (2, 8, 8, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 dcgan"))
Z, images, memo = rng.normal(size=(64, 9)).astype(np.float32), rng.uniform(-1, 1, (64, 8, 8, 1)).astype(np.float32), {}


def nets():
    if not memo:
        memo["both"] = build_dcgan(9)
        memo["far"] = np.asarray(memo["both"][0](300 * Z))
    return memo


check.true("Pixels are from -1 to 1, and use both signs",
           bool(np.abs(nets()["far"]).max() <= 1 and nets()["far"].min() < -0.1 and nets()["far"].max() > 0.1),
           hint="tanh at the end")
check.parameters("The generator has batch normalisation", nets()["both"][0], at_least=4, trainable=False,
                 hint="layers.BatchNormalization between the layers")
check.output_shape("The discriminator gives one number for each image", lambda X: nets()["both"][1](X), images, (1,))
check.true("That number is a logit, not a probability", bool(np.ptp(nets()["both"][1](2000 * images)) > 2),
           hint="No sigmoid at the end: the losses expect logits.")
check.dropout("The discriminator has dropout", nets()["both"][1], images)
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A team trains a GAN on photographs of shoes. After an hour the discriminator's loss is nearly 0, the
# generator's grows and grows, and the images are noise. They train the generator ten times per step instead; now all
# images show the same boot. What happened in each case, and what would you try? How would a variational autoencoder
# and a diffusion model (next exercise) behave on the same data?

# %% [markdown] essay="shoes" points=1
# ### BEGIN SOLUTION
# First the discriminator won: it tells everything apart, so it says little about the direction in which the generator
# should change. Weaken it (lower rate, dropout, smoothed labels), use the DCGAN rules or a Wasserstein loss. Then the
# generator found one image that the present discriminator takes for real, mode collapse: other noise should give other
# images, so show the discriminator old fakes too, or statistics of the whole batch, and go back to one step each. (0.5)
#
# A variational autoencoder trains calmly and covers all kinds of shoes, but its images are blurred. A diffusion model
# trains calmly too, with a simple loss, covers the data and gives sharp images; it takes many steps to draw one. (0.5)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 7 — Diffusion
#
# A *denoising diffusion* model (Ho et al., 2020) spoils data little by little, in steps $t = 1 \dots T$, until only
# noise is left; and a network learns to go one step back. In step $t$ a share $\beta_t$ of the variance is replaced by
# noise. With $\bar\alpha_t = (1 - \beta_1) \cdots (1 - \beta_t)$ all steps up to $t$ can be done at once,
#
# $$\mathbf x_t = \sqrt{\bar\alpha_t}\, \mathbf x_0 + \sqrt{1 - \bar\alpha_t}\; \boldsymbol\varepsilon ,$$
#
# with standard normal noise $\boldsymbol\varepsilon$. The *cosine schedule* fades evenly: with
# $f(t) = \cos^2\!\left(\frac{t/T + s}{1 + s} \cdot \frac{\pi}{2}\right)$ and $s = 0.008$,
# $\beta_t = \min\left(1 - \frac{f(t)}{f(t - 1)},\ 0.999\right)$.
#
# **Task.** All arrays are indexed by $t$ from 0 to $T$, with $\beta_0 = 0$ and $\bar\alpha_0 = 1$.
#
# - `cosine_schedule(T)` returns `(alpha_bar, beta)`; `alpha_bar` is computed from the `beta` that were cut off.
# - `add_noise(x0, t, noise, alpha_bar)` returns $\mathbf x_t$ for rows of any shape; each row has its own `t`.
# - `plot_schedule(alpha_bar)` draws $\sqrt{\bar\alpha_t}$ (label `signal`) and $\sqrt{1 - \bar\alpha_t}$ (label
#   `noise`) over $t$ in a new figure, with a legend and names on both axes, and returns its Axes.
# <!-- covers: 17.3 17.N14 -->

# %% answer="schedule"
def cosine_schedule(T, s=0.008):
    """Return (alpha_bar, beta), arrays (T + 1,)."""
    ### BEGIN SOLUTION
    f = np.cos((np.arange(T + 1) / T + s) / (1 + s) * np.pi / 2) ** 2
    beta = np.concatenate([[0.0], np.minimum(1 - f[1:] / f[:-1], 0.999)])
    return np.cumprod(1 - beta), beta
    ### END SOLUTION


def add_noise(x0, t, noise, alpha_bar):
    """Return x_t, an array like x0 and noise (rows, ...), for whole numbers t (rows,)."""
    ### BEGIN SOLUTION
    share = alpha_bar[t].reshape(-1, *[1] * (x0.ndim - 1))
    return np.sqrt(share) * x0 + np.sqrt(1 - share) * noise
    ### END SOLUTION


def plot_schedule(alpha_bar):
    """Return an Axes with what is left of the signal and what there is of noise at each t."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    ax.plot(np.sqrt(alpha_bar), label="signal")
    ax.plot(np.sqrt(1 - alpha_bar), label="noise")
    ax.set(xlabel="t", ylabel="factor")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="schedule_demo"
plot_schedule(cosine_schedule(40)[0])
plt.show()

# %% checks="schedule_test" points=1
check.shape("There are T + 1 numbers", cosine_schedule(10)[0], (11,))
check.figure("The figure says what is shown", plot_schedule(np.linspace(1.0, 0.0, 5)), xlabel=True, ylabel=True,
             legend=["signal", "noise"])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 schedule"))
lengths = [int(n) for n in rng.integers(20, 300, 3)]
x0, eps, some_t = rng.normal(size=(9, 4, 3)), rng.normal(size=(9, 4, 3)), rng.integers(0, 21, 9)
some_t[:2], fading = (0, 20), np.sort(rng.uniform(0.01, 1.0, 21))[::-1].copy()
fading[0] = 1.0


def step_by_step(T):
    bar, betas, f = [1.0], [0.0], [np.cos((t / T + 0.008) / 1.008 * np.pi / 2) ** 2 for t in range(T + 1)]
    for t in range(1, T + 1):
        betas.append(min(1 - f[t] / f[t - 1], 0.999))
        bar.append(bar[-1] * (1 - betas[-1]))
    return np.array(bar), np.array(betas)


check.close("The shares of new noise are those of the formula", [cosine_schedule(T)[1] for T in lengths],
            [step_by_step(T)[1] for T in lengths], rtol=1e-5, atol=1e-9, hint="beta has T + 1 numbers, and is cut off.")
check.close("What is left of the signal is the product of all steps so far", [cosine_schedule(T)[0] for T in lengths],
            [step_by_step(T)[0] for T in lengths], rtol=1e-5, atol=1e-9, hint="alpha_bar[0] is 1, and none is 0.")
check.close("Rows get the noise of their own t", add_noise(x0[:, 0], some_t, eps[:, 0], fading),
            [np.sqrt(fading[t]) * x + np.sqrt(1 - fading[t]) * e
             for t, x, e in zip(some_t, x0[:, 0], eps[:, 0], strict=True)], hint="Roots of shares of the variance.")
check.close("Images too", add_noise(x0, some_t, eps, fading),
            [np.sqrt(fading[t]) * x + np.sqrt(1 - fading[t]) * e for t, x, e in zip(some_t, x0, eps, strict=True)],
            hint="Give alpha_bar[t] as many axes as x0 has.")
check.figure("Signal and noise are drawn over t", plot_schedule(fading),
             lines=[(np.arange(21), np.sqrt(fading)), (np.arange(21), np.sqrt(1 - fading))])
### END HIDDEN TESTS

# %% [markdown]
# ### One step back
#
# The network is asked for the noise $\boldsymbol\varepsilon$ that is in $\mathbf x_t$. If it predicts
# $\hat{\boldsymbol\varepsilon}$, the row one step earlier has the mean and, for $t > 1$, the variance
#
# $$\frac{1}{\sqrt{1 - \beta_t}} \left(\mathbf x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}\,
# \hat{\boldsymbol\varepsilon}\right) \quad\text{and}\quad
# \beta_t\, \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t} .$$
#
# The last step, $t = 1$, gives the mean: no noise in the finished row.
#
# **Task.** `step_back(x, t, predicted, noise, alpha_bar, beta)` does one such step for all rows, at one `t`.
# `sample(predict, shape, alpha_bar, beta, rng)` starts with standard normal noise and goes from $T$ down to 1;
# `predict(x, t)` gives the predicted noise for rows `x` and an array of equal whole numbers `t` (rows,). All random
# numbers come from `rng`.

# %% answer="step_back"
def step_back(x, t, predicted, noise, alpha_bar, beta):
    """Return x at t - 1, an array like x, predicted and noise (rows, ...), for a whole number t from 1 to T."""
    ### BEGIN SOLUTION
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - beta[t])
    if t == 1:
        return mean
    return mean + np.sqrt(beta[t] * (1 - alpha_bar[t - 1]) / (1 - alpha_bar[t])) * noise
    ### END SOLUTION


def sample(predict, shape, alpha_bar, beta, rng):
    """Return new rows of that shape, (rows, ...)."""
    ### BEGIN SOLUTION
    x = rng.normal(size=shape)
    for t in range(len(beta) - 1, 0, -1):
        predicted = np.asarray(predict(x, np.full(shape[0], t)))
        x = step_back(x, t, predicted, rng.normal(size=shape), alpha_bar, beta)
    return x
    ### END SOLUTION

# %% checks="step_back_test" points=1
check.close("If all noise is known, the last step finds the row",
            step_back(np.array([[1.0]]), 1, np.array([[1.0]]), np.array([[9.0]]), np.array([1.0, 0.75]),
                      np.array([0.0, 0.25])), [[0.5 / np.sqrt(0.75)]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch17 step back"))
betas = np.concatenate([[0.0], rng.uniform(0.02, 0.3, 12)])
bars, (x, eps, fresh), memo = np.cumprod(1 - betas), rng.normal(size=(3, 6, 2)), {}
many = np.concatenate([[0.0], np.linspace(0.005, 0.3, 50)])
centre, width, all_bars = np.array([1.5, -1.0]), np.array([1.2, 0.7]), np.cumprod(1 - many)


def by_bayes(t):
    """One step back, by the rule for normal distributions: x_0 first, then x_{t-1} between x_0 and x_t."""
    first = (x - np.sqrt(1 - bars[t]) * eps) / np.sqrt(bars[t])
    a = np.sqrt(bars[t - 1]) * betas[t] / (1 - bars[t])
    b = np.sqrt(1 - betas[t]) * (1 - bars[t - 1]) / (1 - bars[t])
    return a * first + b * x + (t > 1) * np.sqrt(betas[t] * (1 - bars[t - 1]) / (1 - bars[t])) * fresh


def best_guess(rows, t):
    bar = all_bars[np.asarray(t)][:, None]
    return np.sqrt(1 - bar) * (rows - np.sqrt(bar) * centre) / (bar * width**2 + 1 - bar)


def drawn(label=0):
    if label not in memo:
        memo[label] = np.asarray(sample(best_guess, (3000, 2), all_bars, many, np.random.default_rng(5 + label)))
    return memo[label]


check.close("Steps from the middle have the right mean and the right noise",
            [step_back(x, t, eps, fresh, bars, betas) for t in (2, 5, 12)], [by_bayes(t) for t in (2, 5, 12)],
            rtol=1e-4, atol=1e-6, hint="beta and alpha_bar are different things; the noise gets the root.")
check.close("The last step adds no noise", step_back(x, 1, eps, fresh, bars, betas), by_bayes(1), rtol=1e-4, atol=1e-6,
            hint="At t = 1 return the mean.")
# Over 3 draws the means were right to 0.02, and the spreads 0.92 to 0.94 of the data's: 50 steps are not many.
check.close("With the best possible predictor, samples have the mean and the spread of the data",
            [(drawn().mean(axis=0) - centre) / 2, drawn().std(axis=0) / width], [np.zeros(2), np.ones(2)], rtol=0,
            atol=0.15, hint="From T down to 1, each t once, with new noise in each step.")
check.equal("The generator decides what is drawn", [bool(np.array_equal(drawn(), sample(
    best_guess, (3000, 2), all_bars, many, np.random.default_rng(5)))), bool(np.array_equal(drawn(), drawn(1)))],
            [True, False], hint="Draw from rng only.")
### END HIDDEN TESTS

# %% [markdown]
# ### Two moons out of noise
#
# **Task.** `train_predictor(X, alpha_bar)` trains a network to predict the noise in points (rows, 2) and returns
# `predict(x, t)`, for arrays (rows, 2) and (rows,). For each row of a batch it needs a random `t` from 1 to $T$ and
# new noise; the loss is the mean squared error of the predicted noise. Nothing stops you from drawing many rows with
# `add_noise` beforehand and giving all to `train`: one array with the columns $\mathbf x_t$, $t$ and
# $\boldsymbol\varepsilon$.
#
# `time_features` (given) turns `t` into a few smooth numbers, which the network gets beside $\mathbf x_t$. Two hidden
# layers of 64 neurons with ReLU and a thousand steps are enough.

# %% given="moons"
def make_moon_points(n, seed, spread=0.08):
    """Return points (n, 2), float32, of two half circles that reach into each other."""
    rng = np.random.default_rng(seed)
    angle, lower = rng.uniform(0.0, np.pi, n), rng.random(n) < 0.5
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle)) - 0.5
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle)) - 0.25
    return (np.column_stack([x, y]) / 0.7 + rng.normal(0.0, spread, (n, 2))).astype("float32")


def time_features(t, T):
    """Return a tensor (rows, 6) of waves for times t (rows,), numbers or a tensor, from 0 to T."""
    angles = ops.cast(t, "float32")[:, None] / T * np.array([0.5, 1.0, 2.0], np.float32) * np.pi
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=1)


X_moons = make_moon_points(3000, seed=17)

# %% answer="predictor"
def train_predictor(X, alpha_bar):
    """Return predict(x, t) -> predicted noise (rows, 2), trained on points X (rows, 2)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(8)
    rng, T = np.random.default_rng(8), len(alpha_bar) - 1
    net = keras.Sequential([layers.Input((8,)), layers.Dense(64, activation="relu"),
                            layers.Dense(64, activation="relu"), layers.Dense(2)])
    x0 = np.repeat(X, 20, axis=0)
    t, noise = rng.integers(1, T + 1, len(x0)), rng.normal(size=x0.shape)
    rows = np.column_stack([add_noise(x0, t, noise, alpha_bar), t, noise])

    def predict(x, t):
        return net(ops.concatenate([ops.cast(x, "float32"), time_features(t, T)], axis=1))

    def loss(batch):
        return ops.mean((predict(batch[:, :2], batch[:, 2]) - batch[:, 3:]) ** 2)

    losses = train(loss, net.trainable_variables, rows, steps=1200, batch_size=256)
    return predict
    ### END SOLUTION

# %% given="moons_demo"
moon_predictor = new_moons = None
alpha_bar_40, beta_40 = cosine_schedule(40)
moon_predictor = train_predictor(X_moons, alpha_bar_40)
new_moons = sample(moon_predictor, (800, 2), alpha_bar_40, beta_40, np.random.default_rng(9))
plt.scatter(*new_moons.T, s=4)
plt.title("out of noise")
plt.show()

# %% checks="predictor_test" points=1
check.true("The cell above has trained a predictor", moon_predictor is not None)
check.shape("The noise of each point is predicted", moon_predictor(X_moons[:5], np.array([1, 5, 10, 20, 40])), (5, 2))

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch17 moons"), {}
real = make_moon_points(6000, seed)
steps_40 = np.cumprod(1 - np.minimum(1 - np.cos((np.arange(1, 41) / 40 + 0.008) / 1.008 * np.pi / 2) ** 2
                                     / np.cos((np.arange(40) / 40 + 0.008) / 1.008 * np.pi / 2) ** 2, 0.999))
true_noise, at = np.random.default_rng(seed).normal(size=(6000, 2)), np.random.default_rng(seed).integers(1, 41, 6000)
mixed = np.sqrt(steps_40[at - 1])[:, None] * real + np.sqrt(1 - steps_40[at - 1])[:, None] * true_noise


def nearest_real(points):
    return np.sqrt(((np.asarray(points, dtype=float)[:, None] - real[:1500]) ** 2).sum(axis=2)).min(axis=1)


def nearest_made():
    return np.sqrt(((real[:500, None] - np.asarray(new_moons, dtype=float)) ** 2).sum(axis=2)).min(axis=1)


check.score("New points lie on the moons", np.ones(800, int), (nearest_real(new_moons) < 0.1).astype(int),
            at_least=0.65, hint="Does the network know t, and is it asked for the noise?")
check.true("Every part of the moons is drawn", bool((nearest_made() < 0.2).mean() > 0.96),
           hint="Every row needs noise of its own, and all t from 1 to T.")
check.score("The noise in other points is predicted", true_noise.ravel(),
            np.ravel(moon_predictor(mixed.astype(np.float32), at)), metric="rmse", at_most=0.66,
            groups=np.repeat(np.arange(6000), 2), hint="t goes into the network; more steps?")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — Which one, and why
#
# **Task.** Fill in the three dicts.
#
# `KINDS`: one of `undercomplete`, `denoising`, `sparse`, `variational`, `recurrent`, `hashing`.
#
# `IDEAS`: one of `DCGAN`, `progressive`, `StyleGAN`, `Wasserstein`, `diffusion`, `VAE`.
#
# `STATEMENTS`: `True` or `False`.
#
# - a: A linear autoencoder finds the principal components themselves, in their order.
# - b: With tied weights, encoder and decoder have about half as many weights.
# - c: An autoencoder with more codes than features can only copy.
# - d: A low loss of the generator always means good images.
# - e: A generator that makes one perfect image suffers from mode collapse.
# - f: In the step of the generator, the discriminator must not change.
# - g: A diffusion model needs one pass through its network for an image.
# - h: The network of a diffusion model is trained with random t, not with all t in a row.
# - i: The encoder of a variational autoencoder gives one code per image, and nothing else.
# - j: Pretraining an encoder on rows without labels pays most when few rows have labels.
# <!-- covers: 17.1 17.2 17.3 17.4 17.N13 -->

# %% answer="concepts"
KINDS = {
    "codes of which only a few are active for each row": None,
    "a representation of 30 numbers for tables with 500 columns, as PCA does, but curved": None,
    "old photographs with grain and scratches": None,
    "new faces, and a smooth way from one to another": None,
    "heartbeats of different lengths": None,
    "a hundred million images to be searched in memory": None,
}
IDEAS = {
    "training begins with images of 4×4 pixels, and layers are added": None,
    "a critic whose slope is limited estimates how far apart two distributions are": None,
    "strided convolutions, batch normalisation, tanh at the end": None,
    "a network turns noise into a vector that scales the channels of each layer": None,
    "a thousand small steps, each trained by a squared error": None,
    "an encoder that returns means and variances": None,
}
STATEMENTS = dict.fromkeys("abcdefghij")  # True or False
### BEGIN SOLUTION
kinds = ("sparse", "undercomplete", "denoising", "variational", "recurrent", "hashing")
KINDS = dict(zip(KINDS, kinds, strict=True))
ideas = ("progressive", "Wasserstein", "DCGAN", "StyleGAN", "diffusion", "VAE")
IDEAS = dict(zip(IDEAS, ideas, strict=True))
STATEMENTS = {letter: letter in "befhj" for letter in "abcdefghij"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*KINDS.values(), *IDEAS.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Which autoencoder for what", list(KINDS.values()),
            ["sparse", "undercomplete", "denoising", "variational", "recurrent", "hashing"],
            hint="See Exercises 1 to 5.")
check.equal("Which idea belongs to which model", list(IDEAS.values()),
            ["progressive", "Wasserstein", "DCGAN", "StyleGAN", "diffusion", "VAE"], hint="See Exercises 5 to 7.")
check.equal("Autoencoders, a to c", told("abc"), [False, True, False], hint="See Exercises 1, 2 and 4.")
check.equal("GANs, d to f", told("def"), [False, True, True], hint="See Exercise 6.")
check.equal("Diffusion, codes and labels, g to j", told("ghij"), [False, True, False, True],
            hint="See Exercises 2, 5 and 7.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# - **Data.** `datasets.load_fashion_mnist("full")` fetches 70,000 images of 28×28 pixels (needs a network). The
#   autoencoders of Exercises 2 to 5 work there with 100 to 300 neurons per layer and codes of 30; there, others
#   report mean squared errors of about 0.013 for stacked and tied ones, 0.012 for a convolutional one, and 0.017 for
#   one that removes noise. Ours are on tiny, easy digits and say nothing about those.
# - **Models.** A DCGAN for 28×28 starts with 7×7 pixels of many channels and needs dozens of epochs. For diffusion the
#   small network becomes a *U-Net*, convolutions down and up again with bridges between equal sizes, the time is
#   added to its channels, and $T$ is 1,000 or more; sampling then dominates, and shortcuts (DDIM) take 50 of these
#   steps.
# - **Thresholds.** Judge generated images by a classifier's features (how far means and covariances are apart, FID),
#   never by eye alone, and relative to a second half of the real images: that ratio does not depend on the data.
# - **Time.** On one GPU an autoencoder takes a minute, a DCGAN about ten, a U-Net hours. `batch_size=512` and mixed
#   precision help; the helper `train` here keeps all data in memory: use `tf.data` instead (Chapter 13).
