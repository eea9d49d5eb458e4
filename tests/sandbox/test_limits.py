"""Limits: each stops what it says, tells the student's program, and leaves the machine unharmed."""

import os
import signal

import pytest

from graders.sandbox.limits import WallLimits, bound_cpu, bound_memory

HOG = "kept = []\nwhile True: kept.append(bytearray(2**20))"
FAMILY = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        kept = bytearray(60 * 2**20)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
"""


@pytest.mark.parametrize("code", [HOG, FAMILY], ids=["one process", "a family"])
def test_too_much_memory_ends_the_kernel(run_cells, code):
    ran = run_cells("x = 1", code, "print(x)", memory_mb=128, cell_seconds=15)
    assert ran.outcomes == ["passed", "out_of_memory", "passed"]
    assert "128 MB" in ran.runs[1].error.message
    assert ran.printed() == "1\n"


def test_one_huge_request_is_refused_like_on_a_small_machine(run_cells):
    ran = run_cells("import numpy as np\nX = np.ones((100_000, 100_000))", memory_mb=128)
    assert ran.outcomes == ["out_of_memory"]


def test_what_the_template_holds_is_not_counted(run_cells):
    """pandas and numpy are about 60 MB; a small limit is for the student's own data."""
    code = "import numpy, pandas\nkept = bytearray(40 * 2**20)\nimport time; time.sleep(1)"
    assert run_cells(code, memory_mb=64).outcomes == ["passed"]


def test_freed_memory_counts_no_more(run_cells):
    code = "for _ in range(8):\n    kept = bytearray(60 * 2**20)\n    del kept"
    assert run_cells(code, memory_mb=128).outcomes == ["passed"]


def test_processes_are_limited(run_cells):
    code = """
import json, os, time
made = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        made += 1
    print(json.dumps(made))
except BlockingIOError:
    print(json.dumps(made))
"""
    assert 5 < run_cells(code, processes=40).data < 40


def test_files_are_limited_in_size_number_and_while_open(run_cells):
    code = """
import json, os
def until_it_fails(step):
    done = 0
    try:
        while done < 5000:
            step(done)
            done += 1
    except OSError as error:
        return [done, error.errno]
    return [done, 0]

block = b'x' * 2**20
with open('big', 'wb', 0) as file:
    size = until_it_fails(lambda n: file.write(block))
kept = []
handles = until_it_fails(lambda n: kept.append(open('/dev/null')))
kept.clear()
os.remove('big')
number = until_it_fails(lambda n: open(f'/tmp/f{n}', 'w').close())
print(json.dumps([size, handles, number]))
"""
    (size, full), (handles, too_many), (number, no_inode) = run_cells(
        code, disk_mb=12, files=200, open_files=100
    ).data
    assert (full, too_many, no_inode) == (28, 24, 28)
    assert 8 <= size <= 12
    assert 20 < handles < 100
    assert 100 < number <= 200


def test_all_writable_folders_share_one_limit(run_cells):
    code = """
import json
total = 0
for name in ('/tmp/a', '/dev/shm/a', '/home/student/a'):
    try:
        with open(name, 'wb', 0) as file:
            while True:
                total += file.write(b'x' * 2**20)
    except OSError:
        pass
print(json.dumps(total // 2**20))
"""
    assert run_cells(code, disk_mb=20).data <= 20


def test_limits_travel_as_plain_data():
    limits = WallLimits(memory_mb=1, processes=2, disk_mb=3, files=4, open_files=5)
    assert WallLimits(**limits.to_dict()) == limits


def test_compiled_code_that_never_returns_is_ended_by_its_cpu_time():
    pid = os.fork()
    if pid == 0:
        with bound_cpu(0.2):
            sum(iter(int, 1))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGXCPU


def test_memory_beyond_what_there_is_now_is_refused_and_the_rest_is_not():
    pid = os.fork()
    if pid == 0:
        bound_memory(200)
        bytearray(2**20)
        try:
            bytearray(2**30)
        except MemoryError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
