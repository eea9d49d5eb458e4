"""Looks for planted words wherever code behind the wall can look.

A cell of a student's notebook in the tests: ``search()`` says where something was found. A planted
word is CANARY or CONTROL, a dash, a name and a dash and sixteen hexadecimal digits.
"""

import gc
import os
import re
import sys

# The brackets keep the patterns from finding themselves; text is stored in 1, 2 or 4 bytes a character.
WORD = re.compile(rb"(CAN[A]RY|CON[T]ROL)-([a-z]+)-[0-9a-f]{16}")
WIDE = [re.compile(b"C%sA%sN%s[A]%sR%sY%s-" % ((zeros,) * 6)) for zeros in (b"\0", b"\0\0\0")] + [
    re.compile(b"43414[e]4152592d")
]
BIG = ("/usr", "/lib", "/lib64", "/proc", "/sys", sys.prefix, sys.base_prefix)


def words(data):
    found = {match[0][:-17].decode() for match in WORD.finditer(data)}
    return found | {"CANARY in another form" for pattern in WIDE if pattern.search(data)}


def in_memory():
    """Everything this process has in memory, freed or not, whoever owns it."""
    found = set()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            span, rights = line.split()[:2]
            start, end = (int(number, 16) for number in span.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            try:
                memory.seek(start)
                found |= words(memory.read(end - start))
            except (OSError, OverflowError, ValueError):
                continue
    return found


def in_objects():
    found = set()
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            parts = [*thing.keys(), *thing.values()]
        elif isinstance(thing, (list, tuple, set, frozenset)):
            parts = list(thing)
        else:
            continue
        for part in parts:
            if isinstance(part, str):
                found |= words(part.encode("utf-8", "surrogatepass"))
            elif isinstance(part, (bytes, bytearray)):
                found |= words(bytes(part))
    return found


def in_frames():
    found = set()
    for frame in sys._current_frames().values():
        while frame is not None:
            found |= words(repr((frame.f_locals, frame.f_code.co_consts)).encode("utf-8", "surrogatepass"))
            frame = frame.f_back
    return found


def in_files():
    found = set()
    for parent, folders, names in os.walk("/"):
        folders[:] = [f for f in folders if os.path.join(parent, f) not in BIG]
        found |= words("/".join([parent, *folders, *names]).encode("utf-8", "surrogateescape"))
        for name in names:
            found |= in_file(os.path.join(parent, name))
    return found


def in_file(path):
    try:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return words(file.read(2**22))
    except OSError:
        pass
    return set()


def in_processes():
    """What /proc says of every process there is, and whether another one's memory can be opened."""
    found = words(repr(sorted(os.environ.items())).encode("utf-8", "surrogateescape"))
    for number in [name for name in os.listdir("/proc") if name.isdigit()]:
        for name in ("environ", "cmdline", "maps", "stack", "mountinfo", "status"):
            found |= in_file(f"/proc/{number}/{name}")
        for number_of_file in listing(f"/proc/{number}/fd"):
            link = f"/proc/{number}/fd/{number_of_file}"
            try:
                found |= words(os.readlink(link).encode())
            except OSError:
                continue
        if number != str(os.getpid()):
            try:
                open(f"/proc/{number}/mem", "rb").close()
                found.add(f"memory of process {number}")
            except OSError:
                pass
            found |= {f"root of {number}"} if listing(f"/proc/{number}/root/") else set()
    return found


def listing(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def search():
    places = (in_objects, in_frames, in_files, in_processes, in_memory)
    return sorted({f"{place.__name__}: {word}" for place in places for word in place()})
