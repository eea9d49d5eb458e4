"""Hands in every cell several times, the later ones with the earlier ones' names and other contents."""


def doctor(notebook, folder):
    import copy

    twice = copy.deepcopy(notebook["cells"])
    for cell in twice:
        cell["source"] = "### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS\ncentre = None"
    notebook["cells"] += twice + copy.deepcopy(twice)
