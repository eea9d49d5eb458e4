"""Updates all alphas at once from the old decision function."""

ANSWER = "dual"

LOSES = {"dual_test": 1.0, "decision_test": 0.5}

CODE = '''
def fit_dual(K, t, C=1.0, rounds=500):
    """Return alpha (m,) that maximises the dual for the kernel K (m, m) and the signs t (m,)."""
    alpha, f = np.zeros(len(t)), np.zeros(len(t))
    for _ in range(rounds):
        alpha = np.clip(alpha + (1 - t * f) / np.diag(K), 0.0, C)
        f = K @ (alpha * t)
    return alpha


def dual_decision(alpha, t, K_new):
    """Return the decision function (k,) of new rows from their kernel with the training rows, K_new (k, m)."""
    return K_new @ (alpha * t)


def svc_decision(support_vectors, dual_coef, intercept, gamma, X):
    """Return the decision function (m,) of an RBF SVC that has learnt these values."""
    return (dual_coef @ rbf_gram(support_vectors, X, gamma) + intercept).ravel()
'''
