"""The rows of W are scaled, one factor for each input."""

ANSWER = "fold"
LOSES = {"fold_test": 0.75}
CODE = '''\
def fold(W, b, gamma, beta, mean, variance, epsilon=1e-3):
    """Return (W2, b2) so that X @ W2 + b2 is the normalised X @ W + b; W is (n_in, n_out), the rest (n_out,)."""
    factor = gamma / np.sqrt(variance + epsilon)
    return W * factor[0], (b - mean) * factor + beta
'''
