"""The second chapter of the victim: every check of the vocabulary, callbacks, handles and random numbers.

An attack on it says ``CHAPTER = "ch02_vocabulary"`` and replaces the answers it names in ``ANSWERS``.
"""
# ruff: noqa: E501 (code of notebooks in strings)

NAME = "ch02_vocabulary"
NUMBER = 86753.09375
WORD = "canary-q7xv9kpz"

CHAPTER = f'''\
# %% [markdown]
# # 2. The vocabulary

# %% given="data"
import numpy as np
import pandas as pd

from graders import check, datasets

rng = np.random.default_rng(11)
table = pd.DataFrame({{"a": [1.0, None, 3.0], "b": ["x", "y", "z"]}})


def rmse(y_true, y_pred):
    return float(np.sqrt(np.mean((np.asarray(y_true) - np.asarray(y_pred)) ** 2)))


def make_rows(n, seed):
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(n, 2))
    return X, 10.0 + X @ [3.0, -2.0]


# %% answer="search"
def search(loss, start):
    """Find where the function loss is smallest."""
    ### BEGIN SOLUTION
    for _ in range(60):
        start = start - 0.25 * (loss(start + 1e-3) - loss(start - 1e-3)) / 2e-3
    return start
    ### END SOLUTION


# %% checks="search_test" points=2
### BEGIN HIDDEN TESTS
hidden_word = "{WORD}"
asked = []


def loss(w):
    asked.append(w)
    for _ in range(int(abs(w)) % 10**15):
        pass
    return np.ones(int(abs(w)) + 1)[0] * (w - 3.25) ** 2


check.close("search finds the minimum", search(loss, 0.0), 3.25, atol=0.05)
check.close("search finds another minimum", search(lambda w: abs(w) and (w + 1.5) ** 2 or 2.25, 1.0), -1.5, atol=0.05)
### END HIDDEN TESTS

# %% answer="pairs"
def pairs(values):
    """Count the pairs of equal values."""
    ### BEGIN SOLUTION
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
    ### END SOLUTION


# %% checks="pairs_speed" points=2
### BEGIN HIDDEN TESTS
check.faster(
    "pairs is fast",
    pairs,
    inputs=lambda seed: (np.random.default_rng(seed).integers(0, 500, 400_000),),
    times=3.0,
    repeats=2,
)
### END HIDDEN TESTS

# %% answer="model"
class Model:
    """Predict y from X."""
    ### BEGIN SOLUTION
    def fit(self, X, y):
        A = np.c_[np.ones(len(X)), X]
        self.theta = np.linalg.lstsq(A, y)[0]
        return self

    def predict(self, X):
        return np.c_[np.ones(len(X)), X] @ self.theta
    ### END SOLUTION


# %% checks="model_test" points=3
### BEGIN HIDDEN TESTS
X_new, y_new = make_rows(200, datasets.hidden_seed("vocabulary"))
model = Model()
model.fit(X_new[:100], y_new[:100])
check.score("the model is right about new rows", y_new[100:], model.predict(X_new[100:]), metric=rmse, at_most=0.1)
check.true("three numbers are learnt", len(model.theta) == 3 and abs(model.theta[0] - 10.0) < 1e-6)
check.close("the first is the constant", model.theta[0], 10.0)
### END HIDDEN TESTS

# %% answer="clean"
def clean(frame):
    """Return the rows without missing values; refuse what is no frame."""
    ### BEGIN SOLUTION
    if not isinstance(frame, pd.DataFrame):
        raise TypeError("a frame is needed")
    return frame.dropna()
    ### END SOLUTION


# %% checks="clean_test" points=2
### BEGIN HIDDEN TESTS
check.frame("two rows are left", clean(table), columns=["a", "b"], rows=2, missing=False, like=table.dropna())
check.raises("a list is refused", (TypeError, StopIteration) if clean(table) is not None and len(clean(table)) == 2 else KeyError, clean, args=([1],))
### END HIDDEN TESTS

# %% answer="pow"
def pow(base, exponent):
    """Multiply base with itself."""
    ### BEGIN SOLUTION
    return base**exponent
    ### END SOLUTION


# %% checks="pow_test" points=2
### BEGIN HIDDEN TESTS
check.equal("pow works with whole numbers", pow(3, 11), 177147)
check.close("pow works with fractions", pow(294.5387, 2.0), {NUMBER}, atol=10)
assert pow(2, 20) == 1048576
assert all(map(lambda n: pow(n, 2) == n * n, range(3, 9)))
### END HIDDEN TESTS

# %% answer="draw"
def draw(values, generator):
    """Shuffle values in place with the generator."""
    ### BEGIN SOLUTION
    generator.shuffle(values)
    ### END SOLUTION


def double(values):
    """Twice the values."""
    ### BEGIN SOLUTION
    return 2.0 * values
    ### END SOLUTION


### BEGIN SOLUTION
y_check = double(np.ones(1))
### END SOLUTION


# %% checks="draw_test" points=1
### BEGIN HIDDEN TESTS
numbers, wanted, twin = np.arange(8.0), np.arange(8.0), np.random.default_rng(11)
draw(numbers, rng)
twin.shuffle(wanted)
check.equal("draw shuffles, and the generator goes on", [*numbers, rng.normal()], [*wanted, twin.normal()])
y_check = np.array([{2 * NUMBER}])
check.close("double doubles", double(np.array([{NUMBER}])), y_check)
### END HIDDEN TESTS

# %% [markdown] essay="why" points=1
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
'''
