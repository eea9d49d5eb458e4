# %% [markdown]
# # 6. Decision trees
#
# A decision tree asks one short question after another, "is the petal longer than 2.45 cm?", until it knows enough. You
# can read it, it needs hardly any preparation of the data, and it overfits at the first opportunity. In this chapter
# you grow one from scratch, read the ones that scikit-learn grows, keep them from overfitting in three ways, and see
# what they are bad at.
#
# Throughout, $m$ is the number of rows, $n$ the number of features and $K$ the number of classes.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_iris, make_moons
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_graphviz

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — The best question
#
# A node is *pure* if all its rows are of one class. With $p_k$ the share of class $k$ in a node, two measures of
# impurity are in use:
#
# $$\text{Gini} = 1 - \sum_k p_k^2, \qquad \text{entropy} = -\sum_{k:\,p_k > 0} p_k \log_2 p_k .$$
#
# They mostly choose the same questions. Gini is a little faster and likes to put the most frequent class into a branch
# of its own; entropy gives slightly more balanced trees. For a *regression tree*, which predicts the mean of a leaf,
# the impurity of a node is the variance of its targets (the mean squared error of that mean).
#
# CART, the algorithm of scikit-learn, asks questions with two answers, $x_j \le s$ or not (older ones like ID3
# give a node one child per category). It takes the question with the smallest weighted impurity of the children,
#
# $$J(j, s) = \frac{m_\text{left}}{m}\,G_\text{left} + \frac{m_\text{right}}{m}\,G_\text{right} .$$
#
# This is *greedy*: the best question now may spoil better ones later. Finding the best tree is far too expensive.
#
# Trying every $s$ and counting both sides anew takes $m^2$ steps. Sort the column once, and each next row only moves
# from right to left: cumulative sums give all left sides at once, in $m \log m$ steps.
#
# **Your task.**
#
# - `impurity(y, criterion)`: a float for the `"gini"`, `"entropy"` or `"mse"` of the targets `y`.
# - `best_split(x, y, criterion, min_samples_leaf)`: for one feature `x` of shape `(m,)` return the pair `(threshold,
#   J)` of the best question. The threshold lies **halfway** between two neighbouring different values of `x`, and
#   both sides keep at least `min_samples_leaf` rows. Return `None` if there is no such question. It is timed: no loop
#   over rows.
#
# <!-- covers: 6.3 6.5 6.7 6.N2 -->

# %% given="iris_data"
iris = load_iris()  # 150 flowers, four lengths in cm; comes with scikit-learn
petals = iris.data[:, 2:]  # petal length and width

# %% answer="split"
def impurity(y, criterion="gini"):
    """Return the impurity (a float) of the targets y (m,): "gini", "entropy" (in bits) or "mse"."""
    ### BEGIN SOLUTION
    if criterion == "mse":
        return float(np.var(y))
    p = np.unique(y, return_counts=True)[1] / len(y)
    return float(1 - np.sum(p**2) if criterion == "gini" else -np.sum(p * np.log2(p)))
    ### END SOLUTION


def best_split(x, y, criterion="gini", min_samples_leaf=1):
    """Return (threshold, weighted impurity of the children) of the best question, or None."""
    ### BEGIN SOLUTION
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    n_left = np.arange(1, len(x))
    n_right = len(x) - n_left
    allowed = (x[1:] > x[:-1]) & (np.minimum(n_left, n_right) >= min_samples_leaf)
    if not allowed.any():
        return None
    if criterion == "mse":
        sums = np.cumsum(np.c_[y - y.mean(), (y - y.mean()) ** 2], axis=0)
        left, right = sums[:-1], sums[-1] - sums[:-1]
        J = (left[:, 1] - left[:, 0] ** 2 / n_left + right[:, 1] - right[:, 0] ** 2 / n_right) / len(x)
    else:
        sums = np.cumsum(y[:, None] == np.unique(y), axis=0)
        J = 0.0
        for counts, n in ((sums[:-1], n_left), (sums[-1] - sums[:-1], n_right)):
            p = counts / n[:, None]
            bits = p * np.log2(np.where(p > 0, p, 1))
            J = J + n / len(x) * (1 - (p**2).sum(axis=1) if criterion == "gini" else -bits.sum(axis=1))
    best = int(np.argmin(np.where(allowed, J, np.inf)))
    return float((x[best] + x[best + 1]) / 2), float(J[best])
    ### END SOLUTION

# %% checks="impurity_test" points=1
check.close("54 flowers, 49 and 5 of two kinds", impurity(np.repeat([1, 2], [49, 5])), 0.168, rtol=1e-2)
check.close("two equal halves have one bit", impurity(np.array([3, 7, 7, 3]), "entropy"), 1.0)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch06 impurity"))
y = rng.choice([2, 3, 5, 9], p=[0.4, 0.3, 0.2, 0.1], size=400)
p = np.array([np.mean(y == k) for k in (2, 3, 5, 9)])
check.close("Gini is right", impurity(y, "gini"), 1 - p @ p, hint="One minus the sum of squared shares.")
check.close(
    "entropy is right and counted in bits", impurity(y, "entropy"), -p @ np.log2(p), hint="The logarithm to base 2."
)
check.close(
    "a pure node has no impurity",
    [impurity(np.full(5, 4), c) for c in ("gini", "entropy", "mse")],
    np.zeros(3),
    hint="Leave classes that do not occur out of the sum.",
)
check.close("the mse is the variance of the targets", impurity(y / 3, "mse"), np.var(y / 3), hint="Divide by m.")
### END HIDDEN TESTS

# %% checks="split_test" points=1
check.close(
    "the first question about petal lengths is the one scikit-learn asks",
    best_split(petals[:, 0], iris.target),
    (2.45, 1 / 3),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch06 split"))


def weighted(x, y, s, criterion):  # the definition, slowly
    sides, total = (y[x <= s], y[x > s]), 0.0
    for side in sides:
        p = np.unique(side, return_counts=True)[1] / len(side)
        G = {"gini": 1 - p @ p, "entropy": -p @ np.log2(p), "mse": np.var(side)}[criterion]
        total += len(side) / len(y) * G
    return total


for criterion in ("gini", "entropy", "mse"):
    x = np.round(rng.normal(size=80), 1)  # with many ties
    y = (x + rng.normal(size=80) > 0.3) + 2 * (rng.random(80) < 0.3)
    y = 50 + y + rng.normal(size=80) if criterion == "mse" else y
    middles = (np.unique(x)[1:] + np.unique(x)[:-1]) / 2
    s, J = best_split(x, y, criterion)
    check.close(
        "the impurity of the children is the smallest there is, also where values repeat",
        [J, weighted(x, y, s, criterion)],
        [min(weighted(x, y, middle, criterion) for middle in middles)] * 2,
        rtol=1e-6,
        atol=1e-9,
        weight=2,
        hint="Weight both sides by their rows, and never split between equal values.",
    )
    check.true(
        "the threshold lies halfway between two neighbouring values",
        bool(np.abs(middles - s).min() < 1e-9),
        hint="Not at a value of the table.",
    )
### END HIDDEN TESTS

# %% checks="split_limits_test" points=1
check.equal("three rows cannot be halved into two and two", best_split(np.arange(3.0), np.arange(3), "gini", 2), None)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch06 split limits"))
x = rng.normal(size=90)
y = (x > np.sort(x)[-9]).astype(int)  # one question separates the classes, but leaves 8 rows on one side
for leaf in (8, 9, 45):
    s, J = best_split(x, y, "entropy", leaf)
    p = np.array([8.0, leaf - 8]) / leaf
    rest = -(leaf / 90) * sum(q * np.log2(q) for q in p if q > 0)
    check.close(
        "both sides keep enough rows, and not more than that",
        [float(min((x <= s).sum(), (x > s).sum())), J],
        [float(leaf), rest],
        rtol=1e-6,
        atol=1e-9,
        hint="The best question among those with at least `min_samples_leaf` rows on either side.",
    )
for nothing in ((np.ones(20), np.arange(20) % 2), (np.arange(9.0), np.arange(9) % 2, "gini", 5)):
    check.equal(
        "without a possible question the answer is None",
        best_split(*nothing),
        None,
        hint="All values may be equal, or there may be too few rows.",
    )
check.faster(
    "a column is sorted once and then counted in one go",
    best_split,
    inputs=lambda seed: (rng.normal(size=4000), rng.integers(3, size=4000)),
    times=5,  # reference at most 0.02 s; counting anew for every threshold about 0.3 s
    agrees=lambda found, expected: bool(np.allclose(found, expected)),
    hint="`np.cumsum` over the sorted targets gives the left side of every question.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — A tree from scratch
#
# Ask the best question, send the rows left or right, repeat on both sides. A node becomes a leaf if it is pure, if it
# is at `max_depth` (the root has depth 0), or if no feature has a question that leaves `min_samples_leaf` rows on
# both sides.
#
# Left alone, a tree goes on until every leaf is pure: it is *non-parametric*, its size is not fixed before it sees the
# data, so it can follow every bit of noise. The limits *regularise* it: lower the `max_...`, raise the `min_...`.
#
# A prediction walks down one branch, about $\log_2 m$ questions in a balanced tree, no matter how many features there
# are. The probabilities of a leaf are the shares of the classes among its training rows: the same for all rows that
# arrive there. As only the *order* of values in a column matters, scaling changes nothing.
#
# **Your task.** Write `Tree` with your `best_split` and the Gini impurity:
#
# - `fit(X, y)` takes labels of any kind, sets `classes_` (sorted), `depth_` and `n_leaves_`, and returns the tree. Of
#   several features with equally good questions, take the first.
# - `predict_proba(X)` returns the shares of the classes in the leaf of each row, columns in the order of `classes_`.
# - `predict(X)` returns the most frequent label of the leaf (the first of several).
#
# And `fit_predict(X_train, y_train, X, max_depth, min_samples_leaf)`, which grows a tree and returns its labels for
# `X`. This one is timed.
#
# <!-- covers: 6.2 6.3 6.5 6.6 6.8 6.9 6.N1 -->

# %% given="meadow_data"
def make_meadow(m, seed, n=5, noise=0.6):
    """Return X (m, n), in units that differ by powers of ten, and y (m,): 0, 1 or 2."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, n))
    level = np.where(X[:, 0] > 0.3, X[:, 1], X[:, 2] - 0.5) + noise * rng.normal(size=m)
    return X * 10.0 ** np.arange(n), np.digitize(level, [-0.6, 0.5])


X_meadow, y_meadow = make_meadow(300, seed=61)

# %% answer="tree"
class Tree:
    """A classification tree grown by CART with the Gini impurity."""

    def __init__(self, max_depth=None, min_samples_leaf=1):
        self.max_depth, self.min_samples_leaf = max_depth, min_samples_leaf

    def fit(self, X, y):
        """Grow the tree on X (m, n) and y (m,); return self."""
        ### BEGIN SOLUTION
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.depth_, self.n_leaves_ = 0, 0
        self.root_ = self._grow(X, codes, 0)
        return self

    def _grow(self, X, codes, depth):
        counts, self.depth_ = np.bincount(codes, minlength=len(self.classes_)), max(self.depth_, depth)
        columns = X.T if counts.max() < len(codes) and depth != self.max_depth else ()
        splits = [(best_split(x, codes, "gini", self.min_samples_leaf), j) for j, x in enumerate(columns)]
        found = min((s for s in splits if s[0]), key=lambda s: s[0][1], default=None)
        if found is None:
            self.n_leaves_ += 1
            return counts / len(codes)
        (threshold, _), j = found
        left = X[:, j] <= threshold
        return j, threshold, *(self._grow(X[side], codes[side], depth + 1) for side in (left, ~left))
        ### END SOLUTION

    def predict_proba(self, X):
        """Return the shares (m, K) of the classes in the leaf of each row."""
        ### BEGIN SOLUTION
        return self._shares(X, self.root_)

    def _shares(self, X, node):
        if not isinstance(node, tuple):
            return np.tile(node, (len(X), 1))
        left, shares = X[:, node[0]] <= node[1], np.empty((len(X), len(self.classes_)))
        shares[left], shares[~left] = self._shares(X[left], node[2]), self._shares(X[~left], node[3])
        return shares
        ### END SOLUTION

    def predict(self, X):
        """Return the most frequent label (m,) of the leaf of each row."""
        ### BEGIN SOLUTION
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
        ### END SOLUTION

# %% answer="fit_predict"
def fit_predict(X_train, y_train, X, max_depth=None, min_samples_leaf=1):
    """Return the labels of X (m,) from a tree grown on X_train and y_train."""
    ### BEGIN SOLUTION
    return Tree(max_depth, min_samples_leaf).fit(X_train, y_train).predict(X)
    ### END SOLUTION

# %% checks="tree_test" points=2
check.close(
    "with `max_depth=2`, the petals of a flower 5 cm long and 1.5 cm wide give these probabilities",
    Tree(max_depth=2).fit(petals, iris.target).predict_proba(np.array([[5.0, 1.5]])),
    [[0, 49 / 54, 5 / 54]],
)
check.equal("an unlimited tree knows its own rows by heart", Tree().fit(X_meadow, y_meadow).predict(X_meadow), y_meadow)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 tree")
X, y = make_meadow(2800, seed=draw, n=6, noise=0.55)
theirs = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X[:800], y[:800])
# 12 draws: reference mean 0.666, sd 0.019, worst 0.623, like scikit-learn; it agrees with it on all rows.
check.score(
    "a limited tree finds its way in a new meadow",
    y[800:],
    Tree(4).fit(X[:800], y[:800]).predict(X[800:]),
    at_least=0.60,
    partial=0.50,
    hint="Is the right feature compared with the right threshold, on both sides?",
)
check.close(
    "it does what scikit-learn's tree does on nearly all rows",
    float(np.mean(Tree(4).fit(X[:800], y[:800]).predict(X[800:]) == theirs.predict(X[800:]))),
    1.0,
    rtol=0,
    atol=0.05,
    weight=2,
    hint="Which feature has the best question? And: is the question x <= s, with equality to the left?",
)
names = np.array(["aster", "clover", "daisy"])
check.equal(
    "labels can be texts",
    Tree(3).fit(X[:200], names[y[:200]]).predict(X[:200]),
    names[Tree(3).fit(X[:200], y[:200]).predict(X[:200])],
    hint="Number the labels for growing, and translate back in `predict`.",
)
check.faster(
    "a thousand rows are a matter of a moment",
    fit_predict,
    inputs=lambda seed: (*make_meadow(1000, seed=draw + seed), make_meadow(4000, seed=draw)[0], 5),
    times=6,
    agrees=lambda y_pred, expected: np.shape(y_pred) == (4000,) and bool(np.mean(y_pred == expected) > 0.97),
    hint="Send all rows of a node left or right at once, in training and in prediction.",
)
### END HIDDEN TESTS

# %% checks="limits_test" points=2
check.equal("without rows to spare there is one leaf", Tree(min_samples_leaf=200).fit(X_meadow, y_meadow).n_leaves_, 1)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 limits")
X, y = make_meadow(500, seed=draw)
for depth in (0, 1, 3, 6):
    grown = Tree(max_depth=depth).fit(X, y)
    check.equal(
        "the tree is as deep as it may be, and the root has depth 0",
        [grown.depth_, grown.n_leaves_ <= 2**depth],
        [depth, True],
        hint="A node at max_depth is a leaf; its children would be one deeper.",
    )
for leaf in (1, 7, 40):
    shares = Tree(None, leaf).fit(X, y).predict_proba(X)
    rows = np.unique(np.round(shares, 12), axis=0, return_counts=True)[1]
    check.true(
        "every leaf has enough rows, and some leaf has few",
        bool(rows.min() >= leaf) and len(rows) >= (3 if leaf < 40 else 2),
        hint="Look at both sides of a question before you ask it.",
    )
codes = Tree(4, 5).fit(X, y).predict_proba(X)
truth = [[np.mean(y[(codes == row).all(axis=1)] == k) for k in range(3)] for row in codes[:60]]
check.close(
    "the probabilities of a leaf are the shares among its training rows", codes[:60], truth, rtol=1e-6, atol=1e-9,
    hint="Count the labels of the rows that arrived, and divide by their number.",
)
stretched = np.c_[np.exp(X[:, 0]), X[:, 1] ** 3, X[:, 2] + 1e4, X[:, 3:]]
check.equal(
    "only the order of values matters, not their scale",
    fit_predict(stretched, y, stretched, 5, 4),
    fit_predict(X, y, X, 5, 4),
    hint="Nothing but comparisons: no scaling, no fixed grid of thresholds.",
)
check.true(
    "a larger leaf gives a smaller tree, no limit a pure one, and a pure node is a leaf",
    Tree(None, 20).fit(X, y).n_leaves_ < Tree(None, 5).fit(X, y).n_leaves_ < Tree().fit(X, y).n_leaves_
    and bool(np.all(Tree().fit(X, y).predict(X) == y))
    and Tree().fit(X, (X[:, 0] > 0).astype(int)).n_leaves_ == 2,
    hint="Pass both limits on, all the way down, and stop where all labels are the same.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Open the box
#
# A tree is a *white box*: for every prediction it can say why, in words that can be checked by hand. (A random forest
# or a neural network, a *black box*, may be more accurate and cannot.) scikit-learn keeps a fitted tree in arrays
# with one entry per node; node 0 is the root:
#
# | `model.tree_.` | |
# |---|---|
# | `children_left`, `children_right` | the numbers of the children; -1 in a leaf |
# | `feature`, `threshold` | the question $x_j \le s$; to the left if it holds |
# | `n_node_samples` | how many training rows came by |
# | `value` | shape `(nodes, 1, K)`: the **shares** of the classes (counts in old versions) |
#
# One trap: scikit-learn rounds rows to single precision. Turn a row into `float32` before you compare it with the entry
# of `threshold` (as it is, a double), or you will now and then disagree about rows on the border.
#
# **Your task.** All models with `random_state=0`.
#
# - `explain(X, y, x, max_depth)`: train a `DecisionTreeClassifier` on `X`, `y` and follow the row `x` of shape
#   `(n,)` to its leaf. Return `(rules, counts)`: a list of tuples like `(2, "<=", 2.45)` or `(3, ">", 1.75)` from the
#   root down, and an array of integers: how many training rows of each class are in that leaf.
# - `dot_text(X, y, feature_names, class_names, max_depth)`: train the same and return the text that
#   `export_graphviz` makes of it, with these names. Paste it into any Graphviz viewer to see the tree.
# - `plot_steps(X, y, max_depth)`: for `X` of shape `(m, 1)` train a `DecisionTreeRegressor`, draw the points, and
#   with `ax.plot` **one line**: its predictions at 500 evenly spaced places from the smallest to the largest `X`.
#   Return the `Axes`. Look at the depths 2, 4 and `None`: which one would you trust?
#
# <!-- covers: 6.1 6.4 6.9 6.N1 6.N2 6.N3 -->

# %% given="bumps_data"
def make_bumps(m, seed, noise=0.15):
    """Return X (m, 1) and y (m,): a noisy curve with a valley and a bump."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 1, size=(m, 1))
    return X, 4 * (X[:, 0] - 0.5) ** 2 + 0.3 * np.sin(9 * X[:, 0]) + noise * rng.normal(size=m)


X_bumps, y_bumps = make_bumps(150, seed=62)

# %% answer="open_box"
def explain(X, y, x, max_depth=None):
    """Return (rules, counts): the path of x (n,) through a tree, and the training rows per class in its leaf."""
    ### BEGIN SOLUTION
    tree = DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(X, y).tree_
    node, rules, x = 0, [], np.asarray(x, dtype=np.float32)
    while tree.children_left[node] != -1:
        j, s = int(tree.feature[node]), float(tree.threshold[node])
        left = x[j] <= tree.threshold[node]
        rules.append((j, "<=" if left else ">", s))
        node = (tree.children_left if left else tree.children_right)[node]
    return rules, np.rint(tree.value[node, 0] * tree.n_node_samples[node]).astype(int)
    ### END SOLUTION


def dot_text(X, y, feature_names, class_names, max_depth=2):
    """Return the Graphviz text of a classification tree."""
    ### BEGIN SOLUTION
    model = DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(X, y)
    return export_graphviz(model, feature_names=feature_names, class_names=class_names, rounded=True, filled=True)
    ### END SOLUTION


def plot_steps(X, y, max_depth=None):
    """Draw the points and the predictions of a regression tree as one line; return the Axes."""
    ### BEGIN SOLUTION
    model = DecisionTreeRegressor(max_depth=max_depth, random_state=0).fit(X, y)
    x = np.linspace(X.min(), X.max(), 500)
    _, ax = plt.subplots(figsize=(5, 3))
    ax.scatter(X[:, 0], y, s=8, color="grey")
    ax.plot(x, model.predict(x[:, None]), "C1")
    ax.set_title(f"{model.get_n_leaves()} leaves")
    return ax
    ### END SOLUTION

# %% checks="explain_test" points=1.5
check.equal(
    "a small flower stops at the first question",
    explain(petals, iris.target, np.array([1.4, 0.2]), 2)[1],
    np.array([50, 0, 0]),
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 explain")
X, y = make_meadow(250, seed=draw, n=4)
X = X / 10.0 ** np.arange(4)
model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
tree = model.tree_
for x in np.random.default_rng(draw).normal(size=(25, 4)):
    path = model.decision_path(x[None]).indices
    asked = [(int(tree.feature[i]), float(tree.threshold[i])) for i in path if tree.children_left[i] != -1]
    rules, counts = explain(X, y, x, 4)
    check.close(
        "the rules are the questions that the row was asked, in order",
        [(rule[0], rule[2]) for rule in rules],
        asked,
        rtol=1e-6,
        atol=1e-9,
        hint="Start at node 0 and go from child to child until there is none.",
    )
    check.true(
        "the row keeps every rule",
        all((x[rule[0]] <= rule[2]) == (rule[1] == "<=") and rule[1] in ("<=", ">") for rule in rules),
        hint='"<=" leads to the left, ">" to the right.',
    )
    check.equal(
        "the counts are training rows of each class in the leaf",
        np.asarray(counts, dtype=float),
        np.array([np.sum((model.apply(X) == path[-1]) & (y == k)) for k in range(3)], dtype=float),
        hint="`value` holds shares: multiply by the rows of the node, and round.",
    )
for upper in (0.7, 0.875):  # the second border, 0.5, is one that single precision knows
    column, wide = np.array([[0.125], [upper], [upper], [0.9]]), np.array([0, 0, 1, 1])
    one = DecisionTreeClassifier(max_depth=1, random_state=0).fit(column, wide)
    places = one.tree_.threshold[0] + np.array([-1e-9, -3e-10, 0.0, 3e-10, 1e-9])
    check.equal(
        "rows on the border go where scikit-learn sends them",
        [explain(column, wide, np.array([x]), 1)[0][0][1] for x in places],
        ["<=" if one.apply([[x]])[0] == 1 else ">" for x in places],
        hint="Round the row, `np.asarray(x, dtype=np.float32)`, but not the threshold.",
    )
### END HIDDEN TESTS

# %% checks="dot_test" points=0.5
check.true("the text is a Graphviz graph", dot_text(petals, iris.target, ["a", "b"], list("uvw")).startswith("digraph"))
### BEGIN HIDDEN TESTS
X, y = make_meadow(200, seed=datasets.hidden_seed("ch06 dot"))
text = dot_text(X, y, ["clay", "sand", "lime", "salt", "iron"], ["aster", "clover", "daisy"], 3)
model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
check.true(
    "the graph has all nodes of the tree, with the names of features and classes",
    text.count("samples = ") == model.tree_.node_count
    and all(f"class = {name}" in text for name in np.array(["aster", "clover", "daisy"])[np.unique(model.predict(X))])
    and ["clay", "sand", "lime", "salt", "iron"][model.tree_.feature[0]] + " <= " in text,
    hint="`export_graphviz` takes `feature_names` and `class_names`, and returns the text if it gets no file.",
)
### END HIDDEN TESTS

# %% checks="plot_steps_test" points=1
check.equal("the figure has one line", len(plot_steps(X_bumps, y_bumps, 2).get_lines()), 1)
### BEGIN HIDDEN TESTS
X, y = make_bumps(120, seed=datasets.hidden_seed("ch06 bumps"), noise=0.2)
for depth in (1, 3, None):
    line = plot_steps(X, y, depth).get_lines()[0]
    x, drawn = np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)
    model = DecisionTreeRegressor(max_depth=depth, random_state=0).fit(X, y)
    check.close(
        "the line shows the predictions of a tree of this depth",
        drawn,
        model.predict(x[:, None]),
        rtol=1e-6,
        atol=1e-6,
        hint="Train on all points, with `max_depth` passed on.",
    )
    check.close(
        "it runs over the whole range, in many small steps to the right",
        [x.min(), x.max(), float(len(x)), np.diff(x).max()],
        [X.min(), X.max(), 500.0, (X.max() - X.min()) / 499],
        rtol=1e-4,
        atol=1e-6,
        hint="`np.linspace` from the smallest to the largest X; a line through unsorted points is a scribble.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — One tree tuned, many trees asked
#
# How large should a tree be? Cross-validation on the training rows says; rows that were put aside tell how good it
# is in the end.
#
# But trees are *unstable*: leave out some rows and the first question may change, and with it everything below. The
# predictions of a tree have high variance. That is also a chance: the errors of trees grown on different rows differ,
# so a majority is right more often than its members. This is the idea of a **random forest**, and of this exercise.
#
# **Your task.**
#
# - `tune_tree(X, y, seed=0)`: choose among at least ten settings of a `DecisionTreeClassifier` (say of `max_leaf_nodes`
#   and `min_samples_leaf`) by cross-validation and return the best model, trained on all rows given. It
#   has to reach 83% on new moons; nobody can reach 87%, as the moons overlap.
# - `grow_forest(X, y, n_trees, rows, seed)`: a list of `n_trees` classifiers with `max_leaf_nodes=16`, each
#   trained on `rows` different rows drawn at random, without putting back.
# - `vote(trees, X)`: the label that most trees give each row; of several, the smallest label.
# - `disagreement(predictions)`: from labels of shape `(trees, m)` the share of pairs of different trees that disagree,
#   averaged over the rows.
#
# <!-- covers: 6.9 6.13 6.14 6.N4 6.N5 -->

# %% given="moons_data"
X_moons, y_moons = make_moons(1500, noise=0.4, random_state=63)

# %% answer="forest"
def tune_tree(X, y, seed=0):
    """Return the best of at least ten trees by cross-validation, trained on X and y."""
    ### BEGIN SOLUTION
    from sklearn.model_selection import GridSearchCV

    grid = {"max_leaf_nodes": [4, 8, 16, 32, 64], "min_samples_leaf": [1, 5, 20]}
    return GridSearchCV(DecisionTreeClassifier(random_state=seed), grid, cv=3).fit(X, y).best_estimator_
    ### END SOLUTION


def grow_forest(X, y, n_trees=100, rows=100, seed=0):
    """Return a list of small trees, each trained on other rows of X and y."""
    ### BEGIN SOLUTION
    rng, trees = np.random.default_rng(seed), []
    for _ in range(n_trees):
        drawn = rng.choice(len(X), size=rows, replace=False)
        trees.append(DecisionTreeClassifier(max_leaf_nodes=16, random_state=0).fit(X[drawn], y[drawn]))
    return trees
    ### END SOLUTION


def vote(trees, X):
    """Return the most frequent label (m,) that the trees give each row; the smallest of several."""
    ### BEGIN SOLUTION
    predictions = np.array([tree.predict(X) for tree in trees])
    labels = np.unique(predictions)
    return labels[(predictions[:, :, None] == labels).sum(axis=0).argmax(axis=1)]
    ### END SOLUTION


def disagreement(predictions):
    """Return the share of pairs of trees that disagree, averaged over the rows; predictions is (trees, m)."""
    ### BEGIN SOLUTION
    T = len(predictions)
    counts = np.array([(predictions == label).sum(axis=0) for label in np.unique(predictions)])
    return float(1 - np.mean((counts * (counts - 1)).sum(axis=0)) / (T * (T - 1)))
    ### END SOLUTION

# %% checks="tune_tree_test" points=1
check.instance("the result is a trained tree", tune_tree(X_moons, y_moons), "sklearn.tree.DecisionTreeClassifier")
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 moons") % 10**6
X, y = make_moons(22_000, noise=0.4, random_state=draw)
# 20 draws: reference mean 0.850, sd 0.005, worst 0.841; unlimited tree at best 0.815, stump about 0.78.
check.score(
    "the tuned tree is right on 83% of new moons",
    y[2000:],
    tune_tree(X[:2000], y[:2000]).predict(X[2000:]),
    at_least=0.83,
    partial=0.82,
    weight=2,
    hint="Without a limit the tree learns noise. Compare small and large limits, on rows the tree did not see.",
)
coins = np.random.default_rng(draw)
check.true(  # 20 draws: at most 64 leaves; unlimited at least 205
    "where there is only noise, the tree stays small",
    int(tune_tree(coins.normal(size=(600, 2)), coins.integers(2, size=600)).get_n_leaves()) < 120,
    hint="Every setting in the comparison should limit the tree, and training accuracy is not a judge.",
)
### END HIDDEN TESTS

# %% checks="forest_test" points=2
check.equal("a forest has as many trees as asked", len(grow_forest(X_moons, y_moons, 5, 50)), 5)
check.close("two of three trees agree on one of two rows", disagreement(np.array([[0, 1], [0, 1], [1, 1]])), 1 / 3)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 forest") % 10**6
X, y = make_moons(6000, noise=0.4, random_state=draw)
trees = grow_forest(X[:2000], y[:2000], 60, 100, 5)
alone = [np.asarray(trees[i].predict(X[2000:])) for i in range(60)]
members = float(np.mean([np.mean(p == y[2000:]) for p in alone]))
# 20 draws: the vote is right on 0.858 (sd 0.006) of the rows, its members on 0.799 (sd 0.005); the same trees: no gain.
check.true(
    "the majority is right more often than its members, by far",
    bool(np.mean(np.asarray(vote(trees, X[2000:])) == y[2000:]) > members + 0.03),
    hint="Each tree needs rows of its own, and `vote` counts labels.",
)
check.equal(
    "the vote is the label most trees give, the smaller one of two",
    vote([trees[i] for i in range(8)], X[2000:]),
    (np.sum(alone[:8], axis=0) > 4).astype(int),
    hint="Count the labels of each row, and take the first of the largest counts.",
)
others = grow_forest(X[:2000], y[:2000], 5, 100, 6)
check.true(
    "the trees differ, with the seed too, although each is fairly good",
    len(trees) == 60
    and 0.75 < members < 0.83
    and len({float(np.mean(p)) for p in alone}) > 40
    and any(np.any(np.asarray(others[i].predict(X[2000:])) != alone[i]) for i in range(5)),
    hint="Draw other rows for every tree, with one generator made from `seed` before the loop.",
)
gini = 1 - np.mean(y[:100]) ** 2 - np.mean(1 - y[:100]) ** 2  # of the root, if 100 of 100 rows were drawn
check.true(
    "every tree sees as many different rows as asked, and has at most 16 leaves",
    {int(trees[i].tree_.n_node_samples[0]) for i in range(0, 60, 6)} == {100}
    and all(abs(grow_forest(X[:100], y[:100], 1, 100, s)[0].tree_.impurity[0] - gini) < 1e-9 for s in range(5))
    and max(int(trees[i].get_n_leaves()) for i in range(60)) <= 16,
    hint="`rng.choice(..., replace=False)`, and `max_leaf_nodes=16`.",
)
guesses = np.random.default_rng(draw).integers(3, 6, size=(7, 40))
pairs = [np.mean(guesses[i] != guesses[j]) for i in range(7) for j in range(i)]
check.close(
    "disagreement is averaged over all pairs of different trees", disagreement(guesses), np.mean(pairs), rtol=1e-6,
    hint="With c_k trees for label k, c_k (c_k - 1) ordered pairs agree; a tree is no pair with itself.",
)
check.deterministic("the same seed gives the same votes", vote, args=(trees, X[:50]))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — What trees are bad at
#
# Every question is about one feature, so every boundary is a staircase of horizontal and vertical pieces. A
# diagonal border, which a linear model draws with three numbers, takes a tree many questions. Whether a
# problem is easy can depend on how the data happen to be turned. Turning them so that their widest
# direction becomes the first feature, as *PCA* does (chapter 8), often helps.
#
# **Your task.**
#
# - `rotate(X, degrees)`: the rows of `X` (m, 2) turned **counterclockwise** around the origin.
# - `leaf_counts(X, y, angles)`: for each angle (in degrees) the number of leaves of an unlimited
#   `DecisionTreeClassifier(random_state=0)` trained on the turned rows, as a list.
# - `pca_tree(max_leaf_nodes)`: an untrained pipeline of `PCA` and a `DecisionTreeClassifier` with this limit. What
#   PCA learns has to come from training rows only.
#
# <!-- covers: 6.11 6.12 -->

# %% given="bands_data"
def make_bands(m, seed, length=3.0, gap=0.05):
    """Return X (m, 2) and y (m,): a long horizontal band, class 1 above and class 0 below its middle line."""
    rng = np.random.default_rng(seed)
    X = np.c_[length * rng.normal(size=m), rng.uniform(-1, 1, size=m)]
    X[:, 1] += gap * np.sign(X[:, 1])
    return X, (X[:, 1] > 0).astype(int)


X_bands, y_bands = make_bands(300, seed=64)

# %% answer="rotation"
def rotate(X, degrees):
    """Return X (m, 2) turned counterclockwise around the origin."""
    ### BEGIN SOLUTION
    angle = np.deg2rad(degrees)
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return X @ R.T
    ### END SOLUTION


def leaf_counts(X, y, angles):
    """Return the number of leaves of a tree on the rows turned by each angle, a list."""
    ### BEGIN SOLUTION
    return [int(DecisionTreeClassifier(random_state=0).fit(rotate(X, a), y).get_n_leaves()) for a in angles]
    ### END SOLUTION


def pca_tree(max_leaf_nodes=8):
    """Return an untrained pipeline: PCA, then a classification tree."""
    ### BEGIN SOLUTION
    return make_pipeline(PCA(), DecisionTreeClassifier(max_leaf_nodes=max_leaf_nodes, random_state=0))
    ### END SOLUTION

# %% checks="rotation_test" points=2
check.close("a quarter turn left takes east to north", rotate(np.array([[1.0, 0.0]]), 90), [[0.0, 1.0]], atol=1e-9)
check.equal("the band lies flat, so one question is enough", leaf_counts(X_bands, y_bands, [0]), [2])
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch06 bands")
X, y = make_bands(3300, seed=draw, length=3.5, gap=0.06)
check.close(
    "the rows are turned by any angle, with their distances kept",
    [rotate(X[:20], 30) @ [1, 1j], rotate(X[:20], -110) @ [1, 1j]],
    [X[:20] @ [1, 1j] * np.exp(1j * np.pi * a / 180) for a in (30, -110)],
    hint="Degrees into radians; new x = cos x - sin y, new y = sin x + cos y.",
)
few = leaf_counts(X[:300], y[:300], [0, 20, 45, 90])
chance = np.random.default_rng(draw).integers(8, size=(3, 60))  # whole numbers: many equally good questions
# 20 draws: 2 leaves for 0 and 90 degrees, 18 to 29 for 20 degrees, 24 to 34 for 45.
check.true(
    "a turned band takes many more leaves, and the same rows always take the same number",
    few[0] <= 3 and few[3] <= 3 and few[1] >= 12 and few[2] >= 12
    and len(set(leaf_counts(chance[:2].T.astype(float), chance[2] % 2, [0] * 20))) == 1,
    hint="Turn the rows, train an unlimited tree with `random_state=0` on them, and ask it for its leaves.",
)
tilted = X @ [1, 1j] * np.exp(1j * np.pi * 20 / 180)
tilted = np.c_[tilted.real, tilted.imag]
# 20 draws: reference mean 0.997, sd 0.006, worst 0.978; without PCA at best 0.779.
check.score(
    "PCA turns the band back for a small tree",
    y[300:],
    pca_tree(4).fit(tilted[:300], y[:300]).predict(tilted[300:]),
    at_least=0.94,
    partial=0.85,
    weight=2,
    hint="First PCA, then the tree, in one pipeline with `fit` and `predict`.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Pruning what may be chance
#
# Another way to keep a tree small is to let it grow and then cut off what is not worth it. The $\chi^2$ test asks: if
# both sides of a question had the same shares of the classes, how often would chance alone make them differ at least
# this much? With $O_{sk}$ the rows of class $k$ on side $s$, and $E_{sk}$ (row sum times column sum over the total)
# what one would expect if the side did not matter,
#
# $$\chi^2 = \sum_{s,k} \frac{(O_{sk} - E_{sk})^2}{E_{sk}},\qquad \text{degrees of freedom: } K - 1 .$$
#
# The probability of a larger value is the *p-value*. If it is above 5%, the question may be chance: make the node a
# leaf. The test needs **counts**. From shares it cannot know whether there were four rows or four thousand.
#
# Here a tree is a nested dict. A leaf is `{"counts": [3, 9]}` (rows per class), and any other node also has `"left"`
# and `"right"`, which are nodes; a node's counts are the sum of its children's.
#
# **Your task.**
#
# - `chi2_p(left, right)`: the p-value for the counts of both sides (without Yates' correction). Leave classes out that
#   are on neither side; with fewer than two classes left, return 1.0. `scipy.stats.chi2.sf` gives the probability.
# - `prune(node, p=0.05)`: a new tree, pruned from the bottom up: after its children were pruned, a node **whose
#   children are both leaves** becomes a leaf if its p-value is above `p`. The tree handed in stays as it is.
#
# <!-- covers: 6.10 6.4 -->

# %% given="twigs_data"
twigs = {  # the first question is worth asking; the one on its left may be chance
    "counts": [40, 30],
    "left": {"counts": [36, 4], "left": {"counts": [19, 1]}, "right": {"counts": [17, 3]}},
    "right": {"counts": [4, 26]},
}

# %% answer="prune"
def chi2_p(left, right):
    """Return the p-value of the chi-squared test for the counts (K,) on both sides of a question."""
    ### BEGIN SOLUTION
    from scipy.stats import chi2

    observed = np.array([left, right], dtype=float)
    observed = observed[:, observed.sum(axis=0) > 0]
    if observed.shape[1] < 2:
        return 1.0
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0) / observed.sum()
    return float(chi2.sf(((observed - expected) ** 2 / expected).sum(), observed.shape[1] - 1))
    ### END SOLUTION


def prune(node, p=0.05):
    """Return a new tree without the questions at the bottom that may be chance."""
    ### BEGIN SOLUTION
    if "left" not in node:
        return {"counts": list(node["counts"])}
    left, right = prune(node["left"], p), prune(node["right"], p)
    leaves = "left" not in left and "left" not in right
    if leaves and chi2_p(left["counts"], right["counts"]) > p:
        return {"counts": list(node["counts"])}
    return {"counts": list(node["counts"]), "left": left, "right": right}
    ### END SOLUTION

# %% checks="chi2_test" points=1
check.close("the same shares on both sides: nothing but chance", chi2_p([10, 20], [20, 40]), 1.0)
check.close("one of 20 against three of 20 happens by chance", chi2_p([19, 1], [17, 3]), 0.2918, rtol=1e-3)
### BEGIN HIDDEN TESTS
from scipy.stats import chi2_contingency

rng = np.random.default_rng(datasets.hidden_seed("ch06 chi2"))
for K in (2, 3, 5):
    O = rng.integers(1, 30, size=(2, K))
    check.close(
        "the p-value is right for any number of classes",
        chi2_p(O[0], O[1]),
        chi2_contingency(O, correction=False).pvalue,
        rtol=1e-4,
        atol=1e-12,
        hint="Expected counts are row sum times column sum over the total; K - 1 degrees of freedom.",
    )
few, many = chi2_p([4, 6], [6, 4]), chi2_p([400, 600], [600, 400])
check.close(
    "many rows make the same shares more certain",
    [few, many],
    [chi2_contingency(O, correction=False).pvalue for O in ([[4, 6], [6, 4]], [[400, 600], [600, 400]])],
    rtol=1e-4,
    atol=1e-25,
    hint="Use the counts themselves, not shares.",
)
check.close(
    "classes that are on neither side do not count",
    [chi2_p([0, 8, 0, 3], [0, 2, 0, 9]), chi2_p([0, 7], [0, 5])],
    [chi2_contingency([[8, 3], [2, 9]], correction=False).pvalue, 1.0],
    rtol=1e-4,
    hint="An expected count of zero cannot be divided by, and each such class takes a degree of freedom away.",
)
### END HIDDEN TESTS

# %% checks="prune_test" points=1
check.equal("the question that may be chance is gone", "left" in prune(twigs)["left"], False)
check.equal("the one worth asking is still there", "left" in prune(twigs), True)
### BEGIN HIDDEN TESTS
from scipy.stats import chi2_contingency

draw = datasets.hidden_seed("ch06 prune")


def as_dict(tree, i=0):
    counts = np.rint(tree.value[i, 0] * tree.n_node_samples[i]).astype(int).tolist()
    if tree.children_left[i] == -1:
        return {"counts": counts}
    left, right = (as_dict(tree, children[i]) for children in (tree.children_left, tree.children_right))
    return {"counts": counts, "left": left, "right": right}


def expected(node, p):
    if "left" not in node:
        return node
    sides = [expected(node[side], p) for side in ("left", "right")]
    O = np.array([side["counts"] for side in sides])
    O = O[:, O.sum(axis=0) > 0]
    if any("left" in side for side in sides):
        return {"counts": node["counts"], "left": sides[0], "right": sides[1]}
    if O.shape[1] < 2 or chi2_contingency(O, correction=False).pvalue > p:
        return {"counts": node["counts"]}
    return {"counts": node["counts"], "left": sides[0], "right": sides[1]}


def leaves(node):
    return leaves(node["left"]) + leaves(node["right"]) if "left" in node else 1


X, y = make_meadow(400, seed=draw)
grown = as_dict(DecisionTreeClassifier(random_state=0).fit(X, y).tree_)
for p in (0.05, 0.001):
    check.equal(
        "a grown tree is pruned from the bottom up, at any level of p",
        prune(grown, p),
        expected(grown, p),
        weight=2,
        hint="Prune the children first; then look whether both are leaves; then test.",
    )
check.unchanged("the tree handed in stays as it is", prune, args=(grown,), hint="Build new dicts.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Ten things to know about trees
#
# **Your task.** `facts()` returns a dict with your answers.
#
# - `"gini"`: the Gini impurity of a leaf with 0, 30 and 10 rows of three classes (a number).
# - `"questions"`: how many questions a prediction takes in a balanced tree with 1 048 576 leaves (an integer).
# - `"ten_times_features"`: how many times as many questions, if there were ten times as many features (an integer).
# - `"scaling"`: are the splits of a tree other ones after standardising the features? (`True` or `False`)
# - `"optimal"`: does CART always find the smallest tree that fits? (`True` or `False`)
# - `"many_children"`: which can ask a question with more than two answers, `"CART"` or `"ID3"`?
# - `"non_parametric"`: `"linear regression"` or `"unlimited tree"`?
# - `"balanced"`: which impurity tends to give the more balanced trees, `"gini"` or `"entropy"`?
# - `"overfits"`: a tree is perfect on training rows and poor on others. Which helps: `"raise max_depth"`,
#   `"raise min_samples_leaf"` or `"scale features"`?
# - `"white_box"`: whose single prediction can be checked by hand, a `"random forest"`, a `"neural network"` or a
#   `"tree"`?
#
# <!-- covers: 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 -->

# %% answer="facts"
def facts():
    """Return a dict with the ten answers."""
    ### BEGIN SOLUTION
    return {
        "gini": 1 - (0.75**2 + 0.25**2),
        "questions": 20,
        "ten_times_features": 1,
        "scaling": False,
        "optimal": False,
        "many_children": "ID3",
        "non_parametric": "unlimited tree",
        "balanced": "entropy",
        "overfits": "raise min_samples_leaf",
        "white_box": "tree",
    }
    ### END SOLUTION

# %% checks="facts_test" points=1
check.equal("there are ten answers", len(facts()), 10)
### BEGIN HIDDEN TESTS
check.close("the impurity is right", float(facts()["gini"]), 0.375, rtol=1e-3, hint="One minus the sum of squares.")
check.equal(
    "the cost of a prediction is right",
    [facts()["questions"], facts()["ten_times_features"]],
    [20, 1],
    hint="Every question halves the leaves that are left, whatever it is about.",
)
check.equal(
    "what the algorithm does and does not do is right",
    [facts()[key] for key in ("scaling", "optimal", "many_children", "balanced")],
    [False, False, "ID3", "entropy"],
    hint="Think of the order of values, of greed, and of the lesson of exercise 1.",
)
check.equal(
    "what kind of model a tree is, and how to tame it, is right",
    [facts()[key] for key in ("non_parametric", "overfits", "white_box")],
    ["unlimited tree", "raise min_samples_leaf", "tree"],
    hint="Which model grows with the data? Which change makes it smaller?",
)
### END HIDDEN TESTS

# %% [markdown] essay="tree_essay" points=2
# **In your own words (2 points).** A bank decides about loans with an unlimited decision tree, retrained every month
# on 3000 customers with 12 features. It is right on 100% of the training rows and on 71% of new ones; from month to
# month, half of its first questions change, and customers who reapply get other answers. By law the bank has to give
# a reason for each refusal. In about ten lines: what do these numbers say, which two limits or methods would you try
# first and how would you choose their strength, would you replace the tree by a random forest, and what would you say
# to somebody who suggests to standardise the features or to run PCA first?
#
# ### BEGIN SOLUTION
# *Diagnosis (0.5).* Perfect on its own rows, 71% on new ones: overfitting. First questions that change with the
# sample: high variance, as trees are greedy and unstable.
#
# *Limits (0.5).* For instance min_samples_leaf, max_leaf_nodes or max_depth, or pruning by a chi-squared test or by
# cost-complexity; the strength by cross-validation on training rows, and the result measured once on rows put aside.
#
# *Forest (0.5).* A forest averages the variance away and would be more accurate and steadier, but its single
# predictions can hardly be explained; a small tree gives the reason the law asks for. Either is fine if argued from
# this conflict.
#
# *Standardising and PCA (0.5).* Standardising changes nothing, since only the order of values matters. PCA can help
# with diagonal borders, but its components mix the features, so the reasons become unreadable.
# ### END SOLUTION
