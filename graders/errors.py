"""Our own failures, as one tree; a student's failure is data and never appears here.

GradersError
├── UsageError            a command was called with something that does not exist or make sense
├── CourseError           course_config.py or nbgrader_config.py cannot be used
│   └── SourceError       the text of a chapter breaks a rule
├── LeakError             something hidden would have reached a student
├── SubmissionError       what was handed in cannot be read as a notebook of the chapter
├── SandboxError          a wall could not be raised, a template or kernel could not be started
│   └── WallError         no wall can be raised on this machine as it is
├── BridgeError           the conversation with a student kernel broke a rule or ended
├── JudgeError            the trusted side of a check failed
│   └── JudgeLost         its process ended by itself
├── ClusterError          the machines that grade cannot be reached or used
├── DiskFull              a file could not be written for want of room
└── LedgerError           the database of runs cannot be read or written
    └── SecretError       it was made with another secret than the course has here

This module imports nothing from the package.
"""

from __future__ import annotations

import errno


class GradersError(Exception):
    """Base of all our errors: a code, a message that is safe to show, and what to try next."""

    code = "internal"
    exit_code = 3
    may_pass = False  # whether doing the same again could succeed: a fault of the machine

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint))


def _rebuild(kind: type[GradersError], message: str, hint: str) -> GradersError:
    """Make the error again in another process (errors cross worker processes by pickle)."""
    return kind(message, hint=hint)


class UsageError(GradersError):
    """A command was called with something that does not exist or make sense."""

    code = "usage"
    exit_code = 2


class CourseError(GradersError):
    """The course's configuration cannot be used."""

    code = "course"
    exit_code = 2


class SourceError(CourseError):
    """The text of a chapter breaks a rule of the course format."""

    code = "source"


class LeakError(CourseError):
    """Something hidden would have reached a student; nothing was released."""

    code = "leak"


class SubmissionError(GradersError):
    """What was handed in cannot be read as a notebook of the chapter: a fact about the submission."""

    code = "submission"
    exit_code = 1


class SandboxError(GradersError):
    """A wall could not be raised, or a template or kernel could not be started."""

    code = "sandbox"
    may_pass = True


class WallError(SandboxError):
    """No wall can be raised on this machine as it is set up: nobody's work is touched."""

    exit_code = 2
    may_pass = False


class BridgeError(GradersError):
    """The conversation with a student kernel broke a rule of the wire format, or ended."""

    code = "bridge"


class JudgeError(GradersError):
    """The trusted side of a check failed: the result is ungradable, never a zero."""

    code = "judge"


class JudgeLost(JudgeError):
    """The judge process ended by itself: something on the machine killed it."""

    may_pass = True


class ClusterError(GradersError):
    """The machines that were to grade cannot be reached or used; what is graded already is kept."""

    code = "cluster"


class DiskFull(GradersError):
    """A file could not be written, because the disk or somebody's share of it is full."""

    code = "disk"

    @classmethod
    def of(cls, error: OSError) -> DiskFull | None:
        """Return what to tell of an error of the system if it is this one."""
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return None
        where = f"{error.filename}: the disk" if error.filename else "The disk"
        return cls(f"{where} is full.", hint="Make room (df -h says where), then run the command again.")


class LedgerError(GradersError):
    """The database of runs cannot be read or written."""

    code = "ledger"


class SecretError(LedgerError):
    """The course's secret is not the one that the ledger's results were made with."""

    code = "secret"
    exit_code = 2
