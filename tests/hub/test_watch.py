"""Grading on arrival: graded once, soon, by the server's clock, and the student is told."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time

import pytest
from nbgrader.api import Gradebook as Database

from graders.batch.autograde import only_one
from graders.batch.ledger import Ledger
from graders.gradebook import read_points
from graders.hub.watch import watch


def test_what_arrives_is_graded_and_the_feedback_lies_where_nbgrader_fetches_it(room):
    good, bad = room.submit("ada"), room.submit("bob", {"mean": "def mean(v): return 2.5"})
    room.watch()
    assert sorted(room.states()) == [("ada", "ready", 8), ("bob", "ready", 4)]
    assert read_points(room.course, room.tiny.first, "ada").score == 8
    assert "mean refuses no values" in room.feedback(bad)
    assert room.feedback(good) and room.feedback(good) != room.feedback(bad)
    assert (room.course.folder("feedback") / "bob" / room.tiny.first / "ch01_numbers.html").is_file()


def test_folders_may_stand_in_any_order_that_nbgrader_knows(room):
    room.configure(structure="{assignment_id}/{nbgrader_step}/{student_id}")
    root, chapter = room.course.root, room.tiny.first
    (root / chapter).mkdir()
    handed_in = room.submit("ada")
    (root / "source" / chapter).rename(root / chapter / "source")
    room.watch()
    assert room.states() == [("ada", "ready", 8)]
    assert (root / chapter / "submitted" / "ada" / f"{chapter}.ipynb").is_file()
    assert (root / chapter / "feedback" / "ada" / f"{chapter}.html").is_file()
    assert room.feedback(handed_in)
    assert not (root / "submitted").exists()


def test_nothing_is_graded_a_second_time_by_the_next_watcher(room):
    room.submit("ada")
    room.watch()
    room.watch()
    ledger = Ledger.of(room.course)
    assert len(ledger.history(room.tiny.first, "ada")) == 1
    ledger.close()


def test_the_time_of_receipt_is_the_servers_whatever_the_hand_in_says(room):
    folder = room.submit("ada", claims="2001-01-01 00:00:00.000000 UTC")
    os.utime(folder, (0, 0))
    before = time.time()
    room.watch()
    (arrival,) = room.arrivals()
    assert before - 10 < arrival.received_at < time.time()
    stamp = (room.course.folder("submitted") / "ada" / room.tiny.first / "timestamp.txt").read_text()
    assert not stamp.startswith("2001")


def test_a_late_hand_in_is_graded_and_penalised_by_when_it_was_received(room):
    room.configure(chapter={"due": "2020-01-01 00:00:00 UTC"})
    (room.course.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    room.submit("ada", claims="2019-12-31 23:00:00.000000 UTC")
    room.watch()
    points = read_points(room.course, room.tiny.first, "ada")
    assert (points.score, points.late_penalty) == (8, 8)


def test_the_last_attempt_counts_and_the_next_is_refused_with_a_reason(room):
    room.configure(attempts=2)
    for answers in (None, {"mean": "def mean(v): return 2.5"}):
        room.submit("ada", answers)
        room.watch()
    third = room.submit("ada")
    room.watch()
    assert room.states() == [("ada", "ready", 8), ("ada", "ready", 4), ("ada", "refused", None)]
    assert read_points(room.course, room.tiny.first, "ada").score == 4
    assert "all 2 attempts" in room.feedback(third)


def test_staff_may_let_in_what_was_refused(room):
    room.configure(attempts=1)
    room.submit("ada", {"mean": "def mean(v): return 2.5"})
    room.watch()
    room.submit("ada")
    room.watch()
    second = room.arrivals()[-1]
    ask(room, "accept", arrival=second.id)
    room.watch()
    assert room.states()[-1] == ("ada", "ready", 8)
    assert room.arrivals()[-1].received_at == second.received_at


def test_of_two_hand_ins_at_once_the_newer_is_graded_and_the_other_says_so(room):
    first = room.submit("ada", {"mean": "def mean(v): return 2.5"})
    time.sleep(0.05)
    room.submit("ada")
    room.watch()
    assert sorted(room.states()) == [("ada", "ready", 8), ("ada", "replaced", None)]
    assert "newer hand-in" in room.feedback(first)


@pytest.mark.parametrize(
    ("student", "chapter", "why"),
    [("mallory", "ch01_numbers", "not in the course"), ("ada", "ch99_nothing", "no chapter 'ch99_nothing'")],
)
def test_what_does_not_belong_here_is_refused_and_not_graded(room, student, chapter, why):
    place = room.submit(student)
    if chapter != room.tiny.first:
        place.rename(place.with_name(place.name.replace(room.tiny.first, chapter)))
    room.watch(members=lambda name: name != "mallory")
    ((_, state, points),) = room.states()
    assert (state, points) == ("refused", None)
    assert why in room.arrivals()[0].why
    assert not (room.course.folder("submitted") / student).exists()


def test_a_hand_in_under_anothers_name_is_refused_and_kept_under_ones_own(room):
    """In one inbound folder for all, the account that owns a hand-in says who made it."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    room.configure(layout="shared")
    folder = room.submit("daemon")
    daemon = pwd.getpwnam("nobody")
    for path in [folder, *folder.iterdir()]:
        os.chown(path, daemon.pw_uid, daemon.pw_gid)
    room.watch()
    assert room.states() == [("nobody", "refused", None)]
    assert "under another name ('daemon')" in room.arrivals()[0].why


def test_while_the_hub_does_not_say_who_is_in_the_course_hand_ins_wait(room):
    room.submit("ada")
    asked = []
    room.watch(until=lambda watcher: len(asked) > 2, members=lambda name: asked.append(name))
    assert room.states() == []
    room.watch()
    assert room.states() == [("ada", "ready", 8)]


def test_a_watcher_that_is_killed_twice_loses_nothing_and_grades_nobody_twice(room):
    names = [f"student{number}" for number in range(6)]
    for name in names:
        room.submit(name)
    for graded in (1, 3):
        process = start_watching(room)
        wait_until(lambda graded=graded: len([s for s in room.states() if s[1] == "ready"]) >= graded, room)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    room.watch()
    assert sorted(room.states()) == [(name, "ready", 8) for name in names]
    ledger = Ledger.of(room.course)
    assert {name: len(ledger.history(room.tiny.first, name)) for name in names} == dict.fromkeys(names, 1)
    assert {name: len(ledger.given(room.tiny.first, name)) for name in names} == dict.fromkeys(names, 1)
    ledger.close()


def test_a_result_that_was_kept_but_not_written_before_a_kill_is_written_and_not_graded_again(
    room, monkeypatch
):
    page = room.submit("ada")

    def killed(*_):
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr("graders.hub.publish.Publisher.publish", killed)
        with pytest.raises(SystemExit):
            room.watch()
    assert (room.states(), room.feedback(page)) == ([("ada", "grading", None)], "")
    room.said.clear()
    room.watch()
    assert (room.states(), bool(room.feedback(page))) == ([("ada", "ready", 8)], True)
    assert not any(line.startswith("grading") for line in room.said)


def test_staff_gets_work_graded_again_with_edited_tests_and_feedback_released_again(room):
    page = room.submit("ada")
    room.watch()
    source = next((room.course.folder("source") / room.tiny.first).glob("*.ipynb"))
    source.write_text(source.read_text().replace("works with one value", "works with a single value"))
    (room.exchange / "tiny" / "feedback" / "ada").rename(room.exchange / "away")
    ask(room, "regrade")
    room.watch()
    assert "a single value" in room.feedback(page)
    ledger = Ledger.of(room.course)
    assert len(ledger.history(room.tiny.first, "ada")) == 2
    ledger.close()
    with Database(room.course.database, "tiny") as book:
        book.find_comment("why", room.tiny.first, room.tiny.first, "ada").manual_comment = "Well said."
        book.db.commit()
    ask(room, "release", student="")
    room.watch()
    assert "Well said." in room.feedback(page)
    table = room.intake()
    assert {r.said for r in table.requests(done=True)} == {
        "passed, 8 of 8",
        "asked for each student",
        "released",
    }
    table.close()


def test_the_wait_for_another_supervisor_is_told(room):
    said = []
    with only_one(room.course), pytest.raises(KeyboardInterrupt):
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 3)
        watch(room.course, say=said.append)
    assert [line for line in said if "graded already" in line] == said


def ask(room, kind, *, student="ada", arrival=0):
    table = room.intake()
    table.ask(kind, student, room.tiny.first, "ines", time.time(), arrival)
    table.close()


def start_watching(room):
    command = [sys.executable, "-m", "graders", "watch", "--course", str(room.course.root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def wait_until(true, room, seconds=300):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, room.states()
        time.sleep(0.05)


@pytest.mark.parametrize("chapter", ["..", "x" * 180, "ch01\u202enumbers"], ids=["dots", "long", "turned"])
def test_a_hand_in_with_a_hostile_name_stops_nobody_else(room, chapter):
    room.inbound("eve").mkdir(parents=True)
    folder = room.inbound("eve") / f"eve+{chapter}+2026-01-01 00:00:00 UTC+abcdefgh"
    folder.mkdir()
    (folder / "submission_secret.txt").write_text("x")
    folder.chmod(0o777)
    room.submit("ada")
    room.watch()
    assert ("ada", "ready", 8) in room.states()
    assert not any(state == "ready" for student, state, _ in room.states() if student == "eve")


def test_a_failure_that_nobody_expected_keeps_to_its_hand_in(room, monkeypatch):
    from graders.hub import watch as module

    load = module.load_bundle

    def broken(course, chapter):
        if not asked:
            asked.append(chapter)
            raise RuntimeError("a bug")
        return load(course, chapter)

    asked: list[str] = []
    monkeypatch.setattr(module, "load_bundle", broken)
    room.submit("ada")
    room.submit("bob")
    room.watch()
    assert sorted(state for _, state, _ in room.states()) == ["ready", "refused"]
    assert [a.why for a in room.arrivals() if a.why] == [
        "Not graded, for a fault of ours. Tell your instructor, who can have it graded all the same."
    ]
