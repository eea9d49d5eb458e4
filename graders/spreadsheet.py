"""Tables as CSV text that every spreadsheet reads and none takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# OWASP, CSV Injection: how a field becomes a formula; programs pass over space before it, and some read the
# full-width signs as the plain ones.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_text(rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return rows as CSV text; texts that would be formulas get an apostrophe, None is an empty field."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_field(field) for field in row] for row in rows)
    return out.getvalue()


def _field(field: str | float | None) -> str:
    if isinstance(field, str):
        risky = field.startswith(_FORMULA) or field.lstrip().startswith(_FORMULA)
        return f"'{field}" if risky else field
    return "" if field is None else f"{field:.10g}"
