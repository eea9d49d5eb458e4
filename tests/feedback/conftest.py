"""A realistic result of a machine-learning chapter, with every way in which a check can end."""

from __future__ import annotations

import base64
import struct
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from graders.course import Chapter, Course
from graders.results import CellError, CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

E1 = "Exercise 1 — Standardise the features"
E2 = "Exercise 2 — Gradient descent"
E3 = "Exercise 3 — Ridge regression"
E4 = "Exercise 4 — Softmax classifier"
E5 = "Exercise 5 — Learning curves"
E6 = "Exercise 6 — What regularisation does"
STAFF = "STAFF-ONLY-7391"
SECRET_METRIC = "METRIC-ONLY-5520"


def png(width: int = 8, height: int = 8) -> bytes:
    """Return a real grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x99" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def display(**data: Any) -> dict[str, Any]:
    """Return a display_data output; ``png=...`` for image/png and so on."""
    mimes = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml", "html": "text/html"}
    mimes |= {"md": "text/markdown", "text": "text/plain"}
    return {"output_type": "display_data", "data": {mimes[k]: v for k, v in data.items()}, "metadata": {}}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    """Return a stream output."""
    return {"output_type": "stream", "name": name, "text": text}


def record(asked: str, outcome: Outcome, points: float | None = 0.0, most: float = 0.0, **more: Any) -> Record:
    """Return a record that carries canaries which must never be shown."""
    metrics = {"secret": SECRET_METRIC, **more.pop("metrics", {})}
    return Record("check", asked, outcome, points, most, staff=STAFF, metrics=metrics, **more)


def checks(
    exercise: str, *records: Record, outcome: Outcome, points: float | None, most: float, **more: Any
) -> CellResult:
    """Return a checks cell."""
    return CellResult(
        f"checks-{exercise[:11]}",
        "code",
        Role.CHECKS,
        "assert hidden",
        exercise,
        outcome,
        points,
        most,
        records,
        **more,
    )


def answer(exercise: str, source: str, *outputs: dict[str, Any], **more: Any) -> CellResult:
    """Return an answer cell."""
    return CellResult(
        f"answer-{exercise[:11]}",
        "code",
        more.pop("role", Role.ANSWER),
        source,
        exercise,
        outputs=outputs,
        **more,
    )


FRAME = (
    '<div><style scoped>.dataframe th {vertical-align: top}</style><table border="1" class="dataframe">'
    '<thead><tr style="text-align: right;"><th></th><th>alpha</th><th>rmse</th><th>r2</th></tr></thead><tbody>'
    "<tr><th>0</th><td>0.1</td><td>0.612</td><td>0.871</td></tr>"
    "<tr><th>1</th><td>1.0</td><td>0.598</td><td>0.877</td></tr>"
    "<tr><th>2</th><td>10.0</td><td>0.655</td><td>0.852</td></tr></tbody></table></div>"
)

SCALE = '''def standardise(X_train, X_new):
    """Return both tables scaled with the mean and deviation of the training rows."""
    mean = X_train.mean(axis=0)
    deviation = X_train.std(axis=0)
    return (X_train - mean) / deviation, (X_new - mean) / deviation


Z_train, Z_valid = standardise(X_train, X_valid)
print("mean of the first column:", Z_train[:, 0].mean().round(3))
'''

DESCENT = """def descend(X, y, eta=0.1, steps=200):
    theta = np.zeros(X.shape[1])
    for step in range(steps):          # one full pass per step
        for row, target in zip(X, y):
            theta -= eta * 2 / len(X) * (row @ theta - target) * row
    return theta
"""

RIDGE = '''def ridge(X, y, alpha=1.0):
    """Closed form, the intercept is not penalised."""
    A = np.eye(X.shape[1])
    return np.linalg.inv(X.T @ X + alpha * A) @ X.T @ y

results
'''

SOFTMAX = """class Softmax:
    def fit(self, X, y):
        n_classes = len(np.unique(y))
        self.W = np.zeros((X.shape[1], n_classes))
        logits = X @ self.W + self.b
        return self
"""

TRACEBACK = """\x1b[0;31m---------------------------------------------------------------------------\x1b[0m
\x1b[0;31mAttributeError\x1b[0m                            Traceback (most recent call last)
Cell \x1b[0;32mIn[7], line 5\x1b[0m, in \x1b[0;36mSoftmax.fit\x1b[0;34m(self, X, y)\x1b[0m
\x1b[1;32m      3\x1b[0m         n_classes = len(np.unique(y))
\x1b[1;32m      4\x1b[0m         self.W = np.zeros((X.shape[1], n_classes))
\x1b[0;32m----> 5\x1b[0m         logits = X @ self.W + self.b
\x1b[1;32m      6\x1b[0m         return self

\x1b[0;31mAttributeError\x1b[0m: 'Softmax' object has no attribute 'b'"""


def rich_cells(picture: bytes) -> tuple[CellResult, ...]:
    """Return the cells of a notebook with six exercises that went well, partly, badly and not at all."""
    passed, failed = Outcome.PASSED, Outcome.FAILED
    image = base64.b64encode(picture).decode()
    return (
        CellResult("title", "markdown", Role.PROSE, "# 4. Training models PROSE-NOT-REPEATED"),
        CellResult("data", "code", Role.GIVEN, "rng = GIVEN_NOT_REPEATED", outcome=passed),
        answer(E1, SCALE, stream("mean of the first column: -0.0\n"), outcome=passed),
        checks(
            E1,
            record("standardise returns two tables of the same shapes", passed, 0, 0),
            record(
                "the training columns have mean 0 and deviation 1",
                passed,
                1,
                1,
                hidden=True,
                required="mean 0 and deviation 1, to 8 digits",
                measured="mean 0 and deviation 1",
            ),
            record("new rows are scaled with the training rows' mean", passed, 1, 1, hidden=True),
            outcome=passed,
            points=2.0,
            most=2.0,
        ),
        answer(E2, DESCENT, stream("epoch 1/3\repoch 2/3\repoch 3/3 done\n"), outcome=passed),
        checks(
            E2,
            record(
                "descend finds the least squares solution",
                passed,
                2,
                2,
                required="within 0.01",
                measured="0.0004 away",
            ),
            record(
                "descend uses numpy rather than a loop over the rows",
                failed,
                0,
                2,
                hidden=True,
                required="at most 5 times as long as our solution",
                measured="31.4 times as long",
                hint="The gradient for all rows is one matrix product: X.T @ (X @ theta - y).",
                metrics={"ratio": 31.4, "limit": 5.0},
            ),
            outcome=failed,
            points=2.0,
            most=4.0,
        ),
        answer(
            E3,
            RIDGE,
            display(html=FRAME, text="   alpha   rmse"),
            display(png=image, text="<Figure>"),
            outcome=passed,
        ),
        CellResult(
            "added-1",
            "code",
            Role.ADDED,
            "%timeit ridge(X_train, y_train)",
            E3,
            passed,
            outputs=(stream("RuntimeWarning: overflow encountered in exp\n", "stderr"),),
        ),
        checks(
            E3,
            record(
                "ridge predicts well on new data",
                passed,
                2,
                2,
                hidden=True,
                required="R² of at least 0.85",
                measured="R² 0.871",
                metrics={"score": 0.871, "target": 0.85, "interval": [0.842, 0.893]},
            ),
            record(
                "ridge leaves the intercept unpenalised",
                failed,
                0.5,
                1,
                hidden=True,
                required="the same intercept for every alpha",
                measured="changes by 0.8 when alpha grows from 0 to 100",
                detail="First difference at position 0.",
                hint="Which entry of the identity matrix belongs to the intercept?",
            ),
            outcome=failed,
            points=2.5,
            most=3.0,
        ),
        answer(
            E4,
            SOFTMAX,
            {"output_type": "error", "ename": "AttributeError", "evalue": "b", "traceback": [TRACEBACK]},
            outcome=failed,
            error=CellError("AttributeError", "'Softmax' object has no attribute 'b'", TRACEBACK),
        ),
        checks(
            E4,
            record(
                "Softmax learns the three classes of iris",
                Outcome.SKIPPED,
                0,
                0,
                detail="Softmax.fit stopped with an error.",
            ),
            record(
                "Softmax reaches the asked accuracy",
                Outcome.SKIPPED,
                0,
                4,
                hidden=True,
                detail="Softmax.fit stopped with an error.",
            ),
            outcome=Outcome.SKIPPED,
            points=0.0,
            most=4.0,
        ),
        answer(E5, "def learning_curve(model, X, y):\n    while True:\n        pass\n", outcome=passed),
        checks(
            E5,
            record(
                "learning_curve returns one error per training size",
                Outcome.TIMED_OUT,
                0,
                2,
                measured="no answer after 30 s",
            ),
            record("it does not fit on validation rows", Outcome.OUT_OF_MEMORY, 0, 1, hidden=True),
            record(
                "more data lowers the validation error",
                failed,
                0,
                2,
                hidden=True,
                required="accuracy of at least 0.9",
                measured="accuracy 0.78",
                hint="Shuffle the rows first.",
                metrics={"score": 0.78, "target": 0.9, "interval": (0.71, 0.84)},
            ),
            outcome=Outcome.TIMED_OUT,
            points=0.0,
            most=5.0,
        ),
        CellResult(
            "why",
            "markdown",
            Role.ESSAY,
            "A larger `alpha` **shrinks** the weights:\n\n- less variance\n- more bias\n\n"
            "| alpha | weights |\n|--|--|\n| 0 | large |\n| 100 | small |",
            E6,
            max_points=2.0,
        ),
    )


def rich_result(picture: bytes | None = None) -> SubmissionResult:
    """Return the example submission."""
    notebook = NotebookResult(
        "training_models",
        Outcome.TIMED_OUT,
        rich_cells(picture or png()),
        notes=(
            "The given cell “data” had been changed; we ran the original.",
            "The file random.py was left out: it hides a Python module.",
        ),
    )
    return SubmissionResult(
        "homl",
        "ch04_training_models",
        "ada",
        Outcome.TIMED_OUT,
        (notebook,),
        submitted_at="2026-11-18T14:05:00+00:00",
    )


def the_course(**more: Any) -> Course:
    """Return a course with the example's chapter."""
    chapters = {"ch04_training_models": Chapter(title="4. Training models")}
    return Course(id="homl", title="Hands-On Machine Learning", chapters=chapters, **more)


@pytest.fixture
def course() -> Course:
    """The course of the example."""
    return the_course()


@pytest.fixture
def result() -> SubmissionResult:
    """The example submission."""
    return rich_result()


@pytest.fixture
def build() -> SimpleNamespace:
    """Builders for results that a test makes itself."""
    return SimpleNamespace(
        png=png,
        display=display,
        stream=stream,
        record=record,
        checks=checks,
        answer=answer,
        course=the_course,
        staff=STAFF,
        metric=SECRET_METRIC,
        wrap=wrap,
    )


def wrap(*cells: CellResult, **more: Any) -> SubmissionResult:
    """Return a submission of one notebook with these cells."""
    outcome = more.pop("outcome", Outcome.FAILED)
    notebook = NotebookResult("training_models", outcome, cells, **more)
    return SubmissionResult("homl", "ch04_training_models", "ada", outcome, (notebook,))
