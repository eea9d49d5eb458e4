"""Grading on arrival: graded once, soon, by the server's clock, and the student is told."""

from __future__ import annotations

import time

from graders.batch.ledger import Ledger
from graders.gradebook import read_points


def test_what_arrives_is_graded_and_the_feedback_lies_where_nbgrader_fetches_it(room):
    good, bad = room.submit("ada"), room.submit("bob", {"mean": "def mean(v): return 2.5"})
    room.watch()
    assert sorted(room.states()) == [("ada", "ready", 8), ("bob", "ready", 4)]
    assert read_points(room.course, room.tiny.first, "ada").score == 8
    assert "mean refuses no values" in room.feedback(bad)
    assert room.feedback(good) and room.feedback(good) != room.feedback(bad)
    assert (room.course.folder("feedback") / "bob" / room.tiny.first / "ch01_numbers.html").is_file()


def test_nothing_is_graded_a_second_time_by_the_next_watcher(room):
    room.submit("ada")
    room.watch()
    room.watch()
    ledger = Ledger.of(room.course)
    assert len(ledger.history(room.tiny.first, "ada")) == 1
    ledger.close()


def test_the_time_of_receipt_is_the_servers_whatever_the_hand_in_says(room):
    folder = room.submit("ada", claims="2001-01-01 00:00:00.000000 UTC")
    import os

    os.utime(folder, (0, 0))
    before = time.time()
    room.watch()
    (arrival,) = room.arrivals()
    assert before - 10 < arrival.received_at < time.time()
    stamp = (room.course.folder("submitted") / "ada" / room.tiny.first / "timestamp.txt").read_text()
    assert not stamp.startswith("2001")
