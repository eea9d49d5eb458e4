"""Shared by the tests of the wall: where the searching code is, and what runs on this machine."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def search_code() -> str:
    """Source of a function ``search()`` that looks for planted words everywhere."""
    return Path(__file__).with_name("search.py").read_text()


class Processes:
    """Processes of this machine as /proc shows them."""

    @staticmethod
    def parent(pid: int) -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[1])

    @staticmethod
    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    @classmethod
    def below(cls, root: int) -> set[int]:
        """All descendants of a process."""
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                parents[int(name)] = cls.parent(int(name))
            except (FileNotFoundError, ProcessLookupError):
                continue
        found = {root}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {root}


@pytest.fixture
def processes() -> type[Processes]:
    return Processes
