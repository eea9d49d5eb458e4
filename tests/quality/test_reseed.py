"""A threshold must not rest on the one seed of training that the author wrote down."""

import pytest

from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.quality.handins import cells_of
from graders.quality.reseed import answers_with, bundle_with, reseeded


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("keras.utils.set_random_seed(7)", "keras.utils.set_random_seed(2007)"),
        ("tf.random.set_seed(7)\nnp.random.seed(1)", "tf.random.set_seed(2007)\nnp.random.seed(2001)"),
        (
            "é = 'ü'; np.random.seed(1); np.random.seed(22)",
            "é = 'ü'; np.random.seed(2001); np.random.seed(2022)",
        ),
        ("%time np.random.seed(1)", "%time np.random.seed(1)"),
        ("SVC(random_state=7)", "SVC(random_state=7)"),
        ("def set_random_seed(n=7): return n", "def set_random_seed(n=7): return n"),
        ("keras.utils.set_random_seed(seed)", "keras.utils.set_random_seed(seed)"),
        ("an essay about np.random.seed(7)", "an essay about np.random.seed(7)"),
    ],
)
def test_only_the_seeds_of_libraries_change(code, changed):
    assert reseeded(code, 2) == changed


def test_the_first_draw_is_what_the_author_wrote():
    answers = {"train": "keras.utils.set_random_seed(7)\n"}
    assert answers_with(answers, 0) == answers
    assert answers_with(answers, 1) == {"train": "keras.utils.set_random_seed(1007)\n"}


CHAPTER = """\
# %% [markdown]
# # 3. Seeds

# %% given="data"
import numpy as np

from graders import check

np.random.seed(5)
X = np.random.normal(size=9)

# %% answer="train"
def train():
    return np.random.normal()

# %% given="demo"
np.random.seed(5)
trained = train()

# %% checks="train_test" points=1
np.random.seed(5)
check.true("training gives a number", isinstance(train(), float))
"""


def test_given_data_and_checks_keep_their_seeds(make_tiny, tmp_path):
    course = make_tiny(tmp_path / "course").course
    (course.folder("source") / "ch03_seeds.py").write_text(CHAPTER)
    source.build(course, "ch03_seeds")
    cells = {cell.name: cell.source for cell in cells_of(bundle_with(load_bundle(course, "ch03_seeds"), 1))}
    assert "seed(1005)" in cells["demo"]
    assert "seed(5)" in cells["data"]
    assert "seed(5)" in cells["train_test"]
