# %% [markdown]
# # 10. Neural networks with Keras
#
# You start with a single artificial neuron and see where it gives up. Then you compute the gradients of a
# small network yourself, and once you know what `fit` does, you let Keras do it: an image classifier, a
# network with two inputs, callbacks, a way to find a good learning rate, and a small search.
#
# The images are `datasets.mnist_like`, small digits that come with scikit-learn, enlarged; they are easier than the
# real ones, so scores are not comparable. With a network, `datasets.load_mnist("full")` and
# `datasets.load_fashion_mnist` fetch 70,000 real images; the same code trains on them, in minutes.
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

# %% [markdown]
# ## Exercise 1 — One neuron, and what it cannot do
#
# A *threshold unit* adds up its inputs, each times a weight, adds a bias, and answers 1 if the sum is not
# negative, else 0:
#
# $$\hat y = \operatorname{step}(\mathbf w^\top \mathbf x + b)$$
#
# Rosenblatt's *perceptron* learns the weights from its mistakes. It goes through the examples one after the
# other. If an answer is right, nothing happens. If it is wrong, weights and bias move towards the truth:
#
# $$\mathbf w \leftarrow \mathbf w + (y - \hat y)\,\mathbf x, \qquad b \leftarrow b + (y - \hat y)$$
#
# If a straight line separates the two classes, the mistakes end after finitely many steps. If none does, they
# never end. It is stochastic gradient descent with one row per step: scikit-learn's
# `SGDClassifier(loss="perceptron", learning_rate="constant", eta0=1, penalty=None)` learns by the same rule. A hard
# threshold gives a class and no probability.
#
# **Task.** Write `perceptron_fit`. Start with weights and bias 0. Visit the rows in their order, epoch after
# epoch. Stop after the first epoch without a mistake, or after `max_epochs`.
# <!-- covers: 10.2 10.4 10.5 -->

# %% given="groups"
def step(z):
    """Return 1 where z is not negative, else 0."""
    return (np.asarray(z) >= 0).astype(int)


def two_groups(n, seed, slope=(1.0, -2.0), offset=4.0, gap=1.0):
    """Return X (rows, 2) and y (rows,) of two classes on the two sides of the line slope·x + offset = 0."""
    X = np.random.default_rng(seed).uniform(0.0, 6.0, (n, 2))
    side = X @ np.array(slope) + offset
    keep = np.abs(side) > gap
    return X[keep], (side[keep] > 0).astype(int)


X_groups, y_groups = two_groups(100, seed=1)
X_xor, y_xor = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])

# %% answer="perceptron"
def perceptron_fit(X, y, max_epochs=200):
    """Return (weights, bias, mistakes): an array (features,), a float, and the mistakes of each epoch.

    X is (rows, features), y is (rows,) of 0 and 1; mistakes is a list of whole numbers, one per epoch run.
    """
    ### BEGIN SOLUTION
    weights, bias, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(max_epochs):
        wrong = 0
        for row, target in zip(X, y, strict=True):
            error = int(target) - int(step(row @ weights + bias))
            weights, bias = weights + error * row, bias + error
            wrong += abs(error)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return weights, bias, mistakes
    ### END SOLUTION

# %% checks="perceptron_test" points=1
check.equal(
    "On the two groups the last epoch makes no mistake",
    perceptron_fit(X_groups, y_groups)[2][-1],
    0,
    hint="Move the weights and the bias only when the answer was wrong.",
)

### BEGIN HIDDEN TESTS
def by_the_rule(X, y, max_epochs):
    w, b, counts = np.zeros(X.shape[1]), 0.0, []
    while len(counts) < max_epochs and (not counts or counts[-1]):
        counts.append(0)
        for x, t in zip(X, y, strict=True):
            miss = int(t) - int(x @ w + b >= 0)
            w, b = w + miss * x, b + miss
            counts[-1] += abs(miss)
    return w, b, counts


def groups(label, **line):
    return two_groups(90, datasets.hidden_seed(f"ch10 perceptron {label}"), **line)


def answers(X, y):
    w, b, _ = perceptron_fit(X, y, 2000)
    return step(X @ np.asarray(w, dtype=float) + float(b))


X_up, y_up = groups("up", slope=(2.0, 1.0), offset=-9.0)
X_far, y_far = groups("far", slope=(1.0, 1.0), offset=-6.5)
check.equal("Two other groups are told apart without a mistake", answers(X_far, y_far), y_far,
            hint="Is the bias learned too? The line need not go through the origin.")
check.close("Weights and bias are those of the learning rule", list(perceptron_fit(X_up, y_up, 1)[:2]),
            list(by_the_rule(X_up, y_up, 1)[:2]), hint="Each wrong row changes the weights at once.")
check.equal("The mistakes of each epoch are counted, and the first clean epoch is the last",
            list(perceptron_fit(X_up, y_up, 2000)[2]), by_the_rule(X_up, y_up, 2000)[2])
check.equal("On XOR it stops after max_epochs and every epoch has mistakes",
            [count > 0 for count in perceptron_fit(X_xor, y_xor, 30)[2]], [True] * 30,
            hint="Without a line between the classes only max_epochs can end the loop.")
### END HIDDEN TESTS

# %% [markdown]
# ### Two layers solve XOR
#
# XOR is 1 when exactly one of two inputs is 1. No single line does that, but two do: one neuron can answer
# "at least one", another "both", and a third combines the two answers. You need no training for this; a
# pencil is enough.
#
# **Task.** Choose the weights by hand in `xor_weights`. Keep the lines well away from the corners, so that
# inputs that are off by 0.15 still get the right answer.

# %% given="network"
def step_network(X, W1, b1, w2, b2):
    """Answer of a network of threshold units: two hidden ones (W1, b1), then one output (w2, b2)."""
    hidden = step(X @ np.reshape(W1, (2, 2)) + np.reshape(b1, 2))
    return step(hidden @ np.reshape(w2, 2) + float(b2))

# %% answer="xor"
def xor_weights():
    """Return (W1, b1, w2, b2) with which step_network computes XOR; column j of W1 feeds hidden unit j."""
    ### BEGIN SOLUTION
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b1 = np.array([-0.5, -1.5])  # "at least one" and "both"
    w2 = np.array([1.0, -1.0])
    return W1, b1, w2, -0.5
    ### END SOLUTION

# %% checks="xor_test" points=1
check.equal(
    "The network answers XOR on the four corners",
    step_network(X_xor, *xor_weights()),
    y_xor,
    weight=1,
    hint="One hidden unit for 'at least one', one for 'both'; the second one counts against the first.",
)

### BEGIN HIDDEN TESTS
near = np.random.default_rng(datasets.hidden_seed("ch10 xor")).uniform(-0.15, 0.15, (200, 4, 2)) + X_xor
check.equal("Inputs near the corners get the same answer",
            step_network(near.reshape(-1, 2), *xor_weights()), np.tile(y_xor, 200),
            hint="A boundary that touches a corner decides by luck: put it between the corners.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Backpropagation by hand
#
# A step is flat: it gives no hint in which direction to improve. Put an activation with a slope in its place,
# and hidden neurons can be trained: compute the loss going forward, then apply the chain rule going backward,
# layer by layer, and every weight knows its share of the blame. This is *reverse-mode automatic differentiation*:
# one pass forward and one back give all slopes, however many weights there are. For one hidden ReLU layer and a
# softmax output:
#
# $$Z = XW_1 + b_1,\quad H = \max(0, Z),\quad S = HW_2 + b_2,\quad P = \operatorname{softmax}(S)$$
#
# The loss is the cross-entropy, the *mean* over the rows of $-\log P_{i,y_i}$. Softmax and cross-entropy
# together have a simple derivative: $\partial L/\partial S = (P - Y)/m$ with the one-hot labels $Y$ and $m$
# rows.
#
# First the start. If all hidden neurons begin equal, they get equal gradients and stay equal forever, so
# weights start at random. He et al. (2015) keep the signals of a ReLU layer at the same size with a standard
# deviation of $\sqrt{2/n_\text{in}}$.
#
# **Task.** Write `init_params`: random normal weights of that size for both layers, biases 0. Draw from
# `rng`.
# <!-- covers: 10.7 10.8 10.9 10.11 -->

# %% answer="init"
def init_params(n_in, n_hidden, n_out, rng):
    """Return {"W1": (n_in, n_hidden), "b1": (n_hidden,), "W2": (n_hidden, n_out), "b2": (n_out,)}.

    rng is a numpy Generator, the only source of randomness.
    """
    ### BEGIN SOLUTION
    return {
        "W1": rng.normal(0.0, np.sqrt(2.0 / n_in), (n_in, n_hidden)),
        "b1": np.zeros(n_hidden),
        "W2": rng.normal(0.0, np.sqrt(2.0 / n_hidden), (n_hidden, n_out)),
        "b2": np.zeros(n_out),
    }
    ### END SOLUTION

# %% checks="init_test" points=1
check.equal(
    "The arrays have the names and shapes that are asked for",
    {name: np.shape(value) for name, value in init_params(4, 3, 2, np.random.default_rng(0)).items()},
    {"W1": (4, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)},
)

### BEGIN HIDDEN TESTS
def drawn(label):
    return init_params(400, 250, 60, np.random.default_rng(datasets.hidden_seed(f"ch10 init {label}")))


check.close("The weights have the mean 0 and the standard deviation of He's rule, layer by layer",
            [float(np.sqrt(np.mean(np.square(drawn("a")[name])))) for name in ("W1", "W2")],
            [np.sqrt(2 / 400), np.sqrt(2 / 250)], rtol=0.05,
            hint="The number of inputs of the layer stands under the root.")
check.true("No two hidden neurons start equal, and the biases are zero",
           bool(len(np.unique(drawn("a")["W1"][0])) == 250 
                and not np.any(drawn("a")["b1"]) and not np.any(drawn("a")["b2"])))
check.true("Another generator gives other weights, the same generator the same",
           bool(np.array_equal(drawn("a")["W1"], drawn("a")["W1"])
                and not np.array_equal(drawn("a")["W1"], drawn("b")["W1"])),
           hint="Use the rng that is passed in and do not seed anything yourself.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** Write `loss_and_grads`. Two things to watch: `np.exp` of a large number overflows, so subtract the
# largest score of each row first; and work on whole arrays, a Python loop over the rows is far too slow.
#
# `finite_differences` moves every weight a little up and down and looks how a loss changes: slow, but hard
# to get wrong. Use it to check your gradients on a `random_net`.

# %% given="differences"
def finite_differences(loss, params, h=1e-6):
    """Return a dict of gradients of loss(params), each by a central difference of step h."""
    slopes = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for at in np.ndindex(value.shape):
            up, down = ({**params, name: value.copy()} for _ in range(2))
            up[name][at] += h
            down[name][at] -= h
            slopes[name][at] = (loss(up) - loss(down)) / (2 * h)
    return slopes


def random_net(seed, rows=7, sizes=(5, 4, 3)):
    """Return (params, X, y): a random network with sizes (n_in, n_hidden, n_out), and rows to try it on."""
    rng = np.random.default_rng(seed)
    shapes = {"W1": sizes[:2], "b1": sizes[1:2], "W2": sizes[1:], "b2": sizes[2:]}
    net = {name: rng.normal(0.0, 0.7, shape) for name, shape in shapes.items()}
    return net, rng.normal(0.0, 1.0, (rows, sizes[0])), rng.integers(0, sizes[2], rows)

# %% answer="backprop"
def loss_and_grads(params, X, y):
    """Return (loss, grads): the mean cross-entropy, and a dict of gradients with the names of params.

    X is (rows, n_in), y is (rows,) with class numbers. params is not changed.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(X))
    Z = X @ params["W1"] + params["b1"]
    H = np.maximum(Z, 0.0)
    S = H @ params["W2"] + params["b2"]
    S = S - S.max(axis=1, keepdims=True)
    log_P = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    dS = np.exp(log_P)
    dS[rows, y] -= 1.0
    dS /= len(X)
    dZ = (dS @ params["W2"].T) * (Z > 0)
    grads = {"W1": X.T @ dZ, "b1": dZ.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}
    return -log_P[rows, y].mean(), grads
    ### END SOLUTION

# %% given="backprop_demo"
X_flat, y_flat, _ = datasets.mnist_like(600, seed=3)
X_flat = X_flat.reshape(600, 784) / 255.0
params = init_params(784, 32, 10, np.random.default_rng(0))
for epoch in range(60):
    loss, grads = loss_and_grads(params, X_flat, y_flat)
    params = {name: value - 0.2 * grads[name] for name, value in params.items()}
    if epoch % 20 == 0:
        print(f"step {epoch:2}: loss {loss:.3f}")
print(f"after 60 steps of plain gradient descent: loss {loss:.3f}")

# %% checks="backprop_test" points=2
flat_net = {"W1": np.zeros((4, 3)), "b1": np.zeros(3), "W2": np.zeros((3, 5)), "b2": np.zeros(5)}
check.close(
    "With all weights zero, five classes are equally likely: the loss is log 5",
    loss_and_grads(flat_net, np.ones((2, 4)), np.array([0, 3]))[0],
    np.log(5),
    hint="Is the loss the mean over the rows, and the logarithm the natural one?",
)

### BEGIN HIDDEN TESTS
def true_loss(net, X, y):
    S = np.maximum(X @ net["W1"] + net["b1"], 0.0) @ net["W2"] + net["b2"]
    top = S.max(axis=1)
    return float(np.mean(top + np.log(np.exp(S - top[:, None]).sum(axis=1)) - S[np.arange(len(y)), y]))


cases = [random_net(datasets.hidden_seed(f"ch10 backprop {i}")) for i in range(5)]
big = random_net(datasets.hidden_seed("ch10 backprop big"))
big[0]["W2"] = big[0]["W2"] * 2000.0
check.close("The loss is the mean cross-entropy", [loss_and_grads(*case)[0] for case in cases],
            [true_loss(*case) for case in cases])
check.close("The gradients agree with finite differences of the loss",
            [loss_and_grads(*case)[1] for case in cases],
            [finite_differences(lambda p, c=case: true_loss(p, *c[1:]), case[0]) for case in cases],
            rtol=1e-4, atol=1e-6, weight=2, hint="Where the input of a ReLU is negative, nothing flows back.")
check.close("Seeing every row twice changes no gradient",
            loss_and_grads(cases[0][0], np.tile(cases[0][1], (2, 1)), np.tile(cases[0][2], 2))[1],
            loss_and_grads(*cases[0])[1], hint="The gradient of a mean is a mean as well.")
check.close("Very large scores give a finite, correct loss", loss_and_grads(*big)[0], true_loss(*big),
            hint="Subtract the largest score of each row before np.exp, and do not take the log of 0.")
check.faster("The gradients of thousands of rows are computed without a loop over rows", loss_and_grads,
             inputs=lambda seed: random_net(seed, 16000, (30, 20, 5)), times=4)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — An image classifier in Keras
#
# In Keras you list the layers, `compile` with a loss, an optimizer and metrics, and `fit`. The images are
# 28×28 grey values of type `uint8`, 0 to 255. Networks learn badly from numbers that large. You could
# divide by 255 outside, but then whoever uses the model has to remember it. Put the scaling *into* the
# model, and it works on the images as they are.
#
# **Task.** `build_mlp` returns a compiled `keras.Sequential`: input (28, 28), scaling to 0…1, flattening,
# one ReLU layer for each number in `hidden`, and an output layer with one probability per class. The labels
# are class numbers, so choose the loss that fits them, and ask for the metric accuracy.
#
# Tell Keras the input shape with `keras.layers.Input`, so that the weights exist at once. Then `model.summary()`
# lists the layers with their numbers of parameters; work out one of them by hand.
# <!-- covers: 10.6 10.12 10.13 10.14 10.15 10.16 10.17 10.30 -->

# %% given="images"
images, digits, originals = datasets.mnist_like(5000, seed=10)
held_out = originals % 5 == 0  # variants of one original digit stay together
X_train, y_train = images[~held_out], digits[~held_out]
X_valid, y_valid = images[held_out], digits[held_out]

# %% answer="mlp"
def build_mlp(hidden=(100, 50), n_classes=10):
    """Return a compiled Sequential classifier for raw images (rows, 28, 28) with grey values 0..255."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.layers.Input((28, 28))])
    model.add(keras.layers.Rescaling(1 / 255))
    model.add(keras.layers.Flatten())
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    adam = keras.optimizers.Adam(0.002)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=adam, metrics=["accuracy"])
    return model
    ### END SOLUTION

# %% checks="mlp_test" points=1
check.equal(
    "The network with 100 and 50 hidden neurons has 84,060 parameters",
    build_mlp().count_params(),
    84060,
    hint="(784 + 1)·100 + (100 + 1)·50 + (50 + 1)·10, and nothing else is trained.",
)

### BEGIN HIDDEN TESTS
some_images, _, _ = datasets.mnist_like(64, datasets.hidden_seed("ch10 build"), split="test")


def untrained():
    return build_mlp((30,), 4).predict(some_images, verbose=0)


def bends():
    net, dim = build_mlp((30, 20), 4), some_images // 64  # dim images: the outputs stay away from 0 and 1
    logs = np.log(np.asarray(net.predict(dim, verbose=0), dtype=float))
    (W1, b1), (W2, b2), (W3, b3) = zip(*[iter(net.get_weights())] * 2, strict=True)
    scores = np.maximum(np.maximum(dim.reshape(64, -1) @ W1 + b1, 0) @ W2 + b2, 0) @ W3 + b3
    found, expected = (a - a.mean(axis=1, keepdims=True) for a in (logs, scores))
    return np.corrcoef(found.ravel(), expected.ravel())[0, 1]


check.equal("Other sizes give the right number of parameters, 266,610 for 300 and 100",
            [build_mlp((8, 7, 6), 3).count_params(), build_mlp((300, 100)).count_params()],
            [785 * 8 + 9 * 7 + 8 * 6 + 7 * 3, 266_610], hint="Use the arguments hidden and n_classes.")
# Correlation with the same network computed in NumPy, 20 draws: ReLU 1.0000 at worst; at best leaky ReLU 0.9954, GELU
# 0.913, tanh 0.899, sigmoid 0.887, none 0.881.
check.true("All hidden layers use ReLU", bool(bends() > 0.999),
           hint="Give every hidden Dense layer its activation; without one it is linear.")
check.close("Every row of the output sums to 1", untrained().sum(axis=1), np.ones(64), atol=1e-4, rtol=0,
            hint="Exactly one class is right: softmax.")
check.true("Raw images do not drive the untrained output to certainty",
           bool(np.median(untrained().max(axis=1)) < 0.8), hint="Scale inside the model.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** `train_mlp` builds the network with `build_mlp`, trains it for at most 8 epochs, watching (and
# never learning from) the validation images, and returns the model and its learning curves: the dictionary
# `history` of the object that `fit` returns. Seed Keras inside with `keras.utils.set_random_seed`, so that
# your result can be repeated. Keep it small: about ten seconds is all the time there is.

# %% answer="train"
def train_mlp(X, y, X_val, y_val):
    """Return (model, curves): the trained model, and a dict of lists.

    The keys of curves are loss, accuracy, val_loss and val_accuracy, with one value per epoch.
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(10)
    model = build_mlp()
    history = model.fit(X, y, epochs=6, batch_size=32, validation_data=(X_val, y_val), verbose=0)
    return model, history.history
    ### END SOLUTION

# %% given="train_demo"
model, curves = train_mlp(X_train, y_train, X_valid, y_valid)
for name, values in curves.items():
    print(f"{name:13}", " ".join(f"{value:.3f}" for value in values))

# %% checks="train_test" points=1
tiny = X_train, y_train, X_valid, y_valid
check.equal(
    "The curves follow loss and accuracy of training and validation images",
    {"accuracy", "loss", "val_accuracy", "val_loss"} - set(train_mlp(*(each[:64] for each in tiny))[1]),
    set(),
    hint="Pass validation_data to fit, and return history.history.",
)

### BEGIN HIDDEN TESTS
X_new, y_new, _ = datasets.mnist_like(1500, datasets.hidden_seed("ch10 images"), split="test")


def on_other_labels():
    other = train_mlp(X_train[:2000], 9 - y_train[:2000], X_valid[:200], 9 - y_valid[:200])[0]
    return other.predict(X_new[:800], verbose=0).argmax(axis=1)


def seen_in_curves():
    reached = np.mean(model.predict(X_valid, verbose=0).argmax(axis=1) == y_valid)
    return bool(np.min(np.abs(np.asarray(curves["val_accuracy"], dtype=float) - reached)) < 2e-4)


def retrained():
    small = train_mlp(X_train[:320], y_train[:320], X_valid[:50], y_valid[:50])[0]
    return small.predict(X_new[:50], verbose=0)


check.close("Two trainings with the same data give the same network", retrained(), retrained(), rtol=0, atol=1e-3,
            hint="keras.utils.set_random_seed, before the network is built.")
check.score("New raw images are recognised", y_new, model.predict(X_new, verbose=0).argmax(axis=1),
            at_least=0.87, hint="More epochs, smaller batches, or another learning rate?")
check.score("The probabilities for new raw images can be trusted", y_new, model.predict(X_new, verbose=0),
            metric="log_loss", at_most=0.4,
            hint="Good accuracy with a high loss: wrong answers given with certainty. Are the inputs scaled?")
check.true("The validation curve was measured on the validation images", seen_in_curves(),
           hint="validation_data is the second pair of arguments.")
check.score("train_mlp learns from the images and labels it is given", 9 - y_new[:800], on_other_labels(),
            at_least=0.82, hint="Use the arguments, not the variables of the notebook.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** Draw the learning curves. The training loss that Keras reports is the mean over the batches of an epoch, so
# it belongs to the *middle* of the epoch; the validation loss is measured at its *end*. Drawn above the same number,
# the training curve stands half an epoch too far to the right, and a network looks as if it did better on new
# images than on known ones.
#
# `plot_curves(curves)` returns the Axes of a new figure with two lines: the validation losses at 1, 2, 3, … epochs,
# the training losses half an epoch earlier, with a legend (`training`, `validation`) and both axes labelled.

# %% answer="curves"
def plot_curves(curves):
    """Return an Axes with loss and val_loss of the dict curves over the number of epochs trained."""
    ### BEGIN SOLUTION
    ends = np.arange(1, len(curves["loss"]) + 1)
    _, ax = plt.subplots()
    ax.plot(ends - 0.5, curves["loss"], label="training")
    ax.plot(ends, curves["val_loss"], label="validation")
    ax.set(xlabel="epochs", ylabel="cross-entropy")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="curves_demo"
plot_curves({"loss": [2.1, 1.3, 0.9, 0.7], "val_loss": [1.6, 1.1, 0.9, 0.8]})  # look at yours, too: plot_curves(curves)
plt.show()

# %% checks="curves_test" points=1
drawn = plot_curves({"loss": [3.0, 2.0], "val_loss": [2.5, 2.2]})
check.figure("Both axes say what is shown, and a legend tells the lines apart", drawn, xlabel=True, ylabel=True,
             legend=["training", "validation"])

### BEGIN HIDDEN TESTS
falling = np.random.default_rng(datasets.hidden_seed("ch10 curves")).uniform(0.1, 2.0, (2, 7))
other = plot_curves({"loss": list(falling[0]), "val_loss": list(falling[1]), "accuracy": [0.5] * 7,
                     "val_accuracy": [0.4] * 7})
check.figure("The validation losses stand at the ends of the epochs", other,
             lines=[(np.arange(1, 8), falling[1])], xlabel=True, ylabel=True, legend=["training", "validation"],
             hint="The first epoch ends at 1. Both axes and both lines have a name.")
check.figure("The training losses stand in the middle of the epochs", other,
             lines=[(np.arange(1, 8) - 0.5, falling[0])], hint="Half an epoch before the end.")
check.true("Nothing else is drawn, and the labels belong to their lines",
           bool([np.allclose(line.get_ydata(), falling[i]) for i, word in enumerate(("training", "validation"))
                 for line in other.get_lines() if word in line.get_label().lower()] == [True, True]
                and len(other.get_lines()) == 2), hint="Two lines, each with its own label=.")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A colleague feeds the raw values 0…255 into a network without any scaling. With the optimizer
# Nadam it reaches an accuracy of 0.90, yours 0.93. "Nearly the same", says the colleague. But their loss on
# new images is 1.4 and yours is 0.2. Another colleague trains on scaled images and forgets to scale when
# the model is used: the accuracy stays as it was, the loss jumps to 30.
#
# Write a few sentences: What do the two losses reveal that the accuracies hide? Why does the second model
# keep its accuracy? What would you change so that neither can happen?

# %% [markdown] essay="why" points=2
# ### BEGIN SOLUTION
# Accuracy looks only at which class comes first; the cross-entropy also looks at how sure the model was.
# Inputs that are 255 times larger give much larger scores before the softmax, so the probabilities are
# close to 0 or 1, also where the answer is wrong, and each confident mistake costs a lot. (1 point)
#
# A ReLU network is almost unchanged in its order of scores when all inputs are multiplied by the same
# positive number: the scores grow, up to the biases, by that factor, so the largest stays the largest.
# Whoever uses the probabilities (a threshold, an expected cost) gets nonsense all the same. The remedy is a
# scaling layer in the model, so that training and use cannot differ, and watching the loss on raw
# validation images too. (1 point)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 4 — Wide and deep
#
# Not every network is a stack. With the functional API you call layers on tensors and connect them as you
# like. A *wide & deep* network (Cheng et al., 2016) sends some features through hidden layers, to find
# intricate patterns, and others straight to the output, where simple rules stay simple. A second,
# *auxiliary* output on the deep part makes sure that part learns something by itself.
#
# **Task.** Write `build_wide_deep`:
#
# - two inputs, wide then deep, each followed by its own `Normalization` layer, adapted to the array passed
#   in;
# - deep: two ReLU layers of 30 neurons on the normalised deep input;
# - main output: one linear neuron on the normalised wide input and the second hidden layer together;
# - auxiliary output: one linear neuron on the second hidden layer alone;
# - model outputs: main, then auxiliary; the mean squared error for both, weighted 0.9 and 0.1; an optimizer
#   of your choice.
# <!-- covers: 10.10 10.12 10.15 10.19 10.20 10.N1 10.N2 -->

# %% given="districts"
def districts(n, seed, **changes):
    """Return (X_wide (n, 5), X_deep (n, 6), values (n, 1) in 100,000 dollars) of invented districts."""
    table = datasets.make_housing(n, seed, missing=0.0, **changes)
    table["people_per_household"] = table["population"] / table["households"]
    shared = ["longitude", "latitude", "median_income", "housing_median_age"]
    wide, deep = table[[*shared, "total_rooms"]], table[[*shared, "people_per_household", "households"]]
    return wide.to_numpy(), deep.to_numpy(), table[["median_house_value"]].to_numpy() / 100_000


X_wide, X_deep, y_value = districts(4000, seed=4)

# %% answer="wide_deep"
def build_wide_deep(X_wide, X_deep):
    """Return a compiled model with inputs (wide, deep) and outputs (main, auxiliary), each (rows, 1)."""
    ### BEGIN SOLUTION
    wide = keras.layers.Input(X_wide.shape[1:], name="wide")
    deep = keras.layers.Input(X_deep.shape[1:], name="deep")
    scale_wide, scale_deep = keras.layers.Normalization(), keras.layers.Normalization()
    scale_wide.adapt(X_wide)
    scale_deep.adapt(X_deep)
    hidden = keras.layers.Dense(30, activation="relu")(scale_deep(deep))
    hidden = keras.layers.Dense(30, activation="relu")(hidden)
    main = keras.layers.Dense(1, name="main")(keras.layers.concatenate([scale_wide(wide), hidden]))
    aux = keras.layers.Dense(1, name="aux")(hidden)
    model = keras.Model([wide, deep], [main, aux])
    model.compile(loss=["mse", "mse"], loss_weights=[0.9, 0.1], optimizer=keras.optimizers.Adam(0.005))
    return model
    ### END SOLUTION

# %% given="wide_deep_demo"
keras.utils.set_random_seed(4)
wide_deep = build_wide_deep(X_wide, X_deep)
wide_deep_history = wide_deep.fit((X_wide, X_deep), (y_value, y_value), epochs=10, batch_size=64, verbose=0)
falling = wide_deep_history.history["loss"]
print(f"weighted loss: {falling[0]:.3f} in the first epoch, {falling[-1]:.3f} in the last")

# %% checks="wide_deep_test" points=0.4
check.equal(
    "The model has two inputs and two outputs",
    [len(getattr(build_wide_deep(X_wide[:99], X_deep[:99]), ends)) for ends in ("inputs", "outputs")],
    [2, 2],
    hint="keras.Model([wide, deep], [main, aux])",
)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch10 wide deep"))
A, B, memo = rng.normal(5e4, 1e4, (300, 3)), rng.normal(-2e3, 300.0, (300, 4)), {}
a, b = A[:200].reshape(2, 100, 3), B[:200].reshape(2, 100, 4)
X_probe = (np.concatenate([a[0], a[1], a[0], a[1], a.mean(axis=0), a[0]]),
           np.concatenate([b[0], b[0], b[1], b[1], b[0], b.mean(axis=0)]))


def probe():
    if not memo:  # one untrained network serves both checks
        outputs = build_wide_deep(A, B).predict(X_probe, verbose=0)
        memo["main"], memo["aux"] = (np.asarray(out).reshape(6, 100) for out in outputs)
    return memo


def wide_and_deep(main):
    unit = 1e-3 * np.std(main[0])
    apart, bend = (main[0] - main[1]) - (main[2] - main[3]), main[4] - (main[0] + main[1]) / 2
    straight = np.abs(apart).max() < unit and np.abs(bend).max() < unit and np.std(main[0] - main[1]) > unit
    return bool(straight and np.std(main[5] - (main[0] + main[2]) / 2) > unit)


check.true("The wide input reaches the main output in a straight line, the deep one through hidden layers",
           wide_and_deep(probe()["main"]), hint="Join the wide input with the last hidden layer, not before.")
check.true("The auxiliary output sees the deep input only",
           bool(np.allclose(*probe()["aux"][:2]) and np.std(probe()["aux"][0]) > 0))
### END HIDDEN TESTS

# %% checks="wide_deep_more_test" points=0.6
check.parameters("The network has 1,207 parameters to train", build_wide_deep(X_wide[:99], X_deep[:99]), exactly=1207,
                 trainable=True, hint="(6 + 1)·30 + (30 + 1)·30, then 5 + 30 + 1 and 30 + 1 for the outputs.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch10 wide deep scaled"))
A, B, y_any = rng.normal(5e4, 1e4, (300, 3)), rng.normal(-2e3, 300.0, (300, 4)), rng.normal(size=(300, 1))
memo = {}


def probe():
    if not memo:  # one untrained network serves three checks
        net = build_wide_deep(A, B)
        loss = net.evaluate((A, B), (y_any, y_any), verbose=0, return_dict=True)["loss"]
        memo.update(loss=loss, outputs=net.predict((A, B), verbose=0), W=net.get_weights())
    return memo


def deep_part(weights):
    W = {np.shape(w): w for w in weights}  # biases begin at zero
    H = np.maximum((B - B.mean(axis=0)) / B.std(axis=0) @ W[4, 30], 0)
    return np.maximum(H @ W[30, 30], 0) @ W[30, 1]


check.close("The deep part has two ReLU layers of 30 neurons, and their linear output", probe()["outputs"][1],
            deep_part(probe()["W"]), rtol=0.01, atol=0.01,
            hint="Dense(30, activation=\"relu\") twice, on the normalised deep input.")
check.true("Inputs of any size are normalised inside, with the arrays passed in",
           bool(1e-3 < np.std(probe()["outputs"][0]) < 20 and np.abs(probe()["outputs"][0]).max() < 100),
           hint="Adapt each Normalization layer to its own argument, before it is used.")
check.close("The loss is 0.9 times the main and 0.1 times the auxiliary squared error", probe()["loss"],
            np.dot([0.9, 0.1], [np.mean((out - y_any) ** 2) for out in probe()["outputs"]]),
            rtol=1e-3, hint="loss_weights belongs to compile, in the order of the outputs.")
### END HIDDEN TESTS

# %% checks="wide_deep_score" points=1
check.shape(
    "The main output has one value for each district",
    build_wide_deep(X_wide[:99], X_deep[:99]).predict((X_wide[:5], X_deep[:5]), verbose=0)[0],
    (5, 1),
)

### BEGIN HIDDEN TESTS
X_w, X_d, y_d = districts(2000, datasets.hidden_seed("ch10 districts"), noise=0.15)
check.score("The trained model values new districts", y_d[:, 0], wide_deep.predict((X_w, X_d), verbose=0)[0],
            metric="rmse", at_most=0.65, partial=0.9,
            hint="If the loss hardly falls in ten epochs, try another learning rate.")
### END HIDDEN TESTS

# %% [markdown]
# ### The same network as a class
#
# A model can also be a class: `__init__` makes the layers, `call` says in plain Python how data flows through them,
# with loops and conditions if you like. The price: Keras cannot look into `call`, so it knows no shapes or
# connections before data went through, and finds fewer mistakes in advance. Take it for what the functional API cannot
# express.
#
# **Task.** Complete `WideDeep`. The six layers are attributes: `scale_wide` and `scale_deep` (`Normalization`),
# `hidden1` and `hidden2` (ReLU, `units` neurons each), `main_head` and `aux_head` (one linear neuron each). In front of
# the main head, the wide input comes first. Whoever uses the model adapts the two scaling layers before the first
# call.

# %% answer="subclass"
class WideDeep(keras.Model):
    """Wide & deep: takes (wide, deep), returns (main, auxiliary), each of shape (rows, 1)."""

    def __init__(self, units=30, **kwargs):
        super().__init__(**kwargs)
        ### BEGIN SOLUTION
        self.scale_wide, self.scale_deep = keras.layers.Normalization(), keras.layers.Normalization()
        self.hidden1 = keras.layers.Dense(units, activation="relu")
        self.hidden2 = keras.layers.Dense(units, activation="relu")
        self.main_head, self.aux_head = keras.layers.Dense(1), keras.layers.Dense(1)
        ### END SOLUTION

    def call(self, inputs):
        """Return the two outputs for a pair of inputs, (rows, n_wide) and (rows, n_deep)."""
        ### BEGIN SOLUTION
        wide, deep = inputs
        hidden = self.hidden2(self.hidden1(self.scale_deep(deep)))
        joined = keras.ops.concatenate([self.scale_wide(wide), hidden], axis=1)
        return self.main_head(joined), self.aux_head(hidden)
        ### END SOLUTION

# %% checks="subclass_test" points=1
small_net, small_wide, small_deep = WideDeep(units=3), np.eye(4)[:, :2], np.eye(4)
small_net.scale_wide.adapt(small_wide)
small_net.scale_deep.adapt(small_deep)
check.shape("The main output has one value per row", small_net((small_wide, small_deep))[0], (4, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch10 subclass"))
W_in, D_in, memo = rng.normal(5.0, 3.0, (40, 3)), rng.normal(-20.0, 9.0, (40, 4)), {}


def scaled(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def both():
    if not memo:  # the student's outputs, and the same from the weights of the layers
        net = WideDeep(units=12)
        net.scale_wide.adapt(W_in)
        net.scale_deep.adapt(D_in)
        memo["found"] = [np.asarray(out) for out in net((W_in, D_in))]
        part = {name: getattr(net, name).get_weights() for name in ("hidden1", "hidden2", "main_head", "aux_head")}
        H = scaled(D_in)
        for name in ("hidden1", "hidden2"):
            H = np.maximum(H @ part[name][0] + part[name][1], 0)
        memo["aux"] = H @ part["aux_head"][0] + part["aux_head"][1]
        memo["main"] = np.hstack([scaled(W_in), H]) @ part["main_head"][0] + part["main_head"][1]
    return memo


check.close("The main output comes from the wide input and the last hidden layer", both()["found"][0],
            both()["main"], rtol=1e-2, atol=1e-3, hint="Both inputs are scaled; the wide input skips the hidden layers.")
check.close("The auxiliary output comes from the last hidden layer", both()["found"][1], both()["aux"],
            rtol=1e-2, atol=1e-3, hint="The hidden layers are ReLU, the second works on the output of the first.")
nets = [WideDeep(units=n) for n in (7, 12)]
check.equal("The hidden layers have the number of neurons asked for, the outputs one each",
            [[net.hidden2.units, net.main_head.units, net.aux_head.units] for net in nets], [[7, 1, 1], [12, 1, 1]],
            hint="Use the argument units.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Keep the best epoch
#
# A network trained too long gets worse on new data, so one watches the validation loss. Keras calls the
# methods of a *callback* while it trains: `on_train_begin(logs)`, `on_epoch_end(epoch, logs)`,
# `on_train_end(logs)`. In them you have `self.model`, and `logs` is a dict with `loss` and, if there is
# validation data, `val_loss`.
#
# **Task.** Write the callback `BestKeeper(patience, drop)`.
#
# - An epoch is *better* if its `val_loss` is less than `(1 - drop)` times that of the last better epoch;
#   the first epoch is always better. Remember the weights of the last better epoch, and its number as
#   `best_epoch`.
# - After `patience` epochs in a row that are not better, stop the training: set `self.model.stop_training =
#   True`.
# - When training ends, for whatever reason, put the remembered weights back.
# - A second `fit` with the same callback starts afresh.
# <!-- covers: 10.16 10.21 10.22 10.23 10.N3 -->

# %% answer="best_keeper"
class BestKeeper(keras.callbacks.Callback):
    """Stops a training that no longer gets better, and restores the weights of the last better epoch."""

    def __init__(self, patience=3, drop=0.01):
        super().__init__()
        self.patience = patience
        self.drop = drop

    def on_train_begin(self, logs=None):
        """Forget everything about an earlier training."""
        ### BEGIN SOLUTION
        self.best_loss, self.best_epoch, self.best_weights, self.waited = np.inf, None, None, 0
        ### END SOLUTION

    def on_epoch_end(self, epoch, logs=None):
        """Compare this epoch with the last better one."""
        ### BEGIN SOLUTION
        if logs["val_loss"] < (1 - self.drop) * self.best_loss:
            self.best_loss, self.best_epoch, self.waited = logs["val_loss"], epoch, 0
            self.best_weights = self.model.get_weights()
        else:
            self.waited += 1
            if self.waited >= self.patience:
                self.model.stop_training = True
        ### END SOLUTION

    def on_train_end(self, logs=None):
        """Put the weights of the last better epoch back."""
        ### BEGIN SOLUTION
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
        ### END SOLUTION

# %% given="keeper_demo"
x_line = np.random.default_rng(5).normal(size=(64, 1))
keras.utils.set_random_seed(5)
drill = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
drill.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1))
keeper = BestKeeper(patience=2)
drill_history = drill.fit(x_line, 3 * x_line + 1, validation_data=(x_line, 3 * x_line + 1.2), epochs=40,
                          verbose=0, callbacks=[keeper])
print(f"{len(drill_history.epoch)} of 40 epochs were run; epoch {keeper.best_epoch} was kept")

# %% checks="keeper_test" points=1
known = BestKeeper(patience=2)
drill_epochs = drill.fit(x_line, 3 * x_line + 1, validation_data=(x_line, 3 * x_line + 1.2), epochs=40,
                         verbose=0, callbacks=[known]).epoch
check.true(
    "Training stops early, two epochs after its best one",
    len(drill_epochs) < 40 and drill_epochs[-1] == known.best_epoch + 2,
    hint="Count the epochs since the last better one, and set self.model.stop_training.",
)

### BEGIN HIDDEN TESTS
def drive(keeper, losses):
    """Play epochs with these validation losses; return the last epoch, and the one whose weights are kept."""
    drill.fit(np.zeros((1, 1)), np.zeros((1, 1)), epochs=1, verbose=0)  # Keras clears stop_training here
    keeper.set_model(drill)
    keeper.on_train_begin({})
    for epoch, loss in enumerate(losses):
        drill.set_weights([np.full((1, 1), float(epoch)), np.zeros(1)])
        keeper.on_epoch_end(epoch, {"loss": 1.0 / (epoch + 1), "val_loss": loss})
        if drill.stop_training:
            break
    keeper.on_train_end({})
    return epoch, int(drill.get_weights()[0][0, 0])


def twice():
    keeper = BestKeeper(patience=2, drop=0.0)
    return [drive(keeper, [0.5, 0.1, 0.4, 0.3, 0.2]), drive(keeper, [9.0, 8.0, 8.5, 7.0, 7.5, 7.2, 7.1])]


check.equal("It stops after patience epochs in a row that are not better, and keeps the best",
            drive(BestKeeper(patience=3, drop=0.0), [5.0, 3.0, 4.0, 4.0, 2.0, 2.5, 2.5, 2.5, 1.0]), (7, 4),
            hint="A better epoch sets the count back to zero. Watch val_loss, not loss.")
check.equal("If all epochs are run, the best weights are restored all the same",
            drive(BestKeeper(patience=9, drop=0.0), [4.0, 1.0, 2.0, 3.0]), (3, 1),
            hint="Copy the weights with get_weights when the epoch is better; restore them in on_train_end.")
check.equal("Only a fall of at least the share drop counts as better",
            drive(BestKeeper(patience=2, drop=0.2), [10.0, 9.0, 7.9, 7.0, 6.5, 1.0]), (4, 2),
            hint="Compare with (1 - drop) times the loss of the last better epoch.")
check.equal("A second training starts afresh", twice(), [(3, 1), (5, 3)],
            hint="Set the best loss, the weights and the count in on_train_begin.")
### END HIDDEN TESTS

# %% [markdown]
# ### The callbacks everybody uses
#
# Keras has that callback ready: `EarlyStopping` (`patience`, `restore_best_weights`). `ModelCheckpoint` saves the
# model to a file after each epoch, or with `save_best_only=True` only after those that are better, so that a crash costs
# little. `TensorBoard(log_dir)` writes *event files*: one record (a *summary*) per epoch and metric, in the
# folders `train` and `validation` below `log_dir`. Give each run a folder of its own, or the curves of two runs end up
# in one. To look at them in a notebook, two magics do: `%load_ext tensorboard`, then `%tensorboard --logdir logs`.
#
# **Task.** `usual_callbacks(folder, patience)` returns a list of the three: the best model so far in the file
# `best.keras` in the folder; stopping after `patience` epochs without improvement, with the best weights put back; and
# event files in the folder.

# %% answer="callbacks"
def usual_callbacks(folder, patience):
    """Return a list of three callbacks: a checkpoint, early stopping and TensorBoard."""
    ### BEGIN SOLUTION
    return [
        keras.callbacks.ModelCheckpoint(f"{folder}/best.keras", save_best_only=True),
        keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True),
        keras.callbacks.TensorBoard(folder),
    ]
    ### END SOLUTION

# %% given="callbacks_demo"
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray


def watched_fit(patience, goal):
    """Train one weight from 0 towards 2, validated at goal; return what memory, file and event files hold."""
    ones, walked = np.ones((8, 1)), []
    lone = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.layers.Input((1,)), lone])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1))
    watch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: walked.append(float(model.get_weights()[0][0, 0]))
    )
    with tempfile.TemporaryDirectory() as folder:
        model.fit(ones, 2 * ones, validation_data=(ones, goal * ones), epochs=25, verbose=0,
                  callbacks=[watch, *usual_callbacks(folder, patience)])
        saved = keras.models.load_model(f"{folder}/best.keras").get_weights()[0]
        logs = f"{folder}/validation"
        events = EventAccumulator(logs, {"tensors": 0}).Reload().Tensors("epoch_loss") if os.path.isdir(logs) else []
    return {"walked": walked, "kept": model.get_weights()[0].item(), "saved": saved.item(),
            "logged": [make_ndarray(event.tensor_proto).item() for event in events]}


watched = watched_fit(patience=3, goal=1.2)
print(f"{len(watched['walked'])} epochs; weight kept {watched['kept']:.3f}, saved {watched['saved']:.3f}")

# %% checks="callbacks_test" points=1
check.equal("usual_callbacks returns three callbacks", len(usual_callbacks("some_folder", 2)), 3)

### BEGIN HIDDEN TESTS
goal, memo = 1.05 + 0.2 * np.random.default_rng(datasets.hidden_seed("ch10 callbacks")).random(), {}


def seen():
    if not memo:
        memo.update(watched_fit(4, float(goal)))
        memo["best"] = int(np.argmin(np.abs(np.array(memo["walked"]) - goal)))
    return memo


check.equal("Training stops patience epochs after the best one", len(seen()["walked"]), seen()["best"] + 5,
            hint="EarlyStopping(patience=...)")
check.close("The model ends with its best weights", seen()["kept"], seen()["walked"][seen()["best"]],
            rtol=1e-4, hint="EarlyStopping restores only if it is told to.")
check.close("The file holds the best model, not the last", seen()["saved"], seen()["walked"][seen()["best"]],
            rtol=1e-4, hint="ModelCheckpoint saves after every epoch unless it is told otherwise.")
check.close("The event files hold the validation loss of every epoch", seen()["logged"],
            [(weight - goal) ** 2 for weight in seen()["walked"]], rtol=1e-3, atol=1e-6,
            hint="TensorBoard makes the folders train and validation itself.")
### END HIDDEN TESTS

# %% [markdown]
# ### A model in a file
#
# A model you cannot load again is lost with the notebook. `model.save(name)` with a name that ends in
# `.keras` writes architecture, weights and what `compile` was told; `keras.models.load_model` brings all of
# it back.
#
# **Task.** `save_model` saves a model in the current folder and returns the file name; `load_saved` returns
# the model of a file, ready to predict, evaluate and train on.

# %% answer="save"
def save_model(model, name):
    """Save the model as a .keras file called name in the current folder and return the file's name."""
    ### BEGIN SOLUTION
    path = f"{name}.keras"
    model.save(path)
    return path
    ### END SOLUTION


def load_saved(path):
    """Return the compiled model that was saved in the file."""
    ### BEGIN SOLUTION
    return keras.models.load_model(path)
    ### END SOLUTION

# %% given="save_demo"
keras.utils.set_random_seed(6)
hidden_layer = keras.layers.Dense(4, activation="tanh")
keepsake = keras.Sequential([keras.layers.Input((3,)), hidden_layer, keras.layers.Dense(1)])
keepsake.compile(loss="mse", optimizer="sgd", metrics=["mae"])
copy_of_keepsake = load_saved(save_model(keepsake, "keepsake"))

# %% checks="save_test" points=1
check.equal(
    "The file's name has the ending of Keras' own format",
    save_model(keepsake, "keepsake"),
    "keepsake.keras",
)

### BEGIN HIDDEN TESTS
some_rows = np.random.default_rng(datasets.hidden_seed("ch10 save")).normal(size=(50, 3))


def round_trip():
    path = save_model(keepsake, "first")
    before, weights = keepsake.predict(some_rows, verbose=0), keepsake.get_weights()
    keepsake.set_weights([0.0 * w for w in weights])
    after = load_saved(path).predict(some_rows, verbose=0)
    keepsake.set_weights(weights)
    return before, after


def evaluated():
    again = load_saved(save_model(keepsake, "second"))
    return [net.evaluate(some_rows, some_rows[:, :1], verbose=0) for net in (keepsake, again)]


check.close("A loaded model predicts as the saved one did, whatever became of that one since", *round_trip(),
            atol=1e-6, hint="What is loaded has to come from the file.")
check.close("A loaded model can be evaluated at once, with the same loss and metric", *evaluated(), rtol=1e-4,
            hint="Weights alone are not a model: loss, optimizer and metrics belong to it.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Which learning rate?
#
# The learning rate matters more than any other setting. A *range test* (Smith, 2017) finds it in one short
# run: train one batch at a time, multiply the rate by the same factor after each, and record the loss of
# every batch. At first nothing happens, then the loss falls, and when the rate is too large it shoots up. A
# good rate is clearly smaller than the one where the loss was lowest.
#
# **Task.** Write `lr_range_test`. Step number `i` trains with `train_on_batch` on the next `batch_size` rows,
# beginning at row `i * batch_size` and going on at the top when the rows run out. `train_on_batch` returns
# the loss of its batch from before the step. Afterwards the model has the weights and the learning rate it
# came with.
#
# Then write `suggest_rate`: one tenth of the rate with the smallest loss. Losses that are not finite do not
# count.
# <!-- covers: 10.18 10.28 -->

# %% answer="range_test"
def lr_range_test(model, X, y, lr_min=1e-4, lr_max=10.0, steps=40, batch_size=32):
    """Return (rates, losses), arrays (steps,): rates from lr_min to lr_max, each the same factor apart.

    losses[i] is the loss of batch i before its own step. The model has no metric but the loss.
    """
    ### BEGIN SOLUTION
    weights, old_rate = model.get_weights(), float(model.optimizer.learning_rate)
    rates, losses = np.geomspace(lr_min, lr_max, steps), []
    for i, rate in enumerate(rates):
        rows = np.arange(i * batch_size, (i + 1) * batch_size) % len(X)
        model.optimizer.learning_rate = rate
        losses.append(float(model.train_on_batch(X[rows], y[rows])))
    model.set_weights(weights)
    model.optimizer.learning_rate = old_rate
    return rates, np.array(losses)
    ### END SOLUTION


def suggest_rate(rates, losses):
    """Return one tenth of the rate where the loss is smallest, as a float."""
    ### BEGIN SOLUTION
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return float(rates[np.argmin(finite)]) / 10
    ### END SOLUTION

# %% given="range_demo"
plane = np.random.default_rng(7).normal(size=(256, 2))
height = plane @ np.array([[2.0], [-1.0]]) + 0.5
keras.utils.set_random_seed(7)
linear = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
linear.compile(loss="mse", optimizer=keras.optimizers.SGD(0.02))
rates, losses = lr_range_test(linear, plane, height)
plt.loglog(rates, losses)
plt.xlabel("learning rate")
plt.ylabel("loss of the batch")
plt.title(f"Suggested rate: {suggest_rate(rates, losses):.3g}")
plt.show()

# %% checks="range_test_test" points=1
tried = lr_range_test(linear, plane, height, lr_min=1e-4, lr_max=1e-2, steps=7)
check.close("The rates go from the smallest to the largest, one for each loss",
            [tried[0][0], tried[0][-1], len(tried[1])], [1e-4, 1e-2, 7])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch10 range"))
A = rng.normal(size=(50, 2))
b, memo = A @ rng.normal(size=(2, 1)) + 1.0, {}


def state():
    return [*linear.get_weights(), linear.optimizer.get_config()["learning_rate"]]


def tested():
    if not memo:  # one run serves three checks
        start = state()
        rates, losses = lr_range_test(linear, A, b, 1e-3, 1.0, 12, 20)
        memo.update(start=start, rates=list(rates), losses=list(losses), end=state())
    return memo


def expected(w, bias, _):
    found = []  # the same test in NumPy: linear regression, gradient steps, a growing rate
    for i, rate in enumerate(np.geomspace(1e-3, 1.0, 12)):
        rows = np.arange(20 * i, 20 * (i + 1)) % 50
        error = A[rows] @ w + bias - b[rows]
        w, bias = w - rate * 2 * A[rows].T @ error / 20, bias - rate * 2 * error.mean()
        found.append(float(np.mean(error**2)))
    return found


check.close("The rates are the same factor apart", tested()["rates"], list(np.geomspace(1e-3, 1.0, 12)),
            rtol=1e-4, hint="np.geomspace")
check.close("Every loss is that of its own batch, at its own rate", tested()["losses"],
            expected(*tested()["start"]), rtol=1e-2,
            hint="Set model.optimizer.learning_rate before each batch; take the rows in their order.")
check.close("Weights and learning rate are what they were before", tested()["end"], tested()["start"],
            rtol=1e-5, atol=1e-7)
check.close("The suggested rate is a tenth of the best one, and losses that are not finite do not count",
            suggest_rate(np.array([0.01, 0.1, 1.0, 10.0]), np.array([3.0, 1.5, 2.0, np.nan])), 0.01,
            rtol=1e-6, hint="np.argmin takes NaN for the smallest value.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Rare alarms, and a search
#
# A machine stops by itself in one of twenty hours, and its two sensors tell with some luck. Whoever always says "no"
# is right in 95 %, and a network soon finds that out. With `class_weight`, a dict from class to weight, `fit` multiplies
# the loss of each row by the weight of its class. *Balanced* weights make all classes count alike: with $m$ rows,
# $k$ classes and $m_c$ rows of class $c$,
#
# $$w_c = \frac{m}{k\,m_c} .$$
#
# **Task.** `class_weights(y)` returns these weights as a dict, for any integer labels. It is timed: no Python loop over
# rows. `train_alarm(X, y)` builds and trains a small network with **one** output neuron that gives the
# probability of class 1, using the weights, and returns it. Choose output activation and loss for two classes.
# It is judged by its *balanced accuracy*, the mean of the recalls of both classes, at the threshold 0.5.
# <!-- covers: 10.11 10.16 10.24 10.N5 -->

# %% given="alarms"
def make_alarms(m, seed):
    """Return X (m, 2), two sensors, and y (m,): 1 in the one of twenty hours that ended with a stop, else 0."""
    rng = np.random.default_rng(seed)
    y = (rng.random(m) < 0.05).astype(int)
    angle = rng.uniform(0, 2 * np.pi, m)
    return rng.normal(size=(m, 2)) + 2.5 * y[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


X_alarm, y_alarm = make_alarms(2000, seed=8)

# %% answer="weights"
def class_weights(y):
    """Return a dict from each class of y (rows,) to its balanced weight, a float."""
    ### BEGIN SOLUTION
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): float(len(y) / (len(classes) * n)) for c, n in zip(classes, counts, strict=True)}
    ### END SOLUTION


def train_alarm(X, y):
    """Return a Keras model trained on X (rows, 2), y (rows,); it predicts P(class 1), shape (rows, 1)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(8)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu")])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model.fit(X, y, epochs=6, batch_size=32, class_weight=class_weights(y), verbose=0)
    return model
    ### END SOLUTION

# %% given="alarm_demo"
alarm = train_alarm(X_alarm, y_alarm)

# %% checks="weights_test" points=1
check.close("With three rows of class 0 and one of class 1, class 1 weighs three times as much",
            class_weights(np.array([0, 0, 1, 0])), {0: 2 / 3, 1: 2.0})

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch10 alarms")
labels = np.random.default_rng(seed).integers(0, 5, 300) ** 2
X_now, y_now = make_alarms(6000, seed)
check.close("The weights are balanced for any labels", class_weights(labels),
            {int(c): 300 / (len(set(labels)) * np.sum(labels == c)) for c in set(labels)},
            hint="Rows divided by (classes times rows of the class).")
check.faster("Two million labels are counted without a loop over rows", class_weights,
             inputs=lambda draw: (np.random.default_rng(draw).integers(0, 5, 2_000_000).astype(np.int16),), times=5)
check.probabilities("The one output is a probability", np.asarray(alarm.predict(X_now, verbose=0))[:, 0])
# Balanced accuracy over 20 seeds and draws: reference 0.808, sd 0.018, worst 0.782; without weights 0.629 at best.
check.score("Stops and quiet hours are both recognised", y_now,
            (np.asarray(alarm.predict(X_now, verbose=0))[:, 0] > 0.5).astype(int), metric="balanced_accuracy",
            at_least=0.74, partial=0.66, hint="Pass class_weight to fit.")
### END HIDDEN TESTS

# %% [markdown]
# ### A search with scikit-learn's tools
#
# `keras.wrappers.SKLearnRegressor(build)` makes a scikit-learn estimator of a function: `build(X, y, **model_kwargs)`
# gets the rows to be trained on and returns a compiled model. So all of scikit-learn's searches work with it;
# `model_kwargs` is the parameter to vary, and arguments of `fit` (`epochs=20, verbose=0`) go into the search's own `fit`
# (those given to the wrapper are lost when it is cloned).
#
# Draw a learning rate *log-uniformly*: between 0.001 and 0.1 the factor matters, and an even draw would take nine of
# ten from the upper decade.
#
# **Task.**
#
# - `draw_settings(n, seed)`: a list of `n` dicts with `n_hidden` (0 to 3), `n_neurons` (5 to 60), both whole numbers,
#   each equally likely, and `learning_rate`, log-uniform between 0.0001 and 0.1.
# - `build_regressor(X, y, ...)`: a compiled model: a `Normalization` adapted to the `X` it gets (inside a search,
#   the training rows alone), `n_hidden` ReLU layers, one linear output, MSE, Adam with that rate.
# - `search(X, y, settings)`: a fitted `GridSearchCV` that compares the settings by $R^2$ on one held-out third
#   (`ShuffleSplit(1, test_size=1/3, random_state=0)`), 20 epochs each, and refits the best on all rows.
# - `sklearn_rival(X, y)`: the same with scikit-learn alone: a fitted pipeline of `StandardScaler` and
#   `MLPRegressor`, sizes and rate of your choice.

# %% given="waves"
def make_waves(m, seed):
    """Return X (m, 4), four quantities in very different units, and y (m,), a wavy function of three of them."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (m, 4))
    y = np.sin(2 * X[:, 0]) * X[:, 1] + X[:, 2] ** 2 + rng.normal(0, 0.3, m)
    return X * [1.0, 100.0, 0.01, 1.0] + [0.0, 500.0, 0.0, 0.0], y


X_waves, y_waves = make_waves(600, seed=9)
SETTINGS = [{"n_hidden": 0, "n_neurons": 40, "learning_rate": 0.01},
            {"n_hidden": 2, "n_neurons": 40, "learning_rate": 0.01},
            {"n_hidden": 2, "n_neurons": 40, "learning_rate": 0.0001}]

# %% answer="settings"
def draw_settings(n, seed):
    """Return n dicts with n_hidden, n_neurons and learning_rate, drawn at random."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    return [
        {
            "n_hidden": int(rng.integers(0, 4)),
            "n_neurons": int(rng.integers(5, 61)),
            "learning_rate": float(10 ** rng.uniform(-4, -1)),
        }
        for _ in range(n)
    ]
    ### END SOLUTION

# %% answer="search"
def build_regressor(X, y, n_hidden=1, n_neurons=20, learning_rate=0.01):
    """Return a compiled, untrained Keras model for X (rows, features) and y (rows,)."""
    ### BEGIN SOLUTION
    scale = keras.layers.Normalization()
    scale.adapt(X)
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), scale])
    for _ in range(n_hidden):
        model.add(keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(1))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate))
    return model
    ### END SOLUTION


def search(X, y, settings):
    """Return the fitted GridSearchCV over the settings (a list of dicts)."""
    ### BEGIN SOLUTION
    from sklearn.model_selection import GridSearchCV, ShuffleSplit

    keras.utils.set_random_seed(9)
    wrapped = keras.wrappers.SKLearnRegressor(build_regressor)
    split = ShuffleSplit(1, test_size=1 / 3, random_state=0)
    found = GridSearchCV(wrapped, {"model_kwargs": list(settings)}, cv=split, scoring="r2")
    return found.fit(X, y, epochs=20, verbose=0)
    ### END SOLUTION

# %% answer="rival"
def sklearn_rival(X, y):
    """Return a fitted pipeline of StandardScaler and MLPRegressor."""
    ### BEGIN SOLUTION
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    net = MLPRegressor(hidden_layer_sizes=(40, 40), learning_rate_init=0.01, max_iter=500, random_state=0)
    return make_pipeline(StandardScaler(), net).fit(X, y)
    ### END SOLUTION

# %% given="search_demo"
found = search(X_waves, y_waves, SETTINGS)
print("best:", found.best_params_["model_kwargs"], f"with R² {found.best_score_:.2f} held out")

# %% checks="search_test" points=1
check.equal("draw_settings returns as many settings as are asked for", len(draw_settings(7, 0)), 7)

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch10 search")
X_sea, y_sea = make_waves(2000, seed)
X_known, y_known = make_waves(600, seed + 1)


def shares():
    drawn = draw_settings(3000, seed)
    rates = np.log10([setting["learning_rate"] for setting in drawn])
    layers, neurons = ([setting[name] for setting in drawn] for name in ("n_hidden", "n_neurons"))
    decades = np.histogram(rates, [-4, -3, -2, -1])[0] / 3000
    ends = [rates.min(), rates.max(), *np.unique(layers), min(neurons), max(neurons)]
    return [*decades, np.mean(layers) / 2, np.mean(neurons) / 30, *ends, len(drawn), drawn == draw_settings(3000, 1)]


def layers_of():
    net = build_regressor(X_known, y_known, n_hidden=3, n_neurons=7, learning_rate=0.03)
    far = X_known.mean(axis=0) + 0 * X_known  # scaled, the mean row is 0, and without biases so is the answer
    return [net.count_params() - 9, float(net.optimizer.get_config()["learning_rate"]),
            float(np.abs(net.predict(far, verbose=0)).max())]


# Of 3000 draws the share of a decade has a standard deviation of 0.009, the mean of n_hidden 0.02.
check.close("Settings are drawn from the right ranges, the learning rate log-uniformly", shares(),
            [1 / 3, 1 / 3, 1 / 3, 0.75, 32.5 / 30, -4, -1, 0, 1, 2, 3, 5, 60, 3000, False], rtol=0, atol=0.05,
            hint="Draw the exponent evenly, then raise 10 to it; both ends belong to the ranges of whole numbers. "
                 "Another seed draws others.")
check.close("build_regressor makes the network that is asked for, scaled with the rows it is given", layers_of(),
            [5 * 7 + 2 * 8 * 7 + 8, 0.03, 0.0], rtol=1e-3, atol=1e-3,
            hint="Adapt the Normalization layer to X, and use all three arguments.")
check.equal("The search tried every setting once and took the best", [
    [entry["model_kwargs"] for entry in found.cv_results_["params"]], found.n_splits_, found.best_params_],
            [SETTINGS, 1, {"model_kwargs": SETTINGS[1]}], hint="One candidate per dict, one split.")
# R² over 20 seeds and draws: reference 0.849, sd 0.022, worst 0.799; one epoch 0.592 at best, linear -0.008.
check.score("The network found predicts new rows", y_sea, np.ravel(found.predict(X_sea)), metric="r2",
            at_least=0.75, partial=0.65, hint="Are the 20 epochs passed to the fit of the search?")
# R² over 20 draws: reference 0.921, sd 0.007, worst 0.903; unscaled -0.022 at best.
check.score("scikit-learn's own network does as well", y_sea, sklearn_rival(X_known, y_known).predict(X_sea),
            metric="r2", at_least=0.85, partial=0.5, hint="Scale, and give it enough neurons and epochs.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — What goes with what
#
# **Outputs.** A number that may be anything: no activation (`linear`) and the squared error, or the Huber loss, which
# grows only linearly for large errors, if some targets are grossly wrong. Positive numbers: `softplus`. Two classes, or
# several labels of which any number may be true: `sigmoid`, one neuron each, and binary cross-entropy. Exactly one
# of many classes: `softmax` and (sparse) categorical cross-entropy.
#
# **Tuning.** First the learning rate, then optimizer, architecture and batch size (32 is a good start; large batches
# use the hardware better, but need a *warm-up*, a rate that begins small). ReLU and plain layers of equal size will do
# for a start. Layers are worth more than neurons: a deep network expresses the same with far fewer parameters, and its
# lower layers can be reused for another task. Take it a little too large and stop early, as one buys *stretch
# pants*. After any such change, tune the learning rate again.
#
# **Tools.** Keras Tuner draws settings at *random*, with *Hyperband* (start many, give up the weak ones early), or by
# *Bayesian* optimisation (a model of the results so far says what to try next). Others with the same ideas: Hyperopt
# (with Hyperas, kopt, Talos), scikit-optimize, Spearmint, and Sklearn-Deap, which breeds settings.
#
# **Where it came from.** Neurons that fire together are wired together, said Hebb in 1949; the perceptron changes a
# weight only after a mistake. Networks came back when data, processors and better training came together.
#
# **Task.** Fill in the four dicts; the comments say what may stand there.
# <!-- covers: 10.1 10.3 10.4 10.6 10.9 10.10 10.11 10.18 10.20 10.23 10.25 10.26 10.27 10.29 10.30 10.N4 -->

# %% [markdown]
# `OUTPUTS`: pairs of an activation (`linear`, `softplus`, `sigmoid`, `softmax`) and a loss (`mse`, `huber`,
# `binary_crossentropy`, `sparse_categorical_crossentropy`), for
#
# - A: tomorrow's temperature in °C, from careful measurements;
# - B: how many minutes early or late a train is; a few records have days mixed up;
# - C: the litres of water a household uses, never negative, measured well;
# - D: whether a message is spam;
# - E: which of twelve birds sing in a recording, none, one or many;
# - F: which one of twelve birds is in the picture, given as a number.
#
# `STATEMENTS`: `True` or `False`.
#
# - a: Today's networks work because a neuron computes something quite different from Rosenblatt's day.
# - b: The perceptron strengthens a connection even when its answer was right.
# - c: A trained perceptron tells how probable its answer is.
# - d: Three Dense layers without activation compute nothing that one of them could not.
# - e: Every Dense neuron has a bias besides its weights.
# - f: To express an intricate function, one wide layer needs fewer parameters than several narrow ones.
# - g: A large network stopped in time is an easier choice than one of exactly the right size.
# - h: With a very large batch, a rate that starts small and grows helps.
# - i: The best learning rate stays the same if the batch size changes.
# - j: A model written as a class shows all its shapes before it has seen data.
# - k: TensorBoard separates two runs that write into the same folder.
#
# `TUNING`: `first` and `again` (after every other change): one of `batch size`, `learning rate`, `optimizer`;
# `batch_size`: a number to start from. `TOOLS`: for each story `random`, `hyperband` or `bayesian`.

# %% answer="concepts"
OUTPUTS = {"A": None, "B": None, "C": None, "D": None, "E": None, "F": None}  # pairs: ("softmax", "mse")
STATEMENTS = dict.fromkeys("abcdefghijk")  # True or False
TUNING = {"first": None, "again": None, "batch_size": None}
TOOLS = {
    "81 networks start; after three epochs the better third goes on": None,
    "the settings are drawn before the first network is trained": None,
    "after each training a model of the results picks the next settings": None,
}
### BEGIN SOLUTION
yes_no = ("sigmoid", "binary_crossentropy")
OUTPUTS = {"A": ("linear", "mse"), "B": ("linear", "huber"), "C": ("softplus", "mse")}
OUTPUTS |= {"D": yes_no, "E": yes_no, "F": ("softmax", "sparse_categorical_crossentropy")}
STATEMENTS = {letter: letter in "degh" for letter in "abcdefghijk"}
TUNING = {"first": "learning rate", "again": "learning rate", "batch_size": 32}
TOOLS = dict(zip(TOOLS, ("hyperband", "random", "bayesian"), strict=True))
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*OUTPUTS.values(), *STATEMENTS.values(), *TUNING.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Outputs for numbers, A to C", [tuple(OUTPUTS[letter]) for letter in "ABC"],
            [("linear", "mse"), ("linear", "huber"), ("softplus", "mse")],
            hint="May the number be negative? Are there targets that one should not trust?")
check.equal("Outputs for yes and no, D and E", [tuple(OUTPUTS[letter]) for letter in "DE"],
            [("sigmoid", "binary_crossentropy")] * 2, hint="May several be true at once?")
check.equal("The output for one of many, F", tuple(OUTPUTS["F"]), ("softmax", "sparse_categorical_crossentropy"),
            hint="The labels are class numbers.")
check.equal("Neurons and perceptrons, a to c", told("abc"), [False] * 3, hint="See Exercise 1.")
check.equal("Layers, d to f", told("def"), [True, True, False], hint="A product of matrices is a matrix.")
check.equal("Training, g to i", told("ghi"), [True, True, False], hint="See Tuning.")
check.equal("Keras' own ways, j and k", told("jk"), [False] * 2, hint="See Exercises 4 and 5.")
check.equal("What to tune, and how to search", [*TUNING.values(), *TOOLS.values()],
            ["learning rate", "learning rate", 32, "hyperband", "random", "bayesian"], hint="See Tuning and Tools.")
### END HIDDEN TESTS
