"""Ignores that voters share some of their answers."""

ANSWER = "crowd"

LOSES = {"crowd_test": 0.5}

CODE = '''
def crowd_accuracy(p, n, shared=0.0):
    """Return the probability (a float) that more than half of n voters are right, see above."""
    from scipy.stats import binom

    return float(binom.sf(n // 2, n, p))
'''
