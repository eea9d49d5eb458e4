"""Names of the judge: what given cells bind early in a template, and what a failed statement leaves."""

import json
import os
import signal

import pytest

from graders.names import Namespace, Prepared, Spoilt, quiet


def in_a_fork(work):
    """Do work in a forked process, which has one thread like a template, and return its result."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(30)
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def prepared(cells, after=None):
    """Prepare cells (source, names used) and return how many were safe and what ``after`` finds."""

    def work():
        ready = Prepared()
        safe = ready.run([(source, frozenset(uses.split())) for source, uses in cells])
        return safe, after(ready) if after else None

    return in_a_fork(work)


def judge_of(ready, sources):
    """The names a judge has after given cells, run early or now; and which were run early."""
    names, early = Namespace(), []
    for source in sources:
        early.append(ready.take(source, names))
        if not early[-1]:
            exec(source, names)
    return names, early


# -- given cells run early ------------------------------------------------------------------------


def test_a_judge_has_what_the_cells_bound_without_running_them():
    cells = [("import math\nran = [0]", ""), ("ran[0]\ndef area(r): return math.pi * r * r", "math")]

    def after(ready):
        names, early = judge_of(ready, [source for source, _ in cells])
        return early, names["ran"], round(names["area"](1), 3)

    assert prepared(cells, after) == [2, [[True, True], [0], 3.142]]


@pytest.mark.parametrize(
    "stop",
    ["1 / 0", "x = (", "raise NotImplementedError", "print(undefined)"],
)
def test_cells_are_run_early_up_to_the_first_that_fails(stop):
    cells = [("a = 1", ""), ("b = a + 1", "a"), (stop, ""), ("c = 3", "")]

    def after(ready):
        names = Namespace()
        return [ready.take(source, names) for source, _ in cells], names["b"], "c" in names

    assert prepared(cells, after) == [2, [[True, True, False, False], 2, False]]


def test_a_cell_that_starts_threads_is_left_to_every_judge():
    wait = "import threading\nstop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()"
    cells = [("a = 1", ""), (wait, ""), ("c = 3", "")]

    def after(ready):
        names = Namespace()
        return [ready.take(source, names) for source, _ in cells]

    assert prepared(cells, after) == [1, [True, False, False]]


def test_a_thread_that_has_ended_does_no_harm():
    done = "import threading\nthread = threading.Thread(target=int)\nthread.start()\nthread.join()"
    assert prepared([(done, ""), ("c = 3", "")])[0] == 2


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("data = [1]", "data.append(2)", "data"),
        ("import numpy as np\ndata = np.ones(2)", "data[0] = 2", "data"),
        ("data = {'a': 1}", "data['a'] = 2", "data"),
        ("import numpy as np\nrng = np.random.default_rng(0)", "data = rng.random()", "rng"),
    ],
)
def test_a_cell_that_may_change_what_an_earlier_one_made_is_not_run_early(first, second, name):
    expected = Namespace()
    exec(first, expected)
    before = repr(expected.get("data"))

    def after(ready):
        names, early = judge_of(ready, [first])
        seen = repr(names.get("data"))
        again, later = judge_of(ready, [first, second])
        return early + later, seen, repr(again["data"])

    exec(second, expected)
    assert prepared([(first, ""), (second, name), ("c = 3", "")], after) == [
        1,
        [[True, True, False], before, repr(expected["data"])],
    ]


def test_modules_functions_numbers_and_text_may_be_used_early():
    first = "import math\ndef half(x): return x / 2\nn, name, nothing, flag = 3, 'a', None, True"
    second = "value = (half(n), name, math.pi, nothing, flag)"
    assert prepared([(first, ""), (second, "half n name math nothing flag")])[0] == 2


def test_random_numbers_go_on_where_the_cell_left_them():
    seeds = "import random\nimport numpy as np\nrandom.seed(3)\nnp.random.seed(3)\nfirst = np.random.rand()"
    draws = "draws = [random.random(), np.random.rand(), np.random.rand()]"
    expected = {}
    exec(f"{seeds}\n{draws}", expected)

    def after(ready):
        found = []
        for _ in range(2):
            names, _ = judge_of(ready, [seeds, draws])
            found.append(names["draws"])
        return found

    later = "np.random.rand(); np.random.seed(9); random.seed(9)"
    assert prepared([(seeds, ""), (later, "np random")], after) == [2, [expected["draws"]] * 2]


def test_what_a_cell_prints_while_it_is_run_early_is_kept_quiet(capfd):
    assert prepared([("print('noise')", "")])[0] == 1
    assert capfd.readouterr().out == ""


def test_a_cell_that_is_not_known_is_not_taken():
    names = Namespace()
    assert Prepared().take("x = 1", names) is False
    assert "x" not in names


# -- names that a failed statement should have bound ----------------------------------------------


def test_a_spoilt_name_raises_why_until_it_is_bound_again():
    names = Namespace()
    names["value"] = 1
    names.spoilt["value"] = ValueError("why")
    with pytest.raises(Spoilt, match="why"):
        exec("value + 1", names, names)
    exec("value = 2", names, names)
    assert names["value"] == 2


def test_a_spoilt_name_is_seen_by_functions_too():
    names = Namespace()
    exec("def read(): return value\nvalue = 1", names, names)
    names.spoilt["value"] = ValueError("why")
    with pytest.raises(Spoilt, match="why"):
        names["read"]()


def test_quiet_keeps_both_streams(capsys):
    with quiet():
        exec("import sys\nprint('out')\nprint('err', file=sys.stderr)", {})
    assert capsys.readouterr() == ("", "")
