"""Where a result lies among those of the class: a smooth outline, without anybody's name, rank or number.

The class is everybody who handed in by the due date, so that somebody late changes nobody else's page. Nothing
is said of ten or fewer. Points are those of automatic checks: they are the same before and after a person has
marked. Imports results and the texts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median

from graders.feedback.clean import points
from graders.feedback.language import page_texts as texts
from graders.results import NotebookResult, SubmissionResult

FEWEST = 11  # results; of ten or fewer somebody could be made out
_WIDTH, _HEIGHT, _STEPS = 400.0, 64.0, 80
_SMOOTH = 0.06  # standard deviation of the smoothing, as a part of the points there are
_Scores = Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Peers:
    """The class's results in a chapter: (points, points there are) of everybody on time, by notebook."""

    scores: _Scores = field(default_factory=dict)
    has_due: bool = False  # whether these are only those who handed in by the due date


@dataclass(frozen=True)
class Standing:
    """The drawing: an outline, the middle half, the student's own place, and the same in words."""

    outline: str
    half: tuple[float, float]  # start and length
    middle: float
    place: float
    own_text: str
    middle_text: str
    half_text: str
    said: str


def peers_of(results: Iterable[SubmissionResult], late: Collection[str] | None = None) -> Peers:
    """Return what the pages of one chapter say of its class, from all its results in any order.

    ``late`` are the students who handed in after the due date, None if there is no such date. A submission
    that could not be read has no points, as in the gradebook; one that is not graded yet is left out.
    """
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for result in results:
        if result.student not in (late or ()) and result.points is not None:
            for notebook in result.notebooks:
                found[notebook.name].append((notebook.points or 0.0, notebook.max_points))
    return Peers({name: tuple(sorted(scores)) for name, scores in sorted(found.items())}, late is not None)


def standing_of(peers: Peers, notebook: NotebookResult) -> Standing | None:
    """Return where a notebook's points lie; None among too few, or where nothing could be earned.

    Only results with the same points to earn are compared: others were graded with other tests.
    """
    maximum = notebook.max_points
    scores = sorted(s for s, most in peers.scores.get(notebook.name, ()) if most == maximum)
    if notebook.points is None or maximum <= 0 or len(scores) < FEWEST:
        return None
    half = (len(scores) + 1) // 2
    low, middle, high = median(scores[:half]), median(scores), median(scores[-half:])
    places = [_place(value, maximum) for value in (low, high, middle, notebook.points)]
    who = texts.STANDING_ON_TIME if peers.has_due else texts.STANDING_ALL
    return Standing(
        outline=_outline(tuple(scores), maximum),
        half=(places[0], round(places[1] - places[0], 1)),
        middle=places[2],
        place=places[3],
        own_text=texts.STANDING_OWN.format(points=points(notebook.points)),
        middle_text=texts.STANDING_MIDDLE.format(points=points(middle)),
        half_text=texts.STANDING_HALF.format(low=points(low), high=points(high)),
        said=who.format(len(scores), count=len(scores)),
    )


def _place(value: float, maximum: float) -> float:
    return round(min(1.0, max(0.0, value / maximum)) * _WIDTH, 1)


@lru_cache(maxsize=32)  # the same on every page of a class
def _outline(scores: tuple[float, ...], maximum: float) -> str:
    """Return the outline as a path: a kernel density estimate, its mass outside of the scale folded back.

    Smoothed with a normal kernel (Silverman, Density Estimation, 1986, section 2.10 for the folding), so that
    one student more or less is a swelling and no step.
    """
    spots = [i / _STEPS for i in range(_STEPS + 1)]
    shares = [score / maximum for score in scores]
    heights = [
        sum(_kernel(spot - at) for share in shares for at in (share, -share, 2 - share)) for spot in spots
    ]
    top = max(heights)
    line = " ".join(
        f"L{round(spot * _WIDTH, 1):g} {round(_HEIGHT * (1 - height / top), 1):g}"
        for spot, height in zip(spots, heights, strict=True)
    )
    return f"M0 {_HEIGHT:g} {line} L{_WIDTH:g} {_HEIGHT:g}Z"


def _kernel(distance: float) -> float:
    return math.exp(-0.5 * (distance / _SMOOTH) ** 2)
