"""nbformat outputs of a student's cell -> what the page shows of them, sanitised and bounded.

Nothing in an output is believed: a picture is shown only if its bytes are a picture, markup only after the
allow-list, anything else as text.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup, escape

from graders.feedback.clean import joined, plain
from graders.feedback.language import page_texts as texts
from graders.feedback.markup import markdown, safe_html
from graders.feedback.svg import sanitise_svg

_MAX_IMAGE = 300_000  # bytes; a matplotlib figure has 10 to 100 thousand
_MAX_PIXELS = 40_000_000  # a small file can unpack to gigabytes in the reader's browser
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class Output:
    """One output: text, stderr text, sanitised markup, an image's data URI, or a note of ours."""

    kind: Literal["text", "stderr", "markup", "image", "note"]
    text: str = ""
    markup: Markup | None = None

    @property
    def size(self) -> int:
        """Bytes this takes on the page."""
        return len((self.markup or escape(self.text)).encode())


def shown_output(output: dict[str, Any], limit: int, *, skip_error: bool = False) -> Output | None:
    """Return what to show of one nbformat output, texts cut at ``limit``; None if there is nothing.

    ``skip_error`` leaves out tracebacks, for cells whose error is told elsewhere.
    """
    kind = output.get("output_type")
    if kind == "stream":
        name: Literal["text", "stderr"] = "stderr" if output.get("name") == "stderr" else "text"
        return _text(joined(output.get("text")), limit, name)
    if kind == "error":
        return None if skip_error else _text(_traceback(output), limit, "stderr")
    data = output.get("data")
    return _bundle(data, limit) if isinstance(data, dict) and data else None


def _text(text: str, limit: int, kind: Literal["text", "stderr"] = "text") -> Output | None:
    cleaned = plain(text, limit)
    return Output(kind, cleaned.strip("\n")) if cleaned.strip() else None


def _traceback(output: dict[str, Any]) -> str:
    lines = output.get("traceback")
    if isinstance(lines, list) and lines:
        return "\n".join(part for part in lines if isinstance(part, str))
    return f"{joined(output.get('ename'))}: {joined(output.get('evalue'))}"


def _bundle(data: dict[str, Any], limit: int) -> Output | None:
    """Show the richest form of a display that is safe to show; text is the last resort."""
    notes = []
    for mime, show in _SHOWN.items():
        if mime in data and (found := show(joined(data[mime]))) is not None:
            if found.kind != "note":
                return found
            notes.append(found)
    for mime in ("text/plain", "text/latex", "text/markdown", "image/svg+xml", "text/html"):
        if found := _text(joined(data.get(mime)), limit):
            return found if not notes else notes[0]
    return notes[0] if notes else Output("note", texts.NO_DISPLAY)


def _picture(mime: str, magic: bytes) -> Callable[[str], Output]:
    def show(encoded: str) -> Output:
        if len(encoded) > 2 * _MAX_IMAGE:
            return Output("note", texts.TOO_LARGE.format(size=len(encoded) * 3 // 4000))
        image = _decoded(encoded)
        if not image.startswith(magic) or _pixels(image) > _MAX_PIXELS:
            return Output("note", texts.NOT_A_PICTURE)
        if len(image) > _MAX_IMAGE:
            return Output("note", texts.TOO_LARGE.format(size=len(image) // 1000))
        return _image(mime, image)

    return show


def _image(mime: str, image: bytes) -> Output:
    return Output("image", f"data:{mime};base64,{base64.b64encode(image).decode()}")


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _pixels(image: bytes) -> int:
    """Return width x height from a PNG's header (PNG specification, IHDR); 0 for other files."""
    if not image.startswith(_PNG):
        return 0
    return int.from_bytes(image[16:20], "big") * int.from_bytes(image[20:24], "big")


def _drawing(text: str) -> Output | None:
    if len(text) > _MAX_IMAGE:
        return Output("note", texts.TOO_LARGE.format(size=len(text) // 1000))
    drawing = sanitise_svg(plain(text, _MAX_IMAGE))
    return _image("image/svg+xml", drawing.encode()) if drawing else None


def _html(text: str) -> Output | None:
    cleaned = safe_html(text)
    return Output("markup", markup=cleaned) if cleaned is not None else None


def _markdown(text: str) -> Output | None:
    rendered = markdown(plain(text, len(text)))
    return Output("markup", markup=rendered) if rendered is not None else None


# Richest first; each returns None where another form of the same display should be tried.
_SHOWN: dict[str, Callable[[str], Output | None]] = {
    "image/png": _picture("image/png", _PNG),
    "image/jpeg": _picture("image/jpeg", _JPEG),
    "image/svg+xml": _drawing,
    "text/html": _html,
    "text/markdown": _markdown,
}
