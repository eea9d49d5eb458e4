"""Course kit and autograder: graded notebooks whose marks cannot be forged.

Older Pythons have to be able to read this file: it tells them that they are too old.
"""

import sys

__version__ = "0.1.0"

_OLDEST = (3, 11)


def _too_old(version: "tuple[int, int]") -> str:
    """Return what to tell a Python of a version (major, minor) that is too old, nothing to others."""
    if version >= _OLDEST:
        return ""
    return (
        "graders needs Python %d.%d or later, and this is Python %d.%d. "
        "Make an environment with a newer one, for example: python3.11 -m venv .venv" % (_OLDEST + version)
    )


if _too_old(sys.version_info[:2]):
    raise ImportError(_too_old(sys.version_info[:2]))
