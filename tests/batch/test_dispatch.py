"""Which submission runs where: nothing twice, nothing lost, and only who is to blame is blamed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.simulated_cluster import Simulation, World, check
from graders.batch.dispatch import KNOWN_TIMES, Dispatch, Site, Task


def tasks(count, **options):
    return [Task(number, "ch01", **options) for number in range(count)]


def numbers(runs):
    return [run.task.number for run in runs]


def test_every_lane_gets_one_task_at_a_time():
    dispatch = Dispatch(tasks(5))
    dispatch.join(Site("a", lanes=2))
    dispatch.join(Site("b", lanes=1))
    began = list(dispatch.start(0.0))
    assert sorted((run.site, run.task.number) for run in began) == [("a", 0), ("a", 1), ("b", 2)]
    assert list(dispatch.start(1.0)) == []
    assert dispatch.finish(began[0], 2.0)
    assert [(run.site, run.task.number) for run in dispatch.start(2.0)] == [(began[0].site, 3)]
    assert dispatch.open == 4


def test_the_longest_are_started_first():
    dispatch = Dispatch([Task(0, cost=1.0), Task(1, cost=9.0), Task(2, cost=5.0)])
    dispatch.join(Site("a", lanes=2))
    assert numbers(dispatch.start(0.0)) == [1, 2]


def test_a_gpu_is_one_submissions_alone():
    dispatch = Dispatch(tasks(3, gpus=1))
    dispatch.join(Site("plain", lanes=4))
    dispatch.join(Site("gpus", lanes=4, gpus=("2", "5")))
    first, second = dispatch.start(0.0)
    assert (first.gpus, second.gpus, first.site) == (("2",), ("5",), "gpus")
    dispatch.finish(second, 1.0)
    (third,) = dispatch.start(1.0)
    assert third.gpus == ("5",)


def test_what_no_site_can_run_is_told_and_holds_nobody_up():
    dispatch = Dispatch([Task(0, gpus=2), Task(1), Task(2)])
    dispatch.join(Site("a", gpus=("0",)))
    (run,) = dispatch.start(0.0)
    assert run.task.number == 1
    assert numbers_of(dispatch.homeless()) == [0]
    dispatch.give_up(Task(0, gpus=2))
    dispatch.finish(run, 1.0)
    (last,) = dispatch.start(1.0)
    assert dispatch.finish(last, 2.0) and dispatch.open == 0


def numbers_of(found):
    return [task.number for task in found]


def test_memory_is_promised_once_and_a_first_one_always_starts():
    dispatch = Dispatch(tasks(3, memory_mb=600.0))
    dispatch.join(Site("a", lanes=3, memory_mb=1000.0))
    dispatch.join(Site("small", lanes=3, memory_mb=100.0))
    assert sorted(run.site for run in dispatch.start(0.0)) == ["a", "small"]


# -- what is lost ---------------------------------------------------------------------------------


def test_who_was_running_when_a_site_was_lost_runs_again_alone():
    dispatch = Dispatch(tasks(4))
    dispatch.join(Site("a", lanes=2))
    first = list(dispatch.start(0.0))
    assert numbers_of(dispatch.lose("a").again) == numbers(first) == [0, 1]
    dispatch.join(Site("b", lanes=2))
    (alone,) = dispatch.start(1.0)
    assert (alone.task.number, alone.alone) == (0, True)
    assert dispatch.finish(alone, 2.0)
    (alone,) = dispatch.start(2.0)
    assert (alone.task.number, alone.alone) == (1, True)
    dispatch.finish(alone, 3.0)
    assert numbers(dispatch.start(3.0)) == [2, 3]


def test_who_ended_two_sites_is_quarantined_and_nobody_else_is():
    dispatch = Dispatch(tasks(3))
    results = set()
    poisonous, lost = 1, 0
    while dispatch.open:
        if not dispatch.sites:
            dispatch.join(Site(f"site{lost}", lanes=3))
        began = list(dispatch.start(float(lost)))
        if poisonous in numbers(dispatch.running):
            ended = dispatch.lose(dispatch.sites[0])
            assert set(numbers_of(ended.quarantined)) <= {poisonous}
            lost += 1
            continue
        results |= {run.task.number for run in began if dispatch.finish(run, 1.0)}
    assert (results, lost) == ({0, 2}, 2)


def test_who_ran_beside_it_can_be_lost_once_more_without_blame():
    dispatch = Dispatch(tasks(2))
    dispatch.join(Site("a", lanes=2))
    list(dispatch.start(0.0))
    dispatch.lose("a")
    dispatch.join(Site("b"))
    assert numbers(dispatch.start(1.0)) == [0]
    assert numbers_of(dispatch.lose("b").quarantined) == [0]
    dispatch.join(Site("c"))
    assert numbers(dispatch.start(2.0)) == [1]
    assert dispatch.lose("c").quarantined == ()


def test_a_result_that_comes_after_its_site_was_lost_counts_once():
    dispatch = Dispatch(tasks(1))
    dispatch.join(Site("a"))
    (late,) = dispatch.start(0.0)
    dispatch.lose("a")
    dispatch.join(Site("b"))
    (other,) = dispatch.start(1.0)
    assert dispatch.finish(late, 2.0)
    assert not dispatch.finish(other, 3.0)
    assert dispatch.open == 0


def test_a_fault_of_the_machine_is_tried_elsewhere_and_not_for_ever():
    dispatch = Dispatch(tasks(1))
    for name in "ab":
        dispatch.join(Site(name))
    seen = []
    while dispatch.open:
        (run,) = dispatch.start(0.0)
        seen.append(run.site)
        counts = dispatch.finish(run, 1.0, again=True)
    assert seen[0] != seen[1] and len(seen) == 3
    assert counts, "the last fault is the result"


def test_what_takes_far_longer_than_its_like_runs_a_second_time_and_the_first_result_counts():
    dispatch = Dispatch(tasks(KNOWN_TIMES + 1))
    dispatch.join(Site("fast"))
    dispatch.join(Site("slow"))
    run, slow = sorted(dispatch.start(0.0), key=lambda run: run.site)
    for number in range(KNOWN_TIMES):
        assert run.task != slow.task, "as long as anything waits, nothing runs twice"
        assert dispatch.finish(run, number + 1.0)
        (run,) = dispatch.start(number + 1.0)
    assert (run.task, run.site) == (slow.task, "fast"), "it has been running for five times as long"
    assert list(dispatch.start(60.0)) == [], "two copies are enough"
    assert dispatch.finish(run, 61.0) and not dispatch.finish(slow, 62.0)


def ended(dispatch, runs, now):
    for run in runs:
        assert dispatch.finish(run, now)


def test_what_has_its_result_is_not_copied_again_though_its_slow_run_goes_on():
    dispatch = Dispatch(tasks(KNOWN_TIMES + 1))
    dispatch.join(Site("a", lanes=KNOWN_TIMES + 1))
    dispatch.join(Site("b", lanes=2))
    *others, slow = dispatch.start(0.0)
    ended(dispatch, others, 1.0)
    (copy,) = dispatch.start(9.0)
    ended(dispatch, [copy], 10.0)
    assert list(dispatch.start(60.0)) == []
    assert not dispatch.finish(slow, 61.0)


def test_how_long_its_like_takes_is_not_told_by_the_last_ones_that_ended():
    dispatch = Dispatch(tasks(301))
    dispatch.join(Site("a", lanes=301))
    dispatch.join(Site("b"))
    runs = sorted(dispatch.start(0.0), key=lambda run: run.task.number)
    ended(dispatch, runs[:200], 10.0)
    ended(dispatch, runs[200:300], 25.0)
    assert numbers(dispatch.start(31.0)) == [300]


def test_shortly_before_nothing_waits_a_few_of_many_lanes_are_for_second_copies():
    count, lanes = 200, 40
    dispatch = Dispatch(tasks(count))
    for name in "ab":
        dispatch.join(Site(name, lanes=lanes // 2))
    began = list(dispatch.start(0.0))
    slow, others, now, copied_at = began[:5], began[5:], 0.0, {}
    while dispatch.open > len(slow) and not copied_at:
        now += 10.0
        ended(dispatch, others, now)
        others = list(dispatch.start(now))
        copied_at = {run: now for run in others if run.task in {one.task for one in slow}}
    assert len(copied_at) == lanes // 20
    assert {run.task for run in others} - {one.task for one in slow}, "others still wait"
    assert dispatch.open - lanes <= 2 * lanes, "but not for more than twice as long as one takes"


def test_on_few_lanes_nothing_runs_twice_while_others_wait():
    dispatch = Dispatch(tasks(60))
    dispatch.join(Site("a", lanes=10))
    dispatch.join(Site("b", lanes=9))
    slow, *others = dispatch.start(0.0)
    for now in range(1, 60):
        ended(dispatch, others, float(now))
        others = list(dispatch.start(float(now)))
        if slow.task in [run.task for run in others]:
            break
    assert dispatch.open <= 19


# -- suspects -------------------------------------------------------------------------------------


def test_a_suspect_goes_to_the_site_that_is_empty_first():
    dispatch = Dispatch(tasks(5, cost=1.0))
    dispatch.join(Site("a", lanes=1))
    dispatch.join(Site("b", lanes=2))
    dispatch.join(Site("c", lanes=2))
    runs = {run.task.number: run for run in dispatch.start(0.0)}
    dispatch.lose("a")
    assert list(dispatch.start(1.0)) == [], "both others are full, one is kept for the suspect"
    kept = next(run for run in runs.values() if run.site == "b")
    ended(dispatch, [run for run in runs.values() if run.site == "c"], 2.0)
    (alone,) = dispatch.start(2.0)
    assert alone.alone and alone.site == "c" and kept in dispatch.running


def test_suspects_take_turns_on_few_sites_while_others_wait():
    dispatch = Dispatch(tasks(40))
    for name in "abcde":
        dispatch.join(Site(name, lanes=4))
    began = list(dispatch.start(0.0))
    assert len(dispatch.lose("a").again) == 4
    rest = [run for run in began if run.site != "a"]
    first_of_each = [next(run for run in rest if run.site == name) for name in "bcde"]
    ended(dispatch, first_of_each, 1.0)
    assert len({run.site for run in dispatch.start(1.0)}) == 3, "one site empties, three take what waits"


def test_a_suspect_that_takes_far_too_long_gets_a_copy_alone():
    dispatch = Dispatch(tasks(KNOWN_TIMES + 1))
    dispatch.join(Site("a", lanes=KNOWN_TIMES))
    dispatch.join(Site("b"))
    began = list(dispatch.start(0.0))
    ended(dispatch, [run for run in began if run.site == "a"], 1.0)
    dispatch.lose("b")
    (alone,) = dispatch.start(1.0)
    dispatch.join(Site("c", lanes=2))
    (copy,) = dispatch.start(9.0)
    assert alone.alone and copy.alone and (copy.task, copy.site) == (alone.task, "c")
    ended(dispatch, [copy], 10.0)


# -- all of it ------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(0, 4),
    st.floats(0, 0.3),
    st.integers(0, 10_000),
)
def test_whatever_is_lost_everybody_gets_one_result_and_no_slot_is_given_twice(
    count, sites, lanes, losses, rate, seed
):
    world = World(count, sites, lanes, min(2, sites), rate, rate, losses, min(1, count), seed)
    simulation = Simulation(world)
    seen = simulation.run()
    assert seen.double_booked == 0
    assert dict(seen.results) == dict.fromkeys(range(count), 1)
    assert seen.quarantined >= simulation.poison


def test_a_large_class_takes_hardly_longer_than_it_must():
    simulation = Simulation(World(tasks=6000, sites=24, gpu_sites=12, losses=1, poisonous=1))
    assert check(simulation, simulation.run()) == []
