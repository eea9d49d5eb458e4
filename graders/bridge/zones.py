"""Time zones that may cross: by a name that both ends know, or by an offset from UTC."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from zoneinfo import available_timezones

_OFFSET = re.compile(r"UTC([+-][0-9]{2}:[0-9]{2})?")


@cache
def _names() -> set[str]:
    return available_timezones()


def is_known(name: str) -> bool:
    """Whether a name is that of a time zone; any other could be a path to a file."""
    return name in _names() or _OFFSET.fullmatch(name) is not None


def name_of(zone: Any) -> str:
    """Return the name under which a time zone crosses, nothing if it has none."""
    name = str(zone)
    return name if is_known(name) else ""
