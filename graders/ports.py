"""Whether a port of this machine is free, asked before a service starts and told in words.

Imports errors only.
"""

from __future__ import annotations

import socket
from contextlib import closing
from urllib.parse import urlsplit

from graders.errors import UsageError


def require_free(url: str) -> None:
    """Raise UsageError if something listens at the host and port of a URL already."""
    place = urlsplit(url)
    host, port = place.hostname or "127.0.0.1", place.port or 80
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Port {port} of {host} cannot be used: {(error.strerror or str(error)).lower()}.",
                hint=f"End what listens there (ss -ltnp 'sport = :{port}'), or choose another port.",
            ) from error
