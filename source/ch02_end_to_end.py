# %% [markdown]
# # 2. An end-to-end project
#
# You take over a table of Californian districts and a question: what is a house worth here? On the way you
# split the data so that the test stays honest, look at the training rows, build a preprocessing pipeline that
# survives new data, compare and tune models by cross-validation, find a leak in somebody's experiment, report a
# score with its uncertainty, and keep watch over the model once it is in service.
#
# Work through the exercises in order. After each one, run its checks: they tell you at once whether you are
# on the right way. Some further checks run only when your work is graded.

# %% given="data"
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score, train_test_split

from graders import check, datasets

housing = datasets.load_housing()  # an invented table that behaves like the real one and needs no network
TARGET = "median_house_value"
COUNTS = ["total_rooms", "total_bedrooms", "population", "households"]
PLAIN = ["longitude", "latitude", "housing_median_age", "median_income"]

# %% [markdown]
# ## Meet the data
#
# One row is one district. Incomes are in tens of thousands of dollars and stop at 15, house values in dollars
# and stop at 500,001. `total_bedrooms` has gaps. Prices stop there because the census
# cut them off. In a notebook of your own, `load_housing("full")` gives the real table of the 1990 census.
#
# *The district is described by sums over its households, so what does `total_rooms` tell about a house?*

# %% given="look"
housing.describe().T.round(1)

# %% given="histograms"
housing.hist(bins=40, figsize=(11, 7));  # tails to the right, and a wall at the largest price

# %% given="map"
housing.plot.scatter(x="longitude", y="latitude", c=TARGET, cmap="viridis", s=6, alpha=0.5);

# %% [markdown]
# ## Exercise 1 — A test set that stays put
#
# Next month the table will have more rows, in another order. If the test set is drawn anew, rows that you have
# trained on land in it, and after a few months you have seen everything. Let the row's own identity decide
# instead: turn its id into a number that looks uniformly random but is always the same (a *hash*), and put the
# row into the test set if that number is among the lowest `test_ratio` of the possible ones.
#
# The ids themselves are no such numbers: they may all be even, or multiples of 1000. And a Python loop over a
# million ids is slow; `pd.util.hash_array` hashes a whole array to unsigned 64-bit integers at once.
#
# **Task.** Write `split_by_id`. The same id must get the same answer in every table and on every machine, the
# share of test rows must be close to `test_ratio` for any kind of ids, and a million ids must be no problem.
#
# <!-- covers: 2.8 2.N1 -->

# %% answer="split_by_id"
def split_by_id(ids, test_ratio):
    """Return a boolean array, True where the row with this id belongs to the test set.

    ids: array of integers (n,); test_ratio: between 0 and 1.
    """
    ### BEGIN SOLUTION
    hashes = pd.util.hash_array(np.asarray(ids))
    return hashes / 2.0**64 < test_ratio
    ### END SOLUTION

# %% checks="split_by_id_test" points=0.5
check.shape(
    "split_by_id gives one True or False per id",
    split_by_id(np.arange(2000), 0.2),
    (2000,),
    hint="Return an array as long as ids, not the chosen ids themselves.",
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch02 ids"))
ids = rng.choice(10**9, size=6000, replace=False)


def chosen(ids):
    return set(ids[np.asarray(split_by_id(ids, 0.3), dtype=bool)].tolist())


check.true(
    "Old districts stay where they were when new ones are added at the end",
    0 < len(chosen(ids[:4000])) and chosen(ids[:4000]) == chosen(ids) & set(ids[:4000].tolist()),
    hint="The answer for an id may depend on nothing but the id: not on how many rows there are.",
)
check.true(
    "Districts stay where they were when rows are shuffled and some are deleted",
    0 < len(chosen(ids)) and chosen(ids[::-3]) == chosen(ids) & set(ids[::-3].tolist()),
    hint="A random number per row follows the position of the row; a hash follows its id.",
)
### END HIDDEN TESTS

# %% checks="split_by_id_more_test" points=0.5
check.true(
    "About a fifth of 2,000 districts are in the test set for test_ratio=0.2",
    abs(np.mean(split_by_id(np.arange(2000), 0.2)) - 0.2) < 0.05,
    hint="Compare each hash with test_ratio times the number of possible hashes.",
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch02 id kinds"))


def share_error(ids, ratio):
    return abs(float(np.mean(split_by_id(ids, ratio))) - ratio)


def same_share(result, expected):
    return np.shape(result) == expected.shape and abs(np.mean(result) - np.mean(expected)) < 0.01


for step in (1, 2, 10, 1000):
    check.true(
        "The share is right for ids of any kind: consecutive, even, with gaps",
        share_error(int(rng.integers(10**6)) * step + step * np.arange(20_000), 0.15) < 0.015,
        hint="Ids may all be multiples of something. Hash them before you compare.",
    )
check.faster(
    "A million ids are split about as fast as with array operations",
    split_by_id,
    inputs=lambda seed: (np.random.default_rng(seed).choice(10**9, size=1_000_000), 0.2),
    times=5.0,
    agrees=same_share,
    hint="Hash the whole array in one call instead of one id at a time.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Every income group in its share
#
# Income says most about prices, and the rich and the poor districts are few. A plain random test set may have a
# fifth too many or too few of them. *Stratified* sampling avoids that: cut the income into groups, then draw
# the same share from each group.
#
# **Task.** Write `stratified_split`. `bins` are the borders of the income groups (each group includes its right
# border). The parts have the same columns as the table, every row is in exactly one of them under its old
# index, the table you are given stays as it is, and another `seed` gives another draw. Scikit-learn's
# `train_test_split(..., stratify=...)` and `StratifiedShuffleSplit` both do this.
#
# <!-- covers: 2.8 2.9 2.10 -->

# %% answer="stratified_split"
def stratified_split(frame, bins, test_size, seed):
    """Return (train, test): two DataFrames with the shares of the groups of median_income kept.

    bins: increasing borders, for example [0, 1.5, 3, np.inf]; test_size: share of the rows, 0 to 1.
    """
    ### BEGIN SOLUTION
    group = pd.cut(frame["median_income"], bins)
    train, test = train_test_split(frame, test_size=test_size, stratify=group, random_state=seed)
    return train, test
    ### END SOLUTION

# %% checks="stratified_split_test" points=0.5
check.shape(
    "A fifth of the 4,000 districts is in the test part, with all ten columns",
    stratified_split(housing.copy(), [0, 1.5, 3.0, 4.5, 6.0, np.inf], 0.2, 0)[1],
    (800, 10),
    hint="The group of a row helps to split; it is not a column of the result.",
)
### BEGIN HIDDEN TESTS
hidden_bins = [0, 2.0, 2.5, 3.5, 5.0, 6.5, np.inf]
draws = [datasets.make_housing(7000, seed=datasets.hidden_seed("ch02 strata") + i) for i in range(3)]


def shares(frame):
    return pd.cut(frame["median_income"], hidden_bins).value_counts(normalize=True, sort=False).to_numpy()


def worst_share_error(frame, seed):
    test = stratified_split(frame.copy(), hidden_bins, 0.1, seed)[1]
    return float(np.max(np.abs(shares(test) / shares(frame) - 1))) if len(test) == 700 else 1.0


for i, draw in enumerate(draws):
    check.true(
        "Each income group has its share of the test part, for any borders",
        worst_share_error(draw, i) <= 0.035,
        hint="Cut median_income at the borders in bins and stratify by these groups.",
    )
### END HIDDEN TESTS

# %% checks="stratified_split_more_test" points=1
check.equal(
    "No district is lost",
    sum(len(part) for part in stratified_split(housing.copy(), [0, 3.0, np.inf], 0.3, 0)),
    4000,
)
### BEGIN HIDDEN TESTS
hidden_bins = [0, 2.0, 2.5, 3.5, 5.0, 6.5, np.inf]
table = datasets.make_housing(4000, seed=datasets.hidden_seed("ch02 parts"))
table = table.set_index(pd.Index(np.arange(4000) * 7 + 3))


def parts(seed):
    return stratified_split(table.copy(), hidden_bins, 0.25, seed)


def households(seed):
    return parts(seed)[1]["households"].tolist()


check.equal(
    "The parts have the columns of the table and no others",
    [list(part.columns) for part in parts(1)],
    [list(table.columns)] * 2,
    hint="Keep the groups in a variable of their own instead of a new column.",
)
check.equal(
    "Every row is in exactly one part, under its old index",
    sorted(label for part in parts(1) for label in part.index),
    table.index.tolist(),
    hint="Select rows by position (iloc) if you have positions; do not reset the index.",
)
check.unchanged(
    "The table that was passed in stays as it was",
    stratified_split,
    args=(table.copy(), hidden_bins, 0.25, 1),
    hint="A new column in frame is a new column in the caller's table.",
)
check.true(
    "The same seed gives the same test part, another seed another one",
    households(1) == households(1) != households(2),
    hint="Hand the seed over to what draws the rows.",
)
### END HIDDEN TESTS

# %% [markdown]
# From here on, `train` and `valid` are two tables made for you, so that the next exercises do not depend on your
# answers so far.

# %% given="tables"
train, valid = datasets.make_housing(3000, seed=21), datasets.make_housing(1000, seed=22)
X_train, y_train = train.drop(columns=TARGET), train[TARGET]
X_valid, y_valid = valid.drop(columns=TARGET), valid[TARGET]

# %% [markdown]
# ## Exercise 3 — Look, but only at the training rows
#
# Whoever has looked at the test rows chooses, without meaning to, the model that suits them. Look at a copy of the
# training rows instead, so that nothing you try changes the table itself.
#
# A *correlation* near 1 or -1 is a straight line; near 0 it only says that no straight line helps: a parabola can
# have none at all. Sums over a district mostly say how large the district is, so make ratios of them.
#
# **Task.**
#
# - `with_ratios(frame)`: a new table with three more columns at the end, in this order: `rooms_per_household`,
#   `bedrooms_per_room`, `people_per_household`.
# - `correlations(frame)`: a Series of the correlation of each numeric column with `median_house_value`, that one
#   left out, from the largest to the smallest. It works for any table with that column, gaps and texts included.
# - `plot_income(frame, groups=10)`: an Axes of a figure of your own. Every district is a point, income on the
#   horizontal and price on the vertical axis, and one line shows the trend: cut the rows into `groups` equally full
#   groups of income (`pd.qcut`); the line goes through (median income, median price) of each group, from left to
#   right. Label the axes (with the words "income" and "value"), and finish with `plt.close(figure)`.
#
# <!-- covers: 2.7 2.11 2.12 2.13 2.15 -->

# %% answer="explore"
def with_ratios(frame):
    """Return a copy of a table of districts with the three ratios as last columns."""
    ### BEGIN SOLUTION
    return frame.assign(
        rooms_per_household=frame["total_rooms"] / frame["households"],
        bedrooms_per_room=frame["total_bedrooms"] / frame["total_rooms"],
        people_per_household=frame["population"] / frame["households"],
    )
    ### END SOLUTION


def correlations(frame):
    """Return a Series: the correlation of each other numeric column with the target, largest first."""
    ### BEGIN SOLUTION
    return frame.corr(numeric_only=True)[TARGET].drop(TARGET).sort_values(ascending=False)
    ### END SOLUTION


def plot_income(frame, groups=10):
    """Return an Axes: the districts as points, and a line through the medians of groups of income."""
    ### BEGIN SOLUTION
    figure, ax = plt.subplots()
    ax.scatter(frame["median_income"], frame[TARGET], s=4, alpha=0.3)
    rows = frame[["median_income", TARGET]].groupby(pd.qcut(frame["median_income"], groups))
    trend = rows.median()
    ax.plot(trend["median_income"], trend[TARGET], "r-o")
    ax.set(xlabel="median income (10,000 dollars)", ylabel="median house value (dollars)")
    plt.close(figure)
    return ax
    ### END SOLUTION

# %% checks="explore_test" points=1
check.equal(
    "Income goes most closely with the price",
    correlations(train).index[0],
    "median_income",
    hint="Largest first, and without the price itself.",
)
### BEGIN HIDDEN TESTS
drawn = datasets.make_housing(900, seed=datasets.hidden_seed("ch02 look"), missing=0.05)
told = drawn.assign(extra=-drawn["households"] + 0.1 * drawn[TARGET])
numbers = told.drop(columns=["ocean_proximity", TARGET])
pairs = {name: told[[name, TARGET]].dropna() for name in numbers}
by_hand = {name: float(np.corrcoef(pair.T)[0, 1]) for name, pair in pairs.items()}
order = sorted(by_hand, key=by_hand.get, reverse=True)
check.close(
    "The three ratios are right, and stand at the end of a copy",
    with_ratios(drawn.copy())[["rooms_per_household", "bedrooms_per_room", "people_per_household"]].to_numpy(),
    np.c_[
        drawn["total_rooms"] / drawn["households"],
        drawn["total_bedrooms"] / drawn["total_rooms"],
        drawn["population"] / drawn["households"],
    ],
    rtol=1e-9,
    hint="Bedrooms are compared with rooms, the other two with households.",
)
check.unchanged(
    "Exploring leaves the table as it was",
    with_ratios,
    args=(drawn.copy(),),
    hint="Explore a copy: `frame.assign` makes one.",
)
check.equal(
    "Every numeric column is in its place, strongest agreement first, strongest opposition last",
    list(correlations(told).index),
    order,
    hint="Do not sort by absolute size. A column that was added counts too; text has no correlation.",
)
check.close(
    "The correlations are right where there are gaps",
    list(correlations(told)),
    [by_hand[name] for name in order],
    rtol=1e-6,
    hint="pandas leaves out the rows where one of the two is missing; nothing needs filling.",
)
### END HIDDEN TESTS

# %% checks="explore_more_test" points=0.5
check.figure("There are labels on both axes", plot_income(train), xlabel="income", ylabel="value")
### BEGIN HIDDEN TESTS
drawn = datasets.make_housing(900, seed=datasets.hidden_seed("ch02 look at income"), missing=0.05)
income = drawn["median_income"]
group = pd.qcut(income, 7)
middle = [drawn[group == g][["median_income", TARGET]].median() for g in group.cat.categories]
trend = [m["median_income"] for m in middle], [m[TARGET] for m in middle]
check.figure(
    "Every district is a point of income and price",
    plot_income(drawn, 7),
    points=[(income, drawn[TARGET])],
    xlabel="income",
    ylabel="value",
    hint="Income on the horizontal axis.",
)
check.figure(
    "The line goes through the medians of equally full groups",
    plot_income(drawn, 7),
    lines=[trend],
    hint="Groups of equal size, not of equal width, and the median of each.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Preprocessing that survives new data
#
# A preprocessor *learns* from the training table (medians, means, categories) and then treats every later row
# in the same way: alone or in a batch, with gaps, with a category nobody has seen. A scikit-learn
# `ColumnTransformer` made of pipelines does exactly that.
#
# **Task.** Write `build_preprocessor`. Its output has these columns, in this order:
#
# 1. three ratios: `total_rooms / households`, `total_bedrooms / total_rooms`, `population / households`;
# 2. the natural logarithm of the four columns in `COUNTS` (in that order);
# 3. the four columns in `PLAIN` as they are;
# 4. one column of zeros and ones per category of `ocean_proximity`; a new category gives zeros only.
#
# Gaps in numeric columns are filled with the training median of the column *before* anything is computed from
# it. The columns of parts 1 to 3 are standardised (mean 0, standard deviation 1 on the training table). Min-max
# scaling is the other usual way, but one huge district would squeeze all others into a corner.
#
# <!-- covers: 2.3 2.13 2.14 2.16 2.18 2.19 2.20 2.21 2.22 2.23 2.34 2.N2 2.N3 2.N4 2.N10 -->

# %% answer="build_preprocessor"
def build_preprocessor():
    """Return a new, unfitted transformer for tables with the columns of X_train."""
    ### BEGIN SOLUTION
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    def ratios(X):  # columns in the order of COUNTS
        rooms, bedrooms, people, households = np.asarray(X).T
        return np.column_stack([rooms / households, bedrooms / rooms, people / households])

    def numeric(*steps):
        return make_pipeline(SimpleImputer(strategy="median"), *steps, StandardScaler())

    return ColumnTransformer([
        ("ratios", numeric(FunctionTransformer(ratios)), COUNTS),
        ("logs", numeric(FunctionTransformer(np.log)), COUNTS),
        ("plain", numeric(), PLAIN),
        ("category", OneHotEncoder(handle_unknown="ignore"), ["ocean_proximity"]),
    ])
    ### END SOLUTION

# %% checks="preprocessor_numbers_test" points=1
check.shape(
    "The output has eleven numbers and one column per category",
    build_preprocessor().fit_transform(X_train),
    (3000, 11 + X_train["ocean_proximity"].nunique()),
    hint="3 ratios, 4 logarithms, 4 plain columns, then the categories.",
)
check.close(
    "The eleven numbers have mean 0 on the training table",
    np.asarray(build_preprocessor().fit_transform(X_train))[:, :11].mean(axis=0),
    np.zeros(11),
    atol=1e-6,
    hint="The last step of each numeric pipeline is a StandardScaler.",
)
### BEGIN HIDDEN TESTS
hidden = datasets.hidden_seed("ch02 numbers")
known = datasets.make_housing(2500, seed=hidden, missing=0.0).drop(columns=TARGET)
new = datasets.make_housing(40, seed=hidden + 1, missing=0.0).drop(columns=TARGET)
new = new[new["ocean_proximity"] != "ISLAND"]  # too rare to be in every draw


def ratios_of(frame):
    rooms, bedrooms, people, homes = (frame[name] for name in COUNTS)
    return pd.DataFrame({"rooms": rooms / homes, "bedrooms": bedrooms / rooms, "people": people / homes})


def standard(columns_of):
    return ((columns_of(new) - columns_of(known).mean()) / columns_of(known).std(ddof=0)).to_numpy()


check.close(
    "The three ratios are right on new districts",
    np.asarray(build_preprocessor().fit(known).transform(new))[:, :3],
    standard(ratios_of),
    rtol=1e-6,
    hint="Divide, then standardise with the training table's mean and standard deviation.",
)
check.close(
    "The logarithms and the plain columns are right on new districts",
    np.asarray(build_preprocessor().fit(known).transform(new))[:, 3:11],
    np.hstack([standard(lambda frame: np.log(frame[COUNTS])), standard(lambda frame: frame[PLAIN])]),
    rtol=1e-6,
    hint="Order: logarithms of COUNTS, then PLAIN; standardise after the logarithm.",
)
### END HIDDEN TESTS

# %% checks="preprocessor_new_data_test" points=1
check.true(
    "A table with gaps comes out without gaps",
    bool(np.isfinite(np.asarray(build_preprocessor().fit_transform(X_train))).all()),
    hint="total_bedrooms has gaps; it is used in a ratio and in a logarithm.",
)
### BEGIN HIDDEN TESTS
hidden = datasets.hidden_seed("ch02 new data")
known = datasets.make_housing(2500, seed=hidden, missing=0.04).drop(columns=TARGET)
new = datasets.make_housing(60, seed=hidden + 1, missing=0.0).drop(columns=TARGET)
new = new[new["ocean_proximity"] != "ISLAND"].head(40)  # too rare to be in every draw
medians = known.median(numeric_only=True)
gaps, filled = new.head(8).copy(), new.head(8).copy()
for row, name in enumerate(COUNTS + PLAIN):
    gaps.iloc[row, gaps.columns.get_loc(name)] = np.nan
    filled.iloc[row, filled.columns.get_loc(name)] = medians[name]


def transformed(*tables):
    fitted = build_preprocessor().fit(known)
    return np.vstack([np.asarray(fitted.transform(table)) for table in tables])


check.close(
    "A gap in any numeric column is treated like the training median of that column",
    transformed(gaps)[:, :11],
    transformed(filled)[:, :11],
    rtol=1e-6,
    hint="Every numeric pipeline starts with an imputer that remembers the medians, that of the ratios too.",
)
check.close(
    "A category that was never seen gives zeros only, a known one a single one",
    transformed(new.assign(ocean_proximity=["LAKESIDE", "INLAND"] * 20))[:, 11:].sum(axis=1),
    np.array([0.0, 1.0] * 20),
    hint="Tell the one-hot encoder what to do about unknown categories.",
    weight=0.5,
)
check.close(
    "A row gives the same numbers alone and in a batch",
    transformed(*(new.iloc[[i]] for i in range(5))),
    transformed(new.head(5)),
    rtol=1e-6,
    hint="Nothing may be computed from the rows being transformed: learn in fit, apply in transform.",
    weight=0.5,
)
### END HIDDEN TESTS

# %% [markdown]
# ### A transformer of your own
#
# Latitude and longitude say little one by one: prices rise *around places*. So find places (the centres of K-means
# clusters) and give each district its similarity to each of them, $e^{-\gamma\,\lVert x - c\rVert^2}$ (an *RBF*).
#
# **Task.** Write the transformer `ClusterSimilarity`. `fit` finds `n_clusters` centres with
# `KMeans(n_clusters, n_init=1, random_state=random_state)`, keeps them as `centers_` and returns the object itself;
# `transform` gives one column per centre; `get_feature_names_out` names them `similarity_0`, `similarity_1`, ...,
# which makes `set_output(transform="pandas")` work. Follow scikit-learn's rules: `__init__` only stores its
# arguments, `fit` changes none of them, `validate_data` from `sklearn.utils.validation` checks the input (with
# `reset=False` in `transform`). `failed_checks()` below lists the rules of `check_estimator` that you break.

# %% answer="cluster_similarity"
class ClusterSimilarity(TransformerMixin, BaseEstimator):
    """Similarity of each row to centres found by K-means: exp(-gamma * squared distance)."""

    def __init__(self, n_clusters=10, gamma=1.0, random_state=None):
        self.n_clusters, self.gamma, self.random_state = n_clusters, gamma, random_state

    def fit(self, X, y=None):
        """Find the centres in X (m, n); return self."""
        ### BEGIN SOLUTION
        from sklearn.cluster import KMeans
        from sklearn.utils.validation import validate_data

        X = validate_data(self, X, dtype=float)
        places = KMeans(self.n_clusters, n_init=1, random_state=self.random_state).fit(X)
        self.centers_ = places.cluster_centers_
        return self
        ### END SOLUTION

    def transform(self, X):
        """Return the similarities (m, n_clusters)."""
        ### BEGIN SOLUTION
        from sklearn.metrics.pairwise import rbf_kernel
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return rbf_kernel(X, self.centers_, gamma=self.gamma)
        ### END SOLUTION

    def get_feature_names_out(self, input_features=None):
        """Return the names of the columns, as an array of objects."""
        ### BEGIN SOLUTION
        return np.array([f"similarity_{i}" for i in range(self.n_clusters)], dtype=object)
        ### END SOLUTION

# %% given="estimator_rules"
def failed_checks():
    """Return the names of scikit-learn's checks for estimators that ClusterSimilarity fails."""
    from sklearn.utils.estimator_checks import check_estimator

    results = check_estimator(ClusterSimilarity(3, random_state=0), on_skip=None, on_fail=None)
    return [result["check_name"] for result in results if result["status"] == "failed"]

# %% checks="cluster_similarity_test" points=1
check.shape(
    "There is one column per place",
    ClusterSimilarity(4, random_state=0).fit_transform(X_train[["latitude", "longitude"]]),
    (3000, 4),
)
### BEGIN HIDDEN TESTS
drawn = datasets.hidden_seed("ch02 places")
known, new = datasets.make_housing(3000, seed=drawn), datasets.make_housing(2000, seed=drawn + 1)
PLACE, OTHERS = ["latitude", "longitude"], ["median_income", "housing_median_age"]
finder = ClusterSimilarity(5, gamma=0.7, random_state=1).fit(known[PLACE])
apart = ((new[PLACE].to_numpy()[:, None] - np.asarray(finder.centers_)) ** 2).sum(axis=2)
many = ClusterSimilarity(40, gamma=8.0, random_state=drawn % 1000)
near_known = np.hstack([known[OTHERS], np.asarray(many.fit_transform(known[PLACE]))])
near_new = np.hstack([new[OTHERS], np.asarray(many.transform(new[PLACE]))])
flat = LinearRegression().fit(known[OTHERS + PLACE], known[TARGET]).predict(new[OTHERS + PLACE])
check.close(
    "New rows are compared with the centres that were found in training",
    finder.transform(new[PLACE]),
    np.exp(-0.7 * apart),
    rtol=1e-6,
    hint="exp of minus gamma times the squared distance to each of centers_.",
)
check.equal(
    "The columns of a table that comes out have their names",
    list(ClusterSimilarity(3, random_state=1).set_output(transform="pandas").fit_transform(known[PLACE]).columns),
    ["similarity_0", "similarity_1", "similarity_2"],
    hint="get_feature_names_out returns one name per centre.",
)
# 20 draws: reference mean 0.757, sd 0.011, worst 0.778; the nearest centre only, at best 0.807.
check.score(
    "With 40 places, a linear model errs a fifth less than with the plain coordinates",
    new[TARGET],
    LinearRegression().fit(near_known, known[TARGET]).predict(near_new),
    metric="rmse",
    baseline=flat,
    at_most=0.8,
    hint="Similarities fall from 1 to 0 with the distance; gamma and the number of centres are arguments.",
)
check.equal(
    "It keeps scikit-learn's rules for estimators",
    failed_checks(),
    [],
    hint="Run failed_checks() yourself. Validate the input in fit and transform, and check that fit was called.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Compare models honestly
#
# The error on the rows a model was trained on says little: a deep tree reaches zero there. *Cross-validation*
# trains on all folds but one, measures on that one, and takes turns. The root mean squared error
#
# $$\mathrm{RMSE} = \sqrt{\tfrac1m \textstyle\sum_i (\hat y_i - y_i)^2}$$
#
# is in dollars. Scikit-learn's scorers follow "higher is better", so its scores for errors are negative.
#
# **Task.** Write `cv_rmse`, which returns the RMSE of each fold as positive numbers, in the order of the folds.
# Use what scikit-learn does when `cv` is a number: that many consecutive folds, not shuffled.
#
# <!-- covers: 2.4 2.22 2.24 2.25 2.26 2.27 2.38 -->

# %% answer="cv_rmse"
def cv_rmse(model, X, y, cv=5):
    """Return an array (cv,) with the RMSE of each fold, measured on rows the model was not trained on."""
    ### BEGIN SOLUTION
    return -cross_val_score(model, X, y, cv=cv, scoring="neg_root_mean_squared_error")
    ### END SOLUTION

# %% checks="cv_rmse_test" points=1
check.shape(
    "cv_rmse returns one number per fold",
    cv_rmse(LinearRegression(), X_train[PLAIN].to_numpy(), y_train.to_numpy(), 4),
    (4,),
)
check.true(
    "An RMSE is positive and, for house values, tens of thousands of dollars",
    bool(np.min(cv_rmse(LinearRegression(), X_train[PLAIN].to_numpy(), y_train.to_numpy())) > 10_000),
    hint="Mind the sign of scikit-learn's scores, and take the root once.",
)
### BEGIN HIDDEN TESTS
from sklearn.tree import DecisionTreeRegressor

hidden_rows = datasets.make_housing(900, seed=datasets.hidden_seed("ch02 folds"), noise=0.2)
X_folds, y_folds = hidden_rows[PLAIN].to_numpy(), hidden_rows[TARGET].to_numpy()
folds = np.array_split(np.arange(900), 6)


def fold_rmse(model, fold):
    rest = np.setdiff1d(np.arange(900), fold)
    errors = model.fit(X_folds[rest], y_folds[rest]).predict(X_folds[fold]) - y_folds[fold]
    return float(np.sqrt(np.mean(errors**2)))


check.close(
    "The errors of a linear model have the right size, sign and unit",
    cv_rmse(LinearRegression(), X_folds, y_folds, 6),
    np.array([fold_rmse(LinearRegression(), fold) for fold in folds]),
    rtol=0.05,
    hint="Positive numbers, the root taken once, one per fold.",
)
check.close(
    "A tree that knows its training rows by heart is measured on other rows",
    cv_rmse(DecisionTreeRegressor(random_state=0), X_folds, y_folds, 6),
    np.array([fold_rmse(DecisionTreeRegressor(random_state=0), fold) for fold in folds]),
    rtol=0.02,
    hint="Each fold's error comes from a model trained on the other folds only.",
)
### END HIDDEN TESTS

# %% [markdown]
# **Task.** Now use it: try a few models behind your preprocessor, and write `build_model` so that it returns the
# best one, preprocessor and regressor in a single pipeline. A line is not enough; prices change with the place
# in ways a flexible model can learn. Fitting on 3,000 rows should take a few seconds at most. You pass with an
# RMSE of 42,500 dollars on new districts; up to 49,000 earns a part.

# %% answer="build_model"
def build_model():
    """Return a new, unfitted pipeline that predicts median_house_value from a table like X_train."""
    ### BEGIN SOLUTION
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline

    return make_pipeline(build_preprocessor(), HistGradientBoostingRegressor())
    ### END SOLUTION

# %% checks="build_model_test" points=1.5
check.score(
    "The model is far better than always guessing the mean",
    y_valid,
    build_model().fit(X_train, y_train).predict(X_valid),
    metric="r2", at_least=0.5,
    hint="build_model returns a pipeline that starts from the raw table.",
)
### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch02 model")
known, unknown = datasets.make_housing(3000, seed=seed), datasets.make_housing(2000, seed=seed + 1)
unknown = unknown[unknown["ocean_proximity"] != "ISLAND"]  # too rare to be in every draw
X_known, X_unknown = known.drop(columns=TARGET), unknown.drop(columns=TARGET)
odd = X_unknown.iloc[:30].assign(ocean_proximity="LAKESIDE", median_income=np.nan)


def predictions(frame):
    return np.asarray(build_model().fit(X_known, known[TARGET]).predict(frame), dtype=float)


def in_halves(frame):
    fitted = build_model().fit(X_known, known[TARGET])
    return np.hstack([np.asarray(fitted.predict(half)) for half in (frame.iloc[:10], frame.iloc[10:])])


check.score(
    "On new districts the RMSE is at most 42,500 dollars",
    unknown[TARGET],
    predictions(X_unknown),
    metric="rmse", at_most=42_500, partial=49_000, weight=2,
    hint="Compare a linear model, a forest and gradient boosting with cv_rmse on X_train.",
)
check.true(
    "Districts with a gap and a new category get a sensible price",
    bool(np.all(np.abs(predictions(odd) - 260_000) < 260_000)),
    hint="Let the pipeline start with your preprocessor.", weight=0.5,
)
check.close(
    "The price of a district does not depend on the districts it is asked for with",
    in_halves(X_unknown.iloc[:20]),
    predictions(X_unknown.iloc[:20]),
    rtol=1e-6,
    hint="Nothing may be learned while predicting.",
    weight=0.5,
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Tune, weigh the columns, ask several
#
# Settings are chosen by cross-validation too: a grid search tries all combinations, a randomised search draws some,
# which is better value when there are many settings and few of them matter. Values that range over powers of ten are
# drawn from a `loguniform` distribution. Afterwards ask which columns the model used, and whether the mean of several
# good models is better still: it is, if they err in different places.
#
# **Task.** All of these take the raw table `X` and use its *numeric* columns only, with gaps as they are.
#
# - `numbers()`: a `ColumnTransformer` that passes on the columns that `make_column_selector(dtype_include="number")`
#   finds, and drops the rest; the first step of both pipelines.
# - `tune_forest(X, y)`: a fitted `GridSearchCV` over a pipeline that ends in a step named `forest`, a
#   `RandomForestRegressor(20, random_state=0)`, with `cv=3`, judged by the RMSE, over **two sub-grids**:
#   `max_features` 2, 4, 6 with `min_samples_leaf` 1, 5; and `bootstrap` False with `max_features` 2, 4.
# - `tune_boosting(X, y, n_iter, seed)`: a fitted `RandomizedSearchCV`, `cv=3`, RMSE, over a pipeline that ends in a
#   step `boosting`: a `HistGradientBoostingRegressor(random_state=0)` that learns the **logarithm** of the price (wrap
#   it in `TransformedTargetRegressor`). Draw `learning_rate` from 0.03 to 0.3 (loguniform) and `max_leaf_nodes` from 8
#   to 40.
# - `column_weights(X, y)`: a Series of the importances of a `RandomForestRegressor(30, random_state=0)`, its index the
#   names of the numeric columns, largest first.
# - `strong_columns(X, y)`: the list of names that `SelectFromModel` keeps with such a forest and `threshold="median"`,
#   in the order of the table.
#
# <!-- covers: 2.23 2.27 2.29 2.30 2.31 2.32 2.33 2.N5 2.N7 2.N8 -->

# %% answer="tune"
def numbers():
    """Return an unfitted ColumnTransformer that keeps the numeric columns as they are and drops the rest."""
    ### BEGIN SOLUTION
    from sklearn.compose import ColumnTransformer, make_column_selector

    return ColumnTransformer([("numbers", "passthrough", make_column_selector(dtype_include="number"))])
    ### END SOLUTION


def tune_forest(X, y):
    """Return a fitted GridSearchCV over the settings of a forest (two sub-grids, 3 folds, RMSE)."""
    ### BEGIN SOLUTION
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    model = Pipeline([("numbers", numbers()), ("forest", RandomForestRegressor(20, random_state=0))])
    grids = [
        {"forest__max_features": [2, 4, 6], "forest__min_samples_leaf": [1, 5]},
        {"forest__bootstrap": [False], "forest__max_features": [2, 4]},
    ]
    return GridSearchCV(model, grids, cv=3, scoring="neg_root_mean_squared_error").fit(X, y)
    ### END SOLUTION


def tune_boosting(X, y, n_iter=5, seed=0):
    """Return a fitted RandomizedSearchCV over gradient boosting on log prices (3 folds, RMSE)."""
    ### BEGIN SOLUTION
    from scipy.stats import loguniform, randint
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.pipeline import Pipeline

    boosting = HistGradientBoostingRegressor(random_state=0)
    logs = TransformedTargetRegressor(boosting, func=np.log, inverse_func=np.exp)
    start = "boosting__regressor__"
    drawn = {start + "learning_rate": loguniform(0.03, 0.3), start + "max_leaf_nodes": randint(8, 41)}
    scoring = "neg_root_mean_squared_error"
    model = Pipeline([("numbers", numbers()), ("boosting", logs)])
    return RandomizedSearchCV(model, drawn, n_iter=n_iter, cv=3, scoring=scoring, random_state=seed).fit(X, y)
    ### END SOLUTION

# %% checks="tune_test" points=0.75
check.equal(
    "The grid search tries eight settings",
    len(tune_forest(X_train[:200], y_train[:200]).cv_results_["params"]),
    8,
    hint="Six in the first sub-grid, two in the second: a list of two dicts.",
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import GridSearchCV

drawn = datasets.hidden_seed("ch02 tuning")
known, new = datasets.make_housing(1500, seed=drawn), datasets.make_housing(2000, seed=drawn + 1)
X_known, X_new = known.drop(columns=TARGET), new.drop(columns=TARGET)
FEW = COUNTS + PLAIN
flat = LinearRegression().fit(X_known[FEW].fillna(500.0), known[TARGET]).predict(X_new[FEW].fillna(500.0))
grids = [
    {"max_features": [2, 4, 6], "min_samples_leaf": [1, 5]},
    {"bootstrap": [False], "max_features": [2, 4]},
]
ours = GridSearchCV(
    RandomForestRegressor(20, random_state=0), grids, cv=3, scoring="neg_root_mean_squared_error"
).fit(X_known.select_dtypes("number"), known[TARGET])
forest = tune_forest(X_known, known[TARGET])
check.close(
    "The grid search tries the eight settings, judged by the RMSE",
    np.sort(forest.cv_results_["mean_test_score"]),
    np.sort(ours.cv_results_["mean_test_score"]),
    rtol=1e-6,
    hint="cv=3, scoring by the negative RMSE, the forest of the text, the numeric columns in the order of the table.",
)
# 20 draws: reference mean 0.763, sd 0.016, worst 0.787; a linear model 1.
check.score(
    "The tuned forest errs a sixth less than a linear model on new districts",
    new[TARGET],
    forest.predict(X_new),
    metric="rmse",
    baseline=flat,
    at_most=0.83,
    hint="A fitted search predicts with its best model, trained again on all rows.",
)
### END HIDDEN TESTS

# %% checks="tune_more_test" points=0.75
check.equal(
    "The randomised search tries as many settings as it is told",
    len(tune_boosting(X_train[:200], y_train[:200], 2).cv_results_["params"]),
    2,
)
### BEGIN HIDDEN TESTS
drawn = datasets.hidden_seed("ch02 boosting")
known, new = datasets.make_housing(1500, seed=drawn), datasets.make_housing(2000, seed=drawn + 1)
X_known, X_new = known.drop(columns=TARGET), new.drop(columns=TARGET)
FEW = COUNTS + PLAIN
flat = LinearRegression().fit(X_known[FEW].fillna(500.0), known[TARGET]).predict(X_new[FEW].fillna(500.0))
boosting = tune_boosting(X_known, known[TARGET], 4, 0)
# 20 draws: reference mean 0.697, sd 0.016, worst 0.733; the forest at best 0.727, log prices far above 1.
check.score(
    "The tuned boosting errs a quarter less than a linear model on new districts",
    new[TARGET],
    boosting.predict(X_new),
    metric="rmse",
    baseline=flat,
    at_most=0.76,
    hint="The prediction is a price again, not its logarithm.",
)
check.equal(
    "The randomised search draws as many settings as it is told, others with another seed",
    [
        len(boosting.cv_results_["params"]),
        boosting.n_splits_,
        tune_boosting(X_known[:150], known[TARGET][:150], 2, 1).cv_results_["params"][0]
        == tune_boosting(X_known[:150], known[TARGET][:150], 2, 2).cv_results_["params"][0],
    ],
    [4, 3, False],
    hint="Pass on n_iter and the seed, and take three folds.",
)
### END HIDDEN TESTS

# %% answer="weights"
def column_weights(X, y):
    """Return a Series of a forest's importances by column name, largest first."""
    ### BEGIN SOLUTION
    from sklearn.ensemble import RandomForestRegressor

    numeric = X.select_dtypes("number")
    weights = RandomForestRegressor(30, random_state=0).fit(numeric, y).feature_importances_
    return pd.Series(weights, index=numeric.columns).sort_values(ascending=False)
    ### END SOLUTION


def strong_columns(X, y):
    """Return the names of the numeric columns at least as important as the median one."""
    ### BEGIN SOLUTION
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.feature_selection import SelectFromModel

    forest = RandomForestRegressor(30, random_state=0)
    chosen = SelectFromModel(forest, threshold="median").fit(X.select_dtypes("number"), y)
    return list(chosen.get_feature_names_out())
    ### END SOLUTION


# %% checks="weights_test" points=0.5
check.true(
    "The weights of the columns sum to one", abs(float(np.sum(column_weights(X_train[:300], y_train[:300]))) - 1) < 1e-6
)
### BEGIN HIDDEN TESTS
from sklearn.ensemble import RandomForestRegressor

known = datasets.make_housing(700, seed=datasets.hidden_seed("ch02 weights"))
numeric = known.drop(columns=[TARGET, "ocean_proximity"])
ours = RandomForestRegressor(30, random_state=0).fit(numeric, known[TARGET]).feature_importances_
by_weight = [numeric.columns[i] for i in np.argsort(-ours)]
check.equal(
    "Each column has its own weight, largest first",
    [(name, round(float(w), 6)) for name, w in column_weights(known.drop(columns=TARGET), known[TARGET]).items()],
    [(name, round(float(w), 6)) for name, w in zip(by_weight, -np.sort(-ours))],
    hint="Match the importances with the names of the columns before you sort.",
)
check.equal(
    "The four strongest columns are kept, in the order of the table",
    strong_columns(known.drop(columns=TARGET), known[TARGET]),
    [name for name in numeric.columns if name in by_weight[:4]],
    hint="Half of the eight columns are at least as important as the median.",
)
### END HIDDEN TESTS

# %% [markdown]
# **Task.** Write `blend(models, X, y, X_new)`: train a fresh clone of each model on `X`, `y` and return the mean of
# their predictions for `X_new` (`VotingRegressor` does that, for models that take the same table). The models you get
# stay untrained.

# %% answer="blend"
def blend(models, X, y, X_new):
    """Return the mean prediction (m,) for X_new of clones of the models, each trained on X and y."""
    ### BEGIN SOLUTION
    from sklearn.base import clone

    return np.mean([clone(model).fit(X, y).predict(X_new) for model in models], axis=0)
    ### END SOLUTION

# %% checks="blend_test" points=0.5
check.shape(
    "There is one price per new district",
    blend([LinearRegression(), LinearRegression()], X_train[PLAIN], y_train, X_valid[PLAIN]),
    (1000,),
)
### BEGIN HIDDEN TESTS
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

drawn = datasets.hidden_seed("ch02 blend")
known, new = datasets.make_housing(1500, seed=drawn), datasets.make_housing(1500, seed=drawn + 1)
untrained = [DecisionTreeRegressor(max_features=2, random_state=seed) for seed in range(8)]
alone = DecisionTreeRegressor(max_features=2, random_state=0).fit(known[PLAIN], known[TARGET])
alone = alone.predict(new[PLAIN])
pair = [LinearRegression(), KNeighborsRegressor(3)]
both = [model.fit(known[PLAIN], known[TARGET]).predict(new[PLAIN]) for model in pair]
# 20 draws: reference mean 0.740, sd 0.023, worst 0.820; one tree 1.
check.score(
    "Eight different trees together err a seventh less than one of them",
    new[TARGET],
    blend(untrained, known[PLAIN], known[TARGET], new[PLAIN]),
    metric="rmse",
    baseline=alone,
    at_most=0.86,
    weight=2,
    hint="Every model is trained, and every one counts.",
)
check.close("Each model has the same say",
            blend([LinearRegression(), KNeighborsRegressor(3)], known[PLAIN], known[TARGET], new[PLAIN]),
            (both[0] + both[1]) / 2, rtol=1e-6, hint="The mean over the models, for each district.")


@check.probe
def plain_line():
    from sklearn.linear_model import LinearRegression

    return LinearRegression()


line = plain_line()
prices = blend([line, line], known[PLAIN], known[TARGET], new[PLAIN])
check.true("The models that were given stay untrained", len(prices) == 1500 and not hasattr(line, "coef_"),
           hint="Train a `clone` of each: the caller may want to train them on something else.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Find the leak
#
# A colleague has 100 patients, 1,000 measured quantities and a result to predict. The experiment below keeps the
# 20 columns most correlated with the result, then cross-validates a linear model on them. The score is
# encouraging. It is just as encouraging if all numbers are dice rolls.
#
# <!-- covers: 2.8 2.22 2.26 2.34 -->

# %% given="leak"
def leaky_r2(X, y, k=20, cv=5):
    correlation = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())) / X.std(axis=0)
    best = np.argsort(correlation)[-k:]
    return cross_val_score(LinearRegression(), X[:, best], y, cv=cv, scoring="r2").mean()


dice = np.random.default_rng(5)
noise_X, noise_y = dice.normal(size=(100, 1000)), dice.normal(size=100)
print(f"R² on noise: {leaky_r2(noise_X, noise_y):.2f}")

# %% [markdown]
# **Task.** Write `honest_r2`: the same idea (the `k` columns with the largest absolute correlation with `y`,
# linear regression, mean R² over `cv` consecutive folds), with the leak closed.

# %% answer="honest_r2"
def honest_r2(X, y, k=20, cv=5):
    """Return the mean R² over the folds of a linear model on the k most correlated columns."""
    ### BEGIN SOLUTION
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(SelectKBest(f_regression, k=k), LinearRegression())
    return float(cross_val_score(model, X, y, cv=cv, scoring="r2").mean())
    ### END SOLUTION

# %% checks="honest_r2_test" points=1
check.true(
    "On noise there is nothing to find",
    honest_r2(noise_X, noise_y) < 0.1,
    hint="Whatever looks at y is part of the model, and is trained anew for every fold.",
)
### BEGIN HIDDEN TESTS
leak_rng = np.random.default_rng(datasets.hidden_seed("ch02 leak"))
noises = [(leak_rng.normal(size=(100, 1000)), leak_rng.normal(size=100)) for _ in range(3)]
signal_X = leak_rng.normal(size=(300, 60))
signal_y = signal_X[:, :4] @ [3.0, -3.0, 3.0, -3.0] + leak_rng.normal(0, 2.0, 300)


def expected_r2(X, y, k, cv):
    scores = []
    for fold in np.array_split(np.arange(len(y)), cv):
        rest = np.setdiff1d(np.arange(len(y)), fold)
        correlation = [abs(np.corrcoef(column, y[rest])[0, 1]) for column in X[rest].T]
        best = np.argsort(correlation)[-k:]
        model = LinearRegression().fit(X[rest][:, best], y[rest])
        scores.append(model.score(X[fold][:, best], y[fold]))
    return float(np.mean(scores))


for noise_table, noise_result in noises:
    check.true(
        "Whatever the dice show, noise does not score above 0.05",
        -5 < honest_r2(noise_table, noise_result) < 0.05,
        hint="Choose the columns inside each fold, from its training rows only: put the choice into a pipeline.",
        weight=1.5,
    )
check.close(
    "Where there is something to find, the score is that of the asked procedure",
    honest_r2(signal_X, signal_y, 4, 3),
    expected_r2(signal_X, signal_y, 4, 3),
    rtol=1e-6,
    hint="k columns by absolute correlation, linear regression, R² on the held-out fold, mean over cv folds.",
    weight=0.5,
)
### END HIDDEN TESTS

# %% [markdown] essay="why_leak" points=2
# **In a few sentences:** why does `leaky_r2` report structure in dice rolls although it cross-validates? Name one
# other step of a project like this one where the same mistake is easily made, and say how you would notice it.
#
# ### BEGIN SOLUTION
# Among 1,000 random columns some correlate with y by chance, on all rows including those of the later test
# folds. Choosing them with the whole y has already used the answers of the held-out rows, so those rows are no
# longer new to the model and the score is too good. Other places: computing medians, scalings, target encodings
# or resampling on the whole table before splitting; choosing hyperparameters on the test set. One notices it by
# running the whole procedure on shuffled labels: an honest one then scores about zero or below.
# (1 point for the reason, 1 point for another place and a way to notice it.)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 8 — How sure is the score, and what then?
#
# The RMSE on a test set is an estimate. The mean squared error is a plain mean of `n` squared errors, so it has
# a confidence interval like any mean: $\bar s \pm t \, \hat\sigma / \sqrt n$, with the quantile $t$ of Student's
# distribution with $n - 1$ degrees of freedom and the standard deviation $\hat\sigma$ (with `ddof=1`) of the
# squared errors. The root of both ends gives the interval of the RMSE. `scipy.stats` knows the quantiles.
#
# **Task.** Write `rmse_interval`. A lower end below zero makes no sense: use zero there, before taking the root.
#
# <!-- covers: 2.1 2.2 2.4 2.5 2.6 2.12 2.17 2.18 2.28 2.35 2.36 2.37 2.38 2.39 2.40 2.41 2.42 2.N6 2.N9 -->

# %% answer="rmse_interval"
def rmse_interval(y_true, y_pred, confidence=0.95):
    """Return (low, high): the t-interval of the RMSE, both ends as numbers in the unit of y."""
    ### BEGIN SOLUTION
    from scipy import stats

    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    half = stats.t.ppf((1 + confidence) / 2, len(squared) - 1) * stats.sem(squared)
    return float(np.sqrt(max(squared.mean() - half, 0.0))), float(np.sqrt(squared.mean() + half))
    ### END SOLUTION

# %% checks="rmse_interval_test" points=1
check.true(
    "The interval contains the RMSE itself",
    rmse_interval(np.zeros(5), np.array([1.0, 2.0, 2.0, 3.0, 1.5]))[0]
    < np.sqrt(4.05)
    < rmse_interval(np.zeros(5), np.array([1.0, 2.0, 2.0, 3.0, 1.5]))[1],
    hint="Square the errors, take the interval of their mean, then the root of both ends.",
)
### BEGIN HIDDEN TESTS
from scipy.stats import t as student_t

ci_rng = np.random.default_rng(datasets.hidden_seed("ch02 interval"))
truth = ci_rng.uniform(1e5, 4e5, 2000)
guess = truth + ci_rng.normal(5e3, 4e4, 2000)
few = np.array([0.1, 0.1, 0.2, 9.0])


def expected_interval(y_true, y_pred, confidence):
    squared = (y_pred - y_true) ** 2
    half = student_t.ppf((1 + confidence) / 2, len(squared) - 1) * squared.std(ddof=1) / len(squared) ** 0.5
    return [max(squared.mean() - half, 0.0) ** 0.5, (squared.mean() + half) ** 0.5]


check.close(
    "The interval is right for 2,000 districts and 90% confidence",
    list(rmse_interval(truth, guess, 0.9)),
    expected_interval(truth, guess, 0.9),
    rtol=5e-4,
    hint="The spread of a mean is the standard deviation divided by the root of n; use the confidence.",
)
check.close(
    "The interval is right for ten districts, where Student's t matters",
    list(rmse_interval(truth[:10], truth[:10] + np.linspace(3e4, 5e4, 10))),
    expected_interval(truth[:10], truth[:10] + np.linspace(3e4, 5e4, 10), 0.95),
    rtol=1e-4,
    hint="Student's t with n - 1 degrees of freedom, and ddof=1.",
    weight=0.5,
)
check.true(
    "A lower end below zero becomes zero",
    rmse_interval(np.zeros(4), few)[0] == 0.0 < rmse_interval(np.zeros(4), few)[1],
    hint="Clip the lower end before taking the root.",
    weight=0.5,
)
### END HIDDEN TESTS

# %% [markdown]
# ### The bootstrap
#
# For a median error or any other figure there is no such formula. The *bootstrap* draws `n` of the `n` errors with
# replacement, computes the figure, repeats that a thousand times and takes the quantiles of what came out.
#
# **Task.** Write `bootstrap_interval`: the interval of the RMSE from the quantiles `(1 - confidence) / 2` and
# `(1 + confidence) / 2` of `draws` bootstrapped RMSEs, drawn with a generator made from `seed`. It is timed: draw many
# row numbers at once (`rng.integers`) instead of one by one.

# %% answer="bootstrap_interval"
def bootstrap_interval(y_true, y_pred, confidence=0.95, draws=1000, seed=0):
    """Return (low, high): the bootstrap interval of the RMSE from the quantiles of resampled RMSEs."""
    ### BEGIN SOLUTION
    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    rng = np.random.default_rng(seed)
    rmses = [np.sqrt(squared[rng.integers(len(squared), size=len(squared))].mean()) for _ in range(draws)]
    low, high = np.quantile(rmses, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
    ### END SOLUTION

# %% checks="bootstrap_test" points=1
check.deterministic(
    "The same seed gives the same interval",
    bootstrap_interval,
    args=(np.zeros(50), np.arange(50.0), 0.9, 100, 3),
)
### BEGIN HIDDEN TESTS
boot_rng = np.random.default_rng(datasets.hidden_seed("ch02 bootstrap"))
truth = boot_rng.uniform(1e5, 4e5, 40)
guess = truth + boot_rng.normal(5e3, 4e4, 40)


def plain_interval(confidence):
    squared = (guess - truth) ** 2
    chosen = boot_rng.integers(40, size=(40_000, 40))
    return np.quantile(np.sqrt(squared[chosen].mean(axis=1)), [(1 - confidence) / 2, (1 + confidence) / 2])


def same_interval(result, expected):
    return np.shape(result) == (2,) and np.allclose(result, expected, rtol=0.03)


for confidence in (0.8, 0.95):  # both ends are random, by about 0.3%
    check.close(
        "The interval is that of resampled districts, for any confidence",
        list(bootstrap_interval(truth, guess, confidence, 16_000, 5)),
        plain_interval(confidence),
        rtol=0.015,
        hint="As many rows as there are, drawn with replacement; then the quantiles of the RMSEs.",
    )
check.true(
    "Another seed draws other districts",
    not np.allclose(bootstrap_interval(truth, guess, 0.9, 50, 1), bootstrap_interval(truth, guess, 0.9, 50, 2), 1e-6),
    hint="Make the generator from seed.",
)
check.faster(
    "A thousand repetitions take little time",
    bootstrap_interval,
    inputs=lambda seed: (np.zeros(800), np.random.default_rng(seed).normal(0, 4e4, 800), 0.95, 1500, seed),
    times=6,
    agrees=same_interval,
    hint="Draw all the row numbers of a repetition in one call.",
)
### END HIDDEN TESTS

# %% [markdown]
# ### Into service
#
# What goes into service is the *whole* pipeline, with what it learned: one file, saved with `joblib.dump`, loaded by a
# program that knows nothing of your notebook and only ever calls `predict` on raw rows. There it needs watching:
# columns get lost, units change, new categories appear, and the world moves on. An old model that is still good
# (the *champion*) should be replaced only by a clearly better one, and kept as a backup.
#
# **Task.**
#
# - `ship(model, X, y, path)`: train a clone of `model` on `X`, `y` and save it with joblib under `path`;
#   `serve(path, X_new)`: load what is there and return its predictions.
# - `input_alerts(reference, batch, tolerance=0.5)`: the **sorted** list of what is odd about a batch of new rows,
#   texts of the form `"missing: NAME"` (a column of the reference is absent), `"gaps: NAME"` (the share of gaps is
#   more than 0.05 above the reference's), `"new: NAME"` (a text column has a value the reference never had), and for
#   numeric columns `"mean: NAME"` (the mean moved by more than `tolerance` standard deviations of the reference) and
#   `"spread: NAME"` (the standard deviation is more than twice or less than half the reference's). Gaps take no part
#   in the other tests.
# - `promote(y, champion, challenger, margin=0.02)`: whether the challenger's predictions for the same fresh rows have
#   an RMSE below `1 - margin` times the champion's (True or False).

# %% answer="service"
def ship(model, X, y, path):
    """Train a clone of the model on X and y, and save it under path."""
    ### BEGIN SOLUTION
    import joblib
    from sklearn.base import clone

    joblib.dump(clone(model).fit(X, y), path)
    ### END SOLUTION


def serve(path, X_new):
    """Return the predictions (m,) for X_new of the model saved under path."""
    ### BEGIN SOLUTION
    import joblib

    return joblib.load(path).predict(X_new)
    ### END SOLUTION


def promote(y, champion, challenger, margin=0.02):
    """Return True if the challenger's RMSE is clearly below the champion's."""
    ### BEGIN SOLUTION
    old, new = (np.sqrt(np.mean((np.asarray(p) - np.asarray(y)) ** 2)) for p in (champion, challenger))
    return bool(new < (1 - margin) * old)
    ### END SOLUTION

# %% checks="service_test" points=0.5
check.equal("A champion is not replaced by its equal", promote(y_valid, y_valid + 1.0, y_valid - 1.0), False)
### BEGIN HIDDEN TESTS
drawn = datasets.make_housing(700, seed=datasets.hidden_seed("ch02 service"))
X_old, y_old, X_fresh = drawn[PLAIN][:400], drawn[TARGET][:400], drawn[PLAIN][400:]


def served(path, rows):
    ship(LinearRegression(), X_old[:rows], y_old[:rows], path)
    ship(LinearRegression(), X_old[:50], y_old[:50], "other_" + path)
    return serve(path, X_fresh)


for rows in (400, 150):
    check.close(
        "What was saved under a name predicts what it predicted when it was trained",
        served("model.joblib", rows),
        LinearRegression().fit(X_old[:rows], y_old[:rows]).predict(X_fresh),
        rtol=1e-6,
        hint="joblib.dump the fitted model under path; load it from there in serve.",
    )


@check.probe
def plain_model():
    from sklearn.linear_model import LinearRegression

    return LinearRegression()


model = plain_model()
ship(model, X_old, y_old, "third.joblib")
check.true("The model that was given stays untrained, and another is saved",
           len(serve("third.joblib", X_fresh)) == 300 and not hasattr(model, "coef_"), hint="Save a trained `clone`.")
errors = drawn[TARGET].to_numpy() * 0 + np.resize([1.0, -1.0], 700)
price = drawn[TARGET].to_numpy()
for size, expected in ((0.985, False), (0.97, True), (1.2, False)):
    check.equal("Only a clearly smaller RMSE replaces the champion",
                promote(price, price + 4e4 * errors, price - size * 4e4 * errors), expected,
                hint="Compare the new RMSE with (1 - margin) times the old one.")
check.equal(
    "The margin is the caller's",
    [promote(price, price + errors, price + 0.8 * errors, 0.3), promote(price, price + errors, price + errors, 0)],
    [False, False], hint="Use margin, and ask for less than, not for at most.",
)
### END HIDDEN TESTS

# %% answer="alerts"
def input_alerts(reference, batch, tolerance=0.5):
    """Return the sorted list of what is odd about the rows of batch, compared with those of reference."""
    ### BEGIN SOLUTION
    alerts = [f"missing: {name}" for name in reference if name not in batch]
    for name in [name for name in reference if name in batch]:
        old, new = reference[name], batch[name]
        if new.isna().mean() > old.isna().mean() + 0.05:
            alerts.append(f"gaps: {name}")
        if not pd.api.types.is_numeric_dtype(old):
            alerts += [f"new: {name}"] * bool(set(new.dropna()) - set(old.dropna()))
            continue
        if abs(new.mean() - old.mean()) > tolerance * old.std():
            alerts.append(f"mean: {name}")
        if new.std() > 2 * old.std() or new.std() < old.std() / 2:
            alerts.append(f"spread: {name}")
    return sorted(alerts)
    ### END SOLUTION

# %% checks="alerts_test" points=0.5
check.equal(
    "A column that is gone is reported",
    input_alerts(X_train, X_valid.drop(columns="latitude")),
    ["missing: latitude"],
)
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch02 alerts")
usual = datasets.make_housing(3000, seed=draw, missing=0.01).drop(columns=TARGET)
usual = usual[usual["ocean_proximity"] != "ISLAND"]
batch = usual.iloc[::3].reset_index(drop=True)
income, change = batch["median_income"], usual["median_income"].std() * 0.8
check.equal(
    "Every column that is gone is reported, in order",
    input_alerts(usual, batch.drop(columns=["population", "ocean_proximity"])),
    ["missing: ocean_proximity", "missing: population"],
    hint="Compare the columns of both tables, and sort the list.",
)
for moved in (income + change, income - change):
    check.equal(
        "A mean that moved is reported, up or down",
        input_alerts(usual, batch.assign(median_income=moved)),
        ["mean: median_income"],
        weight=2,
        hint="In standard deviations of the reference, whatever the sign.",
    )
check.equal(
    "The tolerance is the caller's",
    input_alerts(usual, batch.assign(median_income=income + change), 1.0),
    [],
    hint="Multiply the reference's standard deviation by tolerance.",
)
### END HIDDEN TESTS

# %% checks="alerts_more_test" points=0.5
check.equal("Rows of the same kind raise no alert", input_alerts(X_train, X_valid), [])
### BEGIN HIDDEN TESTS
draw = datasets.hidden_seed("ch02 more alerts")
usual = datasets.make_housing(3000, seed=draw, missing=0.01).drop(columns=TARGET)
usual = usual[usual["ocean_proximity"] != "ISLAND"]
batch = usual.iloc[::3].reset_index(drop=True)
age, place = batch["housing_median_age"], batch["ocean_proximity"]
few = np.arange(len(batch)) < 0.08 * len(batch)
for factor in (3.0, 0.3):
    check.equal(
        "A spread that changed is reported, wider or narrower",
        input_alerts(usual, batch.assign(housing_median_age=age.mean() + factor * (age - age.mean()))),
        ["spread: housing_median_age"],
        hint="More than twice or less than half the reference's standard deviation.",
    )
check.equal(
    "A new category is reported",
    input_alerts(usual, batch.assign(ocean_proximity=place.where(~few, "LAKESIDE"))),
    ["new: ocean_proximity"],
    hint="Which values are there that the reference never had?",
)
for name in ("total_rooms", "ocean_proximity"):
    check.equal(
        "More gaps than usual are reported, and are no new category",
        input_alerts(usual, batch.assign(**{name: batch[name].where(~few)})),
        [f"gaps: {name}"],
        weight=2,
        hint="Compare the shares of gaps; a gap is neither a number nor a category.",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What else makes a project
#
# Eight steps lead from a question to a service: frame the problem, get the data, explore, prepare, shortlist models,
# fine-tune, present, and launch and monitor. Not all of it is code.
#
# **Task.** Fill in `choices()`, a dict with one of the given texts, or a number, for each key.
#
# - `"first_step"`: what comes first: `"get the data"`, `"frame the problem"` or `"pick a model"`?
# - `"kind"`: predicting prices from districts with known prices, all data in memory, nothing streaming: `"supervised
#   regression, batch"`, `"supervised regression, online"` or `"unsupervised, batch"`?
# - `"assumption"`: the team that uses your prices only needs cheap, medium or dear. Found out in month three, that is:
#   `"a change of metric"`, `"an assumption nobody checked"` or `"overfitting"`?
# - `"metric"`: many mistyped prices that you cannot repair, all errors count by their size: `"rmse"`, `"mae"`,
#   `"accuracy"`?
# - `"curve"`: the correlation of $x$ and $x^2$ for $x = -3, -2, \dots, 3$ (a number);
# - `"grades"`: a column bad < average < good, for a linear model: `"ordinal"` or `"one-hot"` encoding?
# - `"towns"`: a column with 5,000 town names: `"one-hot"`, `"a number from 0 to 4999"` or `"columns about the town"`?
# - `"environment"`: two projects need different versions of a library: `"upgrade both"`, `"one environment per
#   project"`?
# - `"halving"`: a halving search gives all candidates few rows first, and more rows to: `"all"`, `"the best"`,
#   `"random ones"`?
# - `"after_test"`: the test RMSE is a little worse than in cross-validation: `"tune until it is equal"`, `"report it"`
#   or `"draw another test set"`?
# - `"launch"`: what the presentation before launch must hold: `"only the best score"`, `"what works, what not, on
#   which assumptions"` or `"all the code"`?
# - `"bad_day"`: the model put into service this morning answers nonsense: `"retrain on today's rows"`, `"roll back to
#   the backup"` or `"wait"`?

# %% answer="choices"
def choices():
    """Return a dict with the twelve answers."""
    ### BEGIN SOLUTION
    return {
        "first_step": "frame the problem",
        "kind": "supervised regression, batch",
        "assumption": "an assumption nobody checked",
        "metric": "mae",
        "curve": 0.0,
        "grades": "ordinal",
        "towns": "columns about the town",
        "environment": "one environment per project",
        "halving": "the best",
        "after_test": "report it",
        "launch": "what works, what not, on which assumptions",
        "bad_day": "roll back to the backup",
    }
    ### END SOLUTION

# %% checks="choices_test" points=1.5
check.equal("There are twelve answers", len(choices()), 12)
### BEGIN HIDDEN TESTS
def said(*keys):
    return [choices().get(key) for key in keys]


check.equal(
    "The problem is framed before anything else",
    said("first_step", "kind", "assumption"),
    ["frame the problem", "supervised regression, batch", "an assumption nobody checked"],
    hint="What is the objective, what is there already, and what does the result feed?",
)
check.equal(
    "The measure and the encodings fit the data",
    said("metric", "grades", "towns"),
    ["mae", "ordinal", "columns about the town"],
    hint="Squares blow up wrong prices; an order is worth keeping; thousands of columns are no help.",
)
check.close(
    "A correlation measures straight lines only",
    float(choices()["curve"]),
    0.0,
    hint="The left half falls as much as the right half rises.",
)
check.equal(
    "Tools and searches are used for what they are for",
    said("environment", "halving"),
    ["one environment per project", "the best"],
    hint="Isolate what must not disturb each other; spend rows on promising candidates.",
)
check.equal(
    "The end of a project is as honest as its beginning",
    said("after_test", "launch", "bad_day"),
    ["report it", "what works, what not, on which assumptions", "roll back to the backup"],
    hint="A test set that is tuned on is no test set, and service comes before research.",
)
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Measure your best model once on the rows you set aside in the beginning, report its interval, and stop tuning.
# Then try `datasets.load_housing("full")`: which of your choices still hold on the real table?
