"""System calls that no student's program needs and many an attack does: they fail with EPERM.

A deny list, because libraries for numerical work use nearly every other call; it stands behind the
namespaces and the missing capabilities, not in place of them.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
import tempfile
from functools import cache

DENIED = (
    "acct",
    "add_key",
    "bpf",
    "chroot",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "memfd_create",  # memory that no process's size shows
    "memfd_secret",
    "mount",
    "mount_setattr",
    "move_mount",
    "mq_open",
    "msgget",
    "name_to_handle_at",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "semget",
    "setns",
    "settimeofday",
    "shmget",  # outlives the process that made it and shows in nobody's size
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "vhangup",
)
_CLONE_NEW = 0x7E020000  # any CLONE_NEW* flag
# Kinds of sockets a program may make: unix, IPv4, IPv6 and netlink, all bound to its own network
# namespace. Others are not: AF_VSOCK reaches the host of a virtual machine, AF_ALG kernel code.
_FAMILIES = (1, 2, 10, 16)
_LAST_FAMILY = 48
# From linux/seccomp.h: _IOWR('!', 0, struct seccomp_notif) and _IOWR('!', 1, struct seccomp_notif_resp).
_SET_MODE_FILTER, _NEW_LISTENER = 1, 1 << 3
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_INSTRUCTION = 8  # bytes
_RECEIVE, _RESPOND = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("QIIiIQ6Q")
_REPLY = struct.Struct("QqiI")
_libc = ctypes.CDLL(None, use_errno=True)


def load(*, tell: bool = False) -> int:
    """Install the filter in the calling thread; everything it starts inherits it.

    ``clone3`` answers ENOSYS, so that the C library falls back to ``clone``, whose flags can be seen.
    With ``tell`` every denied call is first told to a listener, whose descriptor is returned (else -1):
    it must answer with :func:`deny`.
    """
    program = _program(tell)
    found = ctypes.create_string_buffer(program, len(program))
    header = _Header(len(program) // _INSTRUCTION, ctypes.cast(found, ctypes.c_void_p))
    number = _SYS_SECCOMP[os.uname().machine]
    flags = ctypes.c_ulong(_NEW_LISTENER if tell else 0)
    result: int = _libc.syscall(number, _SET_MODE_FILTER, flags, ctypes.byref(header))
    if result < 0:
        raise OSError(ctypes.get_errno(), "seccomp: the filter was refused")
    return result if tell else -1


class _Header(ctypes.Structure):
    """The kernel's struct sock_fprog: how many instructions, and where."""

    _fields_ = (("count", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def prepare() -> None:
    """Translate the filters now, so that every process forked from here has them for nothing."""
    _program(tell=True)
    _program(tell=False)


@cache
def _program(tell: bool) -> bytes:
    """Return the filter as the kernel takes it: instructions of the classic packet filter."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    denied = pyseccomp.NOTIFY if tell else pyseccomp.ERRNO(errno.EPERM)
    for name in DENIED:
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) > 0:
            rules.add_rule(denied, name)
    for bit in range(17, 31):
        if _CLONE_NEW >> bit & 1:
            flag = 1 << bit
            rules.add_rule(denied, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    for family in range(_LAST_FAMILY + 1):
        if family not in _FAMILIES:
            rules.add_rule(denied, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "clone3") > 0:
        rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def deny(listener: int) -> str:
    """Answer one denied call with EPERM and return its name; empty if its caller is gone meanwhile."""
    notice = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notice)
        number, _, _, call, *_ = _NOTICE.unpack(notice)
        fcntl.ioctl(listener, _RESPOND, bytearray(_REPLY.pack(number, 0, -errno.EPERM, 0)))
    except OSError:
        return ""
    return name_of(call)


def name_of(call: int) -> str:
    """Return the name of a system call of this machine."""
    import pyseccomp

    return str(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, call).decode())
