"""Strings that somebody else wrote, made fit to be shown: no colour codes, no control characters, bounded.

Escaping is not done here but by the template (autoescape), once. Imports only the language.
"""

from __future__ import annotations

import re
from typing import Any

from graders.feedback.language import figure
from graders.feedback.language import page_texts as texts

# ECMA-48: OSC strings, CSI sequences (7 and 8 bit), and two-character escapes.
_ANSI = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?")
# Control characters that no browser should get; tab and newline stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Lone surrogates cannot be written as UTF-8; embedding and override marks can reorder a whole page.
_TROUBLE = re.compile("[\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def joined(value: Any) -> str:
    """Return nbformat's multi-line string (a string or a list of them) as one string."""
    if isinstance(value, list | tuple):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def plain(text: str, limit: int) -> str:
    """Return text without ANSI codes and control characters, at most ``limit`` characters and a note.

    A carriage return overwrites its line, as in a terminal, so a progress bar leaves its last state.
    """
    far = max(0, len(text) - 8 * limit)  # never shown, so not worth the time to clean it
    text = text[: 4 * limit] + text[len(text) - 4 * limit :] if far else text
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = _CONTROL.sub("", "\n".join(lines))
    return _shorten(_TROUBLE.sub("\N{REPLACEMENT CHARACTER}", text), limit, far)


def line(text: str, limit: int) -> str:
    """Return text as one clean line: what names and titles need."""
    return " ".join(plain(text, limit).split())


def _shorten(text: str, limit: int, already: int) -> str:
    """Cut the middle out of a long text and say how much is missing: starts and ends tell the most."""
    if len(text) <= limit and not already:
        return text
    head = min(limit, len(text)) * 2 // 3
    tail = min(limit, len(text)) - head
    missing = already + len(text) - head - tail
    note = texts.CUT.format(missing, count=missing)
    return f"{text[:head]}\n{note}\n{text[len(text) - tail :]}"


def number(value: float) -> str:
    """Write a number shortly: four significant digits, no trailing zeros."""
    return figure(f"{value:.4g}")


def points(value: float) -> str:
    """Write points with at most two decimals and no trailing zeros."""
    return figure(f"{value:.2f}".rstrip("0").rstrip(".")) if value else "0"


def percent(share: float) -> str:
    """Write a share as a whole percentage."""
    return texts.PERCENT.format(number=f"{100 * share:.0f}")
