"""nbgrader's exchange as folders: what was handed in, a copy of it that stays, feedback put back.

Students own what they hand in and may change it at any time, so nothing in it is believed: not its
timestamp, not its name, and no link is followed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graders.course import Course, Limits
from graders.errors import UsageError
from graders.files import replace_file

SECRET_FILE, TIME_FILE = "submission_secret.txt", "timestamp.txt"
_NAME = re.compile(r"(?P<student>.+)\+(?P<chapter>[^+]+)\+(?P<time>\d{4}-[^+]+)(\+(?P<random>[\w-]+))?")
_PATIENCE_SECONDS = 10.0  # `nbgrader submit` copies first and opens the folder last; other programs may not
_SECRET_BYTES = 4096
_MOST_LEVELS = 12
_CHUNK = 2**20
_READ_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class HandIn:
    """A folder that a student put into the exchange; ``name`` is its path below the inbound folder."""

    name: str
    student: str
    chapter: str
    folder: Path


class Exchange:
    """The exchange of one course: ``inbound`` to read, ``feedback`` to write."""

    def __init__(self, course: Course) -> None:
        self._root = Path(course.hub.exchange).expanduser() / course.id
        self._per_student = course.hub.layout == "per_student"
        self._course = course
        # On the same disk as what is collected, above the folders that are named after students and chapters.
        above = course.place("submitted", "{chapter}", "{student}").parents
        self._scratch = next(folder for folder in above if not set("{}") & set(str(folder)))

    def hand_ins(self) -> Iterator[HandIn]:
        """Yield all that was ever handed in, in no order; nothing before a chapter was released."""
        for name in self._names():
            if found := _NAME.fullmatch(name.rpartition("/")[2]):
                # Each student has an inbound folder of their own there: it says who handed in.
                student = name.rpartition("/")[0] or found["student"]
                if not student.startswith("."):
                    yield HandIn(name, student, found["chapter"], self._root / "inbound" / name)

    def _names(self) -> Iterator[str]:
        inbound = self._root / "inbound"
        folders = [entry.name for entry in _folders(inbound)]
        if not self._per_student:
            yield from folders
            return
        for student in folders:
            yield from (f"{student}/{entry.name}" for entry in _folders(inbound / student))

    def owner(self, hand_in: HandIn) -> str:
        """Return the account that owns a hand-in, which is who made it; '' if it is not there any more.

        Where each student has an inbound folder of their own, that folder says who made it.
        """
        if self._per_student:
            return hand_in.student
        try:
            uid = os.lstat(hand_in.folder).st_uid
        except OSError:
            return ""
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return f"number {uid}"

    def is_whole(self, hand_in: HandIn, now: float) -> bool:
        """Whether a hand-in is all there: `nbgrader submit` writes the secret, then opens the folder to all."""
        try:
            opened = bool(os.lstat(hand_in.folder).st_mode & stat.S_IWOTH)
        except OSError:
            return False
        if opened and (hand_in.folder / SECRET_FILE).exists():
            return True
        return now - newest_change(hand_in.folder) > _PATIENCE_SECONDS

    @property
    def inbound(self) -> Path:
        """The folder that students hand in to."""
        return self._root / "inbound"

    def _collected(self, hand_in: HandIn) -> Path:
        return self._course.place("submitted", hand_in.chapter, hand_in.student)

    def tidy(self) -> None:
        """Remove what a watcher that was killed while it collected left behind."""
        for left in (*self._scratch.glob(".collecting-*"), *self._scratch.glob(".collected-*")):
            shutil.rmtree(left, ignore_errors=True)

    def collect(self, hand_in: HandIn, limits: Limits) -> float:
        """Copy a hand-in to where it is graded and return when it was received, in seconds since 1970.

        That is when the machine last saw anything in it change, which nobody can date back. The copy
        takes the place of an older one at once; its timestamp says this time.
        """
        folder = self._collected(hand_in)
        folder.parent.mkdir(parents=True, exist_ok=True)
        new, old = (self._scratch / f".{word}-{os.getpid()}" for word in ("collecting", "collected"))
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        copy_plain(hand_in.folder, new, limits, None if self._per_student else os.lstat(hand_in.folder).st_uid)
        when = newest_change(hand_in.folder)  # after copying: whatever was changed until then counts
        replace_file(new / TIME_FILE, stamp(when))
        if folder.is_symlink() or folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
        return when

    def release(self, hand_in: HandIn, pages: dict[str, str]) -> int:
        """Put feedback pages, by notebook, where `nbgrader fetch_feedback` looks; return how many.

        A page's name follows from the secret that only the student and we know. Without one, as very old
        versions of nbgrader hand in, nothing can be released.
        """
        secret = read_secret(self._collected(hand_in))
        return self.release_with(secret, hand_in.student, pages)

    def release_with(self, secret: bytes, student: str, pages: dict[str, str]) -> int:
        """Put feedback pages under the names that follow from a secret; return how many."""
        if not secret:
            return 0
        folder = self._root / "feedback"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(0o711)  # names cannot be listed
        if self._per_student:
            folder = folder / student
            folder.mkdir(exist_ok=True)
        for notebook, html in sorted(pages.items()):
            replace_file(folder / f"{feedback_name(secret, notebook)}.html", html)
        return len(pages)

    def secret_of(self, hand_in: HandIn) -> bytes:
        """Return the secret of a hand-in that was not collected; nothing if it cannot be read."""
        return read_secret(hand_in.folder)


def feedback_name(secret: bytes, notebook: str) -> str:
    """Return the name under which nbgrader (0.9) looks for a notebook's feedback."""
    return hashlib.md5(secret + notebook.encode(), usedforsecurity=False).hexdigest()


def stamp(when: float) -> str:
    """Return a time in nbgrader's way of writing it."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def newest_change(folder: Path) -> float:
    """Return when anything in a folder last changed, by the machine's clock; now if it cannot be seen.

    Not the times of contents, which their owner can set, but of the entries (st_ctime), which nobody can.
    """
    newest = 0.0
    try:
        newest = os.lstat(folder).st_ctime
        for place, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
            for name in (*folders, *files):
                newest = max(newest, os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_ctime)
            _stay_shallow(folder, place, folders)
    except OSError:  # it is being changed while we look
        return time.time()
    return newest


def read_secret(folder: Path) -> bytes:
    """Return the secret in a folder, at most 4 kB of a plain file; nothing if there is none."""
    try:
        descriptor = os.open(folder / SECRET_FILE, _READ_PLAIN)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
        text = file.read(_SECRET_BYTES + 1) if plain else b""
    return text if len(text) <= _SECRET_BYTES else b""


def copy_plain(source: Path, target: Path, limits: Limits, owner: int | None) -> None:
    """Copy the plain files of a folder, no links, and with ``owner`` only that account's files.

    What is too large keeps its name and size but not its content, so that grading can say so. Files
    beyond the limit of their number are left out.
    """
    left, room = limits.files, (limits.disk_mb + limits.notebook_mb) * 2**20
    target.mkdir()
    for root, folders, files, descriptor in os.fwalk(source, follow_symlinks=False):
        place = target / os.path.relpath(root, source)
        for name in sorted(folders):
            if left > 0 and _is_folder(name, descriptor):
                (place / name).mkdir()
                left -= 1
        folders[:] = [name for name in sorted(folders) if (place / name).is_dir()]
        _stay_shallow(source, root, folders)
        for name in sorted(files):
            if left > 0:
                room -= _copy_file(name, descriptor, place / name, owner, room)
                left -= 1


def _copy_file(name: str, folder: int, target: Path, owner: int | None, room: int) -> int:
    """Copy one file if it is plain and the owner's; return how many bytes were written."""
    try:
        descriptor = os.open(name, _READ_PLAIN, dir_fd=folder)
    except OSError:  # a link, or not ours to read
        return 0
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or owner not in (None, found.st_uid):
            return 0
        with target.open("wb") as copy:
            if found.st_size > room:
                copy.truncate(found.st_size)  # a hole: it takes no room
                return 0
            return sum(copy.write(chunk) for chunk in _chunks(file, found.st_size))


def _chunks(file: object, size: int) -> Iterator[bytes]:
    """Yield the content of a file up to the size it had: it may grow while it is read."""
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):  # type: ignore[attr-defined] # a binary file
        size -= len(chunk)
        yield chunk


def _stay_shallow(top: Path, place: str, folders: list[str]) -> None:
    """Go no deeper than anybody needs: each level costs an open file and a place on the stack."""
    if len(Path(place).relative_to(top).parts) >= _MOST_LEVELS:
        folders.clear()


def _is_folder(name: str, folder: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _folders(place: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            # Whoever makes a name that cannot be printed, or kept in a database, does not mean to hand in.
            yield from (e for e in entries if e.name.isprintable() and e.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return


def feedback_file(course: Course, student: str, chapter: str, notebook: str) -> Path:
    """Return where a feedback page lies; raises UsageError for names that would leave the folder."""
    for name in (student, chapter, notebook):
        if not name.strip() or name in (".", "..") or any(mark in name for mark in "/\\\0"):
            raise UsageError(f"{name[:80]!r} cannot be the name of a feedback file.")
    return course.place("feedback", chapter, student) / f"{notebook}.html"
