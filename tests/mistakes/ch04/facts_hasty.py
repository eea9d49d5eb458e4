"""Leaves sorted rows as they are and takes a logit of 0 for a probability of 0."""

ANSWER = "questions"

LOSES = {"facts_test": 0.4}

CODE = '''
def facts():
    """Return a dict with the twelve answers."""
    return {
        "two_starts": "same end",
        "rising": "lower the rate",
        "twice_rows": 2,
        "twice_features": 8,
        "disk": "mini-batches",
        "sorted": "smaller batches",
        "floor": "noise",
        "few_matter": "lasso",
        "all_matter": "ridge",
        "groups_matter": "elastic net",
        "even": 0.0,
        "loss": -np.log(0.8),
    }
'''
