"""The live page: a small web application that the hub starts, with the hub's own login.

Staff see the class, one student's history, and may ask for things to be done again; students see what
became of their own hand-ins. The page decides nothing: what is asked for goes into the table of hand-ins,
and the watcher does it.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from graders.batch.autograde import history, in_gradebook
from graders.batch.standing import Step
from graders.course import Course
from graders.errors import GradersError, UsageError
from graders.hub import views
from graders.hub.exchange import feedback_file
from graders.hub.intake import Intake
from graders.hub.login import Login, Person, comes_from_our_form

HERE = Path(__file__).parent
KINDS = {
    "regrade": "Grade again",
    "release": "Release feedback again",
    "accept": "Grade this hand-in after all",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Pages made from students' work: they need no script, and get none.
FEEDBACK_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
)
_LONGEST_FORM = 10_000
_LOOK_SECONDS, _DRAW_SECONDS, _ASK_SECONDS = 1.0, 5.0, 20.0

Answer = Callable[[Request, Person], Awaitable[Response]]


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form, the last where one comes twice; nothing of a form that is too long."""
    sent = b""
    async for part in request.stream():
        sent += part
        if len(sent) > _LONGEST_FORM:
            return {}
    return dict(parse_qsl(sent.decode("utf-8", "replace")))


class Page:
    """The application of one course."""

    def __init__(self, course: Course, intake: Intake, login: Login, prefix: str) -> None:
        self._course = course
        self._intake = intake
        self._login = login
        self._prefix = prefix.rstrip("/")
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(title=course.title or course.id, prefix=self._prefix, kinds=KINDS)
        self._templates.filters["path"] = functools.partial(quote, safe="")

    # Every page: where, what, and for whom. The tests of refusals go through this table.
    def table(self) -> list[tuple[str, str, Answer, bool]]:
        """Return method, path, answer, and whether it is for staff alone."""
        return [
            ("GET", "/", self._home, False),
            ("GET", "/mine", self._mine, False),
            ("GET", "/mine/events", self._mine_events, False),
            ("GET", "/mine/feedback/{chapter}/{notebook}", self._own_feedback, False),
            ("GET", "/class", self._class, True),
            ("GET", "/class/events", self._class_events, True),
            ("GET", "/students/{student}", self._student, True),
            ("GET", "/students/{student}/feedback/{chapter}/{notebook}", self._their_feedback, True),
            ("GET", "/ask/{kind}", self._confirm, True),
            ("POST", "/ask/{kind}", self._ask, True),
        ]

    def application(self) -> Starlette:
        """Return the application, below its prefix."""
        routes: list[BaseRoute] = [
            Route(path, self._guarded(answer, staff), methods=[method])
            for method, path, answer, staff in self.table()
        ]
        routes.append(Route("/oauth_callback", self._login.finish))
        routes.append(Mount("/static", StaticFiles(directory=HERE / "static")))
        return Starlette(routes=[Mount(self._prefix, routes=routes)] if self._prefix else routes)

    def _guarded(self, answer: Answer, staff: bool) -> Callable[[Request], Awaitable[Response]]:
        """Let only those in whom a page is for."""

        async def guarded(request: Request) -> Response:
            person = await self._login.person(request)
            if person is None:
                return self._login.begin(request)
            if staff and not person.staff:
                return self._refused("This page is for the staff of the course.", 403)
            try:
                response = await answer(request, person)
            except UsageError as error:
                return self._refused(str(error), 404)
            response.headers.setdefault("Content-Security-Policy", POLICY)
            response.headers.update({"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"})
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guarded

    def _draw(self, template: str, **facts: Any) -> str:
        return self._templates.get_template(template).render(**facts)

    def _refused(self, why: str, code: int) -> Response:
        return HTMLResponse(self._draw("refused.html", why=why), code, {"Content-Security-Policy": POLICY})

    async def _home(self, request: Request, person: Person) -> Response:
        return RedirectResponse(f"{self._prefix}/{'class' if person.staff else 'mine'}", 302)

    # -- students -------------------------------------------------------------------------------------

    async def _mine(self, request: Request, person: Person) -> Response:
        seen = await run_in_threadpool(self._own, person.name)
        return HTMLResponse(self._draw("mine.html", person=person, **seen))

    async def _mine_events(self, request: Request, person: Person) -> Response:
        def draw() -> str:
            return self._draw("_mine.html", **self._own(person.name))

        return self._events(request, person, draw, person.name)

    def _own(self, student: str) -> dict[str, Any]:
        lines = views.lines_of(self._intake, student)
        notebooks = {line.chapter: self._notebooks(student, line.chapter) for line in lines if line.points}
        return {"lines": lines, "notebooks": notebooks}

    async def _own_feedback(self, request: Request, person: Person) -> Response:
        return self._feedback(person.name, request)

    def _feedback(self, student: str, request: Request) -> Response:
        chapter, notebook = request.path_params["chapter"], request.path_params["notebook"]
        path = feedback_file(self._course, student, chapter, notebook)
        if not path.is_file():
            raise UsageError("There is no feedback of that name.")
        html = path.read_text(encoding="utf-8")
        return HTMLResponse(html, headers={"Content-Security-Policy": FEEDBACK_POLICY})

    # -- staff ----------------------------------------------------------------------------------------

    def _chapter(self, request: Request) -> str:
        chapter = request.query_params.get("chapter", "")
        if chapter and chapter not in self._course.chapter_names():
            raise UsageError(f"The course has no chapter {chapter[:80]!r}.")
        return chapter

    async def _class(self, request: Request, person: Person) -> Response:
        seen = await run_in_threadpool(
            views.class_view, self._course, self._intake, self._chapter(request), time.time()
        )
        return HTMLResponse(self._draw("class.html", seen=seen, person=person))

    async def _class_events(self, request: Request, person: Person) -> Response:
        chapter = self._chapter(request)

        def draw() -> str:
            seen = views.class_view(self._course, self._intake, chapter, time.time())
            return self._draw("_class.html", seen=seen)

        return self._events(request, person, draw)

    async def _student(self, request: Request, person: Person) -> Response:
        student = request.path_params["student"]
        lines = await run_in_threadpool(views.lines_of, self._intake, student)
        if not lines:
            raise UsageError(f"{student[:80]!r} has handed in nothing.")
        chapters = sorted({line.chapter for line in lines})
        past = await run_in_threadpool(lambda: [(c, *self._past(student, c)) for c in chapters])
        notebooks = {chapter: self._notebooks(student, chapter) for chapter in chapters}
        asked = await run_in_threadpool(views.asked_of, self._intake, student)
        facts = {"student": student, "lines": lines, "past": past, "notebooks": notebooks, "asked": asked}
        return HTMLResponse(self._draw("student.html", person=person, **facts))

    def _past(self, student: str, chapter: str) -> tuple[list[Step], str]:
        """Return every score a student's work ever got, and what the gradebook has now."""
        try:
            return history(self._course, chapter, student), in_gradebook(self._course, chapter, student)
        except GradersError as error:
            return [], str(error)

    def _notebooks(self, student: str, chapter: str) -> list[str]:
        try:
            folder = feedback_file(self._course, student, chapter, "any").parent
        except UsageError:  # a hand-in of a chapter that cannot exist
            return []
        return sorted(path.stem for path in folder.glob("*.html"))

    async def _their_feedback(self, request: Request, person: Person) -> Response:
        return self._feedback(request.path_params["student"], request)

    async def _confirm(self, request: Request, person: Person) -> Response:
        """Say what would be done, and ask."""
        asked = self._asked(request.path_params["kind"], dict(request.query_params))
        return HTMLResponse(self._draw("ask.html", asked=asked, person=person))

    async def _ask(self, request: Request, person: Person) -> Response:
        form = await _form(request)
        if not comes_from_our_form(person, form.get("word", ""), request):
            return self._refused("This form is not ours, or too old. Open the page again.", 403)
        asked = self._asked(request.path_params["kind"], form)
        await run_in_threadpool(
            self._intake.ask,
            asked["kind"],
            asked["student"],
            asked["chapter"],
            person.name,
            time.time(),
            int(asked["arrival"] or 0),
        )
        there = f"students/{quote(asked['student'], safe='')}" if asked["student"] else "class"
        return RedirectResponse(f"{self._prefix}/{there}", 303)

    def _asked(self, kind: str, given: dict[str, str]) -> dict[str, str]:
        """Check what is asked for; raises UsageError if it does not exist."""
        asked = {name: given.get(name, "") for name in ("student", "chapter", "arrival")}
        if kind not in KINDS:
            raise UsageError(f"There is nothing called {kind[:80]!r} to ask for.")
        if kind == "accept":
            arrival = self._intake.arrival(int(asked["arrival"])) if asked["arrival"].isdecimal() else None
            if arrival is None:
                raise UsageError("There is no such hand-in.")
            return {
                "kind": kind,
                "student": arrival.student,
                "chapter": arrival.chapter,
                "arrival": str(arrival.id),
            }
        known = self._intake.students(asked["chapter"])
        if not known or (asked["student"] and asked["student"] not in known):
            raise UsageError("Nothing like that was graded.")
        return {**asked, "kind": kind, "arrival": ""}

    # -- live -----------------------------------------------------------------------------------------

    def _events(self, request: Request, person: Person, draw: Callable[[], str], student: str = "") -> Response:
        """Send the part of a page that changes whenever it has changed, until the browser is gone.

        Server-sent events, as in the HTML standard; the right to see it is looked up again now and then.
        """

        async def send() -> AsyncIterator[str]:
            sent, before, asked_at = "", None, time.monotonic()
            drawn_at = -_DRAW_SECONDS
            while True:
                now = time.monotonic()
                if now - asked_at > _ASK_SECONDS:
                    asked_at = now
                    if await self._login.person(request) != person:
                        return
                    yield ": still here\n\n"
                change = await run_in_threadpool(self._intake.latest, student)
                if change != before or now - drawn_at > _DRAW_SECONDS:
                    before, drawn_at = change, now
                    html = await run_in_threadpool(draw)
                    if html != sent:
                        sent = html
                        yield "data: " + html.replace("\n", "\ndata: ") + "\n\n"
                await asyncio.sleep(_LOOK_SECONDS)

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(send(), media_type="text/event-stream", headers=headers)
