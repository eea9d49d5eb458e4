"""Reads the whole memory of its own process through /proc/self/mem."""

CODE = r"""
import re
found = set()
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps.read().splitlines():
        span, rights = line.split()[:2]
        start, end = (int(n, 16) for n in span.split("-"))
        if "w" in rights and end - start < 2**28:
            try:
                memory.seek(start)
                found.update(re.findall(rb"cana[r]y-[a-z0-9]{8}", memory.read(end - start)))
            except (OSError, OverflowError, ValueError):
                pass
print("found", sorted(found))
"""
