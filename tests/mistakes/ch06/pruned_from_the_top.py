"""Tests a question before its children were pruned, so whole branches fall."""

ANSWER = "prune"

LOSES = {"prune_test": 0.6667}

CODE = '''
def chi2_p(left, right):
    """Return the p-value of the chi-squared test for the counts (K,) on both sides of a question."""
    from scipy.stats import chi2

    observed = np.array([left, right], dtype=float)
    observed = observed[:, observed.sum(axis=0) > 0]
    if observed.shape[1] < 2:
        return 1.0
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0) / observed.sum()
    return float(chi2.sf(((observed - expected) ** 2 / expected).sum(), observed.shape[1] - 1))


def prune(node, p=0.05):
    """Return a new tree without the questions at the bottom that may be chance."""
    if "left" not in node:
        return {"counts": list(node["counts"])}
    left, right = prune(node["left"], p), prune(node["right"], p)
    leaves = "left" not in left and "left" not in right
    if chi2_p(left["counts"], right["counts"]) > p:
        return {"counts": list(node["counts"])}
    return {"counts": list(node["counts"]), "left": left, "right": right}
'''
