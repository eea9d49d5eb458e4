"""Epsilon is left out."""

ANSWER = "fold"
LOSES = {"fold_test": 0.75}
CODE = '''\
def fold(W, b, gamma, beta, mean, variance, epsilon=1e-3):
    """Return (W2, b2) so that X @ W2 + b2 is the normalised X @ W + b; W is (n_in, n_out), the rest (n_out,)."""
    factor = gamma / np.sqrt(variance)
    return W * factor, (b - mean) * factor + beta
'''
