"""What a cell put out, as plain data of bounded size and without the paths of this machine."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from graders.results import CellError

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]|\x1b\][^\x07\x1b]{0,256}\x07|\x1b.?")
_TRACEBACK_LINES = 25
_CUT = "\n[The rest of the output was cut.]"


def bounded_outputs(node: Any, limit: int) -> tuple[dict[str, Any], ...]:
    """Return a cell's outputs as plain data, streams of the same name joined, cut at the limit."""
    kept: list[dict[str, Any]] = []
    for output in node.get("outputs", []):
        plain = {key: value for key, value in output.items() if key not in ("metadata", "execution_count")}
        if plain["output_type"] == "stream" and kept and kept[-1].get("name") == plain["name"]:
            kept[-1]["text"] += plain["text"]
        else:
            kept.append(plain)
    if node.metadata.get("graders_cut"):
        kept.append({"output_type": "stream", "name": "stderr", "text": _CUT.strip() + "\n"})
    return tuple(_clean(output) for output in kept)


def _clean(output: dict[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "error":
        return {**output, "traceback": [plain_text(line) for line in output.get("traceback", [])]}
    if output["output_type"] == "stream":
        return {**output, "text": plain_text(output["text"])}
    return output


def plain_text(text: str) -> str:
    """Remove terminal colours and the paths of this machine from text a student will see."""
    return _ANSI.sub("", text).replace(f"{Path(sys.prefix)}{os.sep}", "").replace(sys.base_prefix, "python")


def error_of(node: Any) -> CellError | None:
    """Return the exception a cell ended with, shortened."""
    for output in node.get("outputs", []):
        if output["output_type"] == "error":
            lines = [line for part in output.get("traceback", []) for line in plain_text(part).splitlines()]
            shortened = lines if len(lines) <= _TRACEBACK_LINES else [*lines[:6], "...", *lines[-18:]]
            name, message = str(output.get("ename", ""))[:100], plain_text(str(output.get("evalue", "")))[:500]
            return CellError(name, message, "\n".join(line[:200] for line in shortened))
    return None
