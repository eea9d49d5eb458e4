"""Why each of our errors happens, what outcomes mean, and what to do: tables for `graders explain` and docs.

Imports nothing but the error that it raises.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders import errors


@dataclass(frozen=True)
class Explanation:
    """Causes of an error and what removes them, as (cause, remedy), the most frequent first."""

    meaning: str
    causes: tuple[tuple[str, str], ...]


EXPLANATIONS: dict[str, Explanation] = {
    "internal": Explanation(
        "Something happened in this program that nobody expected.",
        (
            (
                "A mistake in the program.",
                "Run the command again; if it stays, report it with the text it printed.",
            ),
        ),
    ),
    "usage": Explanation(
        "The command names something that does not exist, or that does not go together.",
        (
            ("A name is misspelt, or fits several chapters.", "The message lists the names there are."),
            ("Another run works on the course.", "Wait for it, or end it; what it graded is kept."),
            ("The folder is not the course's.", "Go to the folder with course_config.py, or give --course."),
        ),
    ),
    "course": Explanation(
        "course_config.py or nbgrader_config.py cannot be used.",
        (
            ("A setting does not exist or has an impossible value.", "docs/settings.md lists all settings."),
            ("The file stops with an error of its own.", "Run it with Python and correct it."),
            ("A chapter has no notebook.", "Compile its text: graders source build."),
        ),
    ),
    "source": Explanation(
        "The text of a chapter breaks a rule.",
        (
            (
                "Two cells have one name, points are missing, or a marker has no partner.",
                "graders source check names the line; docs/writing-a-chapter.md has the rules.",
            ),
            (
                "A solution stands outside its markers.",
                "Put ### BEGIN SOLUTION and ### END SOLUTION around it.",
            ),
            ("The notebook was edited and its text was not.", "Bring the change back: graders source pull."),
        ),
    ),
    "leak": Explanation(
        "Something hidden would have reached a student. Nothing was released.",
        (
            ("A hidden line also stands in a file beside the notebook.", "Remove it there."),
            ("A hidden value was printed in a given cell, and its output was kept.", "Clear the outputs."),
        ),
    ),
    "submission": Explanation(
        "What was handed in cannot be read as a notebook of the chapter.",
        (
            (
                "The file is damaged, not a notebook, or too large.",
                "Ask the student to download and hand in again.",
            ),
            ("The notebook has another name.", "Let it have the name that it was released with."),
        ),
    ),
    "sandbox": Explanation(
        "A wall could not be raised, or a kernel could not be started. Nobody was graded without a wall.",
        (
            (
                "User namespaces are switched off.",
                "graders doctor says which promise is not kept, and how to allow it.",
            ),
            (
                "Memory or processes of the machine are used up.",
                "Free some, or grade fewer at a time: --jobs 1.",
            ),
        ),
    ),
    "bridge": Explanation(
        "The conversation with a student's kernel broke a rule or ended.",
        (
            (
                "Student code interferes with its own kernel.",
                "The checks concerned are lost; see graders audit.",
            ),
        ),
    ),
    "wire": Explanation(
        "What came over the bridge is no value in the agreed form. It was refused.",
        (("Student code writes to the bridge itself.", "The checks concerned are lost; see graders audit."),),
    ),
    "judge": Explanation(
        "The trusted side of a check failed. The result is ungradable and never a zero.",
        (
            ("A hidden test has a mistake of its own.", "graders verify shows it with the reference."),
            ("Something on the machine ended its process.", "Grade again: graders autograde."),
        ),
    ),
    "cluster": Explanation(
        "The machines that grade cannot be reached or used. What was graded is kept.",
        (
            ("No scheduler answers at the address.", "Start it, and look at the address and the firewall."),
            ("There are no workers.", "Start some: dask worker --no-nanny."),
        ),
    ),
    "disk": Explanation(
        "A file could not be written, because there is no room for it. What was graded is kept.",
        (
            ("The disk of the course folder is full.", "Make room, then run the command again."),
            ("The temporary folder is full.", "Make room in /tmp, or name another folder in TMPDIR."),
            ("The account has used up its share of the disk.", "Delete something, or ask for more."),
        ),
    ),
    "ledger": Explanation(
        "The database of runs cannot be read or written.",
        (
            ("The disk is full, or the folder is read-only.", "Make room, then run the command again."),
            ("The file is damaged.", "graders sync puts it aside and saves every result in it."),
            ("A newer version of this program wrote it.", "Install that version here."),
            ("The server of ledger_url does not answer.", "Start it, and look at the address."),
        ),
    ),
    "secret": Explanation(
        "The course's secret is not the one that the ledger's results were made with.",
        (
            ("The file .course_secret was lost or is another one.", "Copy the old one back."),
            ("It was changed on purpose.", "Say so once: graders autograde --new-secret."),
        ),
    ),
}


@dataclass(frozen=True)
class Ending:
    """What an outcome means for a submission, and what a person does about it."""

    meaning: str
    remedy: str


OUTCOMES: dict[str, Ending] = {
    "passed": Ending("all points", "nothing"),
    "failed": Ending(
        "some points lost; also a notebook that could not be read, which the student is told",
        "nothing; for an unreadable notebook, ask for it again",
    ),
    "skipped": Ending(
        "what it depends on did not run, so it earned nothing", "nothing; the reason is in the feedback"
    ),
    "timed_out": Ending(
        "a cell, a call or the whole notebook took too long",
        "look whether the limits are fair, see [settings](settings.md)",
    ),
    "out_of_memory": Ending("more memory than allowed", "the same"),
    "crashed": Ending("the student's code ended its kernel", "look at it once; the other cells were graded"),
    "ungradable": Ending(
        "our fault: no score is kept, and the gradebook asks for a person",
        "read why, repair it, and grade again",
    ),
}


def codes() -> list[str]:
    """Return the codes of all errors, sorted."""
    return sorted(EXPLANATIONS)


def explained(code: str) -> str:
    """Return the explanation of an error or outcome as text; raises UsageError for one that does not exist."""
    if code in OUTCOMES:
        return f"{OUTCOMES[code].meaning}\n- {OUTCOMES[code].remedy}"
    if code not in EXPLANATIONS:
        known = f"Errors: {', '.join(codes())}; outcomes: {', '.join(OUTCOMES)}."
        raise errors.UsageError(f"No error is called {code!r}.", hint=known)
    found = EXPLANATIONS[code]
    parts = [found.meaning, *(f"- {cause}\n  {remedy}" for cause, remedy in found.causes)]
    return "\n".join(parts)


def page() -> str:
    """Return docs/errors.md."""
    head = (
        "# Errors\n\n"
        "An error has a code, a sentence, and what to try next. `graders explain CODE` says in the terminal "
        "what stands here.\n"
        "Students' mistakes are no errors: they are outcomes, see [grading](grading.md#outcomes).\n"
    )
    return head + "".join(_section(code) for code in codes())


def _section(code: str) -> str:
    found = EXPLANATIONS[code]
    rows = "".join(f"| {cause} | {remedy} |\n" for cause, remedy in found.causes)
    return f"\n## {code}\n\n{found.meaning}\n\n| cause | what to do |\n|---|---|\n{rows}"
