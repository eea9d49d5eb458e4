"""`graders live`: start the live page where the hub says, as the hub's service."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from graders.batch.engine import import_lightly
from graders.course import Course
from graders.errors import UsageError
from graders.hub.intake import Intake


def staff_scope(course: Course) -> str:
    """Return the hub's scope that makes somebody staff of a course: lower case, as custom scopes must be."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in course.id.lower())
    return f"custom:grading-{plain}:staff"


def serve(course: Course) -> None:
    """Run the page until stopped; raises UsageError if no hub started this."""
    import_lightly()
    import uvicorn

    from graders.hub.login import Login
    from graders.hub.service import Page

    url, prefix = os.environ.get("JUPYTERHUB_SERVICE_URL"), os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if not url or not prefix or not os.environ.get("JUPYTERHUB_API_TOKEN"):
        raise UsageError(
            "The live page is a service of a JupyterHub, which lets people in.",
            hint="See docs/jupyterhub.md; to try it: make hub",
        )
    place = urlsplit(url)
    page = Page(course, Intake.of(course), Login(prefix, staff_scope(course)), prefix)
    uvicorn.run(
        page.application(),
        host=place.hostname or "127.0.0.1",
        port=place.port or 80,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
