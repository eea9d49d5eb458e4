"""A class of 60 hands in within a minute, on a real hub, and the watcher is killed twice; then ten in the Lab.

Prints what it measured as JSON. Run as root from the project's folder: python -m bench.hub
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from graders.batch.ledger import Ledger
from graders.hub.intake import Arrival
from graders.notebooks.roles import role_of
from graders.results import Role
from tests.hub.lab import Lab
from tests.hub.trial import CHAPTER, ROOT, Trial, book_course, lacks

CLASS = [f"student{number:02}" for number in range(60)]
MINUTE = 60.0
KILL_AT = (12, 36)  # when so many were ready
ROUNDS = 10


def reference() -> dict:
    """The released notebook with all answers right."""
    source = json.loads((ROOT / "source" / CHAPTER / f"{CHAPTER}.ipynb").read_text())
    answers = {c["id"]: c["source"] for c in source["cells"] if role_of(c) is Role.ANSWER}
    content = json.loads((ROOT / "release" / CHAPTER / f"{CHAPTER}.ipynb").read_text())
    for cell in content["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    return content


def hand_in_all(hub: Trial) -> None:
    """Everybody once, spread over a minute."""
    started = time.monotonic()
    for number, name in enumerate(CLASS):
        time.sleep(max(0.0, started + number * (MINUTE - 5) / len(CLASS) - time.monotonic()))
        hub.submit("book", name, CHAPTER, reference())


def _of_the_class(hub: Trial) -> list[Arrival]:
    """The hand-ins of the sixty; who hands in from the Lab is none of them."""
    return [arrival for arrival in hub.arrivals("book") if arrival.student in CLASS]


def class_at_once(hub: Trial) -> dict:
    """Measure until all are ready: the hub's answers meanwhile, and what the ledger says at the end."""
    staff, times, killed = hub.browser("ines"), [], 0
    handing_in = threading.Thread(target=hand_in_all, args=(hub,))
    started = time.monotonic()
    handing_in.start()
    while True:
        before = time.monotonic()
        assert staff.get("/hub/api").status_code == 200
        times.append(time.monotonic() - before)
        ready = [a for a in _of_the_class(hub) if a.state == "ready"]
        if killed < len(KILL_AT) and len(ready) >= KILL_AT[killed]:
            watchers = hub.processes("graders watch", name="grader-book")
            if watchers:
                os.kill(watchers[0], signal.SIGKILL)
                killed += 1
        if len(ready) == len(CLASS):
            break
        assert time.monotonic() - started < 3000, f"{len(ready)} ready"
        time.sleep(0.2)
    handing_in.join()
    arrivals = _of_the_class(hub)
    ledger = Ledger(f"sqlite:///{hub.course('book') / 'ledger.db'}")
    runs = [len(ledger.history(CHAPTER, name)) for name in CLASS]
    ledger.close()
    waited = sorted(a.ready_at - a.received_at for a in arrivals)
    return {
        "students": len(CLASS),
        "killed": killed,
        "ready": len(ready),
        "all_full_points": all(a.points == a.max_points for a in arrivals),
        "runs_per_student": sorted(set(runs)),
        "seconds_all": round(time.monotonic() - started, 1),
        "received_to_ready_median": round(statistics.median(waited), 1),
        "received_to_ready_max": round(waited[-1], 1),
        "hub_api_p50": round(statistics.median(times), 3),
        "hub_api_p95": round(sorted(times)[int(0.95 * len(times))], 3),
        "hub_api_calls": len(times),
    }


def in_the_lab(hub: Trial) -> dict:
    """One student submits ten times in JupyterLab; from pressing Submit to feedback being there."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        lab = Lab(browser, hub.url, "ada", hub.passwords["ada"])
        lab.open()
        lab.fetch(CHAPTER)
        fetched = hub.home("ada") / "book" / CHAPTER / f"{CHAPTER}.ipynb"
        fetched.write_text(json.dumps(reference()))
        seconds = []
        for _ in range(ROUNDS):
            handed_in = lab.submit(CHAPTER)
            seconds.append(round(lab.feedback(CHAPTER) - handed_in, 1))
        browser.close()
    return {"rounds": ROUNDS, "submit_to_feedback_median": statistics.median(seconds), "each": seconds}


def main() -> None:
    if why := lacks():
        sys.exit(why)
    with tempfile.TemporaryDirectory() as scratch:
        book = book_course(Path(scratch))
        hub = Trial(Path(f"/tmp/hub-{os.getpid()}"), {"book": (book, ["ines"], ["ada", *CLASS])})
        try:
            hub.prepare()
            hub.start()
            found = {"load_before": os.getloadavg()[0], "cores": len(os.sched_getaffinity(0))}
            found["lab"] = in_the_lab(hub)
            found["class"] = class_at_once(hub)
            print(json.dumps(found, indent=2))
        finally:
            hub.stop()
            shutil.rmtree(hub.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
