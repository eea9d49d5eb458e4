"""Believes that a prediction looks at every feature."""

ANSWER = "facts"

LOSES = {"facts_test": 0.25}

CODE = '''
def facts():
    """Return a dict with the ten answers."""
    return {
        "gini": 1 - (0.75**2 + 0.25**2),
        "questions": 20,
        "ten_times_features": 10,
        "scaling": False,
        "optimal": False,
        "many_children": "ID3",
        "non_parametric": "unlimited tree",
        "balanced": "entropy",
        "overfits": "raise min_samples_leaf",
        "white_box": "tree",
    }
'''
