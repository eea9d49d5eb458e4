"""Nothing that a student writes can act on a feedback page, whichever field it is written into."""
# ruff: noqa: E501

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from graders.course import Chapter
from graders.feedback.clean import plain
from graders.feedback.page import render
from graders.results import CellError, CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

from .payloads import PAYLOADS

OWN_TAGS = set(
    "html head meta title style body a div header footer main nav section article aside p h1 h2 h3 h4 h5 h6 dl dt dd "
    "ol ul li span strong bdi svg circle path rect line text figure figcaption i details summary pre code img".split()
)
RICH_TAGS = set(
    "br hr kbd samp var b em u s del ins mark small sub sup blockquote table caption colgroup col thead tbody tfoot "
    "tr th td".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class id href translate tabindex aria-label aria-labelledby aria-hidden focusable "
    "alt src colspan rowspan viewbox preserveaspectratio cx cy r d x y x1 x2 y1 y2 rx width height transform pathlength "
    "stroke-dasharray".split()
)
META = {"Content-Security-Policy", "viewport", "color-scheme", "referrer", "robots", None}


class Auditor(HTMLParser):
    """Collects everything on a page that is not on the list of harmless things."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text: list[str] = []
        self.styles = 0

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.styles += tag == "style"
        if tag not in OWN_TAGS | RICH_TAGS:
            self.found.append(f"<{tag}>")
        if tag == "meta" and (values.get("http-equiv") or values.get("name")) not in META:
            self.found.append(f"meta {values}")
        self.found += [
            f"{tag} {name}={value}" for name, value in attrs if not self.harmless(tag, name, value or "")
        ]

    def harmless(self, tag, name, value):
        if name == "href":
            return tag == "a" and re.fullmatch(r"#(results|n\d+-[ew]\d+)", value)
        if name == "src":
            return tag == "img" and harmless_image(value)
        if name == "aria-label":  # read aloud, never followed
            return True
        return name in ATTRIBUTES and not re.search(r"javascript:|https?:", value)

    def handle_data(self, data):
        self.text.append(data)


def harmless_image(uri: str) -> bool:
    kind, _, encoded = uri.partition(";base64,")
    image = base64.b64decode(encoded, validate=True)
    if kind != "data:image/svg+xml":
        return kind in ("data:image/png", "data:image/jpeg") and image[:3] in (b"\x89PN", b"\xff\xd8\xff")
    text = image.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
    return not re.search(
        r"\bon\w+=|<(script|style|image|foreignObject|a|animate)\b|https?:|//|javascript", text, re.I
    )


def poisoned(payload: str) -> SubmissionResult:
    """Return a result with the payload in every field that a student, or a file of theirs, can reach."""
    encoded = base64.b64encode(payload.encode("utf-8", "replace")).decode()
    error = CellError(payload, payload, payload)
    mimes = (
        "image/png image/jpeg image/svg+xml text/html text/markdown text/latex text/plain application/json "
        "application/javascript application/pdf application/vnd.vega.v5+json application/vnd.plotly.v1+json "
        "application/vnd.jupyter.widget-view+json application/vnd.jupyter.widget-state+json text/vnd.mermaid"
    ).split()
    outputs = (
        {"output_type": "stream", "name": payload, "text": [payload, payload]},
        {"output_type": "error", "ename": payload, "evalue": payload, "traceback": [payload]},
        {"output_type": "error", "ename": payload, "evalue": payload},
        {"output_type": payload, "data": {payload: payload}},
        *({"output_type": "display_data", "data": {mime: payload, "metadata": payload}} for mime in mimes),
        *({"output_type": "display_data", "data": {mime: encoded}} for mime in mimes[:2]),
        {"output_type": "execute_result", "data": {"text/html": f"<table><tr><td>{payload}</td></tr></table>"}},
        {"output_type": "display_data", "data": {"text/html": {"no": payload}, payload: payload}},
    )
    record = Record(
        payload,
        payload,
        Outcome.FAILED,
        0.0,
        1.0,
        True,
        payload,
        payload,
        payload,
        payload,
        payload,
        {"score": payload, "target": payload, "interval": [payload, 1], payload: payload},
    )
    drawn = Record("n", "", Outcome.FAILED, 0.0, 1.0, metrics={"ratio": 3.0, "limit": 1.0, "target": payload})
    cells = (
        CellResult("a", "code", Role.ANSWER, payload, payload, Outcome.FAILED, outputs=outputs, error=error),
        CellResult(
            "b", "code", Role.ADDED, f'"""{payload}"""\n# {payload}', payload, Outcome.PASSED, outputs=outputs
        ),
        CellResult("c", "markdown", Role.ESSAY, payload, payload, max_points=2.0),
        CellResult(
            "e",
            "markdown",
            Role.ESSAY,
            f"# {payload}\n\n```{payload}\n{payload}\n```\n\n`{payload}`",
            "",
            max_points=1.0,
        ),
        CellResult(
            "d",
            "code",
            Role.CHECKS,
            payload,
            payload,
            Outcome.FAILED,
            0.0,
            2.0,
            (record, drawn),
            outputs,
            error,
        ),
        CellResult("f", payload, Role.GIVEN, payload, "other", Outcome.FAILED, error=error),
    )
    notebook = NotebookResult(payload, Outcome.FAILED, cells, payload, (payload, payload))
    return SubmissionResult(
        payload,
        payload,
        payload,
        Outcome.FAILED,
        (notebook, notebook),
        payload,
        payload,
        payload,
        versions={payload: payload},
    )


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_stays_text(build, payload):
    course = build.course().model_copy(update={"title": payload, "chapters": {payload: Chapter(title=payload)}})
    html = render(course, poisoned(payload))
    html.encode()  # lone surrogates would fail here
    auditor = Auditor()
    auditor.feed(html)
    assert auditor.found == [] and auditor.styles == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if plain(p, 1500) == p and "\n" not in p])
def test_a_payload_is_still_readable(course, payload):
    """Escaped, not swallowed: a student must find their own words again."""
    auditor = Auditor()
    auditor.feed(render(course, poisoned(payload)))
    assert "".join(auditor.text).count(payload) >= 10
