"""``python -m graders`` is the command line."""

from graders.cli import main

main()
