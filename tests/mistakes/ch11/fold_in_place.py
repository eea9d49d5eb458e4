"""The old weights are scaled in place."""

ANSWER = "fold"
LOSES = {"fold_test": 0.25}
CODE = '''\
def fold(W, b, gamma, beta, mean, variance, epsilon=1e-3):
    """Return (W2, b2) so that X @ W2 + b2 is the normalised X @ W + b; W is (n_in, n_out), the rest (n_out,)."""
    factor = gamma / np.sqrt(variance + epsilon)
    W *= factor
    return W, (b - mean) * factor + beta
'''
