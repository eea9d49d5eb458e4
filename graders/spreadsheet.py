"""Tables as CSV text that every spreadsheet reads and none takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV Injection: how a field becomes a formula


def csv_text(rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return rows as CSV text; texts that would be formulas get an apostrophe, None is an empty field."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_field(field) for field in row] for row in rows)
    return out.getvalue()


def _field(field: str | float | None) -> str:
    if isinstance(field, str):
        return f"'{field}" if field.startswith(_FORMULA) else field
    return "" if field is None else f"{field:.10g}"
