"""Starts with a model, upgrades everything, and believes in a curve's correlation."""

ANSWER = "choices"

LOSES = {"choices_test": 1.2}

CODE = '''
def choices():
    """Return a dict with the twelve answers."""
    return {
        "first_step": "pick a model",
        "kind": "supervised regression, batch",
        "assumption": "an assumption nobody checked",
        "metric": "mae",
        "curve": 1.0,
        "grades": "ordinal",
        "towns": "columns about the town",
        "environment": "upgrade both",
        "halving": "the best",
        "after_test": "report it",
        "launch": "what works, what not, on which assumptions",
        "bad_day": "retrain on today's rows",
    }
'''
