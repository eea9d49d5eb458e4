"""Multiplies binomial coefficients by hand, which overflows for thousands of voters."""

ANSWER = "crowd"

LOSES = {"crowd_test": 0.5}

CODE = '''
def crowd_accuracy(p, n, shared=0.0):
    """Return the probability (a float) that more than half of n voters are right, see above."""
    from math import comb

    alone = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n // 2 + 1, n + 1))
    return shared * p + (1 - shared) * alone
'''
