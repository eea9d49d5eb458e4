"""Makes, joins and leaves namespaces, mounts, changes its root and its user."""

CODE = """
import ctypes, json, os
libc, done = ctypes.CDLL(None, use_errno=True), []
for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x80):
    if libc.unshare(flag) == 0:
        done.append(f"unshare {flag:x}")
    pid = libc.syscall(56, flag | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid > 0 and flag != 0x80:
        done.append(f"clone {flag:x}")
for name in os.listdir("/proc/1/ns") if os.access("/proc/1/ns", os.R_OK) else []:
    try:
        if libc.setns(os.open(f"/proc/1/ns/{name}", os.O_RDONLY), 0) == 0:
            done.append(f"setns {name}")
    except OSError:
        pass
for name, call in {"mount": lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, None), "bind": lambda: libc.mount(b"/", b"/tmp", None, 4096, None),
                   "umount": lambda: libc.umount2(b"/home/student", 2), "chroot": lambda: libc.chroot(b"/tmp"), "pivot": lambda: libc.syscall(155, b".", b"."),
                   "open_tree": lambda: libc.syscall(428, -100, b"/", 1), "setuid": lambda: libc.setuid(0), "setgid": lambda: libc.setgid(0),
                   "mknod": lambda: libc.mknod(b"/tmp/d", 0o20666, 0x101), "sethostname": lambda: libc.sethostname(b"x", 1), "keyctl": lambda: libc.syscall(250, 0, -3, 1),
                   "bpf": lambda: libc.syscall(321, 0, 0, 0), "perf": lambda: libc.syscall(298, 0, 0, -1, -1, 0), "io_uring": lambda: libc.syscall(425, 8, 0),
                   "userfaultfd": lambda: libc.syscall(323, 0), "open_by_handle": lambda: libc.syscall(304, -100, 0, 0), "reboot": lambda: libc.syscall(169, 0, 0, 0, 0)}.items():
    if call() >= 0:
        done.append(name)
for name in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/newuidmap", "/usr/bin/sudo"):
    if os.path.exists(name) and os.system(f"{name} -c id root >/dev/null 2>&1 < /dev/null") == 0:
        done.append(name)
print("TRACE", json.dumps(done))
"""


def observe(graded):
    assert graded.told() == []
