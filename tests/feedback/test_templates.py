"""A course puts templates in the place of ours: they take effect, stay safe, and tell what is wrong."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from importlib.resources import files

import pytest
from bs4 import BeautifulSoup

from graders.errors import CourseError
from graders.feedback import page
from graders.feedback.rehearsal import rehearse
from graders.feedback.report import page as report
from graders.feedback.report.classwork import ClassWork
from graders.feedback.templating import names

ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def own(build, tmp_path):
    """Write templates into a course; returns the course."""

    def write(**files):
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.html.jinja").write_text(text)
        return build.course(root=tmp_path)

    return write


def block(name, text, of="page"):
    return f'{{% extends "graders/{of}.html.jinja" %}}{{% block {name} %}}{text}{{% endblock %}}'


def work(result):
    return ClassWork((result.chapter,), (result,), (), {})


def test_a_block_of_a_page_can_be_replaced_and_the_rest_stays(own, course, result):
    footer = BeautifulSoup(
        page.render(own(page=block("footer", "<footer>ACME</footer>")), result), "html.parser"
    )
    ours = BeautifulSoup(page.render(course, result), "html.parser")
    assert footer.find_all("footer")[-1].get_text() == "ACME"
    assert footer.main.get_text() == ours.main.get_text()


def test_a_replaced_block_can_use_what_the_page_knows_and_our_parts(own, result):
    text = "{{ part.icon('passed') }} {{ book.name }} {{ super() }}"
    html = page.render(own(page=block("score", text)), result)
    assert 'class="icon good"' in html and "training_models" in html and "6.5" in html


def test_a_whole_file_can_be_replaced(own, result):
    source = (files("graders.feedback") / "templates/parts.html.jinja").read_text(encoding="utf-8")
    changed = own(parts=source.replace('class="asked"', 'class="asked own"'))
    assert 'class="asked own"' in page.render(changed, result)


def test_the_style_sheet_can_be_replaced_and_the_policy_lets_it_in(own, result):
    course = own()
    (course.root / "templates/page.css").write_text('{% include "graders/page.css" %}\nh1 { color: teal }\n')
    html = page.render(course, result)
    style = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "teal" in style and f"sha256-{digest}" in html


def test_the_report_can_be_changed_in_the_same_way(own, result):
    course = own(report=block("footer", "<footer>ACME</footer>", of="report"))
    assert "<footer>ACME</footer>" in report.render(course, work(result))


def test_a_changed_template_changes_the_next_page(own, result):
    before = page.render(own(page=block("footer", "one")), result)
    assert page.render(own(page=block("footer", "two")), result) != before


# -- safe -----------------------------------------------------------------------------------------


def test_a_student_stays_text_in_a_template_of_the_course(own, build, result):
    course = own(page=block("footer", "{{ page.student }}<i title='{{ page.student }}'></i>"))
    html = page.render(course, replace(result, student=ATTACK))
    assert "<script" not in html and html.count("&lt;script&gt;") >= 3


@pytest.mark.parametrize(
    "text",
    [
        "{{ page.student | safe }}",
        "{{ [page.student] | map('safe') | join }}",
        "{% autoescape false %}{{ page.student }}{% endautoescape %}",
        "{% filter safe %}{{ page.student }}{% endfilter %}",
        "{{ page.student | urlize }}",
        "{{ page.student | tojson }}",
        "{{ {page.student: 1} | xmlattr }}",
        "{{ book.__class__ }}",
        "{{ t.__init__.__globals__ }}",
        "{{ page.title.__class__.__mro__ }}",
    ],
)
def test_no_template_can_turn_escaping_off_or_reach_into_the_program(own, text):
    with pytest.raises(CourseError, match=r"templates/page.html.jinja, line 1: "):
        rehearse(own(page=block("score", text)))


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><head></head><body>{{ page.title }}</body></html>",
        '<!doctype html><html><head><script>1</script><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ policy }}"></head></html>',
        '<!doctype html><html><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src *"></head></html>',
    ],
    ids=["none", "late", "another"],
)
def test_a_page_without_the_policy_is_not_written(own, result, text):
    with pytest.raises(CourseError, match="does not begin with the security policy") as caught:
        page.render(own(page=text), result)
    assert "graders/page.html.jinja" in caught.value.hint


# -- wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("{% block footer %}\n{{ page.", 3, "expected name or number"),
        ("{% block footer %}\n\n{{ page.nosuch }}{% endblock %}", 4, "no attribute 'nosuch'"),
        ("{% block footer %}\n{{ nosuch }}{% endblock %}", 3, "'nosuch' is undefined"),
        ("{% block footer %}\n{{ 1 / 0 }}{% endblock %}", 3, "division by zero"),
        ("{% block footer %}\n{% include 'gone.html' %}{% endblock %}", 3, "gone.html"),
        ("{% block footer %}\n{{ page.student | nosuch }}{% endblock %}", 3, "No filter named 'nosuch'"),
        ("{% block footer %}\n{% include 'page.html.jinja' %}{% endblock %}", 1, "maximum recursion"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_next_step(own, text, line, told):
    with pytest.raises(CourseError, match=rf"templates/page.html.jinja, line {line}: .*{told}") as caught:
        rehearse(own(page='{% extends "graders/page.html.jinja" %}\n' + text))
    assert "remove it to use ours" in caught.value.hint


@pytest.mark.parametrize("name", ["page", "report"], ids=["in what few pages have", "in the report"])
def test_a_mistake_in_a_part_that_is_rarely_made_is_found_before_any_page(own, course, result, name):
    rare = "{% if page.notebooks and not page.notebooks[0].scored %}{{ nosuch }}{% endif %}"
    broken = own(**{name: block("footer", rare if name == "page" else "{{ nosuch }}", of=name)})
    assert page.render(broken, result)  # this student's page would have been made
    with pytest.raises(CourseError, match=f"{name}.html.jinja, line 1: 'nosuch'"):
        rehearse(broken)


@pytest.mark.parametrize(
    "rare", ["standing", "parts", "remarks", "essays", "exercises | selectattr('remarks') | list"]
)
def test_a_mistake_in_what_people_and_the_class_add_is_found_before_any_page(own, rare):
    text = f"{{% if book.{rare} %}}{{{{ nosuch }}}}{{% endif %}}"
    with pytest.raises(CourseError, match=r"page.html.jinja, line 1: 'nosuch'"):
        rehearse(own(page=block("results", text)))


def test_a_file_that_replaces_nothing_is_told(own):
    with pytest.raises(CourseError, match=r"templates/pgae.html.jinja replaces no template of ours") as caught:
        rehearse(own(pgae="x"))
    assert all(name in caught.value.hint for name in names())


def test_a_file_that_another_one_asks_for_is_no_mistake(own, result):
    course = own(page=block("footer", "{% include 'logo.html.jinja' %}"), logo="LOGO")
    rehearse(course)
    assert "LOGO" in page.render(course, result)


def test_our_own_templates_pass_the_rehearsal_in_every_language(build, tmp_path):
    for code in ("en", "de"):
        rehearse(build.course(root=tmp_path, language=code))
