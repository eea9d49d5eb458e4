"""GPU slots of one machine: nobody shares one, nobody waits for what is free, nobody waits for ever."""

from collections import Counter, deque
from dataclasses import replace

import pytest

from graders.batch.engine import run_all
from graders.batch.slots import Slots
from graders.batch.work import find_work
from graders.course import Chapter


@pytest.fixture
def works(tiny_course):
    """Three submissions that need no GPU, one, and two."""
    for student in ("ada", "bob", "eve"):
        tiny_course.hand_in(student)
    found = list(find_work(tiny_course.course, [tiny_course.first]))
    return [replace(work, gpus=number) for number, work in enumerate(found)]


def test_a_slot_belongs_to_one_submission_until_it_is_given_back(works):
    slots = Slots(lambda: ("0", "1", "2"))
    one, two = slots.take(works[1]), slots.take(works[2])
    assert Counter(one.job.gpus + two.job.gpus) == {"0": 1, "1": 1, "2": 1}
    assert slots.first(deque([(works[1], 1)])) is None
    assert slots.give_back(one).job.gpus == ()
    assert slots.take(works[1]).job.gpus == one.job.gpus
    assert slots.take(works[0]).job.gpus == ()


def test_who_needs_no_gpu_passes_who_waits_for_one(works):
    slots = Slots(lambda: ("0", "1"))
    slots.take(works[1])
    assert slots.first(deque([(works[2], 1), (works[0], 1)])) == 1


def test_the_course_may_name_the_slots(works):
    def look():
        raise AssertionError("nobody asked")

    assert Slots(look).take(replace(works[1], gpu_slots=("MIG-a",))).job.gpus == ("MIG-a",)


def test_a_chapter_may_need_more_than_the_course_says(tiny_course):
    course = tiny_course.course.model_copy(
        update={"gpus": 1, "chapters": {tiny_course.first: Chapter(gpus=2), "ch09": Chapter(gpus=0)}}
    )
    assert [course.gpus_of(name) for name in (tiny_course.first, tiny_course.second, "ch09")] == [2, 1, 0]


def test_a_machine_with_too_few_gpus_says_so_and_grades_the_others(tiny_course, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob")
    ada, bob = find_work(tiny_course.course, [tiny_course.first])
    results = {work.job.student: r for work, r in run_all([replace(ada, gpus=2), bob], 1)}
    assert results["ada"].outcome == "ungradable"
    assert "1 GPUs" in results["ada"].staff and "needs 2" in results["ada"].staff
    assert results["bob"].outcome == "passed"
