"""What the tests of clusters share: a real Dask cluster, a class, and what is the same wherever it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil

from graders.batch.engines import Clustered
from graders.batch.work import find_work
from graders.course import Cluster


class Machines:
    """A scheduler and workers, each a process with a session of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        while not self.file.exists() or not self.file.read_text().strip():
            assert self.scheduler.poll() is None
            time.sleep(0.05)

    def _start(self, module: str, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        command += ["--scheduler-file", str(self.file)]
        environment = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "60s", **more}
        with (self.folder / f"{module}-{len(self.workers)}.log").open("wb") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=self.folder, start_new_session=True
            )

    def add(self, count: int = 1, lanes: int = 1, *more: str) -> None:
        for _ in range(count):
            options = ("--no-nanny", "--nthreads", str(lanes), "--no-dashboard", "--host", "127.0.0.1", *more)
            self.workers.append(self._start("dask_worker", *options))

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def engine(self) -> Clustered:
        return Clustered(Cluster(scheduler=self.address))

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            children = (
                [] if process.poll() is not None else psutil.Process(process.pid).children(recursive=True)
            )
            for one in (process, *children):
                try:
                    os.kill(one.pid, signal.SIGCONT)
                    os.kill(one.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()


def works(tiny):
    return list(find_work(tiny.course, [tiny.first, tiny.second]))


def facts(result):
    """What may not depend on the machine: outcome, points and records, without what was measured."""
    records = [
        replace(record, meter=type(record.meter)())
        for n in result.notebooks
        for c in n.cells
        for record in c.records
    ]
    return result.student, result.chapter, result.outcome, result.points, records, result.message, result.audit


def grade(engine, tiny, started=lambda work: None):
    results = [result for _, result in engine(works(tiny), started, meanwhile=lambda: None)]
    assert len({(r.student, r.chapter) for r in results}) == len(results), "nobody twice"
    return sorted(map(facts, results), key=lambda fact: fact[:2])


def hand_in_a_class(tiny, count):
    for number in range(count):
        wrong = {"mean": "def mean(v): return 2.5"} if number % 3 == 1 else {}
        tiny.hand_in(f"s{number:03}", wrong)
    folder = tiny.folder("s000")
    (folder / "data.csv").write_text("1,2\n")
    (folder / "random.py").write_text("x = 1")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (tiny.folder("s002") / f"{tiny.first}.ipynb").write_text("half a file {")
