"""The hub's own login for the live page: JupyterHub's OAuth for services, and what its scopes allow.

Sessions are kept in memory under random names: a page that was started anew sends the browser through
the hub once more, which asks nothing of somebody who is logged in there.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_SESSION_SECONDS = 12 * 3600.0
_MOST_SESSIONS = 20_000
_FRESH_SECONDS = 20  # how long a right that was taken away may still work


@dataclass(frozen=True)
class Person:
    """Who looks at a page, whether they belong to the staff, and the word that their forms must bring back."""

    name: str
    staff: bool
    form_word: str


@dataclass
class _Session:
    token: str
    hub_session: str
    form_word: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    ends_at: float = field(default_factory=lambda: time.monotonic() + _SESSION_SECONDS)


class Login:
    """Knows who somebody is; ``staff_scope`` is the scope of the hub that makes them staff."""

    def __init__(self, prefix: str, staff_scope: str) -> None:
        from jupyterhub.services.auth import HubOAuth

        self._hub: Any = HubOAuth(cache_max_age=_FRESH_SECONDS)
        self._prefix = prefix
        self._staff_scope = staff_scope
        self._sessions: dict[str, _Session] = {}

    @property
    def _cookie(self) -> str:
        return f"graders-{self._hub.oauth_client_id}"

    async def person(self, request: Request) -> Person | None:
        """Return who asks, as the hub says now; None if nobody is logged in.

        Somebody without access to this service, or no more, is nobody: the hub then refuses the login.
        """
        session = self._sessions.get(request.cookies.get(self._cookie, ""))
        if session is None or session.ends_at < time.monotonic():
            return None
        user = await self._hub.user_for_token(session.token, session_id=session.hub_session, sync=False)
        if not user or not self._hub.check_scopes(self._hub.access_scopes, user):
            return None
        staff = self._staff_scope in user.get("scopes", ())
        return Person(user["name"], staff, session.form_word)

    def begin(self, request: Request) -> Response:
        """Send a browser to the hub, and back to the same page afterwards."""
        path = request.url.path if request.method == "GET" else self._prefix
        verifier, challenge, method = self._hub.generate_pkce_code_challenge()
        back = f"{path}?{request.url.query}" if request.url.query and request.method == "GET" else path
        state = self._hub.generate_state(back, code_verifier=verifier)
        words = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        response = RedirectResponse(f"{self._hub.login_url}&{urlencode(words)}", 302)
        self._set(request, response, self._hub.state_cookie_name, state, 600)
        return response

    async def finish(self, request: Request) -> Response:
        """Take the hub's answer to a login that this browser began."""
        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        began = request.cookies.get(self._hub.state_cookie_name, "")
        if not code or not state or not hmac.compare_digest(state.encode(), began.encode()):
            return RedirectResponse(self._prefix, 302)  # old or not ours: begin anew
        verifier = self._hub.get_code_verifier(state)
        back = self._hub.get_next_url(state)
        self._hub.clear_oauth_state(state)
        token = await self._hub.token_for_code(code, code_verifier=verifier, sync=False)
        response = RedirectResponse(quote(back, safe="/?&=%+~"), 302)
        name = self._remember(_Session(token, request.cookies.get("jupyterhub-session-id", "")))
        self._set(request, response, self._cookie, name, int(_SESSION_SECONDS))
        response.delete_cookie(self._hub.state_cookie_name, path=self._prefix)
        return response

    def _remember(self, session: _Session) -> str:
        now = time.monotonic()
        if len(self._sessions) >= _MOST_SESSIONS:
            self._sessions = {n: s for n, s in self._sessions.items() if s.ends_at > now + _SESSION_SECONDS / 2}
        name = secrets.token_urlsafe(32)
        self._sessions[name] = session
        return name

    def _set(self, request: Request, response: Response, name: str, value: str, seconds: int) -> None:
        secure = request.headers.get("x-forwarded-proto", request.url.scheme).startswith("https")
        response.set_cookie(
            name, value, max_age=seconds, path=self._prefix, secure=secure, httponly=True, samesite="lax"
        )


def comes_from_our_form(person: Person, word: str, request: Request) -> bool:
    """Whether a form was ours: it brings the session's word, and the browser names no other site."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site in ("same-origin", "none") and hmac.compare_digest(person.form_word.encode(), word.encode())
