"""Linux calls that Python 3.11 does not offer, through libc; each raises OSError naming the call."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_MOUNT_SETATTR = 442
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_CAP_VERSION_3 = 0x20080522

_MADV_COLLAPSE = 25
_LARGE = 2**21  # bytes of a large page

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, name: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def unshare(flags: int) -> None:
    """Leave the given namespaces for new ones."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system, or bind or change one."""
    arguments = (source.encode(), target.encode(), kind.encode() if kind else None)
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def unmount(target: str) -> None:
    """Take a mount away; what was bound from it stays."""
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def make_read_only(target: str) -> None:
    """Make a mount and everything mounted below it read-only, without set-uid programs or devices."""

    class Attributes(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]

    wanted = Attributes(MS_RDONLY | MS_NOSUID, 0, 0, 0)
    arguments = (_AT_FDCWD, target.encode(), _AT_RECURSIVE, ctypes.byref(wanted), ctypes.sizeof(wanted))
    result = _libc.syscall(_SYS_MOUNT_SETATTR, *arguments)
    if result < 0 and ctypes.get_errno() == errno.ENOSYS:
        mount(target, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    else:
        _check(result, f"mount_setattr {target}")


def pivot_root(new: str) -> None:
    """Make a mounted folder the root of the file system and forget the old one."""
    os.chdir(new)
    _check(_libc.syscall(_SYS_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def set_hostname(name: str) -> None:
    """Name this UTS namespace's machine."""
    _check(_libc.sethostname(name.encode(), len(name)), "sethostname")


def die_with_parent(parent: int = 0) -> None:
    """Ask the kernel to end this process when its parent ends, and end it if ``parent`` has ended already."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl(PDEATHSIG)")
    if parent and os.getppid() != parent:
        os._exit(1)  # it ended before it could be asked for


def set_dumpable(value: bool) -> None:
    """Say whether other processes of the same user may look into this one."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(value), 0, 0, 0), "prctl(DUMPABLE)")


def no_new_privileges() -> None:
    """Forbid this process and its children to gain rights by executing a program."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(NO_NEW_PRIVS)")


def shrink_bounding_set() -> None:
    """Make it impossible to gain any capability later; needs CAP_SETPCAP, so it comes first."""
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    last = _last_capability()
    for capability in range(last + 1):
        _check(_libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0), "prctl(CAPBSET_DROP)")


def _last_capability() -> int:
    try:
        return int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    except OSError:
        return 40  # CAP_CHECKPOINT_RESTORE; where /proc is missing


def drop_capabilities() -> None:
    """Give up every capability, in all sets, for good."""
    header = struct.pack("Ii", _CAP_VERSION_3, 0)
    _check(_libc.capset(header, struct.pack("6I", *[0] * 6)), "capset")


def loopback_up() -> None:
    """Switch on the loopback interface of a new network namespace."""
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, siocgifflags, request))[1]
        fcntl.ioctl(sock, siocsifflags, struct.pack("16sh14x", b"lo", flags | iff_up))


def pid_of(pidfd: int) -> int:
    """Return the process id of a pidfd as seen from here."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def use_large_pages() -> None:
    """Put this process's own memory into large pages, where Linux (6.1 or later) can do so on request.

    A fork copies a page table: large pages make that, and its taking down, about half as long. What a
    child then writes to is copied in small pages as ever, so none needs more memory.
    """
    for first, end in _own_memory():
        start = -(-first // _LARGE) * _LARGE
        for place in range(start, end - _LARGE + 1, _LARGE):
            _libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(_LARGE), _MADV_COLLAPSE)


def _own_memory() -> Iterator[tuple[int, int]]:
    """Yield where this process's writable memory without a file behind it lies."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, inode, *name = line.split()
        if rights == "rw-p" and inode == "0" and "[stack]" not in name:
            first, end = place.split("-")
            yield int(first, 16), int(end, 16)
