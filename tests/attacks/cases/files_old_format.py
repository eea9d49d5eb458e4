"""Hands in a notebook of an old format, with worksheets full of oddities."""


def doctor(notebook, folder):
    cells = notebook.pop("cells")
    notebook.update(nbformat=3, worksheets=[{"cells": [{**cell, "input": ["x", 3, None]} for cell in cells]}, None, 7])
