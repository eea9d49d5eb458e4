"""From a course folder to work: which submissions there are, and the key that decides each result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from graders.adopted import Exact, read_adopted
from graders.batch.secret import read_secret
from graders.containers import Container
from graders.course import Course
from graders.errors import SubmissionError, UsageError
from graders.job import Job
from graders.notebooks.bundle import Bundle, load_bundle
from graders.notebooks.sanitise import Cell, accept_files, find_notebook, rebuild
from graders.results import Role
from graders.sandbox.containers import Plan, digest

_VERSIONED = ("graders", "numpy", "pandas", "scikit-learn", "scipy", "keras", "tensorflow", "ipykernel")


@dataclass(frozen=True)
class Work:
    """A job, the environment it needs, and the hashes of what decides its result."""

    job: Job
    profile: str
    modules: tuple[str, ...]
    key: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    gpus: int = 0
    gpu_slots: tuple[str, ...] = ()


def submissions(course: Course, chapter: str, student: str = "") -> list[Path]:
    """Return the folders handed in for a chapter, by student; links and hidden folders are none."""
    found = course.placed("submitted", chapter)
    return sorted(path for path in found if _is_submission(course, path, student))


def _is_submission(course: Course, folder: Path, student: str) -> bool:
    name = student_of(course, folder)
    linked = folder.is_symlink() or folder.parent.is_symlink()
    wanted = student in ("", name) and name not in course.students_excluded
    return folder.is_dir() and not linked and not name.startswith(".") and wanted


def student_of(course: Course, folder: Path) -> str:
    """Return whose folder of ``submitted`` it is."""
    return course.named("submitted", folder)["{student}"]


def find_work(course: Course, chapters: list[str], student: str = "") -> Iterator[Work]:
    """Yield the work of every submission of the chapters, by chapter, then student."""
    found = False
    for chapter in chapters:
        folders = submissions(course, chapter, student)
        bundle = load_bundle(course, chapter) if folders else None
        for folder in folders:
            found = True
            if bundle:
                yield make_work(course, bundle, folder, student_of(course, folder))
    if student and not found:
        place = course.directories.submitted
        raise UsageError(
            f"{student!r} has handed in none of: {', '.join(chapters)}.", hint=f"Look into {place}/."
        )


def make_work(course: Course, bundle: Bundle, folder: Path, student: str) -> Work:
    """Return the work of grading what lies in a student's folder."""
    profile = course.profile_of(bundle.chapter)
    job = Job(
        course=course.id,
        bundle=bundle,
        student=student,
        folder=str(folder),
        limits=course.limits_of(bundle.chapter),
        wall=course.wall,
        container=course.container if course.wall == "container" else None,
        secret=read_secret(course),
        versions=versions() if course.wall != "container" else {**versions(), **_image(course.container)},
        exact=read_adopted(course.root).exact,
        ignored_noise=course.ignored_noise,
    )
    modules = _installed(tuple(course.modules_of(profile)))
    parts = content_parts(job)
    key = _hash(json.dumps(parts, sort_keys=True).encode())
    return Work(job, profile, modules, key, parts, course.gpus_of(bundle.chapter), course.gpu_slots)


@cache
def _installed(modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return the modules that are there to import; looked for once, not for every submission."""
    return tuple(name for name in modules if find_spec(name.split(".")[0]))


@cache
def versions() -> dict[str, str]:
    """Return the versions of what decides results, for the record and for the key."""
    found = {}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def _image(container: Container) -> dict[str, str]:
    """Return the digest of the image that kernels run in; raises SandboxError if there is none."""
    place = Plan(container.image, container.runtime, container.program_options)
    return {"image": digest(place)}


def content_parts(job: Job) -> dict[str, str]:
    """Return hashes of everything that decides a result: the answers, the chapter, the settings."""
    settings = {"limits": job.limits.model_dump(), "wall": job.wall, "versions": job.versions}
    if job.exact != Exact():
        settings |= {"exact": asdict(job.exact), "noise": job.ignored_noise}
    secret = hashlib.sha256(job.secret).hexdigest()
    return {
        "answers": _hash(json.dumps([job.student, *_answers(job)]).encode()),
        "bundle": job.bundle.key,
        "settings": _hash(json.dumps([settings, secret], sort_keys=True).encode()),
    }


def _answers(job: Job) -> Iterator[str]:
    """Yield everything of a submission that reaches the student kernel, or why it cannot be read."""
    folder = Path(job.folder)
    for notebook in job.bundle.notebooks:
        try:
            hand_in = rebuild(notebook, find_notebook(folder, notebook, job.bundle), job.limits)
            yield from (f"{c.origin.cell_id} {c.text}" for c in hand_in.cells if _is_theirs(c))
        except SubmissionError as error:
            yield str(error)
    files, notes = accept_files(folder, job.bundle, job.limits)
    for name, path in sorted(files.items()):
        yield f"{name!a} {_hash(_start_of(Path(path), 2**30))}"
    yield from notes
    yield ascii(_start_of(folder / "timestamp.txt", 200))


def _start_of(path: Path, size: int) -> bytes:
    """Return the first bytes of a plain file, nothing of what is none or cannot be read."""
    if path.is_symlink() or not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b"unreadable"


def _is_theirs(cell: Cell) -> bool:
    """Whether a cell's text came from the student: also an unmarked cell of the chapter that they changed."""
    written = cell.role in (Role.ANSWER, Role.ESSAY, Role.ADDED)
    return written or cell.text not in (cell.origin.source, cell.origin.visible)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
