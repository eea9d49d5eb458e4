"""Where data files live, whether they are intact, and how they are written without halves.

Knows no particular data set. Imports only :mod:`graders.errors`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from graders.errors import UsageError

PathText = str | os.PathLike[str]


def cache_dir(cache: PathText | None = None) -> Path:
    """Return the folder for fetched data: ``cache``, else ``$XDG_CACHE_HOME/graders`` or the like in home."""
    if cache is not None:
        return Path(cache)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graders"


def local_copy(name: str, cache: PathText | None = None) -> Path | None:
    """Return the file ``name`` from ``$GRADERS_DATA``, else from the cache; None if neither has it."""
    folders = [Path(os.environ["GRADERS_DATA"])] if os.environ.get("GRADERS_DATA") else []
    candidates = (folder / name for folder in [*folders, cache_dir(cache)])
    return next((path for path in candidates if path.is_file()), None)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_intact(path: Path, sha256: str) -> Path:
    """Return ``path`` if it has the expected SHA-256; raises UsageError if it is another file."""
    if sha256_of(path) != sha256:
        raise UsageError(
            f"{path} is damaged or another version: its SHA-256 is not {sha256[:12]}….",
            hint="Delete the file, or replace it by the original, and try again.",
        )
    return path


def store(path: Path, data: bytes) -> Path:
    """Write ``data`` and its checksum file so that a reader sees all of it or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    _replace(_checksum_file(path), hashlib.sha256(data).hexdigest().encode())
    return path


def stored_intact(path: Path) -> bool:
    """Tell whether ``path`` was written by :func:`store` and is unchanged since."""
    recorded = _checksum_file(path)
    return path.is_file() and recorded.is_file() and recorded.read_text() == sha256_of(path)


def _checksum_file(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
