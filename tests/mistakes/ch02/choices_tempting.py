"""Squares mistyped prices, one-hot encodes thousands of towns, and tunes on the test set."""

ANSWER = "choices"

LOSES = {"choices_test": 0.6}

CODE = '''
def choices():
    """Return a dict with the twelve answers."""
    return {
        "first_step": "frame the problem",
        "kind": "supervised regression, batch",
        "assumption": "an assumption nobody checked",
        "metric": "rmse",
        "curve": 0.0,
        "grades": "ordinal",
        "towns": "one-hot",
        "environment": "one environment per project",
        "halving": "the best",
        "after_test": "tune until it is equal",
        "launch": "what works, what not, on which assumptions",
        "bad_day": "roll back to the backup",
    }
'''
