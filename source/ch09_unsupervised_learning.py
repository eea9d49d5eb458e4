# %% [markdown]
# # 9. Unsupervised learning
#
# Most data have no labels. This chapter finds groups, densities and odd rows in them anyway: you write k-means,
# DBSCAN, Gaussian mixtures and spectral clustering yourself, judge the groups they find, learn digits from fifty
# labels, and compare six detectors of anomalies.
#
# What groups are for: *segmenting* customers, *looking at* a new table group by group, *reducing* a row to its
# closeness to each group, finding rows that are close to none (*anomalies*), spreading a few labels
# (*semi-supervised learning*), *searching* for similar images within one group only, and *segmenting an image* by
# giving each pixel the mean colour of its group.
#
# Throughout, $X$ has $m$ rows and $n$ features, and $k$ is the number of groups.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import DBSCAN, KMeans, MiniBatchKMeans
from sklearn.datasets import load_digits, load_wine, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — K-means
#
# K-means (Lloyd, Forgy) wants $k$ centres with the smallest **inertia**, the sum of squared distances from each row to
# its nearest centre. Starting from some centres it repeats two steps: label each row with its nearest centre, then move
# each centre to the mean of its rows. Neither step can raise the inertia, and there are only finitely many ways
# to label rows, so it stops, though often not at the best place. Three things help:
#
# - *k-means++*: the first centre is a random row, each further one a random row drawn with probability
#   proportional to the **squared** distance from the nearest centre so far. So the centres start far apart.
# - *Restarts*: run it several times and keep the run with the smallest inertia.
# - *Empty clusters* have no mean. Such a centre jumps to the row that is farthest from its own centre.
#
# The nearest centre is a *hard* label; it cuts space into straight-edged cells (a *Voronoi diagram*). Distances
# to all centres, or affinities $\exp(-\gamma\,\lVert x - c\rVert^2)$, are *soft* ones, and make good features.
#
# Most distances need not be computed: if $c$ is at least twice as far from my centre $a$ as I am,
# $\lVert a - c\rVert \ge 2\,\lVert x - a\rVert$, the triangle inequality says that $c$ cannot be nearer to me than $a$.
# `KMeans(algorithm="elkan")` uses that.
#
# **Your task**, in NumPy.
#
# - `lloyd(X, centres, rounds=100)` returns `(centres, labels, inertias)`. In each round label the rows, append the
#   inertia, and move the centres; stop when they no longer move. The labels are those of the returned centres, and
#   the array passed in stays as it is. It is timed: no loop over rows.
# - `seed_centres(X, k, seed)`: `(k, n)` start centres by k-means++.
# - `kmeans(X, k, n_init=10, seed=0)`: `(centres, labels, inertia)` of the best of `n_init` **different** starts.
# - `affinities(X, centres, gamma)`: the soft labels, shape `(m, k)`.
# - `skippable(X, centres, labels)`: booleans `(m, k)`, True where the triangle inequality rules a centre out, given
#   that row $i$ was with centre `labels[i]` so far. A row's own centre is never ruled out.
#
# <!-- covers: 9.3 9.4 9.5 9.6 -->

# %% given="groups_data"
def make_groups(m, k, seed, n=2, spread=1.0, apart=6.0):
    """Return X (m, n) and the group (m,) of each row: k round groups with centres at least so far apart."""
    rng = np.random.default_rng(seed)
    centres = np.empty((0, n))
    while len(centres) < k:
        candidate = rng.uniform(-12, 12, size=n)
        if np.all(np.linalg.norm(centres - candidate, axis=1) >= apart):
            centres = np.vstack([centres, candidate])
    group = rng.integers(k, size=m)
    return centres[group] + spread * rng.normal(size=(m, n)), group


X_groups, group = make_groups(300, 5, seed=91)
corners = np.array([[0.0, 0.0], [0.0, 2.0], [10.0, 0.0], [10.0, 2.0]])  # two pairs of rows

# %% answer="kmeans"
def lloyd(X, centres, rounds=100):
    """Return (centres (k, n), labels (m,), list of inertias) after Lloyd's algorithm from these centres."""
    ### BEGIN SOLUTION
    centres, inertias = centres.astype(float), []
    for _ in range(rounds):
        distances = _squares(X, centres)
        labels = distances.argmin(axis=1)
        cost = distances.min(axis=1)
        inertias.append(float(cost.sum()))
        members = np.eye(len(centres))[labels]
        counts = members.sum(axis=0)
        moved = (members.T @ X) / np.maximum(counts, 1)[:, None]
        empty = np.flatnonzero(counts == 0)
        moved[empty] = X[np.argsort(-cost)[: len(empty)]]
        if np.allclose(moved, centres, rtol=0, atol=1e-12):
            break
        centres = moved
    return centres, _squares(X, centres).argmin(axis=1), inertias


def _squares(X, centres):
    squares = (X**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * X @ centres.T
    return np.maximum(squares, 0)
    ### END SOLUTION


def seed_centres(X, k, seed=0):
    """Return k rows of X as start centres, drawn by k-means++."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    centres = X[[rng.integers(len(X))]]
    while len(centres) < k:
        weights = _squares(X, centres).min(axis=1)
        centres = np.vstack([centres, X[rng.choice(len(X), p=weights / weights.sum())]])
    return centres
    ### END SOLUTION


def kmeans(X, k, n_init=10, seed=0):
    """Return (centres, labels, inertia) of the best of n_init runs."""
    ### BEGIN SOLUTION
    runs = [lloyd(X, seed_centres(X, k, seed + run)) for run in range(n_init)]
    centres, labels, inertias = min(runs, key=lambda run: run[2][-1])
    return centres, labels, inertias[-1]
    ### END SOLUTION

# %% answer="soft"
def affinities(X, centres, gamma=1.0):
    """Return exp(-gamma * squared distance) of all rows and centres, shape (m, k)."""
    ### BEGIN SOLUTION
    differences = X[:, None, :] - centres
    return np.exp(-gamma * (differences**2).sum(axis=2))
    ### END SOLUTION


def skippable(X, centres, labels):
    """Return booleans (m, k): True where the triangle inequality rules the centre out."""
    ### BEGIN SOLUTION
    own = np.linalg.norm(X - centres[labels], axis=1)
    between = np.linalg.norm(centres[labels][:, None, :] - centres, axis=2)
    ruled_out = between >= 2 * own[:, None]
    ruled_out[np.arange(len(X)), labels] = False
    return ruled_out
    ### END SOLUTION

# %% checks="lloyd_test" points=1.5
found = lloyd(corners, np.array([[1.0, 0.0], [2.0, 0.0]]))
check.close("four corners make two pairs", found[0], [[0.0, 1.0], [10.0, 1.0]])
check.close("the last inertia is that of the pairs", found[2][-1], 4.0)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 lloyd")
X, _ = make_groups(400, 6, seed=draw, n=3, spread=1.5)
start = X[:6].copy()
oracle = KMeans(6, init=start, n_init=1, tol=0, max_iter=100).fit(X)
centres, labels, inertias = lloyd(X, start)
check.close(
    "it ends where k-means ends", centres, oracle.cluster_centers_, rtol=1e-3, atol=1e-3,
    hint="Nearest centre, mean of its rows, again until nothing moves.",
)
once = lloyd(X, start, 1)
check.equal(
    "labels fit the returned centres, also after a single round",
    [int(label) for label in once[1]],
    [int(np.argmin(((once[0] - x) ** 2).sum(axis=1))) for x in X],
    hint="Label the rows once more after the last move.",
)
check.close(
    "inertias add squared distances, begin with the start centres, and end when nothing moves",
    [inertias[0], inertias[-1], float(len(inertias) < 100)],
    [((X[:, None] - start) ** 2).sum(axis=2).min(axis=1).sum(), oracle.inertia_, 1.0],
    rtol=1e-3,
    hint="Squared distances to the nearest centre, summed, before the centres move. Stop early.",
)
check.unchanged("the start centres stay as they are", lloyd, args=(X, start), hint="Work on a copy.")
far = np.vstack([X[:2], [[500.0, 500.0, 500.0]], X[2:3]])
centres, labels, inertias = lloyd(X + 100, far + 100)
check.true(
    "a centre without rows jumps to a row and gets a cluster",
    bool(np.isfinite(centres).all() and len(np.unique(labels)) == 4 and np.abs(centres - 100).max() < 30),
    hint="The mean of no rows is nan. Take the row that is farthest from its centre.",
)
rng = np.random.default_rng(draw + 1)
check.faster(
    "labels and means of thousands of rows come from matrix products",
    lloyd,
    inputs=lambda seed: (np.random.default_rng(seed).normal(size=(4000, 8)), rng.normal(size=(10, 8)), 20),
    times=5,
    agrees=lambda got, expected: np.allclose(got[2][-1], expected[2][-1], rtol=1e-3),
    hint="A loop over rows is slow; over centres it is not.",
)
### END HIDDEN TESTS

# %% checks="kmeans_test" points=1
check.shape("there are five start centres", seed_centres(X_groups, 5, 1), (5, 2))
check.true("five groups are found", kmeans(X_groups, 5)[2] < 700)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 kmeans")
line = np.repeat([[0.0], [1.0], [6.0]], 20, axis=0)
pairs = [sorted(seed_centres(line, 2, draw % 10**6 + i)[:, 0].tolist()) for i in range(600)]
near, wide = (float(np.mean([pair == [0.0, b] for pair in pairs])) for b in (1.0, 6.0))
# {0, 1}: 1/3 (1/37 + 1/26) = 0.022 (standard error 0.006), plain distances 0.103, uniform 0.34; {0, 6}: 1/3 (36/37 +
# 36/61) = 0.521 (0.020), always the farthest row 0.667.
check.true(
    "k-means++ draws by squared distances",
    bool(near < 0.057 and abs(wide - 0.521) < 0.09),
    hint="The probability of a row is its squared distance from the nearest centre so far, divided by their sum.",
)
# Of 50 tables twenty starts were as good as the best in 49, one start in 11.
ratios = []
for number in range(8):
    X, _ = make_groups(280, 14, seed=draw + number, spread=0.7, apart=4.0)
    centres, labels, inertia = kmeans(X, 14, n_init=20, seed=number)
    best = min(KMeans(14, n_init=20, random_state=r).fit(X).inertia_ for r in (0, 1))
    ratios.append(float(((X - np.asarray(centres)[labels]) ** 2).sum()) / best)
# Twelve groups of three rows, far out: some of twenty good starts find them all, uniform ones never do.
turns = np.repeat(np.linspace(0, 2 * np.pi, 12, endpoint=False), 3)
rare = 200 * np.c_[np.cos(turns), np.sin(turns)] + np.random.default_rng(draw).normal(0, 0.1, (36, 2))
rare = np.vstack([np.random.default_rng(draw + 1).normal(size=(400, 2)), rare])
lonely = kmeans(rare, 13, n_init=20, seed=3)[2] / KMeans(13, n_init=20, random_state=0).fit(rare).inertia_
check.true(
    "the best of twenty starts is as good as it gets",
    bool(np.sum(np.array(ratios) < 1.04) >= 6 and lonely < 1.15),
    weight=2,
    hint="Each start needs another seed, and the smallest inertia wins.",
)
X, _ = make_groups(400, 6, seed=draw, spread=5.0)  # one cloud: k-means moves for many rounds
centres, labels, inertia = kmeans(X, 6, n_init=2)
check.close(
    "the inertia is that of the returned labels",
    inertia,
    ((X - np.asarray(centres)[labels]) ** 2).sum(),
    rtol=1e-3,
    hint="Sum the squared distances of the best run, to the centres that are returned.",
)
check.deterministic("the seed decides", kmeans, args=(X_groups, 4, 2, 7), hint="Use a generator made from the seed.")
### END HIDDEN TESTS

# %% checks="soft_test" points=0.5
check.close("a centre is like itself", affinities(corners, corners, 1.0).diagonal(), np.ones(4))
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch09 soft"))
X, C = rng.normal(size=(60, 3)), 2 * rng.normal(size=(7, 3))
X[30] = C[3]
labels = np.array([int(np.argmin(((C - x) ** 2).sum(axis=1))) for x in X])
labels[:20] = rng.integers(7, size=20)
far = np.sqrt(((X[:, None] - C) ** 2).sum(axis=2))
check.close(
    "affinities fall with the squared distance",
    affinities(X, C, 0.3),
    np.exp(-0.3 * far**2),
    hint="Gamma is a factor, and distances are squared.",
)
gap = np.sqrt(((C[labels][:, None] - C) ** 2).sum(axis=2))
check.equal(
    "centres are ruled out as far as the triangle inequality goes, and no farther",
    np.asarray(skippable(X, C, labels)),
    (gap >= 2 * far[np.arange(60), labels][:, None]) & (np.arange(7) != labels[:, None]),
    hint="Compare the distance between two centres with twice the row's distance from its own; the own centre stays.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — How many groups, and how good?
#
# Inertia cannot choose $k$: it falls with every further centre. Drawn over $k$ it often has an *elbow*, after which
# more centres gain little; that is a hint, not a rule. The **silhouette** of a row looks at both sides. With $a$ its
# mean distance to the **other** rows of its cluster and $b$ the smallest mean distance to the rows of another cluster,
#
# $$s = \frac{b - a}{\max(a, b)} .$$
#
# Near 1 the row sits well, near 0 it is on a border, below 0 it belongs elsewhere. A row that is alone in its cluster
# gets 0. The mean over all rows judges a clustering. The *silhouette diagram* shows more: for each cluster its
# rows' values, sorted, and the mean as a dashed line. Clusters should be about equally wide and reach beyond the line.
#
# K-means draws straight borders half-way between centres. It struggles with clusters of different size, density, or
# stretched shape, and it obeys the units of the columns: **scale first**, unless they share one.
#
# **Your task.**
#
# - `silhouettes(X, labels)`: the silhouette of each row, shape `(m,)`. Labels are any integers; there are
#   at least two. Distances may come from `sklearn.metrics.pairwise_distances`; silhouettes may not. It is timed.
# - `plot_diagram(X, labels)`: the diagram as upright bars (`ax.bar`): clusters from left to right by label, within
#   each the largest value first; and the mean as a dashed line (`ax.axhline`). Label the y axis. Return the `Axes`.
# - `cluster(X, k)`: labels of k-means (`n_init=10`, `random_state=0`) on scaled columns.
# - `elbow(X, ks)`: the list of inertias of the same k-means on scaled columns, one for each of `ks`.
# - `choose_k(X, ks)`: that of `ks` with the largest mean silhouette, on scaled columns.
#
# The wine table comes with scikit-learn; the bottles that you are graded on are invented from its means and covariances.
#
# <!-- covers: 9.8 9.9 9.10 9.11 -->

# %% given="bottles_data"
wine = load_wine()  # 178 bottles, 13 measurements in very different units


def make_bottles(m, seed):
    """Return X (m, 13) and grape (m,): invented bottles with the means and covariances of the real ones."""
    rng = np.random.default_rng(seed)
    grape = rng.integers(3, size=m)
    X = np.empty((m, 13))
    for g in range(3):
        rows = wine.data[wine.target == g]
        X[grape == g] = rng.multivariate_normal(rows.mean(axis=0), np.cov(rows.T), size=(grape == g).sum())
    return X, grape


X_three, three = make_groups(120, 3, seed=92)

# %% answer="silhouette"
def silhouettes(X, labels):
    """Return the silhouette of each row, shape (m,)."""
    ### BEGIN SOLUTION
    from sklearn.metrics import pairwise_distances

    _, place = np.unique(labels, return_inverse=True)
    members = np.eye(place.max() + 1)[place]
    counts = members.sum(axis=0)
    sums = pairwise_distances(X) @ members
    rows = np.arange(len(X))
    a = sums[rows, place] / np.maximum(counts[place] - 1, 1)
    means = sums / counts
    means[rows, place] = np.inf
    b = means.min(axis=1)
    return np.where(counts[place] > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-300), 0.0)
    ### END SOLUTION


def plot_diagram(X, labels):
    """Draw the silhouette diagram as bars with the mean as a dashed line; return the Axes."""
    ### BEGIN SOLUTION
    values = silhouettes(X, labels)
    order = np.lexsort((-values, labels))
    _, ax = plt.subplots(figsize=(6, 3))
    ax.bar(np.arange(len(X)), values[order], width=1.0)
    ax.axhline(values.mean(), color="k", linestyle="--")
    ax.set_ylabel("silhouette")
    return ax
    ### END SOLUTION

# %% answer="choose"
def cluster(X, k):
    """Return the labels (m,) of k-means on scaled columns."""
    ### BEGIN SOLUTION
    return KMeans(k, n_init=10, random_state=0).fit_predict(StandardScaler().fit_transform(X))
    ### END SOLUTION


def elbow(X, ks):
    """Return the inertias of k-means on scaled columns, one for each of ks."""
    ### BEGIN SOLUTION
    scaled = StandardScaler().fit_transform(X)
    return [float(KMeans(k, n_init=10, random_state=0).fit(scaled).inertia_) for k in ks]
    ### END SOLUTION


def choose_k(X, ks=range(2, 8)):
    """Return that of ks with the largest mean silhouette on scaled columns."""
    ### BEGIN SOLUTION
    from sklearn.metrics import silhouette_score

    scaled = StandardScaler().fit_transform(X)
    return int(max(ks, key=lambda k: silhouette_score(scaled, cluster(X, k))))
    ### END SOLUTION

# %% checks="silhouette_test" points=1
check.close(
    "the corners' pairs: (b - 2) / b",
    silhouettes(corners, np.array([0, 0, 1, 1])),
    np.full(4, 0.80195),
    rtol=1e-3,
)
### BEGIN HIDDEN TESTS
from sklearn.metrics import silhouette_samples


def labelled(seed):  # any labels, some rows alone in their cluster
    X, group = make_groups(60, 4, seed=seed + datasets.hidden_seed("ch09 silhouette") % 1000, n=3, spread=3.0)
    return X, 7 * group - 3


X, labels = labelled(99)
labels[0] = 100
check.agrees(
    "silhouettes are right for any labels", silhouettes, silhouette_samples, cases=labelled, rtol=1e-4, weight=2,
    hint="a leaves the row itself out of the mean; b is the nearest other cluster's mean distance.",
)
check.close(
    "a row alone in its cluster gets 0",
    float(silhouettes(X, labels)[0]),
    0.0,
    hint="The mean over no other rows does not exist.",
)
check.faster(
    "silhouettes of 1500 rows come from one table of distances",
    silhouettes,
    inputs=lambda seed: make_groups(1500, 6, seed=seed, n=3),
    times=5,
    hint="Sums of distances by cluster are a matrix product with the table of members.",
)
### END HIDDEN TESTS

# %% checks="diagram_test" points=0.5
diagram = plot_diagram(X_three, three)
check.figure("the y axis has a label", diagram, ylabel=True)
### BEGIN HIDDEN TESTS
from sklearn.metrics import silhouette_samples

X, labels = make_groups(90, 4, seed=datasets.hidden_seed("ch09 diagram"), spread=2.0)
value = silhouette_samples(X, labels)
heights = np.concatenate([np.sort(value[labels == c])[::-1] for c in np.unique(labels)])
shown = plot_diagram(X, labels)
check.figure(
    "bars stand by cluster, each cluster's largest first",
    shown,
    bars=heights,
    hint="Sort within each cluster.",
)
check.figure("the mean is a line", shown, lines=[(None, [value.mean()] * 2)], hint="`ax.axhline(mean)`.")
plt.close("all")
### END HIDDEN TESTS

# %% checks="choose_test" points=1
check.equal("three groups are three", choose_k(X_three), 3)
check.shape("every bottle gets a label", cluster(wine.data, 3), (178,))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 choose")
X, grape = make_bottles(600, seed=draw)
# 20 draws: reference mean 0.915, sd 0.023, worst 0.861; not scaled at best 0.420.
check.score(
    "k-means finds the grapes of unknown bottles",
    grape,
    cluster(X, 3),
    metric="ari",
    at_least=0.80,
    partial=0.55,
    hint="One column is in hundreds, one below 1. Which decides the distance?",
)
scaled = (X - X.mean(axis=0)) / X.std(axis=0)
check.close(
    "inertias are those of scaled columns",
    elbow(X, [2, 3, 5]),
    [KMeans(k, n_init=10, random_state=0).fit(scaled).inertia_ for k in (2, 3, 5)],
    rtol=0.01,
)
check.deterministic(
    "the same bottles give the same labels and inertias",
    lambda rows: [*cluster(rows, 9), *elbow(rows, [9])],
    args=(X,),
    hint="`random_state=0`",
)
right = []
for number, k in enumerate((3, 4, 5, 4)):
    X, _ = make_groups(300, k, seed=draw + number, n=3, spread=0.7, apart=10.0)
    right.append(choose_k(X * [1.0, 2000.0, 0.01]) == k)
# One table: reference right in 59 of 60; columns not scaled in 2 of 18; smallest inertia never.
check.true(
    "the number of groups is found, in any units",
    sum(right) >= 3,
    weight=2,
    hint="Scale, then the largest mean silhouette. Inertia always asks for more.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Fifty labels, and a stream
#
# Labels cost money; rows often do not. Whom should the expert be asked about?
#
# - *Representatives.* Make as many clusters as you may ask questions, and ask about the row nearest to each centre:
#   rows that are typical of many others, and different from each other.
# - *Label propagation.* Give the answer to the other rows of the cluster too, but only to those near the centre:
#   rows on the rim may belong to another class. Then train on all of these.
# - *Active learning.* With a first model, ask next where it is least sure (*uncertainty sampling*): for example where
#   the two most probable classes are closest to each other.
#
# **Streams.** `MiniBatchKMeans` moves its centres a little for each batch of rows. It is several times faster than
# k-means, at the price of a slightly higher inertia, and with `partial_fit` it needs one batch in memory at a time. An
# array on disk can be opened with `np.memmap` and read in such pieces. One warning: `partial_fit` draws its start
# centres once, from the first batch, whatever `n_init` says, and an unlucky draw stays unlucky. Safer: run `KMeans`
# with restarts on the first batch, and pass its centres as `init=`.
#
# **Your task.**
#
# - `learn_with_few(X, ask, budget=50)`: return a **fitted** classifier for images `X` of shape `(m, 64)`, pixels
#   between 0 and 1. `ask(rows)` takes an array of row numbers and returns their labels; rows asked for are counted,
#   and there are `budget` at most. It has to recognise 90% of new digits (with random rows it would be about 80%),
#   and on noisier ones to be clearly better than a model that learned from fifty representatives alone.
# - `most_uncertain(probabilities, count)`: the row numbers of the `count` rows of `(m, classes)` with the smallest
#   difference between the largest and the second largest probability, least sure first.
# - `stream_centres(read, batches, k, seed=0)`: centres `(k, n)` from one pass over a stream. `read(i)` returns the
#   rows of batch `i`, for `i` from 0 to `batches - 1`; each batch may be read **once**, in this order.
#
# The digits are the 1797 small images that come with scikit-learn. In those you are graded on the pixels are noisier and
# stand in another order, and the classes have other names.
#
# <!-- covers: 9.7 9.12 9.13 9.14 9.1 -->

# %% given="digits_data"
digits = load_digits()
X_digits = digits.data / 16


def split_digits(seed, noise=0.0):
    """Return (X, y, X_new, y_new): 1200 and 597 digits, shuffled, with noise added to the pixels."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(1797)
    X = np.clip(X_digits + noise * rng.normal(size=X_digits.shape), 0, 1)[order]
    y = digits.target[order]
    return X[:1200], y[:1200], X[1200:], y[1200:]


class Expert:
    """Knows the labels y and counts the rows it was asked about."""

    def __init__(self, y):
        self.y, self.asked = y, 0

    def ask(self, rows):
        """Return the labels of these rows."""
        self.asked += len(np.atleast_1d(rows))
        return self.y[np.atleast_1d(rows)]

# %% answer="few_labels"
def learn_with_few(X, ask, budget=50):
    """Return a classifier fitted on X (m, 64) with the help of at most budget answers."""
    ### BEGIN SOLUTION
    model = KMeans(budget, n_init=3, random_state=0).fit(X)
    distances = model.transform(X)
    answers = np.asarray(ask(distances.argmin(axis=0)))
    own = distances.min(axis=1)
    near = np.zeros(len(X), dtype=bool)
    for label in range(budget):
        rows = model.labels_ == label
        near |= rows & (own <= np.quantile(own[rows], 0.6))
    return LogisticRegression(C=3, max_iter=2000).fit(X[near], answers[model.labels_][near])
    ### END SOLUTION


def most_uncertain(probabilities, count):
    """Return the numbers of the count rows whose two best classes are closest, least sure first."""
    ### BEGIN SOLUTION
    ordered = np.sort(probabilities, axis=1)
    return np.argsort(ordered[:, -1] - ordered[:, -2])[:count]
    ### END SOLUTION

# %% answer="stream"
def stream_centres(read, batches, k, seed=0):
    """Return centres (k, n) from one pass over the batches read(0), read(1), ..."""
    ### BEGIN SOLUTION
    first = read(0)
    start = KMeans(k, n_init=10, random_state=seed).fit(first).cluster_centers_
    model = MiniBatchKMeans(k, init=start, n_init=1, random_state=seed).partial_fit(first)
    for number in range(1, batches):
        model.partial_fit(read(number))
    return model.cluster_centers_
    ### END SOLUTION

# %% checks="few_test" points=1.5
X, y, X_new, y_new = split_digits(seed=93)
expert = Expert(y)
predicted = learn_with_few(X, expert.ask, 50).predict(X_new)
check.score("90% of new digits are recognised", y_new, predicted, at_least=0.90)
check.true("at most fifty rows were asked about", expert.asked <= 50)
### BEGIN HIDDEN TESTS
names, truth, said, plain, questions = np.array(list("qwertyuiop")), [], [], [], []
for number in range(20):
    draw = datasets.hidden_seed("ch09 digits") + number
    rng = np.random.default_rng(draw)
    names, pixels = rng.permutation(names), rng.permutation(64)
    X, y, X_new, y_new = split_digits(seed=draw, noise=0.2)
    X, X_new, y, expert = X[:, pixels], X_new[:, pixels], names[y], Expert(names[y])
    found = np.asarray(learn_with_few(X, expert.ask, 50).predict(X_new)).astype(str)
    said.append(found if expert.asked <= 50 else np.full(len(found), "?"))
    rows = KMeans(50, n_init=3, random_state=number).fit_transform(X).argmin(axis=0)
    plain.append(LogisticRegression(C=3, max_iter=2000).fit(X[rows], y[rows]).predict(X_new))
    truth.append(names[y_new])
    questions.append(expert.asked)
truth, said, plain = np.concatenate(truth), np.concatenate(said), np.concatenate(plain)
check.true("no more than the budget was asked", bool(max(questions) <= 50), hint="All calls of `ask` count together.")
check.score(  # reference 0.87, representatives alone 0.84, random rows 0.70
    "fifty well-chosen labels teach most digits, noisy as they are",
    truth,
    said,
    at_least=0.78,
    hint="Ask about the row nearest to each of fifty centres: these are typical of many others.",
)
check.score(  # 24 draws: reference 1.042 (sd of one draw 0.023), other representatives 1.00 (0.025)
    "and more than they teach without spreading them to other rows",
    truth,
    said,
    baseline=plain,
    at_least=1.025,
    groups=np.repeat(np.arange(20), 597),
    hint="Give the answer to the rows near the centre too, and train on all of these.",
)
### END HIDDEN TESTS

# %% checks="uncertain_test" points=0.5
sure = np.array([[0.9, 0.1, 0.0], [0.4, 0.35, 0.25], [0.5, 0.49, 0.01]])
check.equal("almost a tie comes first", [int(row) for row in most_uncertain(sure, 2)], [2, 1])
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch09 uncertain"))
P = rng.dirichlet(np.full(5, 0.7), size=80)
gaps = [float(np.diff(np.sort(row)[-2:])[0]) for row in P]
check.equal(
    "the closest calls come first",
    [int(row) for row in most_uncertain(P, 12)],
    [int(row) for row in np.argsort(gaps)[:12]],
    hint="Largest minus second largest, and the smallest difference first.",
)
### END HIDDEN TESTS

# %% checks="stream_test" points=1
check.shape("there are five centres", stream_centres(lambda i: X_groups[60 * i : 60 * i + 60], 5, 5), (5, 2))
### BEGIN HIDDEN TESTS
ratios, reads = [], []
for number in range(6):
    X, _ = make_groups(3000, 20, seed=datasets.hidden_seed("ch09 stream") + number, n=8, spread=1.5, apart=9.0)

    def read(i):
        reads.append(int(i))
        return X[200 * i : 200 * i + 200]

    C = np.asarray(stream_centres(read, 15, 20, number))
    least = KMeans(20, n_init=10, random_state=0).fit(X).inertia_
    ratios.append(float(((X[:, None] - C) ** 2).sum(axis=2).min(axis=1).sum() / least))
check.equal(
    "each batch is read once, in order", reads, list(range(15)) * 6, hint="One loop over the batches, one `read` in it."
)
# Of 24 streams: reference 24 below 1.001; start centres drawn once 8 below 1.04.
check.true(
    "the centres remember all batches, and are nearly as good as with all rows at once",
    sum(ratio < 1.04 for ratio in ratios) >= 5,
    weight=2,
    hint="`partial_fit` goes on learning; `fit` and a new model forget. Start from the best of several starts.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Clusters as dense places: DBSCAN
#
# What a cluster *is* depends on who you ask: the rows around a centre (k-means), a dense place of any shape
# between sparse ones (DBSCAN), or a branch in a hierarchy of merged groups (agglomerative clustering).
#
# DBSCAN calls a row a **core** row if at least `min_samples` rows, **itself included**, lie within the distance
# `eps` of it. Core rows within `eps` of each other belong to the same cluster, and so on from neighbour to neighbour. A
# row that is no core but within `eps` of one is on the *border* and joins that cluster, without extending it. All
# others are *noise*, label $-1$: outliers pull at nothing. There is no $k$; but `eps` fits one density only.
#
# DBSCAN cannot predict: a new row might join two clusters. We say: a row takes the cluster of its nearest core row,
# if that is at most `eps` away, else $-1$. (scikit-learn gives border rows to whichever cluster came first.)
#
# **Your task.**
#
# - `dbscan(X, eps, min_samples)` returns `(labels, core)`: labels of shape `(m,)` by the rule above, and booleans. Number
#   clusters from 0 in the order of their first core row. `NearestNeighbors` may find neighbours, and
#   `scipy.sparse.csgraph.connected_components` groups; `sklearn.cluster.DBSCAN` may not be used here. It is timed.
# - `dbscan_predict(X_new, X, labels, core, eps)`: labels of new rows by the rule above. There may be no core row at all.
# - `moon_settings()`: `(eps, min_samples)` with which DBSCAN finds both moons of tables like `X_moons`, and leaves most
#   of the scattered rows out. Look at the data first: plot it, and sort the distances to the fifth neighbour.
#
# <!-- covers: 9.2 9.10 9.15 9.1 -->

# %% given="moons_data"
def make_scattered_moons(m, seed, noise=0.06, scattered=0.06):
    """Return X (m, 2), in centimetres, and moon (m,): 0, 1, or -1 for scattered rows."""
    rng = np.random.default_rng(seed)
    X, moon = make_moons(m, noise=noise, random_state=seed % 2**32)
    odd = rng.random(m) < scattered
    X[odd] = rng.uniform([-2.0, -1.5], [3.0, 2.0], size=(odd.sum(), 2))
    return 20 * X, np.where(odd, -1, moon)


X_moons, moon = make_scattered_moons(600, seed=94)

# %% answer="dbscan"
def dbscan(X, eps, min_samples=5):
    """Return (labels (m,), core (m,)): clusters of dense rows, -1 for noise."""
    ### BEGIN SOLUTION
    from scipy.sparse.csgraph import connected_components

    graph = NearestNeighbors(radius=eps).fit(X).radius_neighbors_graph(X)
    core = np.asarray(graph.sum(axis=1)).ravel() >= min_samples
    labels = np.full(len(X), -1)
    if core.any():
        _, place = connected_components(graph[core][:, core], directed=False)
        _, first, number = np.unique(place, return_index=True, return_inverse=True)
        labels[core] = np.argsort(np.argsort(first))[number]
    return dbscan_predict(X, X, labels, core, eps), core
    ### END SOLUTION


def dbscan_predict(X_new, X, labels, core, eps):
    """Return for each new row the label of its nearest core row, or -1 if that is farther than eps."""
    ### BEGIN SOLUTION
    if not core.any():
        return np.full(len(X_new), -1)
    distances, nearest = NearestNeighbors(n_neighbors=1).fit(X[core]).kneighbors(X_new)
    return np.where(distances[:, 0] <= eps, labels[core][nearest[:, 0]], -1)
    ### END SOLUTION

# %% answer="moons"
def moon_settings():
    """Return (eps, min_samples) for tables like X_moons."""
    ### BEGIN SOLUTION
    return 3.6, 8
    ### END SOLUTION

# %% checks="dbscan_test" points=1
steps = np.array([[0.0], [1.0], [2.0], [3.0], [50.0]])
labels, core = dbscan(steps, 1.0, 3)
check.equal("the ends are on the border, 50 is noise", [int(v) for v in labels], [0, 0, 0, 0, -1])
check.equal("only the middle is core", [bool(v) for v in core], [False, True, True, False, False])
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 dbscan")


def nearest_core(X_new, X, labels, core, eps):
    far = np.sqrt(((X_new[:, None] - X[core]) ** 2).sum(axis=2))
    return np.where(far.min(axis=1) <= eps, labels[core][far.argmin(axis=1)], -1)


def bridge(eps):  # two dense groups and one row between them, within eps of one row of each
    x = np.r_[0.0, -np.linspace(0.1, 0.5, 29), 0.97, 1.96, 1.96 + np.linspace(0.1, 0.5, 29)]
    return np.c_[200 + eps * x, np.zeros(len(x))]


for eps, least in ((1.0, 4), (0.7, 5), (1.6, 25)):
    X = np.vstack([make_groups(300, 4, seed=draw, spread=1.3, apart=4.0)[0], bridge(eps)])
    model = DBSCAN(eps=eps, min_samples=least).fit(X)
    core = np.isin(np.arange(len(X)), model.core_sample_indices_)
    got = dbscan(X, eps, least)
    check.equal(
        "core rows are dense, counting themselves",
        np.asarray(got[1]),
        core,
        hint="A row is its own neighbour.",
    )
    check.equal(
        "clusters, borders and noise are right",
        [int(v) for v in got[0]],
        [int(v) for v in nearest_core(X, X, model.labels_, core, eps)],
        weight=2,
        hint="Only core rows connect. Border rows join the nearest core row's cluster. How are clusters numbered?",
    )
check.faster(
    "thousands of rows are clustered without a loop over them",
    dbscan,
    inputs=lambda seed: (np.random.default_rng(seed).normal(size=(2500, 2)), 0.15, 8),
    times=8,
    agrees=lambda got, expected: np.array_equal(np.asarray(got[1]), np.asarray(expected[1])),
    hint="Let a tree find the neighbours, and a sparse graph hold them.",
)
### END HIDDEN TESTS

# %% checks="dbscan_new_test" points=0.5
line, dense = np.array([[0.0], [9.0]]), np.array([True, False])
check.equal("9 is no core row", [int(v) for v in dbscan_predict(line + 0.5, line, dense - 1, dense, 1.0)], [0, -1])
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 dbscan new")
X, _ = make_groups(300, 4, seed=draw, spread=1.3, apart=4.0)
X = np.round(4 * X) / 4  # on a grid, so that some rows are exactly eps away
model = DBSCAN(eps=1.25, min_samples=20).fit(X)
core = np.isin(np.arange(300), model.core_sample_indices_)
new = np.round(4 * np.random.default_rng(draw + 1).uniform(-14, 14, size=(2000, 2))) / 4
far = np.sqrt(((new[:, None] - X[core]) ** 2).sum(axis=2))
nearest = np.where(far.min(axis=1) <= 1.25, model.labels_[core][far.argmin(axis=1)], -1)
between = np.ptp(np.where(far <= 1.25, model.labels_[core], nearest[:, None]), axis=1) > 0  # may join two clusters
check.equal(
    "new rows join the nearest core row, or none",
    [int(v) for v in dbscan_predict(new[~between], X, model.labels_, core, 1.25)],
    [int(v) for v in nearest[~between]],
    hint="At most eps away, and only core rows count.",
)
check.equal(
    "with no dense row, all is noise",
    [int(v) for v in dbscan(X[:20] + np.arange(20)[:, None], 1e-3, 3)[0]],
    [-1] * 20,
    hint="There may be no core row at all.",
)
### END HIDDEN TESTS

# %% checks="moons_test" points=1
eps, least = moon_settings()
check.score(
    "both moons are found", moon, DBSCAN(eps=eps, min_samples=least).fit_predict(X_moons), metric="ari", at_least=0.80
)
### BEGIN HIDDEN TESTS
X, shape = make_scattered_moons(650, seed=datasets.hidden_seed("ch09 moons"), noise=0.065)
found = DBSCAN(eps=float(eps), min_samples=int(least)).fit_predict(X)
# 20 draws: reference (3.6, 8) at least 0.997, and (3, 5) to (4, 10) at least 0.993; eps = 0.2 or 7: 0.
check.score(
    "the moons of other tables are found too",
    shape[shape >= 0],
    found[shape >= 0],
    metric="ari",
    at_least=0.85,
    weight=2,
    hint="Too small an eps breaks the moons into pieces, too large a one joins them. The table is in centimetres.",
)
# 20 draws of about 40 rows: reference mean 0.78, worst 0.68; with min_samples=1 none.
check.score(
    "most scattered rows are left out",
    np.zeros((shape < 0).sum(), dtype=int),
    (found[shape < 0] >= 0).astype(int),
    at_least=0.6,
    hint="With a smaller eps or more `min_samples`, fewer lonely rows join.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Gaussian mixtures
#
# Suppose each row was made in two steps: draw one of $k$ components with the probabilities $\phi_j$ (the *weights*), then
# a row from its normal distribution. The density of a row is $p(x) = \sum_j \phi_j\,\mathcal{N}(x;\ \mu_j, \Sigma_j)$:
# a *generative* model, from which new rows can be drawn. Expectation-maximisation (**EM**) fits it like a soft k-means:
#
# - *E step*: the responsibilities $r_{ij} = \phi_j\,\mathcal{N}(x_i;\ \mu_j, \Sigma_j)\,/\,p(x_i)$, soft labels.
# - *M step*, with $N_j = \sum_i r_{ij}$: $\phi_j = N_j / m$, $\mu_j = \frac1{N_j}\sum_i r_{ij}\,x_i$,
#   $\Sigma_j = \frac1{N_j}\sum_i r_{ij}\,(x_i - \mu_j)(x_i - \mu_j)^\top + 10^{-6} I$ with the **new** $\mu_j$.
#
# The likelihood never falls. Far from all components densities underflow to 0 and $r$ to $0/0$, so work with
# logarithms (`scipy.special.logsumexp`). Components may be stretched and overlap; other shapes, such as moons, get
# cut into ellipses. To choose $k$, penalise the $p$ numbers that are learned (lower is better; $\hat L$ is the likelihood):
# $\mathrm{BIC} = p \ln m - 2 \ln \hat L$, $\mathrm{AIC} = 2p - 2 \ln \hat L$. Weights sum to one and covariances are
# symmetric: that saves numbers.
#
# `BayesianGaussianMixture` treats weights, means and covariances as uncertain, with prior beliefs. *Variational
# inference* approximates their posterior, and gives components that are not needed weights near zero.
#
# **Your task.** Weights have shape `(k,)`, means `(k, n)`, covariances `(k, n, n)`.
#
# - `log_density(X, weights, means, covariances)`: $\ln p(x)$ of each row, shape `(m,)`.
# - `em_step(X, weights, means, covariances)`: the three after one E and one M step.
# - `fit_mixture(X, k, rounds=100, seed=0)`: `(weights, means, covariances, history)`; start from the labels of `KMeans`,
#   and let `history` hold the mean log density after each round. The result should be as good as scikit-learn's.
# - `criteria(X, weights, means, covariances)`: `(aic, bic)`.
# - `draw_rows(weights, means, covariances, m, seed=0)`: `m` new rows of the mixture, shape `(m, n)`.
# - `components_used(X, at_most=8)`: how many of `at_most` components of a `BayesianGaussianMixture` have weight 0.02
#   or more. Try `weight_concentration_prior=0.01`, and let it converge.
#
# <!-- covers: 9.21 9.22 9.24 9.25 9.26 -->

# %% given="streaks_data"
def make_streaks(m, seed, k=3, n=2, apart=4.0):
    """Return X (m, n) and part (m,): k stretched, unequally large normal groups in any directions."""
    rng = np.random.default_rng(seed)
    _, part = make_groups(m, k, seed, n, apart=apart)
    part = np.minimum(part, rng.integers(k, size=m))
    X = np.empty((m, n))
    for j in range(k):
        turn, _ = np.linalg.qr(rng.normal(size=(n, n)))
        long = np.r_[rng.uniform(2.0, 3.0), rng.uniform(0.3, 0.6, size=n - 1)]
        X[part == j] = (rng.normal(size=((part == j).sum(), n)) * long) @ turn.T + j * apart * np.eye(n)[j % n] * 1.5
    return X, part


X_streaks, part = make_streaks(500, seed=95)
standard = np.array([0.5, 0.5]), np.array([[0.0, 0.0], [6.0, 0.0]]), np.array([np.eye(2), np.eye(2)])

# %% answer="mixture"
def log_density(X, weights, means, covariances):
    """Return the log density (m,) of the mixture at each row."""
    ### BEGIN SOLUTION
    from scipy.special import logsumexp

    return logsumexp(_log_parts(X, weights, means, covariances), axis=1)


def _log_parts(X, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        root = np.linalg.cholesky(covariance)
        z = np.linalg.solve(root, (X - mean).T)
        size = np.log(np.diag(root)).sum() + 0.5 * X.shape[1] * np.log(2 * np.pi)
        columns.append(np.log(weight) - size - 0.5 * (z**2).sum(axis=0))
    return np.array(columns).T
    ### END SOLUTION


def em_step(X, weights, means, covariances):
    """Return (weights, means, covariances) after one E step and one M step."""
    ### BEGIN SOLUTION
    log_parts = _log_parts(X, weights, means, covariances)
    return _m_step(X, np.exp(log_parts - log_density(X, weights, means, covariances)[:, None]))


def _m_step(X, r):
    totals = r.sum(axis=0)
    means = (r.T @ X) / totals[:, None]
    spread = [(r[:, j] * (X - mean).T) @ (X - mean) / totals[j] for j, mean in enumerate(means)]
    return totals / len(X), means, np.array(spread) + 1e-6 * np.eye(X.shape[1])
    ### END SOLUTION


def fit_mixture(X, k, rounds=100, seed=0):
    """Return (weights, means, covariances, list of mean log densities) after EM."""
    ### BEGIN SOLUTION
    labels = KMeans(k, n_init=10, random_state=seed).fit_predict(X)
    found, history = _m_step(X, np.eye(k)[labels]), []
    for _ in range(rounds):
        found = em_step(X, *found)
        history.append(float(log_density(X, *found).mean()))
    return *found, history
    ### END SOLUTION

# %% answer="mixture_use"
def criteria(X, weights, means, covariances):
    """Return (AIC, BIC) of the mixture on X; lower is better."""
    ### BEGIN SOLUTION
    k, n = means.shape
    p = k - 1 + k * n + k * n * (n + 1) // 2
    likelihood = log_density(X, weights, means, covariances).sum()
    return float(2 * p - 2 * likelihood), float(p * np.log(len(X)) - 2 * likelihood)
    ### END SOLUTION


def draw_rows(weights, means, covariances, m, seed=0):
    """Return m new rows (m, n) drawn from the mixture."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    part = rng.choice(len(weights), size=m, p=weights)
    roots = np.linalg.cholesky(covariances)
    return means[part] + np.einsum("mij,mj->mi", roots[part], rng.normal(size=(m, means.shape[1])))
    ### END SOLUTION


def components_used(X, at_most=8):
    """Return how many components of a Bayesian mixture have weight 0.02 or more."""
    ### BEGIN SOLUTION
    from sklearn.mixture import BayesianGaussianMixture

    model = BayesianGaussianMixture(
        n_components=at_most, weight_concentration_prior=0.01, n_init=3, max_iter=2000, random_state=0
    ).fit(X)
    return int((model.weights_ >= 0.02).sum())
    ### END SOLUTION

# %% checks="density_test" points=0.5
check.close(
    "half of a standard normal density",
    log_density(np.zeros((1, 2)), *standard),
    [np.log(0.25 / np.pi)],
    rtol=1e-5,
)
### BEGIN HIDDEN TESTS
from scipy.stats import multivariate_normal

draw = datasets.hidden_seed("ch09 mixture")
X, part = make_streaks(400, seed=draw, k=3, n=3)
rng = np.random.default_rng(draw + 1)
w, mu = rng.dirichlet([4.0, 4.0, 4.0]), X[:3] + rng.normal(size=(3, 3))
cov = np.array([np.cov(X.T) * s for s in (0.5, 1.0, 0.3)])
p = np.array([w[j] * multivariate_normal(mu[j], cov[j]).pdf(X) for j in range(3)]).T
check.close(
    "log densities are right for any mixture", log_density(X, w, mu, cov), np.log(p.sum(axis=1)), rtol=1e-6,
    hint="Weights times normal densities, summed, then the logarithm.",
)
check.true(
    "densities of far rows do not underflow",
    bool(np.all(np.isfinite(log_density(X[:4] + 500, w, mu, cov)))),
    hint="Add logarithms with logsumexp instead of densities.",
)
### END HIDDEN TESTS

# %% checks="mixture_test" points=1.5
check.true("the likelihood grows", bool(np.all(np.diff(fit_mixture(X_streaks, 3, 20)[3]) > -1e-6)))
### BEGIN HIDDEN TESTS
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

draw = datasets.hidden_seed("ch09 mixture")
X, part = make_streaks(400, seed=draw, k=3, n=3)
rng = np.random.default_rng(draw + 1)
w, mu = rng.dirichlet([4.0, 4.0, 4.0]), X[:3] + rng.normal(size=(3, 3))
cov = np.array([np.cov(X.T) * s for s in (0.5, 1.0, 0.3)])
p = np.array([w[j] * multivariate_normal(mu[j], cov[j]).pdf(X) for j in range(3)]).T
r = p / p.sum(axis=1, keepdims=True)
new = r.T @ X / r.sum(axis=0)[:, None]
spread = [(r[:, j] * (X - new[j]).T) @ (X - new[j]) / r[:, j].sum() for j in range(3)]
got = em_step(X, w, mu, cov)
check.close("the step finds weights and means", [got[0], *got[1]], [r.mean(axis=0), *new], rtol=1e-4, atol=1e-6,
            hint="Responsibilities are soft: each row counts for all components.")
check.close("the step finds covariances", got[2], np.array(spread), rtol=1e-3, atol=1e-5, hint="Around the new means.")
fitted = fit_mixture(X[:300], 3)
sk = GaussianMixture(3, n_init=3, random_state=0).fit(X[:300])
# 20 draws: reference within 0.0002 of scikit-learn; its start, hard labels of k-means, mean -0.24.
check.density(
    "rows that it did not see are as likely as under scikit-learn's mixture",
    lambda rows: log_density(rows, *fitted[:3]),
    X[300:],
    reference=sk.score_samples(X[300:]),
    at_least=-0.15,
    partial=-0.5,
)
check.true(
    "the history never falls, and ends with the mean log density",
    bool(np.all(np.diff(fitted[3]) > -1e-5) and abs(fitted[3][-1] - np.mean(log_density(X[:300], *fitted[:3]))) < 1e-3),
    hint="The mean over the fitted rows, after each round.",
)
copies = np.vstack([X[:100], np.repeat([[30.0, 30.0, 30.0]], 30, axis=0)])
check.true(
    "equal rows do not break it", bool(np.isfinite(fit_mixture(copies, 4, 10)[3]).all()),
    hint="Add 1e-6 to the diagonal of each covariance.",
)
check.faster("steps are matrix products", em_step, times=5,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=(30_000, 3)), w, mu, cov))
### END HIDDEN TESTS

# %% checks="mixture_use_test" points=1
check.shape("rows are drawn", draw_rows(*standard, 10), (10, 2))
### BEGIN HIDDEN TESTS
from sklearn.mixture import GaussianMixture

draw = datasets.hidden_seed("ch09 draws")
X = 3 * make_streaks(700, seed=draw)[0]  # spreads far from 1: noise times a covariance is then far too wide
sk = GaussianMixture(3, random_state=0).fit(X)
numbers = sk.weights_, sk.means_, sk.covariances_
check.close(
    "AIC and BIC punish each number that was learned", criteria(X, *numbers), (sk.aic(X), sk.bic(X)), rtol=1e-5,
    hint="For k = 3 and n = 2 there are 17: two weights, six of the means, nine of the covariances.",
)
real = np.random.default_rng(draw).permutation(sk.sample(1500)[0])
# 20 draws: reference mean 0.0004, worst 0.0032; six: equal weights at least 0.033, covariances without root 0.097.
check.score(
    "drawn rows are like those of the mixture",
    real,
    np.asarray(draw_rows(*numbers, 1500, seed=5)),
    metric="energy",
    at_most=0.006,
    partial=0.015,
    hint="First draw the component by its weight, then a row from its normal distribution.",
)
leaning = np.array([[[4.0, -3.0], [-3.0, 9.0]]])
check.close(
    "drawn rows have the component's covariance",
    np.cov(np.asarray(draw_rows(np.ones(1), np.array([[50.0, -20.0]]), leaning, 6000, seed=6)).T),
    leaning[0],
    rtol=0.02,
    atol=0.7,  # standard errors 0.07, 0.09 and 0.16
    hint="A covariance times noise is not its root: take the Cholesky factor.",
)
ones, same, others = (np.asarray(draw_rows(*numbers, 9, seed=s)) for s in (1, 1, 2))
check.true(
    "the seed decides which rows are drawn",
    np.array_equal(ones, same) and not np.allclose(ones, others),
    hint="One generator, made from the seed.",
)
for k, number in ((3, 1), (4, 2)):
    X, _ = make_groups(600, k, seed=draw + number, apart=9.0)
    check.equal(
        "components that are not needed are left empty", components_used(X * [1.0, 3.0], 8), k,
        hint="Count weights of 0.02 or more, not all components.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Odd rows
#
# An anomaly is a row in a place of low density. In *novelty detection* the training rows are known to be clean; in
# *outlier detection* the odd rows are among them, and the detector has to resist. Six ways to say how normal a row is:
#
# - `"gmm"`: the log density under a `GaussianMixture`.
# - `"pca"`: the error when the row is compressed to a few components and restored: large for odd rows.
# - `"mcd"`: `EllipticEnvelope` fits one ellipse to the core of the data (Fast-MCD) and shrugs off odd training rows.
# - `"forest"`: `IsolationForest` splits at random; odd rows are alone after few splits.
# - `"lof"`: `LocalOutlierFactor` compares a row's density with its neighbours'. It judges new rows with `novelty=True`.
# - `"svm"`: `OneClassSVM` draws a border around the training rows.
#
# Each needs a *threshold*: for instance the score that 2% of the **training** rows stay below.
#
# **Your task.**
#
# - `normality(name, X_train, X)`: how normal each row of `X` is after training on `X_train` with that detector; **larger
#   is more normal**, for all six. Scale the columns, with the training rows' scale. Use 2 components for `"pca"`.
# - `alarms(train_scores, scores, share)`: booleans, True for scores below the `share` quantile of the training scores.
#
# <!-- covers: 9.23 9.27 9.28 9.29 9.30 9.31 9.1 -->

# %% given="turbines_data"
def make_turbines(m, seed, odd=0.0, wear=0.25):
    """Return X (m, 5), five sensors in their units, and normal (m,): False for the share of odd turbines."""
    rng = np.random.default_rng(seed)
    mix = np.array([[1.0, 0.8, -0.6, 0.0, 0.5], [0.0, 0.6, 0.8, 1.0, -0.9]])
    X = rng.normal(size=(m, 2)) @ mix + wear * rng.normal(size=(m, 5))
    strange = rng.random(m) < odd
    X[strange] = 1.6 * rng.normal(size=(strange.sum(), 5))
    return X * [15, 0.01, 400, 3, 90] + [60, 0.05, 3000, 12, 400], ~strange


X_turbines, _ = make_turbines(500, seed=96)

# %% answer="odd_rows"
def normality(name, X_train, X):
    """Return how normal each row of X (m, n) is, larger for more normal rows, shape (m,)."""
    ### BEGIN SOLUTION
    from sklearn.covariance import EllipticEnvelope
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest
    from sklearn.mixture import GaussianMixture
    from sklearn.neighbors import LocalOutlierFactor
    from sklearn.svm import OneClassSVM

    scaler = StandardScaler().fit(X_train)
    known, new = scaler.transform(X_train), scaler.transform(X)
    if name == "pca":
        pca = PCA(2).fit(known)
        return -((new - pca.inverse_transform(pca.transform(new))) ** 2).sum(axis=1)
    detectors = {
        "gmm": GaussianMixture(random_state=0),
        "mcd": EllipticEnvelope(random_state=0),
        "forest": IsolationForest(random_state=0),
        "lof": LocalOutlierFactor(novelty=True),
        "svm": OneClassSVM(nu=0.05),
    }
    return detectors[name].fit(known).score_samples(new)
    ### END SOLUTION


def alarms(train_scores, scores, share=0.02):
    """Return booleans: True for scores below the share quantile of the training scores."""
    ### BEGIN SOLUTION
    return scores < np.quantile(train_scores, share)
    ### END SOLUTION

# %% checks="odd_test" points=1.5
check.shape("each turbine gets a score", normality("gmm", X_turbines, X_turbines[:7]), (7,))
### BEGIN HIDDEN TESTS
from scipy.stats import rankdata


def auc(normal, score):  # the area under the ROC curve from ranks: many times faster in the bootstrap than by name
    normal, rank = np.asarray(normal) == 1, rankdata(score)
    n = int(normal.sum())
    return float((rank[normal].sum() - n * (n + 1) / 2) / (n * (len(normal) - n)))


draw = datasets.hidden_seed("ch09 turbines")
X_clean, _ = make_turbines(400, seed=draw)
X, normal = make_turbines(800, seed=draw + 1, odd=0.3, wear=0.27)
# Worst of 20 draws: gmm 0.985, pca 0.987, mcd 0.985, forest 0.863, lof 0.971, svm 0.978; not scaled at best: pca 0.868,
# lof 0.911, svm 0.707.
for name, least in (("gmm", 0.97), ("pca", 0.96), ("mcd", 0.97), ("forest", 0.84), ("lof", 0.95), ("svm", 0.95)):
    check.score(
        "odd turbines look less normal to all six detectors",
        normal.astype(int),
        normality(name, X_clean, X),
        metric=auc,
        at_least=least,
        weight=5,
        hint="Larger means more normal: an error wants a minus. Is everything scaled?",
    )
rng = np.random.default_rng(draw + 2)
odd = [95, 0.03, 3800, 19, 500] + rng.normal(size=(60, 5)) * [5, 0.003, 120, 1.2, 30]
X, normal = make_turbines(2400, seed=draw + 3, odd=0.3, wear=0.27)
# 10 draws: reference mean 0.991, worst 0.987; ordinary covariance mean 0.971, best 0.980.
check.score(
    "the ellipse of the core resists odd rows among the training rows",
    normal.astype(int),
    normality("mcd", np.vstack([X_clean[:300], odd]), X),
    metric=auc,
    at_least=0.985,
    hint="`EllipticEnvelope` with its defaults, not an ordinary covariance.",
)
### END HIDDEN TESTS

# %% checks="alarms_test" points=0.5
check.equal(
    "the lowest is alarming",
    [bool(v) for v in alarms(np.arange(100.0), np.array([0.5, 60.0]), 0.02)],
    [True, False],
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 alarms")
X_clean, X = make_turbines(400, seed=draw)[0], make_turbines(60, seed=draw + 1, odd=0.3)[0]
check.row_independent(
    "each turbine is judged by itself",
    lambda rows: normality("pca", X_clean, rows),
    X,
    hint="The scaler learns from the training rows only.",
)
scores = np.random.default_rng(draw + 2).normal(size=2000)
check.equal(
    "the training rows set the threshold", np.asarray(alarms(scores[:500], scores[500:] - 1, 0.1)),
    scores[500:] - 1 < np.quantile(scores[:500], 0.1), hint="The quantile of which scores?",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Which one, when?
#
# **Spectral clustering** makes shapes easy before it looks for groups. From affinities $A_{ij}$ between rows (here
# $\exp(-\gamma\,\lVert x_i - x_j\rVert^2)$) and their row sums $d_i$ it forms $A_{ij} / \sqrt{d_i d_j}$, takes the
# eigenvectors of the $k$ **largest** eigenvalues as $k$ new features, scales each row to length one, and runs k-means
# there.
#
# A few more algorithms to know:
#
# - *Agglomerative clustering* merges the two nearest clusters again and again: a tree, from rows to the whole.
# - *BIRCH* sums rows up in a small tree while it reads them once: for very many rows with few features.
# - *Mean-shift* moves a window uphill to the next peak of density, from every row: time grows like $m^2$.
# - *Affinity propagation* lets rows vote for rows that represent them; it finds $k$ itself, also in time $m^2$.
#
# **Your task.**
#
# - `spectral(X, k, gamma, seed=0)`: labels by spectral clustering as above (`sklearn.cluster.SpectralClustering` not used).
# - `facts()`: a dict with your answers:
#   - `"tree"`, `"exemplars"`, `"huge"`, `"similarities"`: which of `"agglomerative"`, `"birch"`, `"affinity propagation"`,
#     `"spectral"` for: groups within groups; rows that stand for others, $k$ unknown; ten million rows with three
#     features; only a matrix of similarities between 500 people, who form odd shapes;
#   - `"meanshift"`: how many times longer mean-shift takes for three times as many rows (a number);
#   - `"shapes"`: what a Gaussian mixture makes of a moon if BIC chooses $k$: `"one ellipse"`, `"several ellipses"` or
#     `"noise"`;
#   - `"clean"`: every training row was checked by hand: `"novelty detection"` or `"outlier detection"`?
#   - `"colours"`: what are the rows when k-means segments an image by colour: `"images"`, `"pixels"` or `"colour channels"`?
#   - `"disk"`: the table does not fit in memory: `"np.memmap and partial_fit"` or `"KMeans with n_init=1"`?
#
# <!-- covers: 9.16 9.17 9.18 9.19 9.20 9.26 9.23 9.1 9.7 -->

# %% given="rings_data"
def make_rings(m, seed, k=2, noise=0.06):
    """Return X (m, 2) and ring (m,): rings of radius 1, 2, ... around the same point."""
    rng = np.random.default_rng(seed)
    ring, angle = rng.integers(k, size=m), rng.uniform(0, 2 * np.pi, size=m)
    radius = ring + 1 + noise * rng.normal(size=m)
    return np.c_[radius * np.cos(angle), radius * np.sin(angle)], ring


X_rings, ring = make_rings(300, seed=97)

# %% answer="spectral"
def spectral(X, k, gamma=1.0, seed=0):
    """Return the labels (m,) of spectral clustering."""
    ### BEGIN SOLUTION
    from sklearn.metrics import pairwise_distances

    A = np.exp(-gamma * pairwise_distances(X, metric="sqeuclidean"))
    d = np.sqrt(A.sum(axis=1))
    _, vectors = np.linalg.eigh(A / np.outer(d, d))
    rows = vectors[:, -k:]
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return KMeans(k, n_init=10, random_state=seed).fit_predict(rows)
    ### END SOLUTION

# %% answer="facts"
def facts():
    """Return a dict with the nine answers."""
    ### BEGIN SOLUTION
    return {
        "tree": "agglomerative",
        "exemplars": "affinity propagation",
        "huge": "birch",
        "similarities": "spectral",
        "meanshift": 9,
        "shapes": "several ellipses",
        "clean": "novelty detection",
        "colours": "pixels",
        "disk": "np.memmap and partial_fit",
    }
    ### END SOLUTION

# %% checks="spectral_test" points=1
check.shape("each row gets a label", spectral(X_rings, 2, 20.0), (300,))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch09 rings")
X, ring = make_rings(420, seed=draw, k=2, noise=0.07)
# 20 draws: reference always 1; k-means on the rows 0, eigenvectors of the smallest eigenvalues about 0.
check.score(
    "rings come apart", ring, spectral(X, 2, 20.0), metric="ari", at_least=0.95, partial=0.5,
    hint="K-means runs on the eigenvectors, not on X. `eigh` sorts eigenvalues from small to large.",
)
X, part = make_groups(240, 4, seed=draw + 1, spread=0.8, apart=8.0)
check.score(  # groups told apart two by two reach about 0.5
    "and so do four groups", part, spectral(X, 4, 0.5), metric="ari", at_least=0.95, partial=0.7,
    hint="As many eigenvectors as groups.",
)
### END HIDDEN TESTS

# %% checks="facts_test" points=1
check.equal(
    "there are nine answers",
    sorted(facts()),
    ["clean", "colours", "disk", "exemplars", "huge", "meanshift", "shapes", "similarities", "tree"],
)
### BEGIN HIDDEN TESTS
check.equal(
    "algorithms fit the tasks",
    [facts()[name] for name in ("tree", "exemplars", "huge", "similarities")],
    ["agglomerative", "affinity propagation", "birch", "spectral"],
    weight=2,
    hint="Read the lines about each algorithm again.",
)
check.close("time is compared rightly", float(facts()["meanshift"]), 9.0, hint="Time grows like m squared.")
check.equal(
    "limits and uses are known",
    [facts()[name] for name in ("shapes", "clean", "colours", "disk")],
    ["several ellipses", "novelty detection", "pixels", "np.memmap and partial_fit"],
    hint="What is a row, what is a component, what was promised about the training rows?",
)
### END HIDDEN TESTS

# %% [markdown] essay="segments_essay" points=2
# **In your own words (2 points).** A shop clusters 200 000 customers by yearly spending in cents, number of visits and
# age. An analyst ran `KMeans(40, n_init=1)` on the raw table; he took 40 because the inertia was smallest there among 2
# to 40. Two of the clusters hold three customers each. He also wants an alarm for odd customers, and set its threshold
# so that it looked best on last month's cases of fraud. In about ten lines: what is wrong with the preparation, with the
# choice of $k$ and with the single run; what may the tiny clusters be; which other algorithm would you try and why; and
# how would you set and judge the threshold?
#
# ### BEGIN SOLUTION
# *Preparation (0.5).* Cents decide all distances. Scale the columns; take the logarithm of the spending, as it is very
# skewed.
#
# *k and runs (0.5).* Inertia always falls with more centres. Compare silhouettes (on a sample) or a mixture's BIC, look
# at the elbow and at the silhouette diagram, ask what the shop can use, and take the best of several starts.
#
# *Tiny clusters, other algorithms (0.5).* Probably outliers that pull a centre to themselves. A Gaussian mixture
# allows stretched, unequal groups and gives densities; DBSCAN leaves outliers out; mini-batches help with so many rows.
#
# *Threshold (0.5).* Set it on training scores (a share of alarms that the shop can handle) or on validation cases, and
# judge it on cases not used for that: the best threshold on the same cases is partly luck. Few cases of fraud: precision
# and recall, not accuracy. Customers in the training table may be fraudulent: that is outlier detection.
# ### END SOLUTION
