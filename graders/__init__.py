"""Course kit and autograder: graded notebooks whose marks cannot be forged."""

__version__ = "0.1.0"
