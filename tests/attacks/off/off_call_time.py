"""Judges that wait for an answer as long as it takes."""

from typing import Any

from graders.bridge import remote

waiting = remote.receive


def receive(sock: Any, *, limit: int, deadline: float | None) -> Any:
    sock.settimeout(None)
    return waiting(sock, limit=limit, deadline=None)


remote.receive = receive
