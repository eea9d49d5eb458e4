"""Blames the way of sampling for plain chance."""

ANSWER = "samples"

LOSES = {"bias_test": 0.2}

CODE = '''
def outside_prob(n, p, low, high):
    """Return the probability of fewer than low or more than high successes in n draws."""
    from scipy.stats import binom

    return float(binom.cdf(low - 1, n, p) + binom.sf(high, n, p))


def outside_simulated(n, p, low, high, trials, seed):
    """Return the share (a float) of simulated samples with fewer than low or more than high successes."""
    counts = np.random.default_rng(seed).binomial(n, p, size=trials)
    return float(np.mean((counts < low) | (counts > high)))


def fair_mean(values, groups, shares):
    """Return the mean (a float) of values (m,) with each group weighted by its share of the population."""
    total = 0.0
    for group, share in shares.items():
        asked = values[np.asarray(groups) == group]
        if len(asked) == 0:
            raise ValueError(f"Nobody of group {group!r} was asked.")
        total += share * asked.mean()
    return float(total)


CURES = {"A": None, "B": None, "C": None, "D": None}
CURES = {"A": "other rows", "B": "other rows", "C": "other rows", "D": "other rows"}
'''
