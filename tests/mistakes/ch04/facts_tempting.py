"""Raises the rate of a diverging walk, solves in linear time, and takes lasso for everything."""

ANSWER = "questions"

LOSES = {"facts_test": 0.6}

CODE = '''
def facts():
    """Return a dict with the twelve answers."""
    return {
        "two_starts": "same end",
        "rising": "more epochs",
        "twice_rows": 2,
        "twice_features": 2,
        "disk": "mini-batches",
        "sorted": "shuffle",
        "floor": "noise",
        "few_matter": "lasso",
        "all_matter": "lasso",
        "groups_matter": "lasso",
        "even": 0.5,
        "loss": -np.log(0.8),
    }
'''
