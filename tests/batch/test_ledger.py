"""The ledger: the first valid result of a key counts, nothing is lost, and its errors say what to do."""

import dataclasses
import os
import signal
import subprocess
import sys

import pytest

from graders.batch.ledger import Ledger
from graders.errors import LedgerError
from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

PARTS = {"answers": "a", "bundle": "b", "settings": "c"}
# A supervisor that is killed right after its second commit.
KILLED = """
import os, signal, sys
from graders.batch.ledger import Ledger
from graders.results import Outcome, SubmissionResult
ledger = Ledger(sys.argv[1])
for name in ("ada", "bob"):
    ledger.add(name, {}, SubmissionResult("c", "ch01", name, Outcome.PASSED))
os.kill(os.getpid(), signal.SIGKILL)
"""


def _result(points=1.0, outcome=Outcome.PASSED, student="ada"):
    record = Record("c#1", "It works — ✓", outcome, points, 2.0, staff="x", metrics={"ratio": 0.1})
    cell = CellResult(
        "c", "code", Role.CHECKS, "assert", outcome=outcome, points=points, max_points=2.0, records=(record,)
    )
    return SubmissionResult("c", "ch01", student, outcome, (NotebookResult("ch01", outcome, (cell,)),))


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def ledger(url):
    made = Ledger(url)
    yield made
    made.close()


def test_a_result_comes_back_as_it_was(ledger):
    ledger.add("key", PARTS, _result())
    assert ledger.find("key") == _result()
    assert ledger.find("other") is None


def test_the_first_valid_result_of_a_key_counts(ledger):
    ledger.add("key", PARTS, _result(None, Outcome.UNGRADABLE))
    assert ledger.find("key") is None
    ledger.add("key", PARTS, _result(1.0))
    ledger.add("key", PARTS, _result(2.0))
    assert ledger.find("key").points == 1.0


def test_the_latest_run_of_a_student_is_the_newest_one(ledger):
    assert ledger.latest("ch01", "ada") is None
    for key, points in (("one", 1.0), ("two", 2.0)):
        ledger.add(key, PARTS, _result(points))
    ledger.add("three", PARTS, _result(0.0, student="bob"))
    entry = ledger.latest("ch01", "ada")
    assert (entry.key, entry.result.points) == ("two", 2.0)
    assert entry.finished_at.startswith("20")
    assert ledger.latest("ch02", "ada") is None


def test_names_of_any_script_and_long_texts_are_kept(ledger):
    result = dataclasses.replace(_result(student='Zoë O\'Neil "x"; DROP TABLE runs'), staff="漢" * 100_000)
    ledger.add("key", PARTS, result)
    assert ledger.latest("ch01", result.student).result == result


def test_what_was_committed_survives_a_kill(url):
    done = subprocess.run([sys.executable, "-c", KILLED, url])
    assert done.returncode == -signal.SIGKILL
    again = Ledger(url)
    assert again.find("ada") and again.find("bob")
    again.close()


def test_a_reader_reads_while_a_writer_writes(url, ledger):
    reader = Ledger(url)
    for number in range(20):
        ledger.add(str(number), PARTS, _result())
        assert reader.find(str(number)) is not None
    reader.close()


def test_what_is_no_database_is_a_ledger_error_that_names_the_place(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(LedgerError, match=r"ledger\.db") as caught:
        Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    assert "disk space" in caught.value.hint


def test_a_folder_that_is_not_there_is_a_ledger_error(tmp_path):
    with pytest.raises(LedgerError, match="cannot be used"):
        Ledger(f"sqlite:///{tmp_path / 'nowhere' / 'ledger.db'}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_a_ledger_error_and_keeps_what_was_there(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "small", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount")
    try:
        ledger = Ledger(f"sqlite:///{disk / 'ledger.db'}")
        ledger.add("first", PARTS, _result())
        big = dataclasses.replace(_result(), staff="x" * 2**20)
        with pytest.raises(LedgerError, match="full"):
            ledger.add("second", PARTS, big)
        assert ledger.find("first") == _result()
        assert ledger.find("second") is None
        ledger.add("third", PARTS, _result())
        ledger.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
