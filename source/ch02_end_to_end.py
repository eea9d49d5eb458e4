# %% [markdown]
# # 2. An end-to-end project
#
# You take over a table of Californian districts and a question: what is a house worth here? On the way you
# split the data so that the test stays honest, build a preprocessing pipeline that survives new data, compare
# models by cross-validation, find a leak in somebody's experiment, and report a score with its uncertainty.
#
# Work through the exercises in order. After each one, run its checks: they tell you at once whether you are
# on the right way. Some further checks run only when your work is graded.

# %% given="data"
import numpy as np
import pandas as pd
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

# %% answer="split_by_id"
def split_by_id(ids, test_ratio):
    """Return a boolean array, True where the row with this id belongs to the test set.

    ids: array of integers (n,); test_ratio: between 0 and 1.
    """
    ### BEGIN SOLUTION
    hashes = pd.util.hash_array(np.asarray(ids, dtype=np.int64))
    return hashes / 2.0**64 < test_ratio
    ### END SOLUTION

# %% checks="split_by_id_test" points=2
check.shape(
    "split_by_id gives one True or False per id",
    split_by_id(np.arange(2000), 0.2),
    (2000,),
    hint="Return an array as long as ids, not the chosen ids themselves.",
)
check.true(
    "About a fifth of 2,000 districts are in the test set for test_ratio=0.2",
    abs(np.mean(split_by_id(np.arange(2000), 0.2)) - 0.2) < 0.05,
    hint="Compare each hash with test_ratio times the number of possible hashes.",
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch02 ids"))
ids = rng.choice(10**9, size=6000, replace=False)


def chosen(ids):
    return set(ids[np.asarray(split_by_id(ids, 0.3), dtype=bool)].tolist())


def share_error(ids, ratio):
    return abs(float(np.mean(split_by_id(ids, ratio))) - ratio)


def same_share(result, expected):
    return np.shape(result) == expected.shape and abs(np.mean(result) - np.mean(expected)) < 0.01


check.true(
    "Old districts stay where they were when new ones are added at the end",
    0 < len(chosen(ids[:4000])) and chosen(ids[:4000]) == chosen(ids) & set(ids[:4000].tolist()),
    hint="The answer for an id may depend on nothing but the id: not on how many rows there are.",
    weight=0.5,
)
check.true(
    "Districts stay where they were when rows are shuffled and some are deleted",
    0 < len(chosen(ids)) and chosen(ids[::-3]) == chosen(ids) & set(ids[::-3].tolist()),
    hint="A random number per row follows the position of the row; a hash follows its id.",
    weight=0.5,
)
for step in (1, 2, 10, 1000):
    check.true(
        "The share is right for ids of any kind: consecutive, even, with gaps",
        share_error(int(rng.integers(10**6)) * step + step * np.arange(20_000), 0.15) < 0.015,
        hint="Ids may all be multiples of something. Hash them before you compare.",
        weight=0.5,
    )
check.faster(
    "A million ids are split about as fast as with array operations",
    split_by_id,
    inputs=lambda seed: (np.random.default_rng(seed).choice(10**9, size=1_000_000), 0.2),
    times=5.0,
    agrees=same_share,
    hint="Hash the whole array in one call instead of one id at a time.",
    weight=0.5,
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
# index, the table you are given stays as it is, and another `seed` gives another draw.

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

# %% checks="stratified_split_test" points=3
check.shape(
    "A fifth of the 4,000 districts is in the test part, with all ten columns",
    stratified_split(housing.copy(), [0, 1.5, 3.0, 4.5, 6.0, np.inf], 0.2, 0)[1],
    (800, 10),
    hint="The group of a row helps to split; it is not a column of the result.",
)
### BEGIN HIDDEN TESTS
hidden_bins = [0, 2.0, 2.5, 3.5, 5.0, 6.5, np.inf]
draws = [datasets.make_housing(7000, seed=datasets.hidden_seed("ch02 strata") + i) for i in range(3)]
table = draws[0].set_index(pd.Index(np.arange(7000) * 7 + 3))


def shares(frame):
    return pd.cut(frame["median_income"], hidden_bins).value_counts(normalize=True, sort=False).to_numpy()


def worst_share_error(frame, seed):
    test = stratified_split(frame.copy(), hidden_bins, 0.1, seed)[1]
    return float(np.max(np.abs(shares(test) / shares(frame) - 1))) if len(test) == 700 else 1.0


def parts(seed):
    return stratified_split(table.copy(), hidden_bins, 0.25, seed)


def households(seed):
    return parts(seed)[1]["households"].tolist()


for i, draw in enumerate(draws):
    check.true(
        "Each income group has its share of the test part, for any borders",
        worst_share_error(draw, i) <= 0.035,
        hint="Cut median_income at the borders in bins and stratify by these groups.",
        weight=2,
    )
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
# ## Exercise 3 — Preprocessing that survives new data
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
# it. The columns of parts 1 to 3 are standardised (mean 0, standard deviation 1 on the training table).

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
        ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["ocean_proximity"]),
    ])
    ### END SOLUTION

# %% checks="preprocessor_numbers_test" points=2
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

# %% checks="preprocessor_new_data_test" points=2
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
# ## Exercise 4 — Compare models honestly
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

# %% answer="cv_rmse"
def cv_rmse(model, X, y, cv=5):
    """Return an array (cv,) with the RMSE of each fold, measured on rows the model was not trained on."""
    ### BEGIN SOLUTION
    return -cross_val_score(model, X, y, cv=cv, scoring="neg_root_mean_squared_error")
    ### END SOLUTION

# %% checks="cv_rmse_test" points=2
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

    return make_pipeline(build_preprocessor(), HistGradientBoostingRegressor(random_state=0))
    ### END SOLUTION

# %% checks="build_model_test" points=3
check.score(
    "The model is far better than always guessing the mean",
    y_valid,
    build_model().fit(X_train, y_train).predict(X_valid),
    metric="r2",
    at_least=0.5,
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
    metric="rmse",
    at_most=42_500,
    partial=49_000,
    hint="Compare a linear model, a forest and gradient boosting with cv_rmse on X_train.",
    weight=2,
)
check.true(
    "Districts with a gap and a new category get a sensible price",
    bool(np.all(np.abs(predictions(odd) - 260_000) < 260_000)),
    hint="Let the pipeline start with your preprocessor.",
    weight=0.5,
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
# ## Exercise 5 — Find the leak
#
# A colleague has 100 patients, 1,000 measured quantities and a result to predict. The experiment below keeps the
# 20 columns most correlated with the result, then cross-validates a linear model on them. The score is
# encouraging. It is just as encouraging if all numbers are dice rolls.

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

# %% checks="honest_r2_test" points=2
check.true(
    "On noise there is nothing to find",
    honest_r2(noise_X, noise_y) < 0.1,
    hint="Whatever looks at y is part of the model, and is trained anew for every fold.",
)
### BEGIN HIDDEN TESTS
leak_rng = np.random.default_rng(datasets.hidden_seed("ch02 leak"))
noises = [(leak_rng.normal(size=(100, 1000)), leak_rng.normal(size=100)) for _ in range(3)]
signal_X = leak_rng.normal(size=(300, 60))
signal_y = 3 * signal_X[:, :4].sum(axis=1) + leak_rng.normal(0, 2.0, 300)


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
# ## Exercise 6 — How sure is the score?
#
# The RMSE on a test set is an estimate. The mean squared error is a plain mean of `n` squared errors, so it has
# a confidence interval like any mean: $\bar s \pm t \, \hat\sigma / \sqrt n$, with the quantile $t$ of Student's
# distribution with $n - 1$ degrees of freedom and the standard deviation $\hat\sigma$ (with `ddof=1`) of the
# squared errors. The root of both ends gives the interval of the RMSE. `scipy.stats` knows the quantiles.
#
# **Task.** Write `rmse_interval`. A lower end below zero makes no sense: use zero there, before taking the root.

# %% answer="rmse_interval"
def rmse_interval(y_true, y_pred, confidence=0.95):
    """Return (low, high): the t-interval of the RMSE, both ends as numbers in the unit of y."""
    ### BEGIN SOLUTION
    from scipy import stats

    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    half = stats.t.ppf((1 + confidence) / 2, len(squared) - 1) * stats.sem(squared)
    return float(np.sqrt(max(squared.mean() - half, 0.0))), float(np.sqrt(squared.mean() + half))
    ### END SOLUTION

# %% checks="rmse_interval_test" points=2
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
# ## Where to go from here
#
# Measure your best model once on the rows you set aside in the beginning, report its interval, and stop tuning.
# Then try `datasets.load_housing("full")`: which of your choices still hold on the real table?
