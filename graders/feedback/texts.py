"""Every sentence of the feedback page and of ``graders show``, in English and in one place.

Pages read them through :mod:`graders.feedback.language`, in the language of the course. Sentences with
``{braces}`` are filled by :mod:`graders.feedback.view`. Imports only the outcomes.
"""

from __future__ import annotations

from graders.feedback.counted import counted
from graders.results import Outcome, Role

# How numbers and moments are written; the marks in a number follow from the language
PERCENT = "{number}%"
MOMENT = "%Y-%m-%d %H:%M"

# The page as a whole
TITLE = "{chapter}: feedback for {student}"
HEADING_KICKER = "Your feedback"
FOR_STUDENT = "For"
SUBMITTED = "Handed in"
NOTEBOOK = "Notebook"
SKIP_LINK = "Skip to your results"
FOOTER = "This page stands alone: you can save it, print it and read it without a network."

# Points
SCORE = counted("{points} of {maximum} point", "{points} of {maximum} points")
SCORE_OF = counted("of {maximum} point", "of {maximum} points")
SCORE_LABEL = "From the automatic checks"
NO_POINTS = "No points are given by automatic checks here."
NOT_GRADED = "Not graded yet"
NOT_GRADED_LONG = (
    "Something went wrong on our side while grading, so there is no score yet. A person will look at it. "
    "You do not need to do anything, and you lose nothing."
)
PRACTICE = "no points, just for practice"
ESSAYS_WAITING = counted(
    "Written answers ({maximum} point): waiting for your teacher.",
    "Written answers ({maximum} points): waiting for your teacher.",
)
ESSAYS_MARKED = counted(
    "Written answers: {points} of {maximum} point, marked by your teacher.",
    "Written answers: {points} of {maximum} points, marked by your teacher.",
)
ALL_DONE = "Every check passed. Well done!"
SOME_LEFT = counted(
    "{passed} of {total} check passed. What was asked and what we found is written below.",
    "{passed} of {total} checks passed. What was asked and what we found is written below.",
)
OVERVIEW = "At a glance"

# What people and the calendar added
SCORE_ALL = "Your points"
SCORE_SO_FAR = "Your points so far"
PART_CHECKS = counted(
    "Automatic checks: {points} of {maximum} point.", "Automatic checks: {points} of {maximum} points."
)
PART_CHANGED = counted(
    "Checks, with points changed by your teacher: {points} of {maximum} point.",
    "Checks, with points changed by your teacher: {points} of {maximum} points.",
)
PART_LATE = counted(
    "Handed in {late} late: {points} point taken off.", "Handed in {late} late: {points} points taken off."
)
PART_PENALTY = counted(
    "Taken off for being late: {points} point.", "Taken off for being late: {points} points."
)
HAND = "A part that a person marks"
HAND_WAITING = counted(
    "Marked by hand ({maximum} point): waiting for your teacher.",
    "Marked by hand ({maximum} points): waiting for your teacher.",
)
HAND_MARKED = counted(
    "Marked by hand: {points} of {maximum} point.", "Marked by hand: {points} of {maximum} points."
)
HAND_BLANK = "Nothing is written here, so there was nothing to mark."
HAND_ALL = "A person gave the points of what could not be graded automatically."
CHANGED = "Your teacher gave the points of these checks by hand"
AGAIN = "You were graded anew since these points were given by hand. Your teacher will look at them again."
REMARK = "Your teacher says"
DAYS = counted("{count} day", "{count} days")
HOURS = counted("{count} hour", "{count} hours")
MINUTES = counted("{count} minute", "{count} minutes")

# Where the student stands
STANDING = "You and the class"
STANDING_OWN = "you: {points}"
STANDING_MIDDLE = "middle of the class: {points}"
STANDING_HALF = "middle half: {low} to {high}"
STANDING_ALL = counted(
    "Points from the automatic checks, of {count} result. Nobody else's result can be told from this.",
    "Points from the automatic checks, of {count} results. Nobody else's result can be told from this.",
)
STANDING_ON_TIME = counted(
    "Points from the automatic checks, of the {count} result that was handed in by the due date. "
    "Nobody else's result can be told from this.",
    "Points from the automatic checks, of the {count} results that were handed in by the due date. "
    "Nobody else's result can be told from this.",
)

# Exercises and checks
RESULTS = "Exercise by exercise"
NO_EXERCISE = "Checks"
REQUIRED = "Asked for"
MEASURED = "Found"
HINT = "Hint"
SEEN = "You could run this check yourself"
UNSEEN = "Checked on data you have not seen"
WHOLE_CELL = "All the tests of this step pass"
MORE_CHECKS = "Further checks, not shown here to keep this page small: {count}."
ESSAY = "Your written answer"
ESSAY_WAITING = counted("up to {maximum} point", "up to {maximum} points")

# The state words: always shown next to the icon, so that colour never speaks alone.
STATE = {
    "passed": "Passed",
    "partly": "Partly there",
    "failed": "Not yet",
    "skipped": "Skipped",
    "timed_out": "Out of time",
    "out_of_memory": "Out of memory",
    "crashed": "Stopped",
    "ungradable": NOT_GRADED,
    "waiting": "Waiting for your teacher",
    "marked": "Marked by your teacher",
}

# Why a check ended the way it did, in a sentence; passed and failed checks explain themselves.
CHECK_REASON = {
    Outcome.SKIPPED: "This check could not run, because something it builds on did not work. Start there.",
    Outcome.TIMED_OUT: (
        "Your code took longer than it may, so we stopped waiting. "
        "Look for a loop that never ends, or one that numpy could do in a single call."
    ),
    Outcome.OUT_OF_MEMORY: (
        "Your code used more memory than it may. "
        "Look for an array or a list that grows far larger than the data."
    ),
    Outcome.CRASHED: "Python itself ended while your code was running, so we could not see a result.",
    Outcome.UNGRADABLE: "Something went wrong on our side here. A person will look at it; you lose nothing.",
}

CELL_REASON = {
    Outcome.FAILED: "This cell stopped with an error.",
    Outcome.SKIPPED: "This cell was not run, because an earlier one ended the session.",
    Outcome.TIMED_OUT: "This cell ran longer than it may and was stopped.",
    Outcome.OUT_OF_MEMORY: "This cell used more memory than it may and was stopped.",
    Outcome.CRASHED: "Python itself ended while this cell was running.",
    Outcome.UNGRADABLE: "Something went wrong on our side while this cell was running.",
}

WHOLE_REASON = {
    Outcome.TIMED_OUT: "Something in your notebook ran longer than it may and was stopped; see below.",
    Outcome.OUT_OF_MEMORY: "Something in your notebook took too much memory and was stopped; see below.",
    Outcome.CRASHED: "Python itself ended while your notebook was running; see below.",
    Outcome.UNGRADABLE: NOT_GRADED_LONG,
}

# Small figures
FIGURE_SCORE = "your result {value}"
FIGURE_TARGET = "asked for {value}"
FIGURE_INTERVAL = "likely range {low} to {high}"
FIGURE_RATIO = "your time {value} ×"
FIGURE_LIMIT = "allowed {value} ×"
FIGURE_DRAWS = counted("{count} draw, from {low} to {high}", "{count} draws, from {low} to {high}")
CURVES = "What your code wrote down while it learned, epoch 1 to {epochs}"
CURVE = "{name}: {first} to {last}"

# Errors
ERRORS = "Errors in your notebook"
ERROR_HERE = "Your code stopped with an error"
TRACEBACK = "Where it happened"
ERROR_HELP = {
    "AssertionError": "A statement that should be true was not. The message says which.",
    "AttributeError": "You asked an object for something it does not have. Check the spelling and its type.",
    "FileNotFoundError": "A file was not there. Only files that come with the chapter can be read.",
    "ImportError": "Something could not be imported. Only the course's libraries can be used.",
    "IndentationError": "The spaces at the start of a line do not fit the lines around it.",
    "IndexError": "A position was asked for that is beyond the end.",
    "KeyError": "A key or column was asked for that is not there. Check the spelling.",
    "MemoryError": "There was not enough memory. Look for an array far larger than the data.",
    "ModuleNotFoundError": "Something could not be imported. Only the course's libraries can be used.",
    "NameError": "Python met a name it does not know. Check the spelling, and that an earlier cell defines it.",
    "NotFittedError": "A model was used before it was fitted.",
    "NotImplementedError": "This answer still has its placeholder: replace it with your own code.",
    "RecursionError": "A function kept calling itself. Check the case in which it should stop.",
    "SyntaxError": "Python could not read the code. Look for a missing bracket, colon or quotation mark.",
    "TypeError": "A value has another type than the code expects, or a function got other arguments.",
    "ValueError": "A value has the right type but does not fit. With arrays, look at their shapes.",
    "ZeroDivisionError": "Something was divided by zero.",
}

# What was done with the hand-in
NOTES = "What we did with your hand-in"
MORE_NOTES = "Further notes, not shown here: {count}."

# The student's own work
WORK = "Your work"
WORK_INTRO = "Your own cells as we ran them, with what they showed."
WORK_MORE = (
    "Further cells of yours, not shown here to keep this page small: {count}. They are in your notebook, "
    "and they were graded like the others."
)
CELL_NAME = {Role.ANSWER: "Your answer", Role.ESSAY: "Your written answer", Role.ADDED: "A cell you added"}
SEE_WORK = "See your work"
EMPTY_CELL = "This cell is empty."
CODE_LABEL = "Code"
OUTPUT_LABEL = "Output"
STDERR_LABEL = "Warnings and messages"
PICTURE = "Picture made by this cell"
CUT = counted("[… {count} character not shown …]", "[… {count} characters not shown …]")
TOO_LARGE = "An output was left out here because it is too large ({size} kB)."
NOT_A_PICTURE = "An output says that it is a picture but cannot be read as one, so it is not shown."
NO_DISPLAY = "An output of a kind that this page cannot show was left out."
MORE_OUTPUTS = "Further outputs of this cell, not shown here to keep this page small: {count}."
