"""Takes the exponential of the scores as they are."""

ANSWER = "softmax"

LOSES = {"softmax_test": 0.5}

CODE = '''
def softmax(logits):
    """Return the class probabilities (m, K) of scores (m, K); works for scores of any size."""
    shifted = np.exp(logits)
    return shifted / shifted.sum(axis=1, keepdims=True)


def cross_entropy(Theta, X, y, alpha=0.0):
    """Return the penalised cross-entropy (a float) and its gradient, which has the shape of Theta."""
    X_b = np.c_[np.ones(len(X)), X]
    logits = X_b @ Theta
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean() + alpha / 2 * np.sum(Theta[1:] ** 2)
    error = np.exp(log_p)
    error[rows, y] -= 1
    gradient = X_b.T @ error / len(y)
    gradient[1:] += alpha * Theta[1:]
    return float(loss), gradient
'''
