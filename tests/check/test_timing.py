"""Time budgets: judged on the median of paired ratios, again when it is close, never on a noisy machine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders import check
from graders.check.session import RECORDER, Spent
from graders.errors import JudgeError
from graders.results import Outcome


class Clock:
    """A stopwatch that reads given times: one of the student's and one of the reference's per call."""

    def __init__(self, *times, wall=None, after=(0.0, 0.0), usual="cpu"):
        self.times = list(times)
        self.calls = []
        self.rivals = []
        self.wall = wall
        self.after = after
        self.usual = usual
        self.synchronised = []

    def first_seed(self, asked):
        return 0

    def usual_clock(self):
        return self.usual

    def since(self):
        return tuple(Spent(seconds, seconds) for seconds in self.after)

    def student(self, func, args, *, synchronise=False):
        self.calls.append(args)
        self.synchronised.append(synchronise)
        seconds, _ = self.times[0]
        return Spent(seconds, self.wall or seconds), func(*args)

    def reference(self, func, args, using=(), *, synchronise=False):
        self.calls.append(args)
        self.synchronised.append(synchronise)
        self.rivals.append((func, using))
        _, seconds = self.times.pop(0)
        return Spent(seconds, seconds), args


class Book:
    """Keeps the verdicts of checks, and has a stopwatch."""

    def __init__(self, stopwatch):
        self.stopwatch = stopwatch
        self.verdicts = []

    def report(self, asked, hint, verdict):
        self.verdicts.append(verdict)


def timed(stopwatch, func=lambda *args: args, make=check.faster, **options):
    book = Book(stopwatch)
    token = RECORDER.set(book)
    try:
        settings = {"inputs": lambda seed: (seed,), "times": 2.0, "repeats": 3, **options}
        make("It is fast", func, **settings)
    finally:
        RECORDER.reset(token)
    return book.verdicts[0]


WARM_UP = (9.0, 0.1)


def test_in_a_notebook_nothing_is_measured(capsys):
    check.faster("It is fast", None, inputs=None, times=2.0)
    assert capsys.readouterr().out == "· It is fast (measured when your work is graded)\n"


@pytest.mark.parametrize(("seconds", "passed"), [(0.1, True), (0.15, True), (0.27, False), (1.0, False)])
def test_clear_cases_are_decided_by_most_of_one_round(seconds, passed):
    clock = Clock(WARM_UP, *[(seconds, 0.1)] * 2)
    verdict = timed(clock)
    assert verdict.passed is passed
    assert verdict.metrics["ratio"] == pytest.approx(seconds / 0.1)
    assert verdict.metrics["rounds"] == 1
    assert verdict.required == "at most 2 times the time of the reference"
    assert clock.times == []


@given(seconds=st.lists(st.sampled_from([0.05, 0.15, 0.16, 0.19, 0.25, 0.27, 1.0]), min_size=18, max_size=18))
def test_to_leave_out_the_rest_of_a_clear_round_changes_no_verdict(seconds):
    rounds = [sorted(seconds[start + 1 : start + 6]) for start in (0, 6, 12)]
    ratios = [values[2] / 0.1 for values in rounds]
    clear = next((n for n, ratio in enumerate(ratios) if not 2 / 1.3 < ratio < 2 * 1.3), 2)
    clock = Clock()
    clock.times = _Rounds(seconds)
    assert timed(clock, repeats=5, inputs=clock.times.at).passed is (min(ratios[: clear + 1]) <= 2)


class _Rounds(list):
    """The times of three rounds of six calls, by the seed of the call, whichever calls are left out."""

    def at(self, seed):
        self.next = seed // 1000 * 6 + seed % 1000
        return (seed,)

    def __getitem__(self, index):
        return super().__getitem__(self.next), 0.1

    def pop(self, index=0):
        return self[index]


def test_a_result_that_is_not_right_ends_the_race():
    clock = Clock(*[(0.1, 0.1)] * 4)
    assert not timed(clock, lambda seed: -1, agrees=lambda result, args: result == args[0]).passed
    assert len(clock.calls) == 2


def test_one_slow_call_does_not_decide():
    assert timed(Clock(WARM_UP, (0.1, 0.1), (5.0, 0.1), (0.1, 0.1))).passed


def test_a_slow_machine_slows_both():
    assert timed(Clock(WARM_UP, (0.3, 0.3), (0.1, 0.1), (0.2, 0.2))).metrics["ratio"] == pytest.approx(1)


def test_a_close_case_is_measured_again_and_the_best_round_counts():
    clock = Clock(*[(0.22, 0.1)] * 4, *[(0.19, 0.1)] * 4, *[(0.25, 0.1)] * 4)
    verdict = timed(clock)
    assert verdict.passed
    assert verdict.metrics["rounds"] == 3
    assert verdict.metrics["ratio"] == pytest.approx(1.9)
    verdict = timed(Clock(*[(0.22, 0.1)] * 4, *[(0.6, 0.1)] * 4))
    assert verdict.metrics["rounds"] == 2
    assert not verdict.passed


def test_very_short_references_count_as_the_floor():
    assert timed(Clock(WARM_UP, *[(0.02, 0.0001)] * 3)).passed
    assert not timed(Clock(WARM_UP, *[(0.2, 0.0001)] * 3)).passed


def test_a_machine_too_noisy_to_judge_gives_no_verdict():
    noisy = [(0.1, 0.1), (0.1, 0.1), (0.1, 0.9), (0.1, 0.1)]
    verdict = timed(Clock(*noisy * 3))
    assert verdict.outcome is Outcome.UNGRADABLE
    assert not verdict.passed


def test_one_steady_round_is_enough():
    noisy = [(0.9, 0.1), (0.9, 0.1), (0.9, 0.9), (0.9, 0.1)]
    verdict = timed(Clock(*noisy, *[(0.1, 0.1)] * 4))
    assert verdict.outcome is None
    assert verdict.passed


def test_every_repeat_has_fresh_inputs_and_both_get_the_same():
    clock = Clock(*[(0.1, 0.1)] * 4)
    timed(clock)
    assert clock.calls[0::2] == clock.calls[1::2] == [(0,), (1,), (2,)]


def test_what_the_student_does_to_its_input_does_not_reach_the_reference():
    seen = []
    clock = Clock(*[(0.1, 0.1)] * 4)
    timed(
        clock,
        lambda values: values.fill(0),
        inputs=lambda seed: (np.ones(2),),
        agrees=lambda result, args: seen.append(args[0].tolist()) or True,
    )
    assert seen == [[1, 1]] * 3


def test_a_wrong_result_is_not_fast():
    verdict = timed(Clock(*[(0.1, 0.1)] * 4), lambda seed: -1, agrees=lambda result, args: result == args[0])
    assert (verdict.share, verdict.problem) == (0, "The result of the timed call is not right.")


def test_a_judge_without_a_stopwatch_says_so():
    with pytest.raises(Exception, match="no reference kernel"):
        timed(None)


def test_without_a_comparison_of_its_own_the_results_must_be_the_same():
    verdict = timed(Clock(*[(0.1, 0.1)] * 4), lambda seed: seed + 1)
    assert (verdict.share, verdict.problem) == (0, "The result of the timed call is not right.")


def test_work_that_is_put_off_until_after_the_answer_counts():
    assert timed(Clock(*[(0.1, 0.1)] * 4)).passed
    verdict = timed(Clock(*[(0.1, 0.1)] * 4, after=(0.9, 0.0)))
    assert not verdict.passed
    assert verdict.metrics["ratio"] == pytest.approx(10)


def test_what_comparing_costs_both_counts_for_both():
    assert timed(Clock(*[(0.1, 0.1)] * 4, after=(0.9, 0.9))).metrics["ratio"] == pytest.approx(1)


def test_waiting_for_somebody_else_to_work_is_not_fast():
    assert timed(Clock(*[(0.1, 0.1)] * 4, wall=0.5)).passed
    assert "waits" in timed(Clock(*[(0.1, 0.1)] * 4, wall=5.0)).problem


def test_seeds_are_counted_from_where_nobody_knows():
    clock = Clock(*[(0.1, 0.1)] * 4)
    clock.first_seed = lambda asked: 7000
    timed(clock)
    assert clock.calls[0] == (7000,)


# -- which clock ----------------------------------------------------------------------------------


def test_cpu_time_decides_unless_wall_time_is_asked_for():
    assert timed(Clock(*[(0.1, 0.1)] * 4, wall=0.5)).passed
    verdict = timed(Clock(*[(0.1, 0.1)] * 4, wall=0.5), clock="wall")
    assert not verdict.passed
    assert verdict.metrics["ratio"] == pytest.approx(5)
    assert verdict.required == "at most 2 times the wall time of the reference"


def test_where_the_reference_has_a_gpu_wall_time_decides_unless_cpu_time_is_asked_for():
    assert not timed(Clock(*[(0.1, 0.1)] * 4, wall=0.5, usual="wall")).passed
    assert timed(Clock(*[(0.1, 0.1)] * 4, wall=0.5, usual="wall"), clock="cpu").passed


@pytest.mark.parametrize("clock", ["cpu", "wall"])
def test_wall_time_ends_when_nothing_is_left_to_compute_for_both(clock):
    stopwatch = Clock(*[(0.1, 0.1)] * 4)
    timed(stopwatch, clock=clock)
    assert stopwatch.synchronised == [clock == "wall"] * 6


def test_where_wall_time_decides_nobody_is_said_to_wait():
    problems = [timed(Clock(*[(0.1, 0.1)] * 4, wall=9.0), clock=clock).problem for clock in ("cpu", "wall")]
    assert ["waits" in problem for problem in problems] == [True, False]


def test_a_clock_that_does_not_exist_is_named_in_the_notebook_too():
    with pytest.raises(JudgeError, match="no clock 'gpu'"):
        check.faster("It is fast", None, inputs=None, times=2.0, clock="gpu")


# -- against a baseline, and whole computations ---------------------------------------------------


def plain(seed):
    return seed


def test_a_baseline_takes_the_place_of_the_reference():
    clock = Clock(*[(0.1, 0.3)] * 4)
    verdict = timed(clock, make=check.within, baseline=plain, times=0.5)
    assert verdict.passed
    assert verdict.required == "at most 0.5 times the time of the baseline"
    assert {func for func, _ in clock.rivals} == {plain}
    assert not timed(Clock(*[(0.25, 0.3)] * 4), make=check.within, baseline=plain, times=0.5).passed


def test_a_whole_computation_gets_the_students_functions_and_the_references():
    seen = []
    clock = Clock(*[(0.1, 0.1)] * 4)

    def whole(fit, predict, seed):
        seen.append((fit, predict, seed))

    assert timed(clock, whole, make=check.within, using=(min, max), agrees=lambda a, b: True).passed
    assert seen == [(min, max, seed) for seed in range(3)]
    assert clock.rivals == [(whole, (min, max))] * 3


def test_a_whole_computation_against_a_baseline_gives_that_no_functions():
    clock = Clock(*[(0.1, 0.3)] * 4)
    same = {"agrees": lambda a, b: True, "baseline": plain}
    timed(clock, lambda fit, seed: None, make=check.within, using=(min,), **same)
    assert clock.rivals == [(plain, ())] * 3
