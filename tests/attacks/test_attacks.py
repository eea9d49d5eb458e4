"""Every attack is graded beside an honest neighbour: nothing gained, nothing learned, nobody disturbed."""

from __future__ import annotations

from collections.abc import Iterator

import attack_harness as harness
import pytest


def test_honest_work_is_worth_all_points(alone: harness.Graded) -> None:
    assert alone.result.points == alone.result.max_points == 12
    assert not harness.leaks(alone.json, alone.html)


def test_not_attempting_is_worth_nothing(blank: harness.Graded) -> None:
    assert blank.result.points == 0


@pytest.mark.parametrize("name", harness.case_names())
def test_attack(name: str, victim: harness.Victim, alone: harness.Graded, blank: harness.Graded) -> None:
    case = harness.load_case(name)
    victim.hand_in(name, case)
    before = victim.traces()
    beside = victim.submit(victim.job("neighbour", harness.PATIENT))
    attack = victim.graded(victim.submit(victim.job(name, case.limits)))
    neighbour = victim.graded(beside)

    problems = list(_problems(case, attack, blank)) + [f"left behind: {x}" for x in victim.left_behind(before)]
    if harness.verdict(neighbour.result) != harness.verdict(alone.result):
        problems.append(f"the neighbour was disturbed: {neighbour.result.outcome} {neighbour.result.staff}")
    assert problems == []
    case.observe(attack)


def _problems(case: harness.Case, attack: harness.Graded, blank: harness.Graded) -> Iterator[str]:
    """What is wrong with a graded attack, in sentences."""
    result = attack.result
    if result.points is None:
        yield f"it made itself ungradable: {result.staff or _staff(attack)}"
    elif result.points > (blank.result.points or 0):
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
