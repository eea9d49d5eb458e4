"""A drawing made by a student's code, rewritten from an allow-list and shown as an image.

Browsers run no script and load nothing for an SVG inside ``<img>`` (SVG 2, section 2.7.1 "secure
static mode"); rewriting it as well means that the file is harmless when somebody saves and opens it.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError, XMLParser
from xml.sax.saxutils import escape, quoteattr

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_MAX_DEPTH = 64
_ELEMENTS = frozenset(
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan title desc "
    "clipPath linearGradient radialGradient stop marker pattern".split()
)
_ATTRIBUTES = frozenset(
    "id x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points width height viewBox transform style fill stroke "
    "opacity offset version preserveAspectRatio fill-opacity fill-rule stroke-opacity stroke-width "
    "stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stop-color "
    "stop-opacity font-family font-size font-style font-weight text-anchor dominant-baseline clip-path "
    "clip-rule clipPathUnits gradientUnits gradientTransform patternUnits patternTransform marker-start "
    "marker-mid marker-end markerWidth markerHeight markerUnits orient refX refY visibility href".split()
)
# Whatever may lead out of the file: addresses, escapes that could spell one, style sheet imports.
_LEADS_OUT = re.compile(
    r"url\s*\(\s*['\"]?\s*(?!#|['\"]|\s)|[\\@<]|//|[a-z]+script:|data:|image\s*\(|image-set", re.I
)


def sanitise_svg(text: str) -> str | None:
    """Return a drawing with only shapes, text and references inside itself; None if it is not readable."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _DOCTYPE.sub("", text, count=1))
    if "<!DOCTYPE" in text.upper():
        return None
    target = _Rewriter()
    parser = XMLParser(target=target)  # noqa: S314 - no document type is left, so no entity can be defined
    try:
        parser.feed(text)
        parser.close()
    except (ParseError, ValueError, _TooDeep):
        return None
    drawing = "".join(target.parts)
    return drawing if drawing.startswith("<svg ") else None


class _TooDeep(Exception):
    """Nested deeper than any drawing; stops the parser."""


class _Rewriter:
    """A parser target that writes down what is allowed and skips the rest with all it contains."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.depth = 0
        self.skipped_from = 0  # depth of the element being skipped; 0 if none is

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _TooDeep
        name = tag.removeprefix(_NAMESPACE)
        if not self.skipped_from and name not in _ELEMENTS:
            self.skipped_from = self.depth
        if not self.skipped_from:
            namespace = ' xmlns="http://www.w3.org/2000/svg"' if self.depth == 1 else ""
            self.parts.append(f"<{name}{namespace}{_written(attributes)}>")

    def end(self, tag: str) -> None:
        if not self.skipped_from:
            self.parts.append(f"</{tag.removeprefix(_NAMESPACE)}>")
        if self.skipped_from == self.depth:
            self.skipped_from = 0
        self.depth -= 1

    def data(self, text: str) -> None:
        if not self.skipped_from:
            self.parts.append(escape(text))

    def close(self) -> None:
        """Nothing is left to do at the end of the file."""


def _written(attributes: dict[str, str]) -> str:
    named = ((name.removeprefix("{http://www.w3.org/1999/xlink}"), value) for name, value in attributes.items())
    return "".join(f" {name}={quoteattr(value)}" for name, value in named if _allowed(name, value))


def _allowed(name: str, value: str) -> bool:
    if name == "href":
        return value.startswith("#")
    return name in _ATTRIBUTES and not _LEADS_OUT.search(value)
