"""``python -m graders`` and the ``graders`` command: the command line, imported only when it is run.

Worker processes import the program's main module again; they need nothing of the command line.
"""


def main() -> None:
    """Run the command line."""
    from graders.cli import main as run

    run()


if __name__ == "__main__":
    main()
