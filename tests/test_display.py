"""What a run shows: a live line on a terminal, plain lines in a log, one JSON object per event for programs."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from graders.display import Display
from graders.gradebook import read_points
from graders.notebooks import source
from graders.progress import plain
from graders.results import Outcome, SubmissionResult

SLOW = "import time; time.sleep(2)\ndef mean(v): return 2.5"
# What is over within half a second need not be seen on a terminal.
RIGHT = """import time; time.sleep(1.5)
def mean(values):
    if len(values) == 0:
        raise ValueError("no values")
    return values.sum() / len(values)
"""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def klass(tiny_course):
    tiny_course.hand_in("ada", {"mean": RIGHT})
    tiny_course.hand_in("bob", {"mean": SLOW})
    return tiny_course


def command(tiny, *arguments, name="autograde"):
    return [
        sys.executable,
        "-m",
        "graders",
        name,
        "ch01",
        "-j1",
        *arguments,
        "--course",
        tiny.course.root,
    ]


def run(tiny, *arguments):
    return subprocess.run(command(tiny, *arguments), capture_output=True, text=True, stdin=subprocess.DEVNULL)


def on_terminal(tiny, *arguments, answer="", name="autograde"):
    """Run with a terminal; returns the exit code and what was shown on it, without colours and cursor moves."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color"}
    env.pop("COLUMNS", None)
    with subprocess.Popen(
        command(tiny, *arguments, name=name), stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, env=env
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
                if answer and "[y/N]" in ESCAPE.sub("", shown.decode(errors="replace")):
                    os.write(ours, answer.encode())
                    answer = ""
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
    os.close(ours)
    return process.returncode, ESCAPE.sub("", shown.decode())


def edit(tiny):
    path = source.text_path(tiny.course, tiny.first)
    path.write_text(
        path.read_text().replace('checks="squares_test" points=3', 'checks="squares_test" points=5')
    )
    source.build(tiny.course, tiny.first)


def score(tiny, student="ada"):
    return read_points(tiny.course, tiny.first, student).score


# -- for programs ---------------------------------------------------------------------------------


def test_json_is_one_object_per_event_and_nothing_else(klass):
    done = run(klass, "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    told = [event["event"] for event in events]  # the next one may start before the last one is written
    assert (told[0], told[-1]) == ("planned", "done")
    for name in ("ada", "bob"):
        assert [event["event"] for event in events if event.get("student") == name] == ["started", "finished"]
    assert events[0] == {"event": "planned", "total": 2, "known": 0}
    assert events[1] == {"event": "started", "student": "ada", "chapter": klass.first}
    finished = {event["student"]: event for event in events if event["event"] == "finished"}
    told = {name: (e["outcome"], e["points"], e["max_points"]) for name, e in finished.items()}
    assert told == {"ada": ("passed", 8, 8), "bob": ("failed", 4, 8)}
    assert finished["bob"]["seconds"] >= 2 and "mean works with other values" in finished["bob"]["why"]
    assert {name: events[-1][name] for name in ("graded", "known", "held_back", "problems")} == {
        "graded": 2,
        "known": 0,
        "held_back": 0,
        "problems": 0,
    }
    edit(klass)
    events = [json.loads(line) for line in run(klass, "--json", "--student", "ada").stdout.splitlines()]
    assert {**events[-2]} == {
        "event": "change",
        "student": "ada",
        "chapter": klass.first,
        "before": 8,
        "after": 10,
        "max_points": 10,
        "replaced": False,
    }
    assert events[-1]["held_back"] == 1
    events = [json.loads(line) for line in run(klass, "--json", "--yes").stdout.splitlines()]
    assert [event["event"] for event in events][-4:] == ["change", "change", "known", "done"]
    assert all(event["replaced"] for event in events if event["event"] == "change")


# -- in a log -------------------------------------------------------------------------------------


def test_a_log_gets_plain_lines(klass):
    done = run(klass)
    lines = done.stderr.splitlines()  # on a busy machine there may be others between the first and the last
    assert lines[0] == "2 to grade, 0 known."
    assert re.fullmatch(r"2/2 graded, \d+\.\d/s, 1 failed 1 passed", lines[-1])
    assert "\x1b" not in done.stdout + done.stderr
    assert "2 graded, 0 unchanged" in done.stdout
    assert run(klass).stderr == "0 to grade, 2 known.\n"


def test_a_log_says_every_ten_seconds_how_far_it_is(monkeypatch, capsys):
    """The clock is ours: forty submissions, one each second, two at a time."""
    now = [100.0]
    monkeypatch.setattr("graders.progress.time.monotonic", lambda: now[0])
    with Display() as display:
        hooks = display.hooks()
        hooks.planned(40, 5)
        hooks.started("slow", "ch04")
        for number in range(25):
            hooks.started(f"s{number}", "ch04")
            now[0] += 1
            hooks.finished(SubmissionResult("c", "ch04", f"s{number}", Outcome.PASSED))
    assert capsys.readouterr().err.splitlines() == [
        "40 to grade, 5 known.",
        "11/40 graded, 1.0/s, about 29 s left, 11 passed, slow, ch04 (11 s)",
        "22/40 graded, 1.0/s, about 18 s left, 22 passed, slow, ch04 (22 s)",
    ]


# -- on a terminal --------------------------------------------------------------------------------


def test_a_terminal_shows_how_far_how_fast_what_came_out_and_who_takes_longest(klass):
    code, shown = on_terminal(klass)
    assert code == 0, shown
    assert "2 to grade, 0 known." in shown
    lines = re.split(r"[\r\n]+", shown)
    assert any("0/2" in line and "ada, ch01_numbers" in line for line in lines)
    half = [line for line in lines if "1/2" in line and "bob, ch01_numbers" in line]
    assert any(re.search(r"1/2 +\d+\.\d/s +(\d+:\d\d:\d\d|-:--:--) +1 passed +bob", line) for line in half), (
        lines
    )
    assert any(re.search(r"bob, ch01_numbers \([1-9]\d* s\)", line) for line in half), half


def test_verify_shows_on_a_terminal_how_far_it_is(tiny_course):
    code, shown = on_terminal(tiny_course, name="verify")
    assert code == 0, shown
    assert re.search(r"0/4 .* reference, ch01_numbers", shown), shown
    assert re.search(r"[1-3]/4 +\d+\.\d/s", shown), shown


@pytest.mark.parametrize(("answer", "code", "points"), [("n\n", 1, 8), ("y\n", 0, 10), ("\x04", 1, 8)])
def test_a_terminal_is_asked_before_scores_are_replaced(tiny_course, answer, code, points):
    tiny_course.hand_in("ada")
    run(tiny_course)
    edit(tiny_course)
    ended, shown = on_terminal(tiny_course, answer=answer)
    assert "8/8" in shown and "10/10" in shown and "squares_test" in shown and "3/3 → 5/5" in shown
    assert "Replace them? [y/N]" in shown
    assert (ended, score(tiny_course)) == (code, points), shown


def test_a_name_cannot_write_over_the_terminal():
    assert plain("ada\x1b[2J\x9b[31m\u202egnp.exe") == "ada\\[2J\\[31mgnp.exe"
