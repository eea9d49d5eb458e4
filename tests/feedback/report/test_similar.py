"""Similar submissions: renaming hides nothing, and what everybody may have is no similarity."""

from __future__ import annotations

import random
import time

import pytest

from graders.feedback.report.page import render, write
from graders.feedback.report.similar import MOST_SHARERS, WINDOW, K, grams, similar, tokens, winnowed
from graders.results import CellResult, Role

DESCENT = """
def descend(X, y, rate, epochs):
    theta = np.zeros(X.shape[1])
    history = []
    for epoch in range(epochs):
        gradient = 2 / len(X) * X.T @ (X @ theta - y)
        theta = theta - rate * gradient
        history.append(float(np.mean((X @ theta - y) ** 2)))
        if len(history) > 3 and abs(history[-1] - history[-2]) < 1e-9:
            break
    return theta, history
"""
RENAMED = (
    (
        DESCENT.replace("theta", "weights").replace("history", "losses").replace("gradient", "g")
        + "# my own work\n"
    )
    .replace("    ", "  ")
    .replace("1e-9", "1e-8")
)
OTHER = """
class Split:
    def __init__(self, share, seed=0):
        self.share, self.seed = share, seed

    def rows(self, table):
        order = np.random.default_rng(self.seed).permutation(len(table))
        cut = int(len(table) * self.share)
        return {"test": table.iloc[order[:cut]], "train": table.iloc[order[cut:]]}

    def __repr__(self):
        return f"Split({self.share}, seed={self.seed})"
"""


def answer(code, exercise="Descent", role=Role.ANSWER):
    return CellResult("descent", "code", role, code, exercise)


@pytest.fixture
def hand_in(build):
    return lambda student, *cells: build.result(student, *cells)


def test_a_copy_with_other_names_comments_and_layout_is_found(hand_in):
    results = [hand_in("ada", answer(DESCENT)), hand_in("bob", answer(RENAMED)), hand_in("cem", answer(OTHER))]
    (pair,) = similar(results, [])
    assert (pair.first, pair.second, pair.exercises) == ("ada", "bob", ("Descent",))
    assert (pair.of_first, pair.of_second) == (1, 1) and pair.shared >= 5


def test_a_part_of_a_longer_submission_is_found(hand_in):
    results = [hand_in("ada", answer(DESCENT)), hand_in("bob", answer(OTHER + DESCENT))]
    (pair,) = similar(results, [])
    assert pair.of_first > 0.8 and 0.3 < pair.of_second < 0.8


@pytest.mark.parametrize("template", [DESCENT, RENAMED, "import numpy as np\n" + DESCENT])
def test_what_the_release_or_the_reference_has_is_no_similarity(hand_in, template):
    results = [hand_in("ada", answer(DESCENT)), hand_in("bob", answer(RENAMED))]
    assert similar(results, [template]) == ()


def test_only_the_students_own_cells_count(hand_in):
    results = [hand_in(name, answer(DESCENT, role=Role.GIVEN)) for name in ("ada", "bob")]
    assert similar(results, []) == ()
    assert similar([hand_in(name, answer(DESCENT, role=Role.ADDED)) for name in ("ada", "bob")], [])


def test_what_more_than_ten_wrote_is_common_knowledge(hand_in):
    class_of = [hand_in(f"s{i:02}", answer(DESCENT)) for i in range(MOST_SHARERS + 1)]
    assert similar(class_of, []) == ()
    assert len(similar(class_of[:MOST_SHARERS], [])) == MOST_SHARERS * (MOST_SHARERS - 1) // 2


def test_names_of_libraries_stay_and_those_of_students_do_not():
    assert tokens("np.mean(x) + self.a  # c") == [
        "name",
        ".",
        "mean",
        "(",
        "name",
        ")",
        "+",
        "name",
        ".",
        "name",
    ]
    assert tokens("if x == 3.5e2: 'it\\'s'") == ["if", "name", "=", "=", "number", ":", "text"]


def test_a_rolling_hash_is_that_of_the_run_alone():
    words = [f"t{i % 7}" for i in range(60)]
    assert grams(words)[23] == grams(words[23 : 23 + K])[0]
    assert len(grams(words)) == 60 - K + 1 and grams(words[: K - 1]) == []


def test_every_long_enough_passage_leaves_a_fingerprint():
    """The guarantee of the paper: a shared run of K + WINDOW - 1 tokens is always seen."""
    rng = random.Random(0)
    for _ in range(50):
        shared = [str(rng.random()) for _ in range(K + WINDOW - 1)]
        one, two = ([str(rng.random()) for _ in range(40)] + shared + [str(rng.random())] for _ in range(2))
        assert winnowed(grams(one), set()) & winnowed(grams(two), set())


@pytest.mark.parametrize(
    "code", ["'" * 50_000, '"""' + "\\" * 50_001, "%magic (\n!ls 'x", "\ud800 = 1", "'a\\\n" * 20_000]
)
def test_code_that_is_no_python_takes_no_long_time(code):
    started = time.process_time()
    tokens(code)
    assert time.process_time() - started < 2


def test_a_thousand_submissions_take_seconds(hand_in):
    rng = random.Random(1)
    lines = [f"    v{i} = np.f{i}(a, b[{i}:], c=d.g{i % 9}) + (e - {i}) * h @ m.p{i % 11}" for i in range(400)]
    bodies = ["def f():\n" + "\n".join(rng.sample(lines, 40)) for _ in range(999)]
    results = [hand_in(f"s{i:04}", answer(body)) for i, body in enumerate(bodies)]
    results.append(hand_in("zoe", answer(bodies[0].replace("a, b", "one, two"))))
    started = time.process_time()
    pairs = similar(results, [])
    assert [(pair.first, pair.second) for pair in pairs] == [("s0000", "zoe")]
    assert time.process_time() - started < 30


def test_the_page_lists_pairs_and_says_what_was_removed(course, build, hand_in):
    work = build.work([hand_in("ada", answer(DESCENT)), hand_in("bob", answer(RENAMED))])
    html = render(course, work)
    assert "Similar submissions, to look at" in html and "removed first" in html and "100%, 100%" in html
    write(course, work)
    text = (course.root / "report" / f"{build.chapter}-similar.csv").read_text()
    assert f"{build.chapter},ada,bob," in text


def test_the_page_takes_the_release_out(course, build, hand_in):
    results = [hand_in("ada", answer(DESCENT)), hand_in("bob", answer(RENAMED))]
    html = render(course, build.work(results, templates={build.chapter: (DESCENT,)}))
    assert "No two of 2 submissions share much" in html
