"""A sentence that depends on how many: one form for each way in which a language counts. Imports nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _english(n: int) -> int:
    return int(n != 1)


@dataclass(frozen=True)
class Counted:
    """The forms of a sentence, and which of them a whole number takes (gettext's plural forms)."""

    forms: tuple[str, ...]
    form_of: Callable[[int], int] = _english

    def format(self, n: float, **values: object) -> str:
        """Fill in the form for ``n``; a fraction takes the form of two, as in "0.5 points"."""
        return self.forms[self.form_of(int(n) if n == int(n) else 2)].format(**values)


def counted(one: str, many: str) -> Counted:
    """Return an English sentence for one, and for any other number."""
    return Counted((one, many))
