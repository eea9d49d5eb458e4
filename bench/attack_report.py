"""Part of docs/security.md: what attacks did to nbgrader and to this grader, as measured."""

from __future__ import annotations

from typing import Any

import attack_harness as harness

from bench import walled_nbgrader as walled

BRIDGE = "protocol between a judge and the kernel"
VOCABULARY = "functions of a judge, handles, times compared with a reference, or hidden seeds"
SKIPPED = {
    "fake_bridge_ahead": BRIDGE,
    "fake_bridge_verdicts": BRIDGE,
    "fake_changed_argument_raw": BRIDGE,
    "fake_check_module": "checks of this grader, only asserts",
    "fake_shim": BRIDGE,
    "near_seccomp_listener": "filter of system calls",
    "near_sockets_with_descriptors": BRIDGE,
    "read_judge_socket": "template processes",
    "read_requests": BRIDGE,
    "read_secret": "secret for hidden draws",
    "res_colliding_keys": BRIDGE,
    "res_headers": BRIDGE,
    "time_whole_submission": "time limit for a whole submission",
    "time_drip": BRIDGE,
    "time_never_ending_callbacks": BRIDGE,
}
FAMILIES = {
    "call": "Calling the judge back",
    "look": "Values that look right",
    "random": "Knowing random numbers",
    "speed": "Faking speed",
    "fake": "Faking points",
    "read": "Reading what is hidden",
    "near": "Reaching the machine and the neighbours",
    "files": "Hostile notebooks and files",
    "res": "Using up the machine",
    "time": "Never ending",
}


NO_EFFECT = (
    "With nbgrader some had none only because of the wall it ran behind, or because a cell of asserts ends at",
    "the first that fails, before hidden data is used.",
    "",
)


def reason_to_skip(name: str) -> str:
    """What an attack needs that nbgrader does not have; empty if it makes sense there."""
    if harness.load_case(name).chapter != harness.NAME:
        return VOCABULARY
    return SKIPPED.get(name, "")


def _there(found: dict[str, Any]) -> str:
    """What nbgrader did, in a few words; empty if the attack had no effect."""
    parts = []
    if found["gained"]:
        over = ", over the maximum" if found["over"] else ""
        parts.append(f"**gave {found['gained']:g} of 12 points{over}**")
    parts += ["**hidden text or data shown**"] if found["leaks"] else []
    parts += ["reached what it was after"] if found["reached"] else []
    parts += ["changed files or points of others"] if found["changed"] else []
    parts += ["scripts run on the feedback page"] if found["active"] else []
    parts += [f"**{found['ended']}**"] if found["ended"] else []
    parts += [f"took all {' and '.join(found['taken'])}"] if found["taken"] else []
    parts += [f"{found['left']} process{'es' * (found['left'] > 1)} left"] if found["left"] else []
    return "; ".join(parts)


def _here(found: dict[str, Any]) -> str:
    parts = ["**ungradable**" if found["gained"] is None else f"{found['gained']:g} points"]
    parts.append(found["outcome"].replace("_", " "))
    parts += ["**hidden text or data shown**"] if found["leaks"] else []
    parts += ["**active page**"] if found["active"] else []
    parts += [f"**left behind: {len(found['left'])}**"] if found["left"] else []
    return ", ".join(parts)


def report(results: dict[str, Any]) -> str:
    names = sorted(name for name in results if name not in ("nobody", "about"))
    compared = [name for name in names if "nbgrader" in results[name]]
    effective = [name for name in compared if _there(results[name]["nbgrader"])]
    lines = [*_head(results, names, compared, effective), ""]
    for family, title in FAMILIES.items():
        rows = _rows([n for n in effective if n.startswith(family)], results)
        if rows:
            lines += [f"### {title}", "", "| attack | nbgrader | here |", "|---|---|---|", *rows, ""]
    return "\n".join(lines + _rest(results, names, compared, effective))


def _rows(names: list[str], results: dict[str, Any]) -> list[str]:
    def order(name: str) -> tuple[float, bool, bool, str, str]:
        found = results[name]["nbgrader"]
        return -found["gained"], not found["leaks"], not found["ended"], _there(found), name

    return [
        f"| {_told(name)} | {_there(results[name]['nbgrader'])} | {_here(results[name]['here'])} |"
        for name in sorted(names, key=order)
    ]


def _told(name: str) -> str:
    said = " ".join(harness.load_case(name).mechanism.split()).replace("|", "\\|")
    return f"`{name}`: {said}"


def _rest(results: dict[str, Any], names: list[str], compared: list[str], effective: list[str]) -> list[str]:
    """The attacks without a row: without such an effect, or without sense with nbgrader."""
    lines = ["### No such effect on either", "", *NO_EFFECT]
    lines += _listed(sorted(set(compared) - set(effective)), results)
    lines += ["### Not tried with nbgrader", ""]
    left = sorted(set(names) - set(compared))
    for reason in dict.fromkeys(reason_to_skip(name) for name in left):
        alike = [n for n in left if reason_to_skip(n) == reason]
        lines += [f"It has no {reason}:" if reason else "Not run there yet:", "", *_listed(alike, results)]
    return lines


def _listed(names: list[str], results: dict[str, Any]) -> list[str]:
    return [*(f"- {_told(name)} Here: {_here(results[name]['here'])}." for name in names), ""]


def totals(results: dict[str, Any]) -> dict[str, int]:
    """How many attacks had which effect."""
    there = [found["nbgrader"] for found in results.values() if "nbgrader" in found]
    here = [found["here"] for found in results.values() if "here" in found]
    return {
        "gained": sum(bool(f["gained"]) for f in there),
        "leaked": sum(bool(f["leaks"]) for f in there),
        "broken": sum(bool(f["ended"]) for f in there),
        "reached": sum(f["reached"] or f["changed"] for f in there),
        "left": sum(bool(f["left"]) for f in there),
        "taken": sum(bool(f["taken"]) for f in there),
        "active": sum(bool(f["active"]) for f in there),
        "here gained": sum(bool(f["gained"]) for f in here),
        "here leaked": sum(bool(f["leaks"]) for f in here),
        "here broken": sum(f["gained"] is None for f in here),
        "here left": sum(bool(f["left"]) for f in here),
        "here active": sum(bool(f["active"]) for f in here),
    }


HEAD = """\
Made by `python bench/attacks.py --write` with nbgrader {version}: {runs} on {date}.

The {all} attacks of `tests/attacks`, each a hand-in that answers nothing, on chapters of 12 points, against
`nbgrader autograde` and against this grader. {compared} of them make sense with nbgrader; {effective} of those
had an effect there.

| attacks after which | nbgrader, of {compared} | here, of {all} |
|---|---:|---:|
{table}

How to read it:

- Points are counted against an untouched release, which gets 0 from both. Honest work gets 12 from both.
- nbgrader's feedback {shown} the code of failed hidden tests to every student, by design. That is not counted:
  hidden text counts only where an attack itself brought it into outputs or messages.
- The nbgrader course has the same cells, each check as a plain `assert` on the same values. The attacks were
  written against this grader, so what they did to nbgrader is the least that can be done to it.
- nbgrader ran with {cell} s for a cell (its default is 30 s), and behind a wall it does not have by itself:
  no network, an unprivileged user, one course, {memory} MB of memory, {processes} processes, {disk} MB of
  disk, {wall} s. Attacks on the network and on other users' processes reached nothing there for that reason.
  "Took all" means that only this wall stopped it.
- Hand-ins lie in `submitted/` as the attack made them. What an exchange would have let through is left open.
- "Reached what it was after": it printed what its test in `tests/attacks` forbids.
- "0, by the tests": not measured in this run, but `tests/attacks` fails otherwise.

nbgrader's documentation advises a kernel in a container where security matters. That protects the machine.
Points and hidden tests stay in reach, because the tests run in the process of the student's code.
"""


def _head(results: dict[str, Any], names: list[str], compared: list[str], effective: list[str]) -> list[str]:
    n = totals(results)
    rows = [
        ("it gained points", n["gained"], n["here gained"]),
        ("a student is shown hidden text or data because of it", n["leaked"], n["here leaked"]),
        ("grading failed, was killed or never ended: no score", n["broken"], n["here broken"]),
        ("it reached or changed what is not its own", n["reached"], "0, by the tests"),
        ("scripts of its own on the feedback page", n["active"], n["here active"]),
        ("it took all memory, processes or disk there was", n["taken"], "0, by the tests"),
        ("processes of it outlived the grading", n["left"], n["here left"]),
    ]
    about = results["about"]
    table = [f"| {what} | {there} | {here} |" for what, there, here in rows]
    facts = {
        "all": len(names),
        "compared": len(compared),
        "effective": len(effective),
        "shown": "shows" if results.get("nobody", {}).get("shown") else "does not show",
        "table": "\n".join(table),
        "cell": walled.CELL_SECONDS,
        "wall": walled.WALL_SECONDS,
        "runs": "one run" if about["runs"] == 1 else f"{about['runs']} runs, the last",
        "date": about["date"],
        "version": about["version"],
        "memory": walled.MEMORY_MB,
        "processes": walled.PROCESSES,
        "disk": walled.DISK_MB,
    }
    return HEAD.format(**facts).splitlines()
