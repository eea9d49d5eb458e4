"""``python -m graders`` and the ``graders`` command: the command line, imported only when it is run.

Worker processes import the program's main module again; they need nothing of the command line.
"""

import gc

_GARBAGE_AFTER = 50_000  # objects; nearly all that imports make stays, and looking for garbage takes its time


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_GARBAGE_AFTER)
    from graders.cli import main as run

    try:
        run()
    finally:
        gc.freeze()  # the end of the process frees everything: no need to look through it first


if __name__ == "__main__":
    main()
