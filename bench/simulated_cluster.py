"""Fifty thousand submissions on two hundred workers, with the real dispatcher and a simulated clock.

Work, machines and time are made up; which submission runs where is decided by graders.batch.dispatch, and
every result is written to a real ledger. Says how close the whole came to the shortest time possible.

Run: .venv/bin/python bench/simulated_cluster.py [--tasks 50000] [--sites 200] [--json FILE]
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from graders.batch.dispatch import Dispatch, Run, Site, Task
from graders.batch.ledger import Ledger
from graders.results import CellResult, NotebookResult, Outcome, Role, SubmissionResult

GROUPS = {"plain": (20.0, 0), "keras": (60.0, 0), "images": (90.0, 1)}  # median seconds, GPUs
SHARES = (0.63, 0.3, 0.07)
LOOK_SECONDS = 0.5  # the engine asks what to start when something ends, and as often as this


@dataclass(frozen=True)
class World:
    """What is simulated; times in seconds, rates per event of their kind."""

    tasks: int = 50_000
    sites: int = 200
    lanes: int = 4
    gpu_sites: int = 100  # with two GPUs each
    straggler_rate: float = 0.002  # runs on a machine that is ten times slower just then
    fault_rate: float = 0.005  # runs that end with a fault of the machine
    losses: int = 20  # sites lost; each is back after five minutes, under another name
    poisonous: int = 5  # submissions that end every site they run on
    seed: int = 1


@dataclass
class Seen:
    """What happened, and what must not have."""

    makespan: float = 0.0
    lower_bound: float = 0.0
    results: Counter[int] = field(default_factory=Counter)
    quarantined: set[int] = field(default_factory=set)
    lost: int = 0
    most_lanes: int = 0
    double_booked: int = 0

    @property
    def ratio(self) -> float:
        return self.makespan / self.lower_bound


class Simulation:
    """A world, a dispatcher, and the events still to come."""

    def __init__(self, world: World, ledger: Ledger | None = None) -> None:
        self.world, self.ledger = world, ledger
        self.dice = random.Random(world.seed)
        self.tasks = [self._task(number) for number in range(world.tasks)]
        self.costs = [self.dice.lognormvariate(0, 0.5) * GROUPS[t.group][0] for t in self.tasks]
        self.poison = set(self.dice.sample(range(world.tasks), world.poisonous))
        self.dispatch = Dispatch(self.tasks)
        self.events: list[tuple[float, int, str, object]] = []
        self.sites: dict[str, Site] = {}
        self.busy: dict[str, dict[int, Run]] = {}
        self.seen, self.counter, self.now = Seen(), 0, 0.0

    def _task(self, number: int) -> Task:
        (group,) = self.dice.choices(list(GROUPS), SHARES)
        return Task(number, group, GROUPS[group][1], cost=GROUPS[group][0])

    def run(self) -> Seen:
        for number in range(self.world.sites):
            self._join(f"site{number:03}", number)
        bound = self._lower_bound()
        for _ in range(self.world.losses):
            self._at(self.dice.uniform(0, bound), "lose", None)
        while self.dispatch.open:
            self._start()
            if self.events[0][0] > self.now + LOOK_SECONDS:
                self.now += LOOK_SECONDS
                continue
            self.now, _, kind, what = heapq.heappop(self.events)
            getattr(self, f"_{kind}")(what)
        self.seen.makespan, self.seen.lower_bound = self.now, bound
        return self.seen

    def _lower_bound(self) -> float:
        """No schedule is shorter: all work spread evenly, GPU work over GPUs, or the longest submission."""
        lanes = self.world.sites * self.world.lanes
        on_gpus = sum(c for c, t in zip(self.costs, self.tasks, strict=True) if t.gpus)
        return max(sum(self.costs) / lanes, on_gpus / (2 * self.world.gpu_sites), max(self.costs))

    def _at(self, when: float, kind: str, what: object) -> None:
        self.counter += 1
        heapq.heappush(self.events, (when, self.counter, kind, what))

    def _join(self, name: str, number: int) -> None:
        gpus = (f"{name}/0", f"{name}/1") if number < self.world.gpu_sites else ()
        self.sites[name] = Site(name, self.world.lanes, gpus)
        self.busy[name] = {}
        self.dispatch.join(self.sites[name])

    def _start(self) -> None:
        for run in self.dispatch.start(self.now):
            self._book(run)
            seconds = self.costs[run.task.number] * (
                10 if self.dice.random() < self.world.straggler_rate else 1
            )
            if run.task.number in self.poison:
                self._at(self.now + seconds / 2, "die", run)
            else:
                self._at(self.now + seconds, "end", run)

    def _book(self, run: Run) -> None:
        """Look for what must not happen: more runs than lanes, or a GPU that somebody has."""
        others = self.busy[run.site]
        taken = {gpu for other in others.values() for gpu in other.gpus}
        site = self.sites[run.site]
        wrong = len(others) >= site.lanes or taken & set(run.gpus) or len(run.gpus) != run.task.gpus
        self.seen.double_booked += bool(wrong)
        others[run.number] = run
        self.seen.most_lanes = max(self.seen.most_lanes, len(others))

    def _end(self, run: Run) -> None:
        if self.busy.get(run.site, {}).pop(run.number, None) is None:
            return  # its site was lost before
        again = self.dice.random() < self.world.fault_rate
        if self.dispatch.finish(run, self.now, again=again):
            self._result(run.task.number, Outcome.UNGRADABLE if again else Outcome.PASSED)

    def _die(self, run: Run) -> None:
        if run.number in self.busy.get(run.site, {}):
            self._gone(run.site)

    def _lose(self, _: object) -> None:
        if self.busy:
            self._gone(self.dice.choice(sorted(self.busy)))

    def _gone(self, name: str) -> None:
        self.seen.lost += 1
        del self.busy[name]
        for task in self.dispatch.lose(name).quarantined:
            self.seen.quarantined.add(task.number)
            self._result(task.number, Outcome.UNGRADABLE)
        self._at(self.now + 300.0, "back", name)

    def _back(self, name: str) -> None:
        number = int(name.removeprefix("site").split("-")[0])
        self._join(f"site{number:03}-{self.counter}", number)

    def _result(self, number: int, outcome: Outcome) -> None:
        self.seen.results[number] += 1
        if self.ledger is not None:
            self.ledger.add(f"key{number}", {}, _result_of(number, outcome))


def _result_of(number: int, outcome: Outcome) -> SubmissionResult:
    points = None if outcome is Outcome.UNGRADABLE else 1.0
    cell = CellResult("c", "code", Role.CHECKS, "", outcome=outcome, points=points, max_points=1.0)
    book = NotebookResult("notebook", outcome, (cell,))
    return SubmissionResult("bench", "ch01", f"student{number:05}", outcome, (book,))


def check(simulation: Simulation, seen: Seen) -> list[str]:
    """Return what went wrong."""
    wrong = []
    if seen.double_booked:
        wrong.append(f"{seen.double_booked} lanes or GPUs were given away twice")
    if set(seen.results) != set(range(simulation.world.tasks)) or set(seen.results.values()) != {1}:
        wrong.append("not every submission has exactly one result")
    if not seen.quarantined >= simulation.poison or len(seen.quarantined - simulation.poison) > 0:
        wrong.append(f"blamed: {sorted(seen.quarantined)}, to blame: {sorted(simulation.poison)}")
    if seen.ratio > 1.1:
        wrong.append(f"it took {seen.ratio:.3f} times the lower bound")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        world = World(tasks=options.tasks, sites=options.sites)
        simulation, began = Simulation(world, ledger), time.process_time()
        seen = simulation.run()
        seconds = time.process_time() - began
        there = len(ledger.known_keys("ch01"))
        ledger.close()
    facts = {
        **asdict(world),
        "makespan_s": round(seen.makespan, 1),
        "lower_bound_s": round(seen.lower_bound, 1),
        "ratio": round(seen.ratio, 4),
        "sites_lost": seen.lost,
        "valid_in_ledger": there,
        "cpu_s": round(seconds, 1),
        "wrong": check(simulation, seen),
    }
    print(json.dumps(facts, indent=1))
    if options.json:
        options.json.write_text(json.dumps(facts, indent=1) + "\n")
    return 1 if facts["wrong"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
