"""The checks where they are used: in the judge, on functions, figures and models in a walled kernel."""

import pytest

from graders.course import load_course
from graders.grading import Addresses
from graders.notebooks import source
from graders.results import Outcome
from graders.sandbox.launch import KERNEL_MODULES, Template

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
CONFIG = """\
from graders.course import Chapter, Course, Limits

course = Course(
    id="behaviour",
    profile="tiny",
    profiles={"tiny": ("numpy",)},
    limits=Limits(cell_seconds=90, call_seconds=60, submission_seconds=300, memory_mb=4096),
)
"""

PLAIN = '''\
# %% [markdown]
# # 1. Behaviour

# %% given="setup"
import matplotlib
import numpy as np
from matplotlib import pyplot as plt
from sklearn.preprocessing import StandardScaler

from graders import check

matplotlib.use("agg")
X = np.random.default_rng(0).normal(size=(60, 2))

# %% answer="scale"
def fit_scaler(train, test):
    ### BEGIN SOLUTION
    return StandardScaler().fit(train)
    ### END SOLUTION


def split(X, seed):
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(X))
    return X[order[:48]], X[order[48:]]
    ### END SOLUTION


def loss(w, X):
    ### BEGIN SOLUTION
    return ((X @ w) ** 2).mean()
    ### END SOLUTION


def slope(w, X):
    ### BEGIN SOLUTION
    return 2 * X.T @ (X @ w) / len(X)
    ### END SOLUTION


def policy(seen):
    ### BEGIN SOLUTION
    return (seen[:, 0] >= 0).astype(int)
    ### END SOLUTION


def draw(values):
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    ax.plot(values, values**2, label="squares")
    ax.scatter(values, values)
    ax.set_xlabel("n")
    ax.legend()
    return ax
    ### END SOLUTION


# %% checks="scale_test" points=7
check.no_leakage("The scaler learns from training rows", fit_scaler, args=(X[:40], X[40:]), test=1,
                 fitted=lambda scaler: [scaler.mean_, scaler.scale_])
### BEGIN HIDDEN TESTS
ends = np.arange(4.0)


class Side:
    """Worth 1 for going to the side the place is on."""

    def reset(self, seed=None):
        self.rng = np.random.default_rng(seed)
        self.place, self.left = self.rng.normal(size=1), 20
        return self.place, {}

    def step(self, action):
        reward = float(action == (self.place[0] >= 0))
        self.place, self.left = self.rng.normal(size=1), self.left - 1
        return self.place, reward, self.left == 0, False, {}


check.split("A fifth is kept for testing", split(X, 3), X, sizes=(0.8, 0.2))
check.gradient("The slope is that of the loss", loss, slope, at=np.array([1.0, -2.0]), args=(X,))
check.returns("The policy goes to the right side", policy, Side, at_least=19.0)
check.figure("The squares are drawn", draw(ends), lines=[(ends, ends**2)], points=[(ends, ends)],
             xlabel="n", legend=["squares"])
check.agrees("The loss is right", loss, lambda w, X: float(np.mean([(row @ w) ** 2 for row in X])),
             cases=[(np.array([1.0, seed]), X[:seed]) for seed in (1, 5)])
check.works_on("The loss copes with a row", lambda rows: [loss(np.ones(2), rows)], {"one row": (X[:1],)})
check.score("Sides are told apart", lambda seed: (X[:, 0] >= 0, policy(X)), at_least=0.99)
### END HIDDEN TESTS
'''

TIME = """\
# %% [markdown]
# # 2. Time

# %% given="setup"
import numpy as np

from graders import check

# %% answer="total"
def total(values):
    ### BEGIN SOLUTION
    return float((values**2).sum())
    ### END SOLUTION


def half(values):
    ### BEGIN SOLUTION
    return np.sort(values)[: len(values) // 2]
    ### END SOLUTION


# %% checks="total_test" points=2
check.close("total is right", total(np.ones(3)), 3.0)
### BEGIN HIDDEN TESTS
def loop(values):
    return float(sum(value * value for value in np.asarray(values).tolist()))


def whole(half, total, values):
    return total(half(values))


check.within("total beats a loop by far", total, baseline=loop, times=0.5, repeats=3,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=1_000_000),),
             agrees=lambda found, expected: abs(found - expected) < 1e-3)
check.within("half and total together are fast", whole, using=(half, total), times=4.0, repeats=3,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=500_000),),
             agrees=lambda found, expected: abs(found - expected) < 1e-3)
### END HIDDEN TESTS
"""

NETWORK = """\
# %% [markdown]
# # 3. Networks

# %% given="setup"
import keras
import numpy as np

from graders import check

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")

# %% answer="model"
def make_model():
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(0)
    base = keras.layers.Dense(8, activation="relu", name="base")
    layers = [keras.Input((3,)), base, keras.layers.Dropout(0.5), keras.layers.Dense(2, "softmax", name="head")]
    return keras.Sequential(layers)
    ### END SOLUTION


def fine_tune(model, X, y):
    ### BEGIN SOLUTION
    model.get_layer("base").trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, y, verbose=0)
    ### END SOLUTION


# %% checks="model_test" points=6
model = make_model()
check.output_shape("Two outputs for any batch", model, X, (2,))
### BEGIN HIDDEN TESTS
check.parameters("The model has 50 parameters", model, exactly=50, trainable=True)
check.probabilities("Rows are distributions", model(X), (12, 2))
check.dropout("Dropout is for training only", model, X)
check.row_independent("Rows count by themselves", model, X)
check.frozen("Only the head learns", model, lambda: fine_tune(model, X, np.arange(12) % 2), layers=["base"],
             moving=["head"])
### END HIDDEN TESTS
"""


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    """Grade answers to a chapter of one text: outcomes by the sentences of the checks."""
    root = tmp_path_factory.mktemp("behaviour")
    (root / "course_config.py").write_text(CONFIG)
    (root / "source").mkdir()
    course = load_course(root)
    started = {}

    def templates(modules):
        if modules not in started:
            started[modules] = (
                Template((*KERNEL_MODULES, *modules)).__enter__(),
                Template(("graders.judge", *modules)).__enter__(),
            )
        return Addresses(*(template.address for template in started[modules]))

    def grade(make, name, text, answer, modules=("numpy", "sklearn.preprocessing", "matplotlib.pyplot")):
        (root / "source" / f"{name}.py").write_text(text)
        source.build(course, name)
        tiny = make(course, templates(modules))
        tiny.hand_in("ada", answer, chapter=name)
        (notebook,) = tiny.grade("ada", name).notebooks
        return {r.asked: r for cell in notebook.cells for r in cell.records}

    yield grade
    for pair in started.values():
        for template in pair:
            template.__exit__(None, None, None)


@pytest.fixture
def graded(grades, tiny_course):
    """The records of a submission, by sentence; the class of ``tiny_course`` knows how to hand in and grade."""
    return lambda name, text, answer=None, **more: grades(type(tiny_course), name, text, answer or {}, **more)


def failed(records):
    return sorted(asked for asked, record in records.items() if record.outcome is not PASSED)


def test_every_behaviour_of_a_students_function_can_be_checked(graded):
    records = graded("ch01_behaviour", PLAIN)
    assert failed(records) == []
    assert records["The policy goes to the right side"].metrics["scores"] == [20.0]


WRONG = """
def fit_scaler(train, test):
    return StandardScaler().fit(np.r_[train, test])

def split(X, seed):
    return X[:48], X[40:]

def loss(w, X):
    return ((X @ w) ** 2).sum()

def slope(w, X):
    return 2 * X.T @ (X @ w) / len(X)

def policy(seen):
    return (seen[:, 0] >= 1).astype(int)

def draw(values):
    _, ax = plt.subplots()
    ax.plot(values, values**2)
    return ax
"""


def test_and_each_wrong_one_fails_its_check_without_a_word_about_hidden_values(graded):
    records = graded("ch01_behaviour", PLAIN, {"scale": WRONG})
    assert failed(records) == sorted(set(records) - {"The loss copes with a row"})
    assert {record.outcome for record in records.values()} == {PASSED, FAILED}
    slope = records["The slope is that of the loss"]
    assert slope.detail == "The gradient is not that of the loss."
    assert slope.hint.startswith("Check its sign")
    assert "numerically" in slope.staff
    drawn = records["The squares are drawn"]
    assert drawn.detail == "A set of points that was asked for is not there."
    assert records["Sides are told apart"].metrics["seeds"] == 3
    assert records["The loss is right"].detail == "The value is not the one asked for."


def test_an_untouched_release_is_not_written_yet(graded):
    records = graded("ch01_behaviour", PLAIN, {"scale": "def split(X, seed):\n    raise NotImplementedError()"})
    assert records["A fifth is kept for testing"].detail == "This is not written yet."
    assert failed(records) == sorted(records)


def test_a_baseline_of_the_check_and_a_whole_computation_are_timed_in_kernels(graded):
    records = graded("ch02_time", TIME, modules=("numpy",))
    assert failed(records) == []
    assert records["total beats a loop by far"].required == "at most 0.5 times the time of the baseline"
    slow = """
def total(values):
    return float(sum(value * value for value in values.tolist()))

def half(values):
    return np.array(sorted(values.tolist()))[: len(values) // 2]
"""
    records = graded("ch02_time", TIME, {"total": slow}, modules=("numpy",))
    assert failed(records) == ["half and total together are fast", "total beats a loop by far"]
    assert records["total beats a loop by far"].metrics["ratio"] > 0.7


@pytest.mark.slow
def test_keras_models_are_asked_through_their_handles(graded):
    modules = ("numpy", "keras")
    assert failed(graded("ch03_networks", NETWORK, modules=modules)) == []
    wrong = """
def make_model():
    layers = [keras.Input((3,)), keras.layers.Dense(8, name="base"), keras.layers.BatchNormalization(),
              keras.layers.Dense(2, name="head")]
    return keras.Sequential(layers)

def fine_tune(model, X, y):
    model.compile("sgd", "mse")
    model.fit(X, y, verbose=0)
"""
    records = graded("ch03_networks", NETWORK, {"model": wrong}, modules=modules)
    assert failed(records) == sorted(set(records) - {"Two outputs for any batch", "Rows count by themselves"})
