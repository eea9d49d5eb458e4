"""Thinks that a mixture needs one ellipse for a moon."""

ANSWER = "facts"

LOSES = {"facts_test": 0.25}

CODE = '''
def facts():
    """Return a dict with the nine answers."""
    return {
        "tree": "agglomerative",
        "exemplars": "affinity propagation",
        "huge": "birch",
        "similarities": "spectral",
        "meanshift": 9,
        "shapes": "one ellipse",
        "clean": "novelty detection",
        "colours": "pixels",
        "disk": "np.memmap and partial_fit",
    }
'''
