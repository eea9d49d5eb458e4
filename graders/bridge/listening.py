"""Hears what a call prints in the student's process, so that the judge's check can look at it."""

from __future__ import annotations

import io
import sys
from types import TracebackType
from typing import Any

_MOST = 2**16  # characters of one call


class Listening:
    """Takes what is printed in its block; at most so much of it is kept. A student's code may undo it."""

    def __enter__(self) -> Listening:
        self._before = (sys.stdout, sys.stderr)
        self._kept: tuple[Any, Any] = (_Ear(), _Ear())
        sys.stdout, sys.stderr = self._kept
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout, sys.stderr = self._before

    @property
    def printed(self) -> list[list[Any]]:
        """What was printed: whether to the stream of errors, and the text."""
        heard = [[number == 1, ear.getvalue()[:_MOST]] for number, ear in enumerate(self._kept)]
        return [part for part in heard if part[1]]


class _Ear(io.StringIO):
    def write(self, text: str) -> int:
        if self.tell() < _MOST:
            super().write(text[:_MOST])
        return len(text)
