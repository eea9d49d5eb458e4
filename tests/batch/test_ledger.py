"""The ledger: the first valid result of a key counts, nothing is lost, and its errors say what to do."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from graders.batch import rescue
from graders.batch.ledger import Counting, Ledger
from graders.course import Course
from graders.errors import LedgerError, UsageError
from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult, to_json

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


# -- on disk and on a server ----------------------------------------------------------------------


def test_a_sqlite_commit_is_on_the_disk_and_readers_do_not_wait(tmp_path, monkeypatch):
    """What the settings ask for is what the writing connection really has."""
    from sqlalchemy import event

    ledger, seen = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}"), set()

    def look(connection, cursor, statement, *more):
        if statement.startswith("INSERT"):
            found = [
                cursor.connection.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")
            ]
            seen.add(tuple(found))

    event.listen(ledger._engine, "before_cursor_execute", look)
    ledger.add("key", PARTS, _result())
    ledger.close()
    assert seen == {("wal", 2)}  # 2 is FULL


def test_opening_a_ledger_again_finds_what_was_kept(url):
    for number in range(2):
        ledger = Ledger(url)
        ledger.add(f"key{number}", PARTS, _result())
        ledger.close()
    again = Ledger(url)
    assert again.known_keys("ch01") == {"key0", "key1"}
    assert (again.students("ch01"), again.chapters()) == (["ada"], ["ch01"])
    again.close()


def test_what_the_gradebook_got_last_is_what_counts(ledger):
    first, second = ledger.add("one", PARTS, _result(1.0)), ledger.add("two", PARTS, _result(2.0))
    other = ledger.add("three", PARTS, _result(None, Outcome.UNGRADABLE, "bob"))
    assert ledger.counting("ch01") == {}
    for run, student in ((second, "ada"), (first, "ada"), (other, "bob")):
        ledger.give(run, "ch01", student)
    assert ledger.counting("ch01") == {
        "ada": Counting(first, "one", True),
        "bob": Counting(other, "three", False),
    }
    assert [(given.run, given.seen) for given in ledger.given("ch01", "ada")] == [
        (second, second),
        (first, second),
    ]
    ledger.add("four", PARTS, _result(3.0))
    assert ledger.counting("ch01")["ada"] == Counting(first, "one", True, settled=False)
    assert ledger.read(first).result.points == 1.0
    assert ledger.counting("ch02") == {}


def test_a_run_that_is_not_there_is_a_ledger_error(ledger):
    with pytest.raises(LedgerError, match="has no run 77"):
        ledger.read(77)


def test_order_does_not_come_from_the_clock(ledger, monkeypatch):
    """The clock is set back between runs: the first result stays the first, the newest the newest."""
    times = iter(["2031-01-01", "2030-01-01", "2020-01-01", "2010-01-01"])
    monkeypatch.setattr("graders.batch.ledger._now", lambda: next(times))
    first, second = ledger.add("key", PARTS, _result(1.0)), ledger.add("key", PARTS, _result(2.0))
    assert ledger.find("key").points == 1.0
    assert ledger.latest("ch01", "ada").result.points == 2.0
    assert [entry.run for entry in ledger.history("ch01", "ada")] == [first, second]
    for run in (first, second):
        ledger.give(run, "ch01", "ada")
    assert ledger.counting("ch01")["ada"].run == second


def test_opening_a_new_ledger_at_once_from_many_processes_makes_it_once(url):
    code = "import sys\nfrom graders.batch.ledger import Ledger\nLedger(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(3)]
    ended = [(process.communicate()[1].decode()[-300:], process.returncode) for process in running]
    assert ended == [("", 0)] * 3


# -- versions -------------------------------------------------------------------------------------

FIRST_VERSION = """
CREATE TABLE runs (
    id INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(64) NOT NULL, answers VARCHAR(64) NOT NULL,
    bundle VARCHAR(64) NOT NULL, settings VARCHAR(64) NOT NULL, chapter VARCHAR(200) NOT NULL,
    student VARCHAR(200) NOT NULL, outcome VARCHAR(20) NOT NULL, points FLOAT, max_points FLOAT NOT NULL,
    finished_at VARCHAR(40) NOT NULL, result TEXT NOT NULL
)
"""


def _execute(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement, *values in statements:
            connection.execute(text(statement), *values)
    engine.dispose()


def _old_row(number, student, points):
    values = (
        "key%d" % number,
        "a",
        "b",
        "c",
        "ch01",
        student,
        "passed",
        points,
        2.0,
        "2026-01-01T00:00:00+00:00",
    )
    names = "key answers bundle settings chapter student outcome points max_points finished_at".split()
    row = {
        **dict(zip(names, values, strict=True)),
        "id": number,
        "result": to_json(_result(points, student=student)),
    }
    return f"INSERT INTO runs ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row


@pytest.fixture
def old(url):
    """A ledger as the first version of the program made it, with three runs of two students."""
    rows = [_old_row(1, "ada", 1.0), _old_row(2, "bob", 0.0), _old_row(3, "ada", 2.0)]
    serial = "SERIAL" if url.startswith("postgresql") else "INTEGER"
    _execute(url, (FIRST_VERSION.replace("INTEGER", serial),), *rows)
    if serial == "SERIAL":
        _execute(url, ("SELECT setval('runs_id_seq', 3)",))
    return url


def test_a_ledger_of_the_first_version_is_upgraded_and_keeps_everything(old):
    for _ in range(2):  # the second time there is nothing left to do
        ledger = Ledger(old)
        assert [entry.result.points for entry in ledger.history("ch01", "ada")] == [1.0, 2.0]
        assert {name: found.run for name, found in ledger.counting("ch01").items()} == {"ada": 3, "bob": 2}
        assert [given.at[:10] for given in ledger.given("ch01", "ada")] == ["2026-01-01"]
        ledger.close()
    ledger = Ledger(old)
    assert ledger.add("new", PARTS, _result()) == 4
    ledger.close()


def test_a_ledger_of_before_secrets_were_known_takes_the_first_one(old):
    ledger = Ledger(old)
    assert ledger.secret() == ""
    ledger.keep_secret("f" * 64)
    ledger.close()
    again = Ledger(old)
    assert again.secret() == "f" * 64
    assert [entry.result.points for entry in again.history("ch01", "ada")] == [1.0, 2.0]
    again.close()


def test_an_upgrade_that_is_interrupted_is_made_the_next_time(old, monkeypatch):
    monkeypatch.setattr("graders.batch.schema._GIVEN_OF_FIRST", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(LedgerError, match="cannot be used"):
        Ledger(old)
    monkeypatch.undo()
    ledger = Ledger(old)
    assert sorted(ledger.counting("ch01")) == ["ada", "bob"]
    ledger.close()


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(url):
    Ledger(url).close()
    _execute(url, ("UPDATE about SET value = '99' WHERE name = 'version'",))
    for _ in range(2):
        with pytest.raises(LedgerError, match=r"newer version of this program \(its version is 99") as caught:
            Ledger(url)
    assert "nothing was changed" in caught.value.hint


def test_a_database_of_something_else_is_refused_and_left_alone(url):
    _execute(url, ("CREATE TABLE runs (id INTEGER, distance FLOAT)",))
    with pytest.raises(
        LedgerError, match="is no ledger of this program: its table `runs` has no column 'answers'"
    ):
        Ledger(url)
    with pytest.raises(LedgerError):
        Ledger(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "ledger_url cannot be used"),
        ("postgresql://ada:topsecret@/x?host=/nowhere", "cannot be used"),
        ("nosuchdatabase://x/y", "ledger_url cannot be used"),
    ],
)
def test_a_place_that_is_none_is_a_ledger_error_without_the_password(url, said):
    with pytest.raises(LedgerError, match=said) as caught:
        Ledger(url)
    assert "topsecret" not in str(caught.value)


# -- one course, one supervisor -------------------------------------------------------------------


def _course(tmp_path, url, name="stats"):
    return Course(id=name, ledger_url=url, root=tmp_path)


def test_a_ledger_by_url_is_of_one_course(tmp_path, url):
    for _ in range(2):
        Ledger.of(_course(tmp_path, url)).close()
    with pytest.raises(LedgerError, match="belongs to the course 'stats'") as caught:
        Ledger.of(_course(tmp_path, url, "maths"))
    assert "database of its own" in caught.value.hint


@pytest.fixture
def server(postgres, monkeypatch):
    monkeypatch.setattr("graders.batch.ledger._PATIENCE_SECONDS", 0.5)
    return postgres()


def test_only_one_machine_at_a_time_may_write_to_a_server(server):
    one, two = Ledger(server), Ledger(server)
    with one.exclusive("stats"):
        one.add("key", PARTS, _result())
        with (
            pytest.raises(UsageError, match="graded already, maybe on another machine"),
            two.exclusive("stats"),
        ):
            pass
        assert two.find("key") == _result()  # reading is free
        with two.exclusive("maths"):
            pass
        one.add("other", PARTS, _result())  # commits do not free the lock
        with pytest.raises(UsageError), two.exclusive("stats"):
            pass
    with two.exclusive("stats"):
        two.add("third", PARTS, _result())
    for ledger in (one, two):
        ledger.close()


def test_who_loses_the_connection_to_the_server_cannot_write_any_more(server):
    """Another machine may have taken over: no silent new connection without the lock."""
    one, two = Ledger(server), Ledger(server)
    with one.exclusive("stats"):
        one.add("key", PARTS, _result())
        _execute(server, ("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'",))
        with two.exclusive("stats"):
            for _ in range(3):
                with pytest.raises(LedgerError):
                    one.add("lost", PARTS, _result())
        assert two.find("lost") is None
    for ledger in (one, two):
        ledger.close()


def test_a_killed_supervisor_frees_the_server_for_the_next(server, monkeypatch):
    monkeypatch.setattr("graders.batch.ledger._PATIENCE_SECONDS", 20)
    code = "import sys, time\nfrom graders.batch.ledger import Ledger\nledger = Ledger(sys.argv[1])\n"
    code += "with ledger.exclusive('stats'):\n    print('locked', flush=True)\n    time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, server], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        process.kill()
    ledger = Ledger(server)
    with ledger.exclusive("stats"):
        ledger.add("key", PARTS, _result())
    ledger.close()


# -- damage ---------------------------------------------------------------------------------------


def _damage(path, page):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
    path.write_bytes(data)


@pytest.fixture
def filled(tmp_path):
    """A course whose ledger has forty runs of five students, all given."""
    course = Course(id="stats", root=tmp_path)
    ledger = Ledger.of(course)
    for number in range(40):
        result = dataclasses.replace(_result(student=f"s{number % 5}"), staff=f"{number} " * 100)
        ledger.give(ledger.add(f"key{number}", PARTS, result), "ch01", result.student)
    ledger.close()
    return course


def test_a_damaged_page_is_found_wherever_it_is_and_the_rest_is_kept(filled, tmp_path):
    whole = (tmp_path / "ledger.db").read_bytes()
    for page in range(0, len(whole) // 4096, 2):
        for path in tmp_path.glob("ledger.db*"):
            path.unlink()
        (tmp_path / "ledger.db").write_bytes(whole)
        _damage(tmp_path / "ledger.db", page)
        with pytest.raises(LedgerError, match=r"damaged|no database|not a database|malformed"):
            Ledger.of(filled)
        ledger = Ledger.of(filled, repair=True)
        assert "was damaged" in ledger.note
        kept = [e for n in range(5) for e in ledger.history("ch01", f"s{n}")]
        assert len(kept) >= 25 or page in (0, _root_of_runs(whole, tmp_path))
        assert {e.result.staff for e in kept} <= {f"{n} " * 100 for n in range(40)}
        ledger.add("new", PARTS, _result())
        ledger.close()
        assert (tmp_path / "ledger.db.damaged").exists()
        Ledger.of(filled).close()


def _root_of_runs(whole, tmp_path):
    """The page from which all rows are found; without it SQLite finds none."""
    copy = tmp_path / "whole.db"
    copy.write_bytes(whole)
    with sqlite3.connect(copy) as connection:
        return connection.execute("SELECT rootpage - 1 FROM sqlite_master WHERE name = 'runs'").fetchone()[0]


@pytest.mark.parametrize(("damaged", "kept"), [("runs", "f" * 64), ("about", "")])
def test_a_rescued_ledger_knows_its_secret_unless_that_was_damaged(filled, tmp_path, damaged, kept):
    path = tmp_path / "ledger.db"
    ledger = Ledger.of(filled)
    ledger.keep_secret("f" * 64)
    ledger.close()
    with sqlite3.connect(path) as connection:
        query = "SELECT rootpage - 1 FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(query, (damaged,)).fetchone()
    _damage(path, page)
    again = Ledger.of(filled, repair=True)
    assert again.secret() == kept
    again.close()


def test_a_second_damage_keeps_the_first_damaged_file_too(filled, tmp_path):
    for _ in range(2):
        _damage(tmp_path / "ledger.db", 3)
        Ledger.of(filled, repair=True).close()
    assert all((tmp_path / name).exists() for name in ("ledger.db.damaged", "ledger.db.damaged1"))


def test_a_rescue_that_is_killed_between_its_steps_loses_nothing(filled, tmp_path, monkeypatch):
    """After each rename the process may be gone; the next one ends what it began."""
    path = tmp_path / "ledger.db"
    _damage(path, 3)
    rescue.rescue(path)
    path.rename(tmp_path / "ledger.db.rescued")
    (tmp_path / "ledger.db-wal").write_bytes(b"of the damaged file")
    ledger = Ledger.of(filled, repair=True)
    assert len(ledger.known_keys("ch01")) >= 25
    ledger.close()


def test_a_ledger_that_is_busy_or_has_no_space_is_not_taken_for_damaged(filled, tmp_path, monkeypatch):
    class Full(sqlite3.OperationalError):
        sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(*arguments, **settings):
        raise Full("database or disk is full")

    before = (tmp_path / "ledger.db").read_bytes()
    monkeypatch.setattr(rescue.sqlite3, "connect", full)
    with pytest.raises(LedgerError, match="disk is full"):
        Ledger.of(filled, repair=True)
    monkeypatch.undo()
    assert (tmp_path / "ledger.db").read_bytes() == before
    assert not list(tmp_path.glob("*.damaged*"))
