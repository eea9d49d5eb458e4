"""Every attack is graded beside an honest neighbour: nothing gained, nothing learned, nobody disturbed."""

from __future__ import annotations

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

    result = attack.result
    assert result.points is not None, f"it made itself ungradable: {result.staff}{_staff(attack)}"
    assert result.points <= (blank.result.points or 0), [r for r in attack.records.values() if r.points]
    assert harness.leaks(attack.json) == [], "hidden things in the result"
    assert harness.leaks(attack.html) == [], "hidden things on the page"
    assert harness.active_parts(attack.html) == []
    assert len(attack.json) < 3_000_000
    assert attack.grown_mb < 400, "it filled the memory of the worker"
    assert harness.verdict(neighbour.result) == harness.verdict(alone.result)
    assert victim.left_behind(before) == []
    assert not case.outcomes or result.outcome.value in case.outcomes
    case.observe(attack)


def _staff(graded: harness.Graded) -> str:
    return "; ".join(r.staff for r in graded.records.values() if r.outcome.value == "ungradable")[:1500]
