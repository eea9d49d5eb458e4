"""Walls, templates, limits and meters around untrusted processes; knows no notebooks and no checks."""
