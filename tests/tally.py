"""A kernel of another language, as small as one can be: numbers with names. Its program is this text.

`let x 3`, `add x 4`, `say x`, `claim x 7`, `points 0.5`, `where`, `wait 9`, `leave`.
"""

import json
import sys
from pathlib import Path

NAME = "tally"
PROGRAM = """
import os, socket, time
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Tally(Kernel):
    implementation = implementation_version = banner = "tally"
    language_info = {"name": "tally", "mimetype": "text/plain", "file_extension": ".txt"}
    names = {}

    def value(self, word):
        return self.names[word] if word in self.names else float(word)

    def obey(self, order, *words):
        if order == "let":
            self.names[words[0]] = self.value(words[1])
        elif order == "add":
            self.names[words[0]] += self.value(words[1])
        elif order == "claim":
            assert self.value(words[0]) == self.value(words[1]), f"{words[0]} is {self.value(words[0])}"
        elif order == "wait":
            time.sleep(self.value(words[0]))
        elif order == "leave":
            os._exit(0)
        elif order == "say" or order == "where":
            text = f"{self.value(words[0])}" if words else socket.gethostname()
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": text})
        elif order == "points":
            content = {"execution_count": 1, "data": {"text/plain": words[0]}, "metadata": {}}
            self.send_response(self.iopub_socket, "execute_result", content)
        else:
            raise LookupError(f"nothing is called {order}")

    def do_execute(self, code, silent, *args, **more):
        try:
            for line in code.splitlines():
                if line.strip() and not line.startswith("#"):
                    self.obey(*line.split())
        except BaseException as error:
            told = {"ename": type(error).__name__, "evalue": str(error), "traceback": []}
            self.send_response(self.iopub_socket, "error", told)
            return {"status": "error", "execution_count": 1, **told}
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=Tally)
"""


def install(place: Path, *more: str, interrupt: str = "signal") -> Path:
    """Write the kernel's spec below a folder of Jupyter's data, for JUPYTER_PATH; returns the folder."""
    folder = place / "kernels" / NAME
    folder.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-c", PROGRAM, "-f", "{connection_file}", *more],
        "display_name": "Tally",
        "language": NAME,
        "interrupt_mode": interrupt,
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    return place
