"""What becomes of one output of a student's cell."""

from __future__ import annotations

import base64
import time

import pytest

from graders.feedback import texts
from graders.feedback.clean import line, plain, points
from graders.feedback.markup import markdown, safe_html
from graders.feedback.outputs import shown_output
from graders.feedback.svg import sanitise_svg

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[0;31mred\x1b[0m", "red"),
        ("\x9b1mbold", "bold"),
        ("\x1b]8;;https://a\x07link\x1b]8;;\x1b\\", "link"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("a\tb\n c", "a\tb\n c"),
        ("null\0bell\x07", "nullbell"),
        ("\u202eexe.txt", "\N{REPLACEMENT CHARACTER}exe.txt"),
        ("half \ud83d", "half \N{REPLACEMENT CHARACTER}"),
        ("naïve Ωμέγα 数据 🙂", "naïve Ωμέγα 数据 🙂"),
    ],
)
def test_text_is_cleaned_but_kept(raw, clean):
    assert plain(raw, 100) == clean


@pytest.mark.parametrize("length", [101, 5000, 1_000_000])
def test_the_middle_of_a_long_text_is_counted(length):
    cut = plain("a" * (length - 1) + "b", 100)
    assert cut.endswith("b") and cut.count("a") + cut.count("b") - texts.CUT.forms[1].count("a") == 100
    assert texts.CUT.format(length - 100, count=length - 100) in cut


def test_a_name_is_one_line():
    assert line(" ada\n\nlovelace\t", 50) == "ada lovelace"


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (2.0, "2"), (0.5, "0.5"), (1 / 3, "0.33"), (100, "100")])
def test_points_are_short(value, text):
    assert points(value) == text


def test_real_pictures_are_shown(build):
    for mime, data in (("png", build.png()), ("jpeg", JPEG)):
        encoded = b64(data)
        wrapped = "\n".join([encoded[:30], encoded[30:]])  # nbformat breaks lines
        shown = shown_output(build.display(**{mime: wrapped}, text="<Figure>"), 1000)
        assert (shown.kind, shown.text) == ("image", f"data:image/{mime};base64,{encoded}")


@pytest.mark.parametrize(
    "encoded", ["", "%%%", b64(b"<svg onload=1>"), b64(b"GIF89a"), b64(b"\x89PNG"), b64(JPEG)]
)
def test_what_only_claims_to_be_a_picture_is_not_shown(build, encoded):
    assert shown_output(build.display(png=encoded), 1000).text == texts.NOT_A_PICTURE


def test_a_picture_that_unpacks_to_gigabytes_is_not_shown(build):
    bomb = bytearray(build.png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    assert shown_output(build.display(png=b64(bytes(bomb))), 1000).text == texts.NOT_A_PICTURE


def test_a_picture_that_is_too_large_is_named(build):
    shown = shown_output(build.display(png=b64(build.png() + bytes(400_000)), text="<Figure>"), 1000)
    assert shown.kind == "note" and "400 kB" in shown.text


def test_data_frames_keep_their_table_and_lose_their_style(build):
    html = (
        "<div><style>.x {color: red}</style><table class='dataframe'><tr><th rowspan='2'>a</th></table></div>"
    )
    shown = shown_output(build.display(html=html, text="   a"), 1000)
    assert shown.kind == "markup" and "color" not in shown.markup and "class" not in shown.markup
    assert '<th rowspan="2">a</th>' in shown.markup


def test_a_real_data_frame_and_a_real_pipeline(build):
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline

    frame = pd.DataFrame({"a": range(100), "b": "<b>"})
    shown = shown_output(build.display(html=frame.to_html(max_rows=60), text=repr(frame)), 1000)
    assert shown.kind == "markup" and "&lt;b&gt;" in shown.markup and shown.markup.count("<tr>") > 50
    pipeline = make_pipeline(Ridge())
    shown = shown_output(build.display(html=pipeline._repr_html_(), text=repr(pipeline)), 1000)
    assert (shown.kind, shown.text) == ("text", "Pipeline(steps=[('ridge', Ridge())])")


def test_a_real_drawing_keeps_its_shapes(build):
    import io

    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    file = io.StringIO()
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4], color="#123456")
    figure.savefig(file, format="svg")
    plt.close(figure)
    shown = shown_output(build.display(svg=file.getvalue()), 1000)
    assert shown.kind == "image" and shown.text.startswith("data:image/svg+xml;base64,")
    drawing = base64.b64decode(shown.text.partition(",")[2]).decode()
    assert "stroke: #123456" in drawing and "<use " in drawing and 'clip-path="url(#' in drawing
    assert "<style" not in drawing and "<metadata" not in drawing and "DOCTYPE" not in drawing


@pytest.mark.parametrize(
    "value",
    [
        "url(https://e.example/a)",
        "url( 'https://e.example/a')",
        'url("//e.example/a")',
        "URL(data:x)",
        "u\\72l(#a)",
        "fill:url( x)",
        "image-set(x)",
        "javascript:1",
        "@import 'x'",
    ],
)
def test_a_drawing_cannot_lead_out(value):
    drawing = sanitise_svg(
        f"<svg xmlns='http://www.w3.org/2000/svg'><rect fill='{value.replace(chr(39), chr(34))}'/></svg>"
    )
    assert drawing == '<svg xmlns="http://www.w3.org/2000/svg"><rect></rect></svg>'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a drawing",
        "<svg xmlns='http://www.w3.org/2000/svg'>",
        "<p>x</p>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>",
        "<!DOCTYPE a><!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 100 + "</g>" * 100 + "</svg>",
    ],
)
def test_what_is_no_clean_drawing_is_refused(text):
    assert sanitise_svg(text) is None


def test_a_skipped_part_of_a_drawing_takes_all_it_contains_along():
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>a<g><rect/></g>b</script><text>kept</text></svg>"
    assert sanitise_svg(svg) == '<svg xmlns="http://www.w3.org/2000/svg"><text>kept</text></svg>'


def test_an_essay_keeps_its_form_and_lowers_its_headings():
    html = str(markdown("# Why\n\n**bold** `code` <b>raw</b>\n\n1. one\n\n[a](http://b) $x_1 < 2$"))
    assert "<h4>Why</h4>" in html and "<strong>bold</strong>" in html and "<code>code</code>" in html
    assert "<li>one</li>" in html and "&lt;b&gt;raw&lt;/b&gt;" in html
    assert "[a](http://b)" in html and "$x_1 &lt; 2$" in html


def test_errors_in_outputs_are_told_once(build):
    output = {"output_type": "error", "ename": "E", "evalue": "m", "traceback": ["\x1b[31mE\x1b[0m: m"]}
    assert shown_output(output, 1000).text == "E: m"
    assert shown_output(output, 1000, skip_error=True) is None


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"output_type": "stream"},
        {"output_type": "stream", "text": 3},
        {"output_type": "stream", "text": [None, " \n"]},
        {"output_type": "display_data"},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": {}},
    ],
)
def test_malformed_outputs_show_nothing(output):
    assert shown_output(output, 1000) is None


def test_an_unknown_kind_is_mentioned():
    output = {
        "output_type": "display_data",
        "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    }
    assert shown_output(output, 1000).text == texts.NO_DISPLAY


@pytest.mark.parametrize("size", ["99999", "0", "-1", "1e9", "2 onclick=1"])
def test_a_table_cell_cannot_be_stretched_beyond_all_bounds(size):
    assert safe_html(f'<table><tr><td colspan="{size}">x</td></tr></table>').count("<td>x</td>") == 1


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 9000,
        "<p>" + "".join(f"<b id={n}>" for n in range(2000)) + "</p>" + "<p>x" * 4000,
        "<" * 60_001,
    ],
    ids=["nested", "reopened", "long"],
)
def test_markup_made_to_be_slow_is_shown_as_text(html):
    start = time.process_time()
    assert safe_html(html) is None
    assert time.process_time() - start < 1.0  # the second one takes 6 s where it is parsed


def test_a_table_made_to_be_slow_is_shown_as_text():
    start = time.process_time()
    assert markdown("|a" * 300 + "\n" + "|-" * 300 + "\n" + "|a\n" * 4000) is None
    assert time.process_time() - start < 1.0  # 2 s and 65,536 cells where it is parsed
