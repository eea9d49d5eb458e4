# %% [markdown]
# # 4. Training models
#
# So far `fit` was a button. In this chapter you build what is behind it: a closed form for least
# squares, gradient descent for everything that has none, softmax regression for classes, penalties
# that keep weights small, two tools to see when a model learns too little or too much, and at the end a yes or no
# with a probability.
#
# You write plain NumPy, except where an exercise hands you a scikit-learn estimator. Throughout,
# $m$ is the number of rows, $n$ the number of features, and a parameter vector
# $\theta = (\theta_0, \theta_1, \dots, \theta_n)$ starts with the intercept (the *bias term*).

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.linear_model import SGDRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — Least squares that survives collinearity
#
# A linear model predicts $\hat y = \theta_0 + \theta_1 x_1 + \dots + \theta_n x_n$. With a column of
# ones in front of the features this is one product, $\hat y = X_b\,\theta$, and the mean squared error
#
# $$\mathrm{MSE}(\theta) = \frac{1}{m}\,\lVert X_b\,\theta - y\rVert^2$$
#
# is convex: a bowl without side valleys. Setting its slope to zero gives the *normal equation*
# $X_b^\top X_b\,\theta = X_b^\top y$. Inverting $X_b^\top X_b$ works on tidy data and breaks
# on real data: it has no inverse when one column repeats another or when there are more columns than
# rows, and forming the product squares the ratio between the largest and the smallest scale in the
# table, so that small columns drown in rounding errors. Methods that work on $X_b$ itself,
# through its singular value decomposition, have neither problem.
#
# **Your task.** Write `lin_fit(X, y)`, which returns `theta` of shape `(n + 1,)`, intercept first, and
# `lin_predict(X, theta)`. It has to work for
#
# - repeated columns, and columns that are sums of others;
# - more columns than rows (any `theta` that fits the rows exactly will do);
# - columns whose units differ by many powers of ten;
# - `y` given as a column of shape `(m, 1)`. Beware: `(m, 1)` minus `(m,)` is `(m, m)` in NumPy.
#
# <!-- covers: 4.1 4.2 4.4 4.N1 -->

# %% given="line_data"
def make_line(m, seed, noise=0.5):
    """Return X (m, 2) and y (m,) = 7 - 2 x1 + 0.5 x2 + noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, 2))
    return X, 7 - 2 * X[:, 0] + 0.5 * X[:, 1] + noise * rng.normal(size=m)


X_line, y_line = make_line(60, seed=41)

# %% answer="least_squares"
def lin_fit(X, y):
    """Return the least-squares theta (n + 1,), intercept first, of X (m, n) and y (m,) or (m, 1)."""
    ### BEGIN SOLUTION
    X_b = np.c_[np.ones(len(X)), X]
    theta, *_ = np.linalg.lstsq(X_b, np.ravel(y), rcond=None)
    return theta
    ### END SOLUTION


def lin_predict(X, theta):
    """Return the predictions (m,) of theta (n + 1,) for the rows of X (m, n)."""
    ### BEGIN SOLUTION
    return theta[0] + X @ theta[1:]
    ### END SOLUTION

# %% checks="least_squares_test" points=1
check.shape("`lin_fit` returns one number per feature and the intercept", lin_fit(X_line, y_line), (3,))
check.close(
    "without noise, `lin_fit` finds the plane exactly",
    lin_fit(*make_line(20, seed=42, noise=0.0)),
    np.array([7.0, -2.0, 0.5]),
    hint="The intercept comes first. Did you put a column of ones in front of the features?",
)
check.unchanged("`lin_fit` leaves X and y as they were", lin_fit, args=(X_line, y_line))
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch04 least squares"))
X = rng.normal(3, 2, size=(90, 4))
y = 12 + X @ rng.normal(size=4) + rng.normal(size=90)
best = np.linalg.pinv(np.c_[np.ones(90), X]) @ y
check.close(
    "`lin_fit` finds the least-squares parameters on new data",
    lin_fit(X, y),
    best,
    rtol=1e-6,
    hint="Both the intercept and the slopes minimise the squared error on the rows given.",
)
check.close(
    "`y` may be a column",
    lin_fit(X, y[:, None]),
    best,
    rtol=1e-6,
    hint="Flatten `y` first, and return a flat `theta`.",
)
### END HIDDEN TESTS

# %% checks="collinear_test" points=1
check.close(
    "a repeated column does not change the predictions",
    lin_predict(X_line[:, [0, 1, 1]], lin_fit(X_line[:, [0, 1, 1]], y_line)),
    lin_predict(X_line, lin_fit(X_line, y_line)),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch04 collinear"))
X, X_new = rng.normal(3, 2, size=(90, 4)), rng.normal(3, 2, size=(25, 4))
y = 12 + X @ rng.normal(size=4) + rng.normal(size=90)
best = np.linalg.pinv(np.c_[np.ones(90), X]) @ y
y_best = best[0] + X_new @ best[1:]
for draw in range(8):
    mix = np.eye(4)[:, rng.permutation([0, 1, 2, 3, 3, draw % 4])]  # columns repeat
    mix = np.c_[mix, rng.integers(1, 4, size=4)] if draw % 2 else mix  # and one is a sum of others
    check.close(
        "columns that repeat or add up others do not change the predictions",
        lin_predict(X_new @ mix, lin_fit(X @ mix, y)),
        y_best,
        rtol=1e-6,
        atol=1e-6,
        weight=2,
        hint="Here the matrix of the normal equation has no inverse. Work on X itself.",
    )
X_wide, y_wide = rng.normal(size=(12, 30)), rng.normal(size=12)
check.close(
    "with more columns than rows, the model fits the rows exactly",
    lin_predict(X_wide, lin_fit(X_wide, y_wide)),
    y_wide,
    rtol=1e-6,
    atol=1e-6,
    hint="Many parameter vectors fit. Ask for the shortest one rather than for an inverse.",
)
scales = np.array([1e-5, 1e4, 1.0, 1e2])
check.close(
    "columns in very different units are all used",
    lin_predict(X_new * scales, lin_fit(X * scales, y)),
    y_best,
    rtol=1e-3,
    atol=1e-3,
    hint="Multiplying X by its own transpose squares the difference in scale.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Gradient descent, from batch to stochastic
#
# Most models have no closed form, and even least squares becomes expensive with many features.
# Gradient descent starts somewhere and walks downhill. For the MSE, the gradient over a batch $B$ is
#
# $$\nabla = \frac{2}{|B|}\,X_B^\top (X_B\,\theta - y_B), \qquad \theta \leftarrow \theta - \eta\,\nabla .$$
#
# - **Batch size.** All rows at once: smooth steps, each of them slow. One row (*stochastic*) or a few
#   (*mini-batch*): cheap, noisy steps that also work when the table does not fit in memory. The noise can
#   shake a model out of a poor local minimum, and keeps it from ever standing still at a good one.
# - **Learning rate** $\eta$. Too small takes forever; too large climbs out of the bowl. A *schedule*
#   takes large steps first and small ones later.
# - **Order.** Each batch stands in for the whole table, which is fair only if rows are drawn
#   independently from the same distribution. Sorted rows pull $\theta$ to and fro, so shuffle.
# - **Scale.** A long narrow bowl makes the walk zigzag; scaled features make the bowl round.
#
# **Your task.** Write `gradient_descent` so that it
#
# - starts from zeros and, in epoch $e = 0, 1, 2, \dots$, uses the learning rate
#   `lr / (1 + decay * e)` for all steps of that epoch;
# - shuffles the rows anew in every epoch with one generator made from `seed`, then visits **every row
#   once**, in consecutive batches of `batch_size` rows (`None`: all rows). The last batch may be shorter, and
#   its gradient is the mean over the rows it has;
# - raises `ValueError` with a helpful message if `theta` stops being finite.
#
# It is timed against our solution: loop over epochs and batches, never over single rows of a batch.
#
# <!-- covers: 4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.N2 -->

# %% given="descent_data"
def make_plane(m, n, seed, noise=1.0):
    """Return scaled features X (m, n) and a linear target y (m,) with an intercept of 4."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, n))
    return X, 4 + X @ rng.uniform(-2, 2, size=n) + noise * rng.normal(size=m)


X_plane, y_plane = make_plane(200, 3, seed=43)

# %% answer="descent"
def gradient_descent(X, y, lr=0.1, decay=0.0, epochs=100, batch_size=None, seed=0):
    """Return theta (n + 1,), intercept first, after gradient descent on the MSE of X (m, n), y (m,)."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    X_b = np.c_[np.ones(len(X)), X]
    size = batch_size or len(X)
    theta = np.zeros(X_b.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):  # overflow is reported below, in words
        for epoch in range(epochs):
            rate = lr / (1 + decay * epoch)
            order = rng.permutation(len(X))
            for start in range(0, len(X), size):
                rows = order[start : start + size]
                X_batch = X_b[rows]
                theta -= rate * 2 / len(rows) * (X_batch.T @ (X_batch @ theta - y[rows]))
            if not np.isfinite(theta).all():
                raise ValueError(f"Gradient descent diverged in epoch {epoch}: try lr below {lr}.")
    return theta
    ### END SOLUTION

# %% checks="descent_test" points=1
check.close(
    "the first step from zeros follows the mean gradient of all rows",
    gradient_descent(X_plane, y_plane, lr=0.1, epochs=1),
    0.2 * np.r_[y_plane.mean(), X_plane.T @ y_plane / len(y_plane)],
    hint="The gradient of a mean is a mean: 2 / m times the sum over the rows.",
)
check.raises(
    "a learning rate that is far too large raises ValueError",
    ValueError,
    gradient_descent,
    args=(X_plane, y_plane),
    kwargs={"lr": 5.0, "epochs": 1000},
)
### BEGIN HIDDEN TESTS
X, y = make_plane(150, 5, seed=datasets.hidden_seed("ch04 descent"), noise=1.5)
X_b = np.c_[np.ones(150), X]
check.close(
    "with all rows in each step, the walk ends at the least-squares solution",
    gradient_descent(X, y, lr=0.1, epochs=600),
    np.linalg.pinv(X_b) @ y,
    rtol=1e-6,
    atol=1e-6,
    hint="Check the sign and the size of the gradient, and the intercept.",
)
same_X, same_y, walked = np.tile(X[0], (30, 1)), np.full(30, y[0]), np.zeros(6)
for epoch in range(3):  # all rows are the same, so all batches are too: three steps in each epoch
    for _ in range(3):
        walked -= 0.02 / (1 + 0.5 * epoch) * 2 * (X_b[0] @ walked - y[0]) * X_b[0]
    check.close(
        "the learning rate of each epoch follows the schedule",
        gradient_descent(same_X, same_y, lr=0.02, decay=0.5, epochs=epoch + 1, batch_size=10),
        walked,
        rtol=1e-6,
        weight=2,
        hint="The first epoch has number 0, so it uses `lr` itself; the rate changes between epochs only.",
    )
check.raises(
    "divergence is reported, not returned, with small batches too",
    ValueError,
    gradient_descent,
    args=(X, y, 3.0, 0.0, 2000, 50),
    hint="Look at `theta` now and then: `np.isfinite` tells.",
)
### END HIDDEN TESTS

# %% checks="batches_test" points=1
check.deterministic(
    "the same seed gives the same result", gradient_descent, args=(X_plane, y_plane, 0.05, 0.1, 5, 16, 7)
)
### BEGIN HIDDEN TESTS
draw, tiny = datasets.hidden_seed("ch04 batches"), 1e-7
X, y = make_plane(40, 4, seed=draw, noise=1.5)
X_b = np.c_[np.ones(40), X]
for m in (10, 25):  # the steps are so small that their sum is lr times all gradients at zero
    check.close(
        "every row is visited exactly once per epoch",
        gradient_descent(X[:m], y[:m], lr=tiny, epochs=1, batch_size=1, seed=draw),
        tiny * 2 * X_b[:m].T @ y[:m],
        rtol=1e-3,
        atol=1e-3 * tiny,
        hint="Shuffle all row numbers and cut them up; drawing at random visits some rows twice.",
    )
check.close(
    "a shorter last batch is used, and counts as a mean over its own rows",
    gradient_descent(np.tile(X[:1], (20, 1)), np.tile(y[:1], 20), lr=tiny, epochs=1, batch_size=8),
    tiny * 3 * 2 * X_b[0] * y[0],
    rtol=1e-3,
    hint="20 rows in batches of 8 are three steps; divide by the rows a batch really has.",
)
check.true(  # two rows, four epochs: only a new order in each epoch gives many different ends
    "the order of the rows is new in every epoch and depends on the seed",
    len({round(float(gradient_descent(X[:2], y[:2], 0.1, 0.0, 4, 1, seed)[0]), 9) for seed in range(12)}) > 2,
    hint="Shuffle inside the loop over epochs, with a generator made once from `seed`.",
)
check.faster(
    "an epoch works on whole batches at a time",
    gradient_descent,
    inputs=lambda seed: (*make_plane(4000, 30, seed=draw + seed), 0.05, 0.1, 60, 200, seed),
    times=6,
    agrees=lambda theta, expected: np.shape(theta) == (31,) and np.allclose(theta, expected, atol=0.1),
    hint="Replace the loop over the rows of a batch by one matrix product.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Softmax regression that never overflows
#
# Logistic regression turns a linear score $t$ into a probability $\sigma(t) = 1 / (1 + e^{-t})$ and
# answers "yes" from one half on; $t$ is the *logit*, the log of the odds. Softmax regression does this for
# $K$ classes: one score per class, $s_k = \theta_k^\top x$, and
#
# $$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}, \qquad
# J(\Theta) = -\frac{1}{m}\sum_i \log p_{y_i}(x_i) + \frac{\alpha}{2}\sum_{j \ge 1}\sum_k \Theta_{jk}^2 .$$
#
# $J$ is the *cross-entropy*, for two classes the log loss, with an $\ell_2$ penalty on all weights **except
# the intercepts** (row 0 of $\Theta$). Its gradient is $\frac{1}{m}X_b^\top (P - Y)$ plus the
# penalty's, where $Y$ has a 1 in the column of each row's class and zeros elsewhere.
#
# In floating point $e^{1000}$ is infinite and $\log 0$ is too. Two facts help: subtracting a row's
# largest score from all its scores leaves $p$ as it is, and $\log p_k = s_k - \log\sum_j e^{s_j}$
# needs no logarithm of a tiny number.
#
# **Your task, part one.** Write `softmax(logits)` and `cross_entropy(Theta, X, y, alpha)`. `Theta` has shape
# `(n + 1, K)`, intercepts in row 0; `y` holds class numbers `0 .. K-1`, and a class may be missing from `y`.
#
# <!-- covers: 4.14 4.17 4.19 4.20 4.N5 -->

# %% answer="softmax"
def softmax(logits):
    """Return the class probabilities (m, K) of scores (m, K); works for scores of any size."""
    ### BEGIN SOLUTION
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
    ### END SOLUTION


def cross_entropy(Theta, X, y, alpha=0.0):
    """Return the penalised cross-entropy (a float) and its gradient, which has the shape of Theta."""
    ### BEGIN SOLUTION
    X_b = np.c_[np.ones(len(X)), X]
    logits = X_b @ Theta
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean() + alpha / 2 * np.sum(Theta[1:] ** 2)
    error = np.exp(log_p)
    error[rows, y] -= 1
    gradient = X_b.T @ error / len(y)
    gradient[1:] += alpha * Theta[1:]
    return float(loss), gradient
    ### END SOLUTION

# %% checks="softmax_test" points=1
check.close(
    "`softmax` gives probabilities",
    softmax(np.array([[0.0, np.log(3.0)], [2.0, 2.0]])),
    np.array([[0.25, 0.75], [0.5, 0.5]]),
)
### BEGIN HIDDEN TESTS
from scipy.special import log_softmax

rng = np.random.default_rng(datasets.hidden_seed("ch04 softmax"))
far = np.r_[[[1000.0, -1000.0, 990.0], [-1000.0, -1000.0, -1001.0]], rng.normal(0, 3000, size=(5, 3))]
check.close(
    "`softmax` stays exact for scores of a thousand and more",
    softmax(far),
    np.exp(log_softmax(far, axis=1)),
    hint="Subtract each row's largest score before you call `np.exp`.",
)
check.unchanged(
    "`softmax` leaves the scores as they were",
    softmax,
    args=(far + 1.0,),
    hint="`logits -= ...` changes the caller's array; `logits - ...` makes a new one.",
)
### END HIDDEN TESTS

# %% checks="cross_entropy_test" points=1
check.close(
    "with all weights zero, every class is equally likely",
    cross_entropy(np.zeros((3, 4)), X_line, np.arange(60) % 4)[0],
    np.log(4.0),
)
### BEGIN HIDDEN TESTS
from scipy.optimize import approx_fprime
from scipy.special import log_softmax

rng = np.random.default_rng(datasets.hidden_seed("ch04 cross entropy"))
X, y = rng.normal(1, 2, size=(50, 3)), rng.choice([0, 1, 3], size=50)  # nobody is of class 2 or 4
Theta = rng.normal(size=(4, 5)) + np.array([[3.0], [0.0], [0.0], [0.0]])


def loss_of(flat, alpha=0.0):
    W = flat.reshape(4, 5)
    log_p = log_softmax(W[0] + X @ W[1:], axis=1)
    return -log_p[np.arange(50), y].mean() + alpha / 2 * np.square(W[1:]).sum()


check.close(
    "the cross-entropy stays finite when the model is sure and wrong",
    cross_entropy(1000 * Theta, X, y)[0],
    loss_of(1000 * Theta.ravel()),
    rtol=1e-6,
    hint="Compute log p directly from the scores; log(p) fails when p has become 0.",
)
check.close(
    "the penalty counts all weights but the intercepts",
    cross_entropy(Theta, X, y, 0.3)[0],
    loss_of(Theta.ravel(), 0.3),
    rtol=1e-6,
    hint="Row 0 of Theta is free. Mind the factor one half.",
)
check.close(
    "the gradient is the slope of the loss",
    cross_entropy(Theta, X, y, 0.3)[1],
    approx_fprime(Theta.ravel(), loss_of, 1e-7, 0.3).reshape(4, 5),
    rtol=1e-3,
    atol=1e-4,
    weight=2,
    hint="Compare with (J(Theta + h) - J(Theta - h)) / 2h, one entry at a time; the penalty has a slope too.",
)
### END HIDDEN TESTS

# %% [markdown]
# **Your task, part two.** Put it to work in `SoftmaxRegression`, trained by batch gradient descent from zeros with
# *early stopping*: after every epoch, measure the cross-entropy **without the penalty** on the validation set (the
# penalty belongs to training, not to judging) and remember the best weights. Stop when `patience` epochs in a
# row brought no new best, or after `max_epochs`. `fit` returns the model itself and sets
#
# - `classes_`: the sorted labels seen in `y`, which can be any numbers or texts;
# - `Theta_`: the weights `(n + 1, K)` **with the best validation loss**, not the last ones;
# - `history_`: a list of floats, the validation loss after each epoch that was run.
#
# The validation set may lack a class; it never has a new one. The score on hidden data has to reach 0.90.

# %% given="beds_data"
def make_beds(m, seed, spread=1.0, centre=(3.0, -2.0)):
    """Return X (m, 2) and y (m,): four flower beds (classes 0 to 3) on a circle around a centre."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi) + np.arange(4) * np.pi / 2
    beds = np.array(centre) + 2.7 * np.c_[np.cos(angles), np.sin(angles)]
    y = rng.integers(4, size=m)
    return beds[y] + spread * rng.normal(size=(m, 2)), y


X_beds, y_beds = make_beds(400, seed=44)

# %% answer="softmax_model"
class SoftmaxRegression:
    """Softmax regression with an l2 penalty (alpha) and early stopping."""

    def __init__(self, alpha=0.0, lr=0.1, max_epochs=2000, patience=20):
        self.alpha, self.lr, self.max_epochs, self.patience = alpha, lr, max_epochs, patience

    def fit(self, X, y, X_valid, y_valid):
        """Train on X, y; choose the epoch on X_valid, y_valid; return self."""
        ### BEGIN SOLUTION
        self.classes_, codes = np.unique(y, return_inverse=True)
        valid_codes = np.searchsorted(self.classes_, y_valid)
        Theta = np.zeros((X.shape[1] + 1, len(self.classes_)))
        self.history_, best, waited = [], np.inf, 0
        for _ in range(self.max_epochs):
            Theta = Theta - self.lr * cross_entropy(Theta, X, codes, self.alpha)[1]
            self.history_.append(cross_entropy(Theta, X_valid, valid_codes)[0])
            if self.history_[-1] < best:
                best, waited, self.Theta_ = self.history_[-1], 0, Theta
            else:
                waited += 1
            if waited == self.patience:
                break
        return self
        ### END SOLUTION

    def predict_proba(self, X):
        """Return the probabilities (m, K), columns in the order of classes_."""
        ### BEGIN SOLUTION
        return softmax(self.Theta_[0] + X @ self.Theta_[1:])
        ### END SOLUTION

    def predict(self, X):
        """Return the most likely label of each row (m,)."""
        ### BEGIN SOLUTION
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
        ### END SOLUTION

# %% checks="softmax_model_test" points=1.5
check.score(
    "on 100 rows it did not train on, the model finds the right bed for at least 90%",
    y_beds[300:],
    SoftmaxRegression().fit(X_beds[:200], y_beds[:200], X_beds[200:300], y_beds[200:300]).predict(X_beds[300:]),
    at_least=0.90,
)
check.shape(
    "there is one probability per row and class",
    SoftmaxRegression().fit(X_beds[:200], y_beds[:200], X_beds[200:], y_beds[200:]).predict_proba(X_beds),
    (400, 4),
)
### BEGIN HIDDEN TESTS
from sklearn.linear_model import LogisticRegression

X, y = make_beds(2600, seed=datasets.hidden_seed("ch04 softmax model"), spread=1.02, centre=(4.0, 1.5))
check.score(
    "the model finds the right bed in a new garden",
    y[600:],
    SoftmaxRegression().fit(X[:300], y[:300], X[300:600], y[300:600]).predict(X[600:]),
    at_least=0.90,
    partial=0.75,
    weight=2,
    hint="Has every class its own intercept, and does training go on while the validation loss falls?",
)
check.close(
    "the penalty is the one of the lesson, in training only",
    SoftmaxRegression(0.2, 0.1, 3000, 3000).fit(X[:300], y[:300], X[:300], y[:300]).predict_proba(X[600:800]),
    LogisticRegression(C=1 / (0.2 * 300), max_iter=1000, tol=1e-8).fit(X[:300], y[:300]).predict_proba(X[600:800]),
    rtol=0,
    atol=0.03,
    hint="`alpha` goes into the gradient of the training loss, for the weights and not for the intercepts.",
)
names, seen = np.array(["tulip", "aster", "rose", "iris"]), y[300:600] != 2
check.equal(
    "labels can be texts, and the validation set may lack a class",
    SoftmaxRegression(lr=0.05, max_epochs=300)
    .fit(X[:300], names[y[:300]], X[300:600][seen], names[y[300:600][seen]])
    .predict(np.array([X[y == k].mean(axis=0) for k in range(4)])),
    names,
    hint="Number the classes by the training labels, for both sets, and translate back in `predict`.",
)
### END HIDDEN TESTS

# %% checks="softmax_stopping_test" points=1
check.equal(
    "`history_` has one number per epoch",
    len(SoftmaxRegression(max_epochs=7).fit(X_beds[:200], y_beds[:200], X_beds[200:], y_beds[200:]).history_),
    7,
)
### BEGIN HIDDEN TESTS
from sklearn.metrics import log_loss

rng = np.random.default_rng(datasets.hidden_seed("ch04 softmax stopping"))
X, y = rng.normal(size=(100, 8)), np.arange(100) % 3
X[np.arange(100), y] += 1.0


def overfitted():
    return SoftmaxRegression(0.01, 0.5, 900, 40).fit(X[:40], y[:40], X[40:], y[40:])


def jumpy():  # only the intercepts learn, in huge steps: every other epoch is a new best
    eight, six = (np.arange(10) < 8).astype(int), (np.arange(10) < 6).astype(int)
    return SoftmaxRegression(0.0, 7.0, 300, 5).fit(np.zeros((10, 1)), eight, np.zeros((10, 1)), six)


check.close(
    "the weights kept are those of the best epoch",
    log_loss(y[40:], overfitted().predict_proba(X[40:])),
    min(overfitted().history_),
    rtol=1e-6,
    hint="Keep a copy of the weights whenever the validation loss reaches a new best.",
)
for train, patience in ((overfitted, 40), (jumpy, 5)):
    history = train().history_
    check.equal(
        "training ends `patience` epochs after the best one",
        len(history),
        int(np.argmin(history)) + 1 + patience,
        hint="Count the epochs since the last new best, and start again at 0 with each new best.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Ridge, lasso and what lies between
#
# A model with many weights can follow the noise. A penalty on large weights takes some of that
# freedom away: a little more *bias* for much less *variance*.
#
# $$J(b, w) = \frac{1}{2m}\,\lVert y - b - Xw\rVert^2 + \alpha\,\rho\,\lVert w\rVert_1
# + \frac{\alpha\,(1-\rho)}{2}\,\lVert w\rVert_2^2$$
#
# - $\rho = 0$ is **ridge** (Tikhonov): all weights shrink, none vanishes. A good default.
# - $\rho = 1$ is **lasso**: useless features get weights of exactly zero. Handy when few features matter, moody
#   when they are strongly correlated or outnumber the rows.
# - In between is **elastic net**, which selects features and keeps correlated ones together.
#
# Penalties compare weights, so features need a common scale first. And the intercept $b$ is never
# penalised: centre the columns of $X$ and $y$, find $w$, then $b = \bar y - \bar x^\top w$.
#
# *Coordinate descent* updates one weight at a time and repeats. With $r$ the residual **without** feature $j$'s own
# part and $z = \frac{1}{m}x_j^\top r$,
#
# $$w_j \leftarrow \frac{S(z,\ \alpha\rho)}{\frac{1}{m}x_j^\top x_j + \alpha(1-\rho)},
# \qquad S(z, t) = \operatorname{sign}(z)\,\max(|z| - t,\ 0).$$
#
# **Your task.** Write `soft_threshold(z, t)` (numbers or arrays) and `elastic_net`, which returns the pair
# `(b, w)`. Stop when no weight moved by more than `tol` in a round. A column that never changes gets the weight 0.
# It is timed: keep the residual and update it, instead of adding up all columns anew for each weight.
#
# <!-- covers: 4.13 4.15 4.16 4.N4 -->

# %% given="sparse_data"
def make_sparse(m, n, useful, seed, noise=1.0):
    """Return X (m, n), neighbours correlated, and y (m,) in which only the first `useful` columns count."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, n))
    X[:, 1:] = 0.8 * X[:, 1:] + 0.6 * X[:, :-1]
    signs = np.where(np.arange(useful) % 2, -1.0, 1.0)
    return X, 5 + X[:, :useful] @ (2 * signs) + noise * rng.normal(size=m)


X_sparse, y_sparse = make_sparse(80, 10, useful=3, seed=45)

# %% answer="elastic_net"
def soft_threshold(z, t):
    """Return z moved towards 0 by t, and 0 where |z| is at most t."""
    ### BEGIN SOLUTION
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)
    ### END SOLUTION


def elastic_net(X, y, alpha=1.0, l1_ratio=0.5, max_iter=2000, tol=1e-9):
    """Return (b, w): intercept (a float) and weights (n,) that minimise the elastic-net cost."""
    ### BEGIN SOLUTION
    X_mean, y_mean = X.mean(axis=0), y.mean()
    X_c, w = X - X_mean, np.zeros(X.shape[1])
    residual = y - y_mean
    squares = (X_c**2).mean(axis=0)
    for _ in range(max_iter):
        moved = 0.0
        for j in np.flatnonzero(squares > 1e-20):
            z = X_c[:, j] @ residual / len(y) + squares[j] * w[j]
            new = soft_threshold(z, alpha * l1_ratio) / (squares[j] + alpha * (1 - l1_ratio))
            residual = residual - (new - w[j]) * X_c[:, j]
            moved, w[j] = max(moved, abs(new - w[j])), new
        if moved <= tol:
            break
    return float(y_mean - X_mean @ w), w
    ### END SOLUTION

# %% checks="elastic_net_test" points=0.4
check.close(
    "`soft_threshold` moves numbers towards zero and stops there",
    soft_threshold(np.array([3.0, 0.5, -2.0]), 1.0),
    np.array([2.0, 0.0, -1.0]),
)
### BEGIN HIDDEN TESTS
from sklearn.linear_model import ElasticNet

X, y = make_sparse(70, 14, useful=4, seed=datasets.hidden_seed("ch04 elastic net"), noise=1.5)
X = X * np.linspace(0.6, 1.8, 14) + np.linspace(-3, 3, 14)
check.close(
    "`soft_threshold` works for numbers, and for one threshold per number",
    [soft_threshold(-0.75, 0.5), soft_threshold(0.2, 0.5), soft_threshold(X[0], np.abs(X[0]) / 4)],
    [-0.25, 0.0, 0.75 * X[0]],
    hint="Keep the sign, take t off the size, and never go below zero.",
)
for ratio in (0.2, 0.5, 0.9):
    model = ElasticNet(alpha=0.4, l1_ratio=ratio, tol=1e-10, max_iter=100_000).fit(X, y)
    check.close(
        "intercept and weights minimise the elastic-net cost",
        elastic_net(X, y, 0.4, ratio),
        (float(model.intercept_), model.coef_),
        rtol=1e-4,
        atol=1e-4,
        hint="Both penalties are multiplied by alpha; the data term is divided by 2m.",
    )
### END HIDDEN TESTS

# %% checks="elastic_net_more_test" points=0.6
check.close(
    "almost without a penalty the result is least squares",
    elastic_net(X_sparse, y_sparse, alpha=1e-9)[1],
    np.linalg.pinv(X_sparse - X_sparse.mean(axis=0)) @ (y_sparse - y_sparse.mean()),
    rtol=1e-4,
)
### BEGIN HIDDEN TESTS
from sklearn.linear_model import Ridge

X, y = make_sparse(70, 14, useful=4, seed=datasets.hidden_seed("ch04 elastic net rounds"), noise=1.5)
X = X * np.linspace(0.6, 1.8, 14) + np.linspace(-3, 3, 14)
ridge = Ridge(alpha=0.7 * 70).fit(X, y)
check.close(
    "with l1_ratio=0 it is ridge regression",
    elastic_net(X, y, 0.7, 0.0),
    (float(ridge.intercept_), ridge.coef_),
    rtol=1e-4,
    atol=1e-4,
    hint="Without an l1 part, nothing is cut off; only the denominator grows.",
)
pair, rising = X[:, :2], X[:, :2].sum(axis=1)  # for -rising, all weights fall in the first round
check.close(
    "the rounds end as soon as no weight moved by more than `tol`, up or down",
    [elastic_net(X, y, 0.01, 0.5, tol=1e9)[1], elastic_net(pair, -rising, 0.01, 0.5)[1]],
    [elastic_net(X, y, 0.01, 0.5, max_iter=1)[1], -elastic_net(pair, rising, 0.01, 0.5)[1]],
    rtol=1e-7,
    atol=1e-7,
    hint="Note the largest change of a round, whatever its sign, and compare it with `tol`.",
)


def same_weights(result, expected):
    return len(result) == 2 and np.allclose(result[1], expected[1], atol=1e-3)


check.faster(
    "a round takes one pass over the columns",
    elastic_net,
    inputs=lambda seed: (*make_sparse(1000, 60, 4, seed), 0.1, 0.5, 200, 1e-7),
    times=8,
    agrees=same_weights,
    hint="Subtract from the residual what the weight's change adds to the prediction.",
)
### END HIDDEN TESTS

# %% checks="sparsity_test" points=1
check.close(
    "with a huge l1 penalty all weights are zero and the intercept is the mean",
    elastic_net(X_sparse, y_sparse, alpha=100.0, l1_ratio=1.0),
    (y_sparse.mean(), np.zeros(10)),
)
### BEGIN HIDDEN TESTS
from sklearn.linear_model import ElasticNet, Lasso, Ridge

X, y = make_sparse(90, 12, useful=3, seed=datasets.hidden_seed("ch04 sparsity"), noise=1.2)
for alpha in (0.05, 0.3, 1.0):
    lasso = Lasso(alpha=alpha, tol=1e-10, max_iter=100_000).fit(X, y)
    check.equal(
        "with l1_ratio=1 the weights of useless features are exactly zero",
        np.flatnonzero(elastic_net(X, y, alpha, 1.0)[1]),
        np.flatnonzero(lasso.coef_),
        hint="The threshold is alpha * l1_ratio, compared with a mean over the rows.",
    )
ridge = Ridge(alpha=0.7 * 90).fit(X, y)
check.close(
    "moving y and the columns moves only the intercept",
    elastic_net(X + 20, y + 1000, 0.7, 0.0),
    (float(ridge.intercept_) + 1000 - 20 * float(ridge.coef_.sum()), ridge.coef_),
    rtol=1e-4, atol=1e-4,
    hint="The intercept is not penalised: centre X and y, and put the means back in the end.",
)
check.close(  # the last lasso above had alpha = 1
    "a column that never changes gets the weight 0",
    elastic_net(np.c_[np.full(90, 0.5), X, np.zeros(90)], y, 1.0, 1.0),
    (float(lasso.intercept_), np.r_[0.0, lasso.coef_, 0.0]),
    rtol=1e-4, atol=1e-4,
    hint="After centring such a column is all zeros; do not divide by its length.",
)
X, y = make_sparse(1060, 45, useful=4, seed=datasets.hidden_seed("ch04 few rows"), noise=3.0)
ours = ElasticNet(alpha=0.4, l1_ratio=0.9, tol=1e-8, max_iter=100_000).fit(X[:60], y[:60])
b, w = elastic_net(X[:60], y[:60], 0.4, 0.9)
# Ratio in 30 draws: reference always 1.000; alpha divided by the rows 1.31 at best.
check.score(
    "trained on 60 rows of 45 features, the model errs on new rows no more than scikit-learn's",
    y[60:],
    b + X[60:] @ np.asarray(w),
    metric="rmse", baseline=ours.predict(X[60:]), at_most=1.03,
    hint="Are useless weights really zero, and the useful ones not shrunk too much?",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Stop early, keep the best
#
# A model trained step by step first learns what is common to all data and later what is special to its own
# rows. The training error keeps falling; the error on validation rows falls, turns and rises. Stopping at the turn
# regularises for free. It works for anything with `partial_fit`, also on data that streams in.
#
# One trap: `best = model` does not save anything. Both names mean the same object, and the next epoch
# trains it further. You need a copy.
#
# **Your task.** Write `fit_early`, which works with any scikit-learn regressor that has `partial_fit`:
#
# - train a fresh clone; the model handed in stays as it is;
# - in each epoch, call `partial_fit` once with all training rows, then note the RMSE on the validation rows;
# - stop when `patience` epochs in a row brought no new best, or after `max_epochs`;
# - return the pair `(best, history)`: the model as it was after its best epoch, and the list of validation RMSEs.
#
# <!-- covers: 4.7 4.14 4.17 4.N3 -->

# %% given="noisy_data"
def make_noisy(m, seed, n=30, noise=2.0):
    """Return training and validation rows in which 5 of n features count: X, y, X_valid, y_valid."""
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(m + 60, n)), np.r_[2.0, -1.5, 1.0, 1.0, -2.0, np.zeros(n - 5)]
    y = X @ w + noise * rng.normal(size=m + 60)
    return X[:m], y[:m], X[m:], y[m:]


noisy = make_noisy(40, seed=46)
descender = SGDRegressor(penalty=None, learning_rate="constant", eta0=0.002, random_state=0)

# %% answer="early_stopping"
def fit_early(model, X, y, X_valid, y_valid, max_epochs=300, patience=10):
    """Return (best, history): the model after its best epoch, and the validation RMSE of each epoch."""
    ### BEGIN SOLUTION
    from copy import deepcopy

    model, best, history, waited = clone(model), None, [], 0
    while len(history) < max_epochs and waited < patience:
        model.partial_fit(X, y)
        rmse = float(np.sqrt(np.mean((model.predict(X_valid) - y_valid) ** 2)))
        if best is None or rmse < min(history):
            best, waited = deepcopy(model), 0
        else:
            waited += 1
        history.append(rmse)
    return best, history
    ### END SOLUTION

# %% checks="early_stopping_test" points=1
check.equal(
    "with `max_epochs=3`, the history has three numbers", len(fit_early(descender, *noisy, max_epochs=3)[1]), 3
)
check.true(
    "training stops long before 300 epochs on these rows",
    len(fit_early(descender, *noisy)[1]) < 150,
    hint="Which rows do you measure the error on?",
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch04 early stopping")
rows, target = make_noisy(36, seed=draw, n=34, noise=2.2), 10 + draw % 20
sgd = SGDRegressor(penalty=None, learning_rate="constant", eta0=0.0015, random_state=draw % 1000)
# One row and a huge step: the weight jumps from side to side and every other epoch is a new best.
jumpy = SGDRegressor(penalty=None, learning_rate="constant", eta0=1.8, fit_intercept=False)
two_rows = np.ones((1, 1)), np.array([target]), np.ones((1, 1)), np.array([1.2 * target])


def walk(model, X, y, X_valid, y_valid, epochs):
    model, path = clone(model), []
    for _ in range(epochs):
        model.partial_fit(X, y)
        path.append(float(np.sqrt(np.mean((model.predict(X_valid) - y_valid) ** 2))))
    return path


check.close(
    "each epoch is one pass over the training rows, judged by the RMSE on the validation rows",
    fit_early(sgd, *rows, 25, 25)[1],
    walk(sgd, *rows, 25),
    hint="`partial_fit` goes on from where it was, `fit` starts anew. RMSE has the unit of y.",
)
for model, data, patience in ((sgd, rows, 12), (jumpy, two_rows, 3)):
    path = walk(model, *data, 300)
    check.equal(
        "training stops after `patience` epochs in a row without a new best",
        len(fit_early(model, *data, 300, patience)[1]),
        next((e + 1 for e in range(300) if e - int(np.argmin(path[: e + 1])) == patience), 300),
        hint="Count the epochs since the last new best, starting again at 0 with each new best.",
    )
### END HIDDEN TESTS

# %% checks="best_model_test" points=1
check.shape("the model that comes back can predict", fit_early(descender, *noisy)[0].predict(noisy[2]), (60,))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch04 best model")
rows = make_noisy(36, seed=draw, n=34, noise=2.2)
sgd = SGDRegressor(penalty=None, learning_rate="constant", eta0=0.0015, random_state=draw % 1000)


def rmse(model):
    return float(np.sqrt(np.mean((model.predict(rows[2]) - rows[3]) ** 2)))


def keeps_model():
    model, history = fit_early(sgd, *rows, 20, 20)
    before = rmse(model)
    return np.allclose(fit_early(model, *rows, 20, 20)[1], history) and rmse(model) == before


check.close(
    "the model returned is the one of the best epoch",
    rmse(fit_early(sgd, *rows, 300, 30)[0]),
    min(fit_early(sgd, *rows, 300, 30)[1]),
    rtol=1e-6,
    weight=3,
    hint="Another name for an object is not a copy: `copy.deepcopy` makes one. `clone` forgets what was learnt.",
)
X_new, _, _, _ = fresh = make_noisy(1000, seed=draw + 1, n=34, noise=2.2)
late = clone(sgd)
for _ in range(1500):
    late.partial_fit(rows[0], rows[1])
# Ratio in 200 draws: reference worst 0.84, its interval at best; training on and on 1.
check.score(
    "stopping early errs less on new rows than training on and on",
    fresh[1],
    fit_early(sgd, *rows, 1500, 30)[0].predict(X_new),
    metric="rmse",
    baseline=late.predict(X_new),
    at_most=0.96,
    hint="Return the model of the best epoch, as the validation rows tell it.",
)
check.true(
    "a model that was handed in is cloned, not trained further",
    keeps_model(),
    hint="`sklearn.base.clone` gives an untrained model with the same settings.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Reading learning curves
#
# Polynomial regression is linear regression on powers of the features: the model bends, training stays the same.
# How far should it bend? A *learning curve* shows the error on training and validation rows against the
# number of rows trained on. The expected error of a model has three parts:
#
# - **bias**: wrong assumptions. Both curves level off close together, *above* the error you need. More rows do not
#   help; a richer model, better features or less regularisation do.
# - **variance**: too much freedom. The training error is low and the validation error stays well above it. More
#   rows, a simpler model or more regularisation help.
# - **irreducible noise**: what no model can predict. Only better data helps.
#
# **Your task.**
#
# - `polynomial_model(degree)`: a pipeline of `PolynomialFeatures` without the constant column, `StandardScaler` and
#   `LinearRegression`. In a pipeline the scaler learns from training rows only.
# - `learning_curves(model, X, y, sizes, seed)`: shuffle the rows with a generator made from `seed`, hold out the last
#   quarter (`len(X) // 4` rows) for validation, and for each size fit a clone on the first `size` of the other rows.
#   Return two arrays: the RMSE on those `size` rows, and the RMSE on all validation rows.
# - `diagnose(train, valid, goal, tolerance=0.2)`: judge by the **last** point of each curve. `"high bias"` if the
#   training RMSE is above `(1 + tolerance) * goal`, else `"high variance"` if the validation RMSE is, else `"good"`.
#
# <!-- covers: 4.10 4.11 4.12 -->

# %% given="curve_data"
def make_curve(m, seed, noise=1.0):
    """Return X (m, 1), sorted as an instrument would record it, and y = 2 + x + x^2 / 2 + noise."""
    rng = np.random.default_rng(seed)
    X = np.sort(rng.uniform(-3, 3, size=(m, 1)), axis=0)
    return X, 2 + X[:, 0] + X[:, 0] ** 2 / 2 + noise * rng.normal(size=m)


X_curve, y_curve = make_curve(200, seed=47)

# %% answer="learning_curves"
def polynomial_model(degree):
    """Return an untrained pipeline: powers up to degree, scaling, linear regression."""
    ### BEGIN SOLUTION
    from sklearn.linear_model import LinearRegression

    return make_pipeline(PolynomialFeatures(degree, include_bias=False), StandardScaler(), LinearRegression())
    ### END SOLUTION


def learning_curves(model, X, y, sizes, seed=0):
    """Return (train, valid): arrays with the RMSE on training and validation rows for each size."""
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(X))
    held_out = len(X) // 4
    rest, valid = order[:-held_out], order[-held_out:]

    def rmse(fitted, rows):
        return np.sqrt(np.mean((fitted.predict(X[rows]) - y[rows]) ** 2))

    errors = []
    for size in sizes:
        fitted = clone(model).fit(X[rest[:size]], y[rest[:size]])
        errors.append((rmse(fitted, rest[:size]), rmse(fitted, valid)))
    train, validation = np.array(errors).T
    return train, validation
    ### END SOLUTION


def diagnose(train, valid, goal, tolerance=0.2):
    """Return "high bias", "high variance" or "good" for two curves of RMSEs and the RMSE one needs."""
    ### BEGIN SOLUTION
    limit = (1 + tolerance) * goal
    if train[-1] > limit:
        return "high bias"
    return "high variance" if valid[-1] > limit else "good"
    ### END SOLUTION

# %% checks="learning_curves_test" points=1
check.shape(
    "there is one validation error per size",
    learning_curves(polynomial_model(2), X_curve, y_curve, [5, 20, 80, 150])[1],
    (4,),
)
### BEGIN HIDDEN TESTS
X, y = make_curve(600, seed=datasets.hidden_seed("ch04 learning curves"), noise=0.8)
line = np.polynomial.Polynomial.fit(X[:, 0], y, 1)
level = float(np.sqrt(np.mean((line(X[:, 0]) - y) ** 2)))
powers = X ** np.arange(1, 4)
scaled = (powers - powers.mean(axis=0)) / powers.std(axis=0)
untrained = polynomial_model(1)
learning_curves(untrained, X, y, [20], 0)
check.close(
    "the pipeline is a linear regression on scaled powers, without a constant column",
    polynomial_model(3).fit(X, y)[-1].coef_,
    np.linalg.lstsq(scaled, y - y.mean(), rcond=None)[0],
    rtol=1e-6,
    atol=1e-6,
    hint="Three steps in this order: the powers (`include_bias=False`), the scaler, the regression.",
)
check.raises(
    "the model handed in is cloned and stays untrained",
    ValueError,
    untrained.predict,
    args=(X,),
    hint="Fit `clone(model)` for each size.",
)
check.close(
    "the training error is the RMSE on the rows trained on",
    [learning_curves(polynomial_model(1), X, y, [2, 450], seed)[0] for seed in range(3)],
    [[0.0, level]] * 3,
    rtol=0.2,
    atol=1e-6,
    hint="Two rows fix a line, so its error on them is 0. With all rows it is the root of the mean square.",
)
check.close(
    "the validation rows come from the whole range of X",
    [learning_curves(polynomial_model(1), X, y, [450], seed)[1] for seed in range(5)],
    [[level]] * 5,
    rtol=0.35,
    weight=2,
    hint="The rows are sorted. What does a model see that learns from the first three quarters?",
)
### END HIDDEN TESTS

# %% checks="diagnose_test" points=1
check.equal(
    "curves that meet above the goal mean bias", diagnose([1.2, 1.9, 2.0], [4.0, 2.3, 2.1], 1.0), "high bias"
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch04 diagnosis")
X, y = make_curve(600, seed=draw, noise=1.0)
mixed = np.random.default_rng(draw).permutation(600)
for degree, size, expected in ((1, 450, "high bias"), (2, 450, "good"), (14, 18, "high variance")):
    check.equal(
        "your three functions together tell bias from variance on new data",
        diagnose(*learning_curves(polynomial_model(degree), X[mixed], y[mixed], [size]), 1.0, 0.3),
        expected,
        hint="Training and validation rows stay apart, and `diagnose` follows the text.",
    )
cases = (
    ([9, 1.25], [9, 1.3], 1.2, 0.1, "good"),
    ([0.1, 0.9], [0.2, 1.6], 1.2, 0.1, "high variance"),
    ([0.1, 1.6], [9, 1.7], 1.2, 0.1, "high bias"),
    ([9, 3.0], [9, 3.0], 2.0, 0.5, "good"),  # exactly at the limit is not above it
)
for train, valid, goal, tolerance, expected in cases:
    check.equal(
        "the diagnosis compares the last points with the goal and its tolerance",
        diagnose(train, valid, goal, tolerance),
        expected,
        hint="The first points of a curve are far off for every model. Look at the training error first.",
    )
### END HIDDEN TESTS

# %% [markdown]
# Curves are for looking at. **Your task.** Write `plot_curves(sizes, train, valid, goal)`, which draws on a figure of
# its own both errors over the sizes, as lines labelled `training` and `validation` in a legend, and the goal as a
# horizontal line from the first size to the last. Label the axes with the words "rows" and "RMSE", finish with
# `plt.close(figure)`, and return the Axes.

# %% answer="plot_curves"
def plot_curves(sizes, train, valid, goal):
    """Return an Axes with the two learning curves and the goal."""
    ### BEGIN SOLUTION
    figure, ax = plt.subplots()
    ax.plot(sizes, train, "o-", label="training")
    ax.plot(sizes, valid, "o-", label="validation")
    ax.plot([sizes[0], sizes[-1]], [goal, goal], "k:", label="goal")
    ax.set(xlabel="rows trained on", ylabel="RMSE", ylim=(0, None))
    ax.legend()
    plt.close(figure)
    return ax
    ### END SOLUTION

# %% checks="plot_test" points=0.5
check.figure(
    "the axes have labels", plot_curves([5, 20, 80], [0.2, 0.8, 0.9], [3.0, 1.4, 1.1], 1.0), xlabel="rows", ylabel="RMSE"
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch04 figure"))
sizes = np.sort(rng.choice(500, size=6, replace=False)) + 2
train, valid, goal = np.sort(rng.uniform(0.2, 0.9, 6)), np.sort(rng.uniform(1.1, 3, 6))[::-1], 1.05
check.figure(
    "both curves are drawn over the sizes, and named",
    plot_curves(sizes, train, valid, goal),
    lines=[(sizes, train), (sizes, valid)],
    legend=["training", "validation"],
    xlabel="rows",
    ylabel="RMSE",
    hint="The number of rows belongs on the horizontal axis; `label=` and `ax.legend()` name the lines.",
)
check.figure(
    "the goal is a horizontal line over the whole width",
    plot_curves(sizes, train, valid, goal),
    lines=[([sizes[0], sizes[-1]], [goal, goal])],
    hint="Two points make a line: the goal at the first size and at the last.",
)
### END HIDDEN TESTS

# %% [markdown] essay="penalty_essay" points=2
# **In your own words (2 points).** A colleague predicts the price of a machine from 300 measured features, most of them
# probably useless, with 400 rows. A plain linear model has a training RMSE of 2 and a validation RMSE of 40; the price
# can be predicted to about 10. She wants to add squares and products of all features. In about ten lines: what do the
# numbers say, what do you think of her plan, which penalty do you suggest and why, and what has to be done to the
# features before?
#
# ### BEGIN SOLUTION
# *Diagnosis (0.5).* Training error far below validation error, and below the noise of 10: the model follows
# noise, so this is variance, not bias.
#
# *Plan (0.5).* Squares and products give about 45 000 features and more freedom, so the gap would grow.
# Helpful are more rows, fewer features, early stopping or a penalty.
#
# *Penalty (0.5).* Lasso or elastic net, as most features are useless and their weights become exactly zero.
# Elastic net if measurements are correlated, where lasso picks one of a group by chance; ridge keeps all
# 300. The strength is chosen by cross-validation.
#
# *Before (0.5).* Scale the features, with means and deviations from training rows only (a pipeline), since a
# penalty compares weights. Judge by the RMSE without the penalty.
# ### END SOLUTION

# %% [markdown]
# ## Exercise 7 — Yes or no, and how sure
#
# With two classes, one score $t = \theta_0 + \theta^\top x$ is enough: $\hat p = \sigma(t) = 1/(1 + e^{-t})$, and back
# again the *logit* $t = \log\bigl(\hat p / (1 - \hat p)\bigr)$. Training minimises the *log loss*
#
# $$J(\theta) = -\tfrac1m \sum_i \bigl[y_i \log \hat p_i + (1 - y_i) \log(1 - \hat p_i)\bigr],$$
#
# which is convex and has no closed form. Newton's method gets there in a few steps, since it knows the curvature:
# $\theta \leftarrow \theta - H^{-1} g$ with $g = X_b^\top (\hat p - y)$ and $H = X_b^\top \operatorname{diag}(\hat p (1 - \hat p))\, X_b$.
# Gradient descent on scaled features gets there too, if you turn the parameters back into the features' units.
#
# **Your task.** With NumPy alone, write
#
# - `sigmoid(t)` and `logit(p)`, each the other's inverse; `sigmoid` must work for scores of a thousand;
# - `fit_logistic(X, y)`: `theta` `(n + 1,)` with the smallest log loss, without a penalty, `y` holding 0 and 1;
# - `predict_logistic(X, theta, threshold=0.5)`: True where the probability is at least the threshold;
# - `boundary(theta, threshold=0.5)`: for a model of a single feature, the `x` where the probability is the threshold.
#
# Then fill in `facts()` with the answers to these questions, texts or numbers:
#
# - `"two_starts"`: descent on the MSE of a linear model from two starts, with a small rate: `"same end"` or `"two
#   ends"`?
# - `"rising"`: the training loss rises in every epoch: `"raise the rate"`, `"lower the rate"`, `"more epochs"`?
# - `"twice_rows"`, `"twice_features"`: how many times as long do a gradient over all rows, with twice the rows, and
#   solving a normal equation with a full matrix, with twice the (many) features, take?
# - `"disk"`: the table does not fit in memory: `"mini-batches"`, `"all rows at once"` or `"normal equation"`?
# - `"sorted"`: rows come sorted by class: `"shuffle"`, `"smaller batches"` or `"nothing"`?
# - `"floor"`: which part of the error does the best model keep: `"bias"`, `"variance"` or `"noise"`?
# - `"few_matter"`, `"all_matter"`, `"groups_matter"`: a penalty for few useful features, for all useful, and for few
#   groups of strongly correlated ones: `"ridge"`, `"lasso"` or `"elastic net"`?
# - `"even"`, `"loss"`: the probability at a logit of 0, and the log loss of a row whose class got the probability 0.8.
#
# <!-- covers: 4.2 4.3 4.4 4.6 4.7 4.9 4.12 4.13 4.15 4.16 4.18 4.20 -->

# %% given="seeds_data"
def make_seeds(m, seed, slope=1.0):
    """Return X (m, 3): soil temperature, water (ml), depth (m); and y (m,): 1 where the seed came up."""
    rng = np.random.default_rng(seed)
    X = np.c_[rng.normal(12, 3, m), rng.normal(800, 200, m), rng.normal(0.05, 0.02, m)]
    score = slope * (0.5 * (X[:, 0] - 11) + 0.004 * (X[:, 1] - 800) - 40 * (X[:, 2] - 0.05))
    return X, (rng.random(m) < 1 / (1 + np.exp(-score))).astype(int)


X_seeds, y_seeds = make_seeds(400, seed=48)

# %% answer="logistic"
def sigmoid(t):
    """Return 1 / (1 + exp(-t)) for a number or an array, without overflow."""
    ### BEGIN SOLUTION
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(t)))
    ### END SOLUTION


def logit(p):
    """Return the log of the odds of a probability between 0 and 1."""
    ### BEGIN SOLUTION
    return np.log(p / (1 - p))
    ### END SOLUTION


def fit_logistic(X, y):
    """Return the theta (n + 1,) with the smallest log loss on X (m, n) and y (m,) of 0 and 1."""
    ### BEGIN SOLUTION
    mean, scale = X.mean(axis=0), X.std(axis=0)
    X_b = np.c_[np.ones(len(X)), (X - mean) / scale]
    theta = np.zeros(X_b.shape[1])
    for _ in range(25):
        p = sigmoid(X_b @ theta)
        curvature = (X_b.T * (p * (1 - p))) @ X_b
        theta -= np.linalg.solve(curvature, X_b.T @ (p - y))
    slopes = theta[1:] / scale
    return np.r_[theta[0] - slopes @ mean, slopes]
    ### END SOLUTION


def predict_logistic(X, theta, threshold=0.5):
    """Return True (m,) where the probability of class 1 is at least the threshold."""
    ### BEGIN SOLUTION
    return sigmoid(theta[0] + X @ theta[1:]) >= threshold
    ### END SOLUTION


def boundary(theta, threshold=0.5):
    """Return the x at which theta (2,) gives a probability of threshold."""
    ### BEGIN SOLUTION
    return float((logit(threshold) - theta[0]) / theta[1])
    ### END SOLUTION

# %% checks="logistic_test" points=1
check.shape("`fit_logistic` returns an intercept and a slope per feature", fit_logistic(X_seeds, y_seeds), (4,))
### BEGIN HIDDEN TESTS
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

X, y = make_seeds(3000, seed=datasets.hidden_seed("ch04 logistic"), slope=1.2)
ours = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf, max_iter=1000, tol=1e-8)).fit(X[:500], y[:500])
p_ours = ours.predict_proba(X[500:])[:, 1]
theta = np.asarray(fit_logistic(X[:500], y[:500]))
p = expit(theta[0] + X[500:] @ theta[1:])
# Ratio in 20 draws: reference always 1.000; scikit-learn's default penalty on raw features at best 1.098.
check.score(
    "the log loss on new rows is that of the best fit",
    y[500:],
    p,
    metric="log_loss",
    baseline=p_ours,
    at_most=1.02,
    weight=2,
    hint="The features have very different units: scale them or use the curvature, and train until nothing moves.",
)
check.close(
    "the parameters are in the units of the features",
    p,
    p_ours,
    rtol=0,
    atol=0.01,
    hint="theta is for X as it comes, without a penalty; turn scaled slopes and the intercept back.",
)
check.score(
    "as many new rows are right as with the best fit",
    y[500:].astype(bool),
    predict_logistic(X[500:], fit_logistic(X[:500], y[:500])),
    baseline=p_ours >= 0.5,
    at_least=0.98,
    hint="Half is the threshold unless another one is given.",
)
### END HIDDEN TESTS

# %% checks="logistic_more_test" points=1
check.close("`sigmoid` of 0 is one half", sigmoid(np.array([0.0, np.log(3.0)])), np.array([0.5, 0.75]))
### BEGIN HIDDEN TESTS
from scipy.special import expit

X, _ = make_seeds(40, seed=datasets.hidden_seed("ch04 logistic rows"), slope=1.2)
far = np.array([-1200.0, -30.0, -1.0, 2.0, 800.0])
check.close(
    "`sigmoid` is right for scores of any size",
    sigmoid(far),
    expit(far),
    rtol=1e-3,
    atol=1e-12,
    hint="Use np.tanh, or treat negative scores apart: exp of 1200 is infinite.",
)
check.close(
    "`logit` undoes `sigmoid`",
    logit(sigmoid(np.array([-4.0, 0.3, 2.5]))),
    np.array([-4.0, 0.3, 2.5]),
    rtol=1e-6,
    hint="The log of p over 1 - p.",
)
some = np.array([-9.0, 0.5, 0.004, -5.0])
for threshold, theta in ((0.5, some), (0.2, some), (0.9, some), (0.5, 0 * some)):  # the last: exactly one half
    check.equal(
        "a row counts as 1 from the threshold on",
        [bool(answer) for answer in predict_logistic(X, theta, threshold)],
        [bool(answer) for answer in expit(theta[0] + X @ theta[1:]) >= threshold],
        hint="Compare the probability, not the score, with the threshold.",
    )
for threshold in (0.5, 0.2, 0.9):
    check.close(
        "the boundary is where the probability is the threshold",
        float(expit(-9 + 0.7 * boundary(np.array([-9.0, 0.7]), threshold))),
        threshold,
        hint="Set the score equal to the logit of the threshold and solve for x.",
    )
### END HIDDEN TESTS

# %% answer="questions"
def facts():
    """Return a dict with the twelve answers."""
    ### BEGIN SOLUTION
    return {
        "two_starts": "same end",
        "rising": "lower the rate",
        "twice_rows": 2,
        "twice_features": 8,
        "disk": "mini-batches",
        "sorted": "shuffle",
        "floor": "noise",
        "few_matter": "lasso",
        "all_matter": "ridge",
        "groups_matter": "elastic net",
        "even": 0.5,
        "loss": -np.log(0.8),
    }
    ### END SOLUTION

# %% checks="facts_test" points=1
check.equal("there are twelve answers", len(facts()), 12)
### BEGIN HIDDEN TESTS
def said(*keys):
    return [facts().get(key) for key in keys]


check.equal(
    "descent ends where it must, at a rate it survives",
    said("two_starts", "rising"),
    ["same end", "lower the rate"],
    hint="The MSE of a linear model is a bowl; whoever climbs its walls takes steps that are too large.",
)
check.close(
    "the cost grows with rows and features as it must",
    [float(cost) for cost in said("twice_rows", "twice_features")],
    [2.0, 8.0],
    hint="Each row is visited once; solving takes about n to the power of three.",
)
check.equal(
    "the data decide how to walk",
    said("disk", "sorted", "floor"),
    ["mini-batches", "shuffle", "noise"],
    hint="What fits in memory, what is independent, and what can nobody predict?",
)
check.equal(
    "the penalty fits the features",
    said("few_matter", "all_matter", "groups_matter"),
    ["lasso", "ridge", "elastic net"],
    hint="Which penalty makes zeros, which none, and which keeps correlated features together?",
)
check.close(
    "probability, logit and loss fit together",
    [float(number) for number in said("even", "loss")],
    [0.5, 0.22314],
    rtol=0.01,
    hint="Odds of one to one; minus the natural logarithm of the probability.",
)
### END HIDDEN TESTS
