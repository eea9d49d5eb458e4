"""Grade a class: find what was submitted, skip what the ledger already has, write what comes back.

Only this, the supervisor, writes the ledger and the gradebook.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from graders.batch.engine import Work, run_all
from graders.batch.ledger import Ledger
from graders.course import Course
from graders.errors import CourseError, GradersError, SubmissionError, UsageError
from graders.gradebook import Gradebook
from graders.grading import Job
from graders.notebooks.bundle import Bundle, load_bundle
from graders.notebooks.sanitise import accept_files, find_notebook, rebuild
from graders.results import SubmissionResult

_VERSIONED = ("graders", "numpy", "pandas", "scikit-learn", "scipy", "keras", "tensorflow", "ipykernel")


@dataclass(frozen=True)
class Progress:
    """What a display wants to know: called once before the work and after each step of it."""

    planned: Callable[[int, int], None] = lambda total, known: None
    started: Callable[[str, str], None] = lambda student, chapter: None
    finished: Callable[[SubmissionResult], None] = lambda result: None


@dataclass
class Summary:
    """What a run did: new results, results the ledger already had, and what could not be written."""

    graded: list[SubmissionResult] = field(default_factory=list)
    known: list[SubmissionResult] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[SubmissionResult]:
        """All results, by student and chapter."""
        return sorted([*self.graded, *self.known], key=lambda r: (r.student, r.chapter))


def autograde(
    course: Course,
    chapters: list[str],
    *,
    student: str = "",
    jobs: int = 0,
    force: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Grade the submissions of some chapters; raises UsageError if a named student handed in nothing.

    ``jobs`` 0 is one per core this process may use; ``force`` grades again what the ledger has.
    """
    show = progress or Progress()
    summary, ledger = Summary(), Ledger.of(course.root)
    try:
        works = list(find_work(course, chapters, student))
        known = {} if force else {w.key: r for w in works if (r := ledger.find(w.key))}
        todo = [work for work in works if work.key not in known]
        show.planned(len(todo), len(known))
        with Gradebook(course) as book:
            for work in works:
                if work.key in known:
                    summary.known.append(known[work.key])
                    _write(course, book, summary, known[work.key], only_if_missing=True)
            for work, result in run_all(
                todo, jobs or cores(), lambda w: show.started(w.job.student, w.job.bundle.chapter)
            ):
                ledger.add(work.key, result)
                summary.graded.append(result)
                _write(course, book, summary, result)
                show.finished(result)
    finally:
        ledger.close()
    return summary


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def _write(
    course: Course,
    book: Gradebook,
    summary: Summary,
    result: SubmissionResult,
    *,
    only_if_missing: bool = False,
) -> None:
    """Write a result to the gradebook; a failure is reported and holds up nobody else."""
    made = course.folder("autograded") / result.student / result.chapter
    if only_if_missing and made.is_dir():
        return
    try:
        book.write(result)
    except GradersError as error:
        summary.problems.append(f"{result.student}, {result.chapter}: {error}")


def find_work(course: Course, chapters: list[str], student: str = "") -> Iterator[Work]:
    """Yield the work of every submission of the chapters, by chapter, then student."""
    submitted = course.folder("submitted")
    found = False
    for chapter in chapters:
        folders = sorted(p for p in submitted.glob(f"*/{chapter}") if _is_submission(p, student))
        if not folders:
            continue
        found = True
        bundle = load_bundle(course, chapter)
        for folder in folders:
            yield make_work(course, bundle, folder)
    if student and not found:
        raise UsageError(
            f"{student!r} has handed in none of: {', '.join(chapters)}.", hint=f"Look into {submitted.name}/."
        )


def _is_submission(folder: Path, student: str) -> bool:
    name = folder.parent.name
    return folder.is_dir() and not folder.is_symlink() and not name.startswith(".") and student in ("", name)


def make_work(course: Course, bundle: Bundle, folder: Path) -> Work:
    """Return the work of grading what lies in a folder; the student is the folder above it."""
    profile = course.profile_of(bundle.chapter)
    job = Job(
        course=course.id,
        bundle=bundle,
        student=folder.parent.name,
        folder=str(folder),
        limits=course.limits_of(bundle.chapter),
        wall=course.wall,
        secret=read_secret(course),
        versions=versions(),
    )
    modules = tuple(m for m in course.modules_of(profile) if _installed(m))
    return Work(job, profile, modules, key=content_key(job))


def _installed(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module.split(".")[0]) is not None


def versions() -> dict[str, str]:
    """Return the versions of what decides results, for the record and for the key."""
    found = {}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def read_secret(course: Course) -> bytes:
    """Return the secret that hidden draws come from; the first use makes one, readable by us alone."""
    path = course.root / course.secret_file
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    text = path.read_text().strip()
    if not text:
        raise CourseError(
            f"{path.name} is empty.", hint="Remove it; a new one is made, and hidden data changes."
        )
    return text.encode()


def content_key(job: Job) -> str:
    """Return the hash of everything that decides a result: answers, files, chapter, limits, versions."""
    digest = hashlib.sha256()
    settings = {"limits": job.limits.model_dump(), "wall": job.wall, "versions": job.versions}
    digest.update(json.dumps([job.student, job.bundle.key, settings], sort_keys=True).encode())
    digest.update(hashlib.sha256(job.secret).digest())
    folder = Path(job.folder)
    for notebook in job.bundle.notebooks:
        try:
            hand_in = rebuild(notebook, find_notebook(folder, notebook, job.bundle), job.limits)
            digest.update(json.dumps([[c.origin.cell_id, c.text] for c in hand_in.cells]).encode())
        except SubmissionError as error:
            digest.update(str(error).encode())
    files, notes = accept_files(folder, job.bundle, job.limits)
    for name, path in sorted(files.items()):
        digest.update(
            name.encode("utf-8", "surrogateescape") + hashlib.sha256(Path(path).read_bytes()).digest()
        )
    digest.update(json.dumps(notes).encode())
    timestamp = folder / "timestamp.txt"
    digest.update(timestamp.read_bytes()[:200] if timestamp.is_file() and not timestamp.is_symlink() else b"")
    return digest.hexdigest()


def latest_results(course: Course, chapters: list[str], student: str = "") -> list[SubmissionResult]:
    """Return the newest result of every submission there is, for feedback."""
    ledger = Ledger.of(course.root)
    try:
        found = []
        for chapter in chapters:
            for folder in sorted(course.folder("submitted").glob(f"*/{chapter}")):
                if _is_submission(folder, student) and (entry := ledger.latest(chapter, folder.parent.name)):
                    found.append(entry.result)
        return found
    finally:
        ledger.close()
