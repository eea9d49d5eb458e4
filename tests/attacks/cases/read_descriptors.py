"""Tries every descriptor it may have inherited: names, contents, and messages waiting in sockets."""

CODE = r"""
import json, os, re, select, stat
found, kinds = [], {}
for number in range(3, 256):
    try:
        facts = os.fstat(number)
        kinds[number] = os.readlink(f"/proc/self/fd/{number}")
        if stat.S_ISREG(facts.st_mode) or (stat.S_ISFIFO(facts.st_mode) and select.select([number], [], [], 0)[0]):
            found += re.findall(rb"cana[r]y-[a-z0-9]{8}", os.pread(number, 2**20, 0) if stat.S_ISREG(facts.st_mode) else b"")
        elif stat.S_ISDIR(facts.st_mode):
            found.append(str(os.listdir(number)))
    except OSError:
        pass
print(found)
print("TRACE", json.dumps(sorted(set(re.sub("[0-9]+", "N", k) for k in kinds.values()))))
"""


def observe(graded):
    seen = set(graded.told())
    allowed = {"socket:[N]", "pipe:[N]", "anon_inode:[eventfd]", "anon_inode:[eventpoll]", "/dev/null", "/null"}
    assert {k for k in seen if not k.startswith(("/proc/", "/dev/urandom"))} <= allowed, seen
