"""A perfect, a middling and a failed student, and a class of twenty-four: made up, the same every time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from graders.course import Chapter, Course
from graders.feedback.page import render
from graders.feedback.report.classwork import ClassWork
from graders.feedback.report.page import render as render_report
from graders.feedback.standing import peers_of
from graders.feedback.view import Beside
from graders.points import Mark, Marks
from graders.results import (
    CellError,
    CellResult,
    Meter,
    NotebookResult,
    Outcome,
    Record,
    Role,
    SubmissionResult,
)

from ..conftest import rich_result

CHAPTER = "ch04_training_models"
COURSE = Course(
    id="homl", title="Hands-On Machine Learning", chapters={CHAPTER: Chapter(title="4. Training models")}
)
NAMES = (
    "ada bruno chen dana emre fatou gita hugo ines jonas kofi lena "
    "mia noor omar pia quin rosa sven tara umut vera wim xiu"
).split()
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 200" width="420" height="200">'
    '<rect width="420" height="200" fill="#ffffff"/><g stroke="#dddddd">'
    + "".join(f'<line x1="40" x2="410" y1="{y}" y2="{y}"/>' for y in range(20, 180, 40))
    + '</g><polyline fill="none" stroke="#1f77b4" stroke-width="2" points="'
    + " ".join(f"{40 + 18 * i},{20 + round(150 * 0.82**i, 1)}" for i in range(21))
    + '"/><polyline fill="none" stroke="#d62728" stroke-width="2" points="'
    + " ".join(f"{40 + 18 * i},{40 + round(120 * 0.78**i + 0.12 * i * i, 1)}" for i in range(21))
    + '"/><path d="M40 10V180H410" fill="none" stroke="#333333"/></svg>'
)
LOSS = [round(2.3 * 0.86**i + 0.08, 3) for i in range(20)]
VALIDATION = [round(2.4 * 0.87**i + 0.22 + 0.0009 * i * i, 3) for i in range(20)]
_DISPLAY = {"output_type": "display_data", "data": {"image/svg+xml": DRAWING}, "metadata": {}}
# What is asked: exercise, question, points, how hard (0 to 1), the target of a score, a hint.
ASKED: tuple[tuple[str, str, float, float, float | None, str], ...] = (
    ("Exercise 1 — Standardise the features", "New rows are scaled with the training rows' mean", 2, 0.15, None,
     "Which rows may the mean be taken of?"),
    ("Exercise 1 — Standardise the features", "A column that never changes gives no NaN", 1, 0.55, None,
     "What is the deviation of a constant column?"),
    ("Exercise 2 — Gradient descent", "`descend` finds the least squares solution", 3, 0.35, None,
     "Print the loss after each step: does it fall?"),
    ("Exercise 2 — Gradient descent", "`descend` uses NumPy rather than a loop over the rows", 2, 0.6, None,
     "The gradient for all rows is one matrix product."),
    ("Exercise 3 — Ridge regression", "Ridge regression predicts well on new data", 3, 0.4, 0.85,
     "Scale the features before you regularise."),
    ("Exercise 3 — Ridge regression", "The intercept is not penalised", 1, 0.7, None,
     "Which entry of the identity matrix belongs to the intercept?"),
    ("Exercise 4 — Softmax classifier", "The classifier tells the three kinds of iris apart", 4, 0.5, 0.9,
     "Subtract the largest logit before you take the exponential."),
    ("Exercise 5 — Early stopping", "The best model so far is kept, not the last one", 2, 0.75, None,
     "Copy the weights when the validation error improves."),
)  # fmt: skip
_CODE = "def standardise(X_train, X_new):\n    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)\n"
_ALIKE = """def standardise(X_train, X_new):
    spread = np.sqrt(((X_train - X_train.mean(axis=0)) ** 2).sum(axis=0) / len(X_train))
    spread[spread == 0] = 1.0
    middle = np.array([column.sum() / len(column) for column in X_train.T])
    shifted = [(rows - middle[None, :]) / spread[None, :] for rows in (X_train, X_new)]
    return tuple(np.where(np.isfinite(table), table, 0.0) for table in shifted)


def descend(X, y, eta=0.05, steps=800):
    theta, history = np.zeros(X.shape[1]), []
    for step in range(steps):
        slope = X.T @ (X @ theta - y) * 2 / len(y)
        theta, history = theta - eta * slope, [*history, float(slope @ slope)]
        if history[-1] < 1e-12:
            break
    return theta
"""


def pages() -> dict[str, str]:
    """Return the four pages as HTML, by name."""
    work = the_class()
    peers = peers_of(work.results)
    perfect, failed = work.results[0], _failed()
    return {
        "perfect": render(COURSE, perfect, Beside(Marks(), peers)),
        "middling": render(COURSE, _middling(), Beside(_marks(), peers_of(_beside_middling()))),
        "failed": render(COURSE, failed, Beside(Marks(), peers)),
        "class": render_report(COURSE.model_copy(update={"root": Path()}), work),
    }


def the_class() -> ClassWork:
    """Return the class's work; the first is perfect, two handed in the same, some late, one not at all."""
    results = tuple(_result(name, index) for index, name in enumerate(NAMES))
    late = {CHAPTER: {"emre": 5400.0, "vera": 93_600.0}}
    return ClassWork((CHAPTER,), results, (*NAMES, "yara", "zeno"), late, {CHAPTER: (_CODE[:40],)})


def _draw(index: int, number: int) -> float:
    """A number from 0 to 1 that looks like chance and is the same everywhere."""
    return (index * 0.754877666 + number * 0.569840291 + index * number * 0.3247) % 1.0


def _result(name: str, index: int) -> SubmissionResult:
    able = 1.6 if index == 0 else 0.15 + 0.75 * _draw(index, 31)
    cells: list[CellResult] = []
    for exercise in dict.fromkeys(asked[0] for asked in ASKED):
        records = [_record(asked, able, index, n) for n, asked in enumerate(ASKED) if asked[0] == exercise]
        code = (
            _ALIKE
            if name in ("vera", "xiu")
            else _CODE + f"    return np.round(X_train - mean, {index}), (X_new - mean) / deviation\n"
        )
        shown = (_DISPLAY,) if "Gradient" in exercise else ()
        own = {"exercise": exercise, "outcome": Outcome.PASSED, "outputs": shown}
        cells.append(CellResult(f"answer-{exercise[9]}", "code", Role.ANSWER, code, **own))
        cells.append(_checks(exercise, *records))
    worst = (
        Outcome.PASSED if all(r.outcome is Outcome.PASSED for c in cells for r in c.records) else Outcome.FAILED
    )
    if name == "quin":
        worst = Outcome.CRASHED
    notebook = NotebookResult("training_models", worst, tuple(cells))
    audit = ("a call that the wall denies: connect",) if name in ("ines", "hugo") else ()
    meter = Meter(2.0 + 3 * _draw(index, 5), 4.0, 210.0)
    when = f"2026-11-{10 + index % 8}T{8 + index % 12:02}:05:00+00:00"
    return SubmissionResult(
        "homl", CHAPTER, name, worst, (notebook,), audit=audit, submitted_at=when, meter=meter
    )


def _record(asked: tuple[Any, ...], able: float, index: int, number: int) -> Record:
    exercise, question, most, hard, target, hint = asked
    margin = able - hard + 0.5 * (_draw(index, number) - 0.5)
    passed = margin > 0
    metrics: dict[str, Any] = {}
    if target:
        score = round(min(0.995, target + 0.25 * margin), 3)
        passed = score + 0.02 >= target
        metrics = {
            "score": score,
            "target": target,
            "interval": [round(score - 0.025, 3), round(min(1.0, score + 0.02), 3)],
        }
    if "Ridge" in question and passed:
        metrics |= {
            "scores": [round(min(1.0, score + shift), 3) for shift in (-0.014, 0.002, 0.009, -0.006, 0.012)]
        }
    if "Early" in exercise and passed:
        metrics = {"curves": [["loss", 20, LOSS], ["val_loss", 20, VALIDATION]]}
    if "NumPy" in question:
        metrics = {"ratio": round(1.2 if able > 1.5 else 5 - 6 * margin, 2), "limit": 5.0}
    hidden = number % 3 > 0 and "curves" not in metrics
    return Record(
        f"e{exercise[9]}#{number}", question, Outcome.PASSED if passed else Outcome.FAILED,
        most if passed else 0.0, most, hidden=hidden, hint=hint, metrics=metrics,
        required=f"accuracy of at least {target}" if target else "",
        measured=f"accuracy {metrics['score']}" if target else "",
    )  # fmt: skip


def _checks(exercise: str, *records: Record) -> CellResult:
    reached, most = sum(r.points or 0.0 for r in records), sum(r.max_points for r in records)
    outcome = Outcome.PASSED if reached == most else Outcome.FAILED
    return CellResult(
        f"{exercise[:10]}-test", "code", Role.CHECKS, "", exercise, outcome, reached, most, records
    )


def _middling() -> SubmissionResult:
    """The example of all other tests, with every way in which a check can end."""
    result = rich_result()
    cells = tuple(
        replace(cell, outputs=tuple(_DISPLAY if "image/png" in o.get("data", {}) else o for o in cell.outputs))
        for cell in result.notebooks[0].cells
    )
    return replace(result, student="bruno", notebooks=(replace(result.notebooks[0], cells=cells),))


def _marks() -> Marks:
    """What a person and the calendar gave the middling student."""
    said = "You say well what a larger alpha does.\nWhat happens to the intercept?"
    why = Mark(points=1.5, max_points=2.0, comment=said)
    return Marks({("training_models", "why"): why}, {"training_models": 1.0}, 5400.0)


def _beside_middling() -> list[SubmissionResult]:
    """A class around the middling student, with the same points to earn."""
    results = []
    for index, name in enumerate(NAMES):
        reached = round(18 * min(1.0, 0.15 + 0.9 * _draw(index, 12)) * 2) / 2
        cell = CellResult("all", "code", Role.CHECKS, "", "All", Outcome.FAILED, reached, 18.0)
        notebook = NotebookResult("training_models", Outcome.FAILED, (cell,))
        results.append(SubmissionResult("homl", CHAPTER, name, Outcome.FAILED, (notebook,)))
    return results


def _failed() -> SubmissionResult:
    """A hand-in in which nothing ran: an import that cannot be, and every check skipped for it."""
    why = "import tensorflow_addons stopped with an error."
    missing = "No module named 'tensorflow_addons'"
    trace = f"Cell In[1], line 1\n----> 1 import tensorflow_addons\n\nModuleNotFoundError: {missing}"
    error = CellError("ModuleNotFoundError", missing, trace)
    first = CellResult(
        "added-1", "code", Role.ADDED, "import tensorflow_addons", ASKED[0][0], Outcome.FAILED, error=error
    )
    cells = [first]
    for exercise in dict.fromkeys(asked[0] for asked in ASKED):
        records = [
            Record(f"s{n}", question, Outcome.SKIPPED, 0.0, most, hidden=n % 2 > 0, detail=why, hint=hint)
            for n, (place, question, most, _, _, hint) in enumerate(ASKED)
            if place == exercise
        ]
        cells.append(_checks(exercise, *records))
    notes = ("The given cell “data” had been changed; we ran the original.",)
    notebook = NotebookResult("training_models", Outcome.FAILED, tuple(cells), notes=notes)
    return SubmissionResult(
        "homl", CHAPTER, "rosa", Outcome.FAILED, (notebook,), submitted_at="2026-11-18T23:58:00+00:00"
    )
