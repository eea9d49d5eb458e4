"""Hand-ins belong to students: nothing in them is followed, believed, or able to change when they came."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from graders.course import Limits
from graders.hub.exchange import Exchange, copy_plain, feedback_name, newest_change, read_secret

LIMITS = Limits(files=16, disk_mb=1, notebook_mb=1)


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    (folder / "work.ipynb").write_text("{}")
    return folder


def copied(folder, tmp_path, limits=LIMITS, owner=None):
    target = tmp_path / "copy"
    copy_plain(folder, target, limits, owner)
    return {str(p.relative_to(target)): p for p in target.rglob("*") if p.is_file()}


def test_links_and_pipes_are_not_followed(handed_in, tmp_path):
    secret = tmp_path / "hidden tests.py"
    secret.write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "more.py").write_text("secret")
    (handed_in / "link.py").symlink_to(secret)
    (handed_in / "linked").symlink_to(tmp_path / "folder")
    os.mkfifo(handed_in / "pipe")
    assert list(copied(handed_in, tmp_path)) == ["work.ipynb"]


def test_files_of_somebody_else_are_left_out(handed_in, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (handed_in / "theirs.py").write_text("x")
    os.chown(handed_in / "theirs.py", 61_999, 61_999)
    assert list(copied(handed_in, tmp_path, owner=os.geteuid())) == ["work.ipynb"]


def test_what_is_too_large_keeps_its_size_and_takes_no_room(handed_in, tmp_path):
    os.truncate(handed_in / "work.ipynb", 50 * 2**20)
    work = copied(handed_in, tmp_path)["work.ipynb"].stat()
    assert (work.st_size, work.st_blocks) == (50 * 2**20, 0)


def test_many_files_and_deep_folders_are_cut_off(handed_in, tmp_path):
    for number in range(100):
        (handed_in / f"file {number}").write_text("x")
    deep = handed_in / "deep"
    deep.mkdir()
    subprocess.run("for i in $(seq 400); do mkdir d && cd -P d; done", shell=True, cwd=deep, check=True)
    assert len(copied(handed_in, tmp_path)) <= LIMITS.files
    assert newest_change(handed_in) > 0
    subprocess.run(["rm", "-rf", str(deep)], check=True)


def test_nobody_can_date_a_change_back(handed_in):
    before = newest_change(handed_in)
    time.sleep(0.02)
    (handed_in / "work.ipynb").write_text("{ }")
    os.utime(handed_in / "work.ipynb", (0, 0))
    os.utime(handed_in, (0, 0))
    assert newest_change(handed_in) > before


def test_feedback_gets_the_name_that_nbgrader_looks_for(handed_in, monkeypatch):
    from nbgrader.utils import notebook_hash

    (handed_in / "submission_secret.txt").write_text("ab" * 64)
    secret = read_secret(handed_in)
    assert feedback_name(secret, "ch01") == notebook_hash(secret=secret.decode(), notebook_id="ch01")


def test_a_hand_in_is_whole_when_nbgrader_has_opened_its_folder(room):
    folder = room.submit("ada")
    exchange = Exchange(room.course)
    (hand_in,) = exchange.hand_ins()
    assert exchange.is_whole(hand_in, time.time())
    folder.chmod(0o755)
    assert not exchange.is_whole(hand_in, time.time())
    assert exchange.is_whole(hand_in, time.time() + 60)  # another program made it


@pytest.mark.parametrize(
    "name",
    [
        "notes",
        "ada+ch01",
        "+ch01+2026-01-01 00:00:00 UTC",
        "ad\udcffa+ch01+2026-01-01 UTC+x",
        ".ada+ch01+2026-01-01 UTC+x",
    ],
)
def test_folders_that_are_no_hand_ins_are_left_alone(room, name):
    room.configure(layout="shared")
    (room.inbound("") / name).mkdir(parents=True)
    assert list(Exchange(room.course).hand_ins()) == []
