"""The corpus: small nbgrader courses as text, made into folders with notebooks; hand-ins for them."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent
COURSES = sorted(path.name for path in HERE.iterdir() if (path / "ps1").is_dir())
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_HEAD = re.compile(r"# %%( \[markdown\])?((?: \w+=\S+)*)")


def make(name: str, root: Path) -> Path:
    """Write a course of the corpus as a folder that nbgrader knows; returns it."""
    shutil.copytree(HERE / name, root, ignore=shutil.ignore_patterns("__pycache__", "ps1", "*.txt"))
    if not (root / "nbgrader_config.py").exists():
        (root / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.course_id = {name!r}\n")
    moved = "instructor" in (root / "nbgrader_config.py").read_text()
    source = root / "ps1" / "instructor" if moved else root / "source" / "ps1"
    shutil.copytree(HERE / name / "ps1", source)
    for path in [*source.glob("*.txt"), *(HERE / name).glob("*.txt")]:
        target = (source if path.parent == source else root / "source") / f"{path.stem}.ipynb"
        target.write_text(json.dumps(notebook(path.read_text())))
        if path.parent == source:
            path.unlink()
    return root


def notebook(text: str) -> dict:
    """Return percent text as a notebook with nbgrader's metadata."""
    cells, found = [], None
    for line in text.splitlines():
        head = _HEAD.fullmatch(line)
        if head:
            found = _cell(head[1] or "", dict(part.split("=") for part in head[2].split()), len(cells))
            cells.append(found)
        elif found:
            found["source"] += f"{line}\n"
    for cell in cells:
        cell["source"] = cell["source"].strip("\n")
    other = re.match(r"# kernel: (\w+)\n", text)
    spec = {"display_name": other[1], "language": other[1], "name": other[1]} if other else KERNEL
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, words: dict[str, str], number: int) -> dict:
    points = float(words.pop("points")) if "points" in words else None
    role, name = next(iter(words.items()), ("", ""))
    cell = {"cell_type": "markdown" if kind else "code", "id": f"cell-{number}", "metadata": {}, "source": ""}
    if not kind:
        cell |= {"outputs": [], "execution_count": None}
    if role:
        cell["metadata"]["nbgrader"] = {
            "schema_version": 3,
            "grade_id": name,
            "grade": role == "checks" or (role in ("answer", "essay") and points is not None),
            "solution": role in ("answer", "essay"),
            "locked": role in ("given", "checks", "task"),
            "task": role == "task",
            **({"points": points} if points is not None else {}),
        }
    return cell


def hand_in(source: Path, released: Path, target: Path, base: str) -> None:
    """Write a hand-in: the reference's answers, none, or half of each at random (by a seed in the name)."""
    shutil.copytree(released, target)
    rng = random.Random(f"{source} {base}".rsplit("/", 1)[-1])
    for path in target.glob("*.ipynb"):
        solved = {_name(cell): cell for cell in json.loads((source / path.name).read_text())["cells"]}
        content = json.loads(path.read_text())
        open_cells = [cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
        chosen = {"reference": open_cells, "release": []}.get(base)
        if chosen is None:
            chosen = rng.sample(open_cells, len(open_cells) // 2)
        for cell in chosen:
            cell["source"] = solved[_name(cell)]["source"]
        path.write_text(json.dumps(content))


def _name(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")
