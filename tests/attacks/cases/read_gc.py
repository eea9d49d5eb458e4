"""Looks through every object the garbage collector knows for words of the hidden tests."""

CODE = r"""
import gc, re
found = set()
for thing in gc.get_objects():
    parts = [*thing, *thing.values()] if type(thing) is dict else list(thing) if type(thing) in (list, tuple, set) else []
    for part in parts:
        if type(part) in (str, bytes):
            found.update(re.findall("cana[r]y-[a-z0-9]{8}", part if type(part) is str else part.decode("latin1")))
print("found", sorted(found))
"""
