# %% [markdown]
# # 8. Dimensionality reduction
#
# A photo has thousands of numbers, and few things to say. Describing rows with fewer numbers makes training
# faster and drawing possible, and it sometimes removes noise. It also throws something away: train on the
# data as they are first, and reduce them when that is too slow, or when you want to look at them.
#
# There are two families. *Projections* lay all rows down on a flat subspace. *Manifold learning* supposes
# that rows lie on a bent sheet inside the space, and flattens the sheet.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.datasets import make_circles
from sklearn.decomposition import PCA, IncrementalPCA, KernelPCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE, Isomap, LocallyLinearEmbedding
from sklearn.model_selection import RandomizedSearchCV, StratifiedGroupKFold
from sklearn.neighbors import KNeighborsClassifier, kneighbors_graph
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — The curse of dimensionality
#
# Intuition comes from two or three dimensions and fails in a hundred. In a unit cube with $d$ dimensions
# nearly every point is close to *some* border, as it only needs one extreme coordinate. And random points are
# far apart, all about equally far: the nearest neighbour is hardly nearer than anybody else. To keep
# neighbours within reach one needs exponentially more rows. So data with many columns are *sparse*, and a
# model that relies on neighbours has to guess far from what it knows.
#
# **Your task.**
#
# - `border_share(d, margin)`: the share of a unit cube's volume that is closer than `margin` to some border.
# - `rows_needed(d, step)`: how many points a regular grid needs in the unit cube if neighbours along each
#   axis are `step` apart and the first and last lie on the borders (`1 / step` is a whole number).
# - `contrast(X)`: for each row, the distance to its nearest other row divided by its mean distance to all
#   other rows; return the mean over rows. Near 1, "nearest" means nothing. It is timed: no loop over pairs.
#
# <!-- covers: 8.1 8.2 -->

# %% answer="curse"
def border_share(d, margin):
    """Return the share of the volume of a d-dimensional unit cube within margin of its border."""
    ### BEGIN SOLUTION
    return 1.0 - (1.0 - 2.0 * margin) ** d
    ### END SOLUTION


def rows_needed(d, step):
    """Return the number of points (an int) of a grid with this step in a d-dimensional unit cube."""
    ### BEGIN SOLUTION
    return (round(1 / step) + 1) ** d
    ### END SOLUTION


def contrast(X):
    """Return the mean over rows of X (m, d) of nearest distance / mean distance to the others."""
    ### BEGIN SOLUTION
    distances = squareform(pdist(X))
    mean = distances.sum(axis=1) / (len(X) - 1)
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(distances.min(axis=1) / mean))
    ### END SOLUTION

# %% checks="curse_test" points=1.5
check.close("in a square, 36% lie within 0.1 of the border", border_share(2, 0.1), 0.36)
check.equal("a grid of 11 points along each of two axes", rows_needed(2, 0.1), 121)
check.close("three points on a line", contrast(np.array([[0.0], [1.0], [3.0]])), (0.5 + 2 / 3 + 0.8) / 3)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch08 curse"))
dims, margin = int(rng.integers(20, 60)), float(rng.uniform(0.005, 0.02))
check.close(
    "most of a large cube is border",
    [border_share(dims, margin), border_share(1, margin)],
    [1 - (1 - 2 * margin) ** dims, 2 * margin],
    hint="A point is not near the border if no coordinate is: a product over the axes, and each axis has two ends.",
)
check.equal(
    "the number of rows grows exponentially",
    [rows_needed(dims, 0.2), rows_needed(3, 0.05)],
    [6**dims, 9261],
    hint="Both ends of each axis have a point, and Python's whole numbers are exact.",
)
cube = rng.uniform(size=(150, 40))
gaps = np.sqrt(((cube[:, None] - cube[None]) ** 2).sum(axis=2))
nearest = np.where(np.eye(150) > 0, np.inf, gaps).min(axis=1)
check.close(
    "in 40 dimensions the nearest row is not much nearer than the others",
    contrast(cube),
    float(np.mean(nearest / (gaps.sum(axis=1) / 149))),
    hint="A row is not its own neighbour, neither for the minimum nor for the mean.",
)
check.faster(
    "all distances are computed at once",
    contrast,
    inputs=lambda seed: (np.random.default_rng(seed).normal(size=(900, 5)),),
    times=8,
    hint="`scipy.spatial.distance.pdist` knows all pairs.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — PCA, from its own axes
#
# *Principal component analysis* finds the directions in which the rows vary most: the first axis has the
# largest variance, the second the largest among those orthogonal to it, and so on. Projecting onto the first
# $d$ loses the least, measured in squared distance. With **centred** rows $X_c = X - \bar x$, the singular
# value decomposition $X_c = U \Sigma V^\top$ has it all: the rows of $V^\top$ are the axes, and $\sigma_j^2 /
# (m - 1)$ is the variance along axis $j$. Compress, and go back, with
#
# $$Z = X_c V_d, \qquad \hat X = Z V_d^\top + \bar x .$$
#
# An axis has no front and back: $v$ and $-v$ serve equally well, and which one comes out may change with a
# few rows more. A rule makes it stable.
#
# **Your task.** Write the class `PCAByHand`. `fit` sets `mean_`, `components_` (one axis per row),
# `explained_variance_` and `explained_variance_ratio_` (a share of the variance of **all** axes).
#
# - Give `d` axes, or, if `ratio` is given instead, the **smallest** number whose ratios add up to at least
#   `ratio`; without either, all `min(m, n)`.
# - Turn each axis so that its entry of largest absolute value is positive.
# - `fit` is timed on tables with many rows: ask for the economy SVD, which leaves out the useless part of
#   $U$.
#
# Then write `plot_variance(X, ratio)`: draw the cumulated ratio over the number of axes 1, 2, 3, ... as a
# line labelled `"cumulated"`, and one marker labelled `"chosen"` at the smallest number that reaches `ratio`;
# name both axes, show the legend, and return the `Axes`. Where the curve bends is often a better choice than
# a fixed 95%; for a picture one takes 2 or 3.
#
# <!-- covers: 8.3 8.5 8.6 8.7 8.8 8.N1 -->

# %% given="sheet_data"
def make_sheet(m, n, seed, noise=0.3):
    """Return rows (m, n) near a tilted plane of 3 dimensions, far from the origin."""
    rng = np.random.default_rng(seed)
    inside = rng.normal(size=(m, 3)) * [6.0, 3.0, 1.5]
    return 40 + inside @ rng.normal(size=(3, n)) / np.sqrt(n) + noise * rng.normal(size=(m, n))


X_sheet = make_sheet(200, 10, seed=81)

# %% answer="pca"
class PCAByHand:
    """Principal component analysis by singular value decomposition."""

    def __init__(self, d=None, ratio=None):
        self.d, self.ratio = d, ratio

    def fit(self, X):
        """Find the axes of the rows of X (m, n); return self."""
        ### BEGIN SOLUTION
        self.mean_ = X.mean(axis=0)
        _, sigma, axes = np.linalg.svd(X - self.mean_, full_matrices=False)
        ratios = sigma**2 / np.sum(sigma**2)
        d = self.d or len(sigma)
        if self.ratio is not None:
            d = min(int(np.searchsorted(np.cumsum(ratios), self.ratio)) + 1, len(sigma))
        largest = np.abs(axes).argmax(axis=1)
        signs = np.sign(axes[np.arange(len(axes)), largest])
        self.components_ = (axes * signs[:, None])[:d]
        self.explained_variance_ = sigma[:d] ** 2 / (len(X) - 1)
        self.explained_variance_ratio_ = ratios[:d]
        return self
        ### END SOLUTION

    def transform(self, X):
        """Return the coordinates (m, d) of rows on the axes."""
        ### BEGIN SOLUTION
        return (X - self.mean_) @ self.components_.T
        ### END SOLUTION

    def inverse_transform(self, Z):
        """Return rows (m, n) with the coordinates Z (m, d)."""
        ### BEGIN SOLUTION
        return Z @ self.components_ + self.mean_
        ### END SOLUTION

# %% answer="variance_plot"
def plot_variance(X, ratio=0.95):
    """Return an Axes with the cumulated explained variance and the number of axes that reaches ratio."""
    ### BEGIN SOLUTION
    total = np.cumsum(PCAByHand().fit(X).explained_variance_ratio_)
    d = len(PCAByHand(ratio=ratio).fit(X).components_)
    _, ax = plt.subplots()
    ax.plot(np.arange(1, len(total) + 1), total, label="cumulated")
    ax.plot([d], [total[d - 1]], "o", label="chosen")
    ax.set(xlabel="axes", ylabel="explained variance")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="timed_pca"
def pca_variances(X):
    """Return the variances along all axes: this is what is timed."""
    return PCAByHand().fit(X).explained_variance_

# %% checks="pca_fit_test" points=1.5
check.shape("three axes of ten entries", PCAByHand(3).fit(X_sheet).components_, (3, 10))
check.true(
    "three axes explain more than 90% of the sheet, and the first is not simply the direction of the mean",
    0.9 < float(PCAByHand(3).fit(X_sheet).explained_variance_ratio_.sum()) < 0.99,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 pca")
X = make_sheet(120, 9, seed=draw, noise=0.4)
mine, theirs = PCAByHand(5).fit(X), PCA(5).fit(X)
check.close(
    "the axes are those of scikit-learn, whichever way they point",
    np.abs(mine.components_),
    np.abs(theirs.components_),
    rtol=1e-6,
    atol=1e-6,
    hint="Centre the columns first, and take the rows of what `svd` returns last.",
)
check.close(
    "variances and their ratios are right",
    [mine.explained_variance_, mine.explained_variance_ratio_],
    [theirs.explained_variance_, theirs.explained_variance_ratio_],
    rtol=1e-6,
    hint="Divide by m - 1; a ratio compares with the variance of all axes, not only of those kept.",
)
check.true(
    "the largest entry of each axis is positive, for rows and for their mirror image",
    all(model.components_[np.arange(5), np.abs(model.components_).argmax(axis=1)].min() > 0
        for model in (mine, PCAByHand(5).fit(-X))),
    hint="Multiply each axis by the sign of its largest entry.",
)
for share in (0.5, 0.8, 0.9, 0.97, 0.995):
    ratios = np.cumsum(PCA().fit(X).explained_variance_ratio_)
    check.equal(
        "`ratio` gives the smallest number of axes that reaches it",
        len(PCAByHand(ratio=share).fit(X).components_),
        int(np.argmax(ratios >= share)) + 1,
        hint="`argmax` of a condition counts from 0.",
    )
### END HIDDEN TESTS

# %% checks="pca_use_test" points=1
check.close(
    "with all axes nothing is lost",
    PCAByHand().fit(X_sheet).inverse_transform(PCAByHand().fit(X_sheet).transform(X_sheet)),
    X_sheet,
)
### BEGIN HIDDEN TESTS
X = make_sheet(150, 8, seed=datasets.hidden_seed("ch08 pca use"), noise=0.5)
mine = PCAByHand(3).fit(X[:100])
check.close(
    "new rows are centred with the mean of the rows learnt",
    mine.transform(X[100:] + 5),
    (X[100:] + 5 - X[:100].mean(axis=0)) @ mine.components_.T,
    hint="Keep the mean when fitting, and use no other.",
)
back = mine.inverse_transform(mine.transform(X[:100]))
check.close(
    "the mean squared error of the rows that come back is the variance of the axes left out",
    float(np.mean(np.sum((X[:100] - back) ** 2, axis=1))) * 100 / 99,
    float(PCA().fit(X[:100]).explained_variance_[3:].sum()),
    rtol=1e-6,
    hint="On the way back, add the mean again.",
)
check.faster(
    "the SVD leaves out what nobody uses",
    pca_variances,
    inputs=lambda seed: (make_sheet(2500, 60, seed),),
    times=6,
    agrees=lambda found, expected: np.allclose(found, expected, rtol=1e-4),
    hint="See the parameter `full_matrices` of `np.linalg.svd`.",
)
### END HIDDEN TESTS

# %% checks="pca_plot_test" points=0.5
check.equal(
    "the plot has a curve and a marker",
    [line.get_label() for line in plot_variance(X_sheet).get_lines()],
    ["cumulated", "chosen"],
)
### BEGIN HIDDEN TESTS
X = make_sheet(140, 12, seed=datasets.hidden_seed("ch08 plot"), noise=0.8)
total = np.cumsum(PCA().fit(X).explained_variance_ratio_)
ax = plot_variance(X, 0.95)
lines = {line.get_label(): (np.array(line.get_xdata()), np.array(line.get_ydata())) for line in ax.get_lines()}
check.close(
    "the curve shows the cumulated ratio over 1, 2, 3, ... axes",
    lines["cumulated"],
    (np.arange(1, 13), total),
    rtol=1e-6,
    hint="The first point stands at one axis and has its own ratio.",
)
check.close(
    "the marker stands where the curve first reaches the ratio",
    lines["chosen"],
    (np.array([np.argmax(total >= 0.95) + 1.0]), total[[np.argmax(total >= 0.95)]]),
    rtol=1e-6,
    hint="On the curve, at the smallest number that reaches the ratio asked for.",
)
check.figure(
    "the axes have names and there is a legend",
    ax,
    xlabel=True,
    ylabel=True,
    legend=["cumulated", "chosen"],
    weight=0.5,
    hint="`ax.set(xlabel=..., ylabel=...)` and `ax.legend()`.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — PCA at work
#
# PCA *learns*: means and axes. So it belongs into the pipeline, learns from training rows only, and test rows
# are only transformed. Fitted again on the test rows it finds other axes, and a classifier then reads columns
# that mean something else. How many axes to keep is a setting like any other: search it together with the
# classifier's.
#
# PCA is useful without any classifier too. It learns what ordinary rows have in common. A row that does not
# come back well from compression, with a large *reconstruction error*, is not ordinary.
#
# The digits here are drawn by `datasets.mnist_like`, a small offline stand-in that is easier than MNIST
# (`datasets.load_mnist("full")` fetches the real one: 60 000 images). Several images come from the same
# hand-written original, whose number is in `groups`: folds must keep them together, or validation rows are
# half known.
#
# **Your task.**
#
# - `compress(X_train, X_test, ratio)`: the pair of both tables, projected on the fewest axes that keep
#   `ratio` of the variance.
# - `search_digits(X, y, groups, seed)`: a fitted `RandomizedSearchCV` over a pipeline with a PCA and a
#   classifier, which draws the number of axes and at least one setting of the classifier, with at most 8
#   candidates and folds that keep groups together (`StratifiedGroupKFold(3)`, and `fit(X, y,
#   groups=groups)`). It has 20 seconds.
# - `anomaly_scores(X_train, X, d)`: the squared distance of each row of `X` from what comes back, with `d`
#   axes learnt from `X_train`.
#
# <!-- covers: 8.1 8.7 8.8 8.N6 -->

# %% given="digits_data"
images, labels, writers = datasets.mnist_like(300, seed=82)
X_digits, y_digits = images.reshape(300, -1) / 255.0, labels


def make_sensors(m, seed, broken=0.1):
    """Return readings (m, 20) that follow 4 hidden causes, and which of them come from broken sensors."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(8).normal(size=(4, 20))  # the machine is always the same
    X = rng.normal(size=(m, 4)) * [5.0, 4.0, 3.0, 2.0] @ mixing + 30 + 0.5 * rng.normal(size=(m, 20))
    faulty = rng.random(m) < broken
    X[faulty] = X[faulty] * 0.4 + 0.6 * 30 + 2.0 * rng.normal(size=(faulty.sum(), 20))
    return X, faulty

# %% answer="at_work"
def compress(X_train, X_test, ratio=0.95):
    """Return (Z_train, Z_test): both on the axes of the training rows that keep ratio of their variance."""
    ### BEGIN SOLUTION
    pca = PCA(n_components=ratio, svd_solver="full").fit(X_train)
    return pca.transform(X_train), pca.transform(X_test)
    ### END SOLUTION


def search_digits(X, y, groups, seed=0):
    """Return a fitted RandomizedSearchCV over a pipeline of PCA and a classifier."""
    ### BEGIN SOLUTION
    from scipy.stats import loguniform, randint
    from sklearn.svm import SVC

    pipeline = make_pipeline(PCA(random_state=seed), SVC())
    settings = {"pca__n_components": randint(15, 60), "svc__C": loguniform(1, 30)}
    cv = StratifiedGroupKFold(3, shuffle=True, random_state=seed)
    search = RandomizedSearchCV(pipeline, settings, n_iter=5, cv=cv, random_state=seed)
    return search.fit(X, y, groups=groups)
    ### END SOLUTION


def anomaly_scores(X_train, X, d=4):
    """Return the squared reconstruction error (m,) of the rows of X, with d axes of X_train."""
    ### BEGIN SOLUTION
    pca = PCA(d).fit(X_train)
    return np.sum((X - pca.inverse_transform(pca.transform(X))) ** 2, axis=1)
    ### END SOLUTION

# %% checks="compress_test" points=1
check.equal(
    "both tables are compressed to three columns",
    [table.shape for table in compress(X_sheet[:150], X_sheet[150:], 0.975)],
    [(150, 3), (50, 3)],
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 compress")
images, digits, _ = datasets.mnist_like(700, seed=draw)
X, (shown, known) = images.reshape(700, -1) / 255.0, datasets.mnist_like(600, seed=draw, split="test")[:2]
Z, Z_new = compress(X, shown.reshape(600, -1) / 255.0, 0.9)
check.score(  # over 20 draws .928 (deviation .011, worst .907); fitted again on the test rows .26 (best .55)
    "a classifier that learnt from the compressed training rows reads the compressed test rows",
    known,
    KNeighborsClassifier(4, weights="distance").fit(Z, digits).predict(Z_new),
    at_least=0.9,
    hint="Fit on the training rows, transform both.",
)
check.equal(
    "the number of axes is the smallest that keeps the ratio of the training variance",
    [compress(X[:300], 2 * np.random.default_rng(draw).normal(size=(200, 784)), r)[0].shape for r in (0.6, 0.9)],
    [(300, int(np.argmax(np.cumsum(PCA().fit(X[:300]).explained_variance_ratio_) >= r)) + 1) for r in (0.6, 0.9)],
    hint="`PCA(n_components=0.9)` finds the number by itself.",
)
check.close(
    "a test row is compressed the same way, whatever other test rows there are",
    np.abs(compress(X[:200], X[200:260] * 3 + 1, 0.8)[1][:10]),
    np.abs(compress(X[:200], np.r_[X[200:210] * 3 + 1, X[300:330]], 0.8)[1][:10]),
    rtol=1e-5,
    atol=1e-6,
    hint="Neither means nor axes may depend on test rows.",
)
### END HIDDEN TESTS

# %% checks="search_test" points=1
check.instance(
    "it is a randomized search",
    search_digits(X_digits, y_digits, writers),
    "sklearn.model_selection.RandomizedSearchCV",
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 search")
images, digits, origins = datasets.mnist_like(700, seed=draw)
shown, known, _ = datasets.mnist_like(1000, seed=draw, split="test")
search = search_digits(images.reshape(700, -1) / 255.0, digits, origins, draw % 1000)
check.score(  # over 20 draws .958 (deviation .009, worst .937); with a tree .678 (best .716)
    "the best pipeline reads digits from other originals",
    known,
    search.predict(shown.reshape(1000, -1) / 255.0),
    at_least=0.9,
    partial=0.8,
    hint="Which classifiers suit digits, and how many axes do they need?",
)
tried = [dict(settings) for settings in search.cv_results_["params"]]
axes = [settings[name] for settings in tried for name in settings if "n_components" in name]
check.true(
    "the search draws the number of axes and a setting of the classifier, with 3 to 8 candidates",
    3 <= len(tried) <= 8 and len(set(axes)) > 1 and any("n_components" not in name for name in tried[0]),
    hint="Settings of a step are called step__setting: `pca__n_components`.",
)
check.true(
    "the folds keep images of one original together",
    "Group" in repr(search.cv),
    hint="`cv=StratifiedGroupKFold(3)`, and give `fit` the groups.",
)
### END HIDDEN TESTS

# %% checks="anomaly_test" points=1
check.shape("one score per row", anomaly_scores(X_sheet[:100], X_sheet[100:], 3), (100,))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 anomalies")
healthy, _ = make_sensors(300, seed=draw, broken=0.0)
readings, faulty = make_sensors(900, seed=draw + 1, broken=0.25)
scores = anomaly_scores(healthy, readings, 4)
check.score(  # over 20 draws 1.000; by the distance within the projection .08 (best .10)
    "broken sensors have the largest scores",
    faulty,
    scores,
    metric="auc",
    at_least=0.97,
    hint="How far is a row from its projection? Distances within the projection do not tell.",
)
pca = PCA(4).fit(healthy)
check.close(
    "a score is a squared distance in the units of the readings",
    scores,
    np.sum((readings - pca.inverse_transform(pca.transform(readings))) ** 2, axis=1),
    rtol=1e-5,
    hint="Learn axes from `X_train` only, and add up the squares over the columns.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Tables that do not fit
#
# A file on disk can be used like an array without being read: `np.memmap` shows the part you touch. For PCA
# the table is needed only in two sums, over rows $x$: $s = \sum x$ and $S = \sum (x - c)(x - c)^\top$, which
# grow batch by batch ($c$ is any fixed point near the middle, which keeps the numbers small). The covariance
# follows, and its eigenvectors are the axes. scikit-learn's `IncrementalPCA` does something similar with
# `partial_fit`; beware that it refuses a batch with fewer rows than axes, such as the short last one.
#
# If the table fits but is large, and few axes are wanted, a *randomized* SVD looks at random mixtures of the
# columns first and finds the leading axes in a fraction of the time: `PCA(d, svd_solver="randomized")`.
#
# **Your task.**
#
# - `save_table(path, X)`: write `X` as `float32` into a new raw file with `np.memmap`, and flush it.
# - `stream_pca(path, shape, d, size)`: read such a file with at most `size` rows in memory at a time and
#   return `(mean, axes)`, shapes `(n,)` and `(d, n)`, in `float64`, the axis of largest variance first.
#   **All** rows count, also those of a short last batch, and `size` may be smaller than `d`.
# - `leading_axes(X, d, seed)`: the first `d` axes `(d, n)` by a randomized solver. It is timed.
#
# <!-- covers: 8.1 8.8 8.N2 8.N3 -->

# %% answer="streaming"
def save_table(path, X):
    """Write X (m, n) to a raw float32 file."""
    ### BEGIN SOLUTION
    table = np.memmap(path, dtype="float32", mode="w+", shape=X.shape)
    table[:] = X
    table.flush()
    ### END SOLUTION


def stream_pca(path, shape, d, size):
    """Return (mean (n,), axes (d, n)) of a raw float32 file, reading at most size rows at a time."""
    ### BEGIN SOLUTION
    table = np.memmap(path, dtype="float32", mode="r", shape=shape)
    (m, n), centre = shape, np.array(table[:size], dtype=float).mean(axis=0)
    total, squares = np.zeros(n), np.zeros((n, n))
    for start in range(0, m, size):
        batch = np.array(table[start : start + size], dtype=float) - centre
        total += batch.sum(axis=0)
        squares += batch.T @ batch
    shift = total / m
    _, vectors = np.linalg.eigh(squares / m - np.outer(shift, shift))
    return centre + shift, vectors[:, ::-1][:, :d].T
    ### END SOLUTION


def leading_axes(X, d, seed=0):
    """Return the first d axes (d, n) of X (m, n), found by a randomized solver."""
    ### BEGIN SOLUTION
    return PCA(d, svd_solver="randomized", random_state=seed).fit(X).components_
    ### END SOLUTION

# %% given="stream_tools"
import tempfile
import tracemalloc
from pathlib import Path


def stream_of(X, d, size):
    """Save X to a file and return what stream_pca finds in it, and its peak memory in batches of size rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "table.raw")
        save_table(path, X)
        tracemalloc.start()
        mean, axes = stream_pca(path, X.shape, d, size)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return np.array(mean), np.array(axes), peak / (8 * size * X.shape[1])


def saved(X):
    """Save X to a file and return the numbers in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "table.raw")
        save_table(path, X)
        return np.fromfile(path, dtype="float32")

# %% checks="stream_test" points=1.5
check.close("the file holds the numbers row by row", saved(X_sheet[:5]), X_sheet[:5].astype("float32").ravel())
check.close("the mean is the one of all rows", stream_of(X_sheet, 3, 64)[0], X_sheet.mean(axis=0), rtol=1e-4)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 stream")
X = make_sheet(1010, 30, seed=draw)
X[:300] += 25 * np.sign(X[0] - 40)  # what comes first in the file is not typical
X[-8:] += 500  # nor is what comes last
X[0] -= 2000


def lost(X, mean, axes):
    return float(np.mean(np.sum((X - mean - (X - mean) @ axes.T @ axes) ** 2, axis=1)))


for rows, size in ((X, 100), (X, 250), (X[-47:], 3)):
    (mean, axes, _), full = stream_of(rows, 4, size), PCA(4).fit(rows)
    check.close(
        "the mean is that of all rows, for long, short and ragged batches",
        mean,
        full.mean_,
        rtol=5e-5,
        hint="Use every row once, the last batch too; the mean is known only in the end.",
    )
    check.close(  # over 20 draws the same to 1e-4; mean and axes of the first batch lose 1 800 times as much
        "the axes lose hardly more than those of the whole table",
        lost(rows, mean, axes),
        lost(rows, full.mean_, full.components_),
        rtol=0.02,
        hint="Subtract the mean of all rows, also from the sums: it is known only in the end.",
    )
order = X_sheet - X_sheet.mean(axis=0)
check.true(
    "the axis of largest variance comes first",
    bool(np.all(np.diff(np.var(order @ stream_of(X_sheet, 4, 50)[1].T, axis=0)) < 0)),
    hint="`np.linalg.eigh` sorts from small to large.",
)
wide = make_sheet(6000, 40, seed=draw)
check.true(  # the table has 60 batches, ours needs 4.5
    "only a few batches are in memory at a time",
    stream_of(wide, 3, 100)[2] < 12,
    hint="Slices of a memmap are read when used; do not copy the whole.",
)
### END HIDDEN TESTS

# %% checks="randomized_test" points=1
check.shape("two axes of ten entries", leading_axes(X_sheet, 2), (2, 10))
### BEGIN HIDDEN TESTS
def make_wide(seed):
    rng = np.random.default_rng(seed)
    inside = rng.normal(size=(1200, 12)) * np.linspace(9, 3, 12)
    return inside @ rng.normal(size=(12, 700)) / 25 + rng.normal(size=(1200, 700)) + 5


X = make_wide(datasets.hidden_seed("ch08 randomized"))
axes, centred = leading_axes(X, 8, 1), X - X.mean(axis=0)
share = np.sum((centred @ axes.T) ** 2) / np.sum(np.linalg.svd(centred, compute_uv=False)[:8] ** 2)
check.true(  # over 6 draws .9999 or more
    "the axes catch nearly as much variance as the exact ones",
    0.97 < float(share) < 1.0001 and np.allclose(axes @ axes.T, np.eye(8), atol=1e-6),
    hint="Centre the rows (PCA does), and ask for `d` axes.",
)
check.faster(
    "a few axes of a wide table cost little",
    leading_axes,
    inputs=lambda seed: (make_wide(seed), 8, seed),
    times=3,
    hint="Do not compute all 700 axes to keep 8.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Random projections
#
# Surprisingly, a projection need not look at the data. Multiply $m$ rows with a *random* matrix, and with
# high probability all distances survive within a factor of $1 \pm \varepsilon$, if the number of new columns
# is at least
#
# $$d \;\ge\; \frac{4 \ln m}{\frac12 \varepsilon^2 - \frac13 \varepsilon^3}$$
#
# (Johnson and Lindenstrauss; for *squared* distances). The number of old columns does not matter. The entries
# of the matrix, shape $(d, n)$, have mean 0 and variance $1/d$, so that lengths stay the same on average:
#
# - **Gaussian**: normal numbers with deviation $1/\sqrt d$;
# - **sparse**: with a share $s$ (`density`) of the entries not zero, half of these $+1/\sqrt{s d}$, half
#   $-1/\sqrt{s d}$. Most of the multiplications disappear. $s = 1/\sqrt n$ is a common choice.
#
# **Your task.** `jl_dim(m, eps)` returns the smallest whole $d$; `distortion(X, Z)` the pair of the smallest
# and the largest ratio (distance in `Z`) / (distance in `X`) over all pairs of rows. The class
# `RandomProjection` draws `matrix_` in `fit`, with a generator made from `seed`, Gaussian if `density` is
# `None` and else sparse; `transform` projects new rows with the **same** matrix; `inverse_transform` goes
# back by the pseudo-inverse (`np.linalg.pinv`).
#
# <!-- covers: 8.3 8.11 8.N4 8.N5 -->

# %% answer="random_projection"
def jl_dim(m, eps):
    """Return the number of dimensions (an int) that keeps the distances of m rows within 1 +- eps."""
    ### BEGIN SOLUTION
    return int(np.ceil(4 * np.log(m) / (eps**2 / 2 - eps**3 / 3)))
    ### END SOLUTION


def distortion(X, Z):
    """Return (smallest, largest) ratio of distances after / before, over all pairs of rows."""
    ### BEGIN SOLUTION
    ratios = pdist(Z) / pdist(X)
    return float(ratios.min()), float(ratios.max())
    ### END SOLUTION


class RandomProjection:
    """Projection on d random directions."""

    def __init__(self, d, density=None, seed=0):
        self.d, self.density, self.seed = d, density, seed

    def fit(self, X):
        """Draw matrix_ (d, n) for rows like those of X (m, n); return self."""
        ### BEGIN SOLUTION
        rng, shape = np.random.default_rng(self.seed), (self.d, X.shape[1])
        if self.density is None:
            self.matrix_ = rng.normal(size=shape) / np.sqrt(self.d)
        else:
            signs = rng.choice([-1.0, 1.0], size=shape) * (rng.random(shape) < self.density)
            self.matrix_ = signs / np.sqrt(self.density * self.d)
        return self
        ### END SOLUTION

    def transform(self, X):
        """Return the projected rows (m, d)."""
        ### BEGIN SOLUTION
        return X @ self.matrix_.T
        ### END SOLUTION

    def inverse_transform(self, Z):
        """Return the shortest rows (m, n) that are projected on Z (m, d)."""
        ### BEGIN SOLUTION
        return Z @ np.linalg.pinv(self.matrix_).T
        ### END SOLUTION

# %% checks="jl_test" points=0.5
check.close("5 000 rows within 10% need about 7 300 dimensions", jl_dim(5000, 0.1), 7300, rtol=0, atol=1)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch08 jl"))
for m, eps in ((int(rng.integers(50, 90)), 0.5), (int(rng.integers(10**5, 10**6)), 0.07)):
    check.close(
        "the bound holds for other numbers too",
        jl_dim(m, eps),
        4 * np.log(m) / (eps**2 / 2 - eps**3 / 3),
        rtol=0,
        atol=1,
        hint="The logarithm is the natural one.",
    )
X, Z = rng.normal(size=(40, 9)), rng.normal(size=(40, 4))
check.close(
    "distortion compares the distances of all pairs",
    distortion(X, Z),
    ((pdist(Z) / pdist(X)).min(), (pdist(Z) / pdist(X)).max()),
    hint="Distances, not their squares, and after divided by before.",
)
### END HIDDEN TESTS

# %% checks="projection_test" points=1.5
check.shape("rows of 10 columns become rows of 4", RandomProjection(4).fit(X_sheet).transform(X_sheet[:7]), (7, 4))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 projection")
rng = np.random.default_rng(draw)
X = rng.normal(size=(60, 900)) * rng.uniform(0.1, 5, size=900)
for density in (None, 0.1):
    projection = RandomProjection(400, density, seed=draw + 1).fit(X)
    low, high = distortion(X, projection.transform(X))
    check.true(  # over 40 draws the smallest is .86, the largest 1.15
        "distances survive a Gaussian and a sparse projection",
        0.8 < float(low) < 1 < float(high) < 1.2,
        weight=2,
        hint="Lengths stay the same on average if the entries have a variance of 1 / d.",
    )
entries = np.array(RandomProjection(300, 0.2, seed=draw).fit(X).matrix_)
check.close(  # the deviation of the share is .0008
    "a sparse matrix has this share of entries, of one size, as many positive as negative",
    [np.mean(entries != 0), np.mean(entries > 0), np.abs(entries).max(), np.abs(entries[entries != 0]).min()],
    [0.2, 0.1, 1 / np.sqrt(60), 1 / np.sqrt(60)],
    rtol=0.03,
    hint="Draw which entries are not zero, then their signs.",
)
projection = RandomProjection(5, seed=draw).fit(X)
check.close(
    "new rows are projected with the matrix that was drawn",
    [model.transform(X[:3]) for model in (projection, projection, RandomProjection(5, seed=draw).fit(X))],
    [X[:3] @ np.array(projection.matrix_).T] * 3,
    hint="Draw in `fit`, with a generator made from `seed`, and use it in `transform`.",
)
Z = rng.normal(size=(3, 5))
check.close(
    "rows that come back are projected on the same point again",
    projection.transform(projection.inverse_transform(Z)),
    Z,
    atol=1e-6,
    hint="The transpose is no inverse: use `np.linalg.pinv`.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Kernel PCA
#
# PCA draws straight axes. *Kernel PCA* bends them: map the rows into a space with very many dimensions, and
# do PCA there. The map is never computed. All that PCA needs are the inner products of mapped rows, and a
# *kernel* gives these directly: the RBF kernel is $k(a, b) = \exp(-\gamma \lVert a - b\rVert^2)$. With the
# kernel matrix $K$ of the training rows:
#
# 1. centre the mapped rows, by $\tilde K = K - \mathbf 1 K - K \mathbf 1 + \mathbf 1 K \mathbf 1$, where
#    $\mathbf 1$ is the matrix with all entries $1/m$;
# 2. take the $d$ largest eigenvalues $\lambda_j$ of $\tilde K$ and their unit eigenvectors $u_j$;
# 3. training row $i$ has the coordinates $\sqrt{\lambda_j}\,u_{ij}$, and a new row $\sum_i \tilde k_i\,
#    u_{ij} / \sqrt{\lambda_j}$, where $\tilde k$ are its kernels with the training rows, centred with **the
#    training rows'** means: $\tilde k_i = k_i - \operatorname{mean}_l k_l - \operatorname{mean}_l K_{li} +
#    \operatorname{mean} K$.
#
# How to choose $\gamma$ without labels? Map rows, go back to the plane (the *pre-image*), and look at how far
# they end from where they were.
#
# **Your task.** Write `rbf(A, B, gamma)`, shape `(rows of A, rows of B)` (timed), the class `KernelPCAByHand`
# (the sign of an axis does not matter), and `best_gamma(X, X_valid, gammas, d)`: the pair of the gamma with
# the smallest mean squared pre-image error on `X_valid`, and the list of these errors. Use scikit-learn's
# `KernelPCA(d, kernel="rbf", gamma=..., fit_inverse_transform=True, alpha=0.01)` here, fitted on `X`; the
# mean is over all entries.
#
# <!-- covers: 8.9 8.6 8.N7 -->

# %% answer="kernel_pca"
def rbf(A, B, gamma):
    """Return the RBF kernels (a, b) of the rows of A (a, n) and B (b, n)."""
    ### BEGIN SOLUTION
    squares = (A**2).sum(axis=1)[:, None] + (B**2).sum(axis=1) - 2 * A @ B.T
    return np.exp(-gamma * np.maximum(squares, 0.0))
    ### END SOLUTION


class KernelPCAByHand:
    """Kernel PCA with the RBF kernel."""

    def __init__(self, d=2, gamma=1.0):
        self.d, self.gamma = d, gamma

    def fit(self, X):
        """Find the first d axes for the rows X (m, n); return self."""
        ### BEGIN SOLUTION
        self.X_, K = X, rbf(X, X, self.gamma)
        self.means_ = K.mean(axis=0)
        values, vectors = np.linalg.eigh(K - self.means_ - self.means_[:, None] + K.mean())
        values, vectors = values[::-1][: self.d], vectors[:, ::-1][:, : self.d]
        self.scaled_ = vectors / np.sqrt(values)
        return self
        ### END SOLUTION

    def transform(self, X):
        """Return the coordinates (rows, d), for training rows and others."""
        ### BEGIN SOLUTION
        K = rbf(X, self.X_, self.gamma)
        return (K - K.mean(axis=1, keepdims=True) - self.means_ + self.means_.mean()) @ self.scaled_
        ### END SOLUTION


def best_gamma(X, X_valid, gammas, d=2):
    """Return (gamma, errors): the gamma with the smallest pre-image error, and all errors."""
    ### BEGIN SOLUTION
    errors = []
    for gamma in gammas:
        model = KernelPCA(d, kernel="rbf", gamma=gamma, fit_inverse_transform=True, alpha=0.01).fit(X)
        back = model.inverse_transform(model.transform(X_valid))
        errors.append(float(np.mean((back - X_valid) ** 2)))
    return gammas[int(np.argmin(errors))], errors
    ### END SOLUTION

# %% checks="kernel_test" points=1.5
check.close("a row has the kernel 1 with itself", rbf(X_sheet[:4], X_sheet[:4], 0.5).diagonal(), np.ones(4))
check.shape("rows get two coordinates", KernelPCAByHand(2, 0.01).fit(X_sheet[:60]).transform(X_sheet[60:70]), (10, 2))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 kernel")
rng = np.random.default_rng(draw)
X, X_new, gamma = rng.normal(1, 1, size=(90, 3)), rng.normal(1.3, 1, size=(30, 3)), float(rng.uniform(0.2, 0.5))
mine, theirs = KernelPCAByHand(3, gamma).fit(X), KernelPCA(3, kernel="rbf", gamma=gamma, eigen_solver="dense").fit(X)
for rows in (X, X_new):
    check.close(
        "training rows and new rows have scikit-learn's coordinates, whichever way axes point",
        np.abs(mine.transform(rows)),
        np.abs(theirs.transform(rows)),
        rtol=1e-4,
        atol=1e-5,
        weight=3,
        hint="Centre new kernels with the means of the training kernels, and divide by the root of the eigenvalue.",
    )
rings, side = make_circles(900, noise=0.06, factor=0.4, random_state=draw % 2**32)
bent = KernelPCAByHand(3, 1.0).fit(rings[:300])
line = LogisticRegression(C=100.0).fit(bent.transform(rings[:300]), side[:300])
check.score(  # over 20 draws 1.000 (worst .998); without centring or with the smallest eigenvalues about .5
    "in your coordinates a straight line tells two rings apart",
    side[300:],
    line.predict(bent.transform(rings[300:])),
    at_least=0.97,
    hint="The largest eigenvalues are the last ones of `eigh`.",
)
check.faster(
    "kernels come from matrix products",
    rbf,
    inputs=lambda seed: (*np.random.default_rng(seed).normal(size=(2, 700, 8)), 0.5),
    times=8,
    hint="The square of a distance is a.a + b.b - 2 a.b; no loop over pairs.",
)
### END HIDDEN TESTS

# %% checks="gamma_test" points=0.5
check.equal("there is one error per gamma", len(best_gamma(X_sheet[:80, :2], X_sheet[80:120, :2], [0.01, 0.1])[1]), 2)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch08 gamma")
rings, _ = make_circles(220, noise=0.05, factor=0.5, random_state=draw)
gammas, errors = [0.01, 0.3, 3.0, 100.0], []
for gamma in gammas:
    model = KernelPCA(2, kernel="rbf", gamma=gamma, fit_inverse_transform=True, alpha=0.01).fit(rings[:150])
    errors.append(float(np.mean((model.inverse_transform(model.transform(rings[150:])) - rings[150:]) ** 2)))
check.close(
    "gamma is chosen by the error of rows that come back, which the model has not learnt",
    best_gamma(rings[:150], rings[150:], gammas),
    (gammas[int(np.argmin(errors))], errors),
    rtol=1e-3,
    hint="Fit on `X`, and send `X_valid` there and back; compare in the original plane.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Unrolling a carpet
#
# The *manifold hypothesis*: real rows often lie near a sheet of few dimensions, bent inside a space of many.
# No projection unrolls a rolled carpet. These methods look at neighbours instead:
#
# - **MDS** (multidimensional scaling) places points so that given distances are kept. In its classical form:
#   square the distances, centre rows and columns, $B = -\frac12 J D^2 J$ (from the identity, $J$ takes
#   $\frac1m$ off every entry; $D^2$ squares each entry), and use the $d$ largest eigenvalues and
#   eigenvectors, $Z = U \sqrt\Lambda$. For straight distances that is PCA.
# - **Isomap** does MDS with distances *along* the sheet: connect each row with its nearest neighbours, and
#   take the length of the shortest path.
# - **LLE** (locally linear embedding) writes each row as a weighted mean of its neighbours and looks for a
#   flat picture with the same weights. Good at unrolling; it needs an $m \times m$ eigenproblem and scales
#   poorly.
# - **t-SNE** keeps neighbours together and pushes others apart: fine for pictures of clusters. Sizes of
#   clusters and distances between them mean nothing, and it cannot transform new rows.
#
# All depend on the number of neighbours: too few tear the sheet, too many jump from one layer of the roll to
# the next.
#
# **Your task.**
#
# - `classical_mds(D, d)`: coordinates `(m, d)`, largest eigenvalue first, from a matrix of distances.
# - `along(X, k)`: the matrix of shortest paths, in a graph where each row is connected with its `k` nearest
#   others by an edge as long as their distance, usable in both directions (`kneighbors_graph(...,
#   mode="distance")`, `scipy.sparse.csgraph.shortest_path`).
# - `unroll(X)`: flatten a new carpet to two columns with a method and settings of your choice. No labels, no
#   seeds from the data. Look at more than one carpet before you settle. It is timed.
# - `draw_digits(X, y, seed)`: a scatter plot (`ax.scatter`) of the rows in two dimensions made by t-SNE with
#   `random_state=seed`, coloured by `c=y`; return the `Axes`. Reducing the rows to 30 columns by PCA first
#   makes it faster.
#
# <!-- covers: 8.1 8.4 8.10 8.12 8.13 8.14 -->

# %% given="carpet_data"
def make_carpet(m, seed, noise=0.1):
    """Return the points (m, 3) of a rolled carpet and how far along it they lie (m,)."""
    rng = np.random.default_rng(seed)
    turn = np.sqrt(rng.uniform(4.0**2, 11.0**2, size=m))  # rows are spread evenly
    X = np.c_[turn * np.cos(turn), rng.uniform(0, 9, size=m), turn * np.sin(turn)]
    return X + noise * rng.normal(size=X.shape), turn**2 / 2


X_carpet, along_carpet = make_carpet(700, seed=87)

# %% answer="unrolling"
def classical_mds(D, d=2):
    """Return coordinates (m, d) whose distances are near those of D (m, m)."""
    ### BEGIN SOLUTION
    squares = D**2
    means = squares.mean(axis=0)
    values, vectors = np.linalg.eigh(-(squares - means - means[:, None] + squares.mean()) / 2)
    return vectors[:, ::-1][:, :d] * np.sqrt(np.maximum(values[::-1][:d], 0.0))
    ### END SOLUTION


def along(X, k=8):
    """Return the lengths (m, m) of shortest paths over the k nearest neighbours of each row."""
    ### BEGIN SOLUTION
    from scipy.sparse.csgraph import shortest_path

    return shortest_path(kneighbors_graph(X, k, mode="distance"), directed=False)
    ### END SOLUTION


def unroll(X):
    """Return a flat picture (m, 2) of a rolled carpet X (m, 3)."""
    ### BEGIN SOLUTION
    return Isomap(n_neighbors=8, n_components=2).fit_transform(X)
    ### END SOLUTION


def draw_digits(X, y, seed=0):
    """Return an Axes with a t-SNE scatter plot of X (m, n), coloured by y (m,)."""
    ### BEGIN SOLUTION
    flat = PCA(30, random_state=seed).fit_transform(X)
    Z = TSNE(2, perplexity=20, max_iter=500, random_state=seed).fit_transform(flat)
    _, ax = plt.subplots()
    ax.scatter(Z[:, 0], Z[:, 1], c=y, cmap="tab10", s=8)
    return ax
    ### END SOLUTION

# %% checks="mds_test" points=1
check.close(
    "distances in the plane come back as they are",
    pdist(classical_mds(squareform(pdist(X_sheet[:20, :2])))),
    pdist(X_sheet[:20, :2]),
)
check.close("the way along a line", along(np.array([[0.0], [1.0], [3.0]]), 1)[0], np.array([0.0, 1.0, 3.0]))
### BEGIN HIDDEN TESTS
from scipy.sparse.csgraph import shortest_path

draw = datasets.hidden_seed("ch08 mds")
X = make_sheet(70, 6, seed=draw)
check.close(
    "for straight distances, classical MDS is PCA",
    np.abs(classical_mds(squareform(pdist(X)), 3)),
    np.abs(PCA(3).fit_transform(X)),
    rtol=1e-4,
    atol=1e-5,
    hint="Square the distances before centring, and multiply by the roots of the eigenvalues.",
)
carpet, _ = make_carpet(300, seed=draw)
for k in (9, 14):
    graph = kneighbors_graph(carpet, k, mode="distance")
    check.close(
        "paths go along neighbours, in both directions",
        along(carpet, k),
        shortest_path(graph.maximum(graph.T)),
        hint="Edges are as long as the distance, and may be walked from either end.",
    )
carpet = make_carpet(400, seed=draw)[0]
check.close(
    "together they are Isomap",
    np.abs(classical_mds(along(carpet, 10), 2)),
    np.abs(Isomap(n_neighbors=10, n_components=2).fit_transform(carpet)),
    rtol=1e-3,
    atol=1e-3,
    hint="Only the sign of a column is free.",
)
### END HIDDEN TESTS

# %% checks="unroll_test" points=1
check.shape("a carpet has two columns", unroll(X_carpet), (700, 2))
### BEGIN HIDDEN TESTS
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness


def follows(place, flat):
    return max(abs(float(spearmanr(flat[:, column], place)[0])) for column in range(2))


draw = datasets.hidden_seed("ch08 unroll")
for number in range(2):
    carpet, place = make_carpet(800, seed=draw + number, noise=0.12)
    flat = unroll(carpet)
    check.score(  # over 20 draws Isomap 1.000, LLE with 12 neighbours .999 (worst .997); PCA .58 (best .63)
        "one of your two columns follows the carpet from the inside out",
        place,
        flat,
        metric=follows,
        at_least=0.97,
        partial=0.85,
        weight=2,
        hint="A straight projection cannot unroll it. Try other methods and numbers of neighbours on several carpets.",
    )
    check.true(  # over 20 draws Isomap .999 (worst .994), LLE .994 (worst .985); PCA .945 (best .955)
        "who is near in the picture was near before",
        float(trustworthiness(carpet, flat)) > 0.97,
        hint="`sklearn.manifold.trustworthiness` tells how far neighbours in the picture can be trusted.",
    )
check.faster(
    "unrolling is fast",
    unroll,
    inputs=lambda seed: (make_carpet(700, seed)[0],),
    times=6,
    agrees=lambda got, expected: np.shape(got) == (700, 2),  # other methods give other pictures
    hint="t-SNE and iterative MDS are slow here; are they needed?",
)
### END HIDDEN TESTS

# %% checks="tsne_test" points=0.5
check.shape(
    "there is one point per digit",
    np.array(draw_digits(X_digits[:120], y_digits[:120]).collections[0].get_offsets()),
    (120, 2),
)
### BEGIN HIDDEN TESTS
images, digits, _ = datasets.mnist_like(360, seed=datasets.hidden_seed("ch08 tsne"))
points = draw_digits(images.reshape(360, -1) / 255.0, digits, 5).collections[0]
places = np.array(points.get_offsets())
near = KNeighborsClassifier(5).fit(places[::2], digits[::2])
check.score(  # over 20 draws .873 (deviation .037, worst .806); the first axes of PCA .449 (best .522)
    "digits of one kind lie together in the picture",
    digits[1::2],
    near.predict(places[1::2]),
    at_least=0.78,
    partial=0.7,
    hint="Draw what t-SNE gives, not the first two axes of PCA.",
)
check.equal(
    "the colours are the labels",
    np.array(points.get_array()).astype(int),
    digits,
    weight=0.5,
    hint="`ax.scatter(..., c=y)`.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — With labels, and which method when
#
# PCA does not look at labels, and the direction that tells classes apart may have little variance. *Linear
# discriminant analysis* (LDA) is a classifier that looks for it: its axes make the class means far apart
# compared with the spread inside the classes. For $K$ classes there are at most $K - 1$. Project on them,
# then use any classifier.
#
# **Your task.** `separate(X, y, X_new, d)`: the pair of both tables projected on the first `d` LDA axes
# learnt from `X` and `y`. And fill in `ANSWERS` with the words offered:
#
# - `"many_columns"`: with more columns and the same rows, data get `"denser"` or `"sparser"`?
# - `"faster_training"`: reducing columns makes training faster: `"always"` or `"usually"`?
# - `"axis_sign"`: a PCA axis points the other way after a retraining. Is that a `"bug"` or `"harmless"`?
# - `"not_centred"`: without centring, the first axis points to the `"mean"` or to the largest `"variance"`?
# - `"for_plots"`: for a picture, how many axes are kept: `"2"` or `"95%"`?
# - `"best_for_clusters"`: pictures of clusters: `"t-SNE"`, `"random projection"` or `"LDA without labels"`?
# - `"poor_scaling"`: which scales worst with the number of rows: `"PCA"`, `"random projection"` or `"LLE"`?
# - `"keeps_path_lengths"`: `"Isomap"`, `"MDS"` or `"PCA"`?
# - `"knows_labels"`: `"PCA"`, `"LDA"` or `"LLE"`?
# - `"jl_depends_on"`: the bound of Johnson and Lindenstrauss depends on the number of `"rows"` or
#   `"columns"`?
# - `"larger_than_memory"`: `"IncrementalPCA"`, `"KernelPCA"` or `"TSNE"`?
# - `"kernel_trick"`: it computes inner products `"without the map"` or `"with the map"`?
#
# <!-- covers: 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.9 8.10 8.13 8.14 8.15 8.N2 8.N4 -->

# %% given="mixed_data"
def make_wines(m, seed):
    """Return measurements (m, 8) of three wines, told apart by faint directions, and the wines (m,)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, size=m)
    X = rng.normal(size=(m, 8)) * [9, 7, 5, 4, 3, 2, 1, 1]
    X[:, 6] += 3.5 * (y == 1)
    X[:, 7] += 3.5 * (y == 2)
    mixing, _ = np.linalg.qr(np.random.default_rng(88).normal(size=(8, 8)))  # the instruments stay the same
    return X @ mixing, y


X_wines, y_wines = make_wines(200, seed=89)

# %% answer="separate"
def separate(X, y, X_new, d=2):
    """Return (Z, Z_new): X (m, n) and X_new projected on the first d discriminant axes."""
    ### BEGIN SOLUTION
    lda = LinearDiscriminantAnalysis(n_components=d).fit(X, y)
    return lda.transform(X), lda.transform(X_new)
    ### END SOLUTION

# %% answer="answers"
ANSWERS = {}
### BEGIN SOLUTION
ANSWERS = {
    "many_columns": "sparser",
    "faster_training": "usually",
    "axis_sign": "harmless",
    "not_centred": "mean",
    "for_plots": "2",
    "best_for_clusters": "t-SNE",
    "poor_scaling": "LLE",
    "keeps_path_lengths": "Isomap",
    "knows_labels": "LDA",
    "jl_depends_on": "rows",
    "larger_than_memory": "IncrementalPCA",
    "kernel_trick": "without the map",
}
### END SOLUTION

# %% checks="separate_test" points=0.75
check.shape("new wines have two coordinates", separate(X_wines[:150], y_wines[:150], X_wines[150:])[1], (50, 2))
### BEGIN HIDDEN TESTS
X, y = make_wines(1300, seed=datasets.hidden_seed("ch08 wines"))
Z, Z_new = separate(X[:300], y[:300], X[300:], 2)
check.score(  # over 20 draws .937 (deviation .008, worst .922); axes of PCA .338 (best .371)
    "neighbours in the two coordinates are of the same wine",
    y[300:],
    KNeighborsClassifier(9).fit(Z, y[:300]).predict(Z_new),
    at_least=0.88,
    weight=2,
    hint="The directions that tell wines apart are faint: which method looks at labels?",
)
check.close(
    "new rows are projected one by one, whatever the others are",
    separate(X[:300], y[:300], X[300:400], 2)[1][:5],
    separate(X[:300], y[:300], X[300:305] + 0.0, 2)[1],
    hint="Learn from `X` and `y` only.",
)
check.shape(
    "there are as many coordinates as asked for",
    separate(X[:300], y[:300], X[300:305], 1)[1],
    (5, 1),
    hint="See the parameter `n_components`.",
)
### END HIDDEN TESTS

# %% checks="answers_test" points=0.75
check.equal("there are twelve answers", len(ANSWERS), 12)
### BEGIN HIDDEN TESTS
check.equal(
    "what many columns do, and what reducing them brings",
    [ANSWERS.get(k) for k in ("many_columns", "faster_training", "for_plots")],
    ["sparser", "usually", "2"],
    hint="Read the beginning of the chapter and Exercise 1 again.",
)
check.equal(
    "what PCA's axes are",
    [ANSWERS.get(k) for k in ("axis_sign", "not_centred", "kernel_trick")],
    ["harmless", "mean", "without the map"],
    hint="Read the lessons of Exercises 2 and 6 again.",
)
check.equal(
    "what manifold methods are good and bad at",
    [ANSWERS.get(k) for k in ("best_for_clusters", "poor_scaling", "keeps_path_lengths")],
    ["t-SNE", "LLE", "Isomap"],
    hint="Read the list of Exercise 7 again.",
)
check.equal(
    "labels, bounds and memory",
    [ANSWERS.get(k) for k in ("knows_labels", "jl_depends_on", "larger_than_memory")],
    ["LDA", "rows", "IncrementalPCA"],
    hint="Read the lessons of Exercises 4, 5 and 8 again.",
)
### END HIDDEN TESTS

# %% [markdown] essay="choice_essay" points=2
# **In your own words (2 points).** A hospital has 60 000 scans of 4 096 pixels each, and wants to (a) train a
# classifier that needs an hour too long now, (b) show doctors a map of the scans, and (c) flag scans unlike
# any before. An intern fitted PCA on all scans, kept 95% of the variance, split into training and test
# afterwards, and drew the first two axes as the map. In about ten lines: what is wrong, and what do you
# suggest for (a), (b) and (c)? How would you judge each?
#
# ### BEGIN SOLUTION
# *Wrong (0.5).* PCA learnt from test scans too: split first, and put it into the pipeline. 95% is a guess;
# the number of axes should be searched by validation. Two axes show variance, not groups. Scans of one
# patient must stay on one side of the split.
#
# *(a) (0.5).* First measure without reduction. Then randomized or incremental PCA, or a random projection,
# with the number of axes tuned with the classifier; judge by validation accuracy and by the time of the whole
# pipeline.
#
# *(b) (0.5).* t-SNE (after PCA to about 50 axes) on a few thousand scans; several seeds and perplexities, as
# sizes and gaps in the map mean nothing. Judge by trustworthiness or by neighbours of known diagnosis.
#
# *(c) (0.5).* Reconstruction error of a PCA learnt from ordinary scans only; threshold from held-out ordinary
# scans. Judge by AUC or precision on a few known anomalies. Distance within the map would not do.
# ### END SOLUTION
