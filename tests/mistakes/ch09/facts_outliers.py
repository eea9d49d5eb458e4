"""Calls clean training rows outlier detection."""

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
        "shapes": "several ellipses",
        "clean": "outlier detection",
        "colours": "pixels",
        "disk": "np.memmap and partial_fit",
    }
'''
