"""A course of one small chapter with all roles, written fresh for every test."""

import shutil
from pathlib import Path

import pytest

from graders.course import Course, load_course
from graders.gradebook import Gradebook

TEXT = '''\
# %% [markdown]
# # 1. Small
#
# A lesson with `code`.

# %% given="data"
import numpy as np

X = np.arange(6.0)

# %% answer="mean"
def mean(values):
    """Return the mean."""
    ### BEGIN SOLUTION
    total_of_values = values.sum()
    return total_of_values / len(values)
    ### END SOLUTION


# %% checks="mean_test" points=4
check.close("`mean` gives the mean", mean(X), 2.5)
### BEGIN HIDDEN TESTS
check.close("also of other data", mean(np.array([1.0, 3.0, 11.0])), 5.0)
### END HIDDEN TESTS

# %% [markdown] essay="why" points=2
# ### BEGIN SOLUTION
# Because each value counts the same.
# ### END SOLUTION
'''


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without entries; making one takes nbgrader seconds, copying it does not."""
    root = tmp_path_factory.mktemp("empty")
    with Gradebook(Course(id="small", root=root)):
        return root / "gradebook.db"


@pytest.fixture
def course(tmp_path: Path, empty_gradebook: Path) -> Course:
    shutil.copy(empty_gradebook, tmp_path)
    (tmp_path / "course_config.py").write_text(
        "from graders.course import Course\ncourse = Course(id='small')\n"
    )
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "ch01.py").write_text(TEXT)
    return load_course(tmp_path)


@pytest.fixture
def text() -> str:
    return TEXT
