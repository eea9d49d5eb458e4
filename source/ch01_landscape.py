# %% [markdown]
# # 1. The machine learning landscape
#
# This chapter draws the map: what machine learning is good for, the kinds of learning, and what goes wrong most
# often, which is nearly always the data or the way of measuring, rarely the algorithm. You sort ideas, and then you
# build small versions of the big ones: a model that remembers, a model that generalises, an honest test, a model that
# learns from a stream.
#
# It doubles as a warm-up: you need Python, NumPy, pandas and a little Matplotlib, vectors and matrices from
# linear algebra, and the idea of a slope. If an exercise feels hard because of the tools, practise those first;
# later chapters take them for granted.
#
# All data is drawn at random by short functions that you can read. Write your code where it says `YOUR CODE HERE`.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — Names for things
#
# **When does it pay?** When a solution by hand would be a long list of *rules* that somebody has to maintain; when a
# problem is too *complex* for any known algorithm; when the world keeps *changing* and a retrained model follows; and
# when a trained model gives people *insight* into their data. Grouping customers, recommending products, finding
# fraud and forecasting revenue are common uses. Where a short formula does the job, use the formula.
#
# **Kinds of learning.** *Supervised:* each training row comes with the answer. *Unsupervised:* without answers;
# groups, odd rows, fewer dimensions, rules of what occurs together. *Semi-supervised:* a few answers and many rows
# without; an early example stacks restricted Boltzmann machines, trained without labels, into a deep belief net that
# is then tuned with labels. *Self-supervised:* the data makes its own answers, for instance by hiding a part.
# *Transfer:* what was learned on one task is reused for another. *Reinforcement:* an *agent* watches an
# *environment*, chooses *actions*, gets *rewards* or penalties, and so learns a *policy*, its rule for what to do
# when.
#
# **How they learn.** *Batch* (offline) systems are trained on everything, then frozen; to learn more they are trained
# anew. *Online* systems take mini-batches as they come, which also serves tables too large for memory
# (*out-of-core*); their learning rate decides how fast they adapt and how fast they forget. *Instance-based* systems
# compare new rows with remembered ones by a similarity measure; *model-based* ones fit parameters.
#
# **Data or algorithms?** In 2001 two researchers at Microsoft gave simple and clever algorithms ever more text; in
# the end they did almost equally well. Most data sets are smaller, so both matter. *No free lunch:* averaged over all
# imaginable problems no model is better than another; a reasonable assumption about *your* data is what makes one
# better. Surprises remain: few people trained deep networks until one read handwritten digits with over 98 %
# precision in 2006.
#
# **Your task.** Read the cards below, and fill in the five dictionaries: the letter of each card gets one of the words
# that the cell after the cards prints; `CLAIMS` takes `True` and `False` (no quotes).
# <!-- covers: 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.20 1.22 1.N5 -->

# %% [markdown]
# ### The cards
#
# **`KINDS`**: which kind of learning is it?
#
# - a: Photos of plants, each with the name that a botanist gave it; name the plants in new photos.
# - b: A year of shopping baskets and nothing else; find groups of customers with similar habits.
# - c: A million scans, 300 of them with a diagnosis; use all of them to diagnose new ones.
# - d: A robot gains a point per metre and loses ten per fall; it tries until it can walk.
# - e: A mountain of text: hide words, predict them from their neighbours; nobody labels anything.
# - f: Ten years of advertising and revenue per month; forecast next month's revenue.
# - g: Records of a machine, normal ones mostly; point out those unlike the rest.
# - h: A network that tells animals apart gets a new last layer for 500 labelled pictures of skin.
# - i: A stack of restricted Boltzmann machines, trained without labels, then tuned with the few there are.
#
# **`REASONS`**: why machine learning, or why not?
#
# - a: Our filter has 4000 hand-written conditions, and every Monday we add twenty.
# - b: Understand speech in a noisy room, in forty languages.
# - c: Fraudsters change their habits each week; the filter is trained anew every night.
# - d: Which combination of measurements hints at the illness? The doctors want to understand.
# - e: Turn degrees Fahrenheit into degrees Celsius.
#
# **`TERMS`**: a cleaning robot learns to clean a flat. What is what?
#
# - a: the cleaning robot itself
# - b: the flat
# - c: minus one point per bump
# - d: turn left
# - e: what it has learned to do in each situation

# %% [markdown]
# **`METHODS`**: what is each method for? Their names stand in the answer cell.
#
# **`CLAIMS`**: true or false?
#
# - a: With enough data, very different algorithms can end up about equally good.
# - b: So with 500 rows it no longer matters which algorithm we take.
# - c: Without any assumption about the data there is no reason to prefer one model.
# - d: A high learning rate makes an online system forget old data sooner.
# - e: A system trained in batch learns from every row it predicts in service.
# - f: Reducing dimensions before training can save memory and time, and sometimes helps the result.
# - g: Out-of-core learning feeds an online algorithm with a table that does not fit into memory.
# - h: k-nearest neighbours is model-based: it keeps a few parameters and forgets the rows.

# %% given="options"
OPTIONS = {
    "KINDS": "supervised, unsupervised, semi-supervised, self-supervised, transfer, reinforcement",
    "REASONS": "rules, complex, changing, insight, formula",
    "METHODS": "predict, cluster, odd rows, reduce, rules",
    "TERMS": "agent, environment, action, reward, policy",
    "CLAIMS": "True, False",
}
for title, words in OPTIONS.items():
    print(f"{title}: {words}")

# %% answer="names"
KINDS = dict.fromkeys("abcdefghi")
REASONS = dict.fromkeys("abcde")
METHODS = dict.fromkeys(
    "linear regression,logistic regression,k-nearest neighbours,support vector machine,decision tree,random forest,"
    "neural network,k-means,DBSCAN,hierarchical clustering,one-class SVM,isolation forest,PCA,kernel PCA,"
    "locally linear embedding,t-SNE,Apriori,Eclat".split(",")
)
TERMS = dict.fromkeys("abcde")
CLAIMS = dict.fromkeys("abcdefgh")
### BEGIN SOLUTION
KINDS |= {"a": "supervised", "b": "unsupervised", "c": "semi-supervised", "d": "reinforcement"}
KINDS |= {"e": "self-supervised", "f": "supervised", "g": "unsupervised", "h": "transfer", "i": "semi-supervised"}
REASONS = {"a": "rules", "b": "complex", "c": "changing", "d": "insight", "e": "formula"}
FAMILIES = ["predict"] * 7 + ["cluster"] * 3 + ["odd rows"] * 2 + ["reduce"] * 4 + ["rules"] * 2
METHODS = dict(zip(METHODS, FAMILIES))
TERMS = {"a": "agent", "b": "environment", "c": "reward", "d": "action", "e": "policy"}
CLAIMS = {"a": True, "b": False, "c": True, "d": True, "e": False, "f": True, "g": True, "h": False}
### END SOLUTION

# %% checks="kinds_test" points=1
check.true(
    "the kinds and reasons are all words from the list",
    set(KINDS.values()) <= set(OPTIONS["KINDS"].split(", "))
    and set(REASONS.values()) <= set(OPTIONS["REASONS"].split(", ")),
)
### BEGIN HIDDEN TESTS
check.equal(
    "KINDS a, b and f",
    [KINDS[key] for key in "abf"],
    ["supervised", "unsupervised", "supervised"],
    hint="Do the training rows come with the answer?",
)
check.equal(
    "KINDS c, g and i",
    [KINDS[key] for key in "cgi"],
    ["semi-supervised", "unsupervised", "semi-supervised"],
    hint="None, some or all of the rows have answers?",
)
check.equal(
    "KINDS d, e and h",
    [KINDS[key] for key in "deh"],
    ["reinforcement", "self-supervised", "transfer"],
    hint="Where does the answer come from: from a reward, from the data itself, from another task?",
)
check.equal(
    "REASONS",
    REASONS,
    {"a": "rules", "b": "complex", "c": "changing", "d": "insight", "e": "formula"},
    hint="Each reason fits one story.",
)
### END HIDDEN TESTS

# %% checks="methods_test" points=1
check.true(
    "the methods and terms are all words from the list",
    set(METHODS.values()) <= set(OPTIONS["METHODS"].split(", "))
    and set(TERMS.values()) <= set(OPTIONS["TERMS"].split(", ")),
)
### BEGIN HIDDEN TESTS
family = list(METHODS.values())
check.equal(
    "METHODS, the first ten", family[:10], ["predict"] * 7 + ["cluster"] * 3, hint="Which need answers to learn from?"
)
check.equal(
    "METHODS, the others",
    family[10:],
    ["odd rows"] * 2 + ["reduce"] * 4 + ["rules"] * 2,
    hint="What comes out: a warning, fewer columns, or things that go together?",
)
check.equal(
    "TERMS",
    TERMS,
    {"a": "agent", "b": "environment", "c": "reward", "d": "action", "e": "policy"},
    hint="The agent acts in its environment.",
)
check.equal(
    "CLAIMS a to d",
    [CLAIMS[key] for key in "abcd"],
    [True, False, True, True],
    hint="The study had far more data than you have.",
)
check.equal(
    "CLAIMS e to h",
    [CLAIMS[key] for key in "efgh"],
    [False, True, True, False],
    hint="Read the paragraph on how systems learn once more.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — A model that remembers
#
# The simplest instance-based model keeps all rows. For a new row it looks up the $k$ most similar ones and answers
# with the mean of their targets. Similar means near: $d(a, b) = \sqrt{\sum_j (a_j - b_j)^2}$. As $d$ adds up columns,
# a column in metres outweighs one in kilometres a thousandfold; the measure of similarity is a decision, and *you*
# make it.
#
# **Your task**, without scikit-learn's neighbours:
#
# - `knn_predict(X_train, y_train, X_new, k)`: the mean target of the `k` nearest training rows of each new row.
#   Columns may be of any number type (`uint8` too: small integers overflow without a word). It is timed: no Python
#   loop over pairs of rows.
# - `knn_scaled(X_train, y_train, X_new, k)`: the same after each column is shifted and scaled to mean 0 and standard
#   deviation 1. Mean and deviation are those of the training rows, for the new rows too. A constant column counts for
#   nothing.
# <!-- covers: 1.3 1.9 1.21 1.N2 -->

# %% answer="neighbours"
def knn_predict(X_train, y_train, X_new, k):
    """Return the mean target (q,) of the k training rows nearest to each row of X_new (q, n)."""
    ### BEGIN SOLUTION
    centre = np.mean(X_train, axis=0)  # a float, and near the rows: no overflow, little rounding
    A, B = X_new - centre, X_train - centre
    squared = (B**2).sum(axis=1) - 2 * A @ B.T  # up to the new row's own square, the same for all neighbours
    nearest = np.argpartition(squared, k - 1, axis=1)[:, :k]
    return np.asarray(y_train)[nearest].mean(axis=1)
    ### END SOLUTION


def knn_scaled(X_train, y_train, X_new, k):
    """Return what knn_predict says about columns scaled with the training rows' mean and deviation."""
    ### BEGIN SOLUTION
    mean, deviation = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return knn_predict((X_train - mean) / deviation, y_train, (X_new - mean) / deviation, k)
    ### END SOLUTION

# %% checks="knn_test" points=1
check.close(
    "with two neighbours, the answer is the mean of two targets",
    knn_predict(np.array([[0.0], [1.0], [2.0], [10.0]]), np.array([1.0, 3.0, 5.0, 9.0]), np.array([[0.4], [7.0]]), 2),
    np.array([2.0, 7.0]),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 knn"))
X, y, X_new = rng.normal(size=(400, 6)), rng.normal(size=400), rng.normal(size=(150, 6))
for k in (1, 7, 400):
    check.close(
        "the answers are those of scikit-learn's nearest neighbours",
        knn_predict(X, y, X_new, k),
        KNeighborsRegressor(k).fit(X, y).predict(X_new),
        atol=1e-8,
        weight=2,
        hint="Exactly k neighbours, those with the smallest distances, and one mean per new row.",
    )
check.close(
    "a row that is in the training table is its own nearest neighbour",
    knn_predict(X, y, X[:30], 1),
    y[:30],
    hint="Do not leave anything out: with k = 1 the model repeats what it remembers.",
)
small, far = rng.integers(0, 256, (300, 5), dtype=np.uint8), rng.integers(0, 256, (60, 5), dtype=np.uint8)
check.close(
    "small integers are compared without overflow",
    knn_predict(small, np.arange(300.0) ** 2, far + np.zeros(5, np.uint8), 300 // 2),
    KNeighborsRegressor(150).fit(small.astype(float), np.arange(300.0) ** 2).predict(far.astype(float)),
    rtol=0.02,  # equal distances may be told apart in either way
    hint="np.uint8(3) - np.uint8(5) is 254. Convert to float first.",
)
check.faster(
    "hundreds of new rows are answered at once",
    knn_predict,
    inputs=lambda seed: (
        np.random.default_rng(seed).normal(size=(2000, 8)),
        np.arange(2000.0),
        np.random.default_rng(seed + 1).normal(size=(200, 8)),
        5,
    ),
    times=6,
    agrees=lambda answer, expected: np.allclose(answer, expected),
    hint="All distances at once: expand the square, or use broadcasting.",
)
### END HIDDEN TESTS

# %% checks="knn_scaled_test" points=1
check.close(
    "a column in thousands does not drown the other",
    knn_scaled(np.array([[0, 0], [0, 9], [5000, 1], [5000, 8]]), np.array([1.0, 2, 3, 4]), np.array([[2000, 8]]), 1),
    np.array([2.0]),
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 knn scaled"))
units = np.array([1e3, 1, 1, 1e-2])
X = rng.normal(size=(2400, 4)) * units
y = 3 * np.sin(X[:, 1]) + 2 * X[:, 2] + 100 * X[:, 3] + 0.3 * rng.normal(size=2400)
X_new, y_new = X[800:], y[800:]
scaler = StandardScaler().fit(X[:800])
moved = X_new[:300] + 2 * units  # new rows from elsewhere: their own mean would hide it
check.close(
    "the new rows are scaled with the training rows' figures",
    knn_scaled(X[:800], y[:800], moved, 4),
    KNeighborsRegressor(4).fit(scaler.transform(X[:800]), y[:800]).predict(scaler.transform(moved)),
    hint="One mean and one deviation per column, from X_train.",
)
flat, flat_new = np.c_[X[:800], np.full(800, 7.0)], np.c_[X_new[:99], np.full(99, 7.0)]
check.close(
    "a constant column changes nothing",
    knn_scaled(flat, y[:800], flat_new, 4),
    KNeighborsRegressor(4).fit(scaler.transform(X[:800]), y[:800]).predict(scaler.transform(X_new[:99])),
    hint="Its deviation is 0. Dividing by it gives nan.",
)
# RMSE over 24 draws: reference 0.728, sd 0.018, worst 0.757; unscaled neighbours at best 3.20.
check.score(
    "columns in very different units are all used",
    y_new,
    knn_scaled(X[:800], y[:800], X_new, 5),
    metric="rmse",
    at_most=1.0,
    partial=1.5,
    hint="Is the distance made up of one column only?",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — A model that generalises, and one that overdoes it
#
# Does money make people happier? `make_countries` draws countries with their product per head (in thousands) and how
# satisfied people say they are (0 to 10); the real figures are published by the OECD and the World Bank. A
# **model-based** learner assumes a shape, say a line $\hat y = \theta_0 + \theta_1 x$, and picks the parameters that
# fit best: $\theta_1 = \mathrm{cov}(x, y) / \mathrm{var}(x)$ and $\theta_0 = \bar y - \theta_1 \bar x$.
#
# - **Not representative.** A line drawn through middle-income countries alone says little about rich ones.
# - **Overfitting.** A polynomial of degree 15 follows the noise of twenty countries. Remedies: more data, less noise,
#   a simpler model, or a constraint: *regularisation* keeps parameters small, and its strength is a *hyperparameter*,
#   set before training.
# - **Underfitting.** The line cannot bend. Remedies: a stronger model, better features, less constraint.
#
# **Your task.**
#
# - `fit_line(x, y)`: `(intercept, slope)` as floats, by the formulas above.
# - `two_slopes(gdp, y, low, high)`: the slope through countries with `low <= gdp <= high`, then the slope through all.
# - `curve_model(degree, strength)`: an untrained pipeline for `x` of shape (m, 1): powers up to `degree` without the
#   constant, scaling, `Ridge` of this strength.
# - `choose_curve(x, y, candidates, seed)`: from a list of `(degree, strength)`, the curve with the lowest RMSE in
#   5-fold cross-validation (shuffled with the seed), fitted to all of x (m,) and y.
# - `plot_curve(x, y, model)`: an `Axes` with the countries as a scatter plot and the fitted model as one smooth line
#   from the smallest to the largest `x` (at least 50 points), and a label on both axes. `plt.close` its figure before
#   returning.
# <!-- covers: 1.3 1.9 1.11 1.14 1.15 1.21 1.N1 1.N3 1.N4 -->

# %% given="countries"
def make_countries(m, seed):
    """Return product per head in thousands (m,) and satisfaction (m,); it rises, then levels off."""
    rng = np.random.default_rng(seed)
    gdp = rng.uniform(9, 110, m)
    return gdp, 4.2 + 3.2 * (1 - np.exp(-gdp / 25)) + rng.normal(0, 0.25, m)


gdp, satisfaction = make_countries(36, seed=11)

# %% answer="line"
def fit_line(x, y):
    """Return (intercept, slope) of the least-squares line through x (m,) and y (m,)."""
    ### BEGIN SOLUTION
    centred = x - np.mean(x)
    slope = float(centred @ y / (centred @ centred))
    return float(np.mean(y) - slope * np.mean(x)), slope
    ### END SOLUTION


def two_slopes(gdp, y, low, high):
    """Return (slope for low <= gdp <= high, slope for all countries)."""
    ### BEGIN SOLUTION
    middle = (gdp >= low) & (gdp <= high)
    return fit_line(gdp[middle], y[middle])[1], fit_line(gdp, y)[1]
    ### END SOLUTION

# %% answer="curves"
def curve_model(degree, strength):
    """Return an untrained pipeline: powers of x, scaling, ridge regression."""
    ### BEGIN SOLUTION
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), StandardScaler(), Ridge(strength))
    ### END SOLUTION


def choose_curve(x, y, candidates, seed=0):
    """Return the best curve_model of the candidates (degree, strength), fitted to x (m,) and y (m,)."""
    ### BEGIN SOLUTION
    from sklearn.model_selection import KFold, cross_val_score

    X, folds = np.reshape(x, (-1, 1)), KFold(5, shuffle=True, random_state=seed)
    models = [curve_model(*candidate) for candidate in candidates]
    scores = [cross_val_score(m, X, y, cv=folds, scoring="neg_root_mean_squared_error").mean() for m in models]
    return models[int(np.argmax(scores))].fit(X, y)
    ### END SOLUTION


def plot_curve(x, y, model):
    """Return Axes with the points and the predictions of a model fitted to (m, 1) as one line."""
    ### BEGIN SOLUTION
    figure, ax = plt.subplots()
    ax.scatter(x, y)
    smooth = np.linspace(np.min(x), np.max(x), 200)
    ax.plot(smooth, model.predict(smooth[:, None]), "r")
    ax.set(xlabel="product per head (thousands)", ylabel="satisfaction")
    plt.close(figure)
    return ax
    ### END SOLUTION

# %% checks="line_test" points=1
check.close("three points on a line", fit_line(np.array([1.0, 2.0, 4.0]), np.array([5.0, 7.0, 11.0])), (3.0, 2.0))
### BEGIN HIDDEN TESTS
x, y = make_countries(60, datasets.hidden_seed("ch01 line"))
check.close(
    "the line is the one of least squares",
    fit_line(x, y),
    tuple(np.polynomial.polynomial.polyfit(x, y, 1)),
    hint="Both means matter: the line goes through the point of means, not through the origin.",
)
middle = (x >= 30) & (x <= 60)
slopes = [float(np.polyfit(x[middle], y[middle], 1)[0]), float(np.polyfit(x, y, 1)[0])]
check.close(
    "the two slopes tell the middle from the whole",
    list(two_slopes(x, y, 30, 60)),
    slopes,
    hint="Select rows of gdp and y with the same condition; first the middle, then all.",
)
check.close(
    "countries at both ends of the range belong to it",
    two_slopes(np.array([1.0, 2.0, 3.0, 9.0]), np.array([0.0, 3.0, 4.0, 4.0]), 1, 3)[0],
    2.0,
    hint="low <= gdp <= high, both included.",
)
### END HIDDEN TESTS

# %% checks="curve_test" points=1
check.shape(
    "the chosen curve predicts a number per country",
    choose_curve(gdp, satisfaction, [(1, 1e-3), (15, 1e-3)], 0).predict(gdp[:, None]),
    (36,),
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 curve")
x, y = make_countries(40, draw)
x_new, y_new = make_countries(4000, draw + 1)
plain = make_pipeline(PolynomialFeatures(6, include_bias=False), StandardScaler(), Ridge(0.5)).fit(x[:, None], y)
mine = curve_model(6, 0.5).fit(x[:, None], y)
check.close(
    "the pipeline takes powers without the constant, scales them, and regularises",
    [mine[-1].coef_, mine.predict(x_new[:99, None])],
    [plain[-1].coef_, plain.predict(x_new[:99, None])],
    rtol=1e-4,
    hint="In this order; without scaling, the penalty would hardly see the high powers.",
)
candidates = [(25, 1e-9), (1, 1e4), (3, 1e-2), (1, 30)]
answers, truth = [], []
for i in range(8):
    few, new = make_countries(20, draw + 10 * i), make_countries(400, draw + 10 * i + 1)
    answers.append(np.asarray(choose_curve(*few, candidates, 3).predict(new[0][:, None])))
    truth.append(new[1])
# RMSE over 20 times 6 draws, noise 0.25: reference 0.295, sd 0.021, worst 0.357; chosen by training error 0.88 at best.
check.score(
    "the curves chosen from 20 countries hold for new ones",
    np.concatenate(truth),
    np.concatenate(answers),
    metric="rmse",
    at_most=0.42,
    weight=2,
    hint="The wildest curve always wins on the rows it was fitted to. Compare in cross-validation.",
)
check.close(
    "the chosen curve is trained on all countries at the end",
    choose_curve(x, y, [(2, 0.1)], 3).predict(x_new[:99, None]),
    curve_model(2, 0.1).fit(x[:, None], y).predict(x_new[:99, None]),
    rtol=1e-6,
    hint="After the choice, fit once more with all rows.",
)
### END HIDDEN TESTS

# %% checks="plot_test" points=1
check.equal(
    "all 36 countries are in the scatter plot",
    len(
        plot_curve(gdp, satisfaction, curve_model(2, 0.1).fit(gdp[:, None], satisfaction))
        .collections[0]
        .get_offsets()
    ),
    36,
)
### BEGIN HIDDEN TESTS
x, y = make_countries(30, datasets.hidden_seed("ch01 plot"))
fitted = choose_curve(x, y, [(3, 0.05)], 0)
ax = plot_curve(x, y, fitted)
line = ax.get_lines()[0]
at, height = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
check.close(
    "the points are the countries",
    np.asarray(ax.collections[0].get_offsets()),
    np.c_[x, y],
    hint="x is the product per head, y the satisfaction.",
)
check.true(
    "the line runs from the smallest to the largest x in order, and smoothly",
    len(at) >= 50
    and bool(np.all(np.diff(at) >= 0))
    and bool(np.isclose(at[0], x.min()) and np.isclose(at[-1], x.max())),
    hint="Predict for evenly spaced values, not for the unsorted countries.",
)
check.close(
    "the line shows the model",
    height,
    fitted.predict(np.reshape(at, (-1, 1))),
    hint="Its height is what the model predicts there.",
)
check.figure("both axes have a label", ax, xlabel=True, ylabel=True, hint="ax.set(xlabel=..., ylabel=...)")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Too few, or the wrong ones
#
# A model can only be as good as its rows are representative. Two different things go wrong. **Sampling noise:** a
# small sample differs from the population by chance; more rows help. **Sampling bias:** the *method* reaches some
# people more than others; more rows only make you surer of the wrong answer. A famous poll of 1936 asked millions who
# owned a car or a telephone, and missed the winner.
#
# **Your task.**
#
# - `outside_prob(n, p, low, high)`: the probability (a float) that a random sample of `n` people from a population
#   with a share `p` of women holds **fewer than `low` or more than `high`** women. Exactly; `scipy.stats.binom` is
#   welcome.
# - `outside_simulated(n, p, low, high, trials, seed)`: the share of `trials` random samples for which that is so. It
#   is timed: no Python loop over trials or people.
# - `fair_mean(values, groups, shares)`: a poll's answer, corrected. `groups` (m,) says which group each of the people
#   asked is in, `shares` is a dict from group to its share of the *population*. Each group counts with that share,
#   however many of it were asked. `ValueError` if nobody of a group in `shares` was asked.
# - `CURES`: what helps, `"more rows"` or `"other rows"`? A: ten countries were drawn at random from 200. B: a survey
#   on internet use is made online. C: a music service learns what people like from videos found with the search word
#   "music". D: the rarest class came up twice in a fair draw of 300 rows.
# <!-- covers: 1.10 1.11 -->

# %% answer="samples"
def outside_prob(n, p, low, high):
    """Return the probability of fewer than low or more than high successes in n draws."""
    ### BEGIN SOLUTION
    from scipy.stats import binom

    return float(binom.cdf(low - 1, n, p) + binom.sf(high, n, p))
    ### END SOLUTION


def outside_simulated(n, p, low, high, trials, seed):
    """Return the share (a float) of simulated samples with fewer than low or more than high successes."""
    ### BEGIN SOLUTION
    counts = np.random.default_rng(seed).binomial(n, p, size=trials)
    return float(np.mean((counts < low) | (counts > high)))
    ### END SOLUTION


def fair_mean(values, groups, shares):
    """Return the mean (a float) of values (m,) with each group weighted by its share of the population."""
    ### BEGIN SOLUTION
    total = 0.0
    for group, share in shares.items():
        asked = values[np.asarray(groups) == group]
        if len(asked) == 0:
            raise ValueError(f"Nobody of group {group!r} was asked.")
        total += share * asked.mean()
    return float(total)
    ### END SOLUTION


CURES = {"A": None, "B": None, "C": None, "D": None}
### BEGIN SOLUTION
CURES = {"A": "more rows", "B": "other rows", "C": "other rows", "D": "more rows"}
### END SOLUTION

# %% checks="noise_test" points=1
check.close("two coins: both heads or both tails", outside_prob(2, 0.5, 1, 1), 0.5)
### BEGIN HIDDEN TESTS
from scipy.stats import binom

rng = np.random.default_rng(datasets.hidden_seed("ch01 noise"))
for n in (1, 12, 100, 1000):
    for p in (0.5, rng.uniform(0.05, 0.95)):
        low, high = int(0.9 * n * p), int(np.ceil(1.1 * n * p))
        inside = sum(binom.pmf(count, n, p) for count in range(low, high + 1))
        check.close(
            "the probability is exact, and low and high are inside",
            outside_prob(n, p, low, high),
            max(0.0, 1 - inside),
            rtol=1e-6,
            atol=1e-9,
            weight=2,
            hint="cdf(k) includes k. Fewer than low is at most low - 1; a normal curve is not exact.",
        )
for n, low, high in ((40, 17, 23), (300, 140, 170)):
    share = outside_simulated(n, 0.5, low, high, 20_000, int(rng.integers(1000)))
    exact = binom.cdf(low - 1, n, 0.5) + binom.sf(high, n, 0.5)
    check.true(
        "the simulation agrees with theory, up to its own noise",
        isinstance(share, float) and bool(abs(share - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000)),
        hint="The same two conditions, joined by or.",
    )
check.true(
    "the seed decides which samples are drawn",
    len({outside_simulated(300, 0.5, 140, 170, 20_000, seed) for seed in range(4)}) > 1,
    hint="Make the generator from the seed.",
)
check.faster(
    "many samples are drawn at once",
    outside_simulated,
    inputs=lambda seed: (40, 0.5, 17, 23, 100_000, seed),
    times=6,
    agrees=lambda share, expected: abs(share - expected) < 0.05,
    hint="A generator's binomial(n, p, size=trials) returns all counts.",
)
### END HIDDEN TESTS

# %% checks="bias_test" points=1
check.close(
    "three young and one old were asked, but half of all people are old",
    fair_mean(np.array([1.0, 2, 3, 10]), np.array(["young", "young", "young", "old"]), {"young": 0.5, "old": 0.5}),
    6.0,
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 bias"))
shares, means = {"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 1.0, "b": 4.0, "c": 9.0}
groups = rng.choice(list("abc"), 4000, p=[0.15, 0.25, 0.6])
values = rng.normal(size=4000) + [means[group] for group in groups]
check.close(
    "the corrected mean is that of the population",
    fair_mean(values, groups, shares),
    sum(share * values[groups == group].mean() for group, share in shares.items()),
    hint="One mean per group, times its share of the population.",
    weight=2,
)
check.raises(
    "a group that nobody was asked of raises ValueError",
    ValueError,
    fair_mean,
    args=(values[groups != "b"], groups[groups != "b"], shares),
    hint="No weight makes up for people who are not there at all; the mean of nothing is nan.",
)
check.equal("CURES A and D", [CURES[key] for key in "AD"], ["more rows"] * 2, hint="The draw was fair.")
check.equal(
    "CURES B and C",
    [CURES[key] for key in "BC"],
    ["other rows"] * 2,
    hint="Who, or what, can never be in this sample?",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Three piles, each used for one thing
#
# The error on new rows, the *generalisation* or *out-of-sample error*, is estimated on a **test set**. Compare ten
# models on it and pick the best, and the winner's figure is too good: you have fitted the choice to the test set. So
# keep three piles: train the candidates on **training** rows, choose on **validation** rows (the *dev set*), train
# the winner anew on both, and look at the **test** set once.
#
# How large a validation set? Too small, and the ranking is luck. Too large, and candidates see far fewer rows than
# the final model will. *Repeated cross-validation* gets round both, at the price of training time: every row is
# validation row once per repeat, and the mean is steadier.
#
# **Your task.**
#
# - `three_way(m, valid, test, seed)`: arrays `(train, valid, test)` of row numbers, shuffled; `valid` and `test` are
#   shares, and the piles have `round(share * m)` rows. Every row is in exactly one pile.
# - `holdout_select(models, X, y, piles)`: `models` is a dict from names to untrained regressors. Return a dict with
#   the winner's `name`, its `valid_rmse`, its `model` trained anew on training and validation rows, and the
#   `test_rmse` of that. Leave `models` untrained.
# - `repeated_cv(model, X, y, k, repeats, seed)`: an array of `k * repeats` RMSEs from `repeats` different shuffles
#   into `k` folds.
# - `SIZES`: what is wrong, `"luck"` or `"starved"`? A: 1,000,000 rows, 950,000 for validation. B: 400 rows, 8 for
#   validation.
# <!-- covers: 1.14 1.16 1.17 1.18 -->

# %% answer="holdout"
def three_way(m, valid, test, seed):
    """Return row numbers (train, valid, test) of a random split of m rows."""
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(m)
    n_valid, n_test = round(valid * m), round(test * m)
    return order[n_valid + n_test :], order[:n_valid], order[n_valid : n_valid + n_test]
    ### END SOLUTION


def holdout_select(models, X, y, piles):
    """Return a dict with name, valid_rmse, model and test_rmse of the model that is best on validation rows."""
    ### BEGIN SOLUTION
    train, valid, test = piles

    def rmse(fitted, rows):
        return float(np.sqrt(np.mean((fitted.predict(X[rows]) - y[rows]) ** 2)))

    errors = {name: rmse(clone(model).fit(X[train], y[train]), valid) for name, model in models.items()}
    name = min(errors, key=errors.get)
    both = np.concatenate([train, valid])
    model = clone(models[name]).fit(X[both], y[both])
    return {"name": name, "valid_rmse": errors[name], "model": model, "test_rmse": rmse(model, test)}
    ### END SOLUTION


def repeated_cv(model, X, y, k, repeats, seed):
    """Return the RMSEs (k * repeats,) of cross-validation with a new shuffle in each repeat."""
    ### BEGIN SOLUTION
    from sklearn.model_selection import RepeatedKFold, cross_val_score

    folds = RepeatedKFold(n_splits=k, n_repeats=repeats, random_state=seed)
    return -cross_val_score(model, X, y, cv=folds, scoring="neg_root_mean_squared_error")
    ### END SOLUTION


SIZES = {"A": None, "B": None}
### BEGIN SOLUTION
SIZES = {"A": "starved", "B": "luck"}
### END SOLUTION

# %% checks="piles_test" points=1
check.equal("60, 20 and 20 rows of 100", [len(pile) for pile in three_way(100, 0.2, 0.2, 0)], [60, 20, 20])
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 piles") % 2**31
for m, valid, test in ((50, 0.1, 0.3), (203, 0.25, 0.15)):
    piles = three_way(m, valid, test, draw)
    check.equal(
        "every row is in exactly one pile, and the sizes are right",
        [sorted(np.concatenate([np.asarray(pile) for pile in piles]).tolist()), len(piles[1]), len(piles[2])],
        [list(range(m)), round(valid * m), round(test * m)],
        hint="Shuffle all row numbers once, then cut.",
    )
means = [[float(np.mean(pile)) for pile in three_way(3000, 0.2, 0.2, draw + i)] for i in range(3)]
check.true(
    "the rows are shuffled, by the seed",
    bool(np.abs(np.array(means) - 1500).max() < 300) and len({row[2] for row in means}) == 3,
    weight=2,
    hint="Tables are often sorted. Slices of a sorted table are no samples of it.",
)
check.equal(
    "SIZES", SIZES, {"A": "starved", "B": "luck"}, hint="How many rows are left to train on, how many to judge by?"
)
### END HIDDEN TESTS

# %% checks="select_test" points=1
check.true(
    "the winner has a name, a model and two errors",
    set(holdout_select({"line": LinearRegression()}, gdp[:, None], satisfaction, three_way(36, 0.2, 0.2, 0)))
    == {"name", "valid_rmse", "model", "test_rmse"},
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 select"))
X, order = rng.normal(size=(120, 2)), rng.permutation(120)
piles = order[:60], order[60:90], order[90:]
y = np.zeros(120)
y[piles[0]], y[piles[1]], y[piles[2]] = 3.0, 2.0, 1.0  # each pile has a favourite of its own
models = {f"always {value}": DummyRegressor(strategy="constant", constant=value) for value in (1.0, 2.0, 3.0)}
chosen = holdout_select(models, X, y, piles)
check.equal(
    "the winner is chosen on the validation rows",
    [chosen["name"], round(chosen["valid_rmse"], 6), round(chosen["test_rmse"], 6)],
    ["always 2.0", 0.0, 1.0],
    weight=2,
    hint="Not by the training rows, and above all not by the test rows.",
)
y = X[:, 0] + rng.normal(size=120)
chosen, both = holdout_select({"one": KNeighborsRegressor(1)}, X, y, piles), np.concatenate(piles[:2])
anew, first = (KNeighborsRegressor(1).fit(X[rows], y[rows]) for rows in (both, piles[0]))
before = chosen["model"].predict(X)
check.close(
    "the winner is trained anew on training and validation rows",
    [before, chosen["test_rmse"]],
    [anew.predict(X), np.sqrt(np.mean((anew.predict(X[piles[2]]) - y[piles[2]]) ** 2))],
    weight=2,
    hint="After the choice, validation rows are too good to be left out; test rows stay out.",
)
check.close(
    "the validation error is from before that",
    chosen["valid_rmse"],
    np.sqrt(np.mean((first.predict(X[piles[1]]) - y[piles[1]]) ** 2)),
    hint="A model that was trained on validation rows says nothing about itself there.",
)
again = holdout_select({"again": chosen["model"]}, X, -y, piles)
check.close(
    "the models that are passed in stay as they are",
    [chosen["model"].predict(X), again["valid_rmse"]],
    [before, chosen["valid_rmse"]],
    hint="clone() before every fit: the models belong to whoever passed them.",
)
### END HIDDEN TESTS

# %% checks="repeated_test" points=1
check.shape("ten folds of two shuffles", repeated_cv(LinearRegression(), gdp[:, None], satisfaction, 5, 2, 0), (10,))
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 repeated"))
X = np.sort(rng.normal(size=(90, 1)), axis=0)
y = X[:, 0] + 3 * rng.normal(size=90)
errors = np.asarray(repeated_cv(KNeighborsRegressor(1), X, y, 3, 8, 5))
check.true(
    "the errors are those of rows not trained on",
    errors.shape == (24,) and bool(2.7 < errors.mean() < 9),
    hint="One nearest neighbour repeats training rows without any error. New rows cost it an RMSE of about 4.2 here.",
)
check.true(
    "each repeat shuffles anew",
    len(np.unique(errors.round(9))) >= 20,
    hint="The same folds again give the same errors again.",
)
check.deterministic(
    "the seed decides the shuffles", repeated_cv, args=(KNeighborsRegressor(1), X, y, 3, 2, 9), hint="Pass the seed on."
)
straight = np.asarray(repeated_cv(KNeighborsRegressor(3), X, 5 * X[:, 0], 3, 6, 1))
check.true(
    "the rows are shuffled before they are cut",
    bool(straight.max() < 3.2),
    hint="The rows come sorted: without shuffling, a whole end of the range is missing from training.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Whose fault is it?
#
# You train on a million pictures of flowers from the web, but the app will see photos from telephones, of which you
# have a thousand. Validation and test rows must look like what the app will see, so they are telephone pictures. If
# their error is high, is the model overfitting, or are web pictures just different? Hold out a part of the **web**
# pictures, the *train-dev set*. The errors then form a staircase:
#
# $$\text{goal} \;\to\; \text{train} \;\to\; \text{train-dev} \;\to\; \text{dev}$$
#
# A high first step is *underfitting*, a high second one *overfitting*, a high third one *data mismatch*, cured by
# making training data more like the real one.
#
# **Your task.** Errors are shares of wrong answers.
#
# - `staircase(model, web, phone, share, seed)`: `web` and `phone` are pairs `(X, y)`. Set `round(share * m)` random
#   web rows aside as train-dev set and fit a clone of `model` to the other web rows. Return a dict of floats:
#   `train`, `train_dev`, and `dev`, the error on all phone rows.
# - `diagnose(goal, train, train_dev, dev, step)`: the first step higher than `step` decides: `"underfitting"`,
#   `"overfitting"`, `"mismatch"`; else `"good"`.
# - `REMEDIES`: for each of the three faults a list with the **two** letters of remedies that fit it. A: a more
#   powerful model. B: drop noise and collect more of the same data. C: make web pictures look as if a telephone took
#   them. D: weaker regularisation. E: stronger regularisation. F: add labelled telephone pictures to the training
#   rows.
# <!-- covers: 1.14 1.15 1.19 -->

# %% given="flowers"
def make_flowers(m, seed, tilt=0.0):
    """Return features X (m, 6) and one of three kinds (m,), sorted by kind; tilt turns the kinds' places."""
    rng = np.random.default_rng(seed)
    kinds = np.sort(rng.integers(0, 3, m))
    angle = 2 * np.pi * kinds / 3 + tilt
    centre = 2.2 * np.c_[np.cos(angle), np.sin(angle)]
    return np.c_[centre, np.zeros((m, 4))] + rng.normal(size=(m, 6)), kinds


web, phone = make_flowers(800, seed=16), make_flowers(300, seed=17, tilt=0.7)

# %% answer="mismatch"
def staircase(model, web, phone, share, seed):
    """Return a dict with the errors train, train_dev and dev of a clone of model."""
    ### BEGIN SOLUTION
    X, y = web
    order = np.random.default_rng(seed).permutation(len(y))
    aside = round(share * len(y))
    held, rest = order[:aside], order[aside:]
    fitted = clone(model).fit(X[rest], y[rest])
    piles = {"train": (X[rest], y[rest]), "train_dev": (X[held], y[held]), "dev": phone}
    return {name: float(np.mean(fitted.predict(rows) != answers)) for name, (rows, answers) in piles.items()}
    ### END SOLUTION


def diagnose(goal, train, train_dev, dev, step):
    """Return "underfitting", "overfitting", "mismatch" or "good": the first step higher than step."""
    ### BEGIN SOLUTION
    stairs = {"underfitting": train - goal, "overfitting": train_dev - train, "mismatch": dev - train_dev}
    return next((name for name, height in stairs.items() if height > step), "good")
    ### END SOLUTION


REMEDIES = {"underfitting": [], "overfitting": [], "mismatch": []}
### BEGIN SOLUTION
REMEDIES = {"underfitting": ["A", "D"], "overfitting": ["B", "E"], "mismatch": ["C", "F"]}
### END SOLUTION

# %% checks="staircase_test" points=1
check.equal(
    "one nearest neighbour makes no mistakes on the rows that it remembers",
    staircase(KNeighborsClassifier(1), web, phone, 0.25, 0)["train"],
    0.0,
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 staircase")
there, here = make_flowers(2000, draw), make_flowers(2000, draw + 1, tilt=1.2)
errors = [staircase(KNeighborsClassifier(1), there, here, 0.3, seed) for seed in range(3)]
check.close(
    "train-dev rows are web rows, from all over the table, that were not trained on",
    [[error["train"], error["train_dev"]] for error in errors],
    [[0.0, 0.08]] * 3,  # train-dev over 24 draws: 0.065 to 0.105; last rows of the sorted table: 0.20 at best
    atol=0.05,
    weight=2,
    hint="The table is sorted. Draw the rows at random, and keep them out of the training.",
)
check.true(
    "the seed decides which rows are set aside",
    len({staircase(KNeighborsClassifier(1), web, phone, 0.3, seed)["train_dev"] for seed in range(6)}) > 1,
    hint="Make the generator from the seed.",
)
odd = staircase(KNeighborsClassifier(5), there, here, 0.333, 4)
counts = [odd["train"] * 1334, odd["train_dev"] * 666, odd["dev"] * 2000]
check.close(
    "every web row is either trained on or set aside",
    counts,
    np.round(counts),
    rtol=0,
    atol=1e-6,
    hint="round(share * m) rows are set aside, all others are trained on.",
)
whole = KNeighborsClassifier(1).fit(*there)
check.close(
    "the dev error is that on the telephone rows",
    [error["dev"] for error in errors],
    [np.mean(whole.predict(here[0]) != here[1])] * 3,
    atol=0.05,
    hint="All phone rows, none of them in training.",
)
### END HIDDEN TESTS

# %% checks="diagnose_test" points=1
check.equal("a model that cannot even learn the training rows", diagnose(0.01, 0.2, 0.21, 0.22, 0.05), "underfitting")
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch01 diagnose"))
names = ["underfitting", "overfitting", "mismatch", "good"]
for round_number in range(12):
    heights = rng.uniform(0.0, 0.03, 3)
    fault = round_number % 4
    if fault < 3:
        heights[fault] += 0.08
        heights[fault + 1 :] += rng.choice([0, 0.2], 2 - fault)  # a later step may be high too
    goal = float(rng.uniform(0, 0.1))
    check.equal(
        "the first high step decides",
        diagnose(goal, *(goal + np.cumsum(heights)).tolist(), 0.05),
        names[fault],
        weight=2,
        hint="Compare each error with the one before it, from left to right.",
    )
check.equal(
    "a step as high as `step` is not higher", diagnose(0.0, 0.25, 0.5, 0.75, 0.25), "good", hint="Higher, not as high."
)
check.equal(
    "the remedies fit the faults",
    {fault: sorted(letters) for fault, letters in REMEDIES.items()},
    {"underfitting": ["A", "D"], "overfitting": ["B", "E"], "mismatch": ["C", "F"]},
    hint="Freedom helps against one fault and harms with another.",
)
### END HIDDEN TESTS

# %% [markdown] essay="plan_essay" points=2
# **In your own words (2 points).** A hospital wants a model that warns of a rare complication. It has 20 years of
# records from its own wards, a colleague's finished model that reached 99 % accuracy "on the data", and a new ward
# with other devices opens in spring. In about ten lines: is this a good use of machine learning, and of which kind?
# What do you ask about the 99 %? Which rows do you put in which pile? And how do you keep the model right after
# spring?
#
# ### BEGIN SOLUTION
# *Kind (0.5).* A complex task with much data and no simple rule; supervised classification, trained in batch. Insight
# into the causes would be a second benefit.
#
# *The 99 % (0.5).* On which rows: trained on, chosen on, or new ones? How rare is the complication: if one in a
# hundred has it, never warning is as good. Were the same patients on both sides? How many models were compared on
# that set?
#
# *Piles (0.5).* Split by patient, better by time: old years for training, the last ones for validation and test,
# which must look like the future wards. Model and hyperparameters on validation rows, final training on both, the
# test rows once. A train-dev set of old rows tells overfitting from mismatch.
#
# *After spring (0.5).* New devices are a data mismatch and drift: collect labelled rows from the new ward, watch the
# error and the inputs there, retrain regularly, online learning only with care, and keep the old model to fall back
# on.
# ### END SOLUTION

# %% [markdown]
# ## Exercise 7 — Learning from a stream
#
# An online learner gets mini-batches, learns, and forgets the rows. For a linear model and one row, a step against
# the slope of the squared error is
#
# $$e = \hat y - y, \qquad w \leftarrow w - \eta\, e\, x, \qquad b \leftarrow b - \eta\, e .$$
#
# The learning rate $\eta$ trades speed against calm: a high rate follows a change quickly and forgets as quickly; a
# low rate has inertia and is less upset by noise. A stream is judged honestly by *predicting first, learning second*:
# each batch is a test set before it becomes a training set. In the same way, tables too large for memory are read in
# pieces.
#
# **Your task.**
#
# - `OnlineLinear(rate)`: `partial_fit(X, y)` takes the step above for each row in turn and returns `self`; before the
#   first row all of `coef_` (n,) and `intercept_` are zero. `predict(X)` returns (m,). What it stores must not grow
#   with the rows it has seen.
# - `stream_errors(model, batches)`: for a list of `(X, y)`, the RMSE on each batch **before** learning from it; the
#   first batch is only learned from, so the array has one entry less than there are batches.
# - `choose_rate(batches, rates)`: the rate for which the mean of `stream_errors` is lowest.
# <!-- covers: 1.8 -->

# %% given="streams"
def make_stream(batches, seed, noise=0.5, drift=0.0):
    """Return a list of (X (20, 3), y (20,)); drift is how far the true weights walk from batch to batch."""
    rng = np.random.default_rng(seed)
    weights, pieces = rng.normal(size=4), []
    for _ in range(batches):
        X = rng.normal(size=(20, 3))
        pieces.append((X, weights[0] + X @ weights[1:] + noise * rng.normal(size=20)))
        weights = weights + drift * rng.normal(size=4)
    return pieces


calm, wild = make_stream(60, seed=18, noise=1.0), make_stream(60, seed=19, drift=0.4)

# %% answer="online"
class OnlineLinear:
    """A linear model that learns row by row."""

    def __init__(self, rate=0.05):
        self.rate = rate

    def partial_fit(self, X, y):
        """Take one step per row of X (m, n), y (m,); return self."""
        ### BEGIN SOLUTION
        if not hasattr(self, "coef_"):
            self.coef_, self.intercept_ = np.zeros(X.shape[1]), 0.0
        for x, target in zip(X, y):
            error = self.intercept_ + x @ self.coef_ - target
            self.coef_ = self.coef_ - self.rate * error * x
            self.intercept_ = float(self.intercept_ - self.rate * error)
        return self
        ### END SOLUTION

    def predict(self, X):
        """Return predictions (m,) for the rows of X."""
        ### BEGIN SOLUTION
        return self.intercept_ + X @ self.coef_
        ### END SOLUTION


def stream_errors(model, batches):
    """Return the RMSE (len(batches) - 1,) on each batch but the first, before learning from it."""
    ### BEGIN SOLUTION
    errors = []
    for number, (X, y) in enumerate(batches):
        if number > 0:
            errors.append(np.sqrt(np.mean((model.predict(X) - y) ** 2)))
        model.partial_fit(X, y)
    return np.array(errors)
    ### END SOLUTION


def choose_rate(batches, rates):
    """Return the rate (one of rates) with the lowest mean error over the stream."""
    ### BEGIN SOLUTION
    return min(rates, key=lambda rate: stream_errors(OnlineLinear(rate), batches).mean())
    ### END SOLUTION

# %% checks="online_test" points=1
check.close(
    "one row, one step from zero",
    OnlineLinear(0.5).partial_fit(np.array([[2.0, -1.0]]), np.array([4.0])).coef_,
    np.array([4.0, -2.0]),
)
### BEGIN HIDDEN TESTS
pieces = make_stream(5, datasets.hidden_seed("ch01 online"))
model, w, b = OnlineLinear(0.03), np.zeros(3), 0.0
for X, y in pieces:
    returned = model.partial_fit(X, y)
    for x, target in zip(X, y):
        error = b + x @ w - target
        w, b = w - 0.03 * error * x, b - 0.03 * error
    check.close(
        "each row moves weights and intercept by one step, from where the last batch left them",
        [model.coef_, model.intercept_, model.predict(X[:5])],
        [w, b, b + X[:5] @ w],
        weight=2,
        hint="Start from zeros only once. All of a step uses the error from before the step.",
    )
check.close("partial_fit returns the model", returned.predict(X), b + X @ w, hint="return self")
fresh = OnlineLinear(0.1).partial_fit(X, y)
check.shape(
    "another model starts afresh, with other columns too", OnlineLinear(0.1).partial_fit(X[:, :2], y).coef_, (2,)
)
### END HIDDEN TESTS

# %% checks="stream_test" points=1
check.shape("60 batches give 59 errors", stream_errors(OnlineLinear(0.05), calm), (59,))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 stream")
pieces = make_stream(30, draw, drift=0.2)
model, expected = OnlineLinear(0.04), []
for number, (X, y) in enumerate(pieces):
    if number:
        expected.append(float(np.sqrt(np.mean((model.predict(X) - y) ** 2))))
    model.partial_fit(X, y)
check.close(
    "each batch is predicted before it is learned",
    stream_errors(OnlineLinear(0.04), pieces),
    np.array(expected),
    weight=2,
    hint="Predict first, learn second; the first batch has no prediction.",
)
streams = make_stream(200, draw + 1, noise=2.0), make_stream(200, draw + 2, drift=0.5), make_stream(12, draw, noise=0.1)
check.equal(  # the same over 24 draws; in the short stream the high rate arrives first
    "calm noisy streams want a low rate, drifting and short ones a high rate",
    [choose_rate(batches, [0.1, 0.01]) for batches in streams],
    [0.01, 0.1, 0.1],
    hint="A new model for each rate, or the second one starts with what the first has learned.",
)
drifted = make_stream(120, draw + 3, drift=0.4)
model, answers = OnlineLinear(choose_rate(drifted[:60], [0.1, 0.01])), []
for number, (X, y) in enumerate(drifted):
    if number:
        answers.append(np.asarray(model.predict(X)))
    model.partial_fit(X, y)
# RMSE over 24 draws: reference 0.992, sd 0.023, worst 1.041; rate 0.01 at best 1.32, a rate that fades like 1/t 2.02.
check.score(
    "with the chosen rate, the model keeps up with a drifting world",
    np.concatenate([y for _, y in drifted[1:]]),
    np.concatenate(answers),
    metric="rmse",
    at_most=1.2,
    partial=1.3,
    hint="Predict, learn, forget: the rate decides how fast.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — Better data before better models
#
# Errors, outliers and noise hide the pattern; useless columns hide it too. Outliers can be dropped or clipped by
# hand-set limits. For gaps there are four ways: leave out the **rows**, leave out the **column**, **fill** in a value
# such as the median, or fill it in and **flag** the gap in a column of its own (then train one model with the column
# and one without, and compare). With columns there is *selection* (keep the useful ones), *extraction* (combine
# columns into fewer, for instance with PCA before the model), and collecting new ones.
#
# One rule holds for all of it: limits, medians, choices and components come from **training rows** and are then
# applied to new rows.
#
# **Your task.** `train` and `new` are DataFrames with the same numeric columns. Change neither; return new frames.
#
# - `treat_gaps(train, new, policy)`: a pair of frames. `"rows"`: training rows with gaps are left out, new ones stay
#   as they are. `"columns"`: columns with gaps in `train` are left out of both. `"median"`: gaps in both are filled
#   with the training median. `"flag"`: the same, and for each column with gaps in `train` a column `<name>_missing`
#   (1 or 0, ints) follows at the end, in the order of the columns. Anything else raises `ValueError`.
# - `clip_outliers(train, new, factor=1.5)`: a pair of frames, each column clipped to $[Q_1 - f\,(Q_3 - Q_1),\; Q_3 +
#   f\,(Q_3 - Q_1)]$, quartiles from `train`.
# - `strongest(train, target, k)`: the names of the `k` columns whose correlation with `target` (a Series) is
#   strongest in size, strongest first.
# - `compress(train, new, share)`: a pair of arrays: columns scaled, then as few principal components as explain
#   `share` of the variance.
# <!-- covers: 1.5 1.12 1.13 1.16 1.21 -->

# %% given="clinic"
def make_clinic(m, seed, shift=0.0):
    """Return a table of five measurements with gaps and outliers, and a target (m,)."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(shift, 1, (m, 2))
    table = pd.DataFrame({
        "pulse": 70 + 9 * hidden[:, 0],
        "pressure": 120 - 12 * hidden[:, 0] + 5 * rng.normal(size=m),
        "weight": 75 + 10 * hidden[:, 1],
        "protein": rng.lognormal(shift, 0.8, m),
        "room": rng.integers(1, 60, m).astype(float),
    })
    target = pd.Series(3 * hidden[:, 0] + hidden[:, 1] + 0.5 * rng.normal(size=m), name="risk")
    for column, share in (("pressure", 0.1), ("protein", 0.3)):
        table.loc[rng.random(m) < share, column] = np.nan
    table.loc[rng.random(m) < 0.02, "weight"] *= 10  # somebody forgot the decimal point
    return table, target


clinic, risk = make_clinic(300, seed=20)
later, _ = make_clinic(100, seed=21, shift=0.5)

# %% answer="gaps"
def treat_gaps(train, new, policy):
    """Return (train, new) after treating gaps by "rows", "columns", "median" or "flag"."""
    ### BEGIN SOLUTION
    gappy = [column for column in train.columns if train[column].isna().any()]
    if policy == "rows":
        return train.dropna(), new.copy()
    if policy == "columns":
        return train.drop(columns=gappy), new.drop(columns=gappy)
    if policy not in ("median", "flag"):
        raise ValueError(f"There is no policy {policy!r}: use rows, columns, median or flag.")
    filled = []
    for frame in (train, new):
        flags = {f"{column}_missing": frame[column].isna().astype(int) for column in gappy}
        filled.append(frame.fillna(train.median()).assign(**(flags if policy == "flag" else {})))
    return filled[0], filled[1]
    ### END SOLUTION


def clip_outliers(train, new, factor=1.5):
    """Return (train, new) clipped to the training quartiles, widened by factor times their distance."""
    ### BEGIN SOLUTION
    low, high = train.quantile(0.25), train.quantile(0.75)
    reach = factor * (high - low)
    return train.clip(low - reach, high + reach, axis=1), new.clip(low - reach, high + reach, axis=1)
    ### END SOLUTION

# %% checks="gaps_test" points=0.5
check.frame("after filling, no gap is left", treat_gaps(clinic, later, "median")[1], rows=100, missing=False)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 gaps")
(train, _), (new, _) = make_clinic(150, draw), make_clinic(80, draw + 1, shift=1.0)
new.loc[new.index[3], "pulse"] = np.nan  # a gap where training rows have none
gappy, rest = ["pressure", "protein"], ["pulse", "weight", "room"]
for policy, first, second in (
    ("rows", train.dropna(), new),
    ("columns", train[rest], new[rest]),
    ("median", train.fillna(train.median()), new.fillna(train.median())),
):
    pair = treat_gaps(train, new, policy)
    check.frame(
        "the training rows are treated as the policy says",
        pair[0],
        like=first,
        hint="Look at each policy's sentence again.",
    )
    check.frame(
        "new rows are treated with what training rows say",
        pair[1],
        like=second,
        hint="Medians and the list of columns come from the training rows alone.",
    )
pair = treat_gaps(train, new, "flag")
for frame, filled in zip(pair, (train, new)):
    flags = filled[gappy].isna().astype(int).rename(columns="{}_missing".format)
    check.frame(
        "flags tell where the gaps were",
        frame,
        like=pd.concat([filled.fillna(train.median()), flags], axis=1),
        hint="One flag for each column with gaps in train, also for the new rows.",
    )
### END HIDDEN TESTS

# %% checks="gaps_more_test" points=0.5
check.unchanged("the tables that you pass stay as they are", treat_gaps, args=(clinic, later, "flag"))
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch01 gaps")
(train, _), (new, _) = make_clinic(150, draw), make_clinic(80, draw + 1, shift=1.0)
check.raises(
    "an unknown policy raises ValueError", ValueError, treat_gaps, args=(train, new, "hope"), hint="raise ValueError"
)
check.unchanged(
    "no policy changes the tables that it is given",
    treat_gaps,
    args=(train, new, "median"),
    hint="Work on copies: fillna without inplace returns a new frame.",
)
low, high = train.quantile(0.25), train.quantile(0.75)
for factor in (1.5, 3.0):
    limits = low - factor * (high - low), high + factor * (high - low)
    for frame, before in zip(clip_outliers(train, new, factor), (train, new)):
        check.frame(
            "outliers are clipped to limits from the training rows",
            frame,
            like=before.clip(*limits, axis=1),
            hint="The limits are per column; gaps stay gaps.",
        )
### END HIDDEN TESTS

# %% answer="features"
def strongest(train, target, k):
    """Return the names (a list) of the k columns of train most correlated with target, strongest first."""
    ### BEGIN SOLUTION
    return train.corrwith(target).abs().sort_values(ascending=False).index[:k].tolist()
    ### END SOLUTION


def compress(train, new, share):
    """Return (train, new) as arrays of the principal components that explain share of the variance."""
    ### BEGIN SOLUTION
    from sklearn.decomposition import PCA

    reduce = make_pipeline(StandardScaler(), PCA(share)).fit(train)
    return reduce.transform(train), reduce.transform(new)
    ### END SOLUTION

# %% checks="features_test" points=1
check.equal("the pulse tells most about the risk", strongest(clinic, risk, 1), ["pulse"])
### BEGIN HIDDEN TESTS
from sklearn.decomposition import PCA

draw = datasets.hidden_seed("ch01 features")
(train, target), (new, _) = make_clinic(400, draw), make_clinic(90, draw + 1, shift=1.0)
sizes = {column: abs(train[column].corr(target)) for column in train.columns}
check.equal(
    "columns are ranked by the size of their correlation",
    [strongest(train, target, k) for k in (2, 4)],
    [sorted(sizes, key=sizes.get, reverse=True)[:k] for k in (2, 4)],
    hint="A correlation of -0.9 is stronger than one of 0.3.",
)
full = train.fillna(train.median())[["pulse", "pressure", "weight", "room"]]
full_new = new.fillna(train.median())[["pulse", "pressure", "weight", "room"]]
ours = make_pipeline(StandardScaler(), PCA()).fit(full)
for share in (0.6, 0.95):
    kept = int(np.searchsorted(np.cumsum(ours[-1].explained_variance_ratio_), share) + 1)
    check.close(
        "new rows are projected as the training rows are, up to the sign",
        [np.abs(np.asarray(part)) for part in compress(full, full_new, share)],
        [np.abs(ours.transform(part)[:, :kept]) for part in (full, full_new)],
        rtol=1e-4,
        atol=1e-6,
        weight=2,
        hint="Scale first. Means, deviations and components come from the training rows.",
    )
### END HIDDEN TESTS
