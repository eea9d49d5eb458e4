"""Small courses to measure with: one scikit-learn and one Keras chapter, as nbgrader and we both grade them."""

from __future__ import annotations

import json
from pathlib import Path

from graders.course import load_course
from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.notebooks.release import release
from graders.results import Role

SKLEARN = """# %% [markdown]
# # 1. A small chapter
#
# %% given="setup"
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

X, y = load_iris(return_X_y=True)

# %% [markdown]
# ## Exercise 1
#
# %% answer="fit"
def fit(X, y):
    ### BEGIN SOLUTION
    return LogisticRegression(max_iter=500).fit(X, y)
    ### END SOLUTION

# %% checks="fit_test" points=2
model = fit(X, y)
assert len(model.predict(X)) == 150
### BEGIN HIDDEN TESTS
assert (model.predict(X) == y).mean() > 0.9
### END HIDDEN TESTS

# %% answer="total"
def total(values):
    ### BEGIN SOLUTION
    return float(np.sum(values))
    ### END SOLUTION

# %% checks="total_test" points=2
assert total([1, 2]) == 3.0
### BEGIN HIDDEN TESTS
assert total([1, 2, 4]) == 7.0
### END HIDDEN TESTS
"""

KERAS = """# %% [markdown]
# # 1. A small chapter
#
# %% given="setup"
import keras
import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(256, 8)).astype("float32")
y = (X.sum(axis=1) > 0).astype("int32")

# %% [markdown]
# ## Exercise 1
#
# %% answer="build"
def build():
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(16, "relu")])
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION

# %% answer="train"
model = None
### BEGIN SOLUTION
model = build()
model.fit(X, y, epochs=4, verbose=0)
### END SOLUTION

# %% checks="train_test" points=2
assert model.count_params() == 161
### BEGIN HIDDEN TESTS
assert ((model.predict(X, verbose=0)[:, 0] > 0.5) == y).mean() > 0.8
### END HIDDEN TESTS
"""

TEXTS = {"scikit-learn": SKLEARN, "keras": KERAS}
CHAPTER = "ch01_small"
_CONFIG = """from graders.course import Course
course = Course(id="bench", profile={profile!r})
"""


def make(folder: Path, profile: str, size: int, project: Path, text: str = "") -> Path:
    """Make a course with one chapter and a class that all hand in the reference, each slightly its own.

    The chapter is that of the profile unless another ``text`` is given.
    """
    (folder / "source").mkdir(parents=True)
    (folder / "course_config.py").write_text(_CONFIG.format(profile=profile))
    (folder / "nbgrader_config.py").write_text((project / "nbgrader_config.py").read_text())
    (folder / "source" / f"{CHAPTER}.py").write_text(text or TEXTS[profile])
    course = load_course(folder)
    source.build(course, CHAPTER)
    release(course, CHAPTER)
    answers = {
        c.name: c.source for c in load_bundle(course, CHAPTER).notebooks[0].cells if c.role is Role.ANSWER
    }
    for number in range(size):
        own = {name: f"{answer}\n# {number}" for name, answer in answers.items()}
        hand_in(folder, f"student{number:05d}", own)
    return folder


def hand_in(folder: Path, student: str, answers: dict[str, str]) -> None:
    """Hand in the released notebook with these answers, by the names of their cells."""
    notebook = json.loads((folder / "release" / CHAPTER / f"{CHAPTER}.ipynb").read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    target = folder / "submitted" / student / CHAPTER / f"{CHAPTER}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(notebook))
