"""Confuses BIRCH and affinity propagation."""

ANSWER = "facts"

LOSES = {"facts_test": 0.5}

CODE = '''
def facts():
    """Return a dict with the nine answers."""
    return {
        "tree": "agglomerative",
        "exemplars": "birch",
        "huge": "affinity propagation",
        "similarities": "spectral",
        "meanshift": 9,
        "shapes": "several ellipses",
        "clean": "novelty detection",
        "colours": "pixels",
        "disk": "np.memmap and partial_fit",
    }
'''
