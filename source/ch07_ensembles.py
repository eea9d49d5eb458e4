# %% [markdown]
# # 7. Ensembles and random forests
#
# Ask one clever person, or many ordinary ones? A group of models often beats its best member, on one
# condition: its members must not all be wrong together. This chapter builds the ways to get such a group: let
# different models vote, train one kind of model on different rows and columns, train models one after another
# on what is still wrong, and train a last model to weigh the others.
#
# You write most methods yourself and compare them with scikit-learn's, and use the library where you would at
# work.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_blobs, make_friedman1, make_moons
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — Many heads
#
# A *weak learner* is barely better than guessing. Take $n$ of them, each right with probability $p > \frac12$
# and **independently of the others**: the majority is right far more often than any one of them, and ever
# more often as $n$ grows. That is the wisdom of crowds. Models trained on the same rows are not independent,
# so they tend to share mistakes, and then a crowd is little better than one. Diversity is what ensembles are
# after: other algorithms, other rows, other columns.
#
# **Your task, part one.** Write `crowd_accuracy(p, n, shared)`: the probability that *more than half* of $n$
# voters are right, if on a share `shared` of all questions every voter repeats what the first one says, and
# on the others all answer independently. It has to work for thousands of voters.
#
# **Part two.** Once models have answered, there are two ways to count:
#
# - **hard voting**: each model names one class, the most frequent wins;
# - **soft voting**: the class with the highest *mean probability* wins. A model that is sure counts more than
#   one that wavers, which often helps, provided that the probabilities mean something.
#
# `hard_vote` takes an array of labels, one row per model. `soft_vote` takes one table of probabilities per
# model, and for each model the classes of its columns: **in any order, and a model may never have met some
# class** (its probability is then 0). Both take one weight per model, or `None`. A tie goes to the label that
# sorts first.
#
# <!-- covers: 7.1 7.2 7.3 7.4 7.5 -->

# %% answer="crowd"
def crowd_accuracy(p, n, shared=0.0):
    """Return the probability (a float) that more than half of n voters are right, see above."""
    ### BEGIN SOLUTION
    from scipy.stats import binom

    return float(shared * p + (1 - shared) * binom.sf(n // 2, n, p))
    ### END SOLUTION

# %% checks="crowd_test" points=0.5
check.close("three voters who are right 3 times in 4", crowd_accuracy(0.75, 3), 0.84375)
check.close("a crowd that always repeats one voter is as good as this one", crowd_accuracy(0.6, 99, shared=1.0), 0.6)
### BEGIN HIDDEN TESTS
from scipy.stats import binom

draw = datasets.hidden_seed("ch07 crowd")
for n in (5, 8, 51, 5001 + 2 * (draw % 50)):
    p = 0.505 + 0.0001 * (draw % 100)
    check.close(
        "the majority of independent voters, few or many, is right this often",
        [crowd_accuracy(p, n), crowd_accuracy(p, n, 0.25)],
        [binom.sf(n // 2, n, p), 0.25 * p + 0.75 * binom.sf(n // 2, n, p)],
        rtol=1e-6,
        hint="Add up a binomial distribution (scipy.stats.binom) above n / 2; half of an even crowd is no majority.",
    )
### END HIDDEN TESTS

# %% answer="votes"
def hard_vote(labels, weights=None):
    """Return the winning label of each row (m,) for labels of shape (models, m)."""
    ### BEGIN SOLUTION
    labels = np.asarray(labels)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights)
    names = np.unique(labels)
    counts = np.array([weights @ (labels == name) for name in names])
    return names[counts.argmax(axis=0)]
    ### END SOLUTION


def soft_vote(probas, classes, weights=None):
    """Return (labels (m,), P (m, K)): winners, and mean probabilities, columns in sorted order of all labels.

    probas[i] has shape (m, K_i) and its columns belong to the labels classes[i].
    """
    ### BEGIN SOLUTION
    weights = np.ones(len(probas)) if weights is None else weights
    names = np.unique(np.concatenate(classes))
    P = np.zeros((len(probas[0]), len(names)))
    for proba, own, weight in zip(probas, classes, weights):
        P[:, np.searchsorted(names, own)] += weight * np.asarray(proba)
    return names[P.argmax(axis=1)], P / np.sum(weights)
    ### END SOLUTION

# %% checks="votes_test" points=1
check.equal(
    "the most frequent label wins",
    hard_vote(np.array([["cat", "dog"], ["dog", "dog"], ["cat", "owl"]])),
    np.array(["cat", "dog"]),
)
check.close(
    "soft voting averages probabilities",
    soft_vote([np.array([[0.6, 0.4]]), np.array([[0.1, 0.9]])], [["cat", "dog"], ["cat", "dog"]])[1],
    np.array([[0.35, 0.65]]),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch07 votes"))
names, weights = np.array(["ant", "bee", "cow", "elk"]), np.array([1.0, 2.5, 0.5, 1.6, 1.2])
ballots = names[rng.integers(0, 4, size=(5, 300))]
for w in (np.ones(5), weights):
    counts = np.array([(w[:, None] * (ballots == name)).sum(axis=0) for name in names])
    check.equal(
        "hard voting counts weighted votes, and a tie goes to the first label",
        hard_vote(ballots, None if w[0] == w[1] else w),
        names[counts.argmax(axis=0)],
        hint="Count per label: means and medians of labels mean nothing. `argmax` gives the first of equals.",
    )
# numbers with gaps: their mean would be a label nobody named
check.equal("labels may be any numbers", hard_vote([[1, 70, 5], [9, 5, 5], [9, 70, 1]]), np.array([9, 70, 5]))
owned = [[0, 1, 2, 3], [3, 1, 0, 2], [2, 0], [1, 2, 3], [3, 0, 1, 2]]
probas = [rng.dirichlet(np.ones(len(own)), size=200) for own in owned]
for n, w in ((5, None), (5, weights), (1, None)):
    full = np.zeros((n, 200, 4))
    for model, own in enumerate(owned[:n]):
        full[model][:, own] = probas[model]
    P = np.average(full, axis=0, weights=w)
    check.close(
        "soft voting puts each probability into the column of its label",
        soft_vote(probas[:n], [names[own] for own in owned[:n]], w),
        (names[P.argmax(axis=1)], P),
        weight=2,
        hint="`classes[i]` says which label each column of model i is about. Divide by the sum of the weights.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### The library's voter
#
# `VotingClassifier` trains clones of its models on all rows and counts their votes. Soft voting needs
# `predict_proba`, which an `SVC` does not offer by itself; its old switch `probability=True` is on its way
# out. Wrap it: `CalibratedClassifierCV(SVC(...), ensemble=False)` learns to turn its scores into
# probabilities.
#
# **Your task, part three.** Write `voting_model(kind, seed)`: an untrained `VotingClassifier` of at least
# three models of **different kinds** that can draw a curved border. Hidden checks train it on a new pair of
# moons. Do not forget to scale features for models that compare distances, inside a pipeline.

# %% given="moons_data"
X_moons, y_moons = make_moons(500, noise=0.3, random_state=71)

# %% answer="voting_model"
def voting_model(kind="hard", seed=0):
    """Return an untrained VotingClassifier, kind "hard" or "soft"; seed makes its models repeatable."""
    ### BEGIN SOLUTION
    models = [
        ("neighbours", make_pipeline(StandardScaler(), KNeighborsClassifier(15))),
        ("forest", RandomForestClassifier(60, min_samples_leaf=3, random_state=seed)),
        ("svm", make_pipeline(StandardScaler(), CalibratedClassifierCV(SVC(), ensemble=False))),
    ]
    return VotingClassifier(models, voting=kind)
    ### END SOLUTION

# %% checks="voting_model_test" points=1
check.instance("it is a VotingClassifier", voting_model(), "sklearn.ensemble.VotingClassifier")
check.score(
    "hard voting is right for at least 85% of the moons it has learnt",
    y_moons,
    voting_model("hard").fit(X_moons, y_moons).predict(X_moons),
    at_least=0.85,
)
### BEGIN HIDDEN TESTS
X, y = make_moons(4600, noise=0.32, random_state=datasets.hidden_seed("ch07 voting model"))
X = X * [1.0, 300.0]  # other units: distances need scaling
# Over 20 draws: reference .897 (worst .882); without scaling .82 (best .84), straight borders only .852 (best .870).
for kind in ("hard", "soft"):
    check.score(
        "your voters find the right moon on new data",
        y[600:],
        voting_model(kind, 3).fit(X[:600], y[:600]).predict(X[600:]),
        at_least=0.88,
        hint="Which of your models can draw a curved border, and which compare distances in unscaled units?",
    )


def kind_of(model):  # of a pipeline, the last step counts
    return kind_of(model.steps[-1][1]) if "steps" in model.get_params() else repr(model).split("(")[0]


check.true(
    "three or more kinds of model vote, and none uses the outdated `probability=True`",
    len({kind_of(model) for _, model in voting_model().estimators}) >= 3
    and not any(v is True for k, v in voting_model("soft").get_params().items() if k.endswith("probability")),
    hint="Copies of one model make the same mistakes. For the SVC, see the lesson on calibration.",
)
units = np.array([9e4, 1.0])
one, same, other = (voting_model("soft", 3).fit(X[:600] * scale, y[:600]) for scale in (1.0, 1.0, units))
check.true(
    "`kind` says how votes are counted, and the same `seed` gives the same votes",
    np.array_equal(one.predict_proba(X[600:800]), same.predict_proba(X[600:800])) and voting_model().voting == "hard",
    hint="Pass `kind` to the voter, and `seed` to each of its models that draws at random.",
)
X, pairs = X[600:1600], zip(one.estimators_, other.estimators_)
check.true(
    "no voter minds the units of the columns",
    all(np.mean(a.predict(X) == b.predict(X * units)) > 0.9 for a, b in pairs),
    hint="A model that compares distances stands behind a scaler, in a pipeline of its own.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — One model, many samples of the rows
#
# Instead of many algorithms, take one and show it different rows:
#
# - **bagging** draws rows *with* replacement (a bootstrap sample); a sample of $m$ out of $m$ rows misses
#   each row with probability $(1 - \frac1m)^m \approx e^{-1}$, so it holds about 63.2% of them;
# - **pasting** draws *without* replacement, so samples are smaller than the table;
# - **random subspaces** draw columns, and **random patches** draw rows and columns.
#
# The rows a model did not draw are *out of bag*. Let every row be judged only by the models that never saw
# it, and you get an honest estimate of the accuracy without holding anything out.
#
# **Your task.** Write the class `Bagger`. For each of its `n` models, in this order, with **one** generator
# made from `seed`:
#
# - draw `round(max_samples * m)` rows, with replacement if `bootstrap` is true;
# - draw `round(max_features * columns)` different columns, and sort them;
# - clone `model`; if it has a parameter `random_state`, set it to a new number from the generator, as
#   otherwise all trees that draw at random would draw the same. Fit it on these rows and columns.
#
# Keep the drawn rows, columns and fitted models in the lists `rows_`, `columns_` and `models_`. `predict` is
# a majority vote (a tie goes to the label that sorts first). `oob_score_` is the accuracy of the majority
# vote of the out-of-bag models, **over the rows that have at least one** (`nan` if no row has, as when all
# rows are pasted). `fit` is timed: ask each model once for all its rows.
#
# <!-- covers: 7.6 7.7 7.8 7.14 -->

# %% answer="bagger"
class Bagger:
    """Bagging, pasting, random subspaces or patches with any classifier."""

    def __init__(self, model, n=50, max_samples=1.0, bootstrap=True, max_features=1.0, seed=0):
        self.model, self.n, self.max_samples = model, n, max_samples
        self.bootstrap, self.max_features, self.seed = bootstrap, max_features, seed

    def fit(self, X, y):
        """Draw, train and judge out of bag; return self."""
        ### BEGIN SOLUTION
        rng, (m, width) = np.random.default_rng(self.seed), X.shape
        self.classes_, self.rows_, self.columns_, self.models_ = np.unique(y), [], [], []
        votes = np.zeros((m, len(self.classes_)))
        for _ in range(self.n):
            rows = rng.choice(m, round(self.max_samples * m), replace=self.bootstrap)
            columns = np.sort(rng.choice(width, round(self.max_features * width), replace=False))
            model = clone(self.model)
            if "random_state" in model.get_params():
                model.set_params(random_state=int(rng.integers(2**31)))
            model.fit(X[np.ix_(rows, columns)], y[rows])
            for store, item in ((self.rows_, rows), (self.columns_, columns), (self.models_, model)):
                store.append(item)
            if len(out := np.setdiff1d(np.arange(m), rows)):
                votes[out] += model.predict(X[np.ix_(out, columns)])[:, None] == self.classes_
        judged = votes.any(axis=1)
        right = self.classes_[votes.argmax(axis=1)][judged] == y[judged]
        self.oob_score_ = float(right.mean()) if len(right) else np.nan
        return self
        ### END SOLUTION

    def predict(self, X):
        """Return the majority vote (m,) of all models."""
        ### BEGIN SOLUTION
        votes = np.zeros((len(X), len(self.classes_)))
        for model, columns in zip(self.models_, self.columns_):
            votes += model.predict(X[:, columns])[:, None] == self.classes_
        return self.classes_[votes.argmax(axis=1)]
        ### END SOLUTION

# %% given="bag_of_trees"
def bag_of_trees(X, y):
    """Return the out-of-bag score of 20 bagged trees: this is what is timed."""
    return Bagger(DecisionTreeClassifier(max_depth=6), 20, seed=1).fit(X, y).oob_score_

# %% checks="bagger_test" points=1
check.equal("there are as many models as asked for", len(Bagger(GaussianNB(), n=7).fit(X_moons, y_moons).models_), 7)
check.shape(
    "pasting half of 500 rows draws 250 of them",
    np.unique(Bagger(GaussianNB(), n=2, max_samples=0.5, bootstrap=False).fit(X_moons, y_moons).rows_[1]),
    (250,),
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 bagger")
X, y = make_blobs(500, 6, centers=4, cluster_std=6, random_state=draw)
y = np.array(["oak", "fir", "ash", "elm"])[y]
shares = [len(np.unique(rows)) / 500 for rows in Bagger(GaussianNB(), 30, seed=draw).fit(X, y).rows_]
check.close(  # over 20 draws .6320 with a deviation of .0027; pasting has 1
    "a bootstrap sample holds about 63.2% of the rows, and no two samples are the same",
    [np.mean(shares), float(np.ptp(shares) > 0)],
    [0.632, 1.0],
    rtol=0,
    atol=0.015,
    hint="`rng.choice(m, size, replace=True)`, anew for every model with one generator.",
)


def shapes(**settings):
    bag = Bagger(GaussianNB(), 5, seed=draw, **settings).fit(X, y)
    return [(len(r), len(set(r)) == len(r), len(set(c))) for r, c in zip(bag.rows_, bag.columns_)]


check.equal(
    "pasting and patches draw as many different rows and columns as asked for",
    [shapes(max_samples=0.3, bootstrap=False), shapes(max_samples=0.4, bootstrap=False, max_features=0.5)],
    [[(150, True, 6)] * 5, [(200, True, 3)] * 5],
    hint="Rows and columns are drawn separately; columns never twice.",
)
whims = Bagger(DecisionTreeClassifier(splitter="random", random_state=1), 4, 1.0, False, seed=draw).fit(X, y)
check.true(
    "trees that draw at random get a random_state of their own",
    len({"".join(tree.predict(X + 1.5)) for tree in whims.models_}) > 2,
    hint="Pasting all rows, only the random_state makes the trees differ.",
)
### END HIDDEN TESTS

# %% checks="bagged_votes_test" points=0.75
check.score(
    "a bag of trees is right for at least 85% of the moons it has learnt",
    y_moons,
    Bagger(DecisionTreeClassifier(max_depth=4), 15).fit(X_moons, y_moons).predict(X_moons),
    at_least=0.85,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 bagged votes")
X, y = make_blobs(500, 6, centers=4, cluster_std=6, random_state=draw)
y = np.array(["oak", "fir", "ash", "elm"])[y]
for settings in ({}, {"max_samples": 0.5, "bootstrap": False, "max_features": 0.5}):
    bag = Bagger(KNeighborsClassifier(1), 7, seed=draw, **settings).fit(X[:300], y[:300])
    votes = np.zeros((200, 4), int)
    for rows, columns in zip(bag.rows_, bag.columns_):
        model = KNeighborsClassifier(1).fit(X[rows][:, columns], y[rows])
        votes += model.predict(X[300:][:, columns])[:, None] == np.unique(y)
    check.equal(
        "the prediction is the majority vote of models that know their own rows and columns",
        bag.predict(X[300:]),
        np.unique(y)[votes.argmax(axis=1)],
        hint="Give each model the columns it was trained on, and count one vote per model.",
    )
found, truth, single = [], [], []
for number in range(6):
    X, y = make_moons(2400, noise=0.45, random_state=draw // 3 + number)
    found.append(Bagger(DecisionTreeClassifier(), 60, seed=draw).fit(X[:400], y[:400]).predict(X[400:]))
    truth.append(y[400:])
    single.append(DecisionTreeClassifier(random_state=0).fit(X[:400], y[:400]).predict(X[400:]))
# Over 20 draws .040 better than one tree (deviation .007, least .026), the first tree of a bag -.004 (best .008).
check.score(
    "a bag of trees is better than one tree on new data",
    np.concatenate(truth),
    np.concatenate(found),
    baseline=np.concatenate(single),
    at_least=1.025, hint="Do all models have a vote?",
)
check.faster(
    "the out-of-bag score asks each model once",
    bag_of_trees,
    inputs=lambda seed: make_moons(500, noise=0.3, random_state=seed),
    times=4,
    agrees=lambda found, expected: abs(found - expected) < 0.05,
    hint="`model.predict` for one row at a time costs far more than for all rows together.",
)
### END HIDDEN TESTS

# %% checks="oob_test" points=0.75
check.true(
    "the out-of-bag score of 1-nearest-neighbour on moons is honest, so below 95%",
    Bagger(KNeighborsClassifier(1), 40).fit(X_moons, y_moons).oob_score_ < 0.95,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 oob")
rng = np.random.default_rng(draw)


def honest(bag, X, y):
    votes = np.zeros((len(X), len(set(y))))
    for rows in bag.rows_:
        out = np.setdiff1d(np.arange(len(X)), rows)
        votes[out] += KNeighborsClassifier(1).fit(X[rows], y[rows]).predict(X[out])[:, None] == np.unique(y)
    seen = votes.any(axis=1)
    return float(np.mean(np.unique(y)[votes.argmax(axis=1)][seen] == y[seen]))


X, y = rng.normal(size=(300, 3)), rng.integers(0, 3, size=300)  # nothing to learn: a third is right
for n in (3, 25):
    bag = Bagger(KNeighborsClassifier(1), n, seed=draw).fit(X, y)
    check.close(
        "each row is judged by the models that did not see it, and rows without any are left out",
        bag.oob_score_,
        honest(bag, X, y),
        rtol=1e-9,
        hint="Find the rows a model did not draw. With 3 models, every fourth row is in all samples.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What averaging buys
#
# Train a model again and again on new samples and look at one point $x$ of the true curve $f$. The mean of
# its predictions $\bar g(x)$ may miss $f(x)$: that is *bias*. The predictions scatter around their mean: that
# is *variance*. Over all test points,
#
# $$\mathrm{bias}^2 = \operatorname{mean}_x\,\bigl(\bar g(x) - f(x)\bigr)^2, \qquad
# \mathrm{variance} = \operatorname{mean}_x\,\operatorname{mean}_i\,\bigl(g_i(x) - \bar g(x)\bigr)^2 .$$
#
# Each bagged tree has a bit more bias than a tree that saw all rows, and the mean of many has far less
# variance.
#
# **Your task.** Write `bias_variance(model, samples, X_new, truth)`. `samples` is a list of training sets
# `(X, y)`, and `truth` holds $f$ at `X_new`, without noise. Train a clone of the regressor on each. Then use
# it yourself in `bagging_report()`: return a dict with the keys `"tree"` and `"bag"`, each with the pair
# (bias², variance) of a `DecisionTreeRegressor(random_state=0)` and of a `BaggingRegressor` of 20 such trees
# (`random_state=0`), for the samples and the curve below.

# %% given="wave_data"
def make_waves(samples, seed, m=80, noise=0.4):
    """Return training sets [(X (m, 1), y (m,)), ...] of one curve, test points (60, 1) and the true curve there."""
    rng = np.random.default_rng(seed)
    X_new = np.linspace(0, 6, 60)[:, None]
    places = [rng.uniform(0, 6, size=(m, 1)) for _ in range(samples)]
    return [(X, np.sin(X[:, 0]) + noise * rng.normal(size=m)) for X in places], X_new, np.sin(X_new[:, 0])


waves, X_wave, true_wave = make_waves(15, seed=72)

# %% answer="bias_variance"
def bias_variance(model, samples, X_new, truth):
    """Return (bias squared, variance), two floats, of a regressor over training sets [(X, y), ...]."""
    ### BEGIN SOLUTION
    guesses = np.array([clone(model).fit(X, y).predict(X_new) for X, y in samples])
    return float(np.mean((guesses.mean(axis=0) - truth) ** 2)), float(guesses.var(axis=0).mean())
    ### END SOLUTION


def bagging_report():
    """Return {"tree": (bias squared, variance), "bag": (bias squared, variance)} for the waves."""
    ### BEGIN SOLUTION
    from sklearn.ensemble import BaggingRegressor

    tree = DecisionTreeRegressor(random_state=0)
    bag = BaggingRegressor(tree, n_estimators=20, random_state=0)
    pairs = {"tree": tree, "bag": bag}
    return {name: bias_variance(model, waves, X_wave, true_wave) for name, model in pairs.items()}
    ### END SOLUTION

# %% checks="bias_variance_test" points=0.5
check.close(
    "a model that always learns the same has no variance",
    bias_variance(LinearRegression(), [waves[0]] * 3, X_wave, true_wave)[1],
    0.0,
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import RandomForestRegressor

samples, X_new, truth = make_waves(12, seed=datasets.hidden_seed("ch07 bias and variance"), noise=0.5)
warm = RandomForestRegressor(4, warm_start=True, random_state=0)  # fitted again without a clone, it learns nothing
for model in (LinearRegression(), DecisionTreeRegressor(max_depth=4, random_state=0), warm):
    guesses = np.array([clone(model).fit(X, y).predict(X_new) for X, y in samples])
    check.close(
        "bias and variance are those of the lesson",
        bias_variance(model, samples, X_new, truth),
        (float(np.mean((guesses.mean(axis=0) - truth) ** 2)), float(guesses.var(axis=0).mean())),
        hint="First the mean over the training sets at each point, then over the points; and a fresh clone for each.",
    )
report = bagging_report()
check.true(  # over 20 seeds of the waves, the ratio is .50 (deviation .012, worst .54)
    "in your report, bagging lowers the variance of the tree by more than a third",
    report["bag"][1] < 0.65 * report["tree"][1]
    and np.allclose(report["tree"], bias_variance(DecisionTreeRegressor(random_state=0), waves, X_wave, true_wave)),
    hint="Use the waves of the given cell, and 20 trees in the bag.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Forests, and what they find important
#
# A **random forest** is a bag of trees in which each *split* looks at a random handful of columns (by default
# the square root of their number). The trees differ more, and their mean varies less. **Extra-trees** also
# draw the thresholds at random instead of looking for the best: faster, with a little more bias and less
# variance. Which is better on your data? Nobody can say beforehand; compare by cross-validation, on the same
# folds.
#
# Forests also say which columns mattered. **Impurity importance** adds up how much purer the splits on a
# column made the training rows, scaled so that all add up to 1. It costs nothing and is unfair: a column with
# many different values offers many chances to split, even if it is pure noise. **Permutation importance**
# shuffles one column of *held-out* rows and looks at how much the accuracy drops.
#
# **Your task.**
#
# - `compare_by_cv(models, X, y, folds, seed)`: for a dict of models, return a dict of arrays with the
#   accuracy on each of `folds` shuffled, stratified folds (`StratifiedKFold` with `random_state=seed`). Fit
#   clones, and give every model the same folds.
# - `permutation_drop(predict, X, y, repeats, seed)`: `predict` is a function from rows to labels; call it
#   with tables of the shape of `X`. Return one number per column: the mean over `repeats` shuffles of
#   (accuracy before − accuracy with this one column shuffled).
# - `audit(X, y, seed)`: hold out a third of the rows (`train_test_split` with `test_size=1 / 3`, stratified,
#   `random_state=seed`), train a forest of 100 trees with that `random_state` on the rest, and return a
#   DataFrame with one row per column of the DataFrame `X`: `feature`, `impurity`, `permutation` (5 repeats,
#   held-out rows), the most important by permutation first, index 0, 1, 2, ...
#
# <!-- covers: 7.9 7.10 7.11 -->

# %% given="loans_data"
def make_loans(m, seed, flips=0.2):
    """Return a table of loans and whether they were paid back; the account number says nothing about that."""
    rng = np.random.default_rng(seed)
    income, debt = rng.normal(size=(2, m))
    home = rng.integers(0, 2, m)
    paid = (1.2 * income - debt + 1.6 * home - 0.8 > 0) ^ (rng.random(m) < flips)
    columns = {"account": rng.permutation(m), "income": income, "debt": debt.round(1), "home": home}
    return pd.DataFrame(columns), paid.astype(int)


X_loans, y_loans = make_loans(600, seed=73)

# %% answer="forests"
def compare_by_cv(models, X, y, folds=5, seed=0):
    """Return {name: accuracies (folds,)} for a dict of classifiers, all on the same folds."""
    ### BEGIN SOLUTION
    cv = StratifiedKFold(folds, shuffle=True, random_state=seed)
    parts = list(cv.split(X, y))

    def accuracy(model, train, test):
        return np.mean(clone(model).fit(X[train], y[train]).predict(X[test]) == y[test])

    return {name: np.array([accuracy(model, *part) for part in parts]) for name, model in models.items()}
    ### END SOLUTION


def permutation_drop(predict, X, y, repeats=5, seed=0):
    """Return the mean drop in accuracy (columns,) when one column of the array X is shuffled."""
    ### BEGIN SOLUTION
    rng, before = np.random.default_rng(seed), np.mean(predict(X) == y)
    drops = np.zeros((repeats, X.shape[1]))
    for repeat, column in np.ndindex(drops.shape):
        shuffled = X.copy()
        shuffled[:, column] = rng.permutation(X[:, column])
        drops[repeat, column] = before - np.mean(predict(shuffled) == y)
    return drops.mean(axis=0)
    ### END SOLUTION


def audit(X, y, seed=0):
    """Return a DataFrame with the columns feature, impurity and permutation, best by permutation first."""
    ### BEGIN SOLUTION
    values = X.to_numpy(dtype=float)
    X_train, X_valid, y_train, y_valid = train_test_split(
        values, y, test_size=1 / 3, stratify=y, random_state=seed
    )
    forest = RandomForestClassifier(100, random_state=seed).fit(X_train, y_train)
    drops = permutation_drop(forest.predict, X_valid, y_valid, 5, seed)
    table = {"feature": X.columns, "impurity": forest.feature_importances_, "permutation": drops}
    return pd.DataFrame(table).sort_values("permutation", ascending=False, ignore_index=True)
    ### END SOLUTION

# %% checks="compare_test" points=0.5
check.true(
    "both forests are compared with a tree on five folds",
    {name: scores.shape for name, scores in compare_by_cv(
        {"tree": DecisionTreeClassifier(), "extra": ExtraTreesClassifier(20)}, X_moons, y_moons
    ).items()} == {"tree": (5,), "extra": (5,)},
)
### BEGIN HIDDEN TESTS
from sklearn.model_selection import cross_val_score

draw = datasets.hidden_seed("ch07 compare")
X, y = make_blobs([120, 60, 30], 3, cluster_std=5, random_state=draw, shuffle=False)
models = {
    "neighbours": KNeighborsClassifier(3),
    "forest": RandomForestClassifier(10, random_state=draw % 1000, warm_start=True),  # remembers, unless cloned
    "extra": ExtraTreesClassifier(10, random_state=draw % 1000),
}
found = compare_by_cv(models, X, y, folds=4, seed=draw % 1000)
for name, model in models.items():
    check.close(
        "every model is trained and judged on the same shuffled, stratified folds",
        found[name],
        cross_val_score(model, X, y, cv=StratifiedKFold(4, shuffle=True, random_state=draw % 1000)),
        rtol=1e-9,
        hint="The rows are sorted by class. Shuffle, stratify, and make the folds once with `random_state=seed`.",
    )
### END HIDDEN TESTS

# %% checks="permutation_test" points=0.5
check.shape("there is one number per column", permutation_drop(lambda X: X[:, 0] > 0, X_moons, y_moons), (2,))
### BEGIN HIDDEN TESTS
X, seen = np.random.default_rng(datasets.hidden_seed("ch07 permutation")).normal(size=(300, 3)), []


def rule(rows):
    seen.append(np.array(rows))
    return np.where(rows[:, 0] + 0.5 * rows[:, 1] > 0, "yes", "no")


y = rule(X)
permutation_drop(rule, X, y, 20, 3)
changed = [[sorted(a) == sorted(b) and (a != b).any() for a, b in zip(rows.T, X.T)] for rows in seen]
check.true(
    "one column at a time is shuffled, from the original rows, every time anew",
    all(sum((rows[:, c] != X[:, c]).any() for c in range(3)) <= 1 for rows in seen)
    and all(any(row[c] for row in changed) for c in range(3))
    and all(len({rows[0, c] for rows in seen}) > 10 for c in range(3))
    and len({tuple(permutation_drop(rule, X, y, 2, seed)) for seed in (1, 1, 2, 3, 4)}) in (2, 3, 4),
    hint="Copy the rows before you shuffle, so that the columns before are back in place. Is the seed used?",
)
### END HIDDEN TESTS

# %% checks="permutation_mean_test" points=0.5
check.close(
    "columns that a model does not use have no drop",
    permutation_drop(lambda X: (X[:, 0] > 0).astype(int), X_moons[:, [0, 1, 1]], (X_moons[:, 0] > 0).astype(int))[1:],
    np.zeros(2),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch07 permutation mean"))
X = rng.normal(size=(400, 3))
X[:, 2] = X[:, 0] + 0.01 * X[:, 2]


def rule(rows):
    return np.where(rows[:, 0] + 0.5 * rows[:, 1] > 0, "yes", "no")


# only 80% of the answers are right before any shuffling: the drop is not one minus the accuracy
y = np.where(rng.random(400) < 0.2, "no", rule(X))


def drop_by_hand(column):
    rolled = [np.roll(X[:, column], k) for k in range(1, 400)]
    tables = [np.c_[X[:, :column], values, X[:, column + 1 :]] for values in rolled]
    return np.mean(rule(X) == y) - np.mean([np.mean(rule(table) == y) for table in tables])


check.close(  # the deviation of a mean of 20 shuffles is .004
    "the number is the mean drop in accuracy",
    permutation_drop(rule, X, y, 20, 3),
    [drop_by_hand(column) for column in range(3)],
    rtol=0,
    atol=0.025,
    hint="Accuracy before minus accuracy after, averaged over the repeats; useless columns are near 0.",
)
check.unchanged(
    "`permutation_drop` leaves the rows as they were",
    lambda rows, labels: permutation_drop(rule, rows, labels, 2, 0),
    args=(X, y),
    hint="Shuffle a copy.",
)
### END HIDDEN TESTS

# %% checks="audit_test" points=1
check.frame(
    "the audit has one row per column",
    audit(X_loans, y_loans),
    columns=["feature", "impurity", "permutation"],
    rows=4,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 audit")
X, y = make_loans(1400, seed=draw, flips=0.22)
table, state = audit(X, y, draw % 1000), draw % 1000
X_train, _, y_train, _ = train_test_split(X.to_numpy(float), y, test_size=1 / 3, stratify=y, random_state=state)
forest = RandomForestClassifier(100, random_state=state).fit(X_train, y_train)
check.close(
    "impurity importances are those of a forest that learnt from two thirds of the rows",
    [float(table.loc[table["feature"] == name, "impurity"].iloc[0]) for name in X],
    forest.feature_importances_.tolist(),
    rtol=1e-6,
    hint="Split first, with `random_state=seed`, and keep each number beside its own column name.",
)
# over 30 draws the account number has .000 (deviation .012, most .028), on training rows .174 (least .147); the next
# column has at least .062
check.true(
    "by permutation on held-out rows the account number is worth nothing",
    abs(float(table.loc[table["feature"] == "account", "permutation"].iloc[0])) < 0.06,
    hint="On rows it has learnt by heart a forest seems to need every column.",
)
check.true(
    "the most important feature by permutation comes first",
    table["permutation"].is_monotonic_decreasing
    and table.index.tolist() == [0, 1, 2, 3]
    and table["feature"].tolist()[-1] == "account",
    hint="Sort by permutation, largest first, and number the rows anew.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — AdaBoost: listen to your mistakes
#
# *Boosting* trains models one after another, each on what its predecessors got wrong. So it cannot be spread
# over many machines as bagging can: round 7 needs the result of round 6. AdaBoost says "look here" by *row
# weights*. With $K$ classes, and weights $w_i = \frac1m$ to begin with, each round
#
# 1. trains a small tree with `sample_weight` $w$;
# 2. adds up the weights of the rows it gets wrong: $r = \sum_{\text{wrong}} w_i$ (the weights sum to 1);
# 3. gives the tree the say $\alpha = \eta\,\bigl(\ln\frac{1-r}{r} + \ln(K-1)\bigr)$, where $\eta$ is the
#    learning rate;
# 4. multiplies the weights of the **wrong** rows by $e^{\alpha}$, and divides all weights by their sum.
#
# The prediction is the class for which the trees that vote for it have the most say together.
#
# **Your task.** Write the class `AdaBoost`. `trees_`, `alphas_` and `weights_` are lists with one entry per
# tree kept; `weights_[i]` is what tree `i` was *trained* with. Two special cases:
#
# - a tree with $r = 0$ is kept with $\alpha = 1$, and training ends;
# - a tree with $r \ge 1 - \frac1K$ is no better than chance: it is not kept, and training ends. Sums of
#   weights are rounded, so allow for $10^{-9}$ here. If it is the first tree, raise `ValueError` with a
#   helpful message.
#
# <!-- covers: 7.12 7.13 7.14 7.16 -->

# %% answer="adaboost"
class AdaBoost:
    """AdaBoost for K classes (SAMME) with trees of a given depth."""

    def __init__(self, n=50, lr=1.0, depth=1):
        self.n, self.lr, self.depth = n, lr, depth

    def fit(self, X, y):
        """Train up to n trees; return self."""
        ### BEGIN SOLUTION
        self.classes_, self.trees_, self.alphas_, self.weights_ = np.unique(y), [], [], []
        K, w = len(self.classes_), np.full(len(X), 1 / len(X))
        for _ in range(self.n):
            tree = DecisionTreeClassifier(max_depth=self.depth, random_state=0).fit(X, y, sample_weight=w)
            wrong = tree.predict(X) != y
            r = w[wrong].sum()
            if r >= 1 - 1 / K - 1e-9:
                break
            alpha = self.lr * (np.log((1 - r) / r) + np.log(K - 1)) if r > 0 else 1.0
            for store, item in ((self.trees_, tree), (self.alphas_, float(alpha)), (self.weights_, w)):
                store.append(item)
            if r == 0:
                break
            w = w * np.exp(alpha * wrong)
            w = w / w.sum()
        if not self.trees_:
            raise ValueError("No tree was better than chance: try deeper trees or other features.")
        return self
        ### END SOLUTION

    def predict(self, X):
        """Return the label (m,) with the most say."""
        ### BEGIN SOLUTION
        say = np.zeros((len(X), len(self.classes_)))
        for tree, alpha in zip(self.trees_, self.alphas_):
            say += alpha * (tree.predict(X)[:, None] == self.classes_)
        return self.classes_[say.argmax(axis=1)]
        ### END SOLUTION

# %% checks="adaboost_fit_test" points=1
check.close(
    "the weights of every round sum to 1",
    [float(w.sum()) for w in AdaBoost(n=5).fit(X_moons, y_moons).weights_],
    [1.0] * 5,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 adaboost")
# a stump can name two of four equal classes only, so at least half of the rows are wrong in the first round
blobs, kinds = make_blobs(300, 4, centers=4, cluster_std=4, random_state=draw)
for X, y, lr in ((*make_moons(300, noise=0.3, random_state=draw), 1.0), (blobs, kinds, 0.6)):
    boost, K, w = AdaBoost(8, lr).fit(X, y), len(set(y)), np.full(300, 1 / 300)
    trees, alphas = [], []
    for given in boost.weights_:  # goes on from the student's own weights: ties cannot lead elsewhere
        trees.append(DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y, sample_weight=given))
        r = given[trees[-1].predict(X) != y].sum()
        alphas.append(lr * (np.log((1 - r) / r) + np.log(K - 1)))
    check.close(
        "the say of each tree follows from the weights of the rows it gets wrong",
        boost.alphas_,
        alphas,
        rtol=1e-6,
        hint="Add up weights, not rows, and do not forget the learning rate and ln(K - 1).",
    )
    grown = [w] + [g * np.exp(a * (t.predict(X) != y)) for g, a, t in zip(boost.weights_, alphas, trees)]
    check.close(
        "the rows a tree gets wrong weigh more in the next round, and all weights sum to 1",
        boost.weights_,
        [g / g.sum() for g in grown[: len(alphas)]],
        rtol=1e-6,
        weight=2,
        hint="Multiply the wrong rows by e to the alpha of this tree, then divide by the sum.",
    )
### END HIDDEN TESTS

# %% checks="adaboost_end_test" points=0.5
check.equal(
    "a tree without mistakes ends the training",
    AdaBoost(n=5).fit(np.array([[0.0], [1.0]]), np.array([0, 1])).alphas_,
    [1.0],
)
### BEGIN HIDDEN TESTS
blind = np.zeros((8, 1))  # a tree that sees nothing says what most rows are, by weight
check.raises(
    "if nothing is better than chance, ValueError says so",
    ValueError,
    AdaBoost(4).fit,
    args=(blind, np.arange(8) % 2),
    hint="With K classes, guessing is wrong with probability 1 - 1 / K.",
)
short = [AdaBoost(9).fit(blind[:len(y)], np.array(y)) for y in ([0, 0, 0, 1], [2, 2, 2, 2, 0, 1])]
short += [AdaBoost(1).fit(blind[:7], np.array([0, 0, 0, 1, 1, 2, 2]))]
short += [AdaBoost(9).fit(np.arange(8.0)[:, None], np.arange(8) // 5), AdaBoost(3).fit(X_moons, y_moons)]
check.equal(
    "trees are kept as long as they are better than chance and not perfect, and not more than asked for",
    [len(boost.trees_) for boost in short],
    [1, 1, 1, 1, 3],
    hint="Look at r before you keep the tree: half of the rows wrong is bad for 2 classes, and good for 3.",
)
### END HIDDEN TESTS

# %% checks="adaboost_predict_test" points=1
check.score(
    "with 50 stumps, at least 85% of the moons are right",
    y_moons,
    AdaBoost(50).fit(X_moons, y_moons).predict(X_moons),
    at_least=0.85,
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import AdaBoostClassifier

draw = datasets.hidden_seed("ch07 adaboost predict")
X, y = make_moons(1900, noise=0.25, random_state=draw)
check.score(  # over 20 draws .931 (deviation .008, worst .911); a single stump .814 (best .829)
    "boosted stumps find the right moon on new data",
    y[400:],
    AdaBoost(60).fit(X[:400], y[:400]).predict(X[400:]),
    at_least=0.89,
    hint="Each tree votes with its alpha.",
)
X, y = make_blobs(900, 3, centers=5, cluster_std=4, random_state=draw)
names = np.array(["red", "blue", "pink", "grey", "cyan"])[y]
stump = DecisionTreeClassifier(max_depth=1)
theirs = AdaBoostClassifier(stump, n_estimators=40, learning_rate=0.5, random_state=0)
# of two trees that contradict each other, the first has more say here, and says the label that sorts last
contrary = AdaBoost(2, 1.5).fit(np.zeros((8, 1)), np.array(["b"] * 7 + ["a"])).predict(np.zeros((1, 1)))[0]
mine = AdaBoost(40, 0.5).fit(X[:400], names[:400])
agree = theirs.fit(X[:400], names[:400]).predict(X[400:]) == mine.predict(X[400:])
check.true(  # over 25 draws they agree on all rows
    "with five classes, your predictions agree with scikit-learn's, and a tree with more say decides",
    float(np.mean(agree)) > 0.97 and contrary == "b",
    hint="Add up the say per class; signs of +1 and -1 work for two classes only.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Gradient boosting: learn what is left
#
# Gradient boosting leaves the rows as they are and changes the target. Start with the mean of `y`. Each new
# regression tree learns the **residuals**, what the sum so far gets wrong, and joins the sum multiplied by
# the *learning rate* $\eta$:
#
# $$F_0 = \bar y, \qquad F_t(x) = F_{t-1}(x) + \eta\, h_t(x), \qquad h_t \text{ fitted to } y - F_{t-1}(X) .$$
#
# A small $\eta$ (*shrinkage*) needs more trees and usually generalises better. *Stochastic* gradient boosting
# trains each tree on a random part of the rows, say a quarter: faster, with more bias and less variance. With
# too many trees the sum starts to learn noise, so watch a validation set and stop.
#
# **Your task.** Write the class `GradientBoosting`.
#
# - `fit(X, y, X_valid=None, y_valid=None)` trains `DecisionTreeRegressor(max_depth=depth, random_state=0)`,
#   each on `round(subsample * m)` different rows drawn by one generator made from `seed`; the sum is updated
#   for **all** rows.
# - If `patience` is given, training stops as soon as the validation RMSE has reached no new best for
#   `patience` trees in a row, and only the trees up to the best remain. `trees_` is the list of trees that
#   remain.
# - `staged_predict(X)` returns an array of shape `(trees, m)`: the prediction after 1, 2, 3, ... trees. It is
#   timed: add one tree to the sum before it. `predict(X)` is the last of them.
#
# <!-- covers: 7.12 7.14 7.15 7.16 7.17 7.N1 7.N2 7.N4 -->

# %% given="curve_data"
def make_ripple(m, seed, noise=0.25):
    """Return X (m, 2) and a wavy target y (m,) with noise."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, size=(m, 2))
    return X, 3 + np.sin(3 * X[:, 0]) + X[:, 1] ** 2 / 2 + noise * rng.normal(size=m)


X_ripple, y_ripple = make_ripple(300, seed=75)
halves_of_ripple = X_ripple[:150], y_ripple[:150], X_ripple[150:], y_ripple[150:]

# %% answer="gradient_boosting"
class GradientBoosting:
    """Gradient boosting for regression with squared error."""

    def __init__(self, n=100, lr=0.1, depth=2, subsample=1.0, patience=None, seed=0):
        self.n, self.lr, self.depth = n, lr, depth
        self.subsample, self.patience, self.seed = subsample, patience, seed

    def fit(self, X, y, X_valid=None, y_valid=None):
        """Train up to n trees, choose their number on X_valid, y_valid if patience is set; return self."""
        ### BEGIN SOLUTION
        rng, m = np.random.default_rng(self.seed), len(X)
        self.start_, self.trees_, errors = float(np.mean(y)), [], []
        total = np.full(m, self.start_)
        valid = None if self.patience is None else np.full(len(X_valid), self.start_)
        for _ in range(self.n):
            rows = rng.choice(m, round(self.subsample * m), replace=False)
            tree = DecisionTreeRegressor(max_depth=self.depth, random_state=0)
            self.trees_.append(tree.fit(X[rows], (y - total)[rows]))
            total += self.lr * tree.predict(X)
            if valid is not None:
                valid += self.lr * tree.predict(X_valid)
                errors.append(np.sqrt(np.mean((valid - y_valid) ** 2)))
                if len(errors) - 1 - np.argmin(errors) >= self.patience:
                    break
        if errors:
            self.trees_ = self.trees_[: np.argmin(errors) + 1]
        return self
        ### END SOLUTION

    def staged_predict(self, X):
        """Return the predictions (trees, m) after each tree."""
        ### BEGIN SOLUTION
        return self.start_ + np.cumsum([self.lr * tree.predict(X) for tree in self.trees_], axis=0)
        ### END SOLUTION

    def predict(self, X):
        """Return the predictions (m,) of all trees together."""
        ### BEGIN SOLUTION
        return self.start_ + self.lr * np.sum([tree.predict(X) for tree in self.trees_], axis=0)
        ### END SOLUTION

# %% given="staged"
def staged(X, y, X_new, n):
    """Return the staged predictions of n trees: this is what is timed."""
    return GradientBoosting(n, 0.1, 2, 0.1).fit(X, y).staged_predict(X_new)

# %% checks="boosting_test" points=0.75
check.shape(
    "there is one prediction per tree and row",
    GradientBoosting(7).fit(X_ripple, y_ripple).staged_predict(X_ripple),
    (7, 300),
)
check.true(
    "after 100 trees most of the ripple is learnt",
    float(np.mean((GradientBoosting().fit(X_ripple, y_ripple).predict(X_ripple) - y_ripple) ** 2)) < 0.1,
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import GradientBoostingRegressor

draw = datasets.hidden_seed("ch07 gradient boosting")
X, y = make_ripple(400, seed=draw, noise=0.35)
for n, lr, depth in ((40, 0.3, 2), (25, 0.1, 3)):
    theirs = GradientBoostingRegressor(n_estimators=n, learning_rate=lr, max_depth=depth).fit(X, y)
    stages, ours = np.array(list(theirs.staged_predict(X))), GradientBoosting(n, lr, depth).fit(X, y)
    check.close(  # over 20 draws the largest difference is below 1e-9, as equal splits are rare
        "every stage agrees with scikit-learn's gradient boosting",
        [np.abs(ours.staged_predict(X) - stages).mean(), np.abs(ours.predict(X) - stages[-1]).mean()],
        [0.0, 0.0],
        rtol=0,
        atol=0.01,
        hint="Start with the mean, fit each tree to y minus the sum so far, and use the learning rate once.",
    )
### END HIDDEN TESTS

# %% checks="boosting_rows_test" points=0.75
check.equal(
    "half of the rows are drawn for each tree",
    [int(tree.tree_.n_node_samples[0]) for tree in GradientBoosting(3, subsample=0.5).fit(X_ripple, y_ripple).trees_],
    [150] * 3,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 boosting rows")
X, y = make_ripple(400, seed=draw, noise=0.35)
quarter, same, other = (GradientBoosting(30, 0.1, 2, subsample=0.25, seed=s).fit(X, y) for s in (draw, draw, 1))
still = GradientBoosting(6, 1e-9, 2, subsample=0.25, seed=draw).fit(X, y)  # always the same residuals
check.true(
    "with `subsample=0.25` each tree sees another quarter of the rows",
    [int(tree.tree_.n_node_samples[0]) for tree in quarter.trees_] == [100] * 30
    and len({tuple(tree.predict(X[:30]).round(6)) for tree in still.trees_}) == 6
    and np.array_equal(quarter.predict(X), same.predict(X))
    and not np.allclose(quarter.predict(X), other.predict(X)),
    hint="Draw rows anew for every tree, without replacement, with one generator made from `seed`.",
)
check.true(  # over 20 draws .50 remains (deviation .017, most .53)
    "the sum is updated for all rows, also those a tree did not see",
    float(np.sqrt(np.mean((y - quarter.predict(X)) ** 2))) < 0.8 * float(np.std(y)),
    hint="Fit on some rows, predict on all.",
)
check.faster(
    "the stages are a running sum",
    staged,
    inputs=lambda seed: (*make_ripple(300, seed), make_ripple(2000, seed + 1)[0], 160),
    times=4,
    agrees=lambda found, expected: np.shape(found) == (160, 2000),
    hint="Stage 100 is stage 99 and one tree more.",
)
### END HIDDEN TESTS

# %% checks="stopping_test" points=0.75
check.true(
    "with patience, training stops before all 500 trees",
    len(GradientBoosting(500, 0.5, 3, patience=5).fit(*halves_of_ripple).trees_) < 300,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 early stopping")
X, y = make_ripple(260, seed=draw, noise=0.6)
train, valid = (X[:130], y[:130]), (X[130:], y[130:])
path = GradientBoosting(150, 0.25, 3).fit(*train).staged_predict(valid[0])
path = np.sqrt(np.mean((path - valid[1]) ** 2, axis=1))
for patience in (1, 3, 12):
    stop = next((t for t in range(150) if t - int(np.argmin(path[: t + 1])) >= patience), 149)
    check.equal(
        "the trees up to the best validation error remain",
        len(GradientBoosting(150, 0.25, 3, patience=patience).fit(*train, *valid).trees_),
        int(np.argmin(path[: stop + 1])) + 1,
        hint="Watch the validation rows, count since the last new best, and cut off what came after it.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Look, then let the library do it
#
# Whether boosting still learns is something one *sees*: two curves over the number of trees, and where the
# lower one turns.
#
# For real tables use `HistGradientBoostingRegressor` (or `...Classifier`). It sorts each column into at most
# 255 bins first, so it is fast on many rows, takes missing values as they are and text columns named in
# `categorical_features`. With `early_stopping=True` it holds rows out by itself and stops after
# `n_iter_no_change` rounds without progress; the older `GradientBoostingRegressor` does so too once
# `n_iter_no_change` is set.
#
# **Your task.**
#
# - `plot_boosting(model, X, y, X_valid, y_valid)`: for a *fitted* model with `staged_predict`, draw the RMSE
#   after 1, 2, 3, ... trees on the training rows (label `"training"`) and on the validation rows (label
#   `"validation"`), and the lowest point of the latter as a single marker (label `"best"`). Name both axes,
#   show the legend, return the `Axes`.
# - `fit_housing(X, y, seed)`: return a trained model that predicts house values from the columns of
#   `datasets.make_housing`, all of them except the value: some bedrooms are missing, and `ocean_proximity` is
#   text. `model.n_iter_` must tell that it stopped early, before `model.max_iter`, and `random_state` be the
#   seed. `datasets.load_housing()` has the real districts of California; the table drawn here has the same
#   columns, and values that are a little easier to predict.

# %% given="housing_data"
homes = datasets.make_housing(1500, seed=7)
X_homes, y_homes = homes.drop(columns="median_house_value"), homes["median_house_value"]

# %% answer="boosting_work"
def plot_boosting(model, X, y, X_valid, y_valid):
    """Return an Axes with the RMSE after each tree for training and validation rows, and the best point."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for label, rows, target in (("training", X, y), ("validation", X_valid, y_valid)):
        rmse = np.sqrt([np.mean((stage - target) ** 2) for stage in model.staged_predict(rows)])
        ax.plot(np.arange(1, len(rmse) + 1), rmse, label=label)
    best = int(np.argmin(rmse))
    ax.plot([best + 1], [rmse[best]], "o", label="best")
    ax.set(xlabel="trees", ylabel="RMSE")
    ax.legend()
    return ax
    ### END SOLUTION


def fit_housing(X, y, seed=0):
    """Return a trained HistGradientBoostingRegressor that stopped early."""
    ### BEGIN SOLUTION
    model = HistGradientBoostingRegressor(
        max_iter=1000,
        early_stopping=True,
        n_iter_no_change=15,
        categorical_features=["ocean_proximity"],
        random_state=seed,
    )
    return model.fit(X, y)
    ### END SOLUTION

# %% checks="boosting_plot_test" points=0.5
demo = GradientBoosting(30).fit(*halves_of_ripple[:2])
check.equal(
    "the plot has the three labels",
    [line.get_label() for line in plot_boosting(demo, *halves_of_ripple).get_lines()],
    ["training", "validation", "best"],
)
### BEGIN HIDDEN TESTS
X, y = make_ripple(200, seed=datasets.hidden_seed("ch07 boosting plot"), noise=0.6)
model = GradientBoosting(60, 0.4, 3).fit(X[:100], y[:100])
ax = plot_boosting(model, X[:100], y[:100], X[100:], y[100:])
curves = {line.get_label(): (np.array(line.get_xdata()), np.array(line.get_ydata())) for line in ax.get_lines()}
errors = {
    label: np.sqrt(np.mean((model.staged_predict(X[rows]) - y[rows]) ** 2, axis=1))
    for label, rows in (("training", slice(0, 100)), ("validation", slice(100, 200)))
}
for label, error in errors.items():
    check.close(
        "both curves show the RMSE over the number of trees",
        curves[label],
        (np.arange(1, 61), error),
        hint="The first point is one tree, not zero; RMSE is the root of the mean square.",
    )
best = int(np.argmin(errors["validation"]))
check.close(
    "the marker stands on the lowest point of the validation curve",
    curves["best"],
    (np.array([best + 1.0]), errors["validation"][[best]]),
    hint="`ax.plot([x], [y], 'o')` draws one point.",
)
check.true(
    "the axes have names and there is a legend",
    all(len(name.strip()) > 0 for name in (ax.get_xlabel(), ax.get_ylabel())) and ax.get_legend() is not None,
    weight=0.5,
    hint="`ax.set(xlabel=..., ylabel=...)` and `ax.legend()`.",
)
### END HIDDEN TESTS

# %% checks="housing_test" points=0.75
check.instance(
    "it is a histogram-based booster",
    fit_housing(X_homes, y_homes),
    "sklearn.ensemble.HistGradientBoostingRegressor",
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 housing")
table = datasets.make_housing(5500, seed=draw, missing=0.03)
X, y = table.drop(columns="median_house_value"), table["median_house_value"].to_numpy()
model = fit_housing(X[:2500], y[:2500], draw % 1000)
check.score(  # over 20 draws 41.5k (deviation 0.8k, worst 43.3k); 10 rounds 61.8k (best 60.2k)
    "the values of new districts are predicted well",
    y[2500:],
    model.predict(X[2500:]),
    metric="rmse",
    at_most=45_000,
    partial=55_000,
    weight=2,
    hint="Do all columns take part, also the text, and does the model have enough rounds?",
)
check.true(
    "it stopped by itself, with the random state asked for",
    20 < model.n_iter_ < model.max_iter and model.random_state == draw % 1000,
    hint="Give it many rounds (`max_iter`) and let `early_stopping=True` find the right number.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — What XGBoost adds
#
# XGBoost (and LightGBM, and scikit-learn's histogram boosters, which learnt from them) does not fit trees to
# residuals. It looks at any loss through its first and second derivative at the current prediction of each
# row, $g_i$ and $h_i$; for half the squared error these are $g_i = F(x_i) - y_i$ and $h_i = 1$. With $G$ and
# $H$ their sums over the rows of a leaf, the best value of the leaf and the gain of a split into left and
# right are
#
# $$v = -\frac{G}{H + \lambda}, \qquad
# \mathrm{gain} = \frac12\left(\frac{G_L^2}{H_L + \lambda} + \frac{G_R^2}{H_R + \lambda} -
# \frac{(G_L+G_R)^2}{H_L+H_R + \lambda}\right) - \gamma .$$
#
# $\lambda$ shrinks leaf values, $\gamma$ is what a split costs: regularisation is part of the tree, not an
# afterthought. Add clever engineering (sorted blocks, missing values that learn a side, columns and rows
# drawn at random, GPUs) and you have the tool that wins many contests on tables. Where it is installed,
# `xgboost.XGBRegressor(early_stopping_rounds=10)` is used like any scikit-learn model, with `fit(X, y,
# eval_set=[(X_valid, y_valid)])`.
#
# **Your task.** Write `leaf_value(g, h, lam)` and `best_split(x, g, h, lam, gamma)` for **one** column `x`:
# the pair `(threshold, gain)` with the largest gain, where rows with `x <= threshold` go left and the
# threshold lies half way between two neighbouring *different* values. Return `(None, 0.0)` if no split has a
# positive gain. It is timed: sort once and use cumulative sums.
#
# <!-- covers: 7.18 -->

# %% answer="xgboost_split"
def leaf_value(g, h, lam=1.0):
    """Return the best value (a float) of a leaf with derivatives g (m,) and h (m,)."""
    ### BEGIN SOLUTION
    return float(-np.sum(g) / (np.sum(h) + lam))
    ### END SOLUTION


def best_split(x, g, h, lam=1.0, gamma=0.0):
    """Return (threshold, gain) of the best split of a column x (m,), or (None, 0.0)."""
    ### BEGIN SOLUTION
    order = np.argsort(x, kind="stable")
    x, G, H = x[order], np.sum(g), np.sum(h)
    left_g, left_h = np.cumsum(g[order])[:-1], np.cumsum(h[order])[:-1]
    right_g, right_h = G - left_g, H - left_h
    scores = left_g**2 / (left_h + lam) + right_g**2 / (right_h + lam) - G**2 / (H + lam)
    gains = np.where(x[1:] > x[:-1], scores / 2 - gamma, -np.inf)
    if len(gains) == 0 or gains.max() <= 0:
        return None, 0.0
    best = int(gains.argmax())
    return float((x[best] + x[best + 1]) / 2), float(gains[best])
    ### END SOLUTION

# %% checks="xgboost_split_test" points=0.5
check.close(
    "two groups are split half way between them",
    best_split(np.array([4.0, 1.0, 2.0, 5.0]), np.array([1.0, -1.0, -1.0, 1.0]), np.ones(4), 0.0),
    (3.0, 2.0),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch07 xgboost"))


def make_leaf(m, steps):
    x = rng.integers(0, steps, m) / 4
    return x, np.where(x > steps / 9, 1.0, -0.5) + rng.normal(size=m), rng.uniform(0.1, 0.3, m)


def brute(x, g, h, lam, gamma):
    def part(rows):
        return g[rows].sum() ** 2 / (h[rows].sum() + lam)

    values = np.unique(x)
    middles = (values[1:] + values[:-1]) / 2
    gains = [(part(x <= t) + part(x > t) - part(x == x)) / 2 - gamma for t in middles]
    best = int(np.argmax(gains))
    return (float(middles[best]), float(gains[best])) if gains[best] > 0 else (None, 0.0)


for lam, gamma in ((0.0, 0.0), (3.0, 0.0), (1.0, 2.0)):
    x, g, h = make_leaf(60, 30)
    check.close(
        "the best split is found, with values that repeat and with both penalties",
        best_split(x, g, h, lam, gamma),
        brute(x, g, h, lam, gamma),
        rtol=1e-6,
        hint="Try every place between two different values; use g and h of the rows in the same order as x.",
    )
### END HIDDEN TESTS

# %% checks="xgboost_leaf_test" points=0.5
check.close("a leaf of two rows", leaf_value(np.array([-3.0, -1.0]), np.ones(2), lam=2.0), 1.0)
### BEGIN HIDDEN TESTS
for x, gamma in ((np.full(30, 2.0), 0.0), (np.arange(30.0), 1e4), (np.ones(1), 0.0)):
    check.equal(
        "where no split pays, there is none",
        best_split(x, np.linspace(-1, 1, len(x)), np.ones(len(x)), 1.0, gamma),
        (None, 0.0),
        hint="One row or one value cannot be split, and gamma may cost more than a split brings.",
    )
rng = np.random.default_rng(datasets.hidden_seed("ch07 leaves"))
g, h = rng.normal(size=40) + 1, rng.uniform(0.1, 0.3, 40)
check.close(
    "lambda shrinks the values of leaves",
    [leaf_value(g, h, 0.0), leaf_value(g, h, 5.0)],
    [-g.sum() / h.sum(), -g.sum() / (h.sum() + 5)],
    hint="Mind the sign: the value goes against the derivative.",
)
check.faster(
    "one sort and running sums are enough",
    best_split,
    inputs=lambda seed: (*np.random.default_rng(seed).normal(size=(2, 12_000)), np.ones(12_000)),
    times=8,
    hint="Adding up both sides anew for every threshold takes time with the square of the rows.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Stacking without a leak
#
# Instead of counting votes, train a last model, the *blender*, on what the others say. The trap: a model's
# predictions for rows it has learnt are far too good, so a blender that learns from those trusts whoever
# memorises best. Two ways out: hold out a *blending set*, or use **out-of-fold** predictions, in which every
# row is predicted by models that did not see it. `StackingClassifier` takes the second way; you do not need
# an extra package (older books name some, like *brew*, that nobody maintains any more).
#
# Stacks can be stacked. Split the rows into as many subsets as there are layers: the first trains layer one;
# its predictions for the second subset train layer two; the predictions of both in a row, for the third,
# train the last.
#
# **Your task.**
#
# - `out_of_fold(models, X, y, folds, seed)`: the probabilities of all models side by side, shape `(m, models
#   * K)`, each row from clones trained on the other folds of `StratifiedKFold(folds, shuffle=True,
#   random_state=seed)`.
# - The class `Stack(models, blender, folds, seed)`: `fit` trains a clone of the blender on the out-of-fold
#   probabilities and then clones of the models on **all** rows; `predict` lets the blender decide.
# - `layered(layers, X, y, X_new, seed)` for regression: `layers` is a list of lists of regressors. Shuffle
#   the rows with a generator made from `seed`, cut the order into as many parts as there are layers with
#   `np.array_split`, and train each layer on its part, whose features are the predictions of the layer before
#   (the first layer sees `X`). Return the prediction for `X_new`: the mean of the last layer's models.
#
# <!-- covers: 7.19 7.20 7.21 7.N3 -->

# %% answer="stacking"
def out_of_fold(models, X, y, folds=5, seed=0):
    """Return out-of-fold probabilities (m, models * K), the columns of the first model first."""
    ### BEGIN SOLUTION
    features = np.zeros((len(X), len(models) * len(np.unique(y))))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(X, y):
        features[test] = np.hstack([clone(m).fit(X[train], y[train]).predict_proba(X[test]) for m in models])
    return features
    ### END SOLUTION


class Stack:
    """A blender over the out-of-fold probabilities of several classifiers."""

    def __init__(self, models, blender, folds=5, seed=0):
        self.models, self.blender, self.folds, self.seed = models, blender, folds, seed

    def fit(self, X, y):
        """Train the blender, then the models on all rows; return self."""
        ### BEGIN SOLUTION
        self.blender_ = clone(self.blender).fit(out_of_fold(self.models, X, y, self.folds, self.seed), y)
        self.models_ = [clone(model).fit(X, y) for model in self.models]
        return self
        ### END SOLUTION

    def predict(self, X):
        """Return the label (m,) that the blender chooses."""
        ### BEGIN SOLUTION
        return self.blender_.predict(np.hstack([model.predict_proba(X) for model in self.models_]))
        ### END SOLUTION


def layered(layers, X, y, X_new, seed=0):
    """Return the predictions (rows of X_new,) of layers of regressors, each trained on rows of its own."""
    ### BEGIN SOLUTION
    parts = np.array_split(np.random.default_rng(seed).permutation(len(X)), len(layers))
    for models, part in zip(layers, parts):
        fitted = [clone(model).fit(X[part], y[part]) for model in models]
        X, X_new = (np.column_stack([model.predict(rows) for model in fitted]) for rows in (X, X_new))
    return X_new.mean(axis=1)
    ### END SOLUTION

# %% checks="out_of_fold_test" points=1
check.shape(
    "two models and two classes make four columns",
    out_of_fold([GaussianNB(), KNeighborsClassifier(1)], X_moons, y_moons),
    (500, 4),
)
### BEGIN HIDDEN TESTS
from sklearn.model_selection import cross_val_predict

rng = np.random.default_rng(datasets.hidden_seed("ch07 out of fold"))
X, y, state = rng.normal(size=(240, 4)), np.sort(rng.integers(0, 3, 240)), int(rng.integers(1000))
models = [KNeighborsClassifier(1), GaussianNB(), KNeighborsClassifier(9)]
for folds in (3, 6):
    cv = StratifiedKFold(folds, shuffle=True, random_state=state)
    check.close(
        "each row's probabilities come from models that never saw it",
        out_of_fold(models, X, y, folds, state),
        np.hstack([cross_val_predict(model, X, y, cv=cv, method="predict_proba") for model in models]),
        hint="Train on all other folds, predict this one. The rows are sorted by class, so shuffle and stratify.",
    )
### END HIDDEN TESTS

# %% checks="stack_test" points=1
check.score(
    "a stack finds the moons",
    y_moons[400:],
    Stack([GaussianNB(), KNeighborsClassifier(9)], LogisticRegression())
    .fit(X_moons[:400], y_moons[:400])
    .predict(X_moons[400:]),
    at_least=0.8,
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import StackingClassifier

draw = datasets.hidden_seed("ch07 stack")
images, digits, _ = datasets.mnist_like(1400, seed=draw)
X = images[:, 2::4, 2::4].reshape(1400, -1) / 255.0
# one model learns rows by heart, and so looks perfect to a blender that sees its training rows
models = [DecisionTreeClassifier(random_state=0), GaussianNB(var_smoothing=0.01)]
blender, state = LogisticRegression(max_iter=500), draw % 1000
found = Stack(models, blender, 4, state).fit(X[:500], digits[:500]).predict(X[500:])
check.score(  # over 20 draws .799 (deviation .016, worst .776); in-sample .691 (best .721)
    "the blender makes the best of a tree and naive Bayes on new digits",
    digits[500:],
    found,
    at_least=0.755,
    hint="The blender learns from out-of-fold probabilities only.",
)
named = [(f"model {i}", model) for i, model in enumerate(models)]
cv = StratifiedKFold(4, shuffle=True, random_state=state)
theirs = StackingClassifier(named, blender, cv=cv, stack_method="predict_proba").fit(X[:500], digits[:500])
check.true(  # over 20 draws they agree on all rows
    "your stack agrees with scikit-learn's StackingClassifier",
    float(np.mean(found == theirs.predict(X[500:]))) > 0.99,
    hint="In the end, the models themselves learn from all rows.",
)
### END HIDDEN TESTS

# %% checks="layered_test" points=0.5
check.shape(
    "there is one prediction per new row",
    layered([[LinearRegression(), KNeighborsRegressor(3)], [LinearRegression()]], X_ripple, y_ripple, X_ripple[:20]),
    (20,),
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch07 layered")
X, y = make_friedman1(250, noise=0.5, random_state=draw)
first, second = ([KNeighborsRegressor(k), LinearRegression()] for k in (4, 6))
last = LinearRegression()
one, two, three = np.array_split(np.random.default_rng(draw).permutation(200), 3)


def answers(models, train, target, *tables):
    fitted = [clone(model).fit(train, target) for model in models]
    return [np.column_stack([model.predict(table) for model in fitted]) for table in tables]


Z_two, Z_three, Z_new = answers(first, X[one], y[one], X[two], X[three], X[200:])
W_three, W_new = answers(second, Z_two, y[two], Z_three, Z_new)
check.close(
    "every layer learns from rows that no layer before it has seen",
    layered([first, second, [last]], X[:200], y[:200], X[200:], draw),
    clone(last).fit(W_three, y[three]).predict(W_new),
    rtol=1e-6,
    hint="Send the rows of a part through all earlier layers, then train on what comes out.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — Which ensemble when
#
# **Your task, part one.** Fill in `ANSWERS`, each with one of the words offered.
#
# - `"bagging_lowers"`: averaging models trained on bootstrap samples mainly lowers `"bias"` or `"variance"`?
# - `"one_bag_sample"`: compared with one tree on all rows, a *single* tree on a bootstrap sample has a
#   `"higher"` or `"lower"` bias?
# - `"hard_to_parallelise"`: which cannot train its trees at the same time: `"forest"`, `"extra-trees"`,
#   `"boosting"`?
# - `"underfits"`: AdaBoost underfits. Should you use `"more"` or `"fewer"` trees?
# - `"overfits"`: gradient boosting overfits. Should the learning rate go `"up"` or `"down"`, with early
#   stopping?
# - `"extra_thresholds"`: the thresholds of extra-trees are `"random"` or `"optimal"`?
# - `"same_as_forest"`: a random forest is nearly a bag of trees with which `max_features` per split: `"all"`
#   or `"sqrt"`?
# - `"quarter"`: stochastic gradient boosting with `subsample=0.25` trades higher `"bias"` or `"variance"` for
#   lower other?
# - `"soft_needs"`: soft voting needs `"probabilities"`, `"labels"` or `"distances"`?
# - `"blend_rows"`: a blender trains on predictions for rows its models have `"seen"` or `"not seen"`?
# - `"useless_crowd"`: a crowd does not beat its members if their errors are `"independent"` or `"identical"`?
# - `"xgboost_penalty"`: what does XGBoost's $\lambda$ shrink: `"leaf values"`, `"depth"` or `"learning
#   rate"`?
# - `"stacking_needs"`: to stack classifiers today you need `"scikit-learn"` or `"brew"`?
#
# <!-- covers: 7.1 7.3 7.5 7.6 7.9 7.10 7.13 7.14 7.16 7.17 7.18 7.19 7.21 -->

# %% answer="answers"
ANSWERS = {}
### BEGIN SOLUTION
ANSWERS = {
    "bagging_lowers": "variance",
    "one_bag_sample": "higher",
    "hard_to_parallelise": "boosting",
    "underfits": "more",
    "overfits": "down",
    "extra_thresholds": "random",
    "same_as_forest": "sqrt",
    "quarter": "bias",
    "soft_needs": "probabilities",
    "blend_rows": "not seen",
    "useless_crowd": "identical",
    "xgboost_penalty": "leaf values",
    "stacking_needs": "scikit-learn",
}
### END SOLUTION

# %% checks="answers_test" points=0.5
check.equal("there are thirteen answers", len(ANSWERS), 13)
### BEGIN HIDDEN TESTS
check.equal(
    "averaging: what it lowers, and what it asks for",
    [ANSWERS.get(k) for k in ("bagging_lowers", "one_bag_sample", "useless_crowd")],
    ["variance", "higher", "identical"],
    hint="Read Exercise 1 and the report of Exercise 2 again.",
)
check.equal(
    "boosting: one after another",
    [ANSWERS.get(k) for k in ("hard_to_parallelise", "underfits", "overfits", "quarter")],
    ["boosting", "more", "down", "bias"],
    hint="Which of these methods needs the result of the round before?",
)
check.equal(
    "forests: where the dice are",
    [ANSWERS.get(k) for k in ("extra_thresholds", "same_as_forest")],
    ["random", "sqrt"],
    hint="Read the lesson of Exercise 3 again.",
)
check.equal(
    "voting, stacking and XGBoost",
    [ANSWERS.get(k) for k in ("soft_needs", "blend_rows", "xgboost_penalty", "stacking_needs")],
    ["probabilities", "not seen", "leaf values", "scikit-learn"],
    hint="Think of what goes into the last step of each.",
)
### END HIDDEN TESTS

# %% [markdown] essay="advice_essay" points=2
# **In your own words (2 points).** A team predicts which machines will fail in the next week, from 40 columns
# and 8 000 rows. Their random forest reaches 0.91 accuracy on held-out rows. They now stack it with five more
# forests that differ only in their seed; the blender, trained on the predictions for the training rows,
# reports 0.999. They also report that the most important column, by impurity, is the serial number, and plan
# to rewrite the whole in XGBoost. In about ten lines: what do you tell them about the stack, the score, the
# serial number and the plan?
#
# ### BEGIN SOLUTION
# *Stack (0.5).* Six forests that differ by a seed make nearly the same mistakes, so there is nothing to
# blend. Use models of other kinds (boosting, a linear model, neighbours), or one larger forest.
#
# *Score (0.5).* The blender saw predictions for rows its models had learnt, and was judged there too. Train
# it on out-of-fold predictions and judge everything once on rows nobody has touched. With rare failures
# accuracy itself says little.
#
# *Serial number (0.5).* Impurity importance favours columns with many values and is measured on training
# rows. Check by permutation on held-out rows; if it stays, ask whether it leaks (age, plant); if not, drop
# it.
#
# *Plan (0.5).* Not a bad idea, but first a baseline: histogram boosting in scikit-learn with early stopping,
# same folds, same metric. Rewrite if the gain is larger than its spread over folds and worth the upkeep.
# ### END SOLUTION
