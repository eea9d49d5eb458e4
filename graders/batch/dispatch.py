"""Decide which submission runs where: a state machine without clocks, processes or networks.

An engine tells it what joined, left and ended, and asks what to start. Sites are machines (or worker
processes) with lanes for one submission each and, perhaps, GPUs. It promises:

- a lane and a GPU are given to one submission at a time;
- who was running when a site was lost runs again, alone on a site, so that the next loss tells who is
  to blame; a submission that two sites were lost with, the last one alone, is quarantined, and who was
  running beside it has no part in that;
- a fault of a machine is tried again on another site if there is one, a bounded number of times;
- when nothing waits, what takes far longer than its like runs a second time elsewhere, and the first
  result counts; shortly before, a few lanes of many are for that too, or it would be the last to end.

Imports nothing of the package.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

MOST_TRIES = 3
MOST_LOSSES = 2
TAKE_TURNS = 4  # suspects for each site that empties for them: until it has, its lanes do nothing
SLOW = 3.0  # times the median of its group, and a second copy may start
SOON = 2.0  # times the median of its group: when all that waits takes no longer, the copy need not wait for it
FEW = 20  # one lane of so many is for such copies: mostly it is the hand-in that is slow, and they help nobody
KNOWN_TIMES = 5  # ended tasks of a group before its median means something


@dataclass(frozen=True)
class Task:
    """One submission: what it needs, and what it is expected to cost in seconds (0: unknown)."""

    number: int
    group: str = ""
    gpus: int = 0
    memory_mb: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True)
class Site:
    """A place where submissions run: so many at a time, with these GPUs and this memory (0: not counted)."""

    name: str
    lanes: int = 1
    gpus: tuple[str, ...] = ()
    memory_mb: float = 0.0


@dataclass(frozen=True)
class Run:
    """A task that was started on a site, with the GPUs that are its alone."""

    number: int
    task: Task
    site: str
    gpus: tuple[str, ...]
    began: float
    alone: bool = False


@dataclass(frozen=True)
class Lost:
    """What the loss of a site means: tasks that run again, and those that no site should run again."""

    again: tuple[Task, ...] = ()
    quarantined: tuple[Task, ...] = ()


@dataclass
class _Place:
    """A site and what it is doing."""

    site: Site
    runs: dict[int, Run] = field(default_factory=dict)
    free_gpus: list[str] = field(default_factory=list)
    reserved: int | None = None  # the suspect that waits for this site to be empty
    single: bool = False  # whether a suspect has the site for itself

    @property
    def free_lanes(self) -> int:
        return self.site.lanes - len(self.runs)

    @property
    def closed(self) -> bool:
        """Whether nothing more may start here, however many lanes are free."""
        return self.reserved is not None or self.single

    def fits(self, task: Task) -> bool:
        """Whether one more task has a lane, its GPUs and its memory; the first one always has memory."""
        if self.free_lanes < 1 or len(self.free_gpus) < task.gpus:
            return False
        taken = sum(run.task.memory_mb for run in self.runs.values())
        return not self.runs or not self.site.memory_mb or taken + task.memory_mb <= self.site.memory_mb


@dataclass
class _State:
    """What is known of a task."""

    task: Task
    tries: int = 0
    losses: int = 0
    beside: set[int] = field(default_factory=set)  # who else was running when sites were lost
    tried: set[str] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)
    done: bool = False


class Dispatch:
    """The queue, the sites, and what runs where."""

    def __init__(self, tasks: list[Task]) -> None:
        """Take the tasks; the longest are started first, those of one cost in their order."""
        self._states = {task.number: _State(task) for task in tasks}
        self._places: dict[str, _Place] = {}
        self._roomy: set[str] = set()  # names of sites with a free lane
        self._queues: dict[Hashable, list[tuple[float, int]]] = defaultdict(list)
        self._suspects: list[int] = []
        self._times: dict[str, list[float]] = defaultdict(list)  # of each group, in order of length
        self._by_group: dict[str, dict[int, Run]] = defaultdict(dict)  # what runs, in the order of its start
        self._waiting: Counter[str] = Counter()  # by group
        self._copies = 0
        self._runs = 0
        self._open = len(self._states)
        for task in tasks:
            self._push(task)

    @property
    def open(self) -> int:
        """How many tasks have not ended."""
        return self._open

    @property
    def running(self) -> list[Run]:
        """Everything that runs, in the order of its start."""
        return sorted((r for p in self._places.values() for r in p.runs.values()), key=lambda run: run.number)

    @property
    def sites(self) -> list[str]:
        """The names of the sites that are there."""
        return sorted(self._places)

    def join(self, site: Site) -> None:
        """Take in a site; raises ValueError if one of its name is there."""
        if site.name in self._places:
            raise ValueError(f"there is a site {site.name!r} already")
        self._places[site.name] = _Place(site, free_gpus=list(site.gpus))
        self._roomy.add(site.name)

    def lose(self, name: str) -> Lost:
        """Take note that a site is gone with all that ran on it; a site that is not there is no news."""
        place = self._places.pop(name, None)
        self._roomy.discard(name)
        if place is None:
            return Lost()
        for run in place.runs.values():
            self._drop(run)
        hit = [self._states[run.task.number] for run in place.runs.values()]
        hit = [state for state in hit if not state.done and not state.runs]  # no other copy goes on
        guilty = [state for state in hit if len(place.runs) == 1 and state.losses + 1 >= MOST_LOSSES]
        for state in guilty:
            self._end(state)
            self._clear(state)
        others = [state for state in hit if not state.done]
        for state in others:
            state.losses += 1
            state.beside |= {other.task.number for other in others} - {state.task.number}
            self._suspects.append(state.task.number)
        return Lost(tuple(s.task for s in others), tuple(s.task for s in guilty))

    def start(self, now: float) -> Iterator[Run]:
        """Yield what is to be started now, at a time in seconds."""
        yield from self._start_suspects(now)
        yield from self._start_early_copies(now)
        yield from self._start_waiting(now)
        yield from self._start_copies(now)

    def finish(self, run: Run, now: float, *, again: bool = False) -> bool:
        """Take note that a run ended; return whether its result counts.

        ``again`` says that the machine was at fault: the task is tried elsewhere while tries are left.
        A run of a site that was lost meanwhile may still count: the first result does.
        """
        self._leave(run)
        self._drop(run)
        state = self._states[run.task.number]
        if state.done:
            return False
        if again:
            state.tries += 1
            state.tried.add(run.site)
            if state.runs:
                return False
            if state.tries < MOST_TRIES:
                self._push(state.task)
                return False
        else:
            insort(self._times[run.task.group], now - run.began)
        self._end(state)
        return True

    def homeless(self) -> list[Task]:
        """Return the waiting tasks that no site could run even if nothing else ran."""
        waiting = (s for s in self._states.values() if not s.done and not s.runs)
        return [s.task for s in waiting if not any(self._could(p.site, s.task) for p in self._places.values())]

    def give_up(self, task: Task) -> None:
        """End a task that waits without a result."""
        state = self._states[task.number]
        if not state.done:
            self._end(state)

    # -- choosing ---------------------------------------------------------------------------------

    def _start_suspects(self, now: float) -> Iterator[Run]:
        """Give each suspect a site of its own, and keep some from filling up if none is empty."""
        for number in list(self._suspects):
            state = self._states[number]
            place = self._emptiest_for(state)
            if place is not None and not place.runs:
                self._suspects.remove(number)
                self._reserve(None, number)
                yield self._begin(state, place, now, alone=True)
            elif place is None or place.reserved is not None or self._may_reserve():
                self._reserve(place, number)

    def _may_reserve(self) -> bool:
        """Whether one more site may empty: few do while others wait, one suspect after the other on each."""
        reserved = sum(place.reserved is not None for place in self._places.values())
        return not any(self._queues.values()) or reserved * TAKE_TURNS < len(self._suspects)

    def _emptiest_for(self, state: _State) -> _Place | None:
        """Return the emptiest site that a suspect may have, rather one it has not been on, and its own."""
        able = [p for p in self._places.values() if not p.closed or p.reserved == state.task.number]
        able = [p for p in able if self._could(p.site, state.task)]
        return min(able, key=lambda p: (p.site.name in state.tried, len(p.runs), p.site.name), default=None)

    def _reserve(self, place: _Place | None, number: int) -> None:
        """Keep a site for a suspect, and no other one."""
        for other in self._places.values():
            if other.reserved == number:
                other.reserved = None
        if place is not None:
            place.reserved = number

    def _start_waiting(self, now: float) -> Iterator[Run]:
        """Fill free lanes, the longest task first that fits there."""
        if not any(self._queues.values()):
            return
        roomy = (self._places[name] for name in self._roomy)
        for place in sorted(roomy, key=lambda p: (len(p.runs) / p.site.lanes, p.site.name)):
            while not place.closed and place.free_lanes > 0:
                state = self._next_for(place)
                if state is None:
                    break
                yield self._begin(state, place, now)

    def _next_for(self, place: _Place) -> _State | None:
        """Take the first waiting task that fits a site now; one that failed there waits for another site."""
        heads = sorted((queue[0], kind) for kind, queue in self._queues.items() if queue)
        for _, kind in heads:
            state = self._head(kind, place)
            if state is not None:
                return state
        return None

    def _head(self, kind: Hashable, place: _Place) -> _State | None:
        queue, passed = self._queues[kind], []
        found = None
        while queue:
            entry = heapq.heappop(queue)
            state = self._states[entry[1]]
            if state.done:
                self._waiting[state.task.group] -= 1
                continue
            if place.fits(state.task) and not self._elsewhere(state, place):
                found = state
                self._waiting[state.task.group] -= 1
                break
            passed.append(entry)
            if not state.tried:
                break  # all of this kind need the same, so none fits
        for entry in passed:
            heapq.heappush(queue, entry)
        return found

    def _elsewhere(self, state: _State, place: _Place) -> bool:
        """Whether a task should rather wait for a site that it has not failed on."""
        if place.site.name not in state.tried:
            return False
        others = (p for p in self._places.values() if p.site.name not in state.tried)
        return any(self._could(p.site, state.task) for p in others)

    def _start_copies(self, now: float) -> Iterator[Run]:
        """Start a second copy of what takes far longer than its like, where nothing else wants the lane."""
        if not any(self._queues.values()):
            for run in self._slow(now, SLOW):
                yield from self._copy(run, now)

    def _start_early_copies(self, now: float) -> Iterator[Run]:
        """Start a second copy of what would else begin when nothing waits, and end after all others."""
        lanes = sum(place.site.lanes for place in self._places.values())
        left = sum(self._usual(group) * waiting for group, waiting in self._waiting.items()) / max(1, lanes)
        free = lanes // FEW - self._copies
        if free <= 0 or left > SOON * max(map(self._usual, self._by_group), default=0.0):
            return
        slow = [run for run in self._slow(now, SLOW) if left <= SOON * self._usual(run.task.group)]
        for run in slow[:free]:
            yield from self._copy(run, now)

    def _usual(self, group: str) -> float:
        """Return the median seconds of what ended of a group; 0 while that means nothing.

        Of all that ended: the last ones to end are the slow ones.
        """
        times = self._times[group]
        return times[len(times) // 2] if len(times) >= KNOWN_TIMES else 0.0

    def _copy(self, run: Run, now: float) -> Iterator[Run]:
        """Start a run's task on another site too, if one has room for it: a suspect's alone there, too."""
        roomy = (self._places[name] for name in sorted(self._roomy) if name != run.site)
        places = (p for p in roomy if not p.closed and not (run.alone and p.runs))
        place = next((p for p in places if p.fits(run.task)), None)
        if place is not None:
            self._copies += 1
            yield self._begin(self._states[run.task.number], place, now, alone=run.alone)

    def _slow(self, now: float, factor: float) -> list[Run]:
        """Return what counts and runs once, for ``factor`` times the median of its group; the oldest first."""
        found: list[Run] = []
        for group, runs in self._by_group.items():
            if usual := self._usual(group):
                found += takewhile(lambda run: now - run.began > factor * usual, runs.values())
        states = ((run, self._states[run.task.number]) for run in found)
        once = (run for run, state in states if not state.done and len(state.runs) == 1)
        return sorted(once, key=lambda run: run.number)

    # -- bookkeeping ------------------------------------------------------------------------------

    @staticmethod
    def _could(site: Site, task: Task) -> bool:
        return len(site.gpus) >= task.gpus

    def _push(self, task: Task) -> None:
        self._waiting[task.group] += 1
        heapq.heappush(self._queues[task.gpus, task.memory_mb], (-task.cost, task.number))

    def _clear(self, guilty: _State) -> None:
        """Take a loss back from everybody who was running beside what is known to have caused it."""
        for number in guilty.beside:
            other = self._states[number]
            if guilty.task.number in other.beside:
                other.beside.discard(guilty.task.number)
                other.losses -= 1

    def _begin(self, state: _State, place: _Place, now: float, *, alone: bool = False) -> Run:
        gpus = tuple(place.free_gpus.pop(0) for _ in range(state.task.gpus))
        run = Run(self._runs, state.task, place.site.name, gpus, now, alone)
        self._runs += 1
        place.runs[run.number] = self._by_group[state.task.group][run.number] = run
        place.single = alone
        if place.free_lanes < 1:
            self._roomy.discard(place.site.name)
        state.runs.add(run.number)
        return run

    def _leave(self, run: Run) -> None:
        """Free a run's lane and GPUs, unless its site was lost, or is another one of the same name."""
        place = self._places.get(run.site)
        if place is not None and place.runs.pop(run.number, None) is not None:
            place.free_gpus.extend(run.gpus)
            place.single = False
            self._roomy.add(run.site)

    def _drop(self, run: Run) -> None:
        """Forget a run that ended, or whose site was lost."""
        self._by_group[run.task.group].pop(run.number, None)
        runs = self._states[run.task.number].runs
        if run.number in runs:
            self._copies -= len(runs) > 1
            runs.remove(run.number)

    def _end(self, state: _State) -> None:
        state.done = True
        self._open -= 1
        if state.task.number in self._suspects:
            self._suspects.remove(state.task.number)
            for place in self._places.values():
                if place.reserved == state.task.number:
                    place.reserved = None
