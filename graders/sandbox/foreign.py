"""What a forked child becomes behind the wall for a kernel that is not ours: R, Julia, any that is installed.

Such a kernel binds its own sockets inside the wall, where nobody outside can reach them. So its channels are
carried, byte by byte, between the sockets that were made outside and inherited, and its own.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from graders.sandbox.kernel import CHANNELS

_CONNECTION_FILE = "/tmp/kernel.json"  # noqa: S108 (in the sandbox, which has a /tmp of its own)
_CHUNK = 2**16


def main(fds: list[int], arguments: dict[str, Any]) -> None:
    """Run a kernel's own program: one descriptor per channel; arguments hold key, argv, env and interrupt."""
    ports = _free_ports(len(CHANNELS))
    facts: dict[str, Any] = {f"{name}_port": port for name, port in zip(CHANNELS, ports, strict=True)}
    facts |= {"transport": "tcp", "ip": "127.0.0.1", "key": arguments["key"], "kernel_name": ""}
    Path(_CONNECTION_FILE).write_text(json.dumps({**facts, "signature_scheme": "hmac-sha256"}))
    os.chmod(_CONNECTION_FILE, 0o600)
    argv = [part.replace("{connection_file}", _CONNECTION_FILE) for part in arguments["argv"]]
    kernel = subprocess.Popen(argv, env={**os.environ, **arguments["env"]})  # noqa: S603 (the course's kernel)
    signal.signal(signal.SIGINT, lambda *_: _interrupter(kernel, arguments["interrupt"])())
    for descriptor, port in zip(fds, ports, strict=False):
        listener = socket.socket(fileno=descriptor)
        listener.setblocking(True)
        _in_thread(partial(_serve, listener, port, kernel))
    raise SystemExit(_code(kernel.wait()))


def _free_ports(many: int) -> list[int]:
    """Return ports nobody uses; behind the wall nobody else is there to take them."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _code(code: int) -> int:
    return code if code >= 0 else 128 - code


def _interrupter(kernel: subprocess.Popen[bytes], how: str) -> Callable[[], None]:
    """Return what interrupts a kernel in its own way: a signal, or a message."""
    if how != "message":
        return lambda: kernel.send_signal(signal.SIGINT)
    return lambda: _in_thread(_ask_to_stop)


def _ask_to_stop() -> None:
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient()
    client.load_connection_file(_CONNECTION_FILE)
    client.control_channel.start()
    client.control_channel.send(client.session.msg("interrupt_request", {}))


def _in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _serve(listener: socket.socket, port: int, kernel: subprocess.Popen[bytes]) -> None:
    """Carry every connection to a listener to the kernel's port and back."""
    while True:
        outer, _ = listener.accept()
        inner = _reach(port, kernel)
        if inner is None:
            return
        _in_thread(partial(_carry, outer, inner))
        _in_thread(partial(_carry, inner, outer))


def _reach(port: int, kernel: subprocess.Popen[bytes]) -> socket.socket | None:
    """Connect to a kernel's port as soon as it listens; None once the kernel has ended."""
    while kernel.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.02)
    return None


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
