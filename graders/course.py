"""course_config.py -> a validated, frozen Course; its settings are one table that also feeds the docs.

Knows nbgrader's directory settings so that a folder with only ``nbgrader_config.py`` is a course too.
Must not import anything that reads notebooks or runs code of students.
"""

from __future__ import annotations

import math
import runpy
from collections.abc import Iterable
from glob import escape, glob
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, ValidationError, field_validator

from graders import nbgrader_settings
from graders.containers import Container
from graders.errors import CourseError, UsageError

CONFIG_NAME = "course_config.py"
NBGRADER_EXCHANGE = "/usr/local/share/nbgrader/exchange"  # where nbgrader itself looks if nothing is said

# nbgrader's markers: its name of the setting -> (the class it belongs to, the default spelling).
DELIMITERS: dict[str, tuple[str, str]] = {
    "begin_solution_delimeter": ("ClearSolutions", "BEGIN SOLUTION"),
    "end_solution_delimeter": ("ClearSolutions", "END SOLUTION"),
    "begin_test_delimeter": ("ClearHiddenTests", "BEGIN HIDDEN TESTS"),
    "end_test_delimeter": ("ClearHiddenTests", "END HIDDEN TESTS"),
    "begin_mark_scheme_delimeter": ("ClearMarkScheme", "BEGIN MARK SCHEME"),
    "end_mark_scheme_delimeter": ("ClearMarkScheme", "END MARK SCHEME"),
}

# Modules a template imports before it forks kernels: start-up paid once instead of per submission.
PROFILES: dict[str, tuple[str, ...]] = {
    "python": (),
    "scikit-learn": (
        "numpy",
        "pandas",
        "matplotlib.pyplot",
        "scipy.stats",
        "scipy.sparse",
        "sklearn.compose",
        "sklearn.datasets",
        "sklearn.ensemble",
        "sklearn.impute",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.pipeline",
        "sklearn.preprocessing",
        "sklearn.tree",
    ),
    "keras": (
        "numpy",
        "pandas",
        "matplotlib.pyplot",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.preprocessing",
        "tensorflow",
        "keras",
    ),
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Frozen):
    """What one submission may use; every limit says what the program in the wall experiences."""

    cell_seconds: float = Field(60.0, gt=0, description="wall time of one cell, then it is interrupted")
    call_seconds: float = Field(30.0, gt=0, description="wall time of one call made by a check")
    submission_seconds: float = Field(
        600.0, gt=0, description="wall time of a notebook: cells, checks and retries"
    )
    memory_mb: int = Field(2048, ge=64, description="memory of all its processes; more ends the kernel")
    processes: int = Field(128, ge=8, description="processes and threads at one time; fork then fails")
    disk_mb: int = Field(256, ge=1, description="files it may write; writing then fails")
    files: int = Field(4096, ge=16, description="files it may create; creating then fails")
    open_files: int = Field(512, ge=64, description="open files of one process; opening then fails")
    output_kb: int = Field(256, ge=1, description="output kept of one cell; the rest is cut")
    message_mb: int = Field(64, ge=1, description="one value crossing the bridge; a larger one is refused")
    gpu_memory_mb: int = Field(0, ge=0, description="memory of each of its GPUs; more ends the kernel; 0: all")
    notebook_mb: int = Field(20, ge=1, description="a notebook handed in; a larger one is not read")


class Chapter(_Frozen):
    """Settings of one chapter (an nbgrader assignment); anything unset comes from the course."""

    title: str = Field("", description="shown to students; the folder name if empty")
    profile: str = Field("", description="environment profile its kernels start from")
    limits: dict[str, float] = Field(default_factory=dict, description="limits that differ from the course's")
    gpus: int | None = Field(None, ge=0, description="GPUs that a submission has for itself")
    budgets: dict[str, StrictFloat] = Field(
        default_factory=dict,
        description="by answer cell: times the reference's CPU time it may take; goes before its `budget=`",
    )
    due: str = Field("", description="due date, ISO 8601 with a time zone; empty for none")
    attempts: int = Field(
        0, ge=0, description="hand-ins of a student that `graders watch` grades; 0: what the course says"
    )
    kill_rate: float = Field(
        0.9, ge=0, le=1, description="share of mutants that `graders verify --mutants` asks the checks to catch"
    )


class Directories(_Frozen):
    """nbgrader's folders, relative to the course folder."""

    source: str = "source"
    release: str = "release"
    submitted: str = "submitted"
    autograded: str = "autograded"
    feedback: str = "feedback"


class Cluster(_Frozen):
    """Machines that grade, for `graders autograde --engine NAME`; needs the extra `cluster`."""

    kind: Literal["dask", "slurm", "kubernetes"] = Field(
        "dask", description="a running Dask scheduler, or workers started by Slurm or Kubernetes for each run"
    )
    scheduler: str = Field("", description="address of a running scheduler: tls://HOST:8786")
    workers: int = Field(1, ge=1, description="workers that Slurm or Kubernetes is asked for")
    tls_ca: str = Field("", description="file with the certificate authority of scheduler and workers")
    tls_cert: str = Field("", description="file with this machine's certificate")
    tls_key: str = Field("", description="file with this machine's key")
    insecure: bool = Field(
        False,
        description="allow tcp:// to other machines, as Dask's operator for Kubernetes needs: "
        "hidden tests cross the network readably",
    )
    wait_minutes: float = Field(
        0,
        ge=0,
        description="how long a run waits without any worker; 0: a minute, or an hour for a queue's workers",
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="passed on to `dask_jobqueue.SLURMCluster` or `dask_kubernetes.operator.KubeCluster`",
    )


class Hub(_Frozen):
    """How hand-ins are graded on their arrival, by `graders watch`."""

    exchange: str = Field(NBGRADER_EXCHANGE, description="nbgrader's exchange folder")
    layout: Literal["shared", "per_student"] = Field(
        "shared",
        description="`shared`: nbgrader's one inbound folder, accounts say who handed in; "
        "`per_student`: `inbound/STUDENT` and `feedback/STUDENT`, each seen by that student alone",
    )
    attempts: int = Field(0, ge=0, description="hand-ins of a student that are graded per chapter; 0: all")
    pause_seconds: float = Field(
        20.0, ge=0, description="from one grading of a student's work to the next; the newest hand-in waits"
    )
    jobs: int = Field(0, ge=0, description="submissions at a time; 0: one per core")


class Course(_Frozen):
    """A course: everything the grader needs to know that is not in a chapter's text."""

    id: str = Field("course", pattern=r"^[A-Za-z0-9_.-]+$", description="nbgrader's course id")
    title: str = Field("", description="shown on feedback pages")
    language: str = Field(
        "en",
        pattern=r"^[a-z]{2,3}([-_][A-Za-z]{2,4})?$",
        description="of feedback pages, class report and `graders show`: `en`, `de`, or one of your own",
    )
    chapters: dict[str, Chapter] = Field(default_factory=dict, description="settings by chapter")
    profile: str = Field("scikit-learn", description="profile of chapters that name none")
    profiles: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="further profiles: name -> modules imported once"
    )
    limits: Limits = Field(default_factory=Limits, description="limits of every submission")
    wall: Literal["namespaces", "container", "process"] = Field(
        "namespaces", description="what surrounds student code; 'process' does not hold attackers"
    )
    gpus: int = Field(0, ge=0, description="GPUs that each submission has for itself")
    gpu_slots: tuple[str, ...] = Field(
        (), description="this machine's GPUs, by number or UUID, of parts (MIG) by UUID; empty: all there are"
    )
    container: Container = Field(default_factory=Container, description='the containers of `wall="container"`')
    clusters: dict[str, Cluster] = Field(
        default_factory=dict, description="other machines to grade on, by the name of the engine"
    )
    directories: Directories = Field(default_factory=Directories, description="nbgrader's folders")
    hub: Hub = Field(default_factory=Hub, description="grading on arrival, see [JupyterHub](jupyterhub.md)")
    show_class: bool = Field(
        True,
        description="feedback pages show where a result lies in a class of more than ten",
    )
    db_url: str = Field("", description="gradebook; gradebook.db in the course folder if empty")
    ledger_url: str = Field("", description="ledger of runs; ledger.db in the course folder if empty")
    secret_file: str = Field(".course_secret", description="file the hidden draws are derived from")
    delimiters: dict[str, str] = Field(
        default_factory=dict,
        description="nbgrader's begin/end markers where they were changed, by nbgrader's setting name",
    )
    structure: str = Field(
        "{nbgrader_step}/{student_id}/{assignment_id}", description="nbgrader's `directory_structure`"
    )
    ignore: tuple[str, ...] = Field(
        (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"),
        description="files and folders that are left out, as file globs",
    )
    header: str = Field("", description="notebook whose cells are put before those of every notebook")
    footer: str = Field("", description="notebook whose cells are put after those of every notebook")
    files_of_students: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="by chapter: files of it that students hand in changed"
    )
    students_excluded: tuple[str, ...] = Field((), description="students who are not graded")
    create_students: bool = Field(True, description="students the gradebook does not know are added to it")
    group_shared: bool = Field(False, description="folders that are made are open to the group")
    permissions: str = Field("444", pattern=r"^[0-7]{3}$", description="of autograded files, in octal digits")
    ignored_noise: str = Field(
        "", description="what of stderr costs nothing where noise does, as a regular expression"
    )
    code_stubs: dict[str, str] = Field(
        default_factory=dict, description="by language: what stands for code that students have to write"
    )
    text_stub: str = Field("YOUR ANSWER HERE", description="what stands for text that students have to write")
    root: Path = Field(Path(), description="the course folder (set when the course is loaded)")

    @field_validator("delimiters")
    @classmethod
    def _known_delimiters(cls, given: dict[str, str]) -> dict[str, str]:
        wrong = sorted(name for name in given if name not in DELIMITERS or not given[name].strip())
        if wrong:
            raise ValueError(f"{wrong[0]!r} is unknown or empty; known: {', '.join(DELIMITERS)}")
        return given

    @field_validator("chapters")
    @classmethod
    def _possible_budgets(cls, given: dict[str, Chapter]) -> dict[str, Chapter]:
        for chapter, settings in sorted(given.items()):
            for cell, budget in sorted(settings.budgets.items()):
                if not 0 < budget < math.inf:
                    told = f"the budget of cell {cell!r} of {chapter!r} is {budget:g}"
                    raise ValueError(f"{told}; it has to be a number above 0")
        return given

    def delimiter(self, name: str) -> str:
        """Return the text of a marker, nbgrader's default where the course does not change it."""
        return self.delimiters.get(name, DELIMITERS[name][1])

    def attempts_of(self, name: str) -> int:
        """Return how many hand-ins of a student are graded in a chapter on their arrival; 0: all."""
        return self.chapter(name).attempts or self.hub.attempts

    def folder(self, kind: str) -> Path:
        """Return the folder ``source``, ``release``, ``submitted``, ``autograded`` or ``feedback``."""
        return self.root / str(getattr(self.directories, kind))

    def place(self, kind: str, chapter: str, student: str = ".") -> Path:
        """Return the folder of a chapter, or of a student's part of it, as ``structure`` arranges them."""
        step = str(getattr(self.directories, kind))
        named = self.structure.replace("{nbgrader_step}", step)
        return self.root / named.replace("{student_id}", student).replace("{assignment_id}", chapter)

    def placed(self, kind: str, chapter: str = "*", student: str = "*") -> list[Path]:
        """Return the folders there are of a chapter and a student, sorted; ``*`` is any that is not hidden."""
        place = self.place(kind, chapter if chapter == "*" else escape(chapter), student)
        return sorted(map(Path, glob(str(place).replace(str(self.root), escape(str(self.root)), 1))))

    def named(self, kind: str, path: Path, student: str = "{student}") -> dict[str, str]:
        """Return which ``{chapter}`` and ``{student}`` a folder is of that :meth:`placed` found."""
        parts = self.place(kind, "{chapter}", student).parts
        return dict(zip(reversed(parts), reversed(path.parts), strict=False))

    def chapter(self, name: str) -> Chapter:
        """Return the settings of a chapter, the defaults if it has none of its own."""
        return self.chapters.get(name, Chapter())

    def profile_of(self, name: str) -> str:
        """Return the environment profile of a chapter."""
        return self.chapter(name).profile or self.profile

    def modules_of(self, profile: str) -> tuple[str, ...]:
        """Return the modules of a profile; raises CourseError for a profile nobody defined."""
        known = {**PROFILES, **self.profiles}
        if profile not in known:
            raise CourseError(
                f"There is no environment profile {profile!r}.", hint=f"Known: {', '.join(sorted(known))}."
            )
        return known[profile]

    def gpus_of(self, name: str) -> int:
        """Return how many GPUs a submission of a chapter has for itself."""
        wanted = self.chapter(name).gpus
        return self.gpus if wanted is None else wanted

    def limits_of(self, name: str) -> Limits:
        """Return the limits of a chapter: the course's with the chapter's own on top."""
        return Limits(**{**self.limits.model_dump(), **self.chapter(name).limits})

    @property
    def database(self) -> str:
        """URL of nbgrader's gradebook."""
        return self.db_url or f"sqlite:///{self.root.resolve() / 'gradebook.db'}"

    def chapter_names(self) -> list[str]:
        """Return the chapters of the source folder, sorted: folders with notebooks, and chapter texts."""
        source = self.folder("source")
        folders = [path for path in self.placed("source", student=".") if any(path.glob("*.ipynb"))]
        found = {self.named("source", path, ".")["{chapter}"] for path in folders}
        return sorted(found | {path.stem for path in source.glob("*.py") if "# %%" in path.read_text()})

    def text_names(self) -> list[str]:
        """Return the chapters that have a text in the source folder, sorted."""
        return sorted(path.stem for path in self.folder("source").glob("*.py"))

    def resolve(self, given: list[str] | None, *, texts: bool = False, also: Iterable[str] = ()) -> list[str]:
        """Turn what a user typed (``ch04`` or the full name) into chapter names; all if nothing.

        ``also`` are names beyond those of the source folder.
        """
        names = sorted({*(self.text_names() if texts else self.chapter_names()), *also})
        return [_one_match(wanted, names) for wanted in given] if given else names


def _one_match(wanted: str, names: list[str]) -> str:
    if wanted in names:
        return wanted
    matches = [name for name in names if name.startswith(wanted)]
    if len(matches) == 1:
        return matches[0]
    problem = "matches several chapters" if matches else "is not a chapter of this course"
    raise UsageError(f"{wanted!r} {problem}.", hint=f"Chapters: {', '.join(matches or names) or 'none'}.")


def load_course(root: Path) -> Course:
    """Read the course of a folder: its course_config.py, else its nbgrader_config.py.

    Raises CourseError if there is neither, or if a setting is wrong.
    """
    root = root.resolve()
    if (root / CONFIG_NAME).is_file():
        return _from_course_config(root / CONFIG_NAME)
    if (root / "nbgrader_config.py").is_file():
        return _from_nbgrader(root)
    raise CourseError(
        f"{root} is not a course folder: it has no {CONFIG_NAME} and no nbgrader_config.py.",
        hint="Go to the course folder, or name it with --course.",
    )


def _from_course_config(path: Path) -> Course:
    try:
        course = runpy.run_path(str(path)).get("course")
    except ValidationError as error:
        raise CourseError(f"{path.name}: {_explain(error)}", hint="Correct it and try again.") from error
    except Exception as error:
        raise CourseError(
            f"{path.name} stopped with {type(error).__name__}: {error}.", hint="Correct it and try again."
        ) from error
    if not isinstance(course, Course):
        raise CourseError(f"{path.name} does not define `course`.", hint="Write: course = Course(id=...).")
    return course.model_copy(update={"root": path.parent})


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _from_nbgrader(root: Path) -> Course:
    settings = nbgrader_settings.course_settings(root)
    given = nbgrader_settings.evaluate(root)
    marked = {k: given[c][k] for k, (c, _) in DELIMITERS.items() if k in given.get(c, {})}
    hub = Hub(exchange=str(given.get("Exchange", {}).get("root") or NBGRADER_EXCHANGE))
    try:
        return Course(**settings, delimiters=marked, hub=hub)
    except ValidationError as error:
        raise CourseError(f"nbgrader_config.py: {_explain(error)}", hint="Correct it and try again.") from error


def nbgrader_view(course: Course) -> dict[str, dict[str, Any]]:
    """Return nbgrader's settings for a course, for the three-line nbgrader_config.py.

    Paths in it are absolute, made from where the course folder stands when this is called.
    """
    folders = {f"{kind}_directory": value for kind, value in course.directories.model_dump().items()}
    view: dict[str, dict[str, Any]] = {
        "CourseDirectory": {
            "course_id": course.id,
            "root": str(course.root.resolve()),
            "db_url": course.database,
            **folders,
        },
    }
    if course.hub.exchange != NBGRADER_EXCHANGE:
        view["Exchange"] = {"root": course.hub.exchange}
    for name, text in sorted(course.delimiters.items()):
        view.setdefault(DELIMITERS[name][0], {})[name] = text
    return view
