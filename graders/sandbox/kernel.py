"""What a forked child becomes behind the wall: a real ipykernel on sockets it was handed.

The listening sockets are made outside and inherited, so no folder is shared with the host and the
kernel's clients never look up a path that a student could replace. Runs only inside a sandbox.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
_USE_FD = 89  # ZMQ_USE_FD: listen on a descriptor that is already bound


def _bind(socket: Any, descriptor: int) -> None:
    socket.setsockopt(_USE_FD, descriptor)
    socket.bind(f"ipc://inherited-{descriptor}")


class InheritedHeartbeat(Heartbeat):  # type: ignore[misc] # ipykernel ships no types
    """The heartbeat of a kernel whose port number is a descriptor."""

    def _try_bind_socket(self) -> None:
        _bind(self.socket, self.port)


class InheritedKernelApp(IPKernelApp):  # type: ignore[misc] # ipykernel ships no types
    """An ipykernel whose port numbers are inherited descriptors and that writes no connection file."""

    def _try_bind_socket(self, s: Any, port: int) -> int:
        _bind(s, port)
        return port

    def init_connection_file(self) -> None:
        """Do nothing: the connection is known."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """Do nothing: nobody reads it."""

    def log_connection_info(self) -> None:
        """Do nothing: nobody reads it."""

    def parse_command_line(self, argv: Any = None) -> None:
        """Do nothing: there is no command line, and making the parser for it takes a quarter of the start."""

    def init_heartbeat(self) -> None:
        """Start the heart beating on its inherited socket."""
        self.heartbeat = InheritedHeartbeat(zmq.Context(), (self.transport, self.ip, self.hb_port))
        self.heartbeat.start()


def main(fds: list[int], arguments: dict[str, Any]) -> None:
    """Run a kernel: one descriptor per channel, then the bridge's; arguments hold the message key."""
    sys.argv = ["ipykernel"]  # as in any notebook; the template's own says where it comes from
    sys.path.insert(0, "")  # as in Jupyter, modules beside the notebook can be imported
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    app = InheritedKernelApp.instance(transport="ipc", ip="inherited")
    for channel, descriptor in zip(CHANNELS, fds, strict=False):
        setattr(app, f"{channel}_port", descriptor)
    app.session.key = bytes.fromhex(arguments["key"])
    app.config.HistoryManager.enabled = False  # nothing of a session outlives it
    app.config.InteractiveShell.colors = "nocolor"
    app.initialize([])
    # `quit()` would end the kernel a tenth of a second later, amid the cells that follow.
    app.shell.ask_exit = lambda: None
    app.start()
