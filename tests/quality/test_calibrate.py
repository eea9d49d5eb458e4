"""Thresholds are measured over many draws, and those the figures cannot support are refused."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from graders.course import load_course
from graders.errors import CourseError, UsageError
from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.quality.calibrate import calibrate
from graders.quality.calibration import Calibration, Sample, Threshold, notices, path_of, write
from graders.quality.picture import draw
from graders.quality.verify import Hooks

CHAPTER = """\
# %% [markdown]
# # 3. Thresholds

# %% given="setup"
import numpy as np

from graders import check, datasets

# %% answer="classify"
def classify(x):
    ### BEGIN SOLUTION
    return x > 0
    ### END SOLUTION

# %% checks="classify_test" points=3
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch03"))
x = rng.normal(size=400)
y = x + 0.3 * rng.normal(size=400) > 0
check.score("a fair threshold", y, classify(x), at_least=0.8, partial=0.7)
check.score("a threshold that is too hard", y, classify(x), at_least=0.925)
check.score("a threshold without any baseline", y, classify(x), at_least=0.2)
### END HIDDEN TESTS

# %% answer="other"
def other():
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION

# %% checks="other_test" points=1
check.equal("other gives 1", other(), 1)
"""
WEAK = '''"""Wrong border."""

ANSWER = "classify"
LOSES = {"classify_test": 2}
CODE = "def classify(x):\\n    return x > 1.2"
'''
NEARLY = WEAK.replace("1.2", "0.05").replace("CODE", 'WEAK = "a fair threshold"\nCODE')


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory, make_tiny):
    """A course whose third chapter was calibrated from the command line."""
    course = make_tiny(tmp_path_factory.mktemp("calibrated") / "course").course
    (course.folder("source") / "ch03_thresholds.py").write_text(CHAPTER)
    source.build(course, "ch03_thresholds")
    mistakes = course.root / "tests" / "mistakes" / "ch03"
    mistakes.mkdir(parents=True)
    (mistakes / "border.py").write_text(WEAK)
    (mistakes / "nearly.py").write_text(NEARLY)
    command = [
        sys.executable,
        "-m",
        "graders",
        "calibrate",
        "ch03",
        "--jobs",
        "2",
        "--course",
        str(course.root),
    ]
    env = {**os.environ, "COLUMNS": "250", "NO_COLOR": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return load_course(course.root), done


def kept(course):
    return json.loads(path_of(course, "ch03_thresholds").read_text())


@pytest.mark.slow
def test_the_reference_is_graded_under_many_draws(calibrated):
    course, _ = calibrated
    fair, hard, _ = kept(course)["thresholds"]
    values = [float(value) for value in fair["reference"]["values"].split()]
    assert len(values) == 20 and len(set(values)) > 5
    assert 0.9 < fair["reference"]["mean"] < 0.95
    assert (fair["target"], fair["better"], fair["reference"]["lost"]) == (0.8, "higher", 0)
    assert fair["expected_false_fails"] < 0.001 < hard["expected_false_fails"]
    measured = kept(course)["measured"]
    assert measured["versions"]["numpy"] and len(measured["date"]) == 10
    assert os.uname().nodename not in json.dumps(measured)


@pytest.mark.slow
def test_draws_that_were_graded_before_are_not_graded_again(calibrated):
    course, _ = calibrated
    planned = []
    draws = course.root / ".cache" / "draws" / "ch03_thresholds.jsonl"
    whole = draws.read_text()
    draws.write_text(whole[: len(whole) - 40])  # stopped while it wrote
    again = calibrate(course, "ch03_thresholds", hooks=Hooks(planned=planned.append))
    assert sum(planned) == 1
    assert again.thresholds == calibrate(course, "ch03_thresholds").thresholds
    assert len(again.thresholds[0].reference.values) == 20


def test_thresholds_that_cannot_be_supported_are_refused_with_the_reason(calibrated):
    course, done = calibrated
    assert done.returncode == 1, done.stderr
    fair, hard, lonely = kept(course)["thresholds"]
    assert fair["refused"] == ["the weak baseline nearly passes in 5 of 5 draws"]
    assert hard["refused"][0].startswith("the reference lost marks in ")
    assert lonely["refused"] == [
        "no catalogued mistake fails it, so nothing shows that it tells good from weak"
    ]
    assert f"✗ classify_test#1: {fair['refused'][0]}" in done.stdout
    assert "The reference lost marks in " in done.stdout and " of 20 draws" in done.stdout
    lost = kept(course)["false_fail_rate"]["draws_with_lost_marks"]
    assert lost == hard["reference"]["lost"] > 0


@pytest.mark.slow
def test_only_cells_that_changed_are_measured_again(make_tiny, tmp_path):
    course = make_tiny(tmp_path / "course").course
    first = CHAPTER[: CHAPTER.index('check.score("a threshold that is too hard')] + "### END HIDDEN TESTS\n\n"
    second = first[first.index("# %% answer") :].replace("classify", "other").replace('"ch03"', '"other"')
    mistakes = course.root / "tests" / "mistakes" / "ch03"
    mistakes.mkdir(parents=True)
    for name in ("classify", "other"):
        (mistakes / f"{name}.py").write_text(WEAK.replace("classify", name))
    planned = []

    def calibrated(text):
        (course.folder("source") / "ch03_thresholds.py").write_text(text)
        source.build(course, "ch03_thresholds")
        planned.clear()
        found = calibrate(course, "ch03_thresholds", hooks=Hooks(planned=planned.append))
        write(course, found)
        assert found.refused == {}
        return planned[-1], {t.name: t for t in found.thresholds}

    many, before = calibrated(first + second)
    assert (many, len(before)) == (25 + 5, 2)  # the reference, and five draws of each mistake
    changed = (first + second).replace("at_least=0.8, partial", "at_least=0.81, partial", 1)
    few, after = calibrated(changed)
    assert few == 25
    assert after["other_test#1"] == before["other_test#1"]
    assert (before["classify_test#1"].target, after["classify_test#1"].target) == (0.8, 0.81)
    (mistakes / "other.py").write_text(WEAK.replace("classify", "other").replace("1.2", "1.4"))
    _, last = calibrated(changed)
    assert last["other_test#1"].weak != after["other_test#1"].weak
    assert last["classify_test#1"] == after["classify_test#1"]


@pytest.mark.slow
def test_verify_says_when_a_calibration_is_older_than_the_tests(calibrated, tmp_path):
    course, _ = calibrated
    assert list(notices(course, load_bundle(course, "ch03_thresholds"))) == []
    for old, new, said in (("other gives 1", "other gives one", 0), ("at_least=0.8", "at_least=0.82", 1)):
        text = source.text_path(course, "ch03_thresholds")
        text.write_text(text.read_text().replace(old, new))
        source.build(course, "ch03_thresholds")
        found = list(notices(course, load_bundle(course, "ch03_thresholds")))
        assert len(found) == said, "only what the thresholds depend on counts"
    assert "graders calibrate ch03" in found[0]


def test_a_chapter_that_was_never_calibrated_is_told_if_it_has_thresholds(tiny_course):
    course = tiny_course.course
    assert list(notices(course, load_bundle(course, tiny_course.first))) == []
    (told,) = notices(course, load_bundle(course, tiny_course.second))
    assert "never calibrated: graders calibrate ch02" in told
    path_of(course, tiny_course.second).write_text("{")
    with pytest.raises(CourseError, match="cannot be read"):
        list(notices(course, load_bundle(course, tiny_course.second)))


@pytest.mark.parametrize(
    ("chapter", "seeds", "said"), [("ch01_numbers", 19, "19 seeds"), ("ch01_numbers", 20, "no check with")]
)
def test_too_few_seeds_and_chapters_without_thresholds_are_refused(tiny_course, chapter, seeds, said):
    with pytest.raises(UsageError, match=said):
        calibrate(tiny_course.course, chapter, seeds=seeds, jobs=1)


# -- what the figures mean ------------------------------------------------------------------------

GOOD = Sample(tuple(0.94 + 0.002 * (n % 5) for n in range(20)), 0, 20)
BAD = Sample(tuple(0.70 + 0.002 * (n % 5) for n in range(10)), 10, 0)
SCORE = Threshold("a#1", "asked", "score", True, 0.85, GOOD, {"bad": BAD})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"target": 0.94}, "is expected to fail in"),
        ({"reference": replace(GOOD, lost=1)}, "the reference lost marks in 1 of 20 draws"),
        ({"weak": {}}, "no catalogued mistake fails it"),
        ({"weak": {"bad": replace(BAD, passed=1)}}, "the weak baseline bad passes in 1 of 10 draws"),
    ],
)
def test_a_threshold_is_refused_for_each_reason_alone(change, reason):
    refusals = list(replace(SCORE, **change).refusals(0.001))
    assert len(refusals) == bool(reason)
    assert reason in "".join(refusals)


def test_the_recommended_target_lies_between_the_weak_and_the_reference():
    target, partial = SCORE.recommended(0.001)
    assert max(BAD.values) == partial < target < SCORE.hardest(0.001) < min(GOOD.values)
    assert list(replace(SCORE, target=target).refusals(0.001)) == []
    mirrored = replace(SCORE, higher=False, reference=BAD, weak={"bad": GOOD})
    target, partial = mirrored.recommended(0.001)
    assert max(BAD.values) < mirrored.hardest(0.001) < target < partial == min(GOOD.values)
    assert replace(SCORE, weak={"as good": GOOD}).recommended(0.001) is None


def test_the_target_of_a_time_is_the_geometric_middle():
    ratio = Sample(tuple(1.0 + 0.01 * (n % 3) for n in range(20)))
    slow = Sample((64.0, 64.0))
    target, _ = Threshold("a#1", "asked", "time", False, 5.0, ratio, {"slow": slow}).recommended(0.001)
    assert 8.0 < target < 8.6


def test_the_file_and_the_picture_are_the_same_for_the_same_figures(tiny_course):
    found = Calibration("ch01_numbers", (SCORE,), 20, 0, provenance={"date": "2026-01-01"})
    first = write(tiny_course.course, found).read_bytes()
    assert write(tiny_course.course, found).read_bytes() == first
    picture = draw(replace(found, thresholds=(replace(SCORE, asked="a < b & c"),)))
    assert picture == draw(replace(found, thresholds=(replace(SCORE, asked="a < b & c"),)))
    drawn = ElementTree.fromstring(picture)
    assert len(drawn.findall("{*}circle")) == 30
    assert "a < b & c" in "".join(drawn.itertext())
    assert float(drawn.get("height")) < 200
