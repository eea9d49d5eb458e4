"""What travels to another machine: one submission's files, and a chapter's bundle, as plain data.

A folder that was unpacked leads to the same notes and the same result as the one it was packed from:
links arrive as links to nowhere, and a file that is too large to be used as an empty one of its size.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graders.course import Limits
from graders.job import Job
from graders.notebooks.bundle import Bundle
from graders.notebooks.sanitise import walk

_MB = 2**20
_NOWHERE = "nowhere"


@dataclass(frozen=True)
class Item:
    """One thing in a submission's folder: a file with its bytes, a large file's size, or a link."""

    name: bytes
    kind: str  # "file", "large", "link" or "other"
    content: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class Parcel:
    """A submission on its way: the job without its bundle and folder, which environment it needs, its files."""

    job: Job
    profile: str
    modules: tuple[str, ...]
    bundle_key: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class PackedBundle:
    """A chapter's bundle with the bytes of its files."""

    bundle: Bundle
    contents: tuple[bytes, ...]


def pack(folder: Path, limits: Limits) -> tuple[Item, ...]:
    """Read a submission's folder as grading would; one that is gone meanwhile is empty."""
    return tuple(_items(folder, limits))


def _items(folder: Path, limits: Limits) -> Iterator[Item]:
    room = {".ipynb": limits.notebook_mb * _MB}
    for path in walk(folder):
        name = os.fsencode(path.relative_to(folder))
        if path.is_symlink():
            yield Item(name, "link")
        elif not path.is_file():
            yield Item(name, "other")
        elif (size := path.stat().st_size) > room.get(path.suffix, limits.disk_mb * _MB // 2):
            yield Item(name, "large", size=size)
        else:
            yield Item(name, "file", path.read_bytes())


def unpack(items: tuple[Item, ...], folder: Path) -> None:
    """Write a packed submission into a folder, which is made."""
    folder.mkdir(parents=True)
    for item in items:
        path = folder / os.fsdecode(item.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if item.kind == "link":
            path.symlink_to(_NOWHERE)
        elif item.kind == "other":
            os.mkfifo(path)
        else:
            path.write_bytes(item.content)
            if item.kind == "large":
                os.truncate(path, item.size)


def pack_bundle(bundle: Bundle) -> PackedBundle:
    """Read the files of a bundle."""
    return PackedBundle(bundle, tuple(Path(path).read_bytes() for _, path in bundle.files))


def unpack_bundle(packed: PackedBundle, folder: Path) -> Bundle:
    """Write the files of a bundle into a folder, and return the bundle that refers to them there."""
    files = []
    for number, ((name, _), content) in enumerate(zip(packed.bundle.files, packed.contents, strict=True)):
        path = folder / str(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files.append((name, str(path)))
    return replace(packed.bundle, files=tuple(files))
