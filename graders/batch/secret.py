"""The course's secret, which hidden draws come from: one for all machines that share a ledger.

The ledger keeps a fingerprint of it, never the secret, so that a machine with another one notices
before it draws other hidden data and gives the same work another grade.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from graders.course import Course
from graders.errors import CourseError, SecretError

if TYPE_CHECKING:  # workers read the secret too, and need no database
    from graders.batch.ledger import Ledger

_PURPOSE = b"graders: the secret that a ledger was made with"
_NEW = "If it was changed on purpose, or is lost: graders autograde --new-secret"


def read_secret(course: Course) -> bytes:
    """Return the secret that hidden draws come from; the first use makes one, readable by us alone."""
    path = course.root / course.secret_file
    if not path.exists():
        _make(path)
    text = path.read_text().strip()
    if not text:
        raise CourseError(
            f"{path.name} is empty.",
            hint="Copy it from a backup. Without one remove it; a new one is made, and hidden data changes.",
        )
    return text.encode()


def _make(path: Path) -> None:
    """Write a new secret; a full disk leaves no empty file, which would be taken for a lost secret."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    except OSError:
        path.unlink()
        raise


def fingerprint(secret: bytes) -> str:
    """Return a keyed hash that tells two secrets apart and gives neither away (HMAC-SHA256, RFC 2104)."""
    return hmac.new(secret, _PURPOSE, hashlib.sha256).hexdigest()


def check_secret(course: Course, ledger: Ledger, *, new: bool = False) -> None:
    """Refuse to grade with another secret than the ledger's; a ledger that knows none takes this one.

    With ``new`` the course's secret is the ledger's from now on. Raises SecretError otherwise, before
    a missing file is made anew.
    """
    known, path = ledger.secret(), course.root / course.secret_file
    if known and not new and not path.exists():
        raise SecretError(
            f"{path} is missing, and this course was graded with a secret before.",
            hint=f"Copy it from the machine that graded, or from a backup. {_NEW}",
        )
    found = fingerprint(read_secret(course))
    if not known or (new and found != known):
        ledger.keep_secret(found)
    elif found != known:
        raise SecretError(
            f"{path} is not the secret that this course was graded with: hidden data would be other data.",
            hint=f"Copy {path.name} from the machine that graded before. {_NEW}",
        )
