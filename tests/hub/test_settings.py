"""The exchange is the same for nbgrader and for us, wherever it is said."""

from __future__ import annotations

from graders.course import Chapter, Course, Hub, load_course, nbgrader_view


def test_nbgrader_is_told_of_another_exchange_and_left_alone_without_one(tmp_path):
    assert "Exchange" not in nbgrader_view(Course(root=tmp_path))
    elsewhere = Course(root=tmp_path, hub=Hub(exchange="/srv/exchange"))
    assert nbgrader_view(elsewhere)["Exchange"] == {"root": "/srv/exchange"}


def test_a_course_that_only_nbgrader_describes_has_its_exchange(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text('get_config().Exchange.root = "/srv/exchange"\n')
    assert load_course(tmp_path).hub.exchange == "/srv/exchange"


def test_a_chapters_attempts_go_before_the_courses():
    course = Course(hub=Hub(attempts=3), chapters={"ch01": Chapter(attempts=5)})
    assert (course.attempts_of("ch01"), course.attempts_of("ch02")) == (5, 3)
