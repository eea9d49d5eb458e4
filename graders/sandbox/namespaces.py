"""The namespaces wall: a forked child leaves the host's namespaces, sees little, and loses all rights.

Order matters. The view is built while the process still has rights over its new mount namespace, and
the rights are dropped before anything of a student is read. Started as root, no user namespace is
made at all: root builds the view (an interpreter below a private home folder could not be reached
otherwise), then becomes a user id of its own that exists nowhere else. Started as a plain user, a
user namespace lends the rights for building.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graders.errors import SandboxError
from graders.sandbox import seccomp, system
from graders.sandbox.limits import WallLimits, apply

HOME = "/home/student"
# Where the new root is put together, in the child's own mount namespace: a folder nothing needed is below.
_PLACES = ("/mnt", "/media", "/srv", "/tmp")  # noqa: S108 (covered, not used)
_FIRST_UID = 200_000
_NAMESPACES = (
    system.CLONE_NEWNS | system.CLONE_NEWPID | system.CLONE_NEWNET | system.CLONE_NEWIPC | system.CLONE_NEWUTS
)
_SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/ssl/certs",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_GENERATED = {
    "etc/passwd": "student:x:{uid}:{uid}:student:/home/student:/bin/sh\n",
    "etc/group": "student:x:{uid}:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True)
class Identity:
    """The user id a walled process has outside, and the one it sees itself as."""

    outside: int
    inside: int
    was_root: bool


def leave(pid: int) -> Identity:
    """Unshare the namespaces; children of the caller are then born behind the wall.

    ``pid`` is the caller's process id outside, from which an unused user id follows.
    """
    was_root, gid = os.geteuid() == 0, os.getegid()  # asked after unsharing, it is 65534
    identity = Identity(_FIRST_UID + pid, _FIRST_UID + pid, True) if was_root else _plain_user()
    try:
        system.unshare(_NAMESPACES | (0 if was_root else system.CLONE_NEWUSER))
        if not was_root:
            _map_user(identity, gid)
        system.mount("none", "/", None, system.MS_REC | system.MS_PRIVATE)
    except OSError as error:
        raise SandboxError(
            f"This machine does not let us make namespaces ({error}).", hint="Run: graders doctor"
        ) from error
    return identity


def _plain_user() -> Identity:
    return Identity(os.geteuid(), 1000, False)


def _map_user(identity: Identity, gid: int) -> None:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{identity.inside} {identity.outside} 1")
    Path("/proc/self/gid_map").write_text(f"{identity.inside} {gid} 1")


def build_view(
    identity: Identity, limits: WallLimits, files: dict[str, bytes], devices: list[Path] | None = None
) -> None:
    """Make the new root: system and libraries read-only, a sized tmpfs for everything writable.

    ``files`` are put into the working folder; ``devices`` are further files of ``/dev``. Runs as the
    first process of the new PID namespace.
    """
    root = _place()
    system.mount("root", str(root), "tmpfs", system.MS_NOSUID | system.MS_NODEV, "size=4m,mode=755")
    _add_devices(root, devices or [])
    _add_proc(root)
    _add_writable(root, identity, limits)
    for source in visible():  # last: the project itself may lie below a writable folder such as /tmp
        _bind(source, root)
    for name, text in _GENERATED.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.format(uid=identity.inside))
    _put_files(root, identity, files)
    system.pivot_root(str(root))
    system.mount("none", "/", None, system.MS_REMOUNT | system.MS_BIND | system.MS_RDONLY | system.MS_NOSUID)
    system.set_hostname("sandbox")
    system.loopback_up()


def shows(path: Path) -> bool:
    """Whether a file of the host can be seen from inside."""
    seen = path.resolve()
    return any(seen.is_relative_to(place.resolve()) for place in visible())


def prepare() -> None:
    """Look now for what a view shows, so that every process forked from here knows."""
    visible()


def _place() -> Path:
    needed = visible()
    for place in map(Path, _PLACES):
        if place.is_dir() and not any(place in (path, *path.parents) for path in needed):
            return place
    raise SandboxError("There is no folder to build a sandbox in.", hint="Make the folder /mnt.")


@cache
def visible() -> list[Path]:
    """Return what student code may see of the host: system libraries, Python and this package."""
    here = Path(__file__).resolve().parent.parent
    wanted = [Path(p) for p in (*_SYSTEM_FOLDERS, *_SYSTEM_FILES)]
    wanted += [Path(sys.base_prefix), Path(sys.prefix), *map(Path, site.getsitepackages()), here]
    existing = [path for path in wanted if path.exists() or path.is_symlink()]
    return [p for p in dict.fromkeys(existing) if not any(q in p.parents for q in existing)]


def _bind(source: Path, root: Path) -> None:
    target = root / source.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(os.readlink(source))
        return
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    system.mount(str(source), str(target), None, system.MS_BIND | system.MS_REC)
    system.make_read_only(str(target))


def _add_devices(root: Path, more: list[Path]) -> None:
    (root / "dev").mkdir()
    for source in (*(Path("/dev", name) for name in _DEVICES), *more):
        target = root / source.relative_to("/")
        target.parent.mkdir(exist_ok=True)
        target.touch()
        system.mount(str(source), str(target), None, system.MS_BIND)
    for name, aim in _LINKS.items():
        (root / "dev" / name).symlink_to(aim)
    (root / "dev/pts").mkdir()  # terminals of its own: IPython's `!command` needs one
    flags = system.MS_NOSUID | system.MS_NOEXEC
    system.mount("devpts", str(root / "dev/pts"), "devpts", flags, "newinstance,ptmxmode=0666,mode=0620,max=64")


def _add_proc(root: Path) -> None:
    """Mount a /proc of the new PID namespace: time and memory of what is behind the wall are read there."""
    (root / "proc").mkdir()
    flags = system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC
    try:
        system.mount("proc", str(root / "proc"), "proc", flags)
    except PermissionError as error:  # what another sandbox hides of /proc, the kernel does not show anew
        raise SandboxError("the /proc of this container is partly hidden, so a wall gets none") from error


def _add_writable(root: Path, identity: Identity, limits: WallLimits) -> None:
    """Mount one tmpfs for all writable folders, so that one size limits their sum."""
    store = root / "writable"
    store.mkdir()
    options = f"size={limits.disk_mb}m,nr_inodes={limits.files},mode=755"
    system.mount("writable", str(store), "tmpfs", system.MS_NOSUID | system.MS_NODEV, options)
    for name in ("tmp", "dev/shm", HOME[1:]):
        folder, target = store / name.replace("/", "_"), root / name
        folder.mkdir()
        _own(folder, identity)
        target.mkdir(parents=True, exist_ok=True)
        system.mount(str(folder), str(target), None, system.MS_BIND)
    system.unmount(str(store))  # what is bound from it stays
    store.rmdir()


def _own(path: Path, identity: Identity) -> None:
    if identity.was_root:
        os.chown(path, identity.outside, identity.outside)


def _put_files(root: Path, identity: Identity, files: dict[str, bytes]) -> None:
    home = root / HOME[1:]
    for name, content in sorted(files.items()):
        path = home / name
        for folder in reversed([p for p in path.parents if home in p.parents]):
            folder.mkdir(exist_ok=True)
            _own(folder, identity)
        path.write_bytes(content)
        _own(path, identity)


def give_up_rights(identity: Identity, limits: WallLimits, *, dumpable: bool, tell: bool = False) -> int:
    """Become the unprivileged user, drop all capabilities, install limits and the system call filter.

    With ``tell`` the descriptor to hear of denied calls is returned, else -1.
    """
    apply(limits)
    system.shrink_bounding_set()
    if identity.was_root:
        os.setgroups([])
        os.setresgid(identity.outside, identity.outside, identity.outside)
        os.setresuid(identity.outside, identity.outside, identity.outside)
    system.drop_capabilities()
    system.no_new_privileges()
    system.die_with_parent()  # changing the user id cleared it
    system.set_dumpable(dumpable)
    return seccomp.load(tell=tell)


def limit_only(limits: WallLimits) -> None:
    """Do what can be done without namespaces: limits, no new rights, the system call filter.

    This does not hold an attacker: files, network and processes of the same user stay in reach.
    """
    apply(limits)
    system.no_new_privileges()
    seccomp.load()


def close_other_descriptors(keep: set[int]) -> None:
    """Close every inherited descriptor but the named ones; walled code must find none of ours."""
    for number in _descriptors():
        if number not in keep:
            try:
                os.close(number)
            except OSError:
                continue  # the descriptor that listed the folder


def _descriptors() -> Iterator[int]:
    yield from (int(name) for name in os.listdir("/proc/self/fd"))
