"""Notebooks: the text of a chapter, its compiled and its released form, and what a student hands in.

Imports :mod:`graders.results`, :mod:`graders.course` and :mod:`graders.errors`; never a kernel's wall.
"""
