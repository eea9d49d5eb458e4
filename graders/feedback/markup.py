"""Rich text and code that a student wrote, turned into a small safe subset of HTML.

Everything returned as ``Markup`` went through nh3's allow-list or pygments' escaping; the tags that are
left take no class, style, id or address, so they can neither act, load nor imitate the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from graders.feedback.clean import plain

# Limits on what is parsed at all: parsers take quadratic time for deep nesting and wide tables.
_MAX_HTML = 60_000
_MAX_TAGS = 8000
_MAX_MARKDOWN = 20_000
_MAX_BARS = 2000
_TAGS = frozenset(
    "p br hr div span pre code kbd samp var b strong i em u s del ins mark small sub sup blockquote "
    "ul ol li dl dt dd h4 h5 h6 table caption colgroup col thead tbody tfoot tr th td".split()
)
_ATTRIBUTES = {tag: {"colspan", "rowspan"} for tag in ("td", "th")}
# Removed with all they contain; every other unknown tag leaves its text.
_DROPPED = frozenset(
    "script style title template noscript iframe object embed svg math textarea select option button".split()
)
# Interactive parts do not work without scripts (scikit-learn's diagrams are made of them).
_INTERACTIVE = re.compile(r"<(input|button|select|textarea|canvas|video|audio|iframe|object)\b", re.IGNORECASE)
# The HTML parser re-opens unclosed formatting in every later paragraph: n of them times m paragraphs.
_FORMATTING = re.compile(r"<(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_MAX_FORMATTING = 60


def sentence(text: str) -> Markup:
    """Return a sentence with what stands between backticks as code, everything escaped."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just now


def safe_html(html: str) -> Markup | None:
    """Return HTML reduced to tables, lists and plain formatting; None if text says it better."""
    too_large = len(html) > _MAX_HTML or html.count("<") > _MAX_TAGS
    if too_large or _INTERACTIVE.search(html) or len(_FORMATTING.findall(html)) > _MAX_FORMATTING:
        return None
    cleaned = _cleaner().clean(plain(html, _MAX_HTML))
    return Markup(cleaned) if cleaned.strip() and len(cleaned) <= 2 * _MAX_HTML else None  # noqa: S704


def markdown(text: str) -> Markup | None:
    """Return Markdown as HTML, links and pictures left as they were typed; None if text says it better."""
    too_large = len(text) > _MAX_MARKDOWN or text.count("|") > _MAX_BARS
    return None if too_large else safe_html(_markdown_parser().render(text))


@lru_cache(maxsize=1000)  # in a class many cells are the same, and this is most of a page's time
def highlighted(code: str) -> Markup:
    """Return Python code with pygments' classes around its tokens, everything escaped."""
    from pygments import highlight  # type: ignore[import-untyped]  # it ships no types
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # it ships no types

    # pygments escapes < > & and quotes itself
    return Markup(highlight(code, _lexer(), HtmlFormatter(nowrap=True, classprefix="k-")))  # noqa: S704


@cache
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]  # it ships no types

    return PythonLexer(stripnl=False, ensurenl=False)


@cache
def _cleaner() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_cell_size,
        strip_comments=True,
        link_rel=None,
        url_schemes=set(),
    )


def _cell_size(_tag: str, _name: str, value: str) -> str | None:
    return value if re.fullmatch(r"[1-9][0-9]?", value) else None


@cache
def _markdown_parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["link", "image", "autolink", "reference"])
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(renderer: Any, tokens: Sequence[Any], index: int, options: Any, _env: Any) -> str:
    """Write a heading three levels lower, since the page's own headings stand above it."""
    token = tokens[index]
    level = min(6, int(token.tag[1]) + 3)
    return f"<{'/' if token.nesting < 0 else ''}h{level}>"
