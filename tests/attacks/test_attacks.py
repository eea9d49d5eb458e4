"""Every attack is graded beside an honest neighbour: nothing gained, nothing learned, nobody disturbed."""

from __future__ import annotations

from collections.abc import Iterator

import attack_harness as harness
import pytest

STARTING = 15.0  # seconds to start kernels and judges anew and run cells again, on an idle machine


def test_honest_work_is_worth_all_points(alone: harness.Graded) -> None:
    assert alone.result.points == alone.result.max_points == 12
    assert not harness.leaks(alone.json, alone.html)


@pytest.mark.parametrize("chapter", harness.CHAPTERS)
def test_honest_work_beside_nobody_is_worth_all_points(chapter: str, victim: harness.Victim) -> None:
    victim.hand_in("honest", honest=True, chapter=chapter)
    result = victim.grade("honest", harness.PATIENT, chapter=chapter).result
    assert result.points == result.max_points == 12


def test_not_attempting_is_worth_nothing(blanks: dict[str, harness.Graded]) -> None:
    assert [blank.result.points for blank in blanks.values()] == [0, 0]


@pytest.mark.parametrize("name", harness.case_names())
def test_attack(
    name: str, victim: harness.Victim, alone: harness.Graded, blanks: dict[str, harness.Graded]
) -> None:
    case = harness.load_case(name)
    victim.hand_in(name, case)
    before = victim.traces()
    beside = victim.submit(victim.job("neighbour", harness.PATIENT))
    attack = victim.graded(victim.submit(victim.job(name, case.limits, chapter=case.chapter)))
    neighbour = victim.graded(beside)

    problems = list(_problems(case, attack, blanks[case.chapter])) + [
        f"left behind: {x}" for x in victim.left_behind(before)
    ]
    slowed = max(1.0, neighbour.seconds / alone.seconds)
    if attack.seconds > (most := _most_seconds(case, slowed)):
        problems.append(f"it took {attack.seconds:.0f} s, and may take {most:.0f} s")
    if harness.verdict(neighbour.result) != harness.verdict(alone.result):
        problems.append(f"the neighbour was disturbed: {neighbour.result.outcome} {neighbour.result.staff}")
    assert problems == []
    case.observe(attack)


def _most_seconds(case: harness.Case, slowed: float) -> float:
    """Its own time limit and what comes on top: one more cell, kernels that start, at the speed of today.

    How busy the machine is shows in the neighbour, who was graded at the same time.
    """
    limits = {**harness.LIMITS, **case.limits}
    return limits["submission_seconds"] + limits["cell_seconds"] + STARTING * slowed


def _problems(case: harness.Case, attack: harness.Graded, blank: harness.Graded) -> Iterator[str]:
    """What is wrong with a graded attack, in sentences."""
    result = attack.result
    if result.points is None:
        yield f"it made itself ungradable: {result.staff or _staff(attack)}"
    elif result.points > (blank.result.points or 0) + case.points:
        yield f"it gained points: {[(r.name, r.points) for r in attack.records.values() if r.points]}"
    yield from (f"hidden in the result: {found}" for found in harness.leaks(attack.json))
    yield from (f"hidden on the page: {found}" for found in harness.leaks(attack.html))
    yield from (f"active on the page: {found}" for found in harness.active_parts(attack.html))
    if len(attack.json) > harness.MAX_JSON:
        yield f"the result has {len(attack.json)} characters"
    if attack.grown_mb > harness.MAX_GROWTH_MB:
        yield f"the worker grew by {attack.grown_mb:.0f} MB"
    if attack.judge_mb > harness.MAX_JUDGE_MB:
        yield f"the judge grew to {attack.judge_mb:.0f} MB"
    if case.outcomes and result.outcome.value not in case.outcomes:
        yield f"it ended {result.outcome.value}, not {' or '.join(case.outcomes)}"


def _staff(graded: harness.Graded) -> str:
    return "; ".join(r.staff for r in graded.records.values() if r.outcome.value == "ungradable")[:1500]
