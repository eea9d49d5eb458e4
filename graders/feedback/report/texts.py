"""Every sentence of the class report, in English and in one place.

Pages read them through :mod:`graders.feedback.language`, in the language of the course. Sentences with
``{braces}`` are filled by :mod:`graders.feedback.report.view`. Imports only the outcomes.
"""

from __future__ import annotations

from graders.feedback.counted import counted
from graders.results import Outcome

# The page as a whole
TITLE = "Class report: {title}"
KICKER = "Class report"
WHOLE_CLASS = "All chapters"
SOME_CHAPTERS = counted("{count} chapter", "{count} chapters")
SKIP_LINK = "Skip to the results"
FOR_STAFF = "For staff only."
FOR_STAFF_LONG = "This page names students and tells what hidden checks ask for. Do not hand it on to students."
COUNTED = "Points are those of automatic checks; written answers and late penalties are not in them."
NOT_GRADED = "Nothing was graded yet in: {names}."
FOOTER = "This page stands alone. The CSV files beside it have every number, also of lists cut short here."
MORE = "And {count} more; all are in the CSV files."
MORE_NAMES = "and {count} more"
AS_TABLE = "The same as a table"
OVERVIEW = "Chapters"
LEGEND = "{words}: {count}"
OVERVIEW_HEADS = (
    "chapter",
    "middle half of the class",
    "with points (n)",
    "median",
    "mean",
    "of",
    "need a look",
    "not handed in",
)
OF_N = "n = {n}"
NOTHING = "–"

# Figures at the top
HANDED_IN = "handed in"
OF_STUDENTS = counted("of {count} student", "of {count} students")
MIDDLE = "median points"
MIDDLE_SAID = "of {maximum}; mean {mean}, n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}"
FULL = "with full points"
NEED_A_LOOK = "need a look"
NEED_A_LOOK_SAID = "ungradable, stopped or unreadable"

# Points and outcomes
SCORES = "Points"
SCORES_SAID = "Half of the class has between {low} and {high} points. Lowest {least}, highest {most}, n = {n}."
SCORES_HEADS = ("points", "submissions")
RANGE = "{low} to below {high}"
LAST_RANGE = "{low} to {high}"
NO_SCORES = "No submission has a score yet."
UNGRADABLE = "Without a score, because grading failed on our side: {count}."
OUTCOMES = "How grading ended"
OUTCOMES_SAID = "A submission's outcome is the most serious of its parts. n = {n}."
OUTCOME = {
    Outcome.PASSED: "every check passed",
    Outcome.FAILED: "points lost",
    Outcome.SKIPPED: "skipped",
    Outcome.TIMED_OUT: "something timed out",
    Outcome.OUT_OF_MEMORY: "something ran out of memory",
    Outcome.CRASHED: "something ended its kernel",
    Outcome.UNGRADABLE: "ungradable: our fault",
}

UNREADABLE = "could not be read"

# People
LOOK = "Who needs a look"
LOOK_HEADS = ("student", "how it ended", "why")
LOOK_NONE = "Nobody: everything could be read and graded to its end."
LATE = "Handed in late"
LATE_SAID = "After the due date, extensions of the gradebook taken into account."
LATE_HEADS = ("student", "late by", "points")
LATE_NONE = "Nothing was handed in late, or no due date is known."
MISSING = "Not handed in"
MISSING_SAID = "In the gradebook, but without a submission that was graded: {count} of {all}."
MISSING_NONE = "Everybody in the gradebook has handed in."
DAYS = "{days} d {hours} h"
HOURS = "{hours} h {minutes} min"
MINUTES = "{minutes} min"

# Exercises
EXERCISES = "Exercises"
EXERCISES_SAID = (
    "How easy: the mean share of its points. How well it tells students apart: the correlation of its points "
    "with those of all other exercises (corrected item-total correlation), with a 95% interval. Below 0.2 it "
    "tells little; below 0 those who are good elsewhere lose points here, so look at the exercise."
)
EXERCISES_HEADS = ("exercise", "how easy", "tells apart", "full", "nothing", "n")
NO_EXERCISE = "Checks"
TOO_FEW = "too few (n = {n})"
NO_SPREAD = "not defined: all have the same"
EASE = counted("{share} of {maximum} point", "{share} of {maximum} points")
TELLS_RANGE = "{low} to {high}"
CHECKS = "Checks, one by one"
CHECKS_SAID = (
    "How many submissions passed each check. Below some: where scores or times lay; the dark mark is what was "
    "asked for, and what lies far off stands at the edge."
)
HARDEST = "hardest check: {share} passed"
CHECK_PASSED = "{passed} of {n} passed"
CHECK_HIDDEN = "hidden"
CHECK_SEEN = "visible"
CHECK_POINTS = counted("{points} point", "{points} points")
CHECK_PRACTICE = "no points"
WHOLE_CELL = "All tests of the cell {cell}"
END = {
    "passed": "passed",
    "partly": "partly",
    "failed": "failed",
    "stopped": "stopped",
    "skipped": "skipped",
}
SCORES_OF_CHECK = "scores {low} to {high}, median {middle}, asked for {target}, n = {n}"
CLOSE_OF_CHECK = "{count} at the border"
TIMES_OF_CHECK = "times {low} to {high} of the budget, median {middle}, n = {n}"

# Hints
HINTS = "Most common hints"
HINTS_SAID = "What students were told most, each student counted once for a hint."
HINTS_HEADS = ("students", "hint", "for the check", "exercise")
HINTS_NONE = "No hint was given."

# Margins
BORDER = "At the border of a threshold"
BORDER_SAID = (
    "The target lies within the interval of the score, so other hidden data could have decided otherwise. "
    "In doubt a score passes. Only checks that give points are listed."
)
BORDER_HEADS = ("student", "check", "score", "95% interval", "target", "result")
BORDER_NONE = "No score is at the border of its threshold (scores looked at: {n})."
TIMING = "At the border of a time budget"
TIMING_SAID = "Between 0.8 and 1.25 times the budget, in checks that give points."
TIMING_HEADS = ("student", "check", "of the budget", "result")
TIMING_NONE = "No time is near its budget (times looked at: {n})."
INTERVAL = "{low} to {high}"
PASSED = "passed"
NOT_PASSED = "not passed"

# Similar submissions
SIMILAR = "Similar submissions, to look at"
SIMILAR_SAID = (
    "Pairs that share passages of code which neither the released notebook nor the reference has; those were "
    "removed first, and so was what more than ten submissions have. Names, numbers and texts were made alike. "
    "People who worked together, or followed the same lesson, write alike: this says where to look, no more."
)
SIMILAR_HEADS = ("student", "student", "of each one's own code", "passages", "mostly in")
SIMILAR_SHARE = "{first}, {second}"
SIMILAR_NONE = "No two of {n} submissions share much beyond the released notebook and the reference."

# Audit
FACTS = "Facts seen while grading"
FACTS_SAID = "These are facts. Most have harmless reasons; none says what anybody meant."
FACTS_HEADS = ("students", "fact", "who")
FACTS_NONE = "Nothing unusual was seen."

# Time
TIME = "Time to grade"
TIME_SAID = (
    "Seconds of wall time for one submission: median {middle}, quartiles {low} and {high}, "
    "longest {most}, n = {n}."
)
TIME_HEADS = ("CPU seconds of a submission, mean", "seconds")
COST = {
    "cells": "the student's cells",
    "checks": "their code, called by checks",
    "kernel": "the kernel around it",
    "judge": "the judge",
    "worker": "the worker",
}
